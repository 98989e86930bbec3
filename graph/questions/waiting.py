"""What a person should look at about one partner: others that it may be the same as, names read with doubt."""

from __future__ import annotations

from graph.answers import MayBe
from graph.clusters import WAITS
from graph.questions.asking import Asking

MOST = 20

_MAY_BE = f"""
MATCH (p:Partner {{canonical: $id}})<-[:JUDGES]-(j:Judgement)-[:JUDGES]->(q:Partner) WHERE {WAITS}
MATCH (h:Partner {{id: q.canonical}})
RETURN h.id AS id, h.name AS name, max(j.score) AS score ORDER BY score DESC, name, id LIMIT $most
"""


def may_be(asking: Asking, canonical: str) -> list[MayBe]:
    """The partners that this one may be the same as, by what a machine was not sure of and nobody has judged.

    Names of partners are no secret, so that every viewer gets the same.
    """
    rows = asking.store.read(_MAY_BE, id=canonical, most=MOST)
    return [MayBe(id=r["id"], name=r["name"], score=r["score"] or 0.0) for r in rows]


def doubts(asking: Asking, canonical: str) -> list[str]:
    """From which cells names of this partner were read with doubt.

    A cell may name whom a confidential contact was with: it is told to coordinators and to who loaded it.
    """
    rows = asking.store.read(
        "MATCH (p:Partner {canonical: $id}) WHERE p.doubt IS NOT NULL AND ($all OR p.author = $name) "
        "RETURN p.doubt AS doubt ORDER BY doubt",
        id=canonical,
        all=asking.viewer.sees_all,
        name=asking.viewer.name,
    )
    return [row["doubt"] for row in rows]
