"""Scopes: what a write makes stale in the derived graph.

`Scope {id, rev, derived_rev}` nodes carry the state, unconnected, so that locking one never meets the locks
that Neo4j takes on relationships. A write raises `rev` of the scopes it touches, in id order, within its own
transaction; a refresh locks the Scope first, then compares, reads, computes and writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from graph.store import Row, Tx

PARTNER, ISSUE, RESTRICTION = "partner", "issue", "restriction"
PERSON, FAMILY, RESOURCE, COMMITMENT, NETWORKS = "person", "family", "resource", "commitment", "networks"
KINDS = (PARTNER, ISSUE, RESTRICTION, PERSON, FAMILY, RESOURCE, COMMITMENT, NETWORKS)
ALL = "all"  # the id of a scope that there is one of
FEW = 50  # changed contacts of a scope up to which they are named


@dataclass(slots=True)
class Touch:
    """A fact that is about to be written; `targets` are (edge, target id). `key`: it makes a key partner."""

    label: str
    id: str
    new: bool
    targets: Sequence[tuple[str, str]]
    key: bool = False


def scope_id(kind: str, id: str) -> str:
    return f"{kind}:{id}"


# (label, edge) -> kind of the scope that the edge's target names.
_DIRECT = {
    ("Contact", "WITH_PERSON"): PERSON,
    ("Position", "ON"): ISSUE,
    ("Material", "ON"): ISSUE,
    ("Commitment", "PROMISES"): RESOURCE,
}
# What a record is in itself: labels whose own id names a scope.
_OWN = {"Restriction": RESTRICTION, "Commitment": COMMITMENT, "Resource": RESOURCE}
_MEMBERS = {"Network", "Partner-MEMBER_OF", "Department-MEMBER_OF"}
# Edges to contacts that carry consequences of their own; the lock makes a change of the contact wait, or be seen.
_ON_CONTACT = {"STATED_IN", "MADE_IN", "GATHERS"}


def touched_by(tx: Tx, touches: Sequence[Touch], canonical: dict[str, str]) -> set[str] | None:
    """Scope ids that these facts touch, before and after; None means every scope.

    Args:
        canonical: id -> canonical id of the partners that the facts link to.
    """
    out: set[str] = set()
    if any(not t.new and t.label in ("Department", "Topic") for t in touches):
        # The tree and the areas of topics enter every rule: rare, and cheaper than following each path.
        return None
    led_to = {(t.label, edge, target) for t in touches for edge, target in t.targets}
    for label, edge, target in led_to:
        if label == "Contact" and edge == "WITH_PARTNER":
            out.add(scope_id(PARTNER, canonical.get(target, target)))
        elif (label, edge) in _DIRECT:
            out.add(scope_id(_DIRECT[label, edge], target))
        elif label == "Department-LEADS" and edge == "end" and target in canonical:
            out.add(scope_id(PARTNER, canonical[target]))
        elif label == "Partner" and edge == "PART_OF":
            out.add(scope_id(FAMILY, canonical.get(target, target)))
    for t in touches:
        if t.label in _OWN:
            out.add(scope_id(_OWN[t.label], t.id))
        if t.label in _MEMBERS:
            out.add(scope_id(NETWORKS, ALL))
        if t.key:
            out.add(scope_id(PARTNER, t.id))
    if any(t.label == "Restriction" for t in touches):
        # A suspension excuses from neglect: key partners are few.
        rows = tx.run("MATCH (p:Partner {key_partner: true}) RETURN DISTINCT p.canonical AS id")
        out |= {scope_id(PARTNER, row["id"]) for row in rows}
    named = sorted({target for _, edge, target in led_to if edge in _ON_CONTACT})
    if named:
        lock_contacts(tx, named)
        promised = sorted({x for _, edge, x in led_to if edge == "MADE_IN"})
        gathered = sorted({x for _, edge, x in led_to if edge == "GATHERS"})
        out |= _of_contacts(tx, promised, persons=False) | _of_contacts(tx, gathered, persons=True)
    return out | _before(tx, touches)


def lock_contacts(tx: Tx, ids: Sequence[str]) -> None:
    tx.run("UNWIND $ids AS id MATCH (c:Contact {id: id}) SET c._lock = true REMOVE c._lock", ids=sorted(ids))


def _of_contacts(tx: Tx, ids: Sequence[str], *, persons: bool) -> set[str]:
    """Scopes of the partners, and of the persons, of these contacts."""
    if not ids:
        return set()
    rows = tx.run(
        "UNWIND $ids AS id MATCH (:Contact {id: id})-[:WITH_PARTNER]->(p:Partner) "
        "RETURN DISTINCT p.canonical AS id",
        ids=list(ids),
    )
    out = {scope_id(PARTNER, row["id"]) for row in rows}
    if persons:
        rows = tx.run(
            "UNWIND $ids AS id MATCH (:Contact {id: id})-[:WITH_PERSON]->(h:Person) RETURN DISTINCT h.id AS id",
            ids=list(ids),
        )
        out |= {scope_id(PERSON, row["id"]) for row in rows}
    return out


# The lock makes what is stated or promised in one of these contacts wait, or be seen here.
_AROUND = f"""
UNWIND $ids AS id MATCH (c:Contact {{id: id}}) SET c._lock = true REMOVE c._lock WITH collect(c) AS cs
RETURN COLLECT {{ UNWIND cs AS c MATCH (c)-[:WITH_PARTNER]->(p:Partner) RETURN DISTINCT p.canonical }} AS {PARTNER},
  COLLECT {{ UNWIND cs AS c MATCH (c)-[:WITH_PERSON]->(h:Person) RETURN DISTINCT h.id }} AS {PERSON},
  COLLECT {{ UNWIND cs AS c MATCH (c)<-[:STATED_IN]-(:Position)-[:ON]->(i:Issue) RETURN DISTINCT i.id }} AS {ISSUE},
  COLLECT {{ UNWIND cs AS c MATCH (c)<-[:MADE_IN]-(m:Commitment) RETURN DISTINCT m.id }} AS {COMMITMENT},
  COLLECT {{ UNWIND cs AS c MATCH (c)<-[:MADE_IN]-(:Commitment)-[:PROMISES]->(x:Resource)
    RETURN DISTINCT x.id }} AS {RESOURCE}
