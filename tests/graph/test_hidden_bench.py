"""The measurement of hidden contacts measures: the reader sees none of them, and gets a line for each question."""

from __future__ import annotations

from api.bench.hidden import READER, hidden, table
from graph import Graph
from graph.facts import Fact
from tests.conftest import TODAY
from tests.graph.test_settle import city  # noqa: F401 - the fixture


def test_a_line_for_each_question(city: Graph) -> None:
    city.write([Fact("Partner", "p-other", "", {"name": "Other"})], load="l-1", source="test")
    reader = city.as_viewer(READER)
    before = reader.contacts(partner="p-tallinn")
    lines = hidden(
        city,
        partner="p-tallinn",
        other="p-other",
        department="leisure",
        area="climate",
        day=TODAY,
        contacts=20,
        asked=2,
    )
    assert reader.contacts(partner="p-tallinn") == before
    assert len(city.contacts(partner="p-tallinn").contacts) == len(before.contacts) + 20
    assert all(line.before > 0 and line.after > 0 for line in lines)
    assert len(table(lines)) == len(lines) + 1
