"""The canonical dump says the same of graphs that say the same, whatever ids were drawn."""

from __future__ import annotations

import pytest

from graph import Graph
from graph.facts import Fact, Link
from tests.conftest import wipe

EMPLOYERS = ("p-a", "p-b", "p-c")


@pytest.mark.parametrize("way", [1, -1])
def test_persons_of_one_name_are_told_apart_by_what_they_are_tied_to(graph: Graph, way: int) -> None:
    def dump(ids: list[str]) -> list[str]:
        wipe(graph)
        facts = [Fact("Partner", p, "", {"name": p}) for p in EMPLOYERS]
        for id, employer in zip(ids, EMPLOYERS, strict=True):
            works = Link("WORKS_FOR", employer, label="Partner")
            facts.append(Fact("Person", id, "", {"name": "Ada", "known_from": "record"}, (works,)))
        facts.append(
            Fact("Contact", "c-1", "k:1", {"date": "2026-01-05"}, (
                Link("MADE_BY", "d"), Link("WITH_PARTNER", "p-b"), Link("WITH_PERSON", ids[1]),
            ))
        )  # fmt: skip
        department = Fact("Department", "d", "", {"name": "D", "level": "unit"})
        assert {w.outcome for w in graph.write([department, *facts], load="", source="k")} == {"loaded"}
        return graph.canonical_dump().splitlines()

    ids = ["h-1", "h-2", "h-3"]
    assert dump(ids) == dump(["h-3", "h-1", "h-2"][::way])
    assert sum('"Ada"' in line for line in dump(ids)) == 3
