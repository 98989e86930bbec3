"""Chains of departments over time, and independence of pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graph.rules.chains import Chains, Independence
from graph.rules.columns import FOREVER, Tree
from tests.rules.table import DEPARTMENTS, C, Table, columns, day


def in_one_chain(text: str) -> set[tuple[str, str]]:
    chains = Chains(columns(Table()).tree)
    (epoch,) = chains.epoch(np.array([day(text)])).tolist()
    return {(DEPARTMENTS[a], DEPARTMENTS[b]) for a, b in np.argwhere(chains.matrix(epoch)).tolist() if a < b}


def test_chains_follow_the_tree_of_the_day() -> None:
    always = {("kymp", "liike"), ("kasko", "opetus")}
    assert in_one_chain("2024-12-31") == always | {("kymp", "maka")}
    assert in_one_chain("2025-01-01") == always | {("kasko", "maka")}


def test_the_city_is_in_a_chain_with_itself_only() -> None:
    chains = Chains(columns(Table()).tree)
    city = DEPARTMENTS.index("city")
    assert np.nonzero(chains.matrix(0)[city])[0].tolist() == [city]
    assert chains.beneath(0)[:, city].sum() == len(DEPARTMENTS) - 1  # yet all lie beneath it


def test_a_chain_has_any_depth_and_a_ring_ends() -> None:
    deep = Tree(5, [(k + 1, k, -FOREVER, FOREVER) for k in range(4)], np.zeros(5, dtype=np.bool_))
    assert Chains(deep).matrix(0).all()
    ring = Tree(3, [(0, 1, -FOREVER, FOREVER), (1, 0, -FOREVER, FOREVER)], np.zeros(3, dtype=np.bool_))
    assert Chains(ring).matrix(0).tolist() == [[True, True, False], [True, True, False], [False, False, True]]


def test_more_departments_than_a_word_has_bits() -> None:
    # 200 divisions of 2 units each under one city: only a division and its own units are in one chain.
    n = 601
    parts = [(d, 0, -FOREVER, FOREVER) for d in range(1, 201)]
    parts += [(201 + u, 1 + u // 2, -FOREVER, FOREVER) for u in range(400)]
    city = np.zeros(n, dtype=np.bool_)
    city[0] = True
    rows = [C(f"c{k}", "2026-03-01", "kymp") for k in range(n)]
    contacts = replace(
        columns(Table(contacts=rows)).contacts,
        departments=replace(columns(Table(contacts=rows)).contacts.departments, values=np.arange(n)),
    )
    apart = Independence(contacts, Chains(Tree(n, parts, city)))
    a, b = (x.ravel() for x in np.meshgrid(np.arange(n), np.arange(n)))
    together = {
        (int(i), int(j)) for i, j in zip(a, b, strict=True) if i < j and not apart(a[:0], b[:0]).any()
    }
    assert len(together) == n * (n - 1) // 2  # every pair is asked about
    chained = ~apart(a, b)
    pairs = {(int(i), int(j)) for i, j in zip(a[chained], b[chained], strict=True) if i < j}
    assert pairs == {(1 + u // 2, 201 + u) for u in range(400)}


def test_twins_are_those_with_the_same_departments_roles_stretch_and_joint_key() -> None:
    rows = [
        C("a", "2026-03-01", "kymp"),
        C("b", "2026-09-01", "kymp"),
        C("c", "2026-03-01", "kymp sote"),
        C("d", "2026-03-01", "sote", also="kymp"),
        C("e", "2024-03-01", "kymp"),
        C("f", "2026-03-01", "kymp", joint="j"),
        C("g", "2026-03-01", "sote kymp"),
    ]
    table = columns(Table(contacts=rows))
    klass = Independence(table.contacts, Chains(table.tree)).klass.tolist()
    assert klass[0] == klass[1]
    assert klass[2] == klass[6]
    assert len({klass[k] for k in (0, 2, 3, 4, 5)}) == 5


def test_beneath_is_what_a_plain_walk_finds() -> None:
    walked = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        size = int(rng.integers(1, 12))
        parts = [
            (
                int(rng.integers(0, size)),
                int(rng.integers(0, size)),
                int(rng.choice([-FOREVER, 5, 10])),
                int(rng.choice([FOREVER, 7, 20])),
            )
            for _ in range(int(rng.integers(0, 20)))
        ]
        chains = Chains(Tree(size, parts, np.zeros(size, dtype=np.bool_)))
        for today in (0, 5, 8, 15, 30):
            under = chains.beneath(int(chains.epoch(np.array([today]))[0]))
            for department in range(size):
                above: set[int] = set()
                todo = [department]
                while todo:
                    here = todo.pop()
                    for child, parent, start, end in parts:
                        if child == here and start <= today <= end and parent not in above:
                            above.add(parent)
                            todo.append(parent)
                assert set(np.nonzero(under[department])[0].tolist()) == above
                walked += len(above)
    assert walked > 1000
