"""Drawing small worlds in which the edges of the rules are met often.

`random_world(seed, size)` is the quick and repeatable way; `worlds()` is the hypothesis strategy: a random
world of which it keeps some records, and fewer and fewer while it shrinks (a strategy that drew every field
by itself spent most of its examples on variations of a few worlds). Days are mostly a step from an earlier
record's day, so that gaps of 59, 60 and 61 days, neighbouring months and the ends of validity come up often.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from tests.rules.city import (
    Commitment,
    Contact,
    Department,
    Lead,
    Material,
    Membership,
    Network,
    Part,
    Partner,
    Position,
    Resource,
    Restriction,
    Topic,
    World,
)
from tests.rules.forms import columns, records

__all__ = ["KEPT", "World", "columns", "only", "random_world", "records", "smallest", "today_of", "worlds"]

T = TypeVar("T")
START = date(2026, 1, 1)
STEPS = (0, 1, 13, 14, 15, 29, 30, 59, 60, 61, 89, 90, 91, -1, -60, -61, 120)
CHANNELS = ("meeting", "meeting", "call", "visit_out", "delegation_out", "visit_in", "letter", "")
ASKING = ("request", "invite", "fund", "inform", "learn")
# Around midnight in Helsinki too, in winter and in summer, and often the same moment twice.
MOMENTS = (
    datetime(2026, 1, 1, 12, tzinfo=UTC),
    datetime(2026, 1, 1, 21, 59, tzinfo=UTC),
    datetime(2026, 1, 1, 22, 0, tzinfo=UTC),
    datetime(2026, 7, 1, 20, 59, tzinfo=UTC),
    datetime(2026, 7, 1, 21, 0, tzinfo=UTC),
    datetime(2026, 7, 2, 9, 30, 0, 1, tzinfo=UTC),
)


class Choices:
    """Where the builder's choices come from."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pick(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent


