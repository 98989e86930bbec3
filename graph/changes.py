"""Records that are there already: reading them, changing them, and keeping what was before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graph import clock, disagreements, facts
from graph.states import Content, State, known_by, overwrite, own_edges, read_states, written
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
    """What a change needs to know of the fact that makes it; `outcome` is set back where nothing differs."""

    fact: facts.Fact
    properties: dict[str, Any]
    links: list[facts.LinkRow]
    id: str
    fingerprint: int
    found: Existing | None
    outcome: facts.Outcome


def read_existing(tx: Tx, label: str, keys: Sequence[str], ids: Sequence[str]) -> Found:
    """The records of a label (or edge fact) with one of these source keys or ids."""
    asked = {"source_key": set(keys), "id": {i for i in ids if i}}
    parts = [
        f"MATCH {facts.pattern(label)} WHERE n.{name} IN ${name} RETURN n"
        for name, own in asked.items()
        if own
    ]
    if not parts:
        return Found({}, {})
    rows = tx.run(
        f"CALL () {{ {' UNION '.join(parts)} }} "
        "RETURN n.id AS id, n.fingerprint AS fingerprint, n.source_key AS source_key",
        **{name: sorted(own) for name, own in asked.items() if own},
    )
    found = [Existing(**row) for row in rows]
    return Found(
        {x.source_key: x for x in found if x.source_key in asked["source_key"]},
        {x.id: x for x in found if x.id in asked["id"]},
    )


def record_changes(
    tx: Tx,
    items: Sequence[Updated],
    stamp: dict[str, Any],
    author: str,
    load: str,
    contacts: Mapping[str, State],
) -> None:
    """Overwrite changed records, each with a Change that holds what was before and what is after.

    A record known by its source key takes the new content whole; one that was only found by its id (another
    source speaks of it) keeps what the new content is silent about. What a person corrected stays as it is
    where a load says otherwise (`graph.disagreements`).

    Args:
        contacts: the contacts among them as they stand, by id.
    """
    by_label: dict[str, list[Updated]] = defaultdict(list)
    for item in items:
        by_label[item.fact.label].append(item)
    for label, changed in by_label.items():
        before = contacts if label == "Contact" else read_states(tx, label, [i.id for i in changed])
        _change(tx, label, changed, before, stamp, author, load)


def _change(
    tx: Tx,
    label: str,
    items: Sequence[Updated],
    before: Mapping[str, State],
    stamp: dict[str, Any],
    author: str,
    load: str,
) -> None:
    contents: dict[str, Content] = {}
    for item in items:
        old = before[item.id]
        same = item.found is not None and item.found.source_key == item.fact.source_key
        whole = item.fact.whole or same
        properties = dict(item.properties) if whole else {**old.properties, **item.properties}
        if label == "Contact" and "planned_on" not in properties:
            if old.properties.get("planned_on"):
                properties["planned_on"] = old.properties["planned_on"]
            elif properties["status"] == "planned":
                properties["planned_on"] = clock.iso(clock.helsinki_day(stamp["recorded_at"]))
        edges = own_edges(label) if whole else sorted({edge for edge, *_ in item.links})
        links = list(item.links)
        if not facts.is_edge(label):
            links = sorted([*(x for x in old.links if x[0] not in edges), *item.links], key=repr)
        kept = {
            "fingerprint": item.fingerprint,
            "changed_by": stamp["source"],
            "source_key": item.fact.source_key or old.kept["source_key"],
        }
        contents[item.id] = Content(item.id, State(properties, links, kept), own_edges(label))
    if load:
        disagreements.keep_corrections(tx, label, before, contents, load, {i.id: i.fact.row for i in items})
    changed = []
    for item in items:
        old, content = before[item.id], contents[item.id]
        if (old.properties, old.links) == (content.state.properties, sorted(content.state.links, key=repr)):
            # Said in other words, or by another source: what is there stands, and is known by these words now.
            item.outcome = "unchanged"
            content.state.kept["changed_by"] = old.kept["changed_by"]
        else:
            changed.append(item.id)
    overwrite(tx, label, [contents[id] for id in changed])
    known_by(tx, label, [contents[i.id] for i in items if i.id not in set(changed)])
    write_changes(tx, label, [(id, before[id], contents[id].state) for id in changed], stamp, author)


def write_changes(
    tx: Tx,
    label: str,
    changed: Sequence[tuple[str, State, State]],
    stamp: dict[str, Any],
    author: str,
) -> None:
    """A Change for each (record, before, after)."""
    if changed:
        tx.run(
            "UNWIND $rows AS row CREATE (n:Change) SET n = row",
            rows=[
                {
                    "id": facts.new_id("Change"),
                    "record": id,
                    "label": label,
                    "at": stamp["recorded_at"],
                    "by": author,
                    "load": stamp["source"],
                    "before": written(before),
                    "after": written(after),
                }
                for id, before, after in changed
            ],
        )
