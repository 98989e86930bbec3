"""Running the rules over what was read, in the open world and, where it differs, in the full one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.derive.base import Base, Run
from graph.derive.findings import scope_of, worlds
from graph.derive.positions import (
    RestrictionFacts,
    applies_to,
    position_table,
    read_partners,
    read_positions,
    read_restrictions,
    restriction_table,
    targets,
)
from graph.derive.read import PartnerFacts, RawContacts, columns, read_contacts
from graph.derive.tables import (
    commitment_table,
    read_commitments,
    read_leads,
    read_materials,
    read_networks,
    read_resources,
)
from graph.rules import RULES, RuleSettings
from graph.rules import evaluate as evaluate_rules
from graph.rules.base import Found
from graph.rules.columns import FOREVER, Columns, Leads
from graph.scopes import (
    COMMITMENT,
    FAMILY,
    ISSUE,
    NETWORKS,
    PARTNER,
    PERSON,
    RESOURCE,
    RESTRICTION,
    scope_id,
)
from graph.store import Row

Visible = Callable[
    [str, bool], bool
]  # (contact id, whether it is confidential) -> does it belong to the world
Placed = tuple[Found, str, bool]
Turn = tuple[str, int]  # a scope and a day on which what is found there may change by itself


def _all(contact: str, hidden: bool) -> bool:
    return True


def _open(contact: str, hidden: bool) -> bool:
    return not hidden


@dataclass
class Judged:
    """What the rules found in some scopes; `secret` are the confidential contacts among those read."""

    found: list[Found] = field(default_factory=list)
    secret: set[str] = field(default_factory=set)
    turns: set[Turn] = field(default_factory=set)
    table: Columns | None = None


def _rules(scope: str) -> list[str]:
    return [name for name, rule in RULES.items() if rule.scope == scope or scope in rule.scopes.values()]


def _judged(
    table: Columns, settings: RuleSettings, kind: str, ids: Sequence[str], secret: set[str] | None = None
) -> Judged:
    """Findings and turns of the scopes of this kind with these ids, over a table that holds at least them."""
    names, wanted = _rules(kind), {scope_id(kind, i) for i in ids}
    found = [f for f in evaluate_rules(table, settings, only=names) if scope_of(f) in wanted]
    turns = {
        (scope_id(k, i), day)
        for name in names
        if settings.on(name) and (turning := RULES[name].turns)
        for k, i, day in turning(table, settings)
    }
    return Judged(found, secret or set(), {t for t in turns if t[0] in wanted}, table)


# --- partners ---


@dataclass(frozen=True)
class PartnerTables:
    """What the rules by partner look at besides contacts."""

    leads: Leads = field(default_factory=Leads)  # of `partners`
    partners: tuple[str, ...] = ()
    commitments: list[Row] = field(default_factory=list)
    suspensions: list[RestrictionFacts] = field(default_factory=list)


def read_partner_tables(run: Run, base: Base, partners: Sequence[PartnerFacts]) -> PartnerTables:
    """Leads and commitments of these partners, and what suspends cooperation with them."""
    ids = tuple(p.id for p in partners)
    suspensions: list[RestrictionFacts] = []
    if any(p.key_since < FOREVER for p in partners):
        suspensions = [r for r in read_restrictions(run) if r.kind == "suspended"]
    leads, promised = read_leads(run, base, ids)
    return PartnerTables(leads, ids, read_commitments(run, PARTNER, ids) if promised else [], suspensions)


def _partner_table(
    base: Base,
    raw: RawContacts,
    keep: Sequence[int],
    partners: Sequence[PartnerFacts],
    world: str,
    tables: PartnerTables,
    today: int,
) -> Columns:
    known = [p.id for p in partners]
    index = {p: i for i, p in enumerate(known)}
    leads = tables.leads
    if len(leads.partner):
        at = [index[tables.partners[p]] for p in leads.partner.tolist()]
        leads = Leads(leads.department, leads.partner * 0 + at, leads.area, leads.start, leads.end)
    return columns(
        world,
        base,
        raw,
        keep,
        partners,
        restrictions=restriction_table(tables.suspensions, base, known),
        today=today,
        leads=leads,
        commitments=commitment_table(tables.commitments, raw, keep, ()),
    )


def partner_world(
    base: Base,
    raw: RawContacts,
    keep: Sequence[int],
    partners: Sequence[PartnerFacts],
    settings: RuleSettings,
    world: str,
    *,
    tables: PartnerTables | None = None,
    today: int = 0,
) -> list[Found]:
    """Findings of the rules that group by partner, over the contacts `keep`, for these partners only."""
    return partner_judged(base, raw, keep, partners, settings, world, tables=tables, today=today).found


def partner_judged(
    base: Base,
    raw: RawContacts,
    keep: Sequence[int],
    partners: Sequence[PartnerFacts],
    settings: RuleSettings,
    world: str,
    *,
    tables: PartnerTables | None = None,
    today: int = 0,
) -> Judged:
    """The same with the table they were found in."""
    table = _partner_table(base, raw, keep, partners, world, tables or PartnerTables(), today)
    return _judged(table, settings, PARTNER, [p.id for p in partners])


def known_partners(partners: Sequence[PartnerFacts], raw: RawContacts) -> list[PartnerFacts]:
    """With those outside, who are there for counting a conference's guests, not for findings of their own."""
    return [
        *partners,
        *(PartnerFacts(p) for p in sorted({*raw.partners.names} - {x.id for x in partners})),
    ]


