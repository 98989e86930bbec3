"""Random loads, edits and deletions: undoing a load brings back what was before it, or changes nothing."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Graph
from graph.facts import Fact
from loaders.load import load
from tests.conftest import wipe

EXAMPLES = int(os.environ.get("KUMPPANI_HISTORIES", "6"))
HEADER = ("Key", "Date", "Departments", "Partners", "Areas", "Summary", "Confidentiality")

# A row of a load: its key, partner, department, day, and whether it is confidential.
row = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2), st.integers(1, 28), st.booleans())
a_load = st.tuples(st.just("load"), st.lists(row, min_size=1, max_size=5, unique_by=lambda r: r[0]))
an_edit = st.tuples(st.sampled_from(["edit", "delete"]), st.integers(0, 20))


def prepare(graph: Graph) -> None:
    wipe(graph)
    facts = [Fact("Department", f"d-{n}", "", {"name": f"Department {n}"}) for n in range(3)]
    graph.write([*facts, Fact("Area", "area", "", {"name": "Area"})], load="", source="city")


def written(path: Path, rows: list[tuple[int, int, int, int, bool]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for key, partner, department, day, hidden in rows:
            level = "confidential" if hidden else "internal"
            said = [f"Department {department}", f"Partner {partner}", "Area", f"said in {path.stem}", level]
            out.writerow([f"k{key}", f"2026-05-{day:02d}", *said])
    return path


def step(graph: Graph, folder: Path, nth: int, what: str, value: Any) -> str:
    """Id of the load, "" for an edit."""
    if what == "load":
        return load(graph, [written(folder / f"{nth}.csv", value)], "contacts").load
    ids = [r["id"] for r in graph.store.read("MATCH (c:Contact) RETURN c.id AS id ORDER BY c.source_key")]
    if ids:
        entry = graph.entry("contacts", ids[value % len(ids)])
        if what == "edit":
            graph.change("contacts", entry.id, {"summary": f"edited {nth}"}, version=entry.version)
        else:
            graph.delete("contacts", entry.id, version=entry.version)
    return ""


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(a_load, a_load, an_edit), min_size=2, max_size=5))
def test_undo_brings_back_what_was_before_or_changes_nothing(
    graph: Graph, tmp_path: Path, steps: list[tuple[str, Any]]
) -> None:
    prepare(graph)
    loads, befores = [], []
    for nth, (what, value) in enumerate(steps):
        befores.append(graph.canonical_dump(ids=True))
        loads.append(step(graph, tmp_path, nth, what, value))
    edited = False
    for id, before in reversed(list(zip(loads, befores, strict=True))):
        if not id:
            edited = edited or before != graph.canonical_dump(ids=True)
            continue
        now = graph.canonical_dump(ids=True)
        answer = graph.undo(id)
        if not answer.done:
            assert edited, "nothing but what a person did stands in the way of the last load"
            assert answer.blockers
            assert graph.canonical_dump(ids=True) == now
            break
        undone = graph.canonical_dump(ids=True).splitlines()
        if not edited:
            assert undone == before.splitlines()
        graph.rebuild()
        assert graph.canonical_dump(ids=True).splitlines() == undone
