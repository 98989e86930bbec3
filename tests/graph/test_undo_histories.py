"""Random loads and edits: undoing a load leaves what would be there had it never been loaded."""

from __future__ import annotations

import csv
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Graph
from graph.facts import Fact
from loaders.load import load
from tests.conftest import wipe

EXAMPLES = int(os.environ.get("KUMPPANI_HISTORIES", "8"))
HEADER = ("Key", "Date", "Departments", "Partners", "Areas", "Summary", "Confidentiality")

# A load: keys it speaks of, each with its partner and what it says of it.
row = st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 2), st.integers(1, 28), st.booleans())
one_load = st.lists(row, min_size=1, max_size=6, unique_by=lambda r: r[0])


def prepare(graph: Graph) -> None:
    wipe(graph)
    facts = [Fact("Department", f"d-{n}", "", {"name": f"Department {n}"}) for n in range(3)]
    graph.write([*facts, Fact("Area", "area", "", {"name": "Area"})], load="", source="city")


def write(path: Path, rows: list[tuple[int, int, int, int, bool]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for key, partner, department, day, hidden in rows:
            level = "confidential" if hidden else "internal"
            out.writerow(
                [f"k{key}", f"2026-05-{day:02d}", f"Department {department}", f"Partner {partner}", "Area",
                 f"said in {path.stem}", level]
            )  # fmt: skip
    return path


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(loads=st.lists(one_load, min_size=2, max_size=4), seed=st.integers(0, 2**16))
def test_undone_is_as_never_loaded(
    graph: Graph, tmp_path: Path, loads: list[list[tuple[int, int, int, int, bool]]], seed: int
) -> None:
    rng = random.Random(seed)
    prepare(graph)
    nth = rng.randrange(len(loads))
    dumps, ids = [graph.canonical_dump(ids=True)], []
    for n, rows in enumerate(loads):
        ids.append(load(graph, [write(tmp_path / f"{n}.csv", rows)], "contacts").load)
        dumps.append(graph.canonical_dump(ids=True))
    whole = dumps[-1]
    answer = graph.undo(ids[nth])
    if not answer.done:
        # Later loads changed its records: they are named, and nothing is changed.
        assert {b.load for b in answer.blockers} <= set(ids[nth + 1 :])
        assert graph.canonical_dump(ids=True) == whole
    else:
        undone = graph.canonical_dump()
        graph.rebuild()
        assert graph.canonical_dump() == undone
        prepare(graph)
        for n in (n for n in range(len(loads)) if n != nth):
            load(graph, [tmp_path / f"{n}.csv"], "contacts")
        assert undone.splitlines() == graph.canonical_dump().splitlines()
        return
    # From the last one back, nothing stands in the way, and each step is the one before it.
    for n in reversed(range(len(loads))):
        last = graph.undo(ids[n])
        assert last.done, last.blockers
        assert graph.canonical_dump(ids=True).splitlines() == dumps[n].splitlines()
