"""How long a check takes over HTTP, beside a bare `RETURN 1` and plain Cypher for the contacts around the day."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Sequence
from datetime import timedelta

from api.bench.city import AREAS, DEPARTMENTS
from api.bench.figures import times
from graph import Graph
from graph.names import alias_id

# What somebody would write who wants to see what a contact may overlap with: by traversal, no index on days.
_PLAIN = (
    "MATCH (a:Alias {id: $alias})-[:NAMES]->(p:Partner)<-[:WITH_PARTNER]-(c:Contact) "
    "WHERE c.status <> 'cancelled' AND c.hi >= $day - 60 AND c.lo <= $day + 60 "
    "MATCH (c)-[:MADE_BY]->(d:Department) RETURN c.id AS id, c.lo AS lo, collect(d.id) AS departments"
)


def measured(
    graph: Graph, names: Sequence[str], get: Callable[[str], bytes]
) -> dict[str, tuple[float, float]]:
    """(p50, p99) in ms of check over HTTP, and of what stands beside it."""
    today = graph.day()
    days = [today + timedelta(1 + 7 * k % 90) for k in range(len(names))]

    def asked(k: int) -> str:
        query = {
            "department": f"department-{k * 7 % DEPARTMENTS:02d}",
            "partner": names[k],
            "date": days[k].isoformat(),
            "area": f"area-{k % AREAS}",
            "purpose": "inform",
            "channel": "meeting",
        }
        return "/api/v1/check?" + urllib.parse.urlencode(query)

    return {
        "check": times(lambda k: get(asked(k))),
        "plain": times(
            lambda k: graph.store.read(_PLAIN, alias=alias_id("Partner", names[k]), day=days[k].toordinal())
        ),
    }
