"""O5 load: many departments begin many contacts with one partner within a stretch of days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np

from graph.rules.base import Found, Pair, Rule
from graph.rules.chains import Chains, chains_of, independence_of
from graph.rules.columns import Columns, Ints, Ragged, paired
from graph.rules.config import RuleSettings
from graph.rules.duplicates import represented
from graph.rules.episodes import places_of
from graph.rules.links import smallest_gap
from graph.rules.pairs import by_list, of_partners
from graph.rules.texts import DOC, TITLE
from graph.rules.why import piece

_NUMBERS = ("days", "contacts", "departments", "partners_most")


class Stretch(NamedTuple):
    """Contacts [start, stop) of a partner's list, by first day, that one full window holds."""

    start: int
    stop: int


def _by_partner(columns: Columns, settings: RuleSettings) -> Iterator[tuple[int, list[int]]]:
    """(partner, its contacts that count, by first day and the order of anchors), where some window holds enough."""
    contacts, place = columns.contacts, places_of(columns)
    keep = ~contacts.theirs & ~contacts.coarse & ~contacts.yearly
    partner, row, days = by_list(columns, settings, "O5", contacts.partners, keep)
    counted = np.zeros(len(contacts), dtype=np.bool_)
    counted[row] = True
    doubled = represented(columns, counted)
    if doubled:
        again = np.array([p * len(contacts) + r for p, r in doubled], dtype=np.int64)
        single = ~np.isin(partner * len(contacts) + row, again)
        partner, row, days = partner[single], row[single], days[single]
    order = np.lexsort((place[row], contacts.lo[row], partner))
    partner, row, days = partner[order], row[order], days[order]
    least = of_partners(columns, settings, "O5", "contacts", partner)
    lo, last = contacts.lo[row], np.arange(len(row)) + np.maximum(least, 1) - 1
    at = np.minimum(last, len(row) - 1)
    enough = (last < len(row)) & (partner[at] == partner) & (lo[at] - lo < days)
    bounds = np.nonzero(np.diff(partner, prepend=-1))[0]
    stops = np.append(bounds[1:], len(row))
    own = np.logical_or.reduceat(enough, bounds) if len(bounds) else enough
    for a, b in zip(bounds[own].tolist(), stops[own].tolist(), strict=True):
        yield int(partner[a]), row[a:b].tolist()


def _stretches(columns: Columns, settings: RuleSettings, p: int, rows: list[int]) -> list[Stretch]:
    """The full windows of a partner, by the contact each begins at."""
    kind = columns.partner_kind[p]
    days, least, wanted = (settings.number("O5", n, kind=kind) for n in ("days", "contacts", "departments"))
    own, n = np.array(rows, dtype=np.int64), len(rows)
    lo = columns.contacts.lo[own]
    stops = np.searchsorted(lo, lo + days - 1, side="right")
    joint = independence_of(columns).joint[own]
    effort = np.where(joint < 0, joint.max(initial=0) + 1 + np.arange(n), joint)
    _, leading, at = paired(_leads(columns), own, np.arange(n))
    full = (
        (np.diff(lo, prepend=-1) != 0)
        & (_different(np.arange(n), effort, stops) >= least)
        & (_different(at, leading, stops) >= wanted)
    )
    if not full.any():
        return []
    chains = chains_of(columns)
    epochs = chains.epoch(lo)
    above = _above(chains, leading, epochs)
    if len(above):
        # Of those with nobody beneath them there may be enough anyway.
        sure = ~np.isin(leading, above)
        doubtful = full & (_different(at[sure], leading[sure], stops) < wanted)
        lowest, bounds = _Lowest(chains), np.searchsorted(at, np.arange(n + 1))
        for k in np.nonzero(doubtful)[0].tolist():
            inside = leading[bounds[k] : bounds[stops[k]]]
            full[k] = lowest.count(inside, epochs[k : stops[k]]) >= wanted
    begin = np.nonzero(full)[0]
    return list(map(Stretch, begin.tolist(), stops[begin].tolist()))


def _different(at: Ints, value: Ints, stops: Ints) -> Ints:
    """How many different values each window [k, stops[k]) holds, where `value` stands at the places `at`.

    Each counts at its first place in a window: from the window after its place before on, or from the first that
    reaches so far, to the one that begins at it. `stops` rise and lie behind their windows' beginnings.
    """
    order = np.lexsort((at, value))
    at, value = at[order], value[order]
    before = np.where(np.diff(value, prepend=-1) != 0, -1, np.concatenate(([-1], at[:-1])))
    since = np.maximum(before + 1, np.searchsorted(stops, at, side="right"))
    n = len(stops) + 1
    found: Ints = np.cumsum(np.bincount(since, minlength=n) - np.bincount(at + 1, minlength=n))[:-1]
    return found


def _leads(columns: Columns) -> Ragged:
    """The leading departments of each contact, worked out once."""
    found = columns.kept.get("leading")
    if found is None:
        contacts = columns.contacts
        at = contacts.leads.nonzero()[0]
        row, department = contacts.departments.rows[at], contacts.departments.values[at]
        found = columns.kept["leading"] = Ragged.of_pairs(len(contacts), row, department)
    return cast(Ragged, found)


def _above(chains: Chains, departments: Ints, epochs: Ints) -> Ints:
    """Those of the departments that have another one of them beneath them in any of these stretches of the tree."""
    own = np.unique(departments)
    found = np.zeros(len(own), dtype=np.bool_)
    for epoch in np.unique(epochs).tolist():
        found |= chains.beneath(epoch)[np.ix_(own, own)].any(axis=0)
    return own[found]


class _Lowest:
    """How many departments of a set have no other of the set beneath them on any of some days."""

    def __init__(self, chains: Chains) -> None:
        self.chains = chains
        self.known: dict[tuple[bytes, bytes], int] = {}

    def count(self, departments: Ints, epochs: Ints) -> int:
        at, days = np.unique(departments), np.unique(epochs)
        key = (at.tobytes(), days.tobytes())
        if key not in self.known:
            self.known[key] = len(at) - len(_above(self.chains, at, days))
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
