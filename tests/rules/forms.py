"""The two forms that a world takes: what the rules read (`columns`), what a writer takes (`records`).

Both come straight from the dataclasses, by code that shares nothing with graph/derive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from graph.facts import Fact, Link
from graph.rules.columns import (
    FOREVER,
    Columns,
    Commitments,
    Contacts,
    Leads,
    Materials,
    Memberships,
    Positions,
    Ragged,
    Restrictions,
    Tree,
)
from tests.rules.city import Commitment, Contact, Partner, Position, Restriction, World


def microseconds(moment: datetime) -> int:
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _from(day: date | None) -> int:
    return day.toordinal() if day else -FOREVER


def _to(day: date | None) -> int:
    return day.toordinal() if day else FOREVER


def _ints(values: Iterable[int]) -> Any:
    return np.array(list(values), dtype=np.int64)


def _floats(values: Iterable[float | None]) -> Any:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _bools(values: Iterable[bool]) -> Any:
    return np.array(list(values), dtype=np.bool_)


def _indexes(names: Iterable[str], among: Sequence[str]) -> list[int]:
    return sorted({among.index(name) for name in names})


def columns(world: World, world_name: str, today: date | None = None) -> Columns:
    """The world as the rules read it.

    Args:
        world_name: "open" leaves out confidential contacts and the positions stated in them; "full" does not.
    """
    everything = {c.id: c for c in world.contacts}
    hidden = {c.id for c in world.contacts if c.confidentiality == "confidential" and world_name == "open"}
    contacts = [c for c in world.contacts if c.id not in hidden and c.status != "cancelled"]
    positions = [p for p in world.positions if p.stated_in not in hidden]
    departments = [d.id for d in world.departments]
    partners = [p.id for p in world.partners]
    topics = [t.id for t in world.topics]
    at = {c.id: i for i, c in enumerate(contacts)}
    topic_areas = {t.id: t.areas for t in world.topics}
    made = [sorted({*_indexes(c.leads, departments), *_indexes(c.takes_part, departments)}) for c in contacts]
    leading = [_indexes(c.leads, departments) for c in contacts]

    def stated_to(p: Position) -> list[int]:
        # A cancelled contact does not exist for any rule: nothing was stated to anyone in it.
        c = everything.get(p.stated_in)
        return [] if c is None or c.status == "cancelled" else _indexes(c.partners, partners)

    def stated(p: Position) -> tuple[int, int]:
        # On the days of the contact it was stated in, else on its own first day.
        return everything[p.stated_in].days if p.stated_in in at else (p.start.toordinal(),) * 2

    return Columns(
        world=world_name,
        departments=departments,
        partners=partners,
        partner_kind=[p.kind for p in world.partners],
        partner_country=[p.country for p in world.partners],
        partner_parent=_ints(partners.index(p.part_of) if p.part_of else -1 for p in world.partners),
        areas=list(world.areas),
        topics=topics,
        persons=list(world.persons),
        issues=list(world.issues),
        tree=Tree(
            len(departments),
            [
                (i, departments.index(part.parent), _from(part.start), _to(part.end))
                for i, d in enumerate(world.departments)
                for part in d.parts
            ],
            _bools(d.level == "city" for d in world.departments),
        ),
        contacts=Contacts(
            id=[c.id for c in contacts],
            recorded=_ints(microseconds(c.recorded_at) for c in contacts),
            lo=_ints(c.days[0] for c in contacts),
            hi=_ints(c.days[1] for c in contacts),
            coarse=_bools(c.precision == "month" for c in contacts),
            yearly=_bools(c.precision == "year" for c in contacts),
            planned=_bools(c.status == "planned" for c in contacts),
            theirs=_bools(c.initiative == "theirs" for c in contacts),
            remote=_bools(c.mode == "remote" for c in contacts),
            channel=[c.channel for c in contacts],
            purposes=[c.purposes for c in contacts],
            joint=[c.joint for c in contacts],
            approval=[c.approval for c in contacts],
            departments=Ragged.of(made),
            leads=_bools(d in lead for ds, lead in zip(made, leading, strict=True) for d in ds),
            partners=Ragged.of([_indexes(c.partners, partners) for c in contacts]),
            areas=Ragged.of(
                [
                    _indexes([*c.areas, *(a for t in c.topics for a in topic_areas[t])], world.areas)
                    for c in contacts
                ]
            ),
            topics=Ragged.of([_indexes(c.topics, topics) for c in contacts]),
            persons=Ragged.of([_indexes(c.persons, world.persons) for c in contacts]),
            summary=[c.summary for c in contacts],
            told=_ints(
                min((d.toordinal() for d in (c.lead_told_on, c.planned_on) if d), default=FOREVER)
                for c in contacts
            ),
        ),
        positions=Positions(
            id=[p.id for p in positions],
            recorded=_ints(microseconds(p.recorded_at) for p in positions),
            issue=_ints(world.issues.index(p.issue) for p in positions),
            holder=_ints(departments.index(p.holder) if p.ours else -1 for p in positions),
            stance=[p.stance for p in positions],
            start=_ints(p.start.toordinal() for p in positions),
            end=_ints(_to(p.end) for p in positions),
            stated_to=Ragged.of([stated_to(p) for p in positions]),
            stated_lo=_ints(stated(p)[0] for p in positions),
            stated_hi=_ints(stated(p)[1] for p in positions),
            stated_coarse=_bools(
                p.stated_in in at and everything[p.stated_in].precision != "day" for p in positions
            ),
        ),
        restrictions=Restrictions(
            id=[r.id for r in world.restrictions],
            kind=[r.kind for r in world.restrictions],
            country=[r.country for r in world.restrictions],
            partner_kind=[r.partner_kind for r in world.restrictions],
            channels=[r.channels for r in world.restrictions],
            exempt_purposes=[r.exempt_purposes for r in world.restrictions],
            start=_ints(_from(r.start) for r in world.restrictions),
            end=_ints(_to(r.end) for r in world.restrictions),
            limits=Ragged.of([_indexes(r.limits, partners) for r in world.restrictions]),
            exempts=Ragged.of([_indexes(r.exempts, departments) for r in world.restrictions]),
        ),
        today=today.toordinal() if today else 0,
        key_since=_ints(p.key_since.toordinal() if p.key_since else FOREVER for p in world.partners),
        resources=[r.id for r in world.resources],
        capacity=_floats(r.capacity for r in world.resources),
        commitments=_commitments(world, at),
        materials=_materials(world),
        leads=Leads(
            department=_ints(departments.index(x.department) for x in world.leads),
            partner=_ints(partners.index(x.partner) for x in world.leads),
            area=_ints(world.areas.index(x.area) if x.area else -1 for x in world.leads),
            start=_ints(_from(x.start) for x in world.leads),
            end=_ints(_to(x.end) for x in world.leads),
        ),
        networks=[n.id for n in world.networks],
        network_areas=Ragged.of([_indexes(n.areas, world.areas) for n in world.networks]),
        memberships=Memberships(
            id=[m.id for m in world.memberships],
            recorded=_ints(microseconds(m.recorded_at) for m in world.memberships),
            department=_ints(departments.index(m.member) if m.ours else -1 for m in world.memberships),
            member=[m.member for m in world.memberships],
            network=_ints([n.id for n in world.networks].index(m.network) for m in world.memberships),
            fee=_floats(m.fee_eur for m in world.memberships),
            start=_ints(_from(m.start) for m in world.memberships),
            end=_ints(_to(m.end) for m in world.memberships),
        ),
    )


def _commitments(world: World, at: dict[str, int]) -> Commitments:
    made = [m for m in world.commitments if m.made_in in at]
    ids = [m.id for m in made]
    resources = [r.id for r in world.resources]
    return Commitments(
        id=ids,
        recorded=_ints(microseconds(m.recorded_at) for m in made),
        contact=_ints(at[m.made_in] for m in made),
        ours=_bools(m.by == "us" for m in made),
        key=[m.key for m in made],
        value=[m.value for m in made],
        amount=_floats(m.amount for m in made),
        currency=[m.currency for m in made],
        due=_ints(_to(m.due) for m in made),
        status=[m.status for m in made],
        replaces=Ragged.of([[ids.index(x) for x in m.replaces if x in ids] for m in made]),
        resource=_ints(resources.index(m.resource) if m.resource else -1 for m in made),
        promised=_floats(m.promised for m in made),
    )


def _materials(world: World) -> Materials:
    messages = [m for m in world.materials if m.kind == "core_message"]
    return Materials(
        id=[m.id for m in messages],
        recorded=_ints(microseconds(m.recorded_at) for m in messages),
        issue=_ints(world.issues.index(m.issue) for m in messages),
        stance=[m.stance for m in messages],
        start=_ints(_from(m.start) for m in messages),
        end=_ints(_to(m.end) for m in messages),
    )


# --- what a writer takes ------------------------------------------------------------------------------


def _known(**properties: Any) -> dict[str, Any]:
    """Without what is not known; days as ISO text; a trailing underscore frees a Python word."""
    return {
        name.rstrip("_"): value.isoformat() if isinstance(value, date) else value
        for name, value in properties.items()
        if value not in (None, "", ())
    }


def records(world: World) -> list[Fact]:
    """The same world as facts, those that others link to first."""
    facts = [Fact("Area", a, properties={"name": f"Area {a}"}) for a in world.areas]
    facts += [
        Fact("Topic", t.id, properties={"name": f"Topic {t.id}"}, links=_links("WITHIN", t.areas))
        for t in world.topics
    ]
    facts += [Fact("Issue", i, properties={"name": f"Issue {i}"}) for i in world.issues]
    facts += [
        Fact(
            "Department",
            d.id,
            properties={"name": f"Department {d.id}", "level": d.level},
            links=tuple(Link("PART_OF", p.parent, _known(from_=p.start, to=p.end)) for p in d.parts),
        )
        for d in world.departments  # a drawn department comes after those it is ever part of
    ]
    facts += [_partner(p) for p in sorted(world.partners, key=lambda p: bool(p.part_of))]
    facts += [Fact("Person", h, properties={"name": f"Secretary {h}"}) for h in world.persons]
    facts += [_contact(c) for c in world.contacts]
    facts += [_position(p) for p in world.positions]
    facts += [_restriction(r) for r in world.restrictions]
    facts += [
        Fact(
            "Department-LEADS",
            f"lead-{i}",
            properties=_known(from_=x.start, to=x.end, area=x.area),
            links=(Link("start", x.department), Link("end", x.partner, label="Partner")),
        )
        for i, x in enumerate(world.leads)
    ]
    facts += [
        Fact("Network", n.id, properties={"name": f"Network {n.id}"}, links=_links("ABOUT", n.areas))
        for n in world.networks
    ]
    facts += [
        Fact(
            ("Department" if m.ours else "Partner") + "-MEMBER_OF",
            m.id,
            properties=_known(from_=m.start, to=m.end, fee_eur=m.fee_eur),
            links=(Link("start", m.member), Link("end", m.network)),
        )
        for m in world.memberships
    ]
    facts += [
        Fact("Resource", r.id, properties=_known(name=f"Resource {r.id}", capacity=r.capacity))
        for r in world.resources
    ]
    facts += [_commitment(m) for m in world.commitments]
    facts += [
        Fact(
            "Material",
            m.id,
            properties=_known(
                title=f"Material {m.id}", kind=m.kind, stance=m.stance, from_=m.start, to=m.end
            ),
            links=_links("ON", [m.issue]),
        )
        for m in world.materials
    ]
    return facts


def _commitment(m: Commitment) -> Fact:
    promises = _links("PROMISES", [m.resource] if m.resource else [], **_known(amount=m.promised))
    return Fact(
        "Commitment",
        m.id,
        properties=_known(
            by=m.by,
            key=m.key,
            value=m.value,
            amount=m.amount,
            currency=m.currency,
            due=m.due,
            status=m.status,
        ),
        links=(*_links("MADE_IN", [m.made_in]), *_links("REPLACES", m.replaces), *promises),
    )


def _links(edge: str, targets: Iterable[str], label: str = "", **properties: Any) -> tuple[Link, ...]:
    return tuple(Link(edge, target, dict(properties), label) for target in targets)


def _partner(p: Partner) -> Fact:
    properties = _known(
        name=f"Partner {p.id}",
        kind=p.kind,
        country=p.country,
        key_partner=p.key_since is not None,
        key_since=p.key_since,
    )
    return Fact(
        "Partner", p.id, properties=properties, links=_links("PART_OF", [p.part_of] if p.part_of else [])
    )


def _contact(c: Contact) -> Fact:
    names = (
        "date", "end_date", "precision", "status", "channel", "mode", "initiative", "summary",
        "confidentiality", "joint", "approval", "lead_told_on", "planned_on",
    )  # fmt: skip
    return Fact(
        "Contact",
        c.id,
        properties={
            **_known(**{n: getattr(c, n) for n in names}),
            **_known(purposes=list(c.purposes) or None),
        },
        links=(
            *_links("MADE_BY", c.leads, role="leads"),
            *_links("MADE_BY", c.takes_part, role="takes_part"),
            *_links("WITH_PARTNER", c.partners),
            *_links("WITH_PERSON", c.persons),
            *_links("ABOUT", c.areas, "Area"),
            *_links("ABOUT", c.topics, "Topic"),
        ),
    )


def _position(p: Position) -> Fact:
    return Fact(
        "Position",
        p.id,
        properties=_known(stance=p.stance, from_=p.start, to=p.end),
        links=(
            Link("ON", p.issue),
            Link("HELD_BY", p.holder, label="Department" if p.ours else "Partner"),
            *_links("STATED_IN", [p.stated_in] if p.stated_in else []),
        ),
    )


def _restriction(r: Restriction) -> Fact:
    return Fact(
        "Restriction",
        r.id,
        properties={
            **_known(kind=r.kind, country=r.country, partner_kind=r.partner_kind, from_=r.start, to=r.end),
            **_known(channels=list(r.channels) or None, exempt_purposes=list(r.exempt_purposes) or None),
        },
        links=(*_links("LIMITS", r.limits), *_links("EXEMPTS", r.exempts)),
    )
