"""Indexes made before a load against after it: `python -m api.bench.indexes [contacts]` prints both.

Those without which a load finds nothing (constraints, `canonical`, scopes) stand in either case.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from api.bench.city import City, city, prepare, write_csv
from api.bench.figures import timed
from api.bench.loading import in_process
from api.bench.run import wipe
from graph import Graph, open_graph, schema
from graph.local import stop
from graph.settings import Settings

CONTACTS = 50_000
ROUNDS = 2
_NEEDED = ("canonical", "scope_stale")


def measured(graph: Graph, made: City, file: Path) -> tuple[float, float]:
    """(seconds with every index from the start, seconds with those that can wait made afterwards)."""
    wipe(graph)
    prepare(graph, made)
    first = timed(lambda: in_process(graph, file))
    wipe(graph)
    statements = [
        s for s in schema.ddl() if " INDEX " in s and not any(name in s.split()[2] for name in _NEEDED)
    ]
    for statement in statements:
        # CREATE INDEX name, or CREATE FULLTEXT INDEX name.
        graph.store.admin(f"DROP INDEX {statement.partition(' INDEX ')[2].split()[0]}")
    prepare(graph, made)

    def load() -> None:
        in_process(graph, file)
        for statement in statements:
            graph.store.admin(statement)
        graph.store.admin("CALL db.awaitIndexes(600)")

    return first, timed(load)


def main(contacts: int) -> None:
    """Print the medians of some rounds, after one that does not count."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="kumppani-indexes-") as folder:
        settings = Settings(data=Path(folder), neo4j_uri="", store_idle_minutes=1)
        with open_graph(settings=settings) as graph:
            made = city(contacts)
            file = write_csv(made, Path(folder) / "contacts.csv")
            rounds = [measured(graph, made, file) for _ in range(1 + ROUNDS)][1:]
        stop(settings)
    before, after = (statistics.median(x) for x in zip(*rounds, strict=True))
    console.print(
        f"{contacts:,} contacts loaded, derived graph included: indexes made first {before:.1f} s, made last "
        f"{after:.1f} s ({after / before:.2f} times)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CONTACTS)
