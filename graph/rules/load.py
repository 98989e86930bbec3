"""O5 load: many departments begin many contacts with one partner within a stretch of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from graph.rules.base import Found, Pair, Rule
from graph.rules.chains import Chains, chains_of
from graph.rules.columns import Columns, Ints
from graph.rules.config import RuleSettings
from graph.rules.duplicates import represented
from graph.rules.episodes import places_of
from graph.rules.links import smallest_gap
from graph.rules.pairs import by_list
from graph.rules.texts import DOC, TITLE
from graph.rules.why import piece

_NUMBERS = ("days", "contacts", "departments", "partners_most")


@dataclass(frozen=True)
class Stretch:
    """Contacts [start, stop) of a partner's list, by first day, that one full window holds."""

    start: int
    stop: int


def _by_partner(columns: Columns, settings: RuleSettings) -> Iterator[tuple[int, list[int]]]:
    """(partner, its contacts that count, by first day and the order of anchors), where there are enough."""
    contacts, place = columns.contacts, places_of(columns)
    keep = ~contacts.theirs & ~contacts.coarse & ~contacts.yearly
    found = by_list(columns, settings, "O5", contacts.partners, keep)
    counted = np.zeros(len(contacts), dtype=np.bool_)
    counted[found[1]] = True
    partner, row = found[0], found[1]
    doubled = represented(columns, counted)
    if doubled:
        again = np.array([p * len(contacts) + r for p, r in doubled], dtype=np.int64)
        single = ~np.isin(partner * len(contacts) + row, again)
        partner, row = partner[single], row[single]
    order = np.lexsort((place[row], contacts.lo[row], partner))
    partner, row = partner[order], row[order]
    bounds = np.nonzero(np.concatenate(([True], partner[1:] != partner[:-1])))[0].tolist()
    for a, b in zip(bounds, [*bounds[1:], len(partner)], strict=True):
        p = int(partner[a]) if b > a else -1
        if b - a >= settings.number("O5", "contacts", kind=columns.partner_kind[p] if p >= 0 else ""):
            yield p, row[a:b].tolist()


def _stretches(columns: Columns, settings: RuleSettings, p: int, rows: list[int]) -> Iterator[Stretch]:
    """The full windows of a partner, by the contact each begins at."""
    contacts, kind = columns.contacts, columns.partner_kind[p]
    days, least, wanted = (settings.number("O5", n, kind=kind) for n in ("days", "contacts", "departments"))
    lo = contacts.lo[rows]
    stops = np.searchsorted(lo, lo + days - 1, side="right").tolist()
    first = np.searchsorted(lo, lo, side="left").tolist()
    tree = _Lowest(chains_of(columns))
    efforts: Counter[str | int] = Counter()
    leads: Counter[int] = Counter()
    led = [_leads(columns, r) for r in rows]
    effort: list[str | int] = [contacts.joint[r] or r for r in rows]
    at = gone = 0
    for k, stop in enumerate(stops):
        if first[k] < k or stop - k < least:
            continue
        while at < stop:
            efforts[effort[at]] += 1
            leads.update(led[at])
            at += 1
        while gone < k:
            _less(efforts, (effort[gone],))
            _less(leads, led[gone])
            gone += 1
        if len(efforts) >= least and len(leads) >= wanted:
            epochs = tree.epochs(lo[k:stop])
            if tree.count(frozenset(leads), epochs) >= wanted:
                yield Stretch(k, stop)


def _less(counter: Counter[Any], values: Iterable[Any]) -> None:
    for value in values:
        counter[value] -= 1
        if not counter[value]:
            del counter[value]


def _leads(columns: Columns, row: int) -> tuple[int, ...]:
    contacts = columns.contacts
    a, b = int(contacts.departments.offsets[row]), int(contacts.departments.offsets[row + 1])
    return tuple(contacts.departments.values[a:b][contacts.leads[a:b]].tolist())


class _Lowest:
    """How many departments of a set have no other of the set beneath them on any of some days."""

    def __init__(self, chains: Chains) -> None:
        self.chains = chains
        self.known: dict[tuple[frozenset[int], tuple[int, ...]], int] = {}

    def epochs(self, days: Ints) -> tuple[int, ...]:
        if len(self.chains.starts) == 1:
            return (0,)
        return tuple(np.unique(self.chains.epoch(days)).tolist())

    def count(self, departments: frozenset[int], epochs: tuple[int, ...]) -> int:
        key = (departments, epochs)
        if key not in self.known:
            at = np.array(sorted(departments), dtype=np.int64)
            above = np.zeros(len(at), dtype=np.bool_)
            for epoch in epochs:
                above |= self.chains.beneath(epoch)[np.ix_(at, at)].any(axis=0)
            self.known[key] = int(len(at) - above.sum())
        return self.known[key]


