"""The naive implementation against examples that were worked out by hand from the rules page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.rules.city import (
    Commitment,
    Contact,
    Department,
    Lead,
    Material,
    Membership,
    Network,
    Part,
    Partner,
    Position,
    Resource,
    Restriction,
    Topic,
    World,
)
from tests.rules.naive import findings
from tests.rules.naive_terms import Finding, gaps

DAY = date(2026, 3, 1)
TODAY = date(2026, 4, 1)


def contact(id: str, department: str, day: date = DAY, **more: Any) -> Contact:
    """A contact of p on culture, led by one department, recorded in the order of ids."""
    minutes = int("".join(x for x in id if x.isdigit()) or 0)
    usual: dict[str, Any] = {
        "leads": (department,),
        "partners": ("p",),
        "areas": ("culture",),
        "recorded_at": datetime(2026, 3, 1, 12, minutes, tzinfo=UTC),
    }
    return Contact(id, day, **{**usual, **more})


def city(*contacts: Contact, **more: Any) -> World:
    """Departments a, b, c side by side in division d; a1 a unit of a; hel is the city above d."""
    departments = (
        Department("hel", "city"),
        Department("d", parts=(Part("hel"),)),
        *(Department(x, "service", (Part("d"),)) for x in "abc"),
        Department("a1", "unit", (Part("a"),)),
    )
    usual: dict[str, Any] = {
        "departments": departments,
        "partners": (Partner("p"), Partner("q", part_of="p"), Partner("r", "state", "SE")),
        "areas": ("culture", "climate"),
        "topics": (Topic("t", ("culture",)), Topic("u", ("climate",))),
        "persons": ("h",),
        "issues": ("i",),
    }
    return World(**{**usual, "contacts": contacts, **more})


def o1(*contacts: Contact, today: date = TODAY, **more: Any) -> list[Finding]:
    return findings(city(*contacts, **more), "open", "O1", today)


def after(days: int) -> date:
    return DAY + timedelta(days)


def test_gaps_as_the_page_works_them_out() -> None:
    march = contact("c1", "a", date(2026, 3, 9), precision="month")
    winter = contact("c2", "b", date(2026, 1, 1), end_date=date(2026, 2, 15))
    assert gaps(march, winter) == gaps(winter, march) == (14, 44)
    assert gaps(winter, replace(winter, date=date(2026, 2, 15), end_date=date(2026, 3, 1))) == (0, 0)
    assert gaps(winter, contact("c3", "a", date(2026, 2, 16))) == (1, 1)
    # On one day both at the least, on the first and the last day at the most.
    assert gaps(march, march) == (0, 30)
    # An exact contact within the month occupies its days: it lies next to any of them at 30 - 9 days most.
    assert gaps(march, contact("c4", "a", date(2026, 3, 10))) == (0, 21)


@pytest.mark.parametrize(("days", "found"), [(0, 1), (59, 1), (60, 1), (61, 0)])
def test_a_window_of_60_fires_at_60_and_not_at_61(days: int, found: int) -> None:
    got = o1(contact("c1", "a"), contact("c2", "b", after(days)))
    assert [f["smallest_gap"] for f in got] == [days] * found


def test_coarse_contacts_link_possibly_or_certainly_and_years_never() -> None:
    march = contact("c1", "a", date(2026, 3, 9), precision="month")
    certain = o1(march, contact("c2", "b", date(2026, 1, 1), end_date=date(2026, 2, 15)))
    assert [(f["certain"], f["smallest_gap"]) for f in certain] == [(True, 14)]
    # 30.1. to 1.3. are 30 days, to 31.3. are 60; from 29.1. they are 61.
    assert [f["certain"] for f in o1(march, contact("c2", "b", date(2026, 1, 30)))] == [True]
    assert [f["certain"] for f in o1(march, contact("c2", "b", date(2026, 1, 29)))] == [False]
    assert [f["certain"] for f in o1(march, contact("c2", "b", date(2025, 12, 31)))] == [False]
    assert o1(march, contact("c2", "b", date(2025, 12, 30))) == []
    assert o1(contact("c1", "a", precision="year"), contact("c2", "b")) == []


def test_one_chain_is_no_overlap_but_two_units_side_by_side_are() -> None:
    assert len(o1(contact("c1", "a"), contact("c2", "b"))) == 1
    assert o1(contact("c1", "a1"), contact("c2", "d")) == []
    assert o1(contact("c1", "a1"), contact("c2", "a1")) == []
    # "The node of level city is in a chain only with itself."
    assert len(o1(contact("c1", "hel"), contact("c2", "a1"))) == 1
    assert o1(contact("c1", "hel"), contact("c2", "hel")) == []


def test_chains_hold_on_the_first_day_of_either_contact() -> None:
    until = (Department("a"), Department("b", parts=(Part("a", None, DAY),)))
    for first, second, found in ((DAY, after(9), 0), (after(-9), DAY, 0), (after(1), after(9), 1)):
        for x, y in (("a", "b"), ("b", "a")):
            got = o1(contact("c1", x, first), contact("c2", y, second), departments=until)
            assert len(got) == found


def test_a_coordinator_that_takes_part_silences_nothing_and_a_joint_key_does() -> None:
    a = contact("c1", "a", takes_part=("c",))
    b = contact("c2", "b", takes_part=("c",))
    assert [f["departments"] for f in o1(a, b)] == [("a", "b", "c")]
    assert o1(a, replace(b, leads=("c",))) == []
    assert o1(replace(a, joint="x"), replace(b, joint="x")) == []
    assert len(o1(replace(a, joint="x"), replace(b, joint="y"))) == 1


def test_areas_come_from_topics_and_a_shared_topic_is_high() -> None:
    got = o1(contact("c1", "a", areas=(), topics=("t",)), contact("c2", "b", topics=("t", "u")))
    assert [(f["group"], f["severity"]) for f in got] == [(("p", "culture"), "high")]
    assert [f["severity"] for f in o1(contact("c1", "a", topics=("t",)), contact("c2", "b"))] == ["medium"]
    assert o1(contact("c1", "a", areas=("climate",)), contact("c2", "b")) == []


def test_more_than_ten_partners_are_a_conference() -> None:
    guests = tuple(Partner(f"g{i}") for i in range(10))
    for n, found in ((9, 1), (10, 0)):
        big = contact("c1", "a", partners=("p", *(g.id for g in guests[:n])))
        assert len(o1(big, contact("c2", "b"), partners=(Partner("p"), *guests))) == found


def test_an_episode_is_one_finding_and_lists_what_may_belong_to_it() -> None:
    a, b = contact("c1", "a"), contact("c2", "b", after(60))
    c = contact("c3", "c", after(120))
    coarse = contact(
        "c4", "a", date(2026, 8, 1), precision="month"
    )  # 33 days after c at the least, 63 at most
    got = o1(c, coarse, b, a)
    assert [(f["records"], f["possible"], f["certain"], f["anchor"]) for f in got] == [
        ({"c1", "c2", "c3"}, {"c4"}, True, "c1")
    ]
    assert (got[0]["first"], got[0]["last"]) == (DAY.toordinal(), after(120).toordinal())
    got = o1(c, coarse)
    assert [(f["records"], f["possible"], f["certain"]) for f in got] == [({"c3", "c4"}, set(), False)]


def test_cancelled_does_not_exist_and_confidential_is_in_the_full_world_only() -> None:
    a, b = contact("c1", "a"), contact("c2", "b")
    assert o1(a, replace(b, status="cancelled")) == []
    hidden = city(a, replace(b, confidentiality="confidential"))
    assert findings(hidden, "open", "O1", TODAY) == []
    assert len(findings(hidden, "full", "O1", TODAY)) == 1


def test_first_seen_is_the_helsinki_day_on_which_two_were_recorded() -> None:
    a = contact("c1", "a", recorded_at=datetime(2026, 1, 5, 21, 59, tzinfo=UTC))
    b = contact("c2", "b", recorded_at=datetime(2026, 1, 5, 22, 0, tzinfo=UTC))
    c = contact("c3", "c", recorded_at=datetime(2026, 2, 1, tzinfo=UTC))
    assert [f["first_seen"] for f in o1(a, b, c)] == [date(2026, 1, 6).toordinal()]
    assert [f["anchor"] for f in o1(replace(a, recorded_at=b.recorded_at), b)] == ["c1"]


def test_severity_live_and_standing_on_a_day() -> None:
    a, b = contact("c1", "a", topics=("t",)), contact("c2", "b", topics=("t",))
    c = contact("c3", "c", after(40))
    at = {n: o1(a, b, c, today=after(n))[0] for n in (0, 60, 61, 100, 101)}
    # The pair with the topic is recent for 60 days; the other links last 40 days longer; then all count.
    assert [f["severity"] for f in at.values()] == ["high", "high", "medium", "medium", "high"]
    assert [f["live"] for f in at.values()] == [True, True, True, True, False]
    unconfirmed = replace(c, status="planned")
    assert [o1(a, b, unconfirmed, today=after(n))[0]["live"] for n in (40, 60, 61)] == [True, True, False]
    steps = [contact(f"c{i}", "ab"[i % 2], after(60 * i)) for i in range(4)]
    assert [f["standing"] for f in o1(*steps)] == [False]
    assert [f["standing"] for f in o1(*steps[:3], replace(steps[3], end_date=after(181)))] == [True]


def stance(id: str, holder: str, said: str, start: date = DAY, **more: Any) -> Position:
    moment = datetime(2026, 1, 1, 12, int(id[1:]), tzinfo=UTC)
    return Position(id, "i", holder, said, start, **{"recorded_at": moment, **more})


def c1(*positions: Position, contacts: tuple[Contact, ...] = ()) -> list[Finding]:
    return findings(city(*contacts, positions=positions), "open", "C1", TODAY)


def test_stances_conflict_while_both_hold() -> None:
    a, b = stance("s1", "a", "support"), stance("s2", "b", "oppose")
    assert [(f["records"], f["severity"]) for f in c1(a, b)] == [({"s1", "s2"}, "high")]
    assert len(c1(a, replace(b, holder="a1"))) == 1  # departments not the same is enough
    assert c1(a, replace(b, holder="a")) == []
    assert c1(a, replace(b, stance="neutral")) == []
    assert c1(a, replace(b, holder="p", ours=False)) == []
    assert len(c1(replace(a, end=after(9)), replace(b, start=after(9)))) == 1
    assert c1(replace(a, end=after(8)), replace(b, start=after(9))) == []
    said = contact("c1", "a"), contact("c2", "b"), contact("c3", "b", status="cancelled")
    told = [replace(a, stated_in="c1"), replace(b, stated_in="c2")]
    assert [f["severity"] for f in c1(*told, contacts=said)] == ["critical"]
    assert [f["severity"] for f in c1(told[0], replace(b, stated_in="c3"), contacts=said)] == ["high"]


def test_a_newer_position_is_a_change_and_not_a_conflict() -> None:
    a, b = stance("s1", "a", "support"), stance("s2", "b", "oppose", after(20))
    change = stance("s3", "a", "neutral", after(20))
    assert c1(a, b, change) == []  # ended the day before
    assert [f["last"] for f in c1(a, b, replace(change, start=after(21)))] == [after(20).toordinal()]
    assert c1(a, b, replace(change, holder="d")) == []  # one above it
    assert len(c1(a, b, replace(change, holder="a1"))) == 1  # one beneath it
    void = stance("s4", "a", "support", after(20))
    assert c1(void, b, replace(change, id="s5", recorded_at=void.recorded_at)) == []  # same day: the older
    assert len(c1(void, b, replace(change, id="s3", recorded_at=void.recorded_at))) == 1


def c4(r: Restriction, *contacts: Contact) -> list[tuple[bool, str, set[str]]]:
    got = findings(city(*contacts, restrictions=(r,)), "open", "C4", TODAY)
    return [(f["certain"], f["severity"], set(f["records"])) for f in got]


def test_restrictions_find_single_records() -> None:
    r = Restriction("r", "suspended", limits=("p",), start=DAY)
    held, planned = contact("c1", "a"), contact("c2", "b", status="planned", partners=("q",))
    theirs = contact("c3", "b", initiative="theirs")
    assert c4(r, held, planned, theirs) == [
        (True, "high", {"c1"}), (True, "block", {"c2"}), (True, "info", {"c3"}),
    ]  # fmt: skip
    assert c4(replace(r, limits=("q",)), held) == []  # not what is above it
    assert c4(replace(r, start=after(1)), held) == []
    assert c4(r, replace(held, date=after(-5), end_date=DAY)) == [(True, "high", {"c1"})]
    coarse = contact("c4", "a", precision="month")
    assert c4(r, coarse) == [(True, "high", {"c4"})]
    assert c4(replace(r, start=after(1)), coarse) == [(False, "high", {"c4"})]
    kind = Restriction("r", "suspended", country="SE", partner_kind="state")
    sweden = contact("c5", "a", partners=("r",))
    assert c4(kind, held, sweden) == [(True, "high", {"c5"})]
    assert c4(replace(kind, partner_kind="city"), sweden) == []
    assert c4(replace(kind, partner_kind=""), sweden) == [(True, "high", {"c5"})]


def test_restrictions_let_through_what_they_allow() -> None:
    held = contact("c1", "a", channel="letter", purposes=("inform",))
    r = Restriction("r", "approval_needed", limits=("p",))
    assert len(c4(r, held)) == 1
    assert c4(r, replace(held, approval="board 12 §")) == []
    assert c4(replace(r, exempts=("a",)), held) == []
    assert c4(replace(r, exempt_purposes=("inform",)), held) == []
    assert len(c4(replace(r, exempt_purposes=("inform",)), replace(held, purposes=("inform", "fund")))) == 1
    only = replace(r, kind="channel_only", channels=("letter",))
    assert c4(only, held) == []
    assert len(c4(only, replace(held, channel="call"))) == 1
    assert len(c4(replace(r, kind="suspended"), replace(held, approval="board 12 §"))) == 1


def test_the_other_rules_find_their_simplest_case_and_not_its_neighbour() -> None:
    def n(rule: str, *contacts: Contact, today: date = TODAY, **more: Any) -> int:
        return len(findings(city(*contacts, **more), "open", rule, today))

    a, b = contact("c1", "a"), contact("c2", "b")
    assert n("D1", a, replace(a, id="c9")) == 1
    assert n("D1", a, replace(a, id="c9", summary="spring")) == 0
    assert n("D1", a, b) == 0
    ask = [replace(x, purposes=("request",)) for x in (a, b)]
    assert n("O2", *ask) == 1 and n("O2", ask[0], replace(ask[1], date=after(91))) == 0
    assert n("O2", ask[0], replace(ask[1], initiative="theirs")) == 0
    meet = [replace(x, persons=("h",)) for x in (a, b)]
    assert n("O3", *meet) == 1 and n("O3", meet[0], replace(meet[1], date=after(15))) == 0
    go = [replace(a, channel="visit_out"), replace(b, channel="delegation_out")]
    assert n("O4", *go) == 1 and n("O4", go[0], replace(go[1], channel="visit_in")) == 0
    assert n("O4", go[0], replace(go[1], mode="remote")) == 0
    four = [contact(f"c{i}", "abca"[i], after(29 if i == 3 else i)) for i in range(4)]
    assert n("O5", *four) == 1 and n("O5", *four[:3], replace(four[3], date=after(30))) == 0
    assert n("O5", *four[:2], replace(four[2], leads=("a1",)), four[3]) == 0  # a has a1 beneath it
    assert n("O5", *four[:2], *(replace(x, joint="x") for x in four[2:])) == 0
    assert n("O6", a, replace(b, partners=("q",))) == 1 and n("O6", a, replace(b, partners=("r",))) == 0


def test_the_other_rules_on_commitments_messages_leads_and_networks() -> None:
    def n(rule: str, *contacts: Contact, today: date = TODAY, **more: Any) -> int:
        return len(findings(city(*contacts, **more), "open", rule, today))

    a, b = contact("c1", "a"), contact("c2", "b")
    yes, no = Commitment("m1", "us", "c1", "fee", "Yes"), Commitment("m2", "us", "c2", "fee", "no")
    assert n("C2", a, b, commitments=(yes, no)) == 1
    assert n("C2", a, b, commitments=(yes, replace(no, value=" yes "))) == 0
    assert n("C2", a, b, commitments=(yes, replace(no, replaces=("m1",)))) == 0
    hall = [replace(x, key="", resource="x", promised=60.0) for x in (yes, no)]
    assert [n("C2", a, b, commitments=tuple(hall), resources=(Resource("x", k),)) for k in (119, 120)] == [
        1,
        0,
    ]
    message = Material("k1", "i", "oppose", end=DAY)
    said = stance("s1", "a", "support")
    assert n("C3", positions=(said,), materials=(message,)) == 1
    assert n("C3", positions=(replace(said, start=after(1)),), materials=(message,)) == 0
    lead = (Lead("b", "p"),)
    assert n("C5", a, leads=lead) == 1 and n("C5", b, leads=lead) == 0
    for told, found in ((after(-7), 0), (after(-6), 1)):
        assert n("C5", replace(a, lead_told_on=told), leads=lead) == found
    assert [n("C5", a, leads=lead, today=after(x)) for x in (-7, -6)] == [0, 1]
    due = replace(yes, due=TODAY)
    assert [n("G1", a, commitments=(due,), today=TODAY + timedelta(x)) for x in (0, 1)] == [0, 1]
    key = (Partner("p", key_since=date(2020, 1, 1)),)
    assert [n("G1", a, partners=key, today=after(x)) for x in (365, 366)] == [0, 1]
    people = tuple(Partner(f"y{i}") for i in range(11))
    networks = (Network("w1", ("culture",)), Network("w2", ("culture",)))
    for shared, found in ((5, 1), (4, 1), (3, 0)):  # of 5 and 5: 4/6 and 4/5 are enough, 3/7 and 3/5 are not
        members = [Membership(f"o{w}", "hel", w, True, 10.0) for w in ("w1", "w2")]
        members += [Membership(f"a{i}", f"y{i}", "w1") for i in range(5)]
        members += [Membership(f"b{i}", f"y{i if i < shared else i + 5}", "w2") for i in range(5)]
        assert n("O7", networks=networks, memberships=tuple(members), partners=people) == found
