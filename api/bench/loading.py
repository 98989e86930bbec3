"""One load in a process of its own, measured: `python -m api.bench.loading FILE` prints its figures as JSON.

The store is the one that KUMPPANI_NEO4J_URI names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from api.bench.figures import peak
from api.cli import common
from graph import Graph, open_graph
from graph.errors import StoreUnavailable

TENTH = 10


@dataclass(frozen=True)
class Loaded:
    """Figures of a load.

    Attributes:
        seconds: of the whole; derive: of the derived graph at its end.
        early, late: seconds a row in the second and in the last tenth of the rows (the first one warms up).
        peak: resident megabytes of the loading process at most.
        changed, rows: what became of the file.
    """

    seconds: float
    derive: float
    early: float
    late: float
    peak: float
    changed: int
    rows: int


def measured(file: Path) -> Loaded:
    """Load a file of contacts, watching its progress."""
    from loaders.load import load

    marks: list[tuple[int, float]] = []
    derive = [0.0]

    def progress(done: int, total: int | None, step: str) -> None:
        if step != "derive":
            marks.append((done, time.perf_counter()))
        elif not derive[0]:
            derive[0] = time.perf_counter()

    with open_graph() as graph:
        common.run_steadily()
        start = time.perf_counter()
        report = load(graph, [file], "contacts", progress=progress)
        end = time.perf_counter()
    rows = report.files[0].rows

    def pace(low: float, high: float) -> float:
        inside = [m for m in marks if low * rows <= m[0] <= high * rows]
        if len(inside) < 2 or inside[-1][0] == inside[0][0]:
            return 0.0
        return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])

    return Loaded(
        seconds=end - start,
        derive=end - marks[-1][1] if marks else 0.0,
        early=pace(1 / TENTH, 2 / TENTH),
        late=pace(1 - 1 / TENTH, 1),
        peak=peak(),
        changed=report.files[0].loaded,
        rows=rows,
    )


def environment(graph: Graph) -> dict[str, str]:
    """What lets another process meet the store of this graph."""
    lease = graph._lease
    if lease is None:
        raise StoreUnavailable("The bench runs on a store of its own.")
    server = lease.server
    return os.environ | {
        "KUMPPANI_NEO4J_URI": server.uri,
        "KUMPPANI_NEO4J_USER": server.user,
        "KUMPPANI_NEO4J_PASSWORD": server.password,
        "KUMPPANI_NEO4J_DATABASE": server.database,
    }


def figures_of(graph: Graph, module: str, *arguments: str) -> dict[str, Any]:
    """What a module prints as JSON that measures the store of this graph in a process that does nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment(graph),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreUnavailable(f"{module}, which was to be measured, failed: {done.stderr[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def in_process(graph: Graph, file: Path) -> Loaded:
    """The figures of loading a file into the store of this graph."""
    return Loaded(**figures_of(graph, "api.bench.loading", str(file)))


if __name__ == "__main__":
    print(json.dumps(asdict(measured(Path(sys.argv[1])))))
