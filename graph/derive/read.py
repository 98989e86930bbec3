"""From the store into the columns that rules and ties are computed from.

Contacts come as one row of lists (collect), which costs a seventh of one record each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import numpy as np

from graph.derive.base import Base, Run, day_of
from graph.derive.links import Links, Made, numbers, with_topics
from graph.rules.columns import (
    FOREVER,
    Bools,
    Columns,
    Contacts,
    Ints,
    Positions,
    Ragged,
    Restrictions,
    Tree,
)
from graph.store import Row


@dataclass
class RawContacts:
    """Contacts as read: parallel lists, and links (contact row, id) for what they lead to."""

    id: list[str] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)
    lo: list[int] = field(default_factory=list)
    hi: list[int] = field(default_factory=list)
    precision: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    initiative: list[str] = field(default_factory=list)
    mode: list[str | None] = field(default_factory=list)
    channel: list[str | None] = field(default_factory=list)
    purposes: list[list[str] | None] = field(default_factory=list)
    joint: list[str | None] = field(default_factory=list)
    approval: list[str | None] = field(default_factory=list)
    summary: list[str | None] = field(default_factory=list)
    lead_told_on: list[str | None] = field(default_factory=list)
    planned_on: list[str | None] = field(default_factory=list)
    confidential: list[bool] = field(default_factory=list)
    partners: Links = field(default_factory=Links)
    departments: Made = field(default_factory=Made)
    areas: Links = field(default_factory=Links)
    topics: Links = field(default_factory=Links)
    persons: Links = field(default_factory=Links)

    def copy(self) -> RawContacts:
        """The same contacts; what is added to one is not added to the other."""
        return replace(self, **{name: copy(value) for name, value in self.__dict__.items()})

    def replaced(self, ids: Collection[str], by: RawContacts) -> RawContacts:
        """The contacts but those with these ids, and `by` after them; what is here stays as it is."""
        gone = [row for row, id in enumerate(self.id) if id in ids]
        new = self.copy()
        for name in (*LISTS, "confidential"):
            values = getattr(new, name)
            for row in reversed(gone):
                del values[row]
            values += getattr(by, name)
        for name in LINKS:
            getattr(new, name).replace(gone, getattr(by, name), len(self.id) - len(gone))
        return new

    def single(self, also: Sequence[int]) -> list[int]:
        """Leave out every contact that is here already; returns `also`, which is aligned with them, without those."""
        first: dict[str, int] = {}
        for row, id in enumerate(self.id):
            first.setdefault(id, row)
        number = {id: n for n, id in enumerate(first)}
        place = [number[id] for id in self.id]
        for name in (*LISTS, "confidential"):
            values = getattr(self, name)
            setattr(self, name, [values[row] for row in first.values()])
        for name in LINKS:
            getattr(self, name).move(place)
        return [also[row] for row in first.values()]


LISTS = (
    "id", "recorded", "lo", "hi", "precision", "status", "initiative", "mode", "channel", "purposes",
    "joint", "approval", "summary", "lead_told_on", "planned_on",
)  # fmt: skip

LINKS = ("partners", "departments", "areas", "topics", "persons")

_STORED = {"recorded": "recorded_at"}
# What few contacts have, and what stands for it in the others: read of those alone that have any of it.
_SELDOM = {
    "precision": "day", "initiative": "ours", "joint": None, "approval": None, "lead_told_on": None,
    "planned_on": None,
}  # fmt: skip
_LED_TO = {"Partner": "partners", "Area": "areas", "Topic": "topics", "Person": "persons"}

# Ways to the contacts of some records, by the kind of those records.
_MATCH = {
    "partner": "UNWIND $partners AS pid MATCH (m:Partner {canonical: pid})<-[:WITH_PARTNER]-(c:Contact) ",
    "person": "UNWIND $partners AS pid MATCH (m:Person {canonical: pid})<-[:WITH_PERSON]-(c:Contact) ",
    "resource": "UNWIND $partners AS pid "
    "MATCH (m:Resource {id: pid})<-[:PROMISES]-(:Commitment)-[:MADE_IN]->(c:Contact) ",
    "commitment": "UNWIND $partners AS pid MATCH (m:Commitment {id: pid})-[:MADE_IN]->(c:Contact) ",
}


def read_contacts(
    run: Run,
    partners: Sequence[str],
    *,
    persons: bool = False,
    through: str = "partner",
    match: str = "",
    condition: str = "",
    by_partner: bool = False,
    all_partners: bool = False,
    only: Collection[str] = LISTS,
    often: Collection[str] = (),
    **parameters: Any,
) -> RawContacts:
    """The counting contacts of these canonical partners.

    Args:
        all_partners: whether to read the contacts' other partners too; else only those of conferences.
        through: the kind of record whose contacts are read: "partner", or "person" (canonical ones), "resource",
            "commitment" with ids of those instead of partners'. All partners of these contacts are read then.
        match: Cypher of one's own that binds the contacts as `c`, instead of `through`; its values come in
            `parameters`. It says itself whether cancelled ones count, unless there is a condition.
        condition: further Cypher on a contact `c` that counts and its properties `p`, beginning with AND; its values
            come in `parameters` too.
        by_partner: whether `match` binds the partner that each is a contact of as `pid`.
        persons: whether to read the counterpart persons too.
        only: which of `LISTS` to read, where fewer are enough; the others are None throughout.
        often: what most of these contacts have, though few of all have.
    """
    raw = RawContacts()
    of_partners = by_partner if match else through == "partner"
    seldom = [name for name in _SELDOM if name in only and name not in often]
    whole = [name for name in LISTS if name in only and name not in seldom]
    columns = ", ".join(f"[p IN ps | p.{_STORED.get(name, name)}] AS {name}" for name in whole)
    any_of = " OR ".join(
        f"ps[i].{name} IS NOT NULL" if (usual := _SELDOM[name]) is None else f"ps[i].{name} <> '{usual}'"
        for name in seldom
    )
    of_few = (
        f"[i IN range(0, size(ps) - 1) WHERE {any_of + ' OR ' if seldom else ''}"
        "ps[i].confidentiality = 'confidential' OR ps[i].n_partners <> 1 | "
        f"[i, ps[i].confidentiality = 'confidential', ps[i].n_partners{''.join(f', ps[i].{x}' for x in seldom)}]]"
    )

    # All properties at once, and before any is asked for: each one that is asked for by itself is looked for from the
    # start.
    kept = ", ".join(
        f".{_STORED.get(name, name)}" for name in {*only, "status", "confidentiality", "n_partners"}
    )
    properties = "properties(c)" if only is LISTS else f"c {{{kept}}}"
    found = f"WITH c, pid, {properties} AS p" if of_partners else f"WITH DISTINCT c WITH c, {properties} AS p"
    if condition or not match:
        found += f" WHERE p.status <> 'cancelled' {condition}"

    def ask(rest: str) -> list[Row]:
        return run(f"{match or _MATCH[through]} {found} {rest}", partners=list(partners), **parameters)

    # One row of lists: a row a partner costs more to receive than to find. What contacts lead to names them by their
    # place in the lists.
    led_to = f"MADE_BY|ABOUT{'|WITH_PERSON' if persons else ''}{'' if of_partners else '|WITH_PARTNER'}"
    gathered = "WITH collect(c) AS cs, collect(p) AS ps"
    if of_partners and len(partners) != 1:
        # Not gathered by contact, which takes longer than to send the few that have several of the partners twice.
        gathered += ", collect(pid) AS whose"
    else:
        gathered += " WITH cs, ps, [] AS whose"  # nothing found is a row too
    read = ask(
        f"{gathered} CALL (cs) {{ UNWIND range(0, size(cs) - 1) AS i WITH i, cs[i] AS c "
        f"MATCH (c)-[r:{led_to}]->(x) WITH x, r.role AS role, collect(i) AS rows RETURN collect("
        "[head(labels(x)), coalesce(x.canonical, x.id), coalesce(role = 'leads', false), rows]) AS links } "
        f"RETURN {columns}, links, whose, {of_few} AS few, EXISTS {{ MATCH (t:Trip) }} AS trips"
    )[0]
    size = len(read["id"])
    for name in LISTS:
        usual = _SELDOM.get(name) if name in only else None
        setattr(raw, name, read[name] if name in whole else [usual] * size)
    raw.confidential, n_partners = [False] * size, [1] * size
    lists = [raw.confidential, n_partners, *(getattr(raw, name) for name in seldom)]
    for row, *values in read["few"]:
        for own, value in zip(lists, values, strict=True):
            own[row] = value
    if not raw.id:
        return raw
    if of_partners:
        whose = read["whose"] or [partners[0]] * len(raw.id)
        for pid, own in groupby(range(len(raw.id)), whose.__getitem__):
            raw.partners.add(pid, list(own))
    for label, x, leads, rows in read["links"]:
        if label == "Department":
            raw.departments.make(x, leads, rows)
        else:
            getattr(raw, _LED_TO[label]).add(x, rows)
    if of_partners and len(set(raw.id)) < len(raw.id):
        n_partners = raw.single(n_partners)
    most = 1 if all_partners else 10
    if of_partners and max(n_partners) > most:
        # A conference is recognised by all its partners, also those outside this set.
        many = [c for c, n in zip(raw.id, n_partners, strict=True) if n > most]
        row_of = {c: i for i, c in enumerate(raw.id)}
        for row in run(
            "UNWIND $ids AS id MATCH (:Contact {id: id})-[:WITH_PARTNER]->(m:Partner) "
            "RETURN id, collect(DISTINCT m.canonical) AS partners",
            ids=many,
        ):
            raw.partners.extend((row_of[row["id"]], p) for p in row["partners"])
    if read["trips"]:
        trips = ask("MATCH (c)<-[:GATHERS]-(x:Trip) RETURN collect(c.id) AS c, collect(x.id) AS x")[0]
        # A trip's id is the joint key of the contacts it gathers (the first one's, where there are several).
        # Without a lock a contact may have come in since the first statement: it is not part of this answer.
        row_of = {c: i for i, c in enumerate(raw.id)}
        pairs = [(c, x) for c, x in zip(trips["c"], trips["x"], strict=True) if c in row_of]
        for c, trip in sorted(((row_of[c], x) for c, x in pairs), reverse=True):
            raw.joint[c] = trip
    return raw


def _bools(values: Sequence[bool]) -> Bools:
    return np.array(values, dtype=np.bool_)


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


EMPTY = np.zeros(0, dtype=np.int64)
NO_LISTS = Ragged(np.zeros(1, dtype=np.int64), EMPTY)
NO_POSITIONS = Positions([], EMPTY, EMPTY, EMPTY, [], EMPTY, EMPTY, NO_LISTS)
NO_RESTRICTIONS = Restrictions([], [], [], [], [], [], EMPTY, EMPTY, NO_LISTS, NO_LISTS)


@dataclass(frozen=True)
class PartnerFacts:
    """What rules look at of a canonical partner."""

    id: str
    kind: str = ""
    country: str = ""
    parent: str = ""
    key_since: int = FOREVER


def contact_table(raw: RawContacts, base: Base, keep: Sequence[int], partners: dict[str, int]) -> Contacts:
    """The contacts `keep` (rows of `raw`) as columns; partners outside `partners` are left out."""
    n = len(keep)
    rows = np.array(keep, dtype=np.int64)
    whole = np.array_equal(rows, np.arange(len(raw.id)))
    new = np.full(len(raw.id), -1, dtype=np.int64)
    new[rows] = np.arange(n)

    def kept(links: Links, index: Mapping[str, int]) -> tuple[Ints, Ints, Bools]:
        row, value = links.arrays(index)
        own = (new[row] >= 0) & (value >= 0)
        return new[row[own]], value[own], own

    def ragged(links: Links, index: Mapping[str, int]) -> Ragged:
        row, value, _ = kept(links, index)
        return Ragged.of_pairs(n, row, value)

    made, by, own = kept(raw.departments, numbers(base.departments))
    departments = Ragged.of_pairs(n, made, by)
    leads = np.zeros(len(departments.values), dtype=np.bool_)
    width = len(base.departments) + 1
    place = np.searchsorted(departments.rows * width + departments.values, made * width + by)
    leads[place] = raw.departments.leads[own]
    topics = ragged(raw.topics, numbers(base.topics))
    about = kept(raw.areas, numbers(base.areas))[:2]

    def take(values: list[Any]) -> list[Any]:
        return values if whole else [values[i] for i in keep]

    return Contacts(
        id=take(raw.id),
        recorded=_ints(take(raw.recorded)),
        lo=_ints(take(raw.lo)),
        hi=_ints(take(raw.hi)),
        coarse=_bools([x == "month" for x in take(raw.precision)]),
        yearly=_bools([x == "year" for x in take(raw.precision)]),
        planned=_bools([x == "planned" for x in take(raw.status)]),
        theirs=_bools([x == "theirs" for x in take(raw.initiative)]),
        remote=_bools([x == "remote" for x in take(raw.mode)]),
        channel=[x or "" for x in take(raw.channel)],
        purposes=[tuple(x or ()) for x in take(raw.purposes)],
        joint=[x or "" for x in take(raw.joint)],
        approval=[x or "" for x in take(raw.approval)],
        departments=departments,
        leads=leads,
        partners=ragged(raw.partners, partners),
        areas=with_topics(n, about, topics, Ragged.of(base.topic_areas)),
        topics=topics,
        persons=ragged(raw.persons, numbers(sorted(raw.persons.names))),
        summary=[x or "" for x in take(raw.summary)],
        told=_ints(
            [
                min(day_of(told, FOREVER), day_of(planned, FOREVER)) if told or planned else FOREVER
                for told, planned in zip(take(raw.lead_told_on), take(raw.planned_on), strict=True)
            ]
        ),
    )


def columns(
    world: str,
    base: Base,
    raw: RawContacts,
    keep: Sequence[int],
    partners: Sequence[PartnerFacts],
    *,
    positions: Positions = NO_POSITIONS,
    restrictions: Restrictions = NO_RESTRICTIONS,
    issues: Sequence[str] = (),
    today: int = 0,
    **tables: Any,
) -> Columns:
    """All columns of one world.

    Args:
        tables: further tables of `Columns` by name, such as `graph.derive.tables` makes them.
    """
    index = {p.id: i for i, p in enumerate(partners)}
    return Columns(
        world=world,
        departments=base.departments,
        partners=[p.id for p in partners],
        partner_kind=[p.kind for p in partners],
        partner_country=[p.country for p in partners],
        partner_parent=_ints([index.get(p.parent, -1) for p in partners]),
        areas=base.areas,
        topics=base.topics,
        persons=sorted(raw.persons.names),
        issues=list(issues),
        tree=Tree(len(base.departments), base.parts, _bools(base.city)),
        contacts=contact_table(raw, base, keep, index),
        positions=positions,
        restrictions=restrictions,
        today=today,
        key_since=_ints([p.key_since for p in partners]),
        **tables,
    )
