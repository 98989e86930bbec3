"""Judgements: whether two partner records are one partner.

Facts never move: a contact stays with the record it was made for. Clusters and `Partner.canonical` follow from
the judgements (`graph.clusters`). A pair judged different inside one cluster (A = B, B = C, A ≠ C) is a
contradiction: it is shown, and nothing resolves it but another judgement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph import clock, clusters
from graph.errors import BadInput, Conflict, Unknown
from graph.facts import new_id
from graph.store import Store, Tx
from graph.viewer import Viewer

Verdict = Literal["same", "different", "unsure"]
VERDICTS: tuple[Verdict, ...] = ("same", "different", "unsure")
LONGEST_WHY = 2_000


@dataclass(frozen=True)
class Judgement:
    """A judgement on two partner records.

    Attributes:
        keep: the record that shall stand for both, "" to leave that to the days they were recorded.
        machine: name and version of the program that judged, "" for a person.
        score, rule: what it judged by: 0..1, and what tells the two names apart.
        seen: the judgement on the pair that this one answers; Conflict when there is a newer one.
        source: the load that it belongs to and is undone with, "" for none.
    """

    a: str
    b: str
    verdict: Verdict
    why: str = ""
    keep: str = ""
    machine: str = ""
    score: float | None = None
    rule: str = ""
    seen: str = ""
    source: str = ""


def judge(store: Store, viewer: Viewer, judgements: Sequence[Judgement]) -> None:
    """Record judgements in one transaction, all or none.

    Raises:
        BadInput: a record judged against itself, an unknown verdict, a `keep` that is neither of the two.
        Unknown: an id that names no partner.
        NotAllowed: the viewer may not edit.
    """
    viewer.require("editor", "judge which partners are the same")
    for j in judgements:
        _check(j)
    store.write(lambda tx: _record(tx, viewer, judgements))


def unmerge(store: Store, viewer: Viewer, record: str, why: str = "") -> None:
    """Take a record out of its cluster: each pair of it that is judged the same is judged different.

    Raises:
        Unknown: there is no such partner. BadInput: it stands alone already.
    """
    viewer.require("editor", "unmerge partners")
    rows = store.read("MATCH (p:Partner {id: $id}) RETURN p.canonical AS canonical", id=record)
    if not rows:
        raise Unknown(f"There is no partner {record!r}.")
    newest = clusters.newest_of(
        store.read(clusters.READ.format(where="AND (p.id = $id OR q.id = $id)"), id=record)
    )
    pairs = [pair for pair, row in newest.items() if row["verdict"] == "same"]
    if not pairs:
        raise BadInput(f"The partner {record!r} is merged with none: there is nothing to undo.")
    judge(store, viewer, [Judgement(a, b, "different", why) for a, b in pairs])


def _check(j: Judgement) -> None:
    if j.verdict not in VERDICTS:
        raise BadInput(f"There is no verdict {j.verdict!r}. They are: {', '.join(VERDICTS)}.")
    if j.a == j.b:
        raise BadInput(f"The partner {j.a!r} cannot be judged against itself: name two records.")
    if j.keep not in ("", j.a, j.b):
        raise BadInput(f"{j.keep!r} is neither of the two partners, so it cannot stand for both.")
    if len(j.why) > LONGEST_WHY:
        raise BadInput(f"The reason has {len(j.why):,} characters; the longest taken has {LONGEST_WHY:,}.")


def _record(tx: Tx, viewer: Viewer, judgements: Sequence[Judgement]) -> list[str]:
    at = clusters.one_at_a_time(tx, len(judgements))
    wanted = sorted({x for j in judgements for x in (j.a, j.b)})
    there = {
        row["id"]: row["canonical"]
        for row in tx.run(
            "UNWIND $ids AS id MATCH (p:Partner {id: id}) RETURN p.id AS id, p.canonical AS canonical",
            ids=wanted,
        )
    }
    for id in wanted:
        if id not in there:
            raise Unknown(f"There is no partner {id!r}.")
    _check_seen(tx, judgements)
    moment = clock.now()
    ids = [new_id("Judgement") for _ in judgements]
    rows = [
        {
            "a": j.a,
            "b": j.b,
            "p": {
                "id": id,
                "nr": at + n,
                "verdict": j.verdict,
                "by": viewer.name,
                "at": moment,
                "why": j.why,
                "keep": j.keep or None,
                "machine": j.machine or None,
                "score": j.score,
                "rule": j.rule or None,
                "source": j.source or None,
            },
        }
        for n, (id, j) in enumerate(zip(ids, judgements, strict=True))
    ]
    tx.run(
        "UNWIND $rows AS row MATCH (a:Partner {id: row.a}) MATCH (b:Partner {id: row.b}) "
        "CREATE (j:Judgement) SET j = row.p CREATE (j)-[:JUDGES]->(a) CREATE (j)-[:JUDGES]->(b)",
        rows=rows,
    )
    clusters.settle(tx, sorted(set(there.values())))
    return ids


def _check_seen(tx: Tx, judgements: Sequence[Judgement]) -> None:
    asked = {j.seen: j for j in judgements if j.seen}
    if not asked:
        return
    pairs = sorted({x for j in asked.values() for x in (j.a, j.b)})
    rows = tx.run(
        "MATCH (p:Partner)<-[:JUDGES]-(j:Judgement)-[:JUDGES]->(q:Partner) WHERE p.id < q.id "
        "AND p.id IN $ids AND q.id IN $ids RETURN j.id AS id, p.id AS a, q.id AS b, j.verdict AS verdict, "
        "j.by AS by, j.at AS at, j.nr AS nr ORDER BY nr",
        ids=pairs,
    )
    newest = clusters.newest_of(rows)
    for seen, j in asked.items():
        row = newest.get((min(j.a, j.b), max(j.a, j.b)))
        if row is not None and row["id"] != seen:
            raise Conflict(
                f"{row['by']} judged these two {row['verdict']} at {row['at']}, after you read them. Look again, "
                "and judge anew if you see it otherwise."
            )


def take_back(store: Store, viewer: Viewer, a: str, b: str) -> None:
    """What the newest judgement on a pair replaced counts again, as a new judgement.

    Raises:
        BadInput: there is no earlier one.
    """
    viewer.require("editor", "judge which partners are the same")
    low, high = min(a, b), max(a, b)
    rows = store.read(
        "MATCH (p:Partner {id: $a})<-[:JUDGES]-(j:Judgement)-[:JUDGES]->(q:Partner {id: $b}) RETURN j.id AS id, "
        "j.verdict AS verdict, j.why AS why, j.keep AS keep, j.machine AS machine, j.score AS score, j.rule AS rule "
        "ORDER BY j.nr DESC LIMIT 2",
        a=low,
        b=high,
    )
    if len(rows) < 2:
        raise BadInput("Nothing was judged on these two before: there is nothing to take back.")
    now, old = rows
    made = Judgement(
        low,
        high,
        old["verdict"],
        old["why"] or "",
        old["keep"] or "",
        old["machine"] or "",
        old["score"],
        old["rule"] or "",
        now["id"],
    )
    judge(store, viewer, [made])