def _episodes(
    columns: Columns, settings: RuleSettings, p: int, rows: list[int]
) -> Iterator[tuple[int, int, list[Stretch]]]:
    """(start, stop, full windows) of stretches that hang together: windows that share a contact."""
    own: list[Stretch] = []
    for stretch in _stretches(columns, settings, p, rows):
        if own and stretch.start >= own[-1].stop:
            yield own[0].start, own[-1].stop, own
            own = []
        own.append(stretch)
    if own:
        yield own[0].start, own[-1].stop, own


def o5(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Loads by partner."""
    if not len(columns.contacts):
        return
    for p, rows in _by_partner(columns, settings):
        for start, stop, stretches in _episodes(columns, settings, p, rows):
            yield _found(columns, settings, p, rows, start, stop, stretches)


def _found(
    columns: Columns,
    settings: RuleSettings,
    p: int,
    rows: list[int],
    start: int,
    stop: int,
    stretches: list[Stretch],
) -> Found:
    contacts, place = columns.contacts, places_of(columns)
    own = rows[start:stop]
    ordered = sorted(own, key=lambda r: int(place[r]))
    hi = {r: int(contacts.hi[r]) for r in own}
    gaps = [smallest_gap(contacts, a, b) for a, b in pairwise(own)]
    closest = min(range(len(gaps)), key=lambda k: (gaps[k], -k))
    newest = max(range(start, stop), key=lambda k: _age(columns, rows[k]))
    # The newest of those that stand in one full window with the newest.
    beside = {k for s in stretches if s.start <= newest < s.stop for k in range(s.start, s.stop)} - {newest}
    second = max(beside, key=lambda k: _age(columns, rows[k]))
    best = dict.fromkeys((rows[newest], rows[second], own[closest], own[closest + 1]))
    planned = [hi[r] for r in own if contacts.planned[r]]
    held = [hi[r] for r in own if not contacts.planned[r]]
    pid, kind = columns.partners[p], columns.partner_kind[p]
    numbers = {name: settings.number("O5", name, kind=kind) for name in _NUMBERS}
    return Found(
        rule="O5",
        group=(pid,),
        certain=True,
        records=tuple(contacts.id[r] for r in ordered),
        recorded=tuple(int(contacts.recorded[r]) for r in ordered),
        best=tuple(contacts.id[r] for r in best),
        departments=tuple(
            sorted({columns.departments[d] for r in own for d in contacts.departments[r].tolist()})
        ),
        partner=pid,
        subject=("partner", pid),
        first=min(int(contacts.lo[r]) for r in own),
        last=max(hi.values()),
        smallest_gap=gaps[closest],
        levels={"medium": max(hi.values())},
        window=numbers["days"],
        planned_until=max(planned, default=None),
        held_until=max(held, default=None),
        settings=numbers,
        detail={"most": max(s.stop - s.start for s in stretches)},
    )


def _age(columns: Columns, row: int) -> tuple[int, int, int]:
    contacts = columns.contacts
    return int(contacts.hi[row]), int(contacts.lo[row]), int(places_of(columns)[row])


def o5_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """Every two contacts of a load that stand in one full window."""
    place = places_of(columns)
    for p, rows in _by_partner(columns, settings):
        if (columns.partners[p],) != group:
            continue
        for start, stop, stretches in _episodes(columns, settings, p, rows):
            first = min(rows[start:stop], key=lambda r: int(place[r]))
            if columns.contacts.id[first] != anchor:
                continue
            done = start
            for s in stretches:
                # What an earlier window held together has been told already.
                for j in range(max(done, s.start + 1), s.stop):
                    for i in range(s.start, j):
                        yield _pair(columns, settings, p, rows[i], rows[j])
                done = max(done, s.stop)
            return


def o5_compare(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], a: str, b: str
) -> Pair | None:
    """Two contacts of a partner; None when no full window holds both."""
    ids = columns.contacts.id
    for p, rows in _by_partner(columns, settings):
        if (columns.partners[p],) != group:
            continue
        at = {ids[r]: k for k, r in enumerate(rows)}
        if a not in at or b not in at:
            return None
        for s in _stretches(columns, settings, p, rows):
            if all(s.start <= at[x] < s.stop for x in (a, b)):
                return _pair(columns, settings, p, rows[at[a]], rows[at[b]])
    return None


def _pair(columns: Columns, settings: RuleSettings, p: int, a: int, b: int) -> Pair:
    contacts = columns.contacts
    gap = smallest_gap(contacts, a, b)
    days = settings.number("O5", "days", kind=columns.partner_kind[p])
    return Pair(
        a=contacts.id[a],
        b=contacts.id[b],
        certain=True,
        severity="medium",
        later=max(int(contacts.hi[a]), int(contacts.hi[b])),
        gap=gap,
        widest=gap,
        compared={"days": [[int(contacts.lo[x]), int(contacts.hi[x])] for x in (a, b)]},
        pieces=(piece("in_stretch", days=days),),
    )


RULE_O5 = Rule(
    name="O5",
    version=1,
    group=("partner",),
    scope="partner",
    single=False,
    evaluate=o5,
    evidence=o5_evidence,
    compare=o5_compare,
    title=TITLE["O5"],
    doc=DOC["O5"],
)
