"""What a contact creates that joins a long load, without reading all of the load's contacts.

A busy partner's contacts of many years may be one load (O5). Which of them it holds is known already: it is a
finding. So are the other findings around the day, beyond whose ends no link leads. What is read are the contacts
that can stand in a window with the new one, and those of its own kind as far as those findings reach.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from graph.derive.findings import OPEN, hashed, scope_of, stored, summed
from graph.derive.read import RawContacts
from graph.derive.refresh import fingerprint
from graph.questions import foretell as foretelling
from graph.questions.asking import SEEN, Asking
from graph.questions.foretell import NEAR, Around, Foretold, Proposed, concerned, reach
from graph.rules.asking import ASKING
from graph.rules.columns import Columns
from graph.rules.load import Windows, load_of, windows_with
from graph.rules.visits import VISITS
from graph.store import Row

LONG = 300  # contacts of a load from where on it is not read whole
LOAD = "O5"

# Columns of a canonical partner `p`: the findings near the days, and whether they tell all that the viewer may see.
STANDING = f"""
  EXISTS {{ MATCH (s:Scope {{id: 'partner:' + p.id}}) WHERE s.stale }} AS stale,
  EXISTS {{ MATCH (p)<-[k:TALKS_IN_CONFIDENCE]-(:Department) WHERE {SEEN} }} AS secret,
  COLLECT {{ MATCH (x:Schema {{id: 'kumppani'}}) RETURN x.rules }} AS judged_by,
  COLLECT {{ MATCH (p)<-[:CONCERNS]-(f:Finding)
    WHERE f.world = '{OPEN}' AND f.rule IN $rules AND f.first <= $until AND f.last >= $since
    RETURN [properties(f), CASE f.rule WHEN '{LOAD}' THEN
      [(f)-[:CITES]->(c:Contact) | [c.id, c.lo, c.hi, c.recorded_at]] ELSE [] END] }} AS standing
"""

# Of the contacts that meet the days only these: near the day, or of the new one's kind.
_OF_ITS_KIND = (
    " AND (p.hi >= $near_since AND p.lo <= $near_until OR EXISTS { (c)-[:ABOUT]->(a) WHERE a.id IN $about } "
    "OR any(x IN coalesce(p.purposes, []) WHERE x IN $asks) OR p.channel IN $visits) "
)


@dataclass(frozen=True)
class Standing:
    """The findings of a partner near some days: (properties, for a load what is known of the records it shows)."""

    findings: list[tuple[Row, list[list[Any]]]]


def around_days(asking: Asking, lo: int, hi: int) -> dict[str, Any]:
    """The parameters of `STANDING` for a contact on these days."""
    days = reach(asking.settings)
    return {"since": lo - days, "until": hi + days, "rules": list(NEAR)}


def standing_of(asking: Asking, row: Row) -> Standing | None:
    """What stands by a row with the columns `STANDING`; None where it may not be all, or not be so any more."""
    if row["stale"] or row["secret"] or row["judged_by"] != [fingerprint(asking.settings)]:
        return None
    return Standing([(dict(finding), shown) for finding, shown in row["standing"]])


def foretell(asking: Asking, proposed: Proposed, near: Around, standing: Standing | None) -> Foretold:
    """As `graph.questions.foretell.foretell`, sooner where the contact joins a long load."""
    quick = _joined(asking, proposed, near, standing) if standing else None
    return quick or foretelling.foretell(asking, proposed, near)


def _joined(asking: Asking, proposed: Proposed, near: Around, standing: Standing) -> Foretold | None:
    rules = concerned(asking.settings, proposed, near)
    loads = [(row, shown) for row, shown in standing.findings if row["rule"] == LOAD]
    if not any(row["contacts"] >= LONG for row, _ in loads) or not near.alone or proposed.persons:
        return None
    if proposed.confidential or proposed.precision != "day" or "D1" not in rules:
        return None
    areas = asking.areas_with(proposed.areas, proposed.topics)
    others = [
        row
        for row, _ in standing.findings
        if row["rule"] in rules and row["rule"] != LOAD and (row["rule"] != "O1" or row["subject"] in areas)
    ]
    if any(row["possible"] or not row["certain"] for row in others):
        return None
    raw = _read(asking, proposed, near, rules, areas, others)
    if "month" in raw.precision or any(raw.confidential):
        return None
    both = foretelling.joined_by(raw, proposed)
    table = foretelling.table_of(asking, near, both, range(len(both.id)))
    found = foretelling.holding(table, asking.settings, [r for r in rules if r != LOAD], proposed.id)
    rows = [stored(f, OPEN, scope_of(f)) for f in found]
    if LOAD in rules:
        if any(f.rule == "D1" for f in found):
            return None  # of two entries of one dealing one stands for both
        own = windows_with(table, asking.settings, len(both.id) - 1)
        if own is not None:
            more = _with_load(asking, table, own, loads)
            if more is None:
                return None
            rows.append(more)
    return Foretold(rows, raw)


def _read(
    asking: Asking,
    proposed: Proposed,
    near: Around,
    rules: Sequence[str],
    areas: set[str],
    others: Sequence[Row],
) -> RawContacts:
    """The contacts that the rules need, the load's only as far as its windows reach."""
    days = reach(asking.settings, [r for r in rules if r != LOAD])
    # No link leads out of a finding, and the new contact's own lead no further than its windows.
    met = [row for row in others if row["first"] <= proposed.hi + days and row["last"] >= proposed.lo - days]
    since = min([proposed.lo - days, *(row["first"] for row in met)])
    until = max([proposed.hi + days, *(row["last"] for row in met)])
    margin = reach(asking.settings, [LOAD]) if LOAD in rules else 0
    near_since, near_until = proposed.lo - margin, proposed.hi + margin
    topics = [t for t, own in asking.topic_areas().items() if not areas.isdisjoint(own)]
    return foretelling.read_window(
        asking,
        near.family,
        (),
        min(since, near_since),
        max(until, near_until),
        _OF_ITS_KIND,
        near_since=near_since,
        near_until=near_until,
        about=sorted(areas.union(topics)),
        asks=sorted(ASKING) if "O2" in rules else [],
        visits=sorted(VISITS) if "O4" in rules else [],
    )