"""


def _ids(touches: Sequence[Touch], *labels: str) -> list[str]:
    return sorted(t.id for t in touches if t.label in labels and not t.new)


def _targets(tx: Tx, query: str, ids: Sequence[str], kind: str) -> set[str]:
    """Scopes of a kind that a query finds for these ids."""
    if not ids:
        return set()
    rows = tx.run(f"UNWIND $ids AS id {query} RETURN DISTINCT x AS id", ids=list(ids))
    return {scope_id(kind, row["id"]) for row in rows if row["id"] is not None}


def _before(tx: Tx, touches: Sequence[Touch]) -> set[str]:
    """What the records as they stand now belong to."""
    out: set[str] = set()
    contacts = _ids(touches, "Contact")
    if contacts:
        found = tx.run(_AROUND, ids=contacts)[0]
        out |= {scope_id(kind, id) for kind in found for id in found[kind]}
    said = _ids(touches, "Position", "Material")
    for label in ("Position", "Material"):
        out |= _targets(tx, f"MATCH (:{label} {{id: id}})-[:ON]->(i:Issue) WITH i.id AS x", said, ISSUE)
    commitments = _ids(touches, "Commitment")
    out |= _targets(
        tx, "MATCH (:Commitment {id: id})-[:PROMISES]->(r:Resource) WITH r.id AS x", commitments, RESOURCE
    )
    out |= _targets(
        tx,
        "MATCH (:Commitment {id: id})-[:MADE_IN]->(:Contact)-[:WITH_PARTNER]->(p:Partner) WITH p.canonical AS x",
        commitments,
        PARTNER,
    )
    trips = _ids(touches, "Trip")
    if trips:
        rows = tx.run(
            "UNWIND $ids AS id MATCH (:Trip {id: id})-[:GATHERS]->(c:Contact) RETURN DISTINCT c.id AS id",
            ids=trips,
        )
        out |= _of_contacts(tx, [row["id"] for row in rows], persons=True)
    out |= _targets(
        tx,
        "MATCH (:Department)-[l:LEADS]->(p:Partner) WHERE l.id = id WITH p.canonical AS x",
        _ids(touches, "Department-LEADS"),
        PARTNER,
    )
    partners = _ids(touches, "Partner")
    out |= _targets(
        tx,
        "MATCH (p:Partner {id: id})<-[:PART_OF*0..20]-(q:Partner) WITH q.canonical AS x",
        partners,
        PARTNER,
    )
    out |= _targets(
        tx, "MATCH (:Partner {id: id})-[:PART_OF]->(q:Partner) WITH q.canonical AS x", partners, FAMILY
    )
    out |= _targets(tx, "MATCH (p:Partner {id: id}) WITH p.canonical AS x", partners, FAMILY)
    # How many partners a contact has, and how many members a network, is counted in clusters.
    out |= _targets(
        tx,
        "MATCH (:Partner {id: id})<-[:WITH_PARTNER]-(c:Contact)-[:WITH_PERSON]->(h:Person) "
        "WHERE c.n_partners > 10 WITH h.id AS x",
        partners,
        PERSON,
    )
    out |= _targets(
        tx, f"MATCH (:Partner {{id: id}})-[:MEMBER_OF]->(:Network) WITH '{ALL}' AS x", partners, NETWORKS
    )
    # A person that is known by a record of its own now may be one with another.
    return out | {scope_id(PERSON, id) for id in _ids(touches, "Person")}


def of_persons(tx: Tx, ids: Sequence[str]) -> set[str]:
    """Scopes that look at who the counterparts of contacts are, for these records of persons."""
    out = _targets(tx, "MATCH (h:Person {id: id}) WITH h.canonical AS x", ids, PERSON)
    # An overlap says where its contacts may be one meeting, which their persons tell.
    return out | _targets(
        tx,
        "MATCH (:Person {id: id})<-[:WITH_PERSON]-(:Contact)-[:WITH_PARTNER]->(p:Partner) WITH p.canonical AS x",
        ids,
        PARTNER,
    )


def make_all(tx: Tx) -> None:
    """Scopes for whatever has facts, where they are missing: a lost one cannot stay lost."""
    for query in (
        "MATCH (p:Partner) WHERE p.key_partner OR EXISTS { (p)<-[:WITH_PARTNER]-(:Contact) } "
        "WITH DISTINCT 'partner:' + p.canonical AS id",
        "MATCH (n:Issue) WITH 'issue:' + n.id AS id",
        "MATCH (n:Restriction) WITH 'restriction:' + n.id AS id",
        "MATCH (n:Person) WHERE EXISTS { (n)<-[:WITH_PERSON]-(:Contact) } WITH DISTINCT 'person:' + n.canonical AS id",
        "MATCH (n:Partner) WHERE EXISTS { (n)<-[:PART_OF]-(:Partner) } WITH DISTINCT 'family:' + n.canonical AS id",
        "MATCH (n:Resource) WITH 'resource:' + n.id AS id",
        "MATCH (n:Commitment) WITH 'commitment:' + n.id AS id",
        "MATCH (n:Network) WITH DISTINCT 'networks:all' AS id",
    ):
        tx.run(f"{query} MERGE (s:Scope {{id: id}}) ON CREATE SET s.rev = 0, s.derived_rev = 0")


def raise_all(
    tx: Tx,
    ids: Iterable[str] | None,
    held: Collection[str] = (),
    contacts: Sequence[str] | None = None,
) -> int:
    """Lock and raise these scopes in id order, made where missing; None raises every scope there is.

    Args:
        held: others that are locked in the same order and not raised.
        contacts: the contacts that are written, where nothing else is: what is known of others stays known.

    Returns:
        How many judgements there have been (`judged`), read once the scopes are locked.
    """
    scope = (
        "MATCH (s:Scope) WITH s ORDER BY s.id"
        if ids is None
        else "UNWIND $ids AS id MERGE (s:Scope {id: id}) ON CREATE SET s.rev = 0, s.derived_rev = 0"
    )
    return _number(
        tx.run(
            f"{scope} SET s.rev = s.rev + CASE WHEN s.id IN $held THEN 0 ELSE 1 END, "
            "s.stale = s.stale OR NOT s.id IN $held, "
            f"s.whole = s.whole OR $contacts IS NULL OR size(coalesce(s.changed, [])) + size($contacts) > {FEW} "
            "SET s.changed = CASE WHEN s.whole THEN null ELSE coalesce(s.changed, []) + $contacts END "
            f"WITH count(*) AS raised {_JUDGED}",
            ids=sorted({*(ids or ()), *held}),
            held=list(held),
            contacts=None if contacts is None or len(contacts) > FEW else list(contacts),
        )
    )


_JUDGED = "MATCH (s:Schema {id: 'kumppani'}) RETURN coalesce(s.judged, 0) AS n"


def judged(tx: Tx) -> int:
    """How many judgements there have been: while it stays the same, so does every `canonical`."""
    return _number(tx.run(_JUDGED))


def _number(rows: list[Row]) -> int:
    return int(rows[0]["n"]) if rows else 0
