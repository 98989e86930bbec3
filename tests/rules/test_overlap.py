"""O1 overlap, boundary by boundary."""

from __future__ import annotations

import pytest

from graph.rules import is_live, is_standing, severity_on
from graph.rules.base import Found
from tests.rules.table import C, Table, changed, day, found, records

AB = [("a", "b")]


def o1(*contacts: C, **more: object) -> list[Found]:
    return found("O1", Table(contacts=list(contacts)), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("second", "expected"),
    [("2026-03-01", AB), ("2026-03-02", AB), ("2026-04-30", AB), ("2026-05-01", [])],
    ids=["same day", "next day", "60 days", "61 days"],
)
def test_window_fires_at_60_days_and_not_at_61(second: str, expected: list[tuple[str, ...]]) -> None:
    assert records(o1(C("a", "2026-03-01", "kymp"), C("b", second, "sote"))) == expected


def test_everything_a_finding_says() -> None:
    a = C("a", "2026-03-01", "kymp", to="2026-03-03", recorded=20)
    b = C("b", "2026-03-10", "sote", also="opetus", status="planned", recorded=10)
    assert o1(a, b) == [
        Found(
            rule="O1",
            group=("p02-tallinn", "climate"),
            certain=True,
            records=("b", "a"),
            recorded=(10, 20),
            best=("b", "a"),
            departments=("kymp", "opetus", "sote"),
            partner="p02-tallinn",
            subject=("area", "climate"),
            first=day("2026-03-01"),
            last=day("2026-03-10"),
            smallest_gap=7,
            levels={"medium": day("2026-03-10")},
            window=60,
            planned_until=day("2026-03-10"),
            held_until=day("2026-03-03"),
            settings={"days": 60, "partners_most": 10},
            possible=(),
            detail={},
        )
    ]


def test_gap_counts_from_the_last_day_of_the_earlier() -> None:
    long = C("a", "2026-01-01", "kymp", to="2026-03-01")
    assert records(o1(long, C("b", "2026-04-30", "sote"))) == AB
    assert o1(long, C("b", "2026-05-01", "sote")) == []
    assert [f.smallest_gap for f in o1(long, C("b", "2026-02-01", "sote"))] == [0]


def test_the_same_day_is_asked_in_either_order() -> None:
    assert records(o1(C("b", "2026-04-30", "sote"), C("a", "2026-03-01", "kymp"))) == AB


# --- independence ---


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        ("kymp", "kymp", False),
        ("kymp", "liike", False),  # the unit lies beneath the division
        ("liike", "kymp", False),
        ("liike", "sote", True),
        ("city", "kymp", True),  # the city is in a chain with itself only
        ("city", "city", False),
        ("liike", "maka", True),  # two units side by side (in 2024 both beneath kymp)
        ("kymp sote", "liike", False),  # any of the leads
        ("kymp sote", "kasko", True),
    ],
)
def test_chains(one: str, other: str, overlaps: bool) -> None:
    assert bool(o1(C("a", "2024-03-01", one), C("b", "2024-03-05", other))) == overlaps


def test_the_tree_is_the_one_of_the_first_day_of_either_contact() -> None:
    # maka moved from kymp to kasko at the turn of the year.
    before, after, later = "2024-12-20", "2025-01-10", "2025-01-20"
    assert records(o1(C("a", before, "maka"), C("b", before, "kasko"))) == AB
    assert o1(C("a", before, "maka"), C("b", before, "kymp")) == []
    assert records(o1(C("a", after, "maka"), C("b", later, "kymp"))) == AB
    assert o1(C("a", after, "maka"), C("b", later, "kasko")) == []
    # One on each side: in one chain on the first day of either is enough, with the old as with the new.
    assert o1(C("a", before, "maka"), C("b", after, "kymp")) == []
    assert o1(C("a", before, "maka"), C("b", after, "kasko")) == []
    # It is the first day that counts, also of a contact that goes on into the new year.
    assert o1(C("a", before, "maka", to="2025-02-01"), C("b", before, "kymp", to="2025-02-01")) == []


