"""TALKS_IN_CONFIDENCE: what stands behind the notices of a canonical partner.

One edge for each division (a department that is in none stands for itself) and each set of those who may see the
contacts: `first` is the first day (ordinal) of any of them, `own` the departments and `readers` the persons who see
them. However many contacts there are, a viewer's notices are read from as few edges as there are such sets.
"""

from __future__ import annotations

from typing import Any

from graph.store import Tx

_BOTH = """
UNWIND $partners AS pid
WITH pid,
  COLLECT { MATCH (m:Partner {canonical: pid}) MATCH (c:Contact)-[:WITH_PARTNER {hidden: m.id}]->()
    WITH c.lo AS lo, coalesce(c.readers, []) AS readers,
      COLLECT { MATCH (c)-[:MADE_BY]->(d:Department) WITH DISTINCT d.id AS id ORDER BY id RETURN id } AS own
    WITH own, readers, min(lo) AS first UNWIND own AS id MATCH (d:Department {id: id})
    WITH own, readers, first, coalesce(head([(d)-[:PART_OF*0..8]->(v:Department {level: 'division'}) | v.id]), id) AS v
    RETURN DISTINCT [v, own, readers, first] } AS now,
  COLLECT { MATCH (:Partner {id: pid})<-[k:TALKS_IN_CONFIDENCE]-(d:Department)
    RETURN [d.id, k.own, k.readers, k.first] } AS had
WHERE size(now) > 0 OR size(had) > 0
RETURN pid, now, had
"""


def write_confidence(tx: Tx, partners: list[str]) -> None:
    """Bring the edges of these canonical partners in line with their confidential contacts, cancelled ones too."""
    changed = [row for row in tx.run(_BOTH, partners=partners) if _set(row["now"]) != _set(row["had"])]
    if not changed:
        return
    tx.run(
        "UNWIND $ids AS id MATCH (:Partner {id: id})<-[k:TALKS_IN_CONFIDENCE]-(:Department) DELETE k",
        ids=[row["pid"] for row in changed],
    )
    tx.run(
        "UNWIND $rows AS row MATCH (p:Partner {id: row[0]}) MATCH (d:Department {id: row[1]}) "
        "CREATE (d)-[:TALKS_IN_CONFIDENCE {own: row[2], readers: row[3], first: row[4]}]->(p)",
        rows=[[row["pid"], *edge] for row in changed for edge in row["now"]],
    )


def _set(edges: list[list[Any]]) -> set[str]:
    return {repr(edge) for edge in edges}
