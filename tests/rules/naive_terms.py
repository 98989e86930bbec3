"""The terms of the rules page, one function a term, slow and obvious.

Sentences in quotation marks are the page's own. Days are ordinals. Where the page leaves a doubt, a comment
that begins with "Choice" says what was taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from tests.rules.city import Contact, Partner, Position, World

FOREVER = 10**7
SEVERITIES = ("info", "review", "low", "medium", "high", "critical", "block")

Finding = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """What an episode needs to know of a record: a contact, a position, a commitment, ..."""

    id: str
    recorded: datetime
    lo: int
    hi: int
    departments: tuple[str, ...] = ()
    planned: bool = False


@dataclass(frozen=True)
class Link:
    """Two records that a rule links; `later` is the later day of the two."""

    a: str
    b: str
    certain: bool
    gap: int
    severity: str
    later: int


class Seen:
    """The world that is being judged: "open" without confidential contacts, or "full"."""

    def __init__(self, world: World, world_name: str) -> None:
        self.world = world
        hidden = {
            c.id for c in world.contacts if world_name == "open" and c.confidentiality == "confidential"
        }
        # "Counting contact: status planned or held ... Cancelled, undone and deleted ones do not exist"
        self.contacts = [c for c in world.contacts if c.id not in hidden and c.status in ("planned", "held")]
        self.counting = {c.id: c for c in self.contacts}
        # "positions, commitments ... known only from it share its level"
        self.positions = [p for p in world.positions if p.stated_in not in hidden]
        # Choice: a commitment made in a contact that does not exist was not made.
        self.commitments = [m for m in world.commitments if m.made_in in self.counting]
        self.partner: dict[str, Partner] = {p.id: p for p in world.partners}
        self._departments = {d.id: d for d in world.departments}
        self._topics = {t.id: t for t in world.topics}

    # --- what contacts are about, and with whom ---

    def areas(self, c: Contact) -> set[str]:
        """ "Areas of a contact = those it is ABOUT and those of its topics" """
        return set(c.areas) | {a for t in c.topics for a in self._topics[t].areas}

    def stated_to(self, p: Position) -> set[str]:
        """Choice: what was stated in a cancelled contact was stated to no one; the position stays."""
        c = self.counting.get(p.stated_in)
        return set(c.partners) if c else set()

    def beneath_partner(self, p: str, q: str) -> bool:
        """Whether p is q or lies beneath it."""
        seen: set[str] = set()
        while p and p not in seen:
            if p == q:
                return True
            seen.add(p)
            p = self.partner[p].part_of
        return False

    # --- the department tree ---

    def beneath(self, d: str, e: str, day: int) -> bool:
        """Whether d lies beneath e by PART_OF on the day, at any depth."""
        waiting, seen = [d], set()
        while waiting:
            x = waiting.pop()
            for part in self._departments[x].parts:
                if part.start and day < part.start.toordinal():
                    continue
                if part.end and day > part.end.toordinal():
                    continue
                if part.parent == e:
                    return True
                if part.parent not in seen:
                    seen.add(part.parent)
                    waiting.append(part.parent)
        return False

    def one_chain(self, d: str, e: str, days: Iterable[int]) -> bool:
        """ "one chain when d = e or one lies beneath the other by PART_OF on the lo of either contact" """
        if d == e:
            return True
        # "The node of level city is in a chain only with itself."
        if "city" in (self._departments[d].level, self._departments[e].level):
            return False
        return any(self.beneath(d, e, day) or self.beneath(e, d, day) for day in days)

    def independent(self, a: Contact, b: Contact) -> bool:
        # "and they carry no common joint key"
        if a.joint and a.joint == b.joint:
            return False
        days = {a.days[0], b.days[0]}
        # "no leading department of one is in one chain with any department of the other"
        for x, y in ((a, b), (b, a)):
            for d in x.leads:
                for e in departments_of(y):
                    if self.one_chain(d, e, days):
                        return False
        return True


def departments_of(c: Contact) -> tuple[str, ...]:
    return (*c.leads, *c.takes_part)


def record(c: Contact) -> Record:
    # Choice: a finding names all departments of its contacts, those that take part too.
    return Record(c.id, c.recorded_at, *c.days, departments_of(c), c.status == "planned")


def linkable(seen: Seen) -> list[Contact]:
    """ "one with more than 10 partners (a conference) is linked by no O rule" """
    return [c for c in seen.contacts if len(set(c.partners)) <= 10]


# --- gaps ---------------------------------------------------------------------------------------------


def days_gap(lo_a: int, hi_a: int, lo_b: int, hi_b: int) -> int:
    """ "max(0, lo_b - hi_a, lo_a - hi_b) whole days" """
    return max(0, lo_b - hi_a, lo_a - hi_b)


@lru_cache(maxsize=100_000)
def _extremes(lo_a: int, hi_a: int, coarse_a: bool, lo_b: int, hi_b: int, coarse_b: bool) -> tuple[int, int]:
    # "the contact took place on one day in there" / "an exact contact occupies all its days"
    may_a = [(d, d) for d in range(lo_a, hi_a + 1)] if coarse_a else [(lo_a, hi_a)]
    may_b = [(d, d) for d in range(lo_b, hi_b + 1)] if coarse_b else [(lo_b, hi_b)]
    gaps = [days_gap(*x, *y) for x in may_a for y in may_b]
    return min(gaps), max(gaps)


def gaps(a: Contact, b: Contact) -> tuple[int, int]:
    """(smallest gap possible, largest gap possible)."""
    return _extremes(*a.days, a.precision == "month", *b.days, b.precision == "month")


def within(a: Contact, b: Contact, window: int) -> tuple[bool, int] | None:
    """(certain, smallest gap) when the two are linked by the window, None when they are not."""
    # "Precision year: takes part in no rule with a window."
    if "year" in (a.precision, b.precision):
        return None
    smallest, largest = gaps(a, b)
    # "A window of 60 fires at 60 and not at 61." "Smallest inside the window and largest outside: a
    # possible link; both inside: a certain one."
    if smallest > window:
        return None
    return largest <= window, smallest


def linked(
    contacts: Sequence[Contact], window: int, severity: Callable[[Contact, Contact], str | None]
) -> list[Link]:
    """The links of a rule with a window; `severity` answers None for pairs that it does not link."""
    out = []
    for a, b in combinations(contacts, 2):
        inside = within(a, b, window)
        level = severity(a, b) if inside else None
        if inside and level:
            out.append(Link(a.id, b.id, inside[0], inside[1], level, max(a.days[1], b.days[1])))
    return out


# --- episodes and what a finding says -----------------------------------------------------------------


def components(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    out: list[set[str]] = []
    for pair in pairs:
        touching = [x for x in out if x & set(pair)]
        out = [x for x in out if x not in touching] + [set(pair).union(*touching)]
    return out


def helsinki_day(moment: datetime) -> int:
    return moment.astimezone(ZoneInfo("Europe/Helsinki")).date().toordinal()


def describe(
    rule: str,
    group: tuple[str, ...],
    certain: bool,
    members: Iterable[Record],
    days: Sequence[tuple[str, int]],
    *,
    today: int,
    window: int,
    partner: str | None,
    subject: tuple[str, str],
    possible: Iterable[str] = (),
    gap: int | None = None,
    first: int | None = None,
    last: int | None = None,
) -> Finding:
    """A finding in full; `days` are (severity, later day) of its links, or of its single record."""
    # "its anchor, the earliest record (recorded_at, then id)"
    ordered = sorted(members, key=lambda r: (r.recorded, r.id))
    first = min(r.lo for r in ordered) if first is None else first
    last = max(r.hi for r in ordered) if last is None else last
    # "first_seen is the earliest day on which two of its records (one, for single-record rules) were both
    # recorded"
    first_seen = helsinki_day(ordered[1 if len(ordered) > 1 else 0].recorded)
    levels: dict[str, int] = {}
    for severity, day in days:
        levels[severity] = max(day, levels.get(severity, -FOREVER))
    # "the highest over the links whose later day >= today - window, or over all if none is so recent"
    recent = [severity for severity, day in days if day >= today - window]
    highest = max(recent or [severity for severity, _ in days], key=SEVERITIES.index)
    # "A planned one whose last day is past is unconfirmed: it counts, makes nothing live"
    lively = [r for r in ordered if not (r.planned and r.hi < today)]
    # "last day >= today - window, or a planned contact whose day is not past"
    live = any(min(r.hi, last) >= today - window for r in lively)
    return {
        "rule": rule,
        "group": group,
        "certain": certain,
        "records": frozenset(r.id for r in ordered),
        "possible": frozenset(possible),
        "departments": tuple(sorted({d for r in ordered for d in r.departments})),
        "partner": partner,
        "subject": subject,
        "first": first,
        "last": last,
        "smallest_gap": gap,
        "levels": levels,
        "window": window,
        "severity": highest,
        "live": live,
        # "Longer than 180 days from first to last day: standing"
        "standing": last - first > 180,
        "planned_until": max((r.hi for r in ordered if r.planned), default=None),
        "anchor": ordered[0].id,
        "first_seen": first_seen,
    }


def episodes(
    rule: str,
    group: tuple[str, ...],
    members: Sequence[Record],
    links: Sequence[Link],
    *,
    today: int,
    window: int,
    partner: str | None,
    subject: tuple[str, str],
    span: Callable[[Sequence[Link]], tuple[int, int]] | None = None,
) -> list[Finding]:
    """The findings of one group.

    Args:
        span: gives (first, last) from the links of a finding where these are not its records' own days.
    """
    by_id = {r.id: r for r in members}
    certain = [x for x in links if x.certain]
    # "within one group, certain links form connected components; each is one finding"
    sure = components((x.a, x.b) for x in certain)
    taken = {id for ids in sure for id in ids}
    # "Records left over that have possible links among themselves form possible findings"
    among = [x for x in links if not x.certain and x.a not in taken and x.b not in taken]
    out = []
    for ids, mine in [(ids, certain) for ids in sure] + [
        (i, among) for i in components((x.a, x.b) for x in among)
    ]:
        inner = [x for x in mine if x.a in ids]
        # "a possible link from such a record to a certain component is listed there and joins nothing"
        # Choice: "such a record" is any record left over, with or without possible links among themselves.
        listed = {
            one
            for x in links
            for one, other in ((x.a, x.b), (x.b, x.a))
            if not x.certain and other in ids and one not in taken and other in taken
        }
        first, last = span(inner) if span else (None, None)
        out.append(
            describe(
                rule,
                group,
                mine is certain,
                [by_id[id] for id in ids],
                # Choice: severity and smallest gap come from the links that made it, not from those listed.
                [(x.severity, x.later) for x in inner],
                today=today,
                window=window,
                partner=partner,
                subject=subject,
                possible=listed,
                gap=min(x.gap for x in inner),
                first=first,
                last=last,
            )
        )
    return out
