"""Marking as ended what a complete file no longer has. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from graph import clock, disagreements, facts, schema, scopes
from graph.changes import write_changes
from graph.scopes import Touch
from graph.states import Content, State, overwrite, own_edges, read_states
from graph.store import Store, Tx

CHUNK = 500


def ends(label: str) -> bool:
    """Whether records of this label (or edge fact) can be marked as ended."""
    if facts.is_edge(label):
        return any(p.name == "to" for p in facts.edge_of(label).properties)
    own = schema.LABEL[label]
    return (
        label == "Contact"
        or own.has("to")
        or (own.has("status") and "ended" in own.property("status").choices)
    )


def end_records(store: Store, label: str, ids: Sequence[str], *, load: str, author: str, day: date) -> int:
    """Mark records as ended on a day, each with its Change; how many were not so before.

    What has a `to` gets the day, where no earlier one stands there; what has a status becomes `ended`; a
    planned contact becomes cancelled, and one that was held stays as it happened. What a person corrected
    stays, and is listed as a disagreement.
    """
    done = 0
    for start in range(0, len(ids), CHUNK):
        chunk = sorted(ids[start : start + CHUNK])
        done += store.write(lambda tx, c=chunk: _end(tx, label, c, load, author, day))  # type: ignore[misc]
    return done


def _end(tx: Tx, label: str, ids: list[str], load: str, author: str, day: date) -> int:
    before = read_states(tx, label, ids)
    contents: dict[str, Content] = {}
    for id, old in before.items():
        properties = _ended(label, old.properties, day.isoformat())
        if properties == old.properties:
            continue
        links: list[facts.LinkRow] = list(old.links)
        # Another fingerprint than its row's, so that a row that comes back is a change again.
        kept = old.kept | {"fingerprint": facts.fingerprint(properties, links), "changed_by": load}
        contents[id] = Content(id, State(properties, links, kept), own_edges(label))
    if not contents:
        return 0
    touches = [
        Touch(label, id, False, [(e, t) for e, _, t, _ in c.state.links]) for id, c in contents.items()
    ]
    partners = {t for c in contents.values() for _, end, t, _ in c.state.links if end == "Partner"}
    canonical = {
        row["id"]: row["canonical"]
        for row in tx.run(
            "MATCH (p:Partner) WHERE p.id IN $ids RETURN p.id AS id, p.canonical AS canonical",
            ids=sorted(partners),
        )
    }
    scopes.raise_all(tx, scopes.touched_by(tx, touches, canonical))
    disagreements.keep_corrections(tx, label, before, contents, load, {})
    changed = [id for id, c in contents.items() if c.state.properties != before[id].properties]
    overwrite(tx, label, [contents[id] for id in changed])
    stamp = {"recorded_at": clock.microseconds(clock.now()), "source": load}
    write_changes(tx, label, [(id, before[id], contents[id].state) for id in changed], stamp, author)
    return len(changed)


def _ended(label: str, properties: dict[str, Any], day: str) -> dict[str, Any]:
    out = dict(properties)
    if label == "Contact":
        if out.get("status") == "planned":
            out["status"] = "cancelled"
        return out
    own = facts.edge_of(label).properties if facts.is_edge(label) else schema.LABEL[label].properties
    for p in own:
        if p.name == "to" and (not out.get("to") or out["to"] > day):
            out["to"] = max(day, out.get("from") or day)
        elif p.name == "status" and "ended" in p.choices:
            out["status"] = "ended"
    return out
