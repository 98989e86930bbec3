"""From ties and findings to the nodes and edges of a map."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import networkx as nx
import rustworkx as rx
from babel.numbers import format_decimal

from graph.answers import FindingCard, MapEdge, MapNode, NetworkMap, PairTie, Severity
from graph.errors import BadInput
from graph.maps.layout import Point, positions
from graph.maps.texts import map_texts

MOST_NODES = 1000
DEFAULT_NODES = 200
_RANK = {s: i for i, s in enumerate(("info", "review", "low", "medium", "high", "critical", "block"))}
_SEED = 7


def nx_graph(ties: Sequence[PairTie]) -> nx.Graph[str]:
    """The ties as an undirected networkx graph.

    Nodes: department and partner ids with `kind` (department, partner) and `name`. Edges: `held`, `planned`,
    `first`, `last`, `next` (ISO days or None), `areas`, `topics` (lists of ids), `weight` (held + planned).
    """
    graph: nx.Graph[str] = nx.Graph()
    partners = {t.partner.id for t in ties}
    for t in ties:
        department = _department_node(t, partners)
        graph.add_node(department, kind="department", name=t.department.name)
        graph.add_node(t.partner.id, kind="partner", name=t.partner.name)
        graph.add_edge(
            department,
            t.partner.id,
            held=t.held,
            planned=t.planned,
            first=t.first,
            last=t.last,
            next=t.next,
            areas=list(t.areas),
            topics=list(t.topics),
            weight=t.held + t.planned,
        )
    return graph


def _department_node(tie: PairTie, partners: set[str]) -> str:
    # Ids come from sources; a department and a partner of one id are still two nodes.
    id = tie.department.id
    return f"department:{id}" if id in partners else id


@dataclass
class _Line:
    """An edge being put together: one pair, or several that stand in one group."""

    held: int = 0
    planned: int = 0
    last: str | None = None
    next: str | None = None
    areas: tuple[str, ...] = ()
    conflict: bool = False
    severity: Severity | None = None

    def add(self, tie: PairTie, marks: tuple[bool, Severity | None]) -> None:
        self.held += tie.held
        self.planned += tie.planned
        self.last = max(filter(None, (self.last, tie.last)), default=None)
        self.next = min(filter(None, (self.next, tie.next)), default=None)
        self.areas = tuple(sorted({*self.areas, *tie.areas}))
        self.conflict = self.conflict or marks[0]
        self.severity = _higher(self.severity, marks[1])


def network_map(
    ties: Sequence[PairTie],
    findings: Sequence[FindingCard],
    title: str,
    *,
    kinds: Mapping[str, str],
    limit: int = DEFAULT_NODES,
    language: str = "en",
    pinned: Mapping[str, Point] | None = None,
) -> NetworkMap:
    """A map of at most `limit` nodes (200 unless asked for more, 1,000 at the most).

    Where there are more, the best connected (PageRank) stay and the rest stands in groups, each beside the
    shown node it is tied to most; `aggregated` says so in words.

    Args:
        findings: open ones mark the edges they concern; conflicts (C rules) apart from overlaps.
        kinds: partner id -> partner kind, for the legend.
        pinned: positions of nodes that must stay where an earlier map had them.

    Raises:
        BadInput: a limit outside 2 to 1,000.
    """
    if not 2 <= limit <= MOST_NODES:
        raise BadInput(f"A map has between 2 and {MOST_NODES:,} nodes; {limit:,} were asked for.")
    graph = nx_graph(ties)
    shown, member_of = _choose(graph, limit)
    partners = {t.partner.id for t in ties}
    marks = _marks(findings)
    lines: defaultdict[tuple[str, str], _Line] = defaultdict(_Line)
    for t in ties:
        start, end = _department_node(t, partners), t.partner.id
        a, b = member_of.get(start, start), member_of.get(end, end)
        if a != b:
            lines[a, b].add(t, marks.get((t.department.id, t.partner.id), (False, None)))
    drawn: nx.Graph[str] = nx.Graph()
    drawn.add_nodes_from(shown)
    drawn.add_nodes_from(set(member_of.values()))
    for (a, b), line in lines.items():
        weight = line.held + line.planned
        drawn.add_edge(a, b, weight=weight + (drawn[a][b]["weight"] if drawn.has_edge(a, b) else 0))
    at = positions(drawn, _SEED, pinned)
    nodes = [_node(n, graph, drawn, member_of, kinds, at[n], language) for n in sorted(drawn)]
    edges = [
        MapEdge(
            source=a,
            target=b,
            held=line.held,
            planned=line.planned,
            last=line.last,
            next=line.next,
            areas=list(line.areas),
            conflict=line.conflict,
            severity=line.severity,
        )
        for (a, b), line in sorted(lines.items())
    ]
    words = _aggregated(graph, shown, member_of, language) if member_of else None
    return NetworkMap(title=title, nodes=nodes, edges=edges, aggregated=words)


def _marks(findings: Sequence[FindingCard]) -> dict[tuple[str, str], tuple[bool, Severity | None]]:
    """(department, partner) -> is there an open conflict, and the highest severity of any open finding."""
    out: dict[tuple[str, str], tuple[bool, Severity | None]] = {}
    for f in findings:
        if f.partner is None or f.status in ("waived", "resolved"):
            continue
        for d in f.departments:
            conflict, severity = out.get((d.id, f.partner.id), (False, None))
            out[d.id, f.partner.id] = (conflict or f.rule.startswith("C"), _higher(severity, f.severity))
    return out


def _higher(a: Severity | None, b: Severity | None) -> Severity | None:
    return max((s for s in (a, b) if s is not None), key=_RANK.__getitem__, default=None)


def _choose(graph: nx.Graph[str], limit: int) -> tuple[set[str], dict[str, str]]:
    """Which nodes are drawn themselves, and in which group each other one stands."""
    if len(graph) <= limit:
        return set(graph), {}
    rank = _pagerank(graph)
    # A group needs a node of its own: as many places are kept free as groups may come of it.
    most = max(1, limit * 4 // 5)
    shown = set(sorted(graph, key=lambda n: (-rank[n], n))[:most])
    anchors: dict[str, str] = {}
    for n in sorted(set(graph) - shown):
        near = [m for m in graph[n] if m in shown]
        if near:
            anchors[n] = max(near, key=lambda m: (graph[n][m]["weight"], rank[m], m))
    sizes = Counter(anchors.values())
    kept = {a for a, _ in sorted(sizes.items(), key=lambda x: (-x[1], x[0]))[: limit - most - 1]}
    member_of = {}
    for n in sorted(set(graph) - shown):
        anchor = anchors.get(n)
        member_of[n] = f"group:{anchor}" if anchor in kept else "group:"
    return shown, member_of


def _pagerank(graph: nx.Graph[str]) -> dict[str, float]:
    nodes = sorted(graph)
    index = {n: i for i, n in enumerate(nodes)}
    directed: Any = rx.PyDiGraph()
    directed.add_nodes_from(nodes)
    edges = sorted((index[a], index[b], float(d["weight"])) for a, b, d in graph.edges(data=True))
    directed.add_edges_from(edges + [(b, a, w) for a, b, w in edges])
    found = rx.pagerank(directed, weight_fn=lambda w: w, max_iter=300)
    # Rounded, so that the last bits of a sum never decide who is shown.
    return {n: round(found[i], 9) for n, i in index.items()}


def _node(
    id: str,
    graph: nx.Graph[str],
    drawn: nx.Graph[str],
    member_of: Mapping[str, str],
    kinds: Mapping[str, str],
    at: Point,
    language: str,
) -> MapNode:
    weight = sum(d["weight"] for _, _, d in drawn.edges(id, data=True))
    kind: Literal["department", "partner", "group"]
    if id in graph:
        kind = "department" if graph.nodes[id]["kind"] == "department" else "partner"
        name = graph.nodes[id]["name"]
        group = id if kind == "department" else kinds.get(id, "other")
    else:
        kind, group = "group", "group"
        name = _group_name(id, graph, member_of, language)
    return MapNode(
        id=id, name=name, kind=kind, group=group, weight=round(math.sqrt(weight), 2), x=at[0], y=at[1]
    )


def _group_name(id: str, graph: nx.Graph[str], member_of: Mapping[str, str], language: str) -> str:
    texts = map_texts(language)
    members = [n for n, g in member_of.items() if g == id]
    count = format_decimal(len(members), locale=language)
    anchor = id.removeprefix("group:")
    if anchor in graph:
        return texts.ngettext("%(count)s other of %(name)s", "%(count)s others of %(name)s", len(members)) % {
            "count": count,
            "name": graph.nodes[anchor]["name"],
        }
    return texts.ngettext("%(count)s other", "%(count)s others", len(members)) % {"count": count}


def _aggregated(graph: nx.Graph[str], shown: set[str], member_of: Mapping[str, str], language: str) -> str:
    texts = map_texts(language)
    groups = len(set(member_of.values()))
    number = {
        "shown": len(shown),
        "all": len(graph),
        "rest": len(member_of),
        "groups": groups,
    }
    return texts.gettext(
        "Shown are the %(shown)s best connected of %(all)s departments and partners (by PageRank). "
        "The other %(rest)s stand together in %(groups)s groups, each beside the one it deals with most."
    ) % {k: format_decimal(v, locale=language) for k, v in number.items()}
