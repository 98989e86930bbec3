"""How nodes and edges of a map look, and the few fields of them that reach a page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.answers import MapEdge, MapNode, NetworkMap

SHAPES = ("dot", "square", "triangle", "diamond", "star")
COLOURS = ("#0072B2", "#B35900", "#00735C", "#8A3C72", "#5B5B00")
CONFLICT = "#B00020"
OVERLAP = "#1F2933"
PARTNER = {"background": "#EEF1F4", "border": "#52606D"}
GROUP = {"background": "#D5DAE0", "border": "#52606D"}
INK = "#1F2933"
LONGEST_LABEL = 48
MOST_IN_LEGEND = 12


@dataclass(frozen=True)
class LegendRow:
    """One line of the legend: how it looks (shape, colour), what it stands for and how many there are."""

    shape: str
    colour: str
    name: str
    count: int
    id: str = ""


@dataclass(frozen=True)
class TableRow:
    """One tie as the table beside the map shows it."""

    key: str
    start: str
    end: str
    start_name: str
    end_name: str
    end_is_partner: bool
    held: int
    planned: int
    last: str | None
    next: str | None
    areas: list[str]
    conflict: bool
    severity: str | None


@dataclass
class Drawing:
    """A map ready for the browser: vis nodes and edges of whitelisted fields, legend and table."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, Any]] = field(default_factory=list)
    departments: list[LegendRow] = field(default_factory=list)
    kinds: list[tuple[str, int]] = field(default_factory=list)
    areas: list[tuple[str, str]] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)
    groups: int = 0
    conflicts: int = 0
    overlaps: int = 0


def look(index: int) -> tuple[str, str]:
    """Shape and colour of the index-th department: five plain ones, then every other pairing of the two."""
    turn = index // len(SHAPES)
    return SHAPES[index % len(SHAPES)], COLOURS[(index + turn) % len(COLOURS)]


def draw(network_map: NetworkMap, area_names: Mapping[str, str] | None = None) -> Drawing:
    """Everything the templates need; names are text, nothing here is markup.

    Args:
        area_names: area id -> name in the language of the page; an id without one is shown as it is.
    """
    names = area_names or {}
    out = Drawing()
    by_id = {n.id: n for n in network_map.nodes}
    looks = _looks(network_map)
    degree = Counter(id for e in network_map.edges for id in (e.source, e.target))
    heaviest = max((n.weight for n in network_map.nodes), default=1.0) or 1.0
    out.nodes = [_node(n, looks, n.weight / heaviest) for n in network_map.nodes]
    most = max((e.held + e.planned for e in network_map.edges), default=1) or 1
    areas: set[str] = set()
    for nr, e in enumerate(network_map.edges):
        key = f"e{nr}"
        colour = looks.get(e.source, looks.get(e.target, ("dot", "#52606D")))[1]
        out.edges.append(_edge(key, e, colour, most))
        areas.update(e.areas)
        start, end = by_id[e.source], by_id[e.target]
        out.rows.append(
            TableRow(
                key=key,
                start=e.source,
                end=e.target,
                start_name=start.name,
                end_name=end.name,
                end_is_partner=end.kind == "partner",
                held=e.held,
                planned=e.planned,
                last=e.last,
                next=e.next,
                areas=[names.get(a, a) for a in e.areas],
                conflict=e.conflict,
                severity=e.severity,
            )
        )
    out.rows.sort(key=lambda r: (-(r.held + r.planned), r.start_name, r.end_name, r.key))
    out.areas = sorted(((a, names.get(a, a)) for a in areas), key=lambda x: x[1])
    out.departments = [
        LegendRow(*looks[n.id], n.name, degree[n.id], n.id)
        for n in sorted(network_map.nodes, key=lambda n: (-degree[n.id], n.name))
        if n.kind == "department"
    ]
    kinds = Counter(n.group for n in network_map.nodes if n.kind == "partner")
    out.kinds = sorted(kinds.items(), key=lambda x: (-x[1], x[0]))
    out.groups = sum(n.kind == "group" for n in network_map.nodes)
    out.conflicts = sum(e.conflict for e in network_map.edges)
    out.overlaps = sum(e.severity is not None and not e.conflict for e in network_map.edges)
    return out


def _looks(network_map: NetworkMap) -> dict[str, tuple[str, str]]:
    """Department id -> shape and colour, the weightiest first, so that the plain five go to them."""
    weight: defaultdict[str, int] = defaultdict(int)
    for e in network_map.edges:
        weight[e.source] += e.held + e.planned
        weight[e.target] += e.held + e.planned
    departments = [n for n in network_map.nodes if n.kind == "department"]
    departments.sort(key=lambda n: (-weight[n.id], n.name, n.id))
    return {n.id: look(i) for i, n in enumerate(departments)}


def _node(n: MapNode, looks: Mapping[str, tuple[str, str]], share: float) -> dict[str, Any]:
    label = n.name if len(n.name) <= LONGEST_LABEL else n.name[: LONGEST_LABEL - 1].rstrip() + "…"
    out: dict[str, Any] = {
        "id": n.id,
        "label": label,
        "full": n.name,
        "kind": n.kind,
        "group_": n.group,
        "x": n.x,
        "y": n.y,
        "borderWidth": 2,
    }
    if n.kind == "department":
        shape, colour = looks[n.id]
        out |= {"shape": shape, "size": round(18 + 14 * share, 1)}
        out["color"] = {"background": colour, "border": colour}
        out["widthConstraint"] = {"maximum": 260}
        out["font"] = {"size": 25, "color": INK, "strokeWidth": 5, "strokeColor": "#ffffff"}
    elif n.kind == "group":
        out |= {"shape": "dot", "size": 22, "color": GROUP, "borderWidth": 3}
        out["font"] = {"size": 20, "color": "#3E4C59", "strokeWidth": 4, "strokeColor": "#ffffff"}
    else:
        out |= {"shape": "dot", "size": round(8 + 12 * share, 1), "color": PARTNER}
        out["font"] = {"size": 20, "color": INK, "strokeWidth": 4, "strokeColor": "#ffffff"}
    return out


def _edge(key: str, e: MapEdge, colour: str, most: int) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": key,
        "from": e.source,
        "to": e.target,
        "areas": e.areas,
        "finding": e.severity is not None,
        "width": round(1 + 5 * ((e.held + e.planned) / most) ** 0.5, 1),
        "color": {"color": colour, "opacity": 0.55},
        "dashes": False,
    }
    if e.conflict:
        out |= {"color": {"color": CONFLICT, "opacity": 1.0}, "dashes": [10, 6]}
        out["width"] = max(out["width"], 2.5)
    elif e.severity is not None:
        out |= {"color": {"color": OVERLAP, "opacity": 0.85}, "dashes": [3, 5]}
        out["width"] = max(out["width"], 2.5)
    return out