def test_a_coordinating_unit_that_takes_part_everywhere_silences_nothing() -> None:
    assert (
        records(o1(C("a", "2026-03-01", "kymp", also="city"), C("b", "2026-03-05", "sote", also="city")))
        == AB
    )


def test_a_lead_is_held_against_those_that_take_part() -> None:
    assert o1(C("a", "2026-03-01", "kymp"), C("b", "2026-03-05", "sote", also="liike")) == []
    assert o1(C("a", "2026-03-01", "sote", also="liike"), C("b", "2026-03-05", "kymp")) == []


def test_contacts_that_nobody_leads_are_independent() -> None:
    assert records(o1(C("a", "2026-03-01", also="kymp"), C("b", "2026-03-05", also="kymp"))) == AB
    assert o1(C("a", "2026-03-01", also="kymp"), C("b", "2026-03-05", "kymp")) == []


def test_joint_contacts_are_one_effort() -> None:
    one, other = C("a", "2026-03-01", "kymp", joint="visit"), C("b", "2026-03-05", "sote", joint="visit")
    assert o1(one, other) == []
    assert records(o1(one, C("b", "2026-03-05", "sote", joint="other"))) == AB
    assert records(o1(one, C("b", "2026-03-05", "sote"))) == AB


def test_joint_contacts_are_still_joined_by_a_third() -> None:
    one, other = C("a", "2026-03-01", "kymp", joint="visit"), C("b", "2026-03-05", "sote", joint="visit")
    assert records(o1(one, other, C("c", "2026-03-09", "kasko"))) == [("a", "b", "c")]


def test_one_record_with_two_departments_is_no_overlap() -> None:
    assert o1(C("a", "2026-03-01", "kymp sote")) == []


# --- who takes part ---


def test_each_partner_and_each_area_is_a_group_of_its_own() -> None:
    one = C("a", "2026-03-01", "kymp", partners="p02-tallinn p03-tartu", areas="climate growth")
    assert [f.group for f in o1(one, C("b", "2026-03-05", "sote", partners="p02-tallinn p03-tartu"))] == [
        ("p02-tallinn", "climate"),
        ("p03-tartu", "climate"),
    ]
    assert o1(one, C("b", "2026-03-05", "sote", partners="p04")) == []
    assert o1(C("a", "2026-03-01", "kymp"), C("b", "2026-03-05", "sote", areas="growth")) == []
    assert o1(C("a", "2026-03-01", "kymp", areas=""), C("b", "2026-03-05", "sote", areas="")) == []


def test_ten_partners_are_linked_and_eleven_are_a_conference() -> None:
    ten = "p02-tallinn " + " ".join(f"p{k:02d}" for k in range(4, 13))
    other = C("b", "2026-03-05", "sote")
    assert records(o1(C("a", "2026-03-01", "kymp", partners=ten), other)) == AB
    assert o1(C("a", "2026-03-01", "kymp", partners=ten + " p03-tartu"), other) == []


def test_a_contact_known_by_its_year_takes_no_part() -> None:
    assert o1(C("a", "2026", "kymp"), C("b", "2026-03-05", "sote")) == []


def test_planned_and_their_contacts_count() -> None:
    found_ = o1(C("a", "2026-03-01", "kymp", status="planned"), C("b", "2026-03-05", "sote", theirs=True))
    assert records(found_) == AB
    assert (found_[0].planned_until, found_[0].held_until) == (day("2026-03-01"), day("2026-03-05"))


# --- coarse days ---


def test_a_month_may_be_possible() -> None:
    # March 2026 and 15.2. lie 14 to 44 days apart.
    march, other = C("a", "2026-03", "kymp"), C("b", "2026-01-01", "sote", to="2026-02-15")
    sure = o1(march, other)
    assert [(f.certain, f.smallest_gap) for f in sure] == [(True, 14)]
    assert [f.certain for f in o1(march, other, settings=changed("O1", days=44))] == [True]
    loose = o1(march, other, settings=changed("O1", days=43))
    assert [(f.certain, f.records, f.smallest_gap) for f in loose] == [(False, ("a", "b"), 14)]
    assert [f.certain for f in o1(march, other, settings=changed("O1", days=14))] == [False]
    assert o1(march, other, settings=changed("O1", days=13)) == []


