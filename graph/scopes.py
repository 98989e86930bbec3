"""Scopes: what a write makes stale in the derived graph.

`Scope {id, rev, derived_rev}` nodes carry the state, unconnected, so that locking one never meets the locks
that Neo4j takes on relationships. A write raises `rev` of the scopes it touches, in id order, within its own
transaction; a refresh locks the Scope first, then compares, reads, computes and writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.store import Tx

PARTNER, ISSUE, RESTRICTION = "partner", "issue", "restriction"


@dataclass(frozen=True)
class Touch:
    """A fact that is about to be written; `targets` are (edge, target id)."""

    label: str
    id: str
    new: bool
    targets: Sequence[tuple[str, str]]


def scope_id(kind: str, id: str) -> str:
    return f"{kind}:{id}"


def touched_by(tx: Tx, touches: Sequence[Touch], canonical: dict[str, str]) -> set[str] | None:
    """Scope ids that these facts touch, before and after; None means every scope.

    Args:
        canonical: id -> canonical id of the partners that the facts link to.
    """
    out: set[str] = set()
    if any(not t.new and t.label in ("Department", "Topic") for t in touches):
        # The tree and the areas of topics enter every rule: rare, and cheaper than following each path.
        return None
    for t in touches:
        for edge, target in t.targets:
            if t.label == "Contact" and edge == "WITH_PARTNER":
                out.add(scope_id(PARTNER, canonical.get(target, target)))
            elif t.label == "Position" and edge == "ON":
                out.add(scope_id(ISSUE, target))
        if t.label == "Restriction":
            out.add(scope_id(RESTRICTION, t.id))
    out |= _before(tx, touches)
    return out


def _before(tx: Tx, touches: Sequence[Touch]) -> set[str]:
    """What the records as they stand now belong to."""
    out: set[str] = set()
    contacts = [t.id for t in touches if t.label == "Contact" and not t.new]
    if contacts:
        # The lock makes a position that is stated in one of these contacts wait, or be seen here.
        tx.run(
            "UNWIND $ids AS id MATCH (c:Contact {id: id}) SET c._lock = true REMOVE c._lock",
            ids=sorted(contacts),
        )
        rows = tx.run(
            "UNWIND $ids AS id MATCH (c:Contact {id: id})-[:WITH_PARTNER]->(p:Partner) "
            "RETURN DISTINCT p.canonical AS id",
            ids=contacts,
        )
        out |= {scope_id(PARTNER, row["id"]) for row in rows}
        rows = tx.run(
            "UNWIND $ids AS id MATCH (:Contact {id: id})<-[:STATED_IN]-(:Position)-[:ON]->(i:Issue) "
            "RETURN DISTINCT i.id AS id",
            ids=contacts,
        )
        out |= {scope_id(ISSUE, row["id"]) for row in rows}
    stated = sorted({target for t in touches for edge, target in t.targets if edge == "STATED_IN"})
    if stated:
        tx.run("UNWIND $ids AS id MATCH (c:Contact {id: id}) SET c._lock = true REMOVE c._lock", ids=stated)
    positions = [t.id for t in touches if t.label == "Position" and not t.new]
    if positions:
        rows = tx.run(
            "UNWIND $ids AS id MATCH (:Position {id: id})-[:ON]->(i:Issue) RETURN DISTINCT i.id AS id",
            ids=positions,
        )
        out |= {scope_id(ISSUE, row["id"]) for row in rows}
    partners = [t.id for t in touches if t.label == "Partner" and not t.new]
    if partners:
        rows = tx.run(
            "UNWIND $ids AS id MATCH (p:Partner {id: id})<-[:PART_OF*0..20]-(q:Partner) "
            "RETURN DISTINCT q.canonical AS id",
            ids=partners,
        )
        out |= {scope_id(PARTNER, row["id"]) for row in rows}
    return out


def raise_all(tx: Tx, ids: Iterable[str] | None) -> None:
    """Lock and raise these scopes in id order, made where missing; None raises every scope there is."""
    if ids is None:
        tx.run("MATCH (s:Scope) WITH s ORDER BY s.id SET s.rev = s.rev + 1, s.stale = true")
        return
    ordered = sorted(ids)
    if ordered:
        tx.run(
            "UNWIND $ids AS id MERGE (s:Scope {id: id}) ON CREATE SET s.rev = 0, s.derived_rev = 0 "
            "SET s.rev = s.rev + 1, s.stale = true",
            ids=ordered,
        )
