"""Commitments, core messages, leads and memberships from the store into columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph import clock
from graph.derive.base import Base, Run
from graph.derive.read import RawContacts
from graph.rules.columns import FOREVER, Commitments, Leads, Materials, Memberships, Ragged
from graph.store import Row

_COMMITMENT = (
    "RETURN DISTINCT m.id AS id, m.recorded_at AS recorded, c.id AS contact, m.by AS by, coalesce(m.key, '') AS key, "
    "coalesce(m.value, '') AS value, m.amount AS amount, coalesce(m.currency, '') AS currency, m.due AS due, "
    "m.status AS status, [(m)-[:REPLACES]->(o:Commitment) | o.id] AS replaces, "
    "head([(m)-[p:PROMISES]->(x:Resource) | [x.id, p.amount]]) AS promised ORDER BY id"
)


def _ints(values: Sequence[int]) -> Any:
    return np.array(values, dtype=np.int64)


def _floats(values: Sequence[float | None]) -> Any:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _from(day: str | None) -> int:
    return clock.ordinal(day) if day else -FOREVER


def _to(day: str | None) -> int:
    return clock.ordinal(day) if day else FOREVER


def read_commitments(run: Run, kind: str, ids: Sequence[str]) -> list[Row]:
    """Commitments made in contacts of these partners ("partner"), of these resources, or with these ids."""
    if kind == "partner":
        if len(ids) > 20:
            match = (
                "MATCH (m:Commitment)-[:MADE_IN]->(c:Contact)-[:WITH_PARTNER]->(p:Partner) "
                "WHERE p.canonical IN $ids "
            )
        else:
            match = (
                "UNWIND $ids AS id MATCH (:Partner {canonical: id})<-[:WITH_PARTNER]-(c:Contact)"
                "<-[:MADE_IN]-(m:Commitment) "
            )
    elif kind == "resource":
        match = "UNWIND $ids AS id MATCH (:Resource {id: id})<-[:PROMISES]-(m:Commitment)-[:MADE_IN]->(c:Contact) "
    else:
        match = "UNWIND $ids AS id MATCH (m:Commitment {id: id})-[:MADE_IN]->(c:Contact) "
    return run(match + _COMMITMENT, ids=list(ids))


def commitment_table(
    rows: Sequence[Row], raw: RawContacts, keep: Sequence[int], resources: Sequence[str]
) -> Commitments:
    """Commitments made in one of the contacts `keep` (rows of `raw`); resources outside `resources` are left out."""
    at = {raw.id[i]: k for k, i in enumerate(keep)} if rows else {}
    made = [row for row in rows if row["contact"] in at]
    number = {row["id"]: k for k, row in enumerate(made)}
    resource = {x: k for k, x in enumerate(resources)}
    promised = [row["promised"] or [None, None] for row in made]
    return Commitments(
        id=[row["id"] for row in made],
        recorded=_ints([row["recorded"] for row in made]),
        contact=_ints([at[row["contact"]] for row in made]),
        ours=np.array([row["by"] == "us" for row in made], dtype=np.bool_),
        key=[row["key"] for row in made],
        value=[row["value"] for row in made],
        amount=_floats([row["amount"] for row in made]),
        currency=[row["currency"] for row in made],
        due=_ints([_to(row["due"]) for row in made]),
        status=[row["status"] for row in made],
        replaces=Ragged.of([[number[o] for o in row["replaces"] if o in number] for row in made]),
        resource=_ints([resource.get(x, -1) for x, _ in promised]),
        promised=_floats([amount for _, amount in promised]),
    )


def read_resources(run: Run, ids: Sequence[str]) -> dict[str, Any]:
    """`resources` and `capacity` of Columns."""
    rows = run(
        "UNWIND $ids AS id MATCH (x:Resource {id: id}) RETURN id, x.capacity AS capacity ORDER BY id",
        ids=list(ids),
    )
    return {"resources": [r["id"] for r in rows], "capacity": _floats([r["capacity"] for r in rows])}


def read_materials(run: Run, issues: Sequence[str]) -> Materials:
    """Core messages on these issues; `issue` indexes into them."""
    rows = run(
        "UNWIND range(0, size($issues) - 1) AS at MATCH (:Issue {id: $issues[at]})<-[:ON]-(k:Material) "
        "WHERE k.kind = 'core_message' AND k.stance IS NOT NULL RETURN at, k.id AS id, k.recorded_at AS recorded, "
        "k.stance AS stance, k.from AS start, k.to AS end ORDER BY at, id",
        issues=list(issues),
    )
    return Materials(
        id=[r["id"] for r in rows],
        recorded=_ints([r["recorded"] for r in rows]),
        issue=_ints([r["at"] for r in rows]),
        stance=[r["stance"] for r in rows],
        start=_ints([_from(r["start"]) for r in rows]),
        end=_ints([_to(r["end"]) for r in rows]),
    )


def read_leads(run: Run, base: Base, partners: Sequence[str]) -> tuple[Leads, bool]:
    """Leads of these canonical partners (`partner` indexes into them), and whether anybody has made commitments."""
    row = run(
        "RETURN COLLECT { MATCH (d:Department)-[x:LEADS]->(p:Partner) WHERE p.canonical IN $partners "
        "RETURN {department: d.id, partner: p.canonical, area: x.area, start: x.from, end: x.to} ORDER BY x.id } AS leads, "
        "EXISTS { (:Commitment) } AS promised",
        partners=list(partners),
    )[0]
    rows = row["leads"]
    department = {d: i for i, d in enumerate(base.departments)}
    area = {a: i for i, a in enumerate(base.areas)}
    index = {p: i for i, p in enumerate(partners)}
    # A lead for an area that is none leads nothing.
    rows = [r for r in rows if not r["area"] or r["area"] in area]
    return Leads(
        department=_ints([department[r["department"]] for r in rows]),
        partner=_ints([index[r["partner"]] for r in rows]),
        area=_ints([area[r["area"]] if r["area"] else -1 for r in rows]),
        start=_ints([_from(r["start"]) for r in rows]),
        end=_ints([_to(r["end"]) for r in rows]),
    ), row["promised"]


def read_networks(run: Run, base: Base) -> dict[str, Any]:
    """`networks`, `network_areas` and `memberships` of Columns: of all networks."""
    area = {a: i for i, a in enumerate(base.areas)}
    department = {d: i for i, d in enumerate(base.departments)}
    networks = run(
        "MATCH (n:Network) RETURN n.id AS id, [(n)-[:ABOUT]->(a:Area) | a.id] AS areas ORDER BY id"
    )
    index = {r["id"]: i for i, r in enumerate(networks)}
    rows = run(
        "MATCH (x)-[m:MEMBER_OF]->(n:Network) WHERE x:Department OR x:Partner "
        "RETURN m.id AS id, m.recorded_at AS recorded, x:Department AS ours, "
        "CASE WHEN x:Department THEN x.id ELSE x.canonical END AS member, n.id AS network, m.fee_eur AS fee, "
        "m.from AS start, m.to AS end ORDER BY id"
    )
    return {
        "networks": [r["id"] for r in networks],
        "network_areas": Ragged.of([sorted(area[a] for a in r["areas"]) for r in networks]),
        "memberships": Memberships(
            id=[r["id"] for r in rows],
            recorded=_ints([r["recorded"] for r in rows]),
            department=_ints([department[r["member"]] if r["ours"] else -1 for r in rows]),
            member=[r["member"] for r in rows],
            network=_ints([index[r["network"]] for r in rows]),
            fee=_floats([r["fee"] for r in rows]),
            start=_ints([_from(r["start"]) for r in rows]),
            end=_ints([_to(r["end"]) for r in rows]),
        ),
    }
