"""C1 stance, boundary by boundary."""

from __future__ import annotations

import pytest

from graph.rules.base import Found
from graph.rules.columns import FOREVER
from tests.rules.table import P, Table, changed, day, found, records

YES = P("a", "kymp", "support", "2026-01-01")


def c1(*positions: P) -> list[Found]:
    return found("C1", Table(positions=list(positions)))


def test_everything_a_finding_says() -> None:
    yes = P("a", "kymp", "support", "2026-01-01", "2026-06-30", recorded=20)
    no = P("b", "sote", "oppose", "2026-03-01", recorded=10)
    assert c1(yes, no) == [
        Found(
            rule="C1",
            group=("tunnel",),
            certain=True,
            records=("b", "a"),
            recorded=(10, 20),
            best=("a", "b"),
            departments=("kymp", "sote"),
            partner=None,
            subject=("issue", "tunnel"),
            first=day("2026-03-01"),
            last=day("2026-06-30"),
            smallest_gap=0,
            levels={"high": day("2026-06-30")},
            window=0,
            planned_until=None,
            held_until=day("2026-06-30"),
            settings={},
            possible=(),
            detail={},
        )
    ]


@pytest.mark.parametrize(
    ("start", "expected"), [("2026-06-30", [("a", "b")]), ("2026-07-01", [])], ids=["last day", "day after"]
)
def test_validity_days_must_meet(start: str, expected: list[tuple[str, ...]]) -> None:
    yes = P("a", "kymp", "support", "2026-01-01", "2026-06-30")
    assert records(c1(yes, P("b", "sote", "oppose", start))) == expected


def test_an_open_end_goes_on_for_ever() -> None:
    assert [f.last for f in c1(YES, P("b", "sote", "oppose", "2026-03-01"))] == [FOREVER]


def test_only_support_against_oppose_conflicts() -> None:
    assert c1(YES, P("b", "sote", "support", "2026-03-01")) == []
    assert c1(YES, P("b", "sote", "neutral", "2026-03-01")) == []
    assert c1(YES, P("b", "sote", "oppose", "2026-03-01", issue="wind")) == []


def test_a_partner_s_own_stance_is_no_part_of_it() -> None:
    assert c1(YES, P("b", "", "oppose", "2026-03-01")) == []


def test_the_same_department_changes_its_mind() -> None:
    assert c1(YES, P("b", "kymp", "oppose", "2026-03-01")) == []
    # Until the day before, the old position stood.
    no = P("c", "sote", "oppose", "2026-02-28", "2026-02-28")
    assert records(c1(YES, P("b", "kymp", "oppose", "2026-03-01"), no)) == [("a", "c")]
    no = P("c", "sote", "oppose", "2026-03-01", "2026-03-01")
    assert c1(YES, P("b", "kymp", "oppose", "2026-03-01"), no) == []


def test_on_the_same_day_the_older_is_void() -> None:
    void = P("a", "kymp", "support", "2026-03-01", recorded=1)
    newer = P("b", "kymp", "neutral", "2026-03-01", recorded=2)
    no = P("c", "sote", "oppose", "2026-01-01")
    assert c1(void, newer, no) == []
    # Recorded at the same moment, the id decides.
    assert records(
        c1(P("z", "kymp", "support", "2026-03-01"), P("b", "kymp", "neutral", "2026-03-01"), no)
    ) == [("c", "z")]


def test_neutral_ends_the_older() -> None:
    neutral = P("n", "kymp", "neutral", "2026-03-01")
    assert c1(YES, neutral, P("b", "sote", "oppose", "2026-03-01")) == []
    assert records(c1(YES, neutral, P("b", "sote", "oppose", "2026-02-28"))) == [("a", "b")]


def test_one_above_ends_the_older_and_one_beneath_does_not() -> None:
    unit = P("a", "liike", "support", "2026-01-01")
    assert c1(unit, P("b", "kymp", "oppose", "2026-03-01")) == []
    assert c1(unit, P("b", "city", "oppose", "2026-03-01")) == []
    assert records(c1(P("a", "kymp", "support", "2026-01-01"), P("b", "liike", "oppose", "2026-03-01"))) == [
        ("a", "b")
    ]


def test_who_is_above_is_asked_on_the_day_the_newer_begins() -> None:
    # maka lies beneath kymp until the end of 2024 and beneath kasko from then on.
    old = P("a", "maka", "support", "2024-06-01")
    assert c1(old, P("b", "kymp", "oppose", "2024-12-31")) == []
    assert records(c1(old, P("b", "kymp", "oppose", "2025-01-01"))) == [("a", "b")]
    assert c1(old, P("b", "kasko", "oppose", "2025-01-01")) == []


def test_it_is_critical_when_both_were_stated_to_one_partner() -> None:
    yes = P("a", "kymp", "support", "2026-01-01", told="p02-tallinn p03-tartu")
    no = P("b", "sote", "oppose", "2026-03-01", "2026-04-30", told="p02-tallinn")
    also = P("c", "kasko", "oppose", "2026-03-01", "2026-05-31", told="p04")
    assert [f.levels for f in c1(yes, no)] == [{"critical": day("2026-04-30")}]
    (f,) = c1(yes, no, also)
    assert f.records == ("a", "b", "c")
    assert f.levels == {"critical": day("2026-04-30"), "high": day("2026-05-31")}
    assert f.best == ("a", "c")


def test_conflicts_that_do_not_hang_together_are_findings_of_their_own() -> None:
    old = (
        P("a", "kymp", "support", "2025-01-01", "2025-12-31"),
        P("b", "sote", "oppose", "2025-01-01", "2025-12-31"),
    )
    new = (P("c", "kymp", "support", "2026-01-01"), P("d", "sote", "oppose", "2026-01-01"))
    assert records(c1(*old, *new)) == [("a", "b"), ("c", "d")]


def test_it_can_be_switched_off() -> None:
    table = Table(positions=[YES, P("b", "sote", "oppose", "2026-03-01")])
    assert found("C1", table, changed("C1", on=False)) == []
