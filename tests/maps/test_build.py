"""From ties to a map: marks, aggregation, and that nothing is counted twice or lost."""

from __future__ import annotations

import random

import pytest

from graph.errors import BadInput
from graph.maps.build import network_map, nx_graph
from graph.maps.drawing import COLOURS, CONFLICT, SHAPES, draw, look
from tests.maps.ties import finding, many, tie


def test_nx_graph_has_only_the_listed_attributes() -> None:
    graph = nx_graph([tie("urban", "p-1", 3, planned=1, areas=["climate"])])
    assert set(graph.nodes["urban"]) == {"kind", "name"}
    assert graph.nodes["p-1"]["kind"] == "partner"
    assert graph.edges["urban", "p-1"] == {
        "held": 3, "planned": 1, "first": "2025-01-01", "last": "2026-01-01", "next": None,
        "areas": ["climate"], "topics": [], "weight": 4,
    }  # fmt: skip


def test_a_department_and_a_partner_of_one_id_are_two_nodes() -> None:
    drawn = network_map([tie("metrex", "metrex")], [], "t", kinds={})
    assert sorted(n.kind for n in drawn.nodes) == ["department", "partner"]
    assert len(drawn.edges) == 1


def test_marks_of_findings() -> None:
    ties = [tie(d, p) for d in ("a", "b", "c") for p in ("p-1", "p-2")]
    found = [
        finding("O1", "p-1", ["a", "b"], severity="high"),
        finding("C4", "p-1", ["b"], severity="block"),
        finding("O1", "p-2", ["a"], status="waived"),
        finding("C1", None, ["a", "b"]),
    ]
    drawn = network_map(ties, found, "t", kinds={})
    marks = {(e.source, e.target): (e.conflict, e.severity) for e in drawn.edges}
    assert marks == {
        ("a", "p-1"): (False, "high"), ("b", "p-1"): (True, "block"), ("c", "p-1"): (False, None),
        ("a", "p-2"): (False, None), ("b", "p-2"): (False, None), ("c", "p-2"): (False, None),
    }  # fmt: skip
    edges = {(e["from"], e["to"]): e for e in draw(drawn).edges}
    assert edges["b", "p-1"]["color"]["color"] == CONFLICT
    assert edges["b", "p-1"]["dashes"]
    assert edges["c", "p-1"]["dashes"] is False


@pytest.mark.parametrize(("partners", "departments", "limit"), [(3000, 8, 200), (900, 400, 200), (30, 5, 10)])
def test_a_large_map_is_drawn_together_and_loses_no_contact(
    partners: int, departments: int, limit: int
) -> None:
    ties = many(partners, departments)
    drawn = network_map(ties, [], "City", kinds={}, limit=limit)
    assert len(drawn.nodes) <= limit
    assert drawn.aggregated is not None
    ids = {n.id for n in drawn.nodes}
    assert all(e.source in ids and e.target in ids for e in drawn.edges)
    assert any(n.kind == "group" for n in drawn.nodes)
    groups = {n.id for n in drawn.nodes if n.kind == "group"}
    shown = ids - groups
    # Every contact of a shown pair stands on that pair's own edge.
    whole = {(t.department.id, t.partner.id): t.held for t in ties}
    for e in drawn.edges:
        if e.source in shown and e.target in shown:
            assert e.held == whole[e.source, e.target]
    inside = sum(t.held for t in ties if t.department.id not in shown and t.partner.id not in shown)
    assert sum(t.held for t in ties) - inside <= sum(e.held for e in drawn.edges) <= sum(t.held for t in ties)


def test_the_order_of_ties_changes_nothing() -> None:
    ties = many(1500)
    shuffled = ties.copy()
    random.Random(5).shuffle(shuffled)
    assert network_map(ties, [], "t", kinds={}) == network_map(shuffled, [], "t", kinds={})


def test_a_small_map_is_not_aggregated() -> None:
    drawn = network_map(many(20), [], "t", kinds={"p00001": "city"})
    assert drawn.aggregated is None
    assert {n.group for n in drawn.nodes if n.kind == "partner"} == {"city", "other"}


@pytest.mark.parametrize("limit", [0, 1, 1001])
def test_limits(limit: int) -> None:
    with pytest.raises(BadInput, match="between 2 and"):
        network_map(many(3), [], "t", kinds={}, limit=limit)


def test_nothing_to_draw() -> None:
    drawn = network_map([], [], "t", kinds={})
    assert drawn.nodes == []
    assert draw(drawn).rows == []


def test_looks_differ() -> None:
    assert [look(i) for i in range(5)] == list(zip(SHAPES, COLOURS, strict=True))
    assert len({look(i) for i in range(25)}) == 25
