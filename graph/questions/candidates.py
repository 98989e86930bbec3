"""Partners that a name may mean, each with a score that explains itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph import names
from graph.answers import Candidate
from graph.matching import Named
from graph.questions import naming
from graph.questions.asking import Asking

MOST = 5
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
    """The partners that the name may mean, best first; from `SURE` on there is one only that it can mean."""
    return _candidates(naming.matches(asking, Named(name), most))


def unheard_of(asking: Asking, name: str, most: int = MOST) -> list[Candidate] | None:
    """The same for a name that no partner bears; None where one does, or where that is not known without asking."""
    found = naming.unheard_of(asking, name, most)
    return None if found is None else _candidates(found)


def _candidates(found: Sequence[naming.Standing]) -> list[Candidate]:
    return [
        Candidate(id=m.id, name=partner, country=country, score=round(m.score.value, 3), why=m.score.why())
        for m, partner, country, _ in found
    ]
