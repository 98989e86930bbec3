"""C4 restricted, boundary by boundary."""

from __future__ import annotations

import pytest

from graph.rules.base import Found
from tests.rules.table import C, R, Table, changed, day, found, records

HELD = C("a", "2026-03-10", "kymp")
TALLINN = R("r", limits="p02-tallinn")


def c4(restriction: R, *contacts: C, **more: object) -> list[Found]:
    return found("C4", Table(contacts=list(contacts), restrictions=[restriction]), **more)  # type: ignore[arg-type]


def test_everything_a_finding_says() -> None:
    assert c4(TALLINN, C("a", "2026-03-10", "kymp", also="sote", to="2026-03-12", recorded=7)) == [
        Found(
            rule="C4",
            group=("r",),
            certain=True,
            records=("a",),
            recorded=(7,),
            best=("a",),
            departments=("kymp", "sote"),
            partner="p02-tallinn",
            subject=("restriction", "r"),
            first=day("2026-03-10"),
            last=day("2026-03-12"),
            smallest_gap=None,
            levels={"high": day("2026-03-12")},
            window=0,
            planned_until=None,
            held_until=day("2026-03-12"),
            settings={},
            possible=(),
            detail={"kind": "suspended"},
        )
    ]


@pytest.mark.parametrize(
    ("start", "end", "meets"),
    [
        ("2026-03-12", "", True),
        ("2026-03-13", "", False),
        ("", "2026-03-10", True),
        ("", "2026-03-09", False),
        ("", "", True),
    ],
)
def test_days_must_meet(start: str, end: str, meets: bool) -> None:
    visit = C("a", "2026-03-10", "kymp", to="2026-03-12")
    hit = c4(R("r", start=start, end=end, limits="p02-tallinn"), visit)
    assert [f.certain for f in hit] == ([True] if meets else [])  # exact days: met or not, never possible


def test_severity_by_status_and_initiative() -> None:
    def severity(**kind: object) -> list[dict[str, int]]:
        return [f.levels for f in c4(TALLINN, C("a", "2026-03-10", "kymp", **kind))]  # type: ignore[arg-type]

    assert severity() == [{"high": day("2026-03-10")}]
    assert severity(status="planned") == [{"block": day("2026-03-10")}]
    assert severity(theirs=True) == [{"info": day("2026-03-10")}]
    assert severity(theirs=True, status="planned") == [{"info": day("2026-03-10")}]


def test_targets() -> None:
    under = {"p02-tallinn": "p01-estonia", "p04": "p02-tallinn"}
    at = {
        p: C("a", "2026-03-10", "kymp", partners=p)
        for p in ("p01-estonia", "p02-tallinn", "p03-tartu", "p04")
    }

    def hit(restriction: R) -> list[str]:
        return [p for p, c in at.items() if c4(restriction, c, partner_parent=under)]

    assert hit(R("r", limits="p01-estonia")) == ["p01-estonia", "p02-tallinn", "p04"]
    assert hit(R("r", limits="p02-tallinn")) == ["p02-tallinn", "p04"]
    assert hit(R("r", country="EE")) == ["p01-estonia", "p02-tallinn", "p03-tartu"]
    assert hit(R("r", country="EE", partner_kind="city")) == ["p02-tallinn", "p03-tartu"]
    assert hit(R("r", country="EE", partner_kind="state", limits="p04")) == ["p01-estonia", "p04"]
    assert hit(R("r", partner_kind="city")) == []  # a kind counts in a country only
    assert hit(R("r")) == []


def test_a_ring_of_partners_does_not_run_for_ever() -> None:
    ring = {"p02-tallinn": "p03-tartu", "p03-tartu": "p02-tallinn"}
    assert records(c4(R("r", limits="p03-tartu"), HELD, partner_parent=ring)) == [("a",)]


def test_of_several_targets_the_first_by_id_is_named() -> None:
    both = C("a", "2026-03-10", "kymp", partners="p04 p03-tartu p02-tallinn")
    assert [f.partner for f in c4(R("r", limits="p03-tartu p02-tallinn"), both)] == ["p02-tallinn"]


def test_approval() -> None:
    needed = R("r", "approval_needed", limits="p02-tallinn")
    approved = C("a", "2026-03-10", "kymp", approval="HEL 2026-001")
    assert records(c4(needed, HELD)) == [("a",)]
    assert c4(needed, approved) == []
    assert records(c4(TALLINN, approved)) == [("a",)]  # suspended: always


def test_channels() -> None:
    only = R("r", "channel_only", limits="p02-tallinn", channels="letter call")
    assert records(c4(only, HELD)) == [("a",)]
    assert c4(only, C("a", "2026-03-10", "kymp", channel="call")) == []
    assert records(c4(only, C("a", "2026-03-10", "kymp", channel=""))) == [("a",)]


def test_exempt_departments() -> None:
    free = R("r", limits="p02-tallinn", exempts="kymp sote")
    assert c4(free, C("a", "2026-03-10", "kymp")) == []
    assert c4(free, C("a", "2026-03-10", "kymp sote")) == []
    assert c4(free, C("a", "2026-03-10", "kymp", also="kasko")) == []  # taking part is not leading
    assert records(c4(free, C("a", "2026-03-10", "kymp kasko"))) == [("a",)]  # kasko is not exempt
    assert records(c4(free, C("a", "2026-03-10", "liike"))) == [("a",)]  # those named, not those beneath
    assert records(c4(free, C("a", "2026-03-10", also="kymp"))) == [("a",)]  # nobody leads, nobody is exempt


def test_exempt_purposes() -> None:
    free = R("r", limits="p02-tallinn", exempt_purposes="inform learn")
    assert c4(free, C("a", "2026-03-10", "kymp", purposes="inform")) == []
    assert c4(free, C("a", "2026-03-10", "kymp", purposes="learn inform")) == []
    assert records(c4(free, C("a", "2026-03-10", "kymp", purposes="inform fund"))) == [("a",)]
    assert records(c4(free, HELD)) == [("a",)]  # no purpose said


@pytest.mark.parametrize(
    ("when", "certain"),
    [("2026-03", [True]), ("2026-02", [False]), ("2026-04", [False]), ("2026-01", []), ("2026", [False])],
)
def test_coarse_and_partly_inside_is_possible(when: str, certain: list[bool]) -> None:
    spring = R("r", start="2026-02-10", end="2026-04-10", limits="p02-tallinn")
    assert [f.certain for f in c4(spring, C("a", when, "kymp"))] == certain


def test_a_year_wholly_inside_is_certain() -> None:
    assert [f.certain for f in c4(TALLINN, C("a", "2026", "kymp"))] == [True]


def test_each_contact_and_each_restriction_is_a_finding_of_its_own() -> None:
    table = Table(contacts=[HELD, C("b", "2026-03-11", "kymp")], restrictions=[TALLINN, R("s", country="EE")])
    assert [(f.group, f.records) for f in found("C4", table)] == [
        (("r",), ("a",)),
        (("r",), ("b",)),
        (("s",), ("a",)),
        (("s",), ("b",)),
    ]


def test_a_conference_is_restricted_too() -> None:
    everyone = "p01-estonia p02-tallinn p03-tartu " + " ".join(f"p{k:02d}" for k in range(4, 13))
    assert records(c4(TALLINN, C("a", "2026-03-10", "kymp", partners=everyone))) == [("a",)]


def test_it_can_be_switched_off_and_its_window_set() -> None:
    assert c4(TALLINN, HELD, settings=changed("C4", on=False)) == []
    assert [f.window for f in c4(TALLINN, HELD, settings=changed("C4", days=30))] == [30]
