"""How fast the rules are: all of them over a city in the store, O1 beside plain Cypher, one changed contact."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

from api.bench import rebuilding
from api.bench.figures import Line, timed
from graph import Graph, derive
from graph.derive import evaluate
from graph.derive.base import read_base
from graph.derive.read import PartnerFacts, columns, read_contacts
from graph.derive.refresh import chunks, side_by_side
from graph.facts import Fact, Link
from graph.rules import evaluate as evaluate_rules
from graph.rules import load_rules
from graph.scopes import PARTNER, scope_id

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
FIRST_BUILD = "all rules, first build"
CHANGES = 15
ROUNDS = 3  # times that what takes about a second is timed
MANY = 500  # contacts of a partner in one area
MOST_PAIRS = 300_000  # contacts up to which others are asked for all pairs: these grow with the square
_LOOKED_AT = ("id", "recorded", "lo", "hi", "precision", "status", "joint")  # by O1


def lines(graph: Graph, file: Path) -> list[Line]:
    """Figures over the city that is in the graph; `file` holds its contacts as CSV."""

    def forget() -> None:
        for what in ("(n:Finding)", "()-[n:TALKS_TO]->()"):
            while graph.store.admin(
                f"MATCH {what} WITH n LIMIT 10000 {'DETACH ' if 'Finding' in what else ''}DELETE n "
                "RETURN count(*) AS n"
            )[0]["n"]:
                pass

    forget()
    built = rebuilding.in_process(graph)
    count, shared = graph.store.read(
        "MATCH (f:Finding) RETURN [count(f), sum(CASE WHEN f.rule = 'O1' THEN f.contacts ELSE 0 END)] AS n"
    )[0]["n"]
    contacts = graph.store.read("MATCH (c:Contact) RETURN count(c) AS n")[0]["n"]
    out = [
        Line(
            f"{FIRST_BUILD} ({count:,} findings)",
            f"{built.first:.1f} s",
            f"{shared / max(contacts, 1):.1%} of the contacts overlap",
            built.first,
            10.0,
            "s",
        ),
        Line("all rules, nothing changed", f"{built.again:.1f} s", "", built.again, 5.0, "s"),
        Line(
            "all rules, memory of the process at most", f"{built.peak:.0f} MB", "", built.peak, 2000.0, "MB"
        ),
    ]
    out += _beside(graph, file) if contacts <= MOST_PAIRS else []
    ordinary, busiest = _partners(graph)
    for name, partner, aim in (("an ordinary partner", ordinary, 0.1), ("the busiest partner", busiest, 0.5)):
        took = statistics.median(_changed(graph, partner))
        out.append(
            Line(f"one changed contact of {name} to findings", f"{1000 * took:.0f} ms", "", took, aim, "s")
        )
    return out


def _beside(graph: Graph, file: Path) -> list[Line]:
    """O1 alone beside what else finds pairs of contacts."""
    days = load_rules().number("O1", "days")
    pairs = timed(lambda: graph.store.read(PAIRS, days=days))
    joined = timed(lambda: pandas_pairs(file, days))
    o1, buckets = _in_turn(lambda: overlaps(graph), lambda: graph.store.read(BUCKETS, days=days))
    return [
        Line("O1, read and computed", f"{o1:.2f} s", f"{beside} {took:.1f} s", took / o1, aim, least=True)
        for beside, took, aim in (
            ("Cypher, all pairs", pairs, 10.0),
            ("Cypher, day buckets", buckets, 2.0),
            ("pandas self-join of the file", joined, None),
        )
    ]


def _in_turn(*works: Callable[[], object]) -> list[float]:
    """The median time of each, after one round that does not count."""
    rounds = [[timed(work) for work in works] for _ in range(1 + ROUNDS)]
    return [statistics.median(took) for took in zip(*rounds[1:], strict=True)]


def pandas_pairs(file: Path, days: int) -> int:
    """How many pairs of contacts overlap by a self-join over partner and area of a file of one-day contacts."""
    import pandas as pd

    frame = pd.read_csv(file, usecols=["Date", "Partners", "Areas", "Departments"])
    frame["Date"] = (pd.to_datetime(frame["Date"]) - pd.Timestamp(0)).dt.days
    for name in ("Partners", "Areas", "Departments"):
        frame[name] = pd.factorize(frame[name])[0]
    frame["nr"] = range(len(frame))
    keys = ["Partners", "Areas"]
    sizes = frame.groupby(keys)["nr"].transform("size")
    found = 0
    # Those of a busy partner by themselves: all pairs at once would not fit into memory.
    for part in (frame[sizes <= MANY], *(own for _, own in frame[sizes > MANY].groupby(keys))):
        both = part.merge(part, on=keys)
        near = (both["Date_x"] - both["Date_y"]).abs() <= days
        found += int(
            (near & (both["nr_x"] < both["nr_y"]) & (both["Departments_x"] != both["Departments_y"])).sum()
        )
    return found


def overlaps(graph: Graph) -> int:
    """O1 over all contacts, from the store: how many findings."""
    run = graph.store.read
    kinds: dict[str, str] = dict(
        run(
            "MATCH (p:Partner) WHERE p.canonical = p.id RETURN collect([p.id, coalesce(p.kind, '')]) AS kinds"
        )[0]["kinds"]
    )
    base = read_base(run)

    def found(chunk: list[str]) -> int:
        ids = [scope.partition(":")[2] for scope in chunk]
        raw = read_contacts(run, ids, only=_LOOKED_AT)
        partners = [PartnerFacts(id, kinds[id]) for id in ids]
        table = columns("open", base, raw, range(len(raw.id)), evaluate.known_partners(partners, raw))
        return sum(1 for _ in evaluate_rules(table, graph.rules, only=["O1"]))

    parts = chunks(graph.store, [scope_id(PARTNER, id) for id in sorted(kinds)])
    return sum(n for _, n in side_by_side(parts, found))


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

        took.append(timed(change))
    return took