def partner_findings(
    run: Run, base: Base, raw: RawContacts, ids: Sequence[str], settings: RuleSettings, today: int
) -> tuple[list[Placed], set[Turn]]:
    """Findings of partner scopes with the world each stands in, and when they may change by themselves."""
    focus = set(ids)
    partners, _ = read_partners(run, ids)
    tables = read_partner_tables(run, base, partners)
    known = known_partners(partners, raw)

    def judged(rows: Sequence[int], world: str, of: set[str]) -> Judged:
        table = _partner_table(base, raw, rows, known, world, tables, today)
        return _judged(table, settings, PARTNER, sorted(of))

    open_world = judged([i for i, hidden in enumerate(raw.confidential) if not hidden], "open", focus)
    secret = {i for i, hidden in enumerate(raw.confidential) if hidden}
    touched = {p for c, p in raw.partners if c in secret and p in focus} if secret else set()
    full = Judged()
    if touched:
        full = judged(sorted({c for c, p in raw.partners if p in touched}), "full", touched)
    placed = worlds(open_world.found, full.found, {scope_id(PARTNER, p) for p in touched})
    return placed, open_world.turns | full.turns


# --- the other kinds of scopes ---


def scope_world(
    run: Run,
    base: Base,
    kind: str,
    ids: Sequence[str],
    settings: RuleSettings,
    *,
    visible: Visible,
    world: str,
    today: int,
) -> Judged:
    """What the rules find in scopes of a kind, other than partners', over the contacts that are `visible`."""
    return _WORLD[kind](run, base, ids, settings, visible, world, today)


def scope_findings(
    run: Run, base: Base, kind: str, ids: Sequence[str], settings: RuleSettings, today: int
) -> tuple[list[Placed], set[Turn]]:
    """Findings of such scopes with the world each stands in, and when they may change by themselves."""
    open_world = scope_world(run, base, kind, ids, settings, visible=_open, world="open", today=today)
    if not open_world.secret:
        return worlds(open_world.found, [], set()), open_world.turns
    full = scope_world(run, base, kind, ids, settings, visible=_all, world="full", today=today)
    placed = worlds(open_world.found, full.found, {scope_id(kind, i) for i in ids})
    return placed, open_world.turns | full.turns


def _kept(raw: RawContacts, visible: Visible) -> tuple[list[int], set[str]]:
    """(rows that belong to the world, confidential contacts among all)."""
    both = list(zip(raw.id, raw.confidential, strict=True))
    return [i for i, (c, hidden) in enumerate(both) if visible(c, hidden)], {
        c for c, hidden in both if hidden
    }


