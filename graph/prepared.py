"""A fact on its way into the store: checked, with its id and its links, before the store sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graph import facts, names
from graph.changes import Existing
from graph.errors import BadInput
from graph.facts import Fact, LinkRow


@dataclass
class Prepared:
    """A fact on its way in, checked; `reason` is set once it is refused. Written once: the writer changes it."""

    fact: Fact
    properties: dict[str, Any] = field(default_factory=dict)
    links: list[LinkRow] = field(default_factory=list)
    ends: tuple[str, str] = ("", "")
    id: str = ""
    fingerprint: int = 0
    outcome: facts.Outcome = "loaded"
    reason: str = ""
    found: Existing | None = None
    joined: bool = False  # its edges are made together with it

    @property
    def writes(self) -> bool:
        return self.outcome in ("loaded", "updated")


def prepared(fact: Fact, new: str = "") -> Prepared:
    """The fact checked, with its id: `new`, where it needs one that was given before."""
    item = Prepared(fact)
    try:
        if facts.is_edge(fact.label):
            edge = facts.edge_of(fact.label)
            item.properties = facts.checked(fact.label, fact.properties)
            ends = {link.edge: link for link in fact.links}
            if set(ends) != {"start", "end"}:
                raise BadInput(f"{fact.label} needs its two ends.")
            item.ends = (ends["start"].target, ends["end"].target)
            label = ends["end"].label or edge.ends[0]
            item.links = [("start", edge.start, item.ends[0], {}), ("end", label, item.ends[1], {})]
        else:
            item.properties = facts.stored_properties(fact)
            item.links = facts.checked_links(fact)
            if fact.label == "Contact":
                item.properties["n_partners"] = len([1 for link in item.links if link[0] == "WITH_PARTNER"])
        if fact.label != "Alias":
            item.id = new or facts.id_for(fact)
        elif item.links:
            # One node stands for all spellings with the same normal form, so that it can be locked.
            item.id = names.alias_id(item.links[0][1], item.properties["text"])
        else:
            raise BadInput("An alias needs what it names.")
    except BadInput as error:
        item.outcome, item.reason = "refused", str(error)
        item.id = item.id or fact.id
    return item