def test_two_months_lie_as_far_apart_as_their_outer_days() -> None:
    march, april = C("a", "2026-03", "kymp"), C("b", "2026-04", "sote")
    assert [(f.certain, f.smallest_gap) for f in o1(march, april)] == [(True, 1)]
    assert [f.certain for f in o1(march, april, settings=changed("O1", days=59))] == [
        False
    ]  # 1.3. to 30.4.: 60
    same = o1(march, C("b", "2026-03", "sote"), settings=changed("O1", days=29))
    assert [(f.certain, f.smallest_gap) for f in same] == [(False, 0)]
    assert [f.certain for f in o1(march, C("b", "2026-03", "sote"), settings=changed("O1", days=30))] == [
        True
    ]


def test_a_long_exact_contact_holds_a_month_in_a_short_window() -> None:
    # The visit occupies 10.-20.3.; wherever in March the other was, it is at most 11 days away.
    visit = C("a", "2026-03-10", "kymp", to="2026-03-20")
    assert [
        (f.certain, f.smallest_gap)
        for f in o1(visit, C("b", "2026-03", "sote"), settings=changed("O1", days=11))
    ] == [(True, 0)]
    assert [f.certain for f in o1(visit, C("b", "2026-03", "sote"), settings=changed("O1", days=10))] == [
        False
    ]


def test_a_possible_record_is_listed_with_a_certain_finding_and_joins_nothing() -> None:
    # The month of May is 32 to 62 days after 30.3.: possible with b, out of reach of a.
    a, b, c = C("a", "2026-02-01", "kymp"), C("b", "2026-03-30", "sote"), C("c", "2026-05", "kasko")
    d = C("d", "2026-07-20", "liike")  # 50 to 80 days after May
    found_ = o1(a, b, c, d)
    assert [(f.certain, f.records, f.possible) for f in found_] == [
        (True, ("a", "b"), ("c",)),
        (False, ("c", "d"), ()),
    ]
    assert found_[0].last == day("2026-03-30")
    assert found_[0].levels == {"medium": day("2026-03-30")}


# --- episodes ---


def test_links_one_after_the_other_are_one_finding() -> None:
    chain = [
        C(f"c{k}", f"2026-{m:02d}-01", ("kymp", "sote")[k % 2], recorded=9 - k)
        for k, m in enumerate([1, 2, 4, 5])
    ]
    far = [C("x", "2027-01-01", "kymp"), C("y", "2027-01-02", "sote")]
    found_ = o1(*chain, *far)
    assert records(found_) == [("c3", "c2", "c1", "c0"), ("x", "y")]
    assert found_[0].recorded == (6, 7, 8, 9)
    assert (found_[0].first, found_[0].last, found_[0].smallest_gap) == (
        day("2026-01-01"),
        day("2026-05-01"),
        30,
    )
    assert found_[0].best == ("c3", "c2")  # the newest pair, and the closest one, which is the same


def test_a_division_between_two_units_does_not_hide_their_overlap() -> None:
    # kymp is independent of neither unit; the units, 2 days apart, are independent of each other.
    found_ = o1(C("a", "2024-03-01", "liike"), C("k", "2024-03-02", "kymp"), C("b", "2024-03-03", "maka"))
    assert records(found_) == AB


def test_nearest_neighbours_alone_would_miss_this_joint() -> None:
    # b is next to m and y, x reaches m; y (kymp) hides x (liike) from b's nearest neighbour.
    x = C("x", "2024-03-01", "liike", to="2024-07-01")
    y = C("y", "2024-04-01", "kymp", to="2024-12-01")
    b = C("b", "2024-04-10", "sote")
    m = C("m", "2024-08-20", "maka")
    assert records(o1(x, y, b, m)) == [("b", "m", "x", "y")]