@dataclass
class Builder:
    """Builds a world piece by piece from choices."""

    choose: Choices
    span: int  # days that the contacts spread over
    ids: set[str] = field(default_factory=set)
    days: list[date] = field(default_factory=lambda: [START])

    def some(self, options: Sequence[T], at_least: int, at_most: int) -> tuple[T, ...]:
        """Different ones among `options`, in the order they were picked."""
        wanted = self.choose.number(min(at_least, len(options)), min(at_most, len(options)))
        left = list(options)
        return tuple(left.pop(self.choose.number(0, len(left) - 1)) for _ in range(wanted))

    def day(self) -> date:
        if self.choose.chance(25):
            day = START + timedelta(self.choose.number(0, self.span))
        else:
            day = self.days[-1 - self.choose.number(0, min(3, len(self.days) - 1))]
            day += timedelta(self.choose.pick(STEPS))
        if not START <= day <= START + timedelta(self.span):
            day = START + timedelta((day - START).days % (self.span + 1))
        self.days.append(day)
        return day

    def validity(self) -> tuple[date | None, date | None]:
        start = self.day() if self.choose.chance(60) else None
        end = self.day() if self.choose.chance(40) else None
        if start and end and end < start:
            start, end = end, start
        return start, end

    def id(self, prefix: str) -> str:
        """A new id whose order says nothing about when it was recorded."""
        number = self.choose.number(0, 9)
        while f"{prefix}{number:03}" in self.ids:
            number = (number + 7) % 1_000_000
        self.ids.add(f"{prefix}{number:03}")
        return f"{prefix}{number:03}"

    # --- the city and its partners ---

    def departments(self, n: int) -> tuple[Department, ...]:
        out = [Department("d0", self.choose.pick(("division", "city")))]
        for i in range(1, n):
            above = [d.id for d in out]
            parts: tuple[Part, ...] = ()
            if self.choose.chance(75):
                parent = above[-1] if self.choose.chance(40) else self.choose.pick(above)
                parts = (Part(parent, *(self.validity() if self.choose.chance(60) else (None, None))),)
                if parts[0].end and self.choose.chance(60):  # a reorganisation: another parent from then on
                    parts += (Part(self.choose.pick(above), parts[0].end + timedelta(1), None),)
            out.append(Department(f"d{i}", "service", parts))
        return tuple(out)

    def partners(self, n: int) -> tuple[Partner, ...]:
        out: list[Partner] = []
        for i in range(n):
            part_of = self.choose.pick([p.id for p in out]) if out and self.choose.chance(40) else ""
            kind = self.choose.pick(("city", "state", "university"))
            country = self.choose.pick(("EE", "SE"))
            out.append(Partner(f"p{i}", kind, country, part_of, self.key_since()))
        return tuple(out)

    def key_since(self) -> date | None:
        return START - timedelta(self.choose.pick((400, 365, 364, 0))) if self.choose.chance(30) else None

    # --- contacts ---

    def contact(self, w: World, earlier: list[Contact], guests: tuple[str, ...]) -> Contact:
        pick, chance = self.choose.pick, self.choose.chance
        if earlier and chance(12):  # entered twice
            return replace(pick(earlier), id=self.id("c"), recorded_at=pick(MOMENTS))
        names = [d.id for d in w.departments]
        leads = self.some(names, 1, 1) if chance(85) else self.some(names, 0, 2)
        takes_part = tuple(d for d in self.some(names, 0, 2) if d not in leads) if chance(25) else ()
        if not (leads or takes_part):
            leads = (names[0],)
        # Half of all meet the first partner, else nothing would ever overlap.
        partners = self.some([p.id for p in w.partners], 1, 1 if chance(75) else 2) if chance(50) else ("p0",)
        if guests and chance(15):
            partners = (partners[0], *guests[: pick((10, 9))])
        day = self.day()
        precision = pick(("day", "day", "day", "month", "day", "month", "year")) if chance(45) else "day"
        end = day + timedelta(pick((1, 3, 45))) if precision == "day" and chance(15) else None
        status = pick(("held", "held", "planned", "cancelled"))
        return Contact(
            id=self.id("c"),
            date=day,
            end_date=end,
            precision=precision,
            leads=leads,
            takes_part=takes_part,
            partners=partners,
            areas=w.areas[:1] if chance(60) else self.some(w.areas, 0, 2),
            topics=self.some([t.id for t in w.topics], 0, 1) if chance(50) else (),
            persons=self.some(w.persons, 0, 2),
            status=status,
            initiative="theirs" if chance(20) else "ours",
            channel=pick(CHANNELS),
            mode=pick(("", "in_person", "remote", "hybrid")) if chance(30) else "",
            purposes=self.some(ASKING, 0, 2),
            summary=pick(("", "spring visit")),
            joint=pick(("j1", "j2")) if chance(15) else "",
            approval="board 12 §" if chance(15) else "",
            confidentiality="confidential" if chance(12) else "internal",
            lead_told_on=day - timedelta(pick((6, 7, 8))) if chance(20) else None,
            planned_on=day - timedelta(pick((6, 7, 8))) if chance(30) else None,
            recorded_at=pick(MOMENTS),
        )

    # --- what is said, forbidden, led and promised ---

    def position(self, w: World) -> Position:
        pick, chance = self.choose.pick, self.choose.chance
        start, end = self.day(), self.day() if chance(25) else None
        if end and end < start:
            start, end = end, start
        ours = not chance(10)
        return Position(
            id=self.id("s"),
            issue=w.issues[0] if chance(50) else pick(w.issues),
            holder=pick([d.id for d in w.departments] if ours else [p.id for p in w.partners]),
            stance=pick(("support", "oppose", "oppose", "support", "neutral")),
            start=start,
            end=end,
            ours=ours,
            stated_in=pick([c.id for c in w.contacts]) if w.contacts and chance(50) else "",
            recorded_at=pick(MOMENTS),
        )

    def restriction(self, w: World) -> Restriction:
        pick, chance = self.choose.pick, self.choose.chance
        kind = pick(("suspended", "approval_needed", "channel_only"))
        target = pick(("partner", "country", "kind"))
        start, end = self.validity()
        return Restriction(
            id=self.id("r"),
            kind=kind,
            limits=self.some([p.id for p in w.partners], 1, 2) if target == "partner" else (),
            country="" if target == "partner" else pick(("EE", "SE")),
            partner_kind=pick(("city", "state")) if target == "kind" else "",
            channels=self.some(("meeting", "call", "letter"), 0, 2) if kind == "channel_only" else (),
            exempt_purposes=self.some(ASKING, 1, 2) if chance(30) else (),
            exempts=self.some([d.id for d in w.departments], 1, 2) if chance(30) else (),
            start=start,
            end=end,
        )

    def commitment(self, w: World, earlier: list[Commitment]) -> Commitment:
        pick, chance = self.choose.pick, self.choose.chance
        amount = pick((100.0, 200.0)) if chance(30) else None
        resource = pick([r.id for r in w.resources]) if w.resources and chance(50) else ""
        return Commitment(
            id=self.id("m"),
            by="them" if chance(15) else "us",
            made_in=pick([c.id for c in w.contacts]),
            key=pick(("fee", "seats")),
            value="" if amount else pick(("Yes", "  yes", "no")),
            amount=amount,
            currency="EUR" if amount else "",
            due=self.day() if chance(60) else None,
            status=pick(("open", "open", "kept", "broken", "withdrawn")),
            replaces=(pick(earlier).id,) if earlier and chance(20) else (),
            resource=resource,
            promised=pick((40.0, 60.0, 61.0, None)) if resource else None,
            recorded_at=pick(MOMENTS),
        )

    def membership(self, w: World, member: str, network: str, ours: bool) -> Membership:
        fee = self.choose.pick((1000.0, None, 0.0)) if ours else None
        start, end = self.validity() if self.choose.chance(30) else (None, None)
        moment = self.choose.pick(MOMENTS)
        return Membership(self.id("n"), member, network, ours, fee, start, end, moment)


