"""Deriving everything in a process of its own, measured: `python -m api.bench.rebuilding` prints its figures as JSON.

The store is the one that KUMPPANI_NEO4J_URI names.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

from api.bench.figures import peak, timed
from api.bench.loading import environment
from api.cli import common
from graph import Graph, open_graph
from graph.errors import StoreUnavailable


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
    """The figures for the store of this graph, in a process that does nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "api.bench.rebuilding"],
        env=environment(graph),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreUnavailable(f"The rebuild that was to be measured failed: {done.stderr[-500:]}")
    return Rebuilt(**json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    print(json.dumps(asdict(measured())))
