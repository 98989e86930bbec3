"""O5 load: many departments begin many contacts with one partner within a stretch of days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np

from graph.rules.base import Found, Pair, Rule
from graph.rules.chains import Chains, chains_of
from graph.rules.columns import Columns, paired
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
    stretch = tree.chains.epoch(lo).tolist()
    efforts: dict[str | int, int] = {}
    leads: dict[int, int] = {}
    led = _leads(columns)
    effort: list[str | int] = [contacts.joint[r] or r for r in rows]
    at = gone = 0
    full, judged = False, None  # whether `leads` are enough in the epochs judged; None once they have changed
    for k, stop in enumerate(stops):
        if first[k] < k or stop - k < least:
            continue
        while at < stop:
            efforts[effort[at]] = efforts.get(effort[at], 0) + 1
            for d in led[rows[at]]:
                leads[d] = leads.get(d, 0) + 1
                if leads[d] == 1:
                    judged = None
            at += 1
        while gone < k:
            _less(efforts, effort[gone])
            for d in led[rows[gone]]:
                if _less(leads, d):
                    judged = None
            gone += 1
        if len(efforts) < least or len(leads) < wanted:
            continue
        epochs = (stretch[k],) if stretch[k] == stretch[stop - 1] else tuple(sorted(set(stretch[k:stop])))
        if judged != epochs:
            full, judged = tree.count(frozenset(leads), epochs) >= wanted, epochs
        if full:
            yield Stretch(k, stop)


def _less(counts: dict[Any, int], key: Any) -> bool:
    """One less of `key`; whether none is left."""
    counts[key] -= 1
    if counts[key]:
        return False
    del counts[key]
    return True


def _leads(columns: Columns) -> list[tuple[int, ...]]:
    """The leading departments of each contact, worked out once."""
    found = columns.kept.get("leading")
    if found is None:
        contacts = columns.contacts
        at = contacts.leads.nonzero()[0]
        row, department = contacts.departments.rows[at], contacts.departments.values[at].tolist()
        bounds = np.searchsorted(row, np.arange(len(contacts) + 1)).tolist()
        found = columns.kept["leading"] = [tuple(department[a:b]) for a, b in pairwise(bounds)]
    return cast(list[tuple[int, ...]], found)


class _Lowest:
    """How many departments of a set have no other of the set beneath them on any of some days."""

    def __init__(self, chains: Chains) -> None:
        self.chains = chains
        self.known: dict[tuple[frozenset[int], tuple[int, ...]], int] = {}

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
    own = np.array(rows[start:stop], dtype=np.int64)
    ordered = own[np.argsort(place[own])].tolist()
    lo, hi, planned = contacts.lo[own], contacts.hi[own], contacts.planned[own]
    gaps = np.maximum(0, np.maximum(lo[1:] - hi[:-1], lo[:-1] - hi[1:]))
    closest = len(gaps) - 1 - int(np.argmin(gaps[::-1]))  # the last of the smallest
    by_age = np.lexsort((place[own], lo, hi))
    newest = int(by_age[-1])
    # The newest of those that stand in one full window with the newest.
    beside = [s for s in stretches if s.start <= newest + start < s.stop]
    near = np.isin(by_age, np.arange(min(s.start for s in beside), max(s.stop for s in beside)) - start)
    second = int(by_age[near][-2])
    best = dict.fromkeys(own[[newest, second, closest, closest + 1]].tolist())
    departments = np.unique(paired(contacts.departments, own, own)[1]).tolist()
    pid, kind = columns.partners[p], columns.partner_kind[p]
    numbers = {name: settings.number("O5", name, kind=kind) for name in _NUMBERS}
    return Found(
        rule="O5",
        group=(pid,),
        certain=True,
        records=tuple(contacts.id[r] for r in ordered),
        recorded=tuple(contacts.recorded[ordered].tolist()),
        best=tuple(contacts.id[r] for r in best),
        departments=tuple(sorted(columns.departments[d] for d in departments)),
        partner=pid,
        subject=("partner", pid),
        first=int(lo.min()),
        last=int(hi.max()),
        smallest_gap=int(gaps[closest]),
        levels={"medium": int(hi.max())},
        window=numbers["days"],
        planned_until=int(hi[planned].max()) if planned.any() else None,
        held_until=int(hi[~planned].max()) if not planned.all() else None,
        settings=numbers,
        detail={"most": max(s.stop - s.start for s in stretches), "until": int(lo.max())},
    )


@dataclass(frozen=True)
class Windows:
    """The full windows that hold one contact, `at` in its partner's list of contacts (rows, by first day)."""

    partner: int
    rows: list[int]
    at: int
    stretches: list[Stretch]

    @property
    def span(self) -> range:
        """The places in the list that they hold."""
        return range(self.stretches[0].start, max(s.stop for s in self.stretches))


def windows_with(columns: Columns, settings: RuleSettings, contact: int) -> Windows | None:
    """The full windows that hold a contact (row) of one partner; None without any."""
    for p, rows in _by_partner(columns, settings):
        if contact in rows:
            lo, days = columns.contacts.lo, settings.number("O5", "days", kind=columns.partner_kind[p])
            rows = [r for r in rows if abs(int(lo[r]) - int(lo[contact])) < days]
            at = rows.index(contact)
            held = [s for s in _stretches(columns, settings, p, rows) if s.start <= at < s.stop]
            return Windows(p, rows, at, held) if held else None
    return None


def load_of(columns: Columns, settings: RuleSettings, windows: Windows) -> Found:
    """The load that these windows are, where they meet no others."""
    span = windows.span
    return _found(columns, settings, windows.partner, windows.rows, span.start, span.stop, windows.stretches)


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
    version=2,
    group=("partner",),
    scope="partner",
    single=False,
    evaluate=o5,
    evidence=o5_evidence,
    compare=o5_compare,
    title=TITLE["O5"],
    doc=DOC["O5"],
)
