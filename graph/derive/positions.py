"""Positions and restrictions from the store into columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph import clock
from graph.derive.base import Base, Run
from graph.derive.read import PartnerFacts
from graph.rules.columns import FOREVER, Positions, Ragged, Restrictions
from graph.store import Row


@dataclass
class RawPositions:
    """Positions as read; `confidential` when stated in a confidential contact, `contact` is that contact."""

    rows: list[Row]

    @property
    def partners(self) -> list[str]:
        return sorted({p for row in self.rows for p in row["partners"]})


def read_positions(run: Run, issues: Sequence[str]) -> RawPositions:
    """The positions on these issues, ordered by id."""
    rows = run(
        "UNWIND $issues AS iid MATCH (i:Issue {id: iid})<-[:ON]-(s:Position) "
        "OPTIONAL MATCH (s)-[:HELD_BY]->(h) "
        "OPTIONAL MATCH (s)-[:STATED_IN]->(c:Contact) "
        "RETURN iid AS issue, s.id AS id, s.recorded_at AS recorded, s.stance AS stance, s.from AS start, "
        "s.to AS end, CASE WHEN h:Department THEN h.id END AS department, c.id AS contact, "
        "coalesce(c.confidentiality = 'confidential', false) AS confidential, "
        "CASE WHEN c.status <> 'cancelled' THEN [c.lo, c.hi] END AS stated, c.precision AS precision, "
        # What was to be said at a contact that was cancelled was said to nobody.
        "[(c)-[:WITH_PARTNER]->(p:Partner) WHERE c.status <> 'cancelled' | p.canonical] AS partners ORDER BY s.id",
        issues=list(issues),
    )
    return RawPositions(rows)


def position_table(
    raw: RawPositions, base: Base, issues: Sequence[str], partners: Sequence[str], keep: Callable[[Row], bool]
) -> Positions:
    """The positions for which `keep` holds, as columns; partner indexes into `partners`."""
    department = {d: i for i, d in enumerate(base.departments)}
    issue = {x: i for i, x in enumerate(issues)}
    partner = {p: i for i, p in enumerate(partners)}
    rows = [row for row in raw.rows if keep(row)]

    def ints(values: list[int]) -> Any:
        return np.array(values, dtype=np.int64)

    return Positions(
        id=[row["id"] for row in rows],
        recorded=ints([row["recorded"] for row in rows]),
        issue=ints([issue[row["issue"]] for row in rows]),
        holder=ints([department.get(row["department"], -1) for row in rows]),
        stance=[row["stance"] for row in rows],
        start=ints([clock.ordinal(row["start"]) for row in rows]),
        end=ints([clock.ordinal(row["end"]) if row["end"] else FOREVER for row in rows]),
        stated_to=Ragged.of([sorted({partner[p] for p in row["partners"]}) for row in rows]),
        stated_lo=ints([row["stated"][0] if row["stated"] else clock.ordinal(row["start"]) for row in rows]),
        stated_hi=ints([row["stated"][1] if row["stated"] else clock.ordinal(row["start"]) for row in rows]),
        stated_coarse=np.array(
            [bool(row["stated"]) and row["precision"] != "day" for row in rows], dtype=np.bool_
        ),
    )


@dataclass(frozen=True)
class RestrictionFacts:
    """A restriction as read; `limits` are canonical partner ids, "" and () mean any."""

    id: str
    kind: str
    country: str
    partner_kind: str
    channels: tuple[str, ...]
    exempt_purposes: tuple[str, ...]
    start: int
    end: int
    limits: tuple[str, ...]
    exempts: tuple[str, ...]


def read_restrictions(run: Run, ids: Sequence[str] | None = None) -> list[RestrictionFacts]:
    """All restrictions, or those with these ids, ordered by id."""
    rows = run(
        "MATCH (r:Restriction) WHERE $ids IS NULL OR r.id IN $ids "
        "RETURN r.id AS id, r.kind AS kind, coalesce(r.country, '') AS country, "
        "coalesce(r.partner_kind, '') AS partner_kind, coalesce(r.channels, []) AS channels, "
        "coalesce(r.exempt_purposes, []) AS exempt_purposes, r.from AS start, r.to AS end, "
        "[(r)-[:LIMITS]->(p:Partner) | p.canonical] AS limits, "
        "[(r)-[:EXEMPTS]->(d:Department) | d.id] AS exempts ORDER BY r.id",
        ids=None if ids is None else list(ids),
    )
    return [
        RestrictionFacts(
            id=row["id"],
            kind=row["kind"],
            country=row["country"],
            partner_kind=row["partner_kind"],
            channels=tuple(row["channels"]),
            exempt_purposes=tuple(row["exempt_purposes"]),
            start=clock.ordinal(row["start"]) if row["start"] else -FOREVER,
            end=clock.ordinal(row["end"]) if row["end"] else FOREVER,
            limits=tuple(sorted(set(row["limits"]))),
            exempts=tuple(sorted(set(row["exempts"]))),
        )
        for row in rows
    ]


def restriction_table(facts: Sequence[RestrictionFacts], base: Base, partners: Sequence[str]) -> Restrictions:
    """Restrictions as columns; limits that are not among `partners` are left out."""
    department = {d: i for i, d in enumerate(base.departments)}
    partner = {p: i for i, p in enumerate(partners)}
    return Restrictions(
        id=[r.id for r in facts],
        kind=[r.kind for r in facts],
        country=[r.country for r in facts],
        partner_kind=[r.partner_kind for r in facts],
        channels=[r.channels for r in facts],
        exempt_purposes=[r.exempt_purposes for r in facts],
        start=np.array([r.start for r in facts], dtype=np.int64),
        end=np.array([r.end for r in facts], dtype=np.int64),
        limits=Ragged.of([[partner[p] for p in r.limits if p in partner] for r in facts]),
        exempts=Ragged.of([[department[d] for d in r.exempts if d in department] for r in facts]),
    )


def applies_to(r: RestrictionFacts, partner: PartnerFacts, above: set[str]) -> bool:
    """Whether a restriction may concern a partner; `above` are the partner and all that it is beneath.

    Wider than the rule where a restriction names several targets: the rule itself decides.
    """
    if above.intersection(r.limits):
        return True
    if not (r.country or r.partner_kind):
        return False
    return r.country in ("", partner.country) and r.partner_kind in ("", partner.kind)


def partner_facts(m: str) -> str:
    """Cypher for a list of what rules look at of the canonical partner of this name in a query; see `partners_of`."""
    return (
        f"[{m}.id, coalesce({m}.kind, ''), coalesce({m}.country, ''), "
        f"COLLECT {{ MATCH (:Partner {{canonical: {m}.id}})-[:PART_OF*1..20]->(q:Partner) RETURN DISTINCT q.canonical }}, "
        f"[(y:Partner {{canonical: {m}.id}})-[:PART_OF]->(z:Partner) WHERE z.canonical <> {m}.id | "
        f"[y.id <> {m}.id, z.canonical]], "
        f"COLLECT {{ MATCH (k:Partner {{canonical: {m}.id}}) WHERE k.key_partner RETURN [k.key_since, k.recorded_at] }}]"
    )


def read_partners(run: Run, ids: Sequence[str]) -> tuple[list[PartnerFacts], dict[str, set[str]]]:
    """Facts of these canonical partners and of all above them, and for each the set of itself and those above.

    A cluster is part of what its own record is part of, else of what comes first by id among the others'.
    """
    # One row of lists: a row a partner costs more to receive than to find.
    query = f"UNWIND $ids AS id MATCH (m:Partner {{id: id}}) RETURN collect({partner_facts('m')}) AS partners"
    return partners_of(run, run(query, ids=list(ids))[0]["partners"])


def partners_of(run: Run, rows: Sequence[Sequence[Any]]) -> tuple[list[PartnerFacts], dict[str, set[str]]]:
    """The same of partners that were read as `partner_facts` has it."""
    facts = {
        id: PartnerFacts(
            id,
            kind,
            country,
            min(parents)[1] if parents else "",
            min((_key_since(*one) for one in key), default=FOREVER),
        )
        for id, kind, country, _, parents, key in rows
    }
    above = {id: {id, *over} for id, _, _, over, _, _ in rows}
    missing = sorted({a for ids_ in above.values() for a in ids_} - set(facts))
    if missing:
        more, _ = read_partners(run, missing)
        facts.update((p.id, p) for p in more)
    return [facts[id] for id in sorted(facts)], above


def _key_since(day: str | None, recorded: int | None) -> int:
    """Since when a partner has been a key one: as it says, else since it was recorded."""
    if day:
        return clock.ordinal(day)
    return clock.helsinki_day(recorded) if recorded else -FOREVER


def targets(run: Run, facts: Sequence[RestrictionFacts]) -> list[str]:
    """Canonical partners that any of these restrictions may concern."""
    out: set[str] = set()
    limits = sorted({p for r in facts for p in r.limits})
    if limits:
        rows = run(
            "UNWIND $ids AS id MATCH (m:Partner {canonical: id})<-[:PART_OF*0..20]-(q:Partner) "
            "RETURN collect(DISTINCT q.canonical) AS ids",
            ids=limits,
        )
        out.update(rows[0]["ids"])
    for r in facts:
        if r.country or r.partner_kind:
            rows = run(
                "MATCH (p:Partner) WHERE ($country = '' OR p.country = $country) "
                "AND ($kind = '' OR p.kind = $kind) RETURN collect(DISTINCT p.canonical) AS ids",
                country=r.country,
                kind=r.partner_kind,
            )
            out.update(rows[0]["ids"])
    return sorted(out)
