"""Records that are there already: reading them, changing them, and keeping what was before."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graph import clock, facts, schema
from graph.store import Tx


@dataclass(frozen=True)
class Existing:
    """A record in the store; `fingerprint` is that of its content when it was written."""

    id: str
    fingerprint: int | None
    source_key: str | None


@dataclass(frozen=True)
class Found:
    by_key: dict[str, Existing]
    by_id: dict[str, Existing]


class Updated(Protocol):
    """What a change needs to know of the fact that makes it."""

    fact: facts.Fact
    properties: dict[str, Any]
    links: list[tuple[str, str, str, dict[str, Any]]]
    id: str
    fingerprint: int
    found: Existing | None


def read_existing(tx: Tx, label: str, keys: Sequence[str], ids: Sequence[str]) -> Found:
    """The records of a label (or edge fact) with one of these source keys or ids."""
    if facts.is_edge(label):
        edge = facts.edge_of(label)
        pattern = f"()-[n:{edge.name}]->()"
    else:
        pattern = f"(n:{label})"
    columns = "RETURN n.id AS id, n.fingerprint AS fingerprint, n.source_key AS source_key"
    by_key: dict[str, Existing] = {}
    by_id: dict[str, Existing] = {}
    if keys:
        for row in tx.run(f"MATCH {pattern} WHERE n.source_key IN $keys {columns}", keys=list(keys)):
            by_key[row["source_key"]] = Existing(**row)
    rest = [i for i in ids if i]
    if rest:
        for row in tx.run(f"MATCH {pattern} WHERE n.id IN $ids {columns}", ids=rest):
            by_id[row["id"]] = Existing(**row)
    return Found(by_key, by_id)


def _declared(label: str) -> list[str]:
    if facts.is_edge(label):
        return [p.name for p in facts.edge_of(label).properties]
    own = [p.name for p in schema.LABEL[label].properties]
    return own + (["lo", "hi", "n_partners"] if label == "Contact" else [])


def record_changes(tx: Tx, items: Sequence[Updated], stamp: dict[str, Any], author: str) -> None:
    """Overwrite changed records, each with a Change that holds what was before and what is after.

    A record known by its source key takes the new content whole; one that was only found by its id (another
    source speaks of it) keeps what the new content is silent about.
    """
    by_label: dict[str, list[Updated]] = defaultdict(list)
    for item in items:
        by_label[item.fact.label].append(item)
    for label, changed in by_label.items():
        _change(tx, label, changed, stamp, author)


def _change(tx: Tx, label: str, items: list[Updated], stamp: dict[str, Any], author: str) -> None:
    edge_fact = facts.is_edge(label)
    pattern = f"()-[n:{facts.edge_of(label).name}]->()" if edge_fact else f"(n:{label})"
    declared = _declared(label)
    projection = ", ".join(f".`{name}`" for name in declared)
    before = {
        row["id"]: row["properties"]
        for row in tx.run(
            f"UNWIND $ids AS id MATCH {pattern} WHERE n.id = id RETURN n.id AS id, n{{{projection}}} AS properties",
            ids=[i.id for i in items],
        )
    }
    links_before: dict[str, list[list[Any]]] = defaultdict(list)
    own_edges = [] if edge_fact else sorted({e.name for e in schema.edges_from(label) if not e.fact})
    if own_edges:
        for row in tx.run(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})-[r]->(t) WHERE type(r) IN $edges "
            "RETURN n.id AS id, type(r) AS edge, labels(t)[0] AS label, t.id AS target, properties(r) AS p",
            ids=[i.id for i in items],
            edges=own_edges,
        ):
            links_before[row["id"]].append([row["edge"], row["label"], row["target"], row["p"]])
    rows, changes, dropped = [], [], []
    for item in items:
        same = item.found is not None and item.found.source_key == item.fact.source_key
        whole = item.fact.whole or same
        old = {k: v for k, v in before[item.id].items() if v is not None}
        new = dict(item.properties) if whole else {**old, **item.properties}
        if label == "Contact" and "planned_on" not in new:
            if old.get("planned_on"):
                new["planned_on"] = old["planned_on"]
            elif new["status"] == "planned":
                new["planned_on"] = clock.iso(clock.helsinki_day(stamp["recorded_at"]))
        replaced = own_edges if whole else sorted({edge for edge, *_ in item.links})
        dropped.append({"id": item.id, "edges": replaced})
        rows.append(
            {
                "id": item.id,
                "set": {name: new.get(name) for name in declared}
                | {"fingerprint": item.fingerprint, "changed_by": stamp["source"]}
                | ({"source_key": item.fact.source_key} if item.fact.source_key else {}),
            }
        )
        changes.append(
            {
                "id": facts.new_id("Change"),
                "record": item.id,
                "label": label,
                "at": stamp["recorded_at"],
                "by": author,
                "load": stamp["source"],
                "before": json.dumps({"properties": old, "links": sorted(links_before[item.id], key=repr)}),
                "after": json.dumps({"properties": new, "links": item.links}),
            }
        )
    tx.run(f"UNWIND $rows AS row MATCH {pattern} WHERE n.id = row.id SET n += row.set", rows=rows)
    if label == "Contact":
        tx.run(
            "UNWIND $ids AS id MATCH (c:Contact {id: id}) REMOVE c:Confidential", ids=[i.id for i in items]
        )
        hidden = [i.id for i in items if i.properties["confidentiality"] == "confidential"]
        tx.run("UNWIND $ids AS id MATCH (c:Contact {id: id}) SET c:Confidential", ids=hidden)
    if edge_fact:
        # An edge cannot change its ends: it is made anew by the writer, with all its properties.
        tx.run(f"UNWIND $ids AS id MATCH {pattern} WHERE n.id = id DELETE n", ids=[i.id for i in items])
    elif own_edges:
        tx.run(
            f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}})-[r]->() WHERE type(r) IN row.edges DELETE r",
            rows=dropped,
        )
    tx.run("UNWIND $rows AS row CREATE (n:Change) SET n = row", rows=changes)
