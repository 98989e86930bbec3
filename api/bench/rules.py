"""How fast the rules are: all of them over a city in the store, O1 beside plain Cypher, one changed contact."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from graph import Graph, derive
from graph.derive import evaluate
from graph.derive.positions import read_partners
from graph.derive.read import columns, read_base, read_contacts
from graph.derive.refresh import chunks
from graph.facts import Fact, Link
from graph.rules import evaluate as evaluate_rules
from graph.rules import load_rules
from graph.scopes import PARTNER, scope_id

if TYPE_CHECKING:
    from api.bench.run import Line

# The straightforward query: every two contacts of one partner about one area, by two departments, near in days.
PAIRS = """
MATCH (p:Partner)<-[:WITH_PARTNER]-(a:Contact)-[:ABOUT]->(x:Area)<-[:ABOUT]-(b:Contact)-[:WITH_PARTNER]->(p)
WHERE a.id < b.id AND a.lo - b.hi <= $days AND b.lo - a.hi <= $days
MATCH (a)-[:MADE_BY]->(d:Department), (b)-[:MADE_BY]->(e:Department) WHERE d <> e
RETURN count(*) AS pairs
"""
# The best we know in Cypher: pairs within buckets of days and the bucket after.
BUCKETS = """
MATCH (p:Partner)<-[:WITH_PARTNER]-(c:Contact)-[:ABOUT]->(x:Area), (c)-[:MADE_BY]->(d:Department)
WITH p, x, c.lo / ($days + 1) AS bucket, collect([c.lo, c.hi, d.id, c.id]) AS here
WITH p, x, collect([bucket, here]) AS buckets
UNWIND buckets AS one UNWIND buckets AS other
WITH one, other WHERE other[0] = one[0] OR other[0] = one[0] + 1
UNWIND one[1] AS a UNWIND other[1] AS b
WITH a, b, one, other WHERE a[2] <> b[2] AND (other[0] > one[0] OR a[3] < b[3])
AND a[0] - b[1] <= $days AND b[0] - a[1] <= $days
RETURN count(*) AS pairs
"""
CHANGES = 15


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def lines(graph: Graph) -> list[Line]:
    """Figures over the city that is in the graph."""
    from api.bench.run import Line

    def forget() -> None:
        for what in ("(n:Finding)", "()-[n:TALKS_TO]->()"):
            while graph.store.admin(
                f"MATCH {what} WITH n LIMIT 10000 {'DETACH ' if 'Finding' in what else ''}DELETE n "
                "RETURN count(*) AS n"
            )[0]["n"]:
                pass

    forget()
    first = _timed(graph.rebuild)
    again = _timed(graph.rebuild)
    count, shared = graph.store.read(
        "MATCH (f:Finding) RETURN [count(f), sum(CASE WHEN f.rule = 'O1' THEN f.contacts ELSE 0 END)] AS n"
    )[0]["n"]
    contacts = graph.store.read("MATCH (c:Contact) RETURN count(c) AS n")[0]["n"]
    out = [
        Line(
            f"all rules, first build ({count:,} findings)",
            f"{first:.1f} s",
            f"{shared / max(contacts, 1):.1%} of the contacts overlap",
            first,
            10.0,
            "s",
        ),
        Line("all rules, nothing changed", f"{again:.1f} s", "aim 5 s", again, 5.0, "s"),
    ]
    o1 = _timed(lambda: overlaps(graph))
    days = load_rules().number("O1", "days")
    pairs = _timed(lambda: graph.store.read(PAIRS, days=days))
    buckets = _timed(lambda: graph.store.read(BUCKETS, days=days))
    out += [
        Line(
            "O1, read and computed",
            f"{o1:.2f} s",
            f"Cypher, all pairs {pairs:.1f} s",
            pairs / o1,
            10.0,
            least=True,
        ),
        Line(
            "O1, read and computed",
            f"{o1:.2f} s",
            f"Cypher, day buckets {buckets:.1f} s",
            buckets / o1,
            2.0,
            least=True,
        ),
    ]
    ordinary, busiest = _partners(graph)
    for name, partner, aim in (("an ordinary partner", ordinary, 0.1), ("the busiest partner", busiest, 0.5)):
        took = statistics.median(_changed(graph, partner))
        out.append(
            Line(f"one changed contact of {name} to findings", f"{1000 * took:.0f} ms", "", took, aim, "s")
        )
    return out


def overlaps(graph: Graph) -> int:
    """O1 over all contacts, from the store: how many findings."""
    run = graph.store.read
    everyone = run(
        "MATCH (p:Partner) WHERE p.canonical = p.id WITH p.id AS id ORDER BY id RETURN collect(id) AS ids"
    )
    base, found = read_base(run), 0
    for chunk in chunks(graph.store, [scope_id(PARTNER, id) for id in everyone[0]["ids"]]):
        ids = [scope.partition(":")[2] for scope in chunk]
        raw = read_contacts(run, ids)
        partners, _ = read_partners(run, ids)
        table = columns("open", base, raw, range(len(raw.id)), evaluate.known_partners(partners, raw))
        found += sum(1 for _ in evaluate_rules(table, graph.rules, only=["O1"]))
    return found


def _partners(graph: Graph) -> tuple[str, str]:
    """(a partner in the middle by number of contacts, the one with most)."""
    rows = graph.store.read(
        "MATCH (p:Partner)<-[:WITH_PARTNER]-(c:Contact) RETURN p.id AS id, count(c) AS n ORDER BY n, id"
    )
    return rows[len(rows) // 2]["id"], rows[-1]["id"]


def _changed(graph: Graph, partner: str) -> list[float]:
    """Seconds from a contact's change to refreshed findings, some times."""
    rows = graph.store.read("MATCH (d:Department {level: 'unit'}) RETURN d.id AS id ORDER BY id LIMIT 1")
    area = graph.store.read("MATCH (a:Area) RETURN a.id AS id ORDER BY id LIMIT 1")[0]["id"]
    took = []
    for n in range(CHANGES):
        fact = Fact(
            "Contact",
            "bench-changed",
            "bench:changed",
            {"date": f"2026-03-{n + 1:02d}", "status": "held"},
            (
                Link("MADE_BY", rows[0]["id"], {"role": "leads"}),
                Link("WITH_PARTNER", partner),
                Link("ABOUT", area, label="Area"),
            ),
        )

        def change(fact: Fact = fact) -> None:
            graph.write([fact], load="", source="bench")
            derive.refresh(graph.store, graph.rules)

        took.append(_timed(change))
    return took
