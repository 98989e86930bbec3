"""TALKS_TO: one edge per department and canonical partner, counted over open contacts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from graph.derive.read import RawContacts
from graph.store import Tx


@dataclass
class TieFacts:
    """What a department has with a partner; days are ordinals. `planned_days` are [lo, hi] pairs."""

    held: int = 0
    planned: int = 0
    first: int | None = None
    last: int | None = None
    planned_lo: list[int] = field(default_factory=list)
    planned_hi: list[int] = field(default_factory=list)
    areas: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)

    def add(self, lo: int, hi: int, planned: bool) -> None:
        if planned:
            self.planned += 1
            self.planned_lo.append(lo)
            self.planned_hi.append(hi)
        else:
            self.held += 1
            self.first = lo if self.first is None else min(self.first, lo)
            self.last = hi if self.last is None else max(self.last, hi)

    def next_on(self, today: int) -> int | None:
        """First day of the earliest planned contact that is not past."""
        return min(
            (lo for lo, hi in zip(self.planned_lo, self.planned_hi, strict=True) if hi >= today), default=None
        )

    def stored(self) -> dict[str, Any]:
        order = sorted(zip(self.planned_lo, self.planned_hi, strict=True))
        return {
            "held": self.held,
            "planned": self.planned,
            "first": self.first,
            "last": self.last,
            "planned_lo": [lo for lo, _ in order],
            "planned_hi": [hi for _, hi in order],
            "areas": sorted(self.areas),
            "topics": sorted(self.topics),
        }


Ties = dict[tuple[str, str], TieFacts]  # (department, canonical partner)


def tally(
    raw: RawContacts, keep: Iterable[int], partners: set[str], topic_areas: dict[str, list[str]]
) -> Ties:
    """Count the contacts `keep` (rows) of `partners`, by department (leading or taking part)."""
    kept = set(keep)
    departments: dict[int, list[str]] = {}
    for c, d, _ in raw.departments:
        departments.setdefault(c, []).append(d)
    areas: dict[int, set[str]] = {}
    topics: dict[int, set[str]] = {}
    for c, a in raw.areas:
        areas.setdefault(c, set()).add(a)
    for c, t in raw.topics:
        topics.setdefault(c, set()).add(t)
        areas.setdefault(c, set()).update(topic_areas.get(t, ()))
    out: Ties = {}
    for c, p in dict.fromkeys(raw.partners):
        if c not in kept or p not in partners:
            continue
        lo, hi, planned = raw.lo[c], raw.hi[c], raw.status[c] == "planned"
        own_areas, own_topics = areas.get(c), topics.get(c)
        for d in set(departments.get(c, ())):
            tie = out.get((d, p))
            if tie is None:
                tie = out[d, p] = TieFacts()
            tie.add(lo, hi, planned)
            if own_areas:
                tie.areas |= own_areas
            if own_topics:
                tie.topics |= own_topics
    return out


def digest(stored: dict[str, Any]) -> str:
    return hashlib.blake2b(repr(sorted(stored.items())).encode(), digest_size=12).hexdigest()


def write_ties(tx: Tx, partners: list[str], ties: Ties) -> int:
    """Bring the edges of these partners in line with `ties`; returns how many edges were written or gone."""
    had = {
        (row["d"], row["p"]): row["hash"]
        for row in tx.run(
            "UNWIND $partners AS pid MATCH (p:Partner {id: pid})<-[t:TALKS_TO]-(d:Department) "
            "RETURN d.id AS d, pid AS p, t.hash AS hash",
            partners=partners,
        )
    }
    new, changed = [], []
    for (d, p), tie in sorted(ties.items()):
        stored = tie.stored()
        stored["hash"] = digest(stored)
        if (d, p) not in had:
            new.append({"d": d, "p": p, "t": stored})
        elif had[d, p] != stored["hash"]:
            changed.append({"d": d, "p": p, "t": stored})
    gone = [{"d": d, "p": p} for d, p in had if (d, p) not in ties]
    ends = "UNWIND $rows AS row MATCH (d:Department {id: row.d}) MATCH (p:Partner {id: row.p}) "
    if new:
        tx.run(ends + "CREATE (d)-[t:TALKS_TO]->(p) SET t = row.t", rows=new)
    if changed:
        tx.run(ends + "MATCH (d)-[t:TALKS_TO]->(p) SET t = row.t", rows=changed)
    if gone:
        tx.run(ends + "MATCH (d)-[t:TALKS_TO]->(p) DELETE t", rows=gone)
    return len(new) + len(changed) + len(gone)