def random_world(seed: int, size: int, *, later: bool = False) -> World:
    """The same world every time for a seed, with `size` contacts spread over about a day for each.

    Args:
        later: also leads, networks, commitments and materials, which the rules to come read.
    """
    choose = Choices(seed)
    b = Builder(choose, max(240, size))
    departments = b.departments(choose.number(2, 6))
    partners = b.partners(choose.number(1, 4))
    areas = ("culture", "climate")[: choose.number(1, 2)]
    guests = tuple(Partner(f"q{i}") for i in range(10)) if choose.chance(20) else ()
    topics = tuple(Topic(f"t{i}", b.some(areas, 1, 2)) for i in range(choose.number(1, 3)))
    w = World(departments, partners, areas, topics, ("h0", "h1"), ("i0", "i1"))
    contacts: list[Contact] = []
    for _ in range(size):
        contacts.append(b.contact(w, contacts, tuple(g.id for g in guests)))
    w = replace(w, partners=partners + guests, contacts=tuple(contacts))
    w = replace(w, positions=tuple(b.position(w) for _ in range(size)))
    w = replace(w, restrictions=tuple(b.restriction(w) for _ in range(3)))
    return _later(b, w, max(2, size // 2)) if later else w


def _later(b: Builder, w: World, size: int) -> World:
    choose = b.choose
    leads = tuple(
        Lead(
            choose.pick([d.id for d in w.departments]),
            choose.pick([p.id for p in w.partners]),
            choose.pick(w.areas) if choose.chance(40) else "",
            *(b.validity() if choose.chance(30) else (None, None)),
        )
        for _ in range(choose.number(0, 3))
    )
    resources = tuple(Resource(f"x{i}", choose.pick((100.0, None))) for i in range(choose.number(0, 2)))
    w = replace(w, leads=leads, resources=resources)
    if w.contacts:
        made: list[Commitment] = []
        for _ in range(size):
            made.append(b.commitment(w, made))
        w = replace(w, commitments=tuple(made))
    materials = tuple(
        Material(
            b.id("k"),
            choose.pick(w.issues),
            choose.pick(("support", "oppose", "neutral")),
            choose.pick(("core_message", "core_message", "fact")),
            *b.validity(),
            choose.pick(MOMENTS),
        )
        for _ in range(choose.number(0, 3))
    )
    networks = tuple(Network(f"w{i}", b.some(w.areas, 0, 2)) for i in range(choose.number(0, 3)))
    # Members that talk to nobody are enough to make a network; 5, 6 and 7 of them lie around the limits.
    crowd = tuple(Partner(f"y{i}") for i in range(9)) if len(networks) > 1 else ()
    members = [
        b.membership(w, member, network.id, ours)
        for network in networks
        for ours, names in (
            (True, b.some([d.id for d in w.departments], 1, 2)),
            (False, [p.id for p in crowd[choose.number(0, 3) :][: choose.number(4, 7)]]),
        )
        for member in names
    ]
    return replace(
        w, materials=materials, networks=networks, partners=w.partners + crowd, memberships=tuple(members)
    )


KEPT = ("contacts", "positions", "restrictions", "leads", "commitments", "materials", "memberships")


def only(world: World, **kept: Sequence[object]) -> World:
    """The world with these records of some kinds only; what was said or promised in lost contacts follows."""
    w = replace(world, **{name: tuple(records) for name, records in kept.items()})  # type: ignore[arg-type]
    there = {c.id for c in w.contacts}
    commitments = tuple(m for m in w.commitments if m.made_in in there)
    made = {m.id for m in commitments}
    return replace(
        w,
        positions=tuple(p if p.stated_in in there else replace(p, stated_in="") for p in w.positions),
        commitments=tuple(
            replace(m, replaces=tuple(x for x in m.replaces if x in made)) for m in commitments
        ),
    )


def smallest(world: World, fails: Callable[[World], bool]) -> World:
    """A failing world from which no single record can be taken without its ceasing to fail."""
    for name in KEPT:
        for one in getattr(world, name):
            fewer = only(world, **{name: [r for r in getattr(world, name) if r is not one]})
            if fails(fewer):
                return smallest(fewer, fails)
    return world


@st.composite
def worlds(draw: st.DrawFn, size: int = 12, later: bool = False) -> World:
    """Worlds with up to `size` contacts, as many positions, up to three restrictions."""
    world = random_world(draw(st.integers(0, 2**40)), size, later=later)
    kept = {}
    for name in KEPT:
        records = getattr(world, name)
        kept_ones = draw(
            st.lists(st.sampled_from((False, True, True, True)), min_size=len(records), max_size=len(records))
        )
        kept[name] = [r for r, keep in zip(records, kept_ones, strict=True) if keep]
    return only(world, **kept)


def today_of(world: World) -> st.SearchStrategy[date]:
    """Days to stand on: within the world's days, and at the very ends of windows that count from today."""
    ends = sorted({date.fromordinal(c.days[1]) for c in world.contacts}) or [START]
    near = st.builds(
        lambda d, step: d + timedelta(step), st.sampled_from(ends), st.sampled_from((*STEPS, 180, 365))
    )
    return near | st.integers(0, 500).map(lambda n: START + timedelta(n))