def _issue_world(
    run: Run, base: Base, ids: Sequence[str], settings: RuleSettings, visible: Visible, world: str, today: int
) -> Judged:
    raw = read_positions(run, ids)
    secret = {row["contact"] for row in raw.rows if row["confidential"]}

    def keep(row: Row) -> bool:
        return not row["confidential"] or visible(row["contact"], True)

    table = columns(
        world,
        base,
        RawContacts(),
        [],
        [PartnerFacts(p) for p in raw.partners],
        positions=position_table(raw, base, ids, raw.partners, keep),
        issues=ids,
        today=today,
        materials=read_materials(run, ids),
    )
    return _judged(table, settings, ISSUE, ids, secret)


def _restriction_world(
    run: Run, base: Base, ids: Sequence[str], settings: RuleSettings, visible: Visible, world: str, today: int
) -> Judged:
    facts = read_restrictions(run, ids)
    wanted = targets(run, facts)
    partners, _above = read_partners(run, wanted)
    raw = read_contacts(
        run,
        wanted,
        condition="AND p.hi >= $since AND p.lo <= $until ",
        since=min((r.start for r in facts), default=0),
        until=max((r.end for r in facts), default=0),
    )
    keep, secret = _kept(raw, visible)
    known = [p.id for p in partners]
    table = columns(
        world,
        base,
        raw,
        keep,
        partners,
        restrictions=restriction_table(facts, base, known),
        today=today,
    )
    return _judged(table, settings, RESTRICTION, ids, secret)


def _person_world(
    run: Run, base: Base, ids: Sequence[str], settings: RuleSettings, visible: Visible, world: str, today: int
) -> Judged:
    raw = read_contacts(run, ids, through=PERSON, persons=True)
    keep, secret = _kept(raw, visible)
    table = columns(world, base, raw, keep, known_partners([], raw), today=today)
    return _judged(table, settings, PERSON, ids, secret)


def _family_world(
    run: Run, base: Base, ids: Sequence[str], settings: RuleSettings, visible: Visible, world: str, today: int
) -> Judged:
    parts = run(
        "UNWIND $ids AS id MATCH (:Partner {canonical: id})<-[:PART_OF]-(q:Partner) WHERE q.canonical <> id "
        "RETURN DISTINCT id, q.canonical AS part",
        ids=list(ids),
    )
    # Most are families of one, with which nothing can overlap.
    family = sorted({x for row in parts for x in (row["id"], row["part"])})
    partners, _above = read_partners(run, family)
    raw = read_contacts(run, family, all_partners=True)
    keep, secret = _kept(raw, visible)
    table = columns(world, base, raw, keep, known_partners(partners, raw), today=today)
    return _judged(table, settings, FAMILY, ids, secret)


def _promised_world(kind: str) -> Callable[..., Judged]:
    def world_of(
        run: Run,
        base: Base,
        ids: Sequence[str],
        settings: RuleSettings,
        visible: Visible,
        world: str,
        today: int,
    ) -> Judged:
        raw = read_contacts(run, ids, through=kind)
        keep, secret = _kept(raw, visible)
        resources: dict[str, Any] = read_resources(run, ids) if kind == RESOURCE else {"resources": []}
        made = commitment_table(read_commitments(run, kind, ids), raw, keep, resources["resources"])
        table = columns(
            world, base, raw, keep, known_partners([], raw), today=today, commitments=made, **resources
        )
        return _judged(table, settings, kind, ids, secret)

    return world_of


def _networks_world(
    run: Run, base: Base, ids: Sequence[str], settings: RuleSettings, visible: Visible, world: str, today: int
) -> Judged:
    table = columns(world, base, RawContacts(), [], [], today=today, **read_networks(run, base))
    return _judged(table, settings, NETWORKS, ids)


_WORLD: dict[str, Callable[..., Judged]] = {
    ISSUE: _issue_world,
    RESTRICTION: _restriction_world,
    PERSON: _person_world,
    FAMILY: _family_world,
    RESOURCE: _promised_world(RESOURCE),
    COMMITMENT: _promised_world(COMMITMENT),
    NETWORKS: _networks_world,
}


def restrictions_on(run: Run, partners: Sequence[str]) -> list[str]:
    """Ids of the restrictions that have one of these canonical partners as a target, whenever they apply."""
    facts = read_restrictions(run)
    if not facts:
        return []
    own, above = read_partners(run, partners)
    by_id = {p.id: p for p in own}
    return [r.id for r in facts if any(p in by_id and applies_to(r, by_id[p], above[p]) for p in partners)]
