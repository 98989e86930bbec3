"""Every planted case is found, and nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from graph.rules import RULES
from tests.rules.planted import found_in, main, plant, planted, scores, table


@pytest.mark.slow
def test_precision_and_recall_are_one_in_ten_cities() -> None:
    made = scores(10_000, 10)
    assert [line for s in made.values() for line in s.misses] == []
    assert all(s.planted == s.found == s.right > 0 for s in made.values())
    assert set(made) == set(RULES)


def test_the_table_has_a_row_a_rule_and_lists_every_miss() -> None:
    made = scores(1_000, 1)
    made["O1"].misses.append("missed: O1 of nothing")
    lines = list(table(made))
    assert lines[0].split() == ["rule", "planted", "found", "precision", "recall", "near"]
    assert [line.split()[0] for line in lines[1 : 1 + len(RULES)]] == list(RULES)
    assert lines[-2:] == ["1 misses", "missed: O1 of nothing"]


def test_a_city_is_the_same_for_a_seed_and_another_for_another() -> None:
    assert planted(1_000, 3) == planted(1_000, 3)
    assert planted(1_000, 3)[0] != planted(1_000, 4)[0]
    assert len(planted(5_000, 1)[0].contacts) == 5_000


def test_a_found_thing_that_nobody_planted_is_a_miss() -> None:
    """Otherwise the table could not say that a rule is wrong."""
    world, truth = planted(1_000, 0)
    found = found_in(world, "open")
    assert set(found) == set(truth["open"])
    assert set(found) != set(truth["full"])


def test_every_near_miss_is_planted() -> None:
    """By name, which rules it is planted for; of what has no window, chain or joint key there is none."""
    near: dict[str, set[str]] = {}
    for (rule, name), times in plant(1_000, 0).near.items():
        assert times
        near.setdefault(name, set()).add(rule)
    assert {"waived", "waiver expired"} == {name for name, rules in near.items() if rules == set(RULES)}
    assert near["waived in part"] == set(RULES) - {"C4", "C5", "G1"}  # theirs have one record
    assert near["hidden"] == set(RULES) - {"O7"}  # memberships are never confidential
    assert near["cancelled"] == {"D1", "O1", "O2", "O3", "O4", "O5", "O6", "C4", "C5"}
    assert near["61 days"] == {"O1", "O6"}
    assert near["one chain"] == {"O1", "O2", "O3", "O4", "O5", "O6", "C5"}
    assert near["joint"] == {"O1", "O2", "O3", "O4", "O5", "O6"}
    assert near["other area"] == {"O1", "O6", "O7", "C5"}
    assert near["exempted"] == {"C4"}
    assert near["replaced"] == {"C1", "C2"}


def test_a_waiver_that_is_forgotten_is_a_miss() -> None:
    world, truth = planted(1_000, 0)
    found = found_in(dataclasses.replace(world, waivers=()), "full")
    wrong = {key[:4] for key in set(found) ^ set(truth["full"])}
    assert {key[0] for key in wrong} == set(RULES)
    assert {key[:4] for key in found} == {key[:4] for key in truth["full"]}


def test_the_command_says_whether_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["1000", "1"]) == 0
    assert "0 misses" in capsys.readouterr().out
