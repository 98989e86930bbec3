"""Deriving everything in a process of its own, measured: `python -m api.bench.rebuilding` prints its figures as JSON.

The store is the one that KUMPPANI_NEO4J_URI names.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from api.bench.figures import peak, timed
from api.bench.loading import figures_of
from api.cli import common
from graph import Graph, open_graph


@dataclass(frozen=True)
class Rebuilt:
    """Seconds of the first build and of one that finds nothing changed; resident megabytes at most."""

    first: float
    again: float
    peak: float


def measured() -> Rebuilt:
    """Derive everything twice."""
    with open_graph() as graph:
        common.run_steadily()
        first, again = timed(graph.rebuild), timed(graph.rebuild)
    return Rebuilt(first, again, peak())


def in_process(graph: Graph) -> Rebuilt:
    """The figures for the store of this graph."""
    return Rebuilt(**figures_of(graph, "api.bench.rebuilding"))


if __name__ == "__main__":
    print(json.dumps(asdict(measured())))
