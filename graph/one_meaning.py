"""A name that could surely mean two partners means neither surely.

"City of Córdoba" without a country is as like Córdoba in Spain as it is like the one in Argentina. Each of the
two pairs alone looks sure; taken together they would make one partner of two cities.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.matching import SURE, Score

Pair = tuple[str, str]


def of_one_meaning(pairs: Mapping[Pair, Score], canonical: Mapping[str, str]) -> dict[Pair, Score]:
    """The pairs, where those of a record that is sure of two that cannot be one are no longer sure.

    Args:
        pairs: what is possible at least; what is not in it cannot be one.
        canonical: record -> who stands for it; records with one canonical are one already.
    """
    sure: dict[str, set[str]] = {}
    for (a, b), score in pairs.items():
        if score.sure:
            sure.setdefault(a, set()).add(b)
            sure.setdefault(b, set()).add(a)

    def one(a: str, b: str) -> bool:
        return canonical[a] == canonical[b] or (min(a, b), max(a, b)) in pairs

    torn = {id for id, others in sure.items() if not all(one(a, b) for a in others for b in others if a < b)}
    return {
        pair: Score(SURE - 0.01, score.features) if score.sure and not torn.isdisjoint(pair) else score
        for pair, score in pairs.items()
    }
