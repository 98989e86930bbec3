"""Columns written by hand: one city with its tree, and contacts, positions, restrictions as short rows.

city ── kymp ── liike (unit), maka (unit; under kasko from 2025 on)
     └─ kasko ── opetus (unit)
     └─ sote
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from graph.rules import RuleSettings, evaluate, load_rules
from graph.rules.base import Found
from graph.rules.columns import FOREVER, Columns, Contacts, Positions, Ragged, Restrictions, Tree

DEPARTMENTS = ["city", "kasko", "kymp", "liike", "maka", "opetus", "sote"]
PARTNERS = ["p01-estonia", "p02-tallinn", "p03-tartu", *(f"p{k:02d}" for k in range(4, 13))]
KINDS = ["state", "city", "city", *["other"] * 9]
COUNTRIES = ["EE", "EE", "EE", *["SE"] * 9]
AREAS = ["climate", "growth"]
TOPICS = ["energy", "schools", "trams"]
PERSONS = ["ann", "bo"]
ISSUES = ["tunnel", "wind"]


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


TREE_PARTS = [
    ("kasko", "city", -FOREVER, FOREVER),
    ("kymp", "city", -FOREVER, FOREVER),
    ("sote", "city", -FOREVER, FOREVER),
    ("liike", "kymp", -FOREVER, FOREVER),
    ("maka", "kymp", -FOREVER, day("2024-12-31")),
    ("maka", "kasko", day("2025-01-01"), FOREVER),
    ("opetus", "kasko", -FOREVER, FOREVER),
]


@dataclass(frozen=True)
class C:
    """A contact. `when`: a day, a month "2026-03" or a year "2026"; `by`: leads; `also`: takes part."""

    id: str
    when: str
    by: str = ""
    to: str = ""
    also: str = ""
    partners: str = "p02-tallinn"
    areas: str = "climate"
    topics: str = ""
    persons: str = ""
    status: str = "held"
    theirs: bool = False
    channel: str = "meeting"
    purposes: str = ""
    joint: str = ""
    approval: str = ""
    recorded: int = 0


@dataclass(frozen=True)
class P:
    """A position; `told` are the partners of the contact it was stated in."""

    id: str
    holder: str
    stance: str
    start: str
    end: str = ""
    issue: str = "tunnel"
    told: str = ""
    recorded: int = 0


@dataclass(frozen=True)
class R:
    """A restriction."""

    id: str
    kind: str = "suspended"
    start: str = ""
    end: str = ""
    limits: str = ""
    country: str = ""
    partner_kind: str = ""
    channels: str = ""
    exempts: str = ""
    exempt_purposes: str = ""


@dataclass(frozen=True)
class Table:
    contacts: list[C] = field(default_factory=list)
    positions: list[P] = field(default_factory=list)
    restrictions: list[R] = field(default_factory=list)


def _lists(texts: list[str], names: list[str]) -> Ragged:
    return Ragged.of([sorted(names.index(name) for name in text.split()) for text in texts])


def _ints(values: list[int]) -> Any:
    return np.array(values, dtype=np.int64)


def _bools(values: list[bool]) -> Any:
    return np.array(values, dtype=np.bool_)


def _days(c: C) -> tuple[int, int]:
    parts = [int(x) for x in c.when.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1).toordinal(), date(parts[0], 12, 31).toordinal()
    if len(parts) == 2:
        last = calendar.monthrange(*parts)[1]
        return date(*parts, 1).toordinal(), date(*parts, last).toordinal()
    return day(c.when), day(c.to or c.when)


def _contacts(rows: list[C]) -> Contacts:
    made = [sorted([(d, True) for d in c.by.split()] + [(d, False) for d in c.also.split()]) for c in rows]
    days = [_days(c) for c in rows]
    return Contacts(
        id=[c.id for c in rows],
        recorded=_ints([c.recorded for c in rows]),
        lo=_ints([lo for lo, _ in days]),
        hi=_ints([hi for _, hi in days]),
        coarse=_bools([len(c.when) == 7 for c in rows]),
        yearly=_bools([len(c.when) == 4 for c in rows]),
        planned=_bools([c.status == "planned" for c in rows]),
        theirs=_bools([c.theirs for c in rows]),
        remote=_bools([False for _ in rows]),
        channel=[c.channel for c in rows],
        purposes=[tuple(c.purposes.split()) for c in rows],
        joint=[c.joint for c in rows],
        approval=[c.approval for c in rows],
        departments=Ragged.of([[DEPARTMENTS.index(d) for d, _ in own] for own in made]),
        leads=_bools([leads for own in made for _, leads in own]),
        partners=_lists([c.partners for c in rows], PARTNERS),
        areas=_lists([c.areas for c in rows], AREAS),
        topics=_lists([c.topics for c in rows], TOPICS),
        persons=_lists([c.persons for c in rows], PERSONS),
    )


def columns(table: Table, partner_parent: dict[str, str] | None = None) -> Columns:
    """The table as columns; `partner_parent`: PART_OF between partners."""
    parents = partner_parent or {}
    positions, restrictions = table.positions, table.restrictions
    return Columns(
        world="open",
        departments=DEPARTMENTS,
        partners=PARTNERS,
        partner_kind=KINDS,
        partner_country=COUNTRIES,
        partner_parent=_ints([PARTNERS.index(parents[p]) if p in parents else -1 for p in PARTNERS]),
        areas=AREAS,
        topics=TOPICS,
        persons=PERSONS,
        issues=ISSUES,
        tree=Tree(
            len(DEPARTMENTS),
            [(DEPARTMENTS.index(c), DEPARTMENTS.index(p), a, b) for c, p, a, b in TREE_PARTS],
            _bools([d == "city" for d in DEPARTMENTS]),
        ),
        contacts=_contacts(table.contacts),
        positions=Positions(
            id=[p.id for p in positions],
            recorded=_ints([p.recorded for p in positions]),
            issue=_ints([ISSUES.index(p.issue) for p in positions]),
            holder=_ints([DEPARTMENTS.index(p.holder) if p.holder else -1 for p in positions]),
            stance=[p.stance for p in positions],
            start=_ints([day(p.start) for p in positions]),
            end=_ints([day(p.end) if p.end else FOREVER for p in positions]),
            stated_to=_lists([p.told for p in positions], PARTNERS),
        ),
        restrictions=Restrictions(
            id=[r.id for r in restrictions],
            kind=[r.kind for r in restrictions],
            country=[r.country for r in restrictions],
            partner_kind=[r.partner_kind for r in restrictions],
            channels=[tuple(r.channels.split()) for r in restrictions],
            exempt_purposes=[tuple(r.exempt_purposes.split()) for r in restrictions],
            start=_ints([day(r.start) if r.start else -FOREVER for r in restrictions]),
            end=_ints([day(r.end) if r.end else FOREVER for r in restrictions]),
            limits=_lists([r.limits for r in restrictions], PARTNERS),
            exempts=_lists([r.exempts for r in restrictions], DEPARTMENTS),
        ),
    )


def changed(rule: str, **numbers: Any) -> RuleSettings:
    """The built-in settings with these of one rule."""
    settings = load_rules()
    values = {name: dict(own) for name, own in settings.values.items()}
    values[rule].update(numbers)
    return replace(settings, values=values)


def found(rule: str, table: Table, settings: RuleSettings | None = None, **more: Any) -> list[Found]:
    """What one rule finds, ordered by group and records."""
    out = evaluate(columns(table, **more), settings or load_rules(), only=[rule])
    return sorted(out, key=lambda f: (f.group, not f.certain, f.records))


def records(findings: list[Found]) -> list[tuple[str, ...]]:
    return [f.records for f in findings]
