"""Whole public data sets: every row accounted for, and a second load changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import Graph
from loaders.load import load


@pytest.mark.public_data
@pytest.mark.slow
def test_eu_mep_meetings_load_whole_and_twice(graph: Graph, public_data: Path) -> None:
    file = public_data / "eu-mep-meetings" / "mepmeetings.csv"
    first = load(graph, [file], "eu-mep-meetings").files[0]
    assert first.rows == 23_050
    assert first.loaded + first.unchanged + first.repeated + first.quarantined == first.rows
    assert first.unchanged == 0
    assert first.loaded > 22_900
    assert graph.store.read("MATCH (c:Contact) RETURN count(c) AS n") == [{"n": first.loaded}]
    before = graph.canonical_dump(ids=True)
    second = load(graph, [file], "eu-mep-meetings").files[0]
    assert (second.loaded, second.unchanged) == (0, first.loaded)
    assert (second.repeated, second.quarantined) == (first.repeated, first.quarantined)
    assert graph.canonical_dump(ids=True) == before
