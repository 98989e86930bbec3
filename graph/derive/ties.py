"""TALKS_TO: one edge per department and canonical partner, counted over open contacts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph.derive.links import numbers, with_topics
from graph.derive.read import RawContacts
from graph.rules.columns import FOREVER, Ragged, paired
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
    n = len(raw.id)
    kept = np.zeros(n, dtype=np.bool_)
    kept[list(keep)] = True
    d_ids, p_ids = raw.departments.names, sorted(partners)
    made = Ragged.of_pairs(n, *raw.departments.arrays(numbers(d_ids)))
    rows, values = raw.partners.arrays(numbers(p_ids))
    dealt = Ragged.of_pairs(n, rows[values >= 0], values[values >= 0])
    own = kept[dealt.rows]
    row, department, partner = paired(made, dealt.rows[own], dealt.values[own])
    width = max(len(p_ids), 1)
    tie = department * width + partner
    keys, tie = np.unique(tie, return_inverse=True)
    ties = [TieFacts() for _ in keys]
    planned = np.array([s == "planned" for s in raw.status], dtype=np.bool_)[row]
    lo, hi = (np.array(days, dtype=np.int64)[row] for days in (raw.lo, raw.hi))
    held = ~planned
    counts = [np.bincount(tie[some], minlength=len(ties)).tolist() for some in (held, planned)]
    first, last = np.full(len(ties), FOREVER), np.full(len(ties), -FOREVER)
    np.minimum.at(first, tie[held], lo[held])
    np.maximum.at(last, tie[held], hi[held])
    for k, (facts, a, b) in enumerate(zip(ties, first.tolist(), last.tolist(), strict=True)):
        facts.held, facts.planned = counts[0][k], counts[1][k]
        if facts.held:
            facts.first, facts.last = a, b
    for k, a, b in zip(tie[planned].tolist(), lo[planned].tolist(), hi[planned].tolist(), strict=True):
        ties[k].planned_lo.append(a)
        ties[k].planned_hi.append(b)
    areas = sorted({*raw.areas.names, *(a for t in raw.topics.names for a in topic_areas.get(t, ()))})
    number = numbers(areas)
    topics = Ragged.of_pairs(n, *raw.topics.arrays(numbers(raw.topics.names)))
    within = Ragged.of([[number[a] for a in topic_areas.get(t, ())] for t in raw.topics.names])
    led = with_topics(n, raw.areas.arrays(number), topics, within)
    for name, lists, texts in (("areas", led, areas), ("topics", topics, raw.topics.names)):
        _, word, of = paired(lists, row, tie)
        for both in np.unique(of * max(len(texts), 1) + word).tolist():
            getattr(ties[both // len(texts)], name).add(texts[both % len(texts)])
    return {
        (d_ids[key // width], p_ids[key % width]): facts
        for key, facts in zip(keys.tolist(), ties, strict=True)
    }


def digest(stored: dict[str, Any]) -> str:
    return hashlib.blake2b(repr(sorted(stored.items())).encode(), digest_size=12).hexdigest()


def write_ties(tx: Tx, partners: list[str], ties: Ties) -> int:
    """Bring the edges of these partners in line with `ties`; returns how many edges were written or gone."""
    rows = tx.run(
        "UNWIND $partners AS pid MATCH (p:Partner {id: pid})<-[t:TALKS_TO]-(d:Department) "
        "RETURN collect([d.id, pid, t.hash]) AS had",
        partners=partners,
    )
    had = {(d, p): tie for d, p, tie in rows[0]["had"]}
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
