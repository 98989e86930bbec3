"""Which findings a contact would create or join, before it is recorded.

The rules run over the visible contacts near the proposed one, itself appended, and the findings that hold it
are kept. Near means: near enough for every link of every finding that holds it. What is read grows until that
is so, which for most contacts it is at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from graph import clock
from graph.derive.base import Base
from graph.derive.evaluate import known_partners
from graph.derive.findings import FULL, OPEN, RECORDS, scope_of, stored, worlds
from graph.derive.positions import (
    RestrictionFacts,
    applies_to,
    partner_facts,
    partners_of,
    read_partners,
    read_restrictions,
    restriction_table,
)
from graph.derive.read import PartnerFacts, RawContacts, columns, read_contacts
from graph.questions.asking import CONFIDENTIAL, VISIBLE, Asking
from graph.rules import RULES, evaluate
from graph.rules.asking import ASKING
from graph.rules.base import Found
from graph.rules.columns import FOREVER, Columns, Ints, Leads
from graph.rules.config import RuleSettings
from graph.rules.visits import VISITS
from graph.store import Row

LONGEST = 20  # times that what is read may grow; each time it doubles
NEAR = ("O1", "O2", "O3", "O4", "O5", "O6", "D1")  # rules with a window of days between contacts

_RECORDS = "UNWIND $partners AS pid MATCH (m:Partner {canonical: pid}) "
_CONTACTS = (
    f"CALL () {{ {_RECORDS} WITH m.id AS mid MATCH (c:Contact)-[w:WITH_PARTNER]->(:Partner) "
    "WHERE w.partner = mid AND w.day >= $earliest AND w.day <= $until RETURN c "
    # Those that last long begin outside the window.
    f"UNION {_RECORDS} WITH m.id AS mid MATCH (c:Contact)-[w:WITH_PARTNER]->(:Partner) WHERE w.long = mid RETURN c "
    f"UNION {_RECORDS}" + CONFIDENTIAL + "RETURN c "
    "UNION UNWIND $hosts AS hid MATCH (:Person {canonical: hid})<-[:WITH_PERSON]-(c:Contact) "
    f"WHERE {VISIBLE} RETURN c }}"
)

SPAN = 31  # days that a contact may last and still be found by its first day; see graph.writer


@dataclass(frozen=True)
class Proposed:
    """A contact that is thought of: one partner and persons (canonical), ids of everything else, days as ordinals."""

    id: str
    partner: str
    lo: int
    hi: int
    departments: tuple[tuple[str, bool], ...]  # (department, whether it leads)
    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    channel: str | None = None
    mode: str | None = None
    purposes: tuple[str, ...] = ()
    precision: str = "day"
    initiative: str = "ours"
    summary: str | None = None
    approval: str | None = None
    joint: str | None = None
    confidential: bool = False
    recorded: int = 0
    planned_on: str | None = None

    def moved(self, day: int) -> Proposed:
        return replace(self, lo=day, hi=day + self.hi - self.lo)


@dataclass
class Around:
    """What lies around a partner, besides contacts: read once a check."""

    partners: list[PartnerFacts]  # the partner, those of its family and above it
    family: list[str]  # canonical partners whose contacts count
    restrictions: list[RestrictionFacts] = field(default_factory=list)
    leads: Leads = field(default_factory=Leads)  # of `partners`, by their place in it

    @property
    def alone(self) -> bool:
        """Whether it is a family of one."""
        return len(self.family) == 1


@dataclass(frozen=True)
class Family:
    """The canonical partners above, beneath and beside one (itself included).

    `restricted` tells whether there are restrictions at all, on whomever; `facts` are the partner's own, as
    `partner_facts` has them.
    """

    partners: list[str]
    restricted: bool
    facts: list[Any]


# Columns of a canonical partner `p` that `family_of` takes.
FAMILY = (
    "COLLECT { MATCH (:Partner {canonical: p.id})-[:PART_OF]->(z:Partner) RETURN DISTINCT z.canonical } AS up, "
    "COLLECT { MATCH (:Partner {canonical: p.id})<-[:PART_OF]-(z:Partner) RETURN DISTINCT z.canonical } AS down, "
    "COLLECT { MATCH (:Partner {canonical: p.id})-[:PART_OF]->(z:Partner) "
    "MATCH (:Partner {canonical: z.canonical})<-[:PART_OF]-(y:Partner) RETURN DISTINCT y.canonical } AS beside, "
    f"EXISTS {{ (:Restriction) }} AS restricted, {partner_facts('p')} AS facts"
)


def family(asking: Asking, partner: str) -> Family:
    return family_of(
        partner, asking.store.read(f"MATCH (p:Partner {{id: $id}}) RETURN {FAMILY}", id=partner)[0]
    )


def family_of(partner: str, row: Row) -> Family:
    """The family of a partner from a row with the columns `FAMILY`."""
    kin = sorted({partner, *row["up"], *row["down"], *row["beside"]})
    return Family(kin, row["restricted"], row["facts"])


def around(asking: Asking, partner: str, kin: Family, leads: Sequence[Row]) -> Around:
    """The partner with its family, and the restrictions that may concern it.

    Args:
        leads: rows (department, area, start, end) of the partner.
    """
    run = asking.store.read
    alone = kin.partners == [partner]
    facts, above = partners_of(run, [kin.facts]) if alone else read_partners(run, kin.partners)
    own = next(p for p in facts if p.id == partner)
    restrictions = read_restrictions(run) if kin.restricted else []
    restrictions = [r for r in restrictions if applies_to(r, own, above[partner])]
    return Around(facts, kin.partners, restrictions, _leads(asking.base, partner, facts, leads))


def _leads(base: Base, partner: str, facts: list[PartnerFacts], rows: Sequence[Row]) -> Leads:
    at = next(i for i, p in enumerate(facts) if p.id == partner)
    department = {d: i for i, d in enumerate(base.departments)}
    area = {a: i for i, a in enumerate(base.areas)}
    # A lead for an area that is none leads nothing.
    known = [r for r in rows if not r["area"] or r["area"] in area]

    def ints(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    return Leads(
        department=ints([department[r["department"]] for r in known]),
        partner=ints([at] * len(known)),
        area=ints([area[r["area"]] if r["area"] else -1 for r in known]),
        start=ints([clock.ordinal(r["start"]) if r["start"] else -FOREVER for r in known]),
        end=ints([clock.ordinal(r["end"]) if r["end"] else FOREVER for r in known]),
    )


def concerned(settings: RuleSettings, proposed: Proposed, near: Around) -> list[str]:
    """The rules that are on and whose findings a contact like this can stand in."""
    asks = proposed.initiative != "theirs" and not ASKING.isdisjoint(proposed.purposes)
    visits = proposed.channel in VISITS and proposed.mode != "remote"
    never = {"O2": not asks, "O3": not proposed.persons, "O4": not visits, "O6": near.alone}
    return [
        name
        for name in RULES
        if settings.on(name) and "Contact" in RECORDS.get(name, ("Contact",)) and not never.get(name)
    ]


def reach(settings: RuleSettings, rules: Sequence[str] = NEAR) -> int:
    """The longest window, in days, that any of these rules may have between contacts."""
    most = 0
    for name in set(NEAR).intersection(rules):
        own = settings.values.get(name, {})
        tables = [own, *own.get("areas", {}).values(), *own.get("partner_kinds", {}).values()]
        most = max([most, *(int(t["days"]) for t in tables if "days" in t)])
    return most


@dataclass
class Foretold:
    """Findings that a contact would stand in, as rows of the store; `raw` are the contacts that were read for them."""

    rows: list[Row]
    raw: RawContacts


def foretell(asking: Asking, proposed: Proposed, near: Around) -> Foretold:
    """The findings that this contact would create or join, as the viewer would see them."""
    rules = concerned(asking.settings, proposed, near)
    days = reach(asking.settings, rules)
    margin = days
    since, until = proposed.lo - margin, proposed.hi + margin
    raw = read_window(asking, near.family, proposed.persons, since, until)
    for turn in range(LONGEST):
        found = _evaluated(asking, proposed, near, raw, rules)
        first = min((f.first for f, _ in found if f.rule in NEAR), default=proposed.lo)
        last = max((f.last for f, _ in found if f.rule in NEAR), default=proposed.hi)
        # Whether a possible link is only that may hang on the next contact after the possible one.
        wide = 2 * days + SPAN if "month" in raw.precision or proposed.precision == "month" else days
        if first - wide >= since and last + wide <= until:
            break
        margin = max(2 * margin, wide)
        since, until = min(since, first - margin), max(until, last + margin)
        if not turn:
            # A long episode is known already: better to read it at once than to grow towards its ends.
            since, until = _episodes_around(asking, near, since, until, wide)
        raw = read_window(asking, near.family, proposed.persons, since, until)
    rows = [stored(f, world, scope_of(f)) for f, world in found]
    return Foretold(rows, raw)


def _episodes_around(asking: Asking, near: Around, since: int, until: int, wide: int) -> tuple[int, int]:
    """These days, and those of every open finding of the partners that meets them."""
    row = asking.store.read(
        "UNWIND $partners AS id MATCH (:Partner {id: id})<-[:CONCERNS]-(f:Finding) "
        "WHERE f.world = $open AND f.rule IN $rules AND f.first <= $until AND f.last >= $since "
        "RETURN min(f.first) AS first, max(f.last) AS last",
        partners=near.family,
        open=OPEN,
        rules=list(NEAR),
        since=since,
        until=until,
    )[0]
    if row["first"] is None:
        return since, until
    return min(since, row["first"] - wide), max(until, row["last"] + wide)


def again(asking: Asking, proposed: Proposed, near: Around, raw: RawContacts) -> list[Row]:
    """The same over contacts that were read before, which must lie wide enough around."""
    rules = concerned(asking.settings, proposed, near)
    return [stored(f, world, scope_of(f)) for f, world in _evaluated(asking, proposed, near, raw, rules)]


def open_ones(asking: Asking, partners: Sequence[str], since: int, until: int) -> int:
    """How many open contacts of these canonical partners begin on these days."""
    row = asking.store.read(
        f"{_RECORDS} WITH m.id AS mid MATCH ()-[w:WITH_PARTNER]->() "
        "WHERE w.partner = mid AND w.day >= $since AND w.day <= $until RETURN count(w) AS n",
        partners=list(partners),
        since=since,
        until=until,
    )[0]
    return int(row["n"])


def read_window(
    asking: Asking,
    partners: Sequence[str],
    persons: Sequence[str],
    since: int,
    until: int,
    condition: str = "",
    **parameters: Any,
) -> RawContacts:
    """The contacts of these canonical partners and persons that the viewer may see and that meet the days.

    Args:
        condition: further Cypher on the contacts `c` and their properties `p`, beginning with AND; its values come
            in `parameters`.
    """
    return read_contacts(
        asking.store.read,
        partners,
        match=_CONTACTS,
        condition=f"AND p.hi >= $since AND p.lo <= $until {condition}",
        persons=True,
        often=("planned_on",),
        hosts=list(persons),
        earliest=since - SPAN,
        since=since,
        until=until,
        **asking.eyes,
        **parameters,
    )


def joined_by(raw: RawContacts, p: Proposed) -> RawContacts:
    """These contacts and the proposed one."""
    both, c = raw.copy(), len(raw.id)
    own = {
        "id": p.id, "recorded": p.recorded, "lo": p.lo, "hi": p.hi, "precision": p.precision, "status": "planned",
        "initiative": p.initiative, "mode": p.mode, "channel": p.channel, "purposes": list(p.purposes),
        "joint": p.joint, "approval": p.approval, "summary": p.summary, "lead_told_on": None,
        "planned_on": p.planned_on, "confidential": p.confidential,
    }  # fmt: skip
    for name, value in own.items():
        getattr(both, name).append(value)
    for d, leads in p.departments:
        both.departments.make(d, leads, (c,))
    both.partners.add(p.partner, (c,))
    for links, ids in ((both.areas, p.areas), (both.topics, p.topics), (both.persons, p.persons)):
        for id in ids:
            links.add(id, (c,))
    return both


def table_of(
    asking: Asking, near: Around, both: RawContacts, keep: Sequence[int], world: str = OPEN
) -> Columns:
    """These contacts (rows `keep`) as columns, with what else lies around the partner."""
    known = known_partners(near.partners, both)
    return columns(
        world,
        asking.base,
        both,
        keep,
        known,
        restrictions=restriction_table(near.restrictions, asking.base, [p.id for p in known]),
        today=asking.today.toordinal(),
        leads=near.leads,
    )


def holding(table: Columns, settings: RuleSettings, rules: Sequence[str], contact: str) -> list[Found]:
    """The findings that hold a contact, or list it as possible."""
    found = evaluate(table, settings, only=rules)
    return [f for f in found if contact in f.records or contact in f.possible]


def _evaluated(
    asking: Asking, proposed: Proposed, near: Around, raw: RawContacts, rules: Sequence[str]
) -> list[tuple[Found, str]]:
    """(finding that holds the contact, its world) over these contacts and the proposed one."""
    if not raw.id:
        rules = _by_itself(rules, near)
        if not rules:
            return []
    both = joined_by(raw, proposed)

    def over(keep: Sequence[int], world: str) -> list[Found]:
        return holding(table_of(asking, near, both, keep, world), asking.settings, rules, proposed.id)

    secret = {c for c, hidden in zip(both.id, both.confidential, strict=True) if hidden}
    if not secret:
        return [(f, OPEN) for f in over(range(len(both.id)), OPEN)]
    full = over(range(len(both.id)), FULL)
    if not asking.viewer.sees_all:
        return [(f, FULL if secret.intersection(f.records) else OPEN) for f in full]
    open_found = [] if proposed.confidential else over(_open_rows(both), OPEN)
    placed = worlds(open_found, full, {scope_of(f) for f in full} | {scope_of(f) for f in open_found})
    return [(f, world) for f, world, in_full in placed if in_full]


def _by_itself(rules: Sequence[str], near: Around) -> list[str]:
    """Those of the rules that have something to say of a contact with no other near it."""
    idle = {"C4": not near.restrictions, "C5": not len(near.leads.department)}
    return [name for name in rules if RULES[name].single and not idle.get(name)]


def _open_rows(raw: RawContacts) -> list[int]:
    return [i for i, hidden in enumerate(raw.confidential) if not hidden]