class _Shown(NamedTuple):
    """A contact as loads put them in order: by first day, then by the order of anchors."""

    lo: int
    recorded: int
    id: str
    hi: int

    @property
    def age(self) -> tuple[int, int, int, str]:
        return self.hi, self.lo, self.recorded, self.id

    def gap(self, later: _Shown) -> int:
        return max(0, later.lo - self.hi, self.lo - later.hi)


def _with_load(
    asking: Asking, table: Columns, own: Windows, loads: Sequence[tuple[Row, list[list[Any]]]]
) -> Row | None:
    """The load that holds the new contact, as it would be stored; None where what stands does not tell."""
    contacts = table.contacts
    lo = [int(contacts.lo[own.rows[k]]) for k in own.span]
    met = [
        (row, shown, until)
        for row, shown in loads
        if row["first"] <= max(lo) and (until := json.loads(row["detail"])["until"]) >= min(lo)
    ]
    if not met:
        found = load_of(table, asking.settings, own)
        return stored(found, OPEN, scope_of(found))
    row, shown, until = met[0]
    others = [day for k, day in zip(own.span, lo, strict=True) if k != own.at]
    if len(met) > 1 or any(not row["first"] <= day <= until for day in others):
        return None  # it brings together what stood apart
    return _grown(table, own, row, {c[0]: _Shown(c[1], c[3], c[0], c[2]) for c in shown}, until)


def _grown(table: Columns, own: Windows, row: Row, known: dict[str, _Shown], until: int) -> Row | None:
    """A load with the contact that its windows `own` hold, and nothing else, added to it."""
    contacts = table.contacts
    if any(id not in known for id in row["records"]):
        return None

    def shown(k: int) -> _Shown:
        r = own.rows[k]
        return _Shown(int(contacts.lo[r]), int(contacts.recorded[r]), contacts.id[r], int(contacts.hi[r]))

    new = shown(own.at)
    newest, second = (known[id] for id in row["records"][:2])
    latest = max(newest, new, key=lambda c: c.age)
    # The newest beside it in one full window: with the new contact there are windows that were none before.
    place = next((k for k in own.span if contacts.id[own.rows[k]] == latest.id), -1)
    held = [s for s in own.stretches if s.start <= place < s.stop]
    beside = [shown(k) for k in range(held[0].start, max(s.stop for s in held)) if k != place] if held else []
    if latest is newest:
        beside.append(second)
    next_to_it = max(beside, key=lambda c: c.age)
    pairs = [
        (shown(k), shown(k + 1))
        for k in (own.at - 1, own.at)
        if k >= own.span.start and k + 1 < own.span.stop
    ]
    a, b = _closest([known[id] for id in row["records"]], row["gap"])
    if not a < new < b:
        pairs.append((a, b))
    gap = min(x.gap(y) for x, y in pairs)
    close = max((x, y) for x, y in pairs if x.gap(y) == gap)
    made = contacts.departments[own.rows[own.at]].tolist()
    first, last = min(row["first"], new.lo), max(row["last"], new.hi)
    detail = json.loads(row["detail"])
    detail["most"] = max(detail["most"], *(s.stop - s.start for s in own.stretches))
    detail["until"] = max(until, new.lo)
    grown = {
        **{name: value for name, value in row.items() if name != "in_full"},
        "departments": sorted({*row["departments"], *(table.departments[d] for d in made)}),
        "contacts": row["contacts"] + 1,
        "records": list(dict.fromkeys([latest.id, next_to_it.id, close[0].id, close[1].id])),
        "first": first,
        "last": last,
        "gap": gap,
        "level_days": [last],
        "planned_until": max(row.get("planned_until") or new.hi, new.hi),
        "held_until": row.get("held_until"),
        "detail": json.dumps(detail, sort_keys=True),
        "records_hash": summed([new.id], row["records_hash"]),
    }
    return hashed(grown)


def _closest(best: Sequence[_Shown], gap: int) -> tuple[_Shown, _Shown]:
    """The closest pair among what a load shows: its newest, the one beside it, and this pair, each but once."""
    newest, second, *others = best
    if len(others) == 2:
        return others[0], others[1]
    three = sorted([newest, second, *others])
    pairs = [(a, b) for a, b in pairwise(three) if a.gap(b) == gap]
    told = [pair for pair in pairs if not others or others[0] in pair]
    return told[-1]
