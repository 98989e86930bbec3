"""A small city as people record it, as plain dataclasses; nothing here knows a store or a rule."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

Day = date  # a contact has a field called date


@dataclass(frozen=True)
class Part:
    """PART_OF from a department to `parent`, both days inclusive, None for an open end."""

    parent: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Department:
    id: str
    level: str = "division"
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Partner:
    """`key_since`: the day since when it is a key partner, None when it is none."""

    id: str
    kind: str = "city"
    country: str = "EE"
    part_of: str = ""
    key_since: date | None = None


@dataclass(frozen=True)
class Topic:
    id: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Contact:
    """`planned_on`: the day it was first recorded as planned, None when it never was."""

    id: str
    date: Day
    leads: tuple[str, ...] = ()
    takes_part: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    end_date: Day | None = None
    precision: str = "day"
    status: str = "held"
    initiative: str = "ours"
    channel: str = ""
    mode: str = ""
    purposes: tuple[str, ...] = ()
    summary: str = ""
    joint: str = ""
    approval: str = ""
    confidentiality: str = "internal"
    lead_told_on: Day | None = None
    planned_on: Day | None = None
    recorded_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @property
    def days(self) -> tuple[int, int]:
        """[lo, hi] as rules.md says; for precision year the whole year."""
        last = self.end_date or self.date
        if self.precision == "month":
            end = calendar.monthrange(last.year, last.month)[1]
            return self.date.replace(day=1).toordinal(), last.replace(day=end).toordinal()
        if self.precision == "year":
            return date(self.date.year, 1, 1).toordinal(), date(last.year, 12, 31).toordinal()
        return self.date.toordinal(), last.toordinal()


@dataclass(frozen=True)
class Position:
    """`holder` is a department, or a partner when `ours` is False; `stated_in` a contact or ""."""

    id: str
    issue: str
    holder: str
    stance: str
    start: date
    end: date | None = None
    ours: bool = True
    stated_in: str = ""
    recorded_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Restriction:
    """Its target is `limits` (partners), or `country`, or `partner_kind` in `country`."""

    id: str
    kind: str
    limits: tuple[str, ...] = ()
    country: str = ""
    partner_kind: str = ""
    channels: tuple[str, ...] = ()
    exempt_purposes: tuple[str, ...] = ()
    exempts: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Lead:
    """Department leads a partner, for one area or ("") for all."""

    department: str
    partner: str
    area: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Network:
    id: str
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Membership:
    """`member` is a partner, or a department when `ours`."""

    id: str
    member: str
    network: str
    ours: bool = False
    fee_eur: float | None = None
    start: date | None = None
    end: date | None = None
    recorded_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Resource:
    id: str
    capacity: float | None = None


@dataclass(frozen=True)
class Commitment:
    """Either `value`, or `amount` with `currency`; `resource` and `promised` for what it takes of one."""

    id: str
    by: str
    made_in: str
    key: str = ""
    value: str = ""
    amount: float | None = None
    currency: str = ""
    due: date | None = None
    status: str = "open"
    replaces: tuple[str, ...] = ()
    resource: str = ""
    promised: float | None = None
    recorded_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Material:
    """A core message when `kind` says so."""

    id: str
    issue: str
    stance: str
    kind: str = "core_message"
    start: date | None = None
    end: date | None = None
    recorded_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Waiver:
    """Of the finding of `rule` with these records, until the day `expires`."""

    id: str
    rule: str
    records: tuple[str, ...]
    expires: date


@dataclass(frozen=True)
class World:
    """Everything that was recorded. Leads to Material serve rules whose facts the store does not hold yet."""

    departments: tuple[Department, ...] = ()
    partners: tuple[Partner, ...] = ()
    areas: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    persons: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    positions: tuple[Position, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    leads: tuple[Lead, ...] = ()
    networks: tuple[Network, ...] = ()
    memberships: tuple[Membership, ...] = ()
    resources: tuple[Resource, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    materials: tuple[Material, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def recorded(self, moments: dict[str, datetime]) -> World:
        """The same world with other recording moments, such as those a store gave (record id -> UTC)."""
        return replace(
            self,
            contacts=tuple(replace(c, recorded_at=moments.get(c.id, c.recorded_at)) for c in self.contacts),
            positions=tuple(replace(p, recorded_at=moments.get(p.id, p.recorded_at)) for p in self.positions),
        )
