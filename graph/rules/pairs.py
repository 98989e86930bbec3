"""Rules that link contacts in pairs: evaluating one, listing its links, looking at two contacts.

Such a rule says how contacts fall into groups, what keeps two apart, and how severe a link is; the rest is
the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from graph.rules.base import Found, Pair
from graph.rules.chains import Apartness, independence_of
from graph.rules.columns import Bools, Columns, Contacts, Ints, Ragged
from graph.rules.config import RuleSettings
from graph.rules.episodes import NEVER, Episodes, Hint, Judge, Spoken, found_episodes, places_of, told
from graph.rules.links import BLOCK, Line, Members, largest_gap, links_of, smallest_gap
from graph.rules.nearest import latest_of
from graph.rules.sweep import components, linked
from graph.rules.why import piece


@dataclass(frozen=True)
class Part:
    """Contacts (rows) in groups, each with its window in days, and what keeps two of them apart.

    `speak` says of a group's number what its findings say.
    """

    group: Ints
    row: Ints
    window: Ints
    apart: Apartness
    speak: Callable[[int], Spoken]


@dataclass(frozen=True)
class Linking:
    """A rule of pairs.

    Attributes:
        parts: the groups of a table; `only` one of them by its group key, or all.
        judge: severity -> latest later day of the links of each episode that have it.
        severity: of one link (rows).
        compared: what is told about one link besides its days and gap.
        pieces: sentences about one link besides the one about its gap.
    """

    rule: str
    parts: Callable[[Columns, RuleSettings, tuple[str, ...] | None], Iterator[Part]]
    judge: Judge
    severity: Callable[[Columns, int, int], str]
    hint: Hint = lambda *_: {}
    compared: Callable[[Columns, int, int], dict[str, Any]] = lambda *_: {}
    pieces: Callable[[Columns, int, int], tuple[dict[str, Any], ...]] = lambda *_: ()

    def evaluate(self, columns: Columns, settings: RuleSettings) -> Iterator[Found]:
        """Findings of the rule."""
        if not len(columns.contacts):
            return
        place = places_of(columns)
        for part in self.parts(columns, settings, None):
            found = found_episodes(columns.contacts, part.group, part.row, part.window, part.apart, place)
            yield from told(self.rule, columns, found, part.apart, place, part.speak, self.judge, self.hint)

    def evidence(
        self, columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
    ) -> Iterator[Pair]:
        """Linked pairs of one finding, by their first days; then those of the records listed as possible."""
        contacts, place = columns.contacts, places_of(columns)
        for part in self.parts(columns, settings, group):
            for episodes in found_episodes(contacts, part.group, part.row, part.window, part.apart, place):
                for k in range(len(episodes)):
                    own = episodes.members.take(np.nonzero(episodes.members.group == k)[0])
                    first = own.row[np.argmin(place[own.row])]
                    if contacts.id[int(first)] == anchor:
                        yield from self._links(columns, episodes, k, own, part.apart, place)
                        return

    def _links(
        self, columns: Columns, episodes: Episodes, k: int, own: Members, apart: Apartness, place: Ints
    ) -> Iterator[Pair]:
        contacts, days = columns.contacts, int(episodes.window[k])
        line = Line.of(own)
        for i, j in links_of(own, line, np.arange(len(own)), apart, block=BLOCK // 20):
            for a, b in zip(own.row[i[i < j]].tolist(), own.row[j[i < j]].tolist(), strict=True):
                yield self.pair(columns, a, b, days)
        listed = np.array(sorted(set(episodes.possible.get(k, ()))), dtype=np.int64)
        for a, b in product(listed.tolist(), sorted(own.row.tolist(), key=place.__getitem__)):
            near = smallest_gap(contacts, a, b) <= days < largest_gap(contacts, a, b)
            if near and bool(apart(np.array([a]), np.array([b]))[0]):
                yield self.pair(columns, a, b, days)

    def compare(
        self, columns: Columns, settings: RuleSettings, group: tuple[str, ...], a: str, b: str
    ) -> Pair | None:
        """Two contacts of a group: their gap, the window, what they share; None if they are not linked."""
        contacts = columns.contacts
        for part in self.parts(columns, settings, group):
            at = {contacts.id[r]: k for k, r in enumerate(part.row.tolist())}
            if a not in at or b not in at:
                continue
            one, other, days = int(part.row[at[a]]), int(part.row[at[b]]), int(part.window[at[a]])
            free = bool(part.apart(np.array([one]), np.array([other]))[0])
            if free and smallest_gap(contacts, one, other) <= days:
                return self.pair(columns, one, other, days)
        return None

    def pair(self, columns: Columns, a: int, b: int, days: int) -> Pair:
        """One link (rows) with what was compared."""
        contacts = columns.contacts
        gap, widest = smallest_gap(contacts, a, b), largest_gap(contacts, a, b)
        between = (
            piece("gap", gap=gap, days=days)
            if gap == widest
            else piece("gap_range", gap=gap, widest=widest, days=days)
        )
        return Pair(
            a=contacts.id[a],
            b=contacts.id[b],
            certain=widest <= days,
            severity=self.severity(columns, a, b),
            later=max(int(contacts.hi[a]), int(contacts.hi[b])),
            gap=gap,
            widest=widest,
            compared={
                "days": [[int(contacts.lo[x]), int(contacts.hi[x])] for x in (a, b)],
                **self.compared(columns, a, b),
            },
            pieces=(between, *self.pieces(columns, a, b)),
        )


def usable(columns: Columns, most: int) -> Bools:
    """Per contact whether a rule with a window may link it: a day is known, and it is no conference."""
    contacts = columns.contacts
    found: Bools = ~contacts.yearly & (contacts.partners.lengths <= most)
    return found


def by_list(
    columns: Columns, settings: RuleSettings, rule: str, lists: Ragged, keep: Bools, kinds: bool = True
) -> tuple[Ints, Ints, Ints]:
    """(value, row, window) for every value of the lists of the contacts `keep`.

    Args:
        kinds: whether the values are partners, so that overrides by partner kind count.
    """
    contacts = columns.contacts
    row, value = lists.rows, lists.values
    own = keep[row] & ~contacts.yearly[row]
    row, value = row[own], value[own]
    numbers = {
        name: of_partners(columns, settings, rule, name, value)
        if kinds
        else np.full(len(row), settings.number(rule, name), dtype=np.int64)
        for name in ("days", "partners_most")
    }
    few = contacts.partners.lengths[row] <= numbers["partners_most"]
    return value[few], row[few], numbers["days"][few]


def of_partners(columns: Columns, settings: RuleSettings, rule: str, name: str, partners: Ints) -> Ints:
    """One threshold for each of these partners, by its kind."""
    if not settings.overridden(rule):
        return np.full(len(partners), settings.number(rule, name), dtype=np.int64)
    of = np.array([settings.number(rule, name, kind=k) for k in columns.partner_kind], dtype=np.int64)
    return of[partners]


def two_levels(flag: Callable[[Columns], Bools], both: str, other: str) -> Judge:
    """A judge for links that are `both` severe when both contacts carry the flag, else `other`."""

    def judge(columns: Columns, episodes: Episodes, apart: Apartness) -> dict[str, Ints]:
        own = episodes.members
        hi = columns.contacts.hi[own.row]
        flagged = flag(columns)[own.row]
        alike = np.full(len(episodes), NEVER, dtype=np.int64)
        at = np.nonzero(flagged)[0]
        if len(at) > 1:
            hit = at[linked(components(own.take(at), apart))]
            np.maximum.at(alike, own.group[hit], hi[hit])
        unlike = np.full(len(episodes), NEVER, dtype=np.int64)
        rest = np.nonzero(~flagged)[0]
        if len(rest):
            unlike = latest_of(own, hi, rest, len(episodes), NEVER, apart)
        return {both: alike, other: unlike}

    return judge


def one_level(level: str) -> Judge:
    """A judge for links that are all equally severe."""

    def judge(columns: Columns, episodes: Episodes, apart: Apartness) -> dict[str, Ints]:
        own = episodes.members
        day = np.full(len(episodes), NEVER, dtype=np.int64)
        np.maximum.at(day, own.group, columns.contacts.hi[own.row])
        return {level: day}

    return judge


def independent_part(
    columns: Columns, found: tuple[Ints, Ints, Ints], speak: Callable[[int], Spoken]
) -> Part:
    """A part whose contacts are kept apart by chains and joint keys alone."""
    return Part(*found, independence_of(columns), speak)


def of_number(found: tuple[Ints, Ints, Ints], number: int) -> tuple[Ints, Ints, Ints]:
    """Only the members of one group."""
    own = found[0] == number
    return found[0][own], found[1][own], found[2][own]


def shared(lists: Ragged, names: list[str], a: int, b: int) -> list[str]:
    """Ids that the lists of two rows share."""
    return sorted(names[x] for x in set(lists[a].tolist()) & set(lists[b].tolist()))


def purposes_of(contacts: Contacts, wanted: frozenset[str]) -> tuple[Bools, Bools]:
    """(has one of the wanted purposes, has none of them but invite), per contact; few lists differ."""
    said = {purposes: wanted.intersection(purposes) for purposes in set(contacts.purposes)}
    some = {purposes: bool(own) for purposes, own in said.items()}
    invites = {purposes: own == {"invite"} for purposes, own in said.items()}

    def per_contact(what: dict[tuple[str, ...], bool]) -> Bools:
        return np.fromiter(map(what.__getitem__, contacts.purposes), dtype=np.bool_, count=len(contacts))

    return per_contact(some), per_contact(invites)
