"""The queue of partners that may be one: strongest and busiest first, both sides beside each other."""

from __future__ import annotations

from collections import Counter

from graph import matching
from graph.answers_names import NameEvidence, ReviewPair, ReviewQueue, ReviewRule
from graph.duplicates import named
from graph.questions.asking import Asking, cursor_of, key_of, page_size
from graph.questions.judgements import record_of
from graph.store import Row

# The newest judgement on a pair is a machine's `unsure`, and no other judgement joins the two.
_WAITING = """
MATCH (p:Partner)<-[:JUDGES]-(j:Judgement {verdict: 'unsure'})-[:JUDGES]->(q:Partner)
WHERE p.id < q.id AND j.machine IS NOT NULL AND p.canonical <> q.canonical
AND NOT EXISTS { MATCH (p)<-[:JUDGES]-(k:Judgement)-[:JUDGES]->(q) WHERE k.nr > j.nr }
"""
_BUSY = (
    "COUNT {{ ({0})<-[:WITH_PARTNER]-(c:Contact) WHERE $sees_all OR c.confidentiality <> 'confidential' }}"
)
_COLUMNS = (
    "id: {0}.id, name: {0}.name, kind: {0}.kind, country: {0}.country, status: {0}.status, website: {0}.website, "
    "source: {0}.source, reference: {0}.reference, aliases: [(x:Alias)-[:NAMES]->({0}) | x.text], "
    "contacts: COUNT {{ ({0})<-[:WITH_PARTNER]-(c:Contact) WHERE c.confidentiality <> 'confidential' }}"
)


def queue(
    asking: Asking,
    *,
    rule: str | None = None,
    partner: str | None = None,
    limit: int | None = 20,
    cursor: str | None = None,
    language: str = "en",
) -> ReviewQueue:
    """What waits for a person.

    Args:
        rule: only pairs that differ in just this (see `ReviewQueue.rules`).
        partner: only pairs that a record of this partner is in.
        limit: None gives all of it.
    """
    size = None if limit is None else page_size(limit)
    after = key_of(cursor, 4)
    rows = asking.store.read(
        f"{_WAITING} RETURN j.id AS judgement, j.score AS score, coalesce(j.rule, '') AS rule, "
        f"p.id AS a, q.id AS b, {_BUSY.format('p')} + {_BUSY.format('q')} AS busy, "
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
    done = asking.store.read(
        "MATCH (p:Partner)<-[:JUDGES]-(j:Judgement)-[:JUDGES]->(q:Partner) WHERE p.id < q.id "
        "AND j.machine IS NULL RETURN count(DISTINCT [p.id, q.id]) AS n"
    )[0]["n"]
    return ReviewQueue(
        pairs=_pairs(asking, [row for _, row in page], language),
        waiting=len(rows),
        judged=done,
        rules=[ReviewRule(rule=r, pairs=n) for r, n in sorted(rules.items(), key=lambda x: (-x[1], x[0]))],
        next=cursor_of(page[-1][0]) if size is not None and len(keyed) > size else None,
    )


def _order(row: Row) -> tuple[float, int, str, str]:
    return (-round(row["score"] or 0.0, 2), -row["busy"], row["a"], row["b"])


def _pairs(asking: Asking, rows: list[Row], language: str) -> list[ReviewPair]:
    ids = sorted({x for row in rows for x in (row["a"], row["b"])})
    sides = {
        row["side"]["id"]: row["side"]
        for row in asking.store.read(
            f"UNWIND $ids AS id MATCH (p:Partner {{id: id}}) RETURN {{{_COLUMNS.format('p')}}} AS side",
            ids=ids,
        )
    }
    out = []
    for row in rows:
        a, b = sides[row["a"]], sides[row["b"]]
        score = _best(a, b)
        out.append(
            ReviewPair(
                judgement=row["judgement"],
                records=[record_of(a), record_of(b)],
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
