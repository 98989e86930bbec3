"""Findings over exactly what a viewer may see, where that is neither the open world nor the full one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.derive import evaluate
from graph.derive.findings import FULL, OPEN, scope_of, stored
from graph.derive.positions import read_partners
from graph.derive.read import read_contacts
from graph.questions.asking import (
    OPEN_ONES,
    OWN_ONES,
    VISIBLE_ONES,
    Asking,
    confidential_seen,
    partners_with_hidden,
)
from graph.rules import RULES, why
from graph.rules.base import Found
from graph.rules.columns import Columns
from graph.scopes import COMMITMENT, FAMILY, ISSUE, PARTNER, PERSON, RESOURCE, RESTRICTION, scope_id
from graph.store import Row


def own_scopes(asking: Asking) -> set[str]:
    """Scopes with a confidential contact that this viewer, though no coordinator, may see."""
    partners = partners_with_hidden(asking)
    if not partners:
        return set()
    rows = asking.store.read(
        f"{OWN_ONES} RETURN [(c)-[:WITH_PARTNER]->(p:Partner) | p.canonical] AS partners, "
        "[(c)-[:WITH_PERSON]->(h:Person) | h.canonical] AS persons, "
        "[(c)<-[:STATED_IN]-(:Position)-[:ON]->(i:Issue) | i.id] AS issues, "
        "[(c)<-[:MADE_IN]-(m:Commitment) | m.id] AS commitments, "
        "[(c)<-[:MADE_IN]-(:Commitment)-[:PROMISES]->(x:Resource) | x.id] AS resources",
        partners=partners,
        **asking.eyes,
    )
    partners = sorted({p for row in rows for p in row["partners"]})
    out = {scope_id(PARTNER, p) for p in partners}
    for kind, name in (
        (ISSUE, "issues"), (PERSON, "persons"), (COMMITMENT, "commitments"), (RESOURCE, "resources"),
    ):  # fmt: skip
        out |= {scope_id(kind, x) for row in rows for x in row[name]}
    if partners:
        out |= {scope_id(RESTRICTION, r) for r in evaluate.restrictions_on(asking.store.read, partners)}
        own, _ = read_partners(asking.store.read, partners)
        out |= {scope_id(FAMILY, p.parent) for p in own if p.id in set(partners) and p.parent}
        out |= {scope_id(FAMILY, p) for p in partners}
    return out


def computed(asking: Asking, scopes: Sequence[str]) -> list[Row]:
    """Findings of these scopes over what the viewer may see, in the form of stored rows."""
    by_kind: dict[str, list[str]] = {}
    for scope in scopes:
        kind, _, id = scope.partition(":")
        by_kind.setdefault(kind, []).append(id)
    out: list[Found] = []
    hidden: set[str] = set()
    seen = confidential_seen(asking) if by_kind else set()
    for kind, ids in sorted(by_kind.items()):
        judged = _judged(asking, kind, ids, seen, FULL)
        out += judged.found
        hidden |= judged.secret
    # A component without anything confidential in it is the open world's own.
    return [stored(f, FULL if _touches(f, hidden) else OPEN, scope_of(f)) for f in out]


def _touches(found: Found, hidden: set[str]) -> bool:
    return bool(hidden.intersection(found.records))


def again(asking: Asking, row: Row) -> Found | None:
    """A stored finding computed once more, with all its records."""
    found, _ = _once_more(asking, row)
    return found


def explained(asking: Asking, row: Row) -> dict[str, Any]:
    """What was compared for a finding, the threshold and the nearest miss; empty when it is no more."""
    found, table = _once_more(asking, row)
    if found is None or table is None:
        return {}
    return why.explained(RULES[found.rule], table, asking.settings, found)


def _once_more(asking: Asking, row: Row) -> tuple[Found | None, Columns | None]:
    kind, _, id = row["scope"].partition(":")
    secret = row["world"] == FULL
    judged = _judged(asking, kind, [id], confidential_seen(asking) if secret else set(), row["world"])
    for f in judged.found:
        if f.rule == row["rule"] and list(f.group) == row["group"] and f.records[0] == row["anchor"]:
            return f, judged.table
    return None, None


def judged_now(asking: Asking, kind: str, ids: Sequence[str]) -> evaluate.Judged:
    """What the rules find in these scopes over what the viewer may see, with the table they looked at."""
    return _judged(asking, kind, ids, confidential_seen(asking), FULL)


def _judged(asking: Asking, kind: str, ids: Sequence[str], seen: set[str], world: str) -> evaluate.Judged:
    """Findings of these scopes; `secret` are the records that are confidential and among those visible."""
    run, base, settings = asking.store.read, asking.base, asking.settings
    today = asking.today.toordinal()
    if kind == PARTNER:
        ones = VISIBLE_ONES if seen else OPEN_ONES
        raw = read_contacts(run, ids, match=ones, by_partner=True, persons=True, **asking.eyes)
        partners, _ = read_partners(run, ids)
        known = evaluate.known_partners(partners, raw)
        tables = evaluate.read_partner_tables(run, base, partners)
        judged = evaluate.partner_judged(
            base, raw, range(len(raw.id)), known, settings, world, tables=tables, today=today
        )
        focus = {scope_id(PARTNER, p) for p in ids}
        judged.found = [f for f in judged.found if scope_of(f) in focus]
        judged.secret = {c for c, hidden in zip(raw.id, raw.confidential, strict=True) if hidden}
    else:
        judged = evaluate.scope_world(
            run, base, kind, ids, settings, visible=lambda c, hidden: not hidden or c in seen, world=world,
            today=today,
        )  # fmt: skip
        judged.secret &= seen
    judged.secret |= _said_in(asking, judged.secret)
    return judged


def _said_in(asking: Asking, contacts: set[str]) -> set[str]:
    """Positions and commitments known only from these contacts."""
    if not contacts:
        return set()
    rows = asking.store.read(
        "UNWIND $ids AS id MATCH (:Contact {id: id})<-[:STATED_IN|MADE_IN]-(s) RETURN DISTINCT s.id AS id",
        ids=sorted(contacts),
    )
    return {row["id"] for row in rows}
