"""The queue of partners, or of persons, that may be one: strongest and busiest first, both sides beside each other."""

from __future__ import annotations

from collections import Counter

from graph import matching, persons
from graph.answers import PartnerRecord
from graph.answers_names import NameEvidence, Of, PersonRecord, ReviewPair, ReviewQueue, ReviewRule
from graph.clusters import LABELS, WAITS, pairs
from graph.duplicates import named
from graph.questions.asking import OPEN_COUNT, Asking, cursor_of, key_of, page_size
from graph.questions.judgements import record_of
from graph.store import Row

_HIDDEN_COUNT = "COUNT {{ MATCH ()-[:WITH_PARTNER {{hidden: {0}.id}}]->() }}"
_BUSY: dict[Of, str] = {
    "partner": f"({OPEN_COUNT} + CASE WHEN $sees_all THEN {_HIDDEN_COUNT} ELSE 0 END)",
    "person": persons.OPEN_COUNT,
}
_COLUMNS = (
    "id: {0}.id, name: {0}.name, kind: {0}.kind, country: {0}.country, status: {0}.status, website: {0}.website, "
    "source: {0}.source, reference: {0}.reference, aliases: [(x:Alias)-[:NAMES]->({0}) | x.text], "
    f"contacts: {OPEN_COUNT}"
)


def queue(
    asking: Asking,
    *,
    of: Of = "partner",
    rule: str | None = None,
    partner: str | None = None,
    limit: int | None = 20,
    cursor: str | None = None,
    language: str = "en",
) -> ReviewQueue:
    """What waits for a person.

    Args:
        of: whether partners or persons; persons that everybody may know of.
        rule: only pairs that differ in just this (see `ReviewQueue.rules`).
        partner: only pairs that a record of this partner is in.
        limit: None gives all of it.
    """
    size = None if limit is None else page_size(limit)
    after = key_of(cursor, 4)
    rows = asking.store.read(
        f"{pairs(of, WAITS)} RETURN j.id AS judgement, j.score AS score, coalesce(j.rule, '') AS rule, "
        f"p.id AS a, q.id AS b, {_BUSY[of].format('p')} + {_BUSY[of].format('q')} AS busy, "
        "$partner IS NULL OR EXISTS { MATCH (m:Partner {id: $partner}) "
        "WHERE m.canonical IN [p.canonical, q.canonical] } AS asked",
        sees_all=asking.viewer.sees_all,
        partner=partner,
    )
    rules = Counter(row["rule"] for row in rows)
    keyed = sorted((_order(row), row) for row in rows if row["asked"] and rule in (None, row["rule"]))
    if after:
        keyed = [x for x in keyed if x[0] > tuple(after)]
    page = keyed if size is None else keyed[:size]
    done = asking.store.read(f"{pairs(of, 'j.machine IS NULL')} RETURN count(DISTINCT [p.id, q.id]) AS n")[0][
        "n"
    ]
    return ReviewQueue(
        pairs=_pairs(asking, of, [row for _, row in page], language),
        waiting=len(rows),
        judged=done,
        rules=[ReviewRule(rule=r, pairs=n) for r, n in sorted(rules.items(), key=lambda x: (-x[1], x[0]))],
        next=cursor_of(page[-1][0]) if size is not None and len(keyed) > size else None,
        of=of,
    )


def _order(row: Row) -> tuple[float, int, str, str]:
    return (-round(row["score"] or 0.0, 2), -row["busy"], row["a"], row["b"])


def _pairs(asking: Asking, of: Of, rows: list[Row], language: str) -> list[ReviewPair]:
    ids = sorted({x for row in rows for x in (row["a"], row["b"])})
    columns = f"{{{_COLUMNS.format('p')}}} AS side" if of == "partner" else persons.COLUMNS
    found = asking.store.read(
        f"UNWIND $ids AS asked MATCH (p:{LABELS[of]} {{id: asked}}) RETURN {columns}", ids=ids
    )
    sides = {side["id"]: side for row in found for side in [row.get("side", row)]}
    out = []
    for row in rows:
        a, b = sides[row["a"]], sides[row["b"]]
        score = _best(a, b) if of == "partner" else persons.compare(a, b)
        records: list[PartnerRecord | PersonRecord] = (
            [record_of(a), record_of(b)] if of == "partner" else [persons.record_of(a), persons.record_of(b)]
        )
        out.append(
            ReviewPair(
                judgement=row["judgement"],
                records=records,
                score=score.value,
                rule=row["rule"],
                why=score.why(language),
                evidence=[NameEvidence(feature=f.name, left=f.left, right=f.right) for f in score.features],
            )
        )
    return out


def _best(a: Row, b: Row) -> matching.Score:
    """The best score over all names of both, as the search found it."""
    return max(
        (
            matching.score(named(a, one), named(b, other))
            for one in dict.fromkeys([a["name"], *sorted(a["aliases"])])
            for other in dict.fromkeys([b["name"], *sorted(b["aliases"])])
        ),
        key=lambda s: s.value,
    )