def test_severity_is_high_with_a_shared_topic_and_fades() -> None:
    a = C("a", "2026-01-01", "kymp", topics="trams energy")
    b = C("b", "2026-01-10", "sote", topics="energy")
    c = C("c", "2026-03-01", "kasko", topics="schools")
    (f,) = o1(a, b, c)
    assert f.levels == {"high": day("2026-01-10"), "medium": day("2026-03-01")}
    assert severity_on(f.levels, f.window, day("2026-03-11")) == "high"
    assert severity_on(f.levels, f.window, day("2026-03-12")) == "medium"
    assert severity_on(f.levels, f.window, day("2026-05-01")) == "high"  # nothing recent: the highest of all


def test_medium_is_left_out_when_every_link_shares_a_topic() -> None:
    (f,) = o1(C("a", "2026-01-01", "kymp", topics="trams"), C("b", "2026-01-10", "sote", topics="trams"))
    assert f.levels == {"high": day("2026-01-10")}


def test_an_older_link_without_a_topic_keeps_its_own_day() -> None:
    a, b = C("a", "2026-01-01", "kymp"), C("b", "2026-01-10", "sote", topics="trams")
    (f,) = o1(a, b, C("c", "2026-03-05", "kymp", topics="trams"))
    assert f.levels == {"medium": day("2026-01-10"), "high": day("2026-03-05")}


def test_live_and_standing() -> None:
    (f,) = o1(C("a", "2026-03-01", "kymp"), C("b", "2026-03-10", "sote", status="planned"))
    assert is_live(f.held_until, f.planned_until, f.window, day("2026-03-10"))
    assert is_live(f.held_until, f.planned_until, f.window, day("2026-04-30"))  # held, 60 days ago
    assert not is_live(
        f.held_until, f.planned_until, f.window, day("2026-05-01")
    )  # the plan was never confirmed
    assert not is_standing(f.first, f.first + 180)
    assert is_standing(f.first, f.first + 181)


def test_one_meeting_is_hinted_when_day_channel_and_person_agree() -> None:
    a = C("a", "2026-03-01", "kymp", persons="ann bo")
    hint = {"one_meeting": True}
    assert [f.detail for f in o1(a, C("b", "2026-03-01", "sote", persons="bo"))] == [hint]
    assert [f.detail for f in o1(a, C("b", "2026-03-01", "sote"))] == [{}]
    assert [f.detail for f in o1(a, C("b", "2026-03-02", "sote", persons="bo"))] == [{}]
    assert [f.detail for f in o1(a, C("b", "2026-03-01", "sote", persons="bo", channel="call"))] == [{}]
    # The same department twice is no overlap, so no hint, though a third makes them one finding.
    twice = C("b", "2026-03-01", "kymp", persons="bo")
    assert [f.detail for f in o1(a, twice, C("c", "2026-03-05", "sote"))] == [{}]


# --- settings ---


def test_a_setting_changes_the_window_and_is_named_in_the_finding() -> None:
    pair = (C("a", "2026-03-01", "kymp"), C("b", "2026-03-11", "sote"))
    assert o1(*pair, settings=changed("O1", days=9)) == []
    (f,) = o1(*pair, settings=changed("O1", days=10))
    assert (f.window, f.settings["days"]) == (10, 10)
    assert o1(*pair, settings=changed("O1", on=False)) == []


def test_overrides_by_area_go_before_those_by_partner_kind() -> None:
    pair = (C("a", "2026-03-01", "kymp"), C("b", "2026-03-11", "sote"))
    assert o1(*pair, settings=changed("O1", partner_kinds={"city": {"days": 9}})) == []
    assert records(o1(*pair, settings=changed("O1", partner_kinds={"state": {"days": 9}}))) == AB
    both = changed("O1", partner_kinds={"city": {"days": 9}}, areas={"climate": {"days": 10}})
    assert [f.settings["days"] for f in o1(*pair, settings=both)] == [10]
    two = (C("a", "2026-03-01", "kymp", partners="p02-tallinn p03-tartu"), C("b", "2026-03-11", "sote"))
    few = changed("O1", areas={"climate": {"partners_most": 1}})
    assert o1(*two, settings=few) == []
