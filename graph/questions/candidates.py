"""Partners that a name may mean, each with a score that explains itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph import names
from graph.answers import Candidate
from graph.questions.asking import Asking

MOST = 5
POSSIBLE = 0.6  # below this a name is no candidate
_LUCENE = re.compile(r'([+\-!(){}\[\]^"~*?:\\/&|])')


def full_text_query(text: str) -> str:
    """A Lucene query for names like this one: each word as it is, as a beginning, or one or two letters off."""
    words = [w for w in names.normalise(text).split() if w][:8]
    parts = []
    for word in words:
        safe = _LUCENE.sub(r"\\\1", word[:60])
        parts.append(
            f"{safe} OR {safe}*" + (f" OR {safe}~{1 if len(word) < 6 else 2}" if len(word) > 2 else "")
        )
    return " OR ".join(parts)


def by_ids(asking: Asking, name: str, ids: Sequence[str]) -> list[Candidate]:
    """The partners that share exactly this name."""
    if len(ids) < 2:
        return []
    rows = asking.store.read(
        "UNWIND $ids AS id MATCH (p:Partner {id: id}) RETURN p.id AS id, p.name AS name, p.country AS country "
        "ORDER BY name, country, id",
        ids=list(ids),
    )
    return [
        Candidate(
            id=row["id"],
            name=row["name"],
            country=row["country"],
            score=1.0,
            why=f"{name!r} is a recorded name of {len(rows)} partners; the country tells them apart.",
        )
        for row in rows
    ]


def nearest(asking: Asking, name: str, most: int = MOST) -> list[Candidate]:
    """The recorded names most like this one, best first."""
    query = full_text_query(name)
    if not query:
        return []
    rows = asking.store.read(
        "CALL db.index.fulltext.queryNodes('alias_text', $query, {limit: 60}) YIELD node, score "
        "MATCH (node)-[:NAMES]->(m:Partner) MATCH (p:Partner {id: m.canonical}) "
        "RETURN node.text AS text, p.id AS id, p.name AS name, p.country AS country",
        query=query,
    )
    best: dict[str, Candidate] = {}
    for row in rows:
        score = round(names.similarity(name, row["text"]), 3)
        if score >= POSSIBLE and (row["id"] not in best or best[row["id"]].score < score):
            best[row["id"]] = Candidate(
                id=row["id"],
                name=row["name"],
                country=row["country"],
                score=score,
                why=f"{name!r} and the recorded name {row['text']!r} agree to {score:.0%}.",
            )
    return sorted(best.values(), key=lambda c: (-c.score, c.name, c.id))[:most]
