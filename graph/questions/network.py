"""Who talks to whom as a network: for maps, for networkx, for pandas."""

from __future__ import annotations

from datetime import date
from typing import Any

import networkx as nx

from graph.answers import FindingCard, NetworkMap, PairTie
from graph.maps.build import network_map, nx_graph
from graph.questions import findings as finding_list
from graph.questions.asking import Asking
from graph.questions.ties import ties

MOST_HOPS = 3


def pairs(
    asking: Asking,
    *,
    partner: str | None = None,
    hops: int = 1,
    department: str | None = None,
    area: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
) -> list[PairTie]:
    """The pairs of the whole city, of a department, or around a partner.

    Args:
        hops: 1 gives the partner's departments, 2 also the other partners of these, 3 also their departments.
    """
    from graph.questions.partners import canonical_of

    filters: dict[str, Any] = {"area": area, "since": since, "until": until, "limit": None}
    if partner is None:
        return ties(asking, department=department, **filters).ties
    pid = canonical_of(asking, partner)
    own = ties(asking, partner=pid, department=department, **filters).ties
    if hops <= 1:
        return own
    everything = ties(asking, **filters).ties
    departments = {t.department.id for t in own}
    reached = [t for t in everything if t.department.id in departments]
    if hops >= MOST_HOPS:
        partners = {t.partner.id for t in reached}
        reached = [t for t in everything if t.partner.id in partners]
    return reached


def network(asking: Asking, **filters: Any) -> nx.Graph[str]:
    """The pairs as a networkx graph; see `graph.maps.build.nx_graph` for its attributes."""
    return nx_graph(pairs(asking, **filters))


def city_map(asking: Asking, *, limit: int = 200, language: str = "en", **filters: Any) -> NetworkMap:
    """A map with positions, at most `limit` nodes, conflicts marked."""
    from graph.questions.partners import canonical_of

    found = pairs(asking, **filters)
    title = "Helsinki"
    kept: list[FindingCard] = finding_list.findings(asking, limit=None, language=language).findings
    if filters.get("partner"):
        pid = canonical_of(asking, filters["partner"])
        title = next((t.partner.name for t in found if t.partner.id == pid), filters["partner"])
    partners = sorted({t.partner.id for t in found})
    rows = asking.store.read(
        "UNWIND $ids AS id MATCH (p:Partner {id: id}) RETURN id, coalesce(p.kind, 'other') AS kind",
        ids=partners,
    )
    return network_map(
        found, kept, title, kinds={row["id"]: row["kind"] for row in rows}, limit=limit, language=language
    )
