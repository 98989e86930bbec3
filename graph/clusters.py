"""Clusters: which partner records are one partner, derived from judgements.

The newest judgement on a pair counts; the connected components of the pairs judged the same are the clusters,
and `Partner.canonical` names who stands for each: the earliest recorded, unless a person chose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from graph import scopes
from graph.scopes import Touch
from graph.store import Row, Tx

READ = (
    "MATCH (p:Partner)<-[:JUDGES]-(j:Judgement)-[:JUDGES]->(q:Partner) WHERE p.id < q.id {where} "
    "RETURN j.id AS id, p.id AS a, q.id AS b, j.verdict AS verdict, j.keep AS keep, j.machine AS machine, j.nr AS nr ORDER BY nr"
)


def one_at_a_time(tx: Tx, judgements: int) -> int:
    """Lock judging until the transaction ends; the number of the first of so many new judgements.

    Two that meet in one cluster must see each other. The number also tells a writer of facts that a `canonical` it
    has read may be another by now.
    """
    rows = tx.run(
        "MATCH (s:Schema {id: 'kumppani'}) SET s.judged = coalesce(s.judged, 0) + $n RETURN s.judged - $n AS nr",
        n=judgements,
    )
    return int(rows[0]["nr"])


def settle_all(tx: Tx) -> None:
    """`canonical` of every partner from all judgements, for a rebuild."""
    partners = {
        row["id"]: row
        for row in tx.run(
            "MATCH (p:Partner) RETURN p.id AS id, p.recorded_at AS recorded, p.canonical AS old"
        )
    }
    _set_canonical(tx, partners, newest_of(tx.run(READ.format(where=""))))


def settle(tx: Tx, heads: Sequence[str]) -> None:
    """`canonical` of the records of these clusters anew, and the scopes that this makes stale.

    A judgement joins or splits only clusters that its own records are in, so nobody else is looked at.
    """
    partners = {
        row["id"]: row
        for row in tx.run(
            "UNWIND $heads AS head MATCH (p:Partner {canonical: head}) "
            "RETURN p.id AS id, p.recorded_at AS recorded, p.canonical AS old",
            heads=list(heads),
        )
    }
    rows = tx.run(READ.format(where="AND p.id IN $ids AND q.id IN $ids"), ids=sorted(partners))
    touches = [Touch("Partner", id, False, []) for id in sorted(partners)]
    before = scopes.touched_by(tx, touches, {})
    if _set_canonical(tx, partners, newest_of(rows)):
        after = scopes.touched_by(tx, touches, {})
        scopes.raise_all(tx, None if before is None or after is None else before | after)


def _set_canonical(tx: Tx, partners: dict[str, Row], newest: dict[tuple[str, str], Row]) -> bool:
    """Write the `canonical` that these judgements make where it is another; whether any was."""
    heads = heads_of(
        {id: row["recorded"] or 0 for id, row in partners.items()},
        [(a, b, row["keep"] or "", row["nr"]) for (a, b), row in newest.items() if row["verdict"] == "same"],
    )
    changed = [{"id": id, "to": heads[id]} for id in sorted(partners) if partners[id]["old"] != heads[id]]
    if changed:
        tx.run("UNWIND $rows AS row MATCH (p:Partner {id: row.id}) SET p.canonical = row.to", rows=changed)
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
