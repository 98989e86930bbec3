"""D1 duplicate entry: one department has entered one dealing twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import cast

import numpy as np

from graph.rules.base import Found, Pair, Rule
from graph.rules.chains import codes
from graph.rules.columns import Bools, Columns, paired
from graph.rules.config import RuleSettings
from graph.rules.episodes import places_of
from graph.rules.pairs import shared
from graph.rules.texts import DOC, TITLE
from graph.rules.why import piece

# What two entries of one dealing share: days, channel, topics (or the summary, where there are none).
Entry = tuple[int, int, str, tuple[int, ...], str]


def duplicates(columns: Columns) -> dict[tuple[int, int, Entry], list[int]]:
    """(partner, leading department, entry) -> two or more contacts (rows) that are the same entry, worked out once.

    Those with no exact day are the same as no other.
    """
    found = columns.kept.get("duplicates")
    if found is None:
        found = columns.kept["duplicates"] = _duplicates(columns)
    return cast(dict[tuple[int, int, Entry], list[int]], found)


def _duplicates(columns: Columns) -> dict[tuple[int, int, Entry], list[int]]:
    contacts = columns.contacts
    exact = ~contacts.coarse & ~contacts.yearly
    lead_row = contacts.departments.rows[contacts.leads]
    lead = contacts.departments.values[contacts.leads]
    own = exact[lead_row]
    lead_row, lead = lead_row[own], lead[own]
    row, partner, department = paired(contacts.partners, lead_row, lead)
    # Topics are compared only where all else is the same: few of all.
    channel, summary = codes(contacts.channel)[row], codes(contacts.summary)
    text = np.where(contacts.topics.lengths[row] > 0, -1, summary[row] if len(summary) else 0)
    parts = (partner, department, contacts.lo[row], contacts.hi[row], channel, text)
    order = np.lexsort(parts[::-1])
    keys = [x[order] for x in parts]
    same = np.zeros(len(order), dtype=np.bool_)
    for_next = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for key in keys:
        for_next &= key[1:] == key[:-1]
    same[1:] |= for_next
    same[:-1] |= for_next
    out: dict[tuple[int, int, Entry], list[int]] = {}
    at = order[same]
    days = zip(contacts.lo[row[at]].tolist(), contacts.hi[row[at]].tolist(), strict=True)
    about = (contacts.topics.lengths[row[at]] > 0).tolist()
    for p, d, r, (lo, hi), told in zip(
        partner[at].tolist(), department[at].tolist(), row[at].tolist(), days, about, strict=True
    ):
        topics = tuple(contacts.topics[r].tolist()) if told else ()
        words = contacts.summary[r] if contacts.summary and not told else ""
        out.setdefault((p, d, (lo, hi, contacts.channel[r], topics, words)), []).append(r)
    return {key: rows for key, rows in out.items() if len(rows) > 1}


def represented(columns: Columns, keep: Bools) -> set[tuple[int, int]]:
    """(partner, contact row) of entries that another one of the same dealing, with a smaller id, stands for.

    Args:
        keep: which contacts to look at.
    """
    ids = columns.contacts.id
    out: set[tuple[int, int]] = set()
    for (partner, _, _), entries in duplicates(columns).items():
        rows = [r for r in entries if keep[r]]
        smallest = min(rows, key=lambda r: ids[r], default=-1)
        out.update((partner, r) for r in rows if r != smallest)
    return out


def d1(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Entries made twice, by (partner, department)."""
    if not len(columns.contacts):
        return
    for (p, d, _), rows in sorted(duplicates(columns).items()):
        yield _found(columns, settings, p, d, rows)


def _found(columns: Columns, settings: RuleSettings, p: int, d: int, rows: list[int]) -> Found:
    contacts, place = columns.contacts, places_of(columns)
    ordered = sorted(rows, key=lambda r: int(place[r]))
    lo, hi = int(contacts.lo[rows[0]]), int(contacts.hi[rows[0]])
    planned = any(bool(contacts.planned[r]) for r in rows)
    held = any(not contacts.planned[r] for r in rows)
    pid, did = columns.partners[p], columns.departments[d]
    days = settings.number("D1", "days", kind=columns.partner_kind[p])
    return Found(
        rule="D1",
        group=(pid, did),
        certain=True,
        records=tuple(contacts.id[r] for r in ordered),
        recorded=tuple(int(contacts.recorded[r]) for r in ordered),
        best=tuple(contacts.id[r] for r in (ordered[0], ordered[-1])),
        departments=tuple(
            sorted({columns.departments[x] for r in rows for x in contacts.departments[r].tolist()})
        ),
        partner=pid,
        subject=("department", did),
        first=lo,
        last=hi,
        smallest_gap=0,
        levels={"info": hi},
        window=days,
        planned_until=hi if planned else None,
        held_until=hi if held else None,
        settings={"days": days},
        detail={"represented_by": min(contacts.id[r] for r in rows)},
    )


def d1_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """Every two entries of the dealing."""
    at = {id: r for r, id in enumerate(columns.contacts.id)}
    for found in d1(columns, settings):
        if found.group == group and found.records[0] == anchor:
            for a, b in combinations(found.records, 2):
                yield _pair(columns, at[a], at[b])


def d1_compare(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], a: str, b: str
) -> Pair | None:
    """Two contacts of a department and a partner; None when they are not the same entry."""
    for found in d1(columns, settings):
        if found.group == group and {a, b} <= set(found.records):
            ids = columns.contacts.id
            return _pair(columns, ids.index(a), ids.index(b))
    return None


def _pair(columns: Columns, a: int, b: int) -> Pair:
    contacts = columns.contacts
    topics = shared(contacts.topics, columns.topics, a, b)
    return Pair(
        a=contacts.id[a],
        b=contacts.id[b],
        certain=True,
        severity="info",
        later=int(contacts.hi[a]),
        gap=0,
        widest=0,
        compared={
            "days": [[int(contacts.lo[x]), int(contacts.hi[x])] for x in (a, b)],
            "channels": [contacts.channel[a], contacts.channel[b]],
            "topics": topics,
        },
        pieces=(piece("same_entry"),),
    )


RULE_D1 = Rule(
    name="D1",
    version=1,
    group=("partner", "department"),
    scope="partner",
    single=False,
    evaluate=d1,
    evidence=d1_evidence,
    compare=d1_compare,
    title=TITLE["D1"],
    doc=DOC["D1"],
)
