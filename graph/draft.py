"""What making new records takes: statements and their parameters, worked out before the transaction where that can be.

While the store is busy with one batch, the draft of the next one is made; inside a transaction every moment counts,
since others wait for its locks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graph import clock, facts, schema
from graph.prepared import Prepared
from graph.scopes import Touch
from graph.states import edge_properties

FEW = 20  # facts of one shape; fewer go through the general statements
Shape = tuple[str, tuple[tuple[str, str], ...]]  # label, and (edge, label of its end) of every link


@dataclass(frozen=True)
class Creation:
    """One statement that makes nodes together with their edges; the stamp (`recorded_at`, `source`) is not in it."""

    query: str
    parameters: dict[str, Any]


class Draft(list[Prepared]):
    """A batch, with what it takes to write it if all of it turns out to be new."""

    def __init__(self, items: Iterable[Prepared]) -> None:
        super().__init__(items)
        today = clock.iso(clock.today().toordinal())
        for item in self:
            item.fingerprint = fingerprint_of(item)
        self.targets = targets(self)
        self.touches = touches(self)
        self.shapes = by_shape(self)
        self.creations = {
            shape: creation(shape, own, today) for shape, own in self.shapes.items() if many(shape, own)
        }


def fingerprint_of(item: Prepared) -> int:
    """What equal content of a record is recognised by."""
    return item.fact.digest or facts.fingerprint(item.properties, item.links)


def targets(items: Iterable[Prepared]) -> dict[str, set[str]]:
    """What these facts lead to: ids by label."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.outcome == "loaded":
            for _, label, target, _ in item.links:
                found[label].add(target)
    return found


def touches(items: Iterable[Prepared]) -> list[Touch]:
    """What writing these facts touches."""
    return [
        Touch(
            label=i.fact.label,
            id=i.id,
            new=i.found is None,
            targets=[(edge, target) for edge, _, target, _ in i.links],
            key=bool(i.fact.label == "Partner" and i.properties.get("key_partner")),
        )
        for i in items
        if i.writes and i.fact.label != "Alias"
    ]


def by_shape(items: Iterable[Prepared]) -> dict[Shape, list[Prepared]]:
    """The nodes that are new, by label and links."""
    shapes: dict[Shape, list[Prepared]] = defaultdict(list)
    for item in items:
        if item.outcome == "loaded" and item.fact.label != "Alias" and not facts.is_edge(item.fact.label):
            shapes[item.fact.label, tuple([(edge, label) for edge, label, _, _ in item.links])].append(item)
    return shapes


def many(shape: Shape, items: list[Prepared]) -> bool:
    """Whether these are made together with their edges, by one statement for them all."""
    return shape[0] == "Contact" and len(items) >= FEW


def stored(item: Prepared, today: str | None) -> dict[str, Any]:
    """The properties of a new record, besides the stamp."""
    out = {**item.properties, "id": item.id, "fingerprint": item.fingerprint}
    if item.fact.source_key:
        out["source_key"] = item.fact.source_key
    if item.fact.row:
        out["row"] = item.fact.row
    if item.fact.label in schema.CLUSTERED:
        out["canonical"] = item.id
    if item.fact.label == "Contact" and item.properties["status"] == "planned":
        # Since when it has been known as planned; a source that knows better says so itself.
        out.setdefault("planned_on", today)
    return out


def creation(shape: Shape, items: list[Prepared], today: str | None) -> Creation:
    """The statement that makes these nodes, all of one shape, with their edges; it returns how many as `n`.

    Properties that are named when a node is made cost the store half of what a map of them does; what all records
    share is sent, and read by the store, once.
    """
    label, edges = shape
    columns: list[list[Any]] = []
    shared: dict[str, Any] = {}

    def named(maps: list[dict[str, Any]], stamp: tuple[str, ...] = ()) -> str:
        parts = [f"`{key}`: ${key}" for key in stamp]
        for key in sorted({key for m in maps for key in m}):
            values = [m.get(key) for m in maps]
            if values.count(values[0]) == len(values):
                parts.append(f"`{key}`: $v{len(shared)}")
                shared[f"v{len(shared)}"] = values[0]
            else:
                parts.append(f"`{key}`: row[{len(columns)}]")
                columns.append(values)
        return " {" + ", ".join(parts) + "}" if parts else ""

    own = named([stored(i, today) for i in items], ("recorded_at", "source"))
    creates, matches = [f"(n:{label}{own})"], []
    for k, (edge, end) in enumerate(edges):
        own = named([edge_properties(label, i.properties, i.links[k]) for i in items])
        creates.append(f"(n)-[:{edge}{own}]->(t{k})")
        matches.append(f"MATCH (t{k}:{end} {{id: row[{len(columns)}]}})")
        columns.append([i.links[k][2] for i in items])
    query = f"UNWIND $rows AS row {' '.join(matches)} CREATE {', '.join(creates)} RETURN count(*) AS n"
    return Creation(query, {**shared, "rows": [list(row) for row in zip(*columns, strict=True)]})
