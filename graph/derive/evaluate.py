"""Running the rules over what was read, in the open world and, where it differs, in the full one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graph.derive.findings import scope_of, worlds
from graph.derive.positions import (
    applies_to,
    position_table,
    read_partners,
    read_positions,
    read_restrictions,
    restriction_table,
    targets,
)
from graph.derive.read import Base, PartnerFacts, RawContacts, Run, columns, read_contacts
from graph.rules import RULES, RuleSettings
from graph.rules import evaluate as evaluate_rules
from graph.rules.base import Found
from graph.scopes import ISSUE, PARTNER, RESTRICTION, scope_id
from graph.store import Row

__all__ = [
    "issue_findings",
    "issue_world",
    "partner_findings",
    "partner_world",
    "restriction_findings",
    "restriction_world",
    "restrictions_on",
    "scope_of",
]

Visible = Callable[[str], bool]  # contact id -> may it be seen
Placed = tuple[Found, str, bool]


def _rules(scope: str) -> list[str]:
    return [name for name, rule in RULES.items() if rule.scope == scope]


def partner_world(
    base: Base,
    raw: RawContacts,
    keep: Sequence[int],
    partners: Sequence[PartnerFacts],
    settings: RuleSettings,
    world: str,
) -> list[Found]:
    """Findings of the rules that group by partner, over the contacts `keep`, for these partners only."""
    table = columns(world, base, raw, keep, partners)
    return list(evaluate_rules(table, settings, only=_rules(PARTNER)))


def partner_findings(
    run: Run, base: Base, raw: RawContacts, ids: Sequence[str], settings: RuleSettings
) -> list[Placed]:
    """Findings of partner scopes with the world each stands in."""
    focus = set(ids)
    partners, _ = read_partners(run, ids)
    # Partners outside the focus are there for counting a conference's guests, not for findings of their own.
    known = partners + [
        PartnerFacts(p) for p in sorted({p for _, p in raw.partners} - {x.id for x in partners})
    ]
    open_rows = [i for i, hidden in enumerate(raw.confidential) if not hidden]
    open_found = [
        f for f in partner_world(base, raw, open_rows, known, settings, "open") if f.group[0] in focus
    ]
    secret = {i for i, hidden in enumerate(raw.confidential) if hidden}
    touched = {p for c, p in raw.partners if c in secret and p in focus}
    full_found: list[Found] = []
    if touched:
        rows = sorted({c for c, p in raw.partners if p in touched})
        full_found = [
            f for f in partner_world(base, raw, rows, known, settings, "full") if f.group[0] in touched
        ]
    return worlds(open_found, full_found, {scope_id(PARTNER, p) for p in touched})


def issue_world(
    run: Run, base: Base, ids: Sequence[str], settings: RuleSettings, keep: Callable[[Row], bool], world: str
) -> list[Found]:
    """Findings of the rules that group by issue, over the positions for which `keep` holds."""
    raw = read_positions(run, ids)
    partners = [PartnerFacts(p) for p in raw.partners]
    table = columns(
        world,
        base,
        RawContacts(),
        [],
        partners,
        positions=position_table(raw, base, ids, raw.partners, keep),
        issues=ids,
    )
    return list(evaluate_rules(table, settings, only=_rules(ISSUE)))


def issue_findings(run: Run, base: Base, ids: Sequence[str], settings: RuleSettings) -> list[Placed]:
    """Findings of issue scopes with the world each stands in."""
    raw = read_positions(run, ids)
    touched = sorted({row["issue"] for row in raw.rows if row["confidential"]})
    open_found = issue_world(run, base, ids, settings, lambda row: not row["confidential"], "open")
    full_found = issue_world(run, base, touched, settings, lambda row: True, "full") if touched else []
    return worlds(open_found, full_found, {scope_id(ISSUE, i) for i in touched})


def restriction_world(
    run: Run,
    base: Base,
    ids: Sequence[str],
    settings: RuleSettings,
    visible: Callable[[str, bool], bool],
    world: str,
) -> tuple[list[Found], set[str]]:
    """(findings of the rules that group by restriction, contacts among those read that are confidential).

    Args:
        visible: (contact id, whether it is confidential) -> whether it belongs to the world.
    """
    facts = read_restrictions(run, ids)
    wanted = targets(run, facts)
    partners, _above = read_partners(run, wanted)
    raw = read_contacts(
        run,
        wanted,
        condition="AND c.hi >= $since AND c.lo <= $until ",
        since=min((r.start for r in facts), default=0),
        until=max((r.end for r in facts), default=0),
    )
    keep = [
        i for i, (c, hidden) in enumerate(zip(raw.id, raw.confidential, strict=True)) if visible(c, hidden)
    ]
    known = [p.id for p in partners]
    table = columns(world, base, raw, keep, partners, restrictions=restriction_table(facts, base, known))
    secret = {c for c, hidden in zip(raw.id, raw.confidential, strict=True) if hidden}
    return list(evaluate_rules(table, settings, only=_rules(RESTRICTION))), secret


def restriction_findings(run: Run, base: Base, ids: Sequence[str], settings: RuleSettings) -> list[Placed]:
    """Findings of restriction scopes with the world each stands in."""
    open_found, secret = restriction_world(run, base, ids, settings, lambda c, hidden: not hidden, "open")
    if not secret:
        return worlds(open_found, [], set())
    full_found, _ = restriction_world(run, base, ids, settings, lambda c, hidden: True, "full")
    return worlds(open_found, full_found, {scope_id(RESTRICTION, r) for r in ids})


def restrictions_on(run: Run, partners: Sequence[str]) -> list[str]:
    """Ids of the restrictions that have one of these canonical partners as a target, whenever they apply."""
    facts = read_restrictions(run)
    if not facts:
        return []
    own, above = read_partners(run, partners)
    by_id = {p.id: p for p in own}
    return [r.id for r in facts if any(p in by_id and applies_to(r, by_id[p], above[p]) for p in partners)]
