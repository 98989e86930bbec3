"""Judgements: whether two records are one partner, or one person.

Facts never move: a contact stays with the record it was made for. Clusters and `canonical` follow from
the judgements (`graph.clusters`). A pair judged different inside one cluster (A = B, B = C, A ≠ C) is a
contradiction: it is shown, and nothing resolves it but another judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graph import clock, clusters, forms
from graph.answers_names import Of
from graph.errors import BadInput, Conflict, Unknown
from graph.facts import new_id
from graph.store import Row, Store, Tx
from graph.viewer import Viewer

Verdict = Literal["same", "different", "unsure"]
VERDICTS: tuple[Verdict, ...] = ("same", "different", "unsure")
LONGEST_WHY = 2_000
JUDGING = "judge which records are the same"  # completes "you may not …"
Run = Callable[..., list[Row]]


@dataclass(frozen=True)
class Judgement:
    """A judgement on two records.

    Attributes:
        keep: the record that shall stand for both, "" to leave that to the days they were recorded.
        machine: name and version of the program that judged, "" for a person.
        score, rule: what it judged by: 0..1, and what tells the two names apart.
        seen: the judgement on the pair that this one answers; Conflict when there is a newer one.
        of: what they are records of.
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
    of: Of = "partner"
    source: str = ""


def judge(store: Store, viewer: Viewer, judgements: Sequence[Judgement]) -> None:
    """Record judgements in one transaction, all or none.

    Raises:
        BadInput: a record judged against itself, an unknown verdict, a `keep` that is neither of the two, a
            person known from confidential contacts only.
        Unknown: an id that names no partner, or no person that the viewer may know of.
        NotAllowed: the viewer may not edit.
    """
    viewer.require("editor", JUDGING)
    for j in judgements:
        _check(j)
    store.write(lambda tx: _record(tx, viewer, judgements))


def unmerge(store: Store, viewer: Viewer, record: str, why: str = "", of: Of = "partner") -> None:
    """Take a record out of its cluster: each pair of it that is judged the same is judged different.

    Raises:
        Unknown: there is no such record. BadInput: it stands alone already.
    """
    viewer.require("editor", f"unmerge {of}s")
    if not _known(store.read, viewer, of, [record]):
        raise Unknown(f"There is no {of} {record!r}.")
    newest = clusters.newest_of(store.read(clusters.reading(of, "(p.id = $id OR q.id = $id)"), id=record))
    pairs = [pair for pair, row in newest.items() if row["verdict"] == "same"]
    if not pairs:
        raise BadInput(f"The {of} {record!r} is merged with none: there is nothing to undo.")
    judge(store, viewer, [Judgement(a, b, "different", why, of=of) for a, b in pairs])


def _known(run: Run, viewer: Viewer, of: Of, ids: Sequence[str]) -> dict[str, Row]:
    """Those of these records that the viewer may know of: who stands for each, and whether all know of it."""
    label = clusters.LABELS[of]
    rows = run(
        f"UNWIND $ids AS id MATCH (p:{label} {{id: id}}) WHERE {forms.seen(label, 'p')} "
        f"RETURN id, p.canonical AS canonical, {clusters.known_openly(of, 'p')} AS openly",
        ids=list(ids),
        **viewer.eyes,
    )
    return {row["id"]: row for row in rows}


def _check(j: Judgement) -> None:
    if j.verdict not in VERDICTS:
        raise BadInput(f"There is no verdict {j.verdict!r}. They are: {', '.join(VERDICTS)}.")
    if j.a == j.b:
        raise BadInput(f"The {j.of} {j.a!r} cannot be judged against itself: name two records.")
    if j.keep not in ("", j.a, j.b):
        raise BadInput(f"{j.keep!r} is neither of the two {j.of}s, so it cannot stand for both.")
    if len(j.why) > LONGEST_WHY:
        raise BadInput(f"The reason has {len(j.why):,} characters; the longest taken has {LONGEST_WHY:,}.")


def _record(tx: Tx, viewer: Viewer, judgements: Sequence[Judgement]) -> list[str]:
    at = clusters.lock(tx, len(judgements))
    moment = clock.now()
    ids = [new_id("Judgement") for _ in judgements]
    for of, label in clusters.LABELS.items():
        own = [(n, j) for n, j in enumerate(judgements) if j.of == of]
        if not own:
            continue
        wanted = sorted({x for _, j in own for x in (j.a, j.b)})
        there = _known(tx.run, viewer, of, wanted)
        for id in wanted:
            if id not in there:
                raise Unknown(f"There is no {of} {id!r}.")
            if not there[id]["openly"]:
                raise BadInput(
                    f"The {of} {id!r} is known from confidential contacts only, and whoever is joined with others "
                    f"is joined for everybody to see. Such a {of} stands alone until known otherwise."
                )
        _check_seen(tx, of, [j for _, j in own])
        rows = [{"a": j.a, "b": j.b, "p": _stored(j, ids[n], at + n, viewer, moment)} for n, j in own]
        tx.run(
            f"UNWIND $rows AS row MATCH (a:{label} {{id: row.a}}) MATCH (b:{label} {{id: row.b}}) "
            "CREATE (j:Judgement) SET j = row.p CREATE (j)-[:JUDGES]->(a) CREATE (j)-[:JUDGES]->(b)",
            rows=rows,
        )
        clusters.settle(tx, of, sorted({row["canonical"] for row in there.values()}))
    return ids


def _stored(j: Judgement, id: str, nr: int, viewer: Viewer, moment: str) -> dict[str, Any]:
    return {
        "id": id,
        "nr": nr,
        "verdict": j.verdict,
        "by": viewer.name,
        "at": moment,
        "why": j.why,
        "keep": j.keep or None,
        "machine": j.machine or None,
        "score": j.score,
        "rule": j.rule or None,
        "source": j.source or None,
    }


def _check_seen(tx: Tx, of: Of, judgements: Sequence[Judgement]) -> None:
    asked = {j.seen: j for j in judgements if j.seen}
    if not asked:
        return
    ids = sorted({x for j in asked.values() for x in (j.a, j.b)})
    newest = clusters.newest_of(tx.run(clusters.reading(of, "p.id IN $ids AND q.id IN $ids"), ids=ids))
    for seen, j in asked.items():
        row = newest.get((min(j.a, j.b), max(j.a, j.b)))
        if row is not None and row["id"] != seen:
            raise Conflict(
                f"{row['by']} judged these two {row['verdict']} at {row['at']}, after you read them. Look again, "
                "and judge anew if you see it otherwise."
            )


def take_back(store: Store, viewer: Viewer, a: str, b: str, of: Of = "partner") -> None:
    """What the newest judgement on a pair replaced counts again, as a new judgement.

    Raises:
        BadInput: there is no earlier one.
    """
    viewer.require("editor", JUDGING)
    low, high = min(a, b), max(a, b)
    rows = store.read(
        f"{clusters.pairs(of, 'p.id = $a AND q.id = $b')} RETURN j.id AS id, "
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
        of,
    )
    judge(store, viewer, [made])
