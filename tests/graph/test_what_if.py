"""Other thresholds: the counts are those of a graph that was really judged by them, and nothing is stored."""

from __future__ import annotations

import copy

import pytest

from graph import Graph
from graph.errors import BadInput
from graph.rules import RuleSettings
from tests.graph.test_check import setting
from tests.graph.test_settle import city, contact  # noqa: F401 - the fixture


def _judged(graph: Graph, rule: str, name: str, value: int) -> dict[str, int]:
    """How many findings each rule has once the graph is judged by another setting."""
    values = copy.deepcopy(graph.rules.values)
    values[rule][name] = value
    other = Graph(graph.store, graph.viewer, RuleSettings(values), today=graph.day())
    other.rebuild()
    rows = graph.store.read(
        "MATCH (f:Finding) WHERE f.world = 'full' OR f.in_full RETURN f.rule AS rule, count(f) AS n"
    )
    graph.rebuild()
    return {r["rule"]: r["n"] for r in rows}


def test_the_counts_are_those_of_a_graph_judged_so(city: Graph) -> None:
    setting(city)
    for n, day in enumerate(("2026-12-03", "2027-02-27", "2027-05-10", "2026-10-02")):
        contact(city, f"c-w{n}", day, "leisure", purposes=["request"], areas=("climate", "culture"))
    before = city.canonical_dump(ids=True)
    moved = False
    for rule, name, value in (("O1", "days", 5), ("O1", "days", 90), ("O2", "days", 0), ("C5", "days", 0)):
        said = city.what_if(f"{rule}.{name}:{value}")
        assert city.canonical_dump(ids=True) == before
        then = _judged(city, rule, name, value)
        assert {r.rule: r.then for r in said.rules if r.then} == then, (rule, value)
        now = {r.rule: r.now for r in said.rules if r.now}
        assert now == {
            r.rule: r.then for r in city.what_if(f"{rule}.{name}={_now(city, rule, name)}").rules if r.then
        }
        moved |= any(r.now != r.then for r in said.rules)
        for r in said.rules:
            assert sum(m.then for m in said.months if m.rule == r.rule) == r.then
    assert moved


def _now(graph: Graph, rule: str, name: str) -> int:
    return int(graph.rules.values[rule][name])


@pytest.mark.parametrize(
    "text", ["O1.days:-1", "O1.days", "O1.weeks:3", "Z9.days:3", "O1.days:many", "", "O1.on:0"]
)
def test_what_cannot_be_tried_is_said(city: Graph, text: str) -> None:
    with pytest.raises(BadInput, match=r"threshold|whole number"):
        city.what_if(text)
