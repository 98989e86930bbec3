"""The sweep against a plain look at every pair, on random members with any relation of independence."""

from __future__ import annotations

import numpy as np
import pytest

from graph.rules import evaluate, load_rules, sweep
from graph.rules.links import Apart, Members, united
from graph.rules.nearest import FAR, closest, latest_of, newest
from graph.rules.sweep import components, linked
from tests.rules.table import C, Table, columns


def random_members(seed: int) -> tuple[Members, Apart]:
    """Up to 60 members; classes are independent of each other, or of themselves, at random."""
    rng = np.random.default_rng(seed)
    n, kinds = int(rng.integers(2, 60)), int(rng.integers(1, 8))
    group, klass = rng.integers(0, 3, n), rng.integers(0, kinds, n)
    start = rng.integers(0, int(rng.choice([5, 30, 200])), n)
    reach = start + int(rng.choice([0, 3, 10])) + rng.integers(0, int(rng.choice([1, 20, 80])), n)
    short = rng.random(n) < float(rng.choice([0, 0.3]))
    reach = np.where(short, start - rng.integers(1, 6, n), reach)
    order = np.lexsort((np.arange(n), klass, start, group))
    members = Members(group[order], np.arange(n), klass[order], start[order], reach[order])
    table = rng.random((kinds, kinds)) < float(rng.choice([0.2, 0.5, 0.9]))
    table = table | table.T
    return members, lambda a, b: table[members.klass[a], members.klass[b]]


def every_link(m: Members, apart: Apart) -> list[tuple[int, int]]:
    n = len(m)
    return [
        (i, j)
        for i in range(n)
        for j in range(i + 1, n)
        if m.group[i] == m.group[j]
        and m.start[i] <= m.reach[j]
        and m.start[j] <= m.reach[i]
        and bool(apart(m.row[[i]], m.row[[j]])[0])
    ]


def plain_components(n: int, links: list[tuple[int, int]]) -> list[int]:
    label = list(range(n))
    for _ in range(n):
        for i, j in links:
            label[i] = label[j] = min(label[i], label[j])
    return label


@pytest.mark.parametrize("jumps", [0, 1, 12])
def test_components_are_those_of_all_pairs(jumps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without jumps everything falls to the second step, with many the first does nearly all.
    monkeypatch.setattr(sweep, "JUMPS", jumps)
    joined = 0
    for seed in range(400):
        members, apart = random_members(seed)
        links = every_link(members, apart)
        label = components(members, apart)
        assert label.tolist() == plain_components(len(members), links), f"seed {seed}"
        assert linked(label).tolist() == [any(k in x for x in links) for k in range(len(members))], (
            f"seed {seed}"
        )
        joined += len(links)
    assert joined > 10_000


def test_united_joins_long_chains() -> None:
    n = 1000
    order = np.random.default_rng(1).permutation(n)
    label = united(np.arange(n), order[:-1], order[1:])
    assert (label == 0).all()


def test_pairs_and_latest_days_are_those_of_all_pairs() -> None:
    looked = 0
    for seed in range(400):
        members, apart = random_members(seed)
        if (members.reach < members.start).any():
            continue
        hi = members.start + np.minimum(members.reach - members.start, 4)
        label = components(members, apart)
        at = np.nonzero(linked(label))[0]
        if not len(at):
            continue
        _, number = np.unique(label[at], return_inverse=True)
        own = members.take(at).regrouped(number)
        order = np.argsort(number, kind="stable")
        hi = hi[at][order]
        links = every_link(own, apart)
        age = [(int(hi[k]), int(own.start[k]), int(own.row[k])) for k in range(len(own))]
        count = int(number.max()) + 1
        late = newest(own, own.start, hi, np.arange(len(members)), apart)
        close = closest(own, hi, np.arange(len(own)), count, apart)
        some = np.nonzero(np.arange(len(own)) % 3 == 0)[0]
        latest = latest_of(own, hi, some, count, -1, apart)
        for e in range(count):
            mine = [x for x in links if own.group[x[0]] == e]
            gaps = {x: max(0, int(own.start[x[1]] - hi[x[0]])) for x in mine}
            top = max(mine, key=lambda x: sorted((age[x[0]], age[x[1]]), reverse=True))
            assert {int(late.a[e]), int(late.b[e])} == set(top), f"seed {seed}"
            assert close.gap[e] == min(gaps.values()) < FAR, f"seed {seed}"
            assert gaps[int(close.a[e]), int(close.b[e])] == close.gap[e], f"seed {seed}"
            days = [max(int(hi[i]), int(hi[j])) for i, j in mine if i % 3 == 0 or j % 3 == 0]
            assert latest[e] == max(days, default=-1), f"seed {seed}"
            looked += 1
    assert looked > 300


def test_a_standing_overlap_of_many_is_one_finding_in_little_memory() -> None:
    # 3,000 contacts on 30 days have over 4 million pairs; were they listed, this would take a gigabyte.
    by = ("kymp", "sote", "liike", "maka", "opetus")
    rows = [C(f"c{k:04d}", f"2026-03-{k % 30 + 1:02d}", by[k // 30 % 5], recorded=k) for k in range(3000)]
    (f,) = evaluate(columns(Table(contacts=rows)), load_rules(), only=["O1"])
    assert f.records == tuple(c.id for c in rows)
    assert (f.smallest_gap, f.window) == (0, 60)


def test_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(7)
    by = ("kymp", "sote", "liike", "maka", "city", "kasko")
    rows = [
        C(
            f"c{k:03d}",
            f"{2020 + k % 7}-{rng.integers(1, 13):02d}"
            + ("" if k % 5 == 0 else f"-{rng.integers(1, 29):02d}"),
            by[rng.integers(0, 6)],
            partners=("p02-tallinn", "p03-tartu")[k % 2],
            topics=("", "trams", "energy")[rng.integers(0, 3)],
            joint=("", "", "j1", "j2")[rng.integers(0, 4)],
            recorded=int(rng.integers(0, 5)),
        )
        for k in range(120)
    ]

    def all_of(order: list[C]) -> list[str]:
        return sorted(map(repr, evaluate(columns(Table(contacts=order)), load_rules(), only=["O1"])))

    first = all_of(rows)
    assert len(first) > 10
    for _ in range(5):
        assert all_of([rows[k] for k in rng.permutation(len(rows))]) == first
    # Contacts of other partners change nothing either, not even which pairs show a finding best.
    one = [c for c in rows if c.partners == "p02-tallinn"]
    assert all_of(one) == [f for f in first if "p02-tallinn" in f]
