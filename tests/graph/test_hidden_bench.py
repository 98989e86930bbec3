"""The measurement of hidden contacts measures: the reader sees none of them, and gets a line for each question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.bench.hidden import READER, hidden, table
from graph import Graph
from graph.facts import Fact, Link
from graph.questions.check import Question
from graph.store import Row, Store, _row, _sent
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


def test_many_hidden_contacts_are_looked_at_no_more_than_one(
    city: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the store touches for an answer is counted, which no clock blurs."""
    reader = city.as_viewer(READER).on(TODAY)
    question = Question(
        departments=("leisure",),
        partner="p-tallinn",
        date=(TODAY + timedelta(20)).isoformat(),
        areas=("climate",),
        purposes=("inform",),
        channel="meeting",
    )
    asked = {
        "check": lambda: reader.check(question),
        "who": lambda: reader.who_talks_to("p-tallinn"),
        "page": lambda: reader.partner("p-tallinn"),
        "findings": lambda: reader.findings(partner="p-tallinn"),
        "contacts": lambda: reader.contacts(partner="p-tallinn"),
    }

    def hide(first: int, last: int) -> None:
        links = (
            Link("MADE_BY", "leisure"),
            Link("WITH_PARTNER", "p-tallinn"),
            Link("ABOUT", "climate", label="Area"),
        )
        secret = {"date": TODAY.isoformat(), "status": "held", "confidentiality": "confidential"}
        facts = [Fact("Contact", f"c-hidden-{n}", "", secret, links) for n in range(first, last)]
        city.write(facts, load="l-2", source="test")
        city.refresh()

    hide(0, 1)
    hits = _hits(asked, monkeypatch)
    hits = _hits(asked, monkeypatch)
    hide(1, 200)
    many = _hits(asked, monkeypatch)
    assert {what: n for what, n in many.items() if n > hits[what]} == {}
    assert min(many.values()) > 0


def _hits(asked: dict[str, Callable[[], object]], monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Accesses to the database for each question, by PROFILE."""
    seen: list[int] = []

    def of(plan: dict[str, Any]) -> int:
        return int(plan["dbHits"]) + sum(of(child) for child in plan.get("children", ()))

    def profiled(self: Store, query: str, parameters: dict[str, Any], access: str) -> list[Row]:
        with self._driver.session(database=self.database, default_access_mode=access) as session:
            result = session.run(*_sent(f"PROFILE {query}", parameters))
            rows = [_row(record) for record in result]
            seen.append(of(result.consume().profile or {"dbHits": 0}))
            return rows

    out = {}
    with monkeypatch.context() as patch:
        patch.setattr(Store, "_alone", profiled)
        for what, ask in asked.items():
            seen.clear()
            ask()
            out[what] = sum(seen)
    return out
