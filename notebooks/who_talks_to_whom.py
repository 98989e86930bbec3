# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Who talks to whom
#
# Which departments already deal with a partner, where their dealings overlap or contradict each other, and
# who connects the city with the world. The graph is the same one that the pages, the command line and the
# HTTP API read; with nothing set, that is the local Neo4j which Kumppani starts by itself.
#
# An empty graph is filled with the demo: public facts about Helsinki with their sources, and **invented
# example contacts**. A graph with records in it is left as it is.

# %%
from __future__ import annotations

from datetime import date

import matplotlib.pyplot as plt
import networkx as nx
import pandas as pd

from graph import open_graph
from graph.maps import notebook_html
from loaders.demo import load_demo

store = open_graph()
if not store.departments():
    load_demo(store)

# The demo's days are fixed, so it is looked at on one day. With records of your own: g = store
g = store.on(date(2026, 11, 25)) if store.has_examples() else store
pd.set_option("display.max_colwidth", 60)

# %% [markdown]
# ## Who talks to Stockholm?
#
# Any recorded spelling leads to the same partner.

# %%
answers = {name: g.who_talks_to(name) for name in ("Tukholma", "Stockholms stad", "Stockholm")}
{name: (a.partner.name, a.partner.matched_by, len(a.departments)) for name, a in answers.items()}


# %%
def departments(answer) -> pd.DataFrame:
    """The departments of an answer as a table, those with the newest contact first."""
    table = pd.DataFrame([d.model_dump() for d in answer.departments]).drop(columns=["id"])
    return table.sort_values("last", ascending=False, na_position="last").reset_index(drop=True)


departments(answers["Tukholma"])

# %% [markdown]
# A name that nobody has recorded is an answer too: `partner` is empty, and candidates say what may be meant.

# %%
unsure = g.who_talks_to("Stockhom")
unsure.partner, [(c.name, round(c.score, 2), c.why) for c in unsure.candidates[:3]]

# %% [markdown]
# ## Who talks to Tallinn about climate?

# %%
climate = g.who_talks_to("Tallinna", area="climate", since="2026-01-01")
departments(climate)

# %% [markdown]
# ## Contacts by month and division

# %%
tree = pd.DataFrame(g.departments()).set_index("id")


def division(id: str) -> str:
    """The name of the division that a department belongs to; its own name where there is none above."""
    at = id
    while tree.level[at] != "division" and isinstance(tree.parent[at], str):
        at = tree.parent[at]
    return tree.name_en[id] if tree.level[at] == "city" else tree.name_en[at]


division_of = {tree.name[id]: division(id) for id in tree.index}
contacts = g.contacts_frame()
counted = (contacts.status != "cancelled") & (contacts.precision != "year")
lively = contacts[counted].explode("departments")
lively["division"] = lively.departments.map(division_of)
lively["month"] = lively.date.dt.to_period("M")
months = pd.period_range(lively.month.min(), lively.month.max(), freq="M")
by_month = lively.groupby(["month", "division"]).id.nunique().unstack(fill_value=0)
by_month = by_month.reindex(months, fill_value=0)
by_month.index = months.astype(str)
by_month.tail(6)

# %%
axes = by_month.plot.bar(stacked=True, figsize=(11, 4), width=0.9)
axes.set_xticks(range(0, len(by_month), 3), by_month.index[::3], rotation=45)
axes.set_ylabel("contacts")
axes.legend(fontsize=7, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.2), frameon=False)
plt.tight_layout()
plt.show()

# %% [markdown]
# ## Overlaps and conflicts
#
# An overlap is information, not a fault: two departments that deal with one partner about one area within 60
# days may want to know of each other. The rules are O1 overlap, C1 stance and C4 restricted.

# %%
findings = g.findings_frame()
findings.groupby(["rule", "severity"]).size().unstack(fill_value=0)

# %%
live = findings[findings.live]
live[["rule", "severity", "partner", "subject", "departments", "contacts"]].head(12)

# %%
overlaps = findings[findings.rule == "O1"]
axes = overlaps.partner.value_counts().head(12).sort_values().plot.barh(figsize=(7, 4))
axes.set_ylabel("")
axes.set_xlabel("overlaps (O1), a finding each")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## Who connects the city with the world
#
# The same pairs as a networkx graph: departments on one side, partners on the other.

# %%
network = g.network()
kinds = nx.get_node_attributes(network, "kind")
degree = nx.degree_centrality(network)
between = nx.betweenness_centrality(network)
metrics = pd.DataFrame(
    {
        "name": nx.get_node_attributes(network, "name"),
        "kind": kinds,
        "ties": dict(network.degree()),
        "degree": degree,
        "betweenness": between,
    }
).sort_values("betweenness", ascending=False)
metrics.groupby("kind").head(5).round(3).reset_index(drop=True)

# %% [markdown]
# Departments that share the most partners: the ones that gain most from asking each other first.

# %%
ours = [node for node, kind in kinds.items() if kind == "department"]
shared = nx.bipartite.weighted_projected_graph(network, ours)
pairs = pd.DataFrame(
    [(network.nodes[a]["name"], network.nodes[b]["name"], w) for a, b, w in shared.edges(data="weight")],
    columns=["department", "other department", "shared partners"],
)
pairs.sort_values(["shared partners", "department", "other department"], ascending=[False, True, True]).head(
    8
)

# %% [markdown]
# ## The map
#
# The map that the pages show, in a sandboxed frame that loads nothing from anywhere. Its output is left out
# of the committed notebook because it carries its whole drawing library; run the cell to see it.

# %% tags=["big-output"]
area_names = {a["id"]: a["name_en"] for a in g.areas()}
notebook_html(g.map(partner="Tallinn", hops=2), area_names=area_names)

# %%
store.close()
