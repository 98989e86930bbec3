"""Clusters: which records are one partner or one person, derived from judgements.

The newest judgement on a pair counts; the connected components of the pairs judged the same are the clusters,
and `canonical` names who stands for each: the earliest recorded, unless a person chose.

A judgement on persons counts while both are known openly: by a record of their own, or from a contact that is not
confidential. So the clusters say the same to everybody, and nothing of who is known from confidential contacts
alone. Whoever comes to be known openly, or no longer is, is settled when its scope is refreshed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from graph import scopes
from graph.answers_names import Of
from graph.scopes import PERSON, Touch, scope_id
from graph.store import Row, Tx

Run = Callable[..., list[Row]]
LABELS: dict[Of, str] = {"partner": "Partner", "person": "Person"}

_KNOWN_OPENLY = (
    "(coalesce({0}.known_from, 'record') <> 'contact' OR EXISTS {{ ({0})<-[:WITH_PERSON]-(open:Contact) "
    "WHERE open.confidentiality <> 'confidential' }})"
)


def known_openly(of: Of, node: str) -> str:
    """The Cypher condition under which everybody may know of a record."""
    return _KNOWN_OPENLY.format(node) if of == "person" else "true"


def pairs(of: Of, where: str = "true") -> str:
    """Cypher that binds a judgement as `j` and its records, in the order of their ids, as `p` and `q`."""
    label = LABELS[of]
    return (
        f"MATCH (p:{label})<-[:JUDGES]-(j:Judgement)-[:JUDGES]->(q:{label}) WHERE p.id < q.id AND {where} "
        f"AND {known_openly(of, 'p')} AND {known_openly(of, 'q')}"
    )


# Of a judgement `j` on `p` and `q`: the newest on the pair, a machine's that was not sure, and no other joins the two.
WAITS = (
    "j.verdict = 'unsure' AND j.machine IS NOT NULL AND p.canonical <> q.canonical "
    "AND NOT EXISTS { MATCH (p)<-[:JUDGES]-(k:Judgement)-[:JUDGES]->(q) WHERE k.nr > j.nr }"
)


def reading(of: Of, where: str = "true") -> str:
    """The judgements that can count, oldest first."""
    return (
        f"{pairs(of, where)} RETURN j.id AS id, p.id AS a, q.id AS b, j.verdict AS verdict, j.keep AS keep, "
        "j.machine AS machine, j.nr AS nr, j.by AS by, j.at AS at ORDER BY nr"
    )


def settle_all(tx: Tx) -> None:
    """`canonical` of every partner and person from all judgements, for a rebuild."""
    for of, label in LABELS.items():
        rows = tx.run(f"MATCH (p:{label}) RETURN collect([p.id, p.recorded_at, p.canonical]) AS rows")[0][
            "rows"
        ]
        records = {id: {"recorded": recorded, "old": old} for id, recorded, old in rows}
        _set_canonical(tx, label, records, newest_of(tx.run(reading(of))))


def settle(tx: Tx, of: Of, heads: Sequence[str]) -> bool:
    """`canonical` of the records of these clusters anew, and the scopes that this makes stale; whether any was.

    A judgement joins or splits only clusters that its own records are in, so nobody else is looked at.
    """
    label = LABELS[of]
    records = {
        row["id"]: row
        for row in tx.run(
            f"UNWIND $heads AS head MATCH (p:{label} {{canonical: head}}) "
            "RETURN p.id AS id, p.recorded_at AS recorded, p.canonical AS old",
            heads=list(heads),
        )
    }
    rows = tx.run(reading(of, "p.id IN $ids AND q.id IN $ids"), ids=sorted(records))
    before = _scopes(tx, of, sorted(records))
    changed = _set_canonical(tx, label, records, newest_of(rows))
    if changed:
        after = _scopes(tx, of, sorted(records))
        scopes.raise_all(tx, None if before is None or after is None else before | after)
        if of == "person":
            # Partners whose contacts are with them: whoever brings persons up to date does so with these.
            ids = sorted((before or set()) | (after or set()))
            tx.run("UNWIND $ids AS id MATCH (s:Scope {id: id}) SET s.passed_on = true", ids=ids)
    return changed


def settle_persons(tx: Tx, ids: Sequence[str]) -> bool:
    """Settle persons whose contacts or records have changed; whether this made scopes stale.

    Whoever others stand for passes on to them what it was made stale by.

    Args:
        ids: persons whose scopes are stale, as contacts record them.
    """
    judged = [
        row["id"]
        for row in tx.run(
            "UNWIND $ids AS id MATCH (p:Person {canonical: id})<-[:JUDGES]-(:Judgement) RETURN DISTINCT id "
            "UNION UNWIND $ids AS id MATCH (p:Person {id: id})<-[:JUDGES]-(:Judgement) RETURN DISTINCT id",
            ids=list(ids),
        )
    ]
    if not judged:
        return False
    lock(tx, 0)
    heads = tx.run(
        "UNWIND $ids AS id MATCH (p:Person) WHERE p.id = id OR p.canonical = id "
        "OPTIONAL MATCH (p)<-[:JUDGES]-(:Judgement)-[:JUDGES]->(q:Person) "
        "UNWIND [p.canonical, q.canonical] AS head WITH DISTINCT head WHERE head IS NOT NULL "
        "RETURN head ORDER BY head",
        ids=judged,
    )
    changed = settle(tx, "person", [row["head"] for row in heads])
    meant = tx.run(
        "UNWIND $ids AS id MATCH (p:Person {id: id}) WHERE p.canonical <> id RETURN DISTINCT p.canonical AS id",
        ids=judged,
    )
    if meant:
        scopes.raise_all(tx, {scope_id(PERSON, row["id"]) for row in meant})
    return changed or bool(meant)


def persons_of(run: Run, ids: Sequence[str]) -> tuple[str, ...]:
    """Who stands for these persons, each once."""
    if not ids:
        return ()
    rows = run("UNWIND $ids AS id MATCH (p:Person {id: id}) RETURN p.canonical AS id", ids=list(ids))
    return tuple(dict.fromkeys(row["id"] for row in rows))


def lock(tx: Tx, judgements: int) -> int:
    """Make whoever settles clusters wait, and take as many numbers of judgements; the first of them.

    Two that meet in one cluster must see each other. The number also tells a writer of facts that a `canonical`
    it has read may be another by now.
    """
    row = tx.run(
        "MATCH (s:Schema {id: 'kumppani'}) SET s.judged = coalesce(s.judged, 0) + $n RETURN s.judged - $n AS nr",
        n=judgements,
    )[0]
    return int(row["nr"])


def _scopes(tx: Tx, of: Of, ids: Sequence[str]) -> set[str] | None:
    if of == "person":
        return scopes.of_persons(tx, ids)
    return scopes.touched_by(tx, [Touch("Partner", id, False, []) for id in ids], {})


def _set_canonical(tx: Tx, label: str, records: dict[str, Row], newest: dict[tuple[str, str], Row]) -> bool:
    """Write the `canonical` that these judgements make where it is another; whether any was."""
    heads = heads_of(
        {id: row["recorded"] or 0 for id, row in records.items()},
        [(a, b, row["keep"] or "", row["nr"]) for (a, b), row in newest.items() if row["verdict"] == "same"],
    )
    changed = [{"id": id, "to": heads[id]} for id in sorted(records) if records[id]["old"] != heads[id]]
    if changed:
        tx.run(f"UNWIND $rows AS row MATCH (p:{label} {{id: row.id}}) SET p.canonical = row.to", rows=changed)
    return bool(changed)


def heads_of(recorded: dict[str, int], same: Iterable[tuple[str, str, str, int]]) -> dict[str, str]:
    """Who stands for each record.

    Args:
        recorded: record -> when it was recorded, in microseconds.
        same: (a, b, the one to keep or "", number of the judgement); the newest choice in a cluster counts.
    """
    above = {id: id for id in recorded}

    def head(id: str) -> str:
        while above[id] != id:
            above[id] = above[above[id]]
            id = above[id]
        return id

    pairs = list(same)
    for a, b, _, _ in pairs:
        above[head(a)] = head(b)
    members: dict[str, list[str]] = defaultdict(list)
    for id in recorded:
        members[head(id)].append(id)
    chosen: dict[str, tuple[int, str]] = {}
    for a, _, keep, nr in pairs:
        if keep:
            chosen[head(a)] = max(chosen.get(head(a), (-1, "")), (nr, keep))
    out = {}
    for root, ids in members.items():
        stands = chosen[root][1] if root in chosen else min(ids, key=lambda id: (recorded[id], id))
        out.update(dict.fromkeys(ids, stands))
    return out


def newest_of(rows: Sequence[Row]) -> dict[tuple[str, str], Row]:
    """The judgement that counts on each pair; `rows` come oldest first."""
    return {(row["a"], row["b"]): row for row in rows}
