"""Positions: the same graph gives the same map, nothing on top of another, old nodes stay."""

from __future__ import annotations

import math
import random
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.maps.layout import SPACING, STRETCH, communities, positions


def city(partners: int, departments: int = 8, seed: int = 1) -> nx.Graph[Any]:
    chance = random.Random(seed)
    graph: nx.Graph[Any] = nx.Graph()
    for p in range(partners):
        for d in chance.sample(range(departments), chance.randint(1, 3)):
            graph.add_edge(f"d{d}", f"p{p:04}", weight=chance.randint(1, 40))
    return graph


def shuffled(graph: nx.Graph[Any], seed: int) -> nx.Graph[Any]:
    chance = random.Random(seed)
    nodes = list(graph.nodes)
    edges = [(b, a, d) if chance.random() < 0.5 else (a, b, d) for a, b, d in graph.edges(data=True)]
    chance.shuffle(nodes)
    chance.shuffle(edges)
    out: nx.Graph[Any] = nx.Graph()
    out.add_nodes_from(nodes)
    out.add_edges_from(edges)
    return out


@given(st.integers(1, 60), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_adding_changes_nothing(partners: int, seed: int) -> None:
    graph = city(partners, seed=seed)
    assert positions(graph) == positions(shuffled(graph, seed))


@pytest.mark.parametrize("partners", [1, 3, 60, 190])
def test_nodes_stand_apart(partners: int) -> None:
    at = list(positions(city(partners)).values())
    closest = min(
        (math.hypot((ax - bx) / STRETCH, ay - by) for i, (ax, ay) in enumerate(at) for bx, by in at[:i])
    )
    assert closest > SPACING * 0.6


def test_a_thousand_nodes_are_placed() -> None:
    at = positions(city(992))
    assert len(at) == 1000
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in at.values())
    assert len(set(at.values())) == 1000


def test_pinned_nodes_stay_and_new_ones_come_beside_their_neighbours() -> None:
    before = city(40)
    old = positions(before)
    after = before.copy()
    after.add_edge("d1", "p-new", weight=1)
    now = positions(after, pinned=old)
    assert {n: now[n] for n in old} == old
    x, y = now["p-new"]
    dx, dy = old["d1"]
    assert math.hypot((x - dx) / STRETCH, y - dy) < 6 * SPACING
    assert all(math.hypot((x - ox) / STRETCH, y - oy) > SPACING * 0.9 for ox, oy in old.values())


def test_empty_and_lonely() -> None:
    assert positions(nx.Graph()) == {}
    lonely: nx.Graph[Any] = nx.Graph()
    lonely.add_node("p")
    assert positions(lonely) == {"p": (0.0, 0.0)}


def test_communities_are_every_node_once() -> None:
    graph = city(30)
    found = communities(graph)
    assert sorted(n for part in found for n in part) == sorted(graph)
    assert [len(p) for p in found] == sorted((len(p) for p in found), reverse=True)
