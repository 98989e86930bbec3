"""The planted cases of D1 and O1 to O7: what must fire, and near misses that must not.

In the tables "" says that a case must fire; else it is the name of the near miss.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.rules.city import Membership, Network

if TYPE_CHECKING:
    from tests.rules.planted import Planter


def days(n: int) -> timedelta:
    return timedelta(n)


def _pair(p: Planter, gap: int, first: dict[str, Any], second: dict[str, Any]) -> tuple[str, str, str]:
    """(partner, two contacts) of two departments with one partner, so many days apart."""
    (a, b), partner, day = p.two(), p.partner(), p.day()
    one = p.contact(first.pop("lead", a), partner, day, **first)
    return partner, one, p.contact(second.pop("lead", b), partner, day + days(gap), **second)


def d1(p: Planter) -> None:
    lead, other = p.two()
    for same, miss in (
        ({}, ""),
        ({"channel": "call"}, "another channel"),
        ({"summary": "something else"}, "another summary"),
        ({"leads": (other,)}, "another department"),
        ({"precision": "month"}, "month only"),
        ({"status": "cancelled"}, "cancelled"),
        ({"confidentiality": "confidential"}, "hidden"),
    ):
        partner, day = p.partner(), p.day()
        facts: dict[str, Any] = {"channel": "meeting", "summary": "twice"}
        a = p.contact(lead, partner, day, **facts)
        b = p.contact(lead, partner, day, **{**facts, **same})
        p.judge(miss, "D1", (partner, lead), a, b)
    partner, day = p.partner(), p.day()
    a, b = (p.contact(lead, partner, day, topics=("t0",), summary=f"words {i}") for i in range(2))
    p.expect("D1", (partner, lead), a, b)


def o1(p: Planter) -> None:
    area = {"areas": ("area0",)}
    for gap, first, second, miss in (
        (60, {}, {}, ""),
        (61, {}, {}, "61 days"),
        (0, {}, {}, ""),
        (5, {"joint": "as one"}, {"joint": "as one"}, "joint"),
        (5, {}, {"status": "cancelled"}, "cancelled"),
        (5, {}, {"areas": ("area1",)}, "other area"),
        (5, {}, {"precision": "year"}, "year only"),
        (5, {"lead": "d1"}, {"lead": "s13"}, "one chain"),
        (5, {"lead": "u1"}, {"lead": "d1"}, "one chain"),
        (5, {"lead": "s11"}, {"lead": "s12"}, ""),  # side by side in one division
        (5, {"lead": "city"}, {"lead": "d1"}, ""),  # the city is in a chain with itself only
        (5, {"lead": "s11"}, {"lead": "s21", "takes_part": ("d1",)}, "one chain"),
        (5, {"lead": "s11", "takes_part": ("s30",)}, {"lead": "s21", "takes_part": ("s30",)}, ""),
        (5, {"initiative": "theirs"}, {"initiative": "theirs"}, ""),
        (7, {}, {"confidentiality": "confidential"}, "hidden"),
    ):
        partner, a, b = _pair(p, gap, {**area, **first}, {**area, **second})
        p.judge(miss, "O1", (partner, "area0"), a, b)
    partner, a, b = _pair(p, 7, {"areas": ("area2",)}, {"topics": ("t2",)})  # the topic lies in the area
    p.expect("O1", (partner, "area2"), a, b)
    # A chain of links is one finding; a gap in it makes two.
    partner, day = p.partner(), p.day()
    lead, other = p.two()
    chain = [p.contact((lead, other)[i % 2], partner, day + days(40 * i), **area) for i in range(4)]
    p.expect("O1", (partner, "area0"), *chain)
    # Known by month only: possible where the day decides.
    (a_lead, b_lead), partner = p.two(), p.partner()
    a = p.contact(a_lead, partner, date(2026, 3, 31), **area)
    b = p.contact(b_lead, partner, date(2026, 5, 15), precision="month", **area)
    p.expect("O1", (partner, "area0"), a, b, certain=False)
    # A conference of eleven is no overlap.
    guests = tuple(p.partner() for _ in range(11))
    a = p.contact(a_lead, guests, p.day(), **area)
    b = p.contact(b_lead, guests[0], p.records["contacts"][-1].date, **area)
    p.judge("conference", "O1", (guests[0], "area0"), a, b)


def o2(p: Planter) -> None:
    ask = {"purposes": ("request",)}
    for gap, first, second, miss in (
        (90, {}, {}, ""),
        (91, {}, {}, "91 days"),
        (3, {"purposes": ("invite",)}, {"purposes": ("fund",)}, ""),
        (3, {"purposes": ("invite",)}, {"purposes": ("inform",)}, "no asking"),
        (3, {}, {"initiative": "theirs"}, "theirs"),
        (3, {"joint": "as one"}, {"joint": "as one"}, "joint"),
        (3, {"lead": "d2"}, {"lead": "s20"}, "one chain"),
        (3, {}, {"status": "cancelled"}, "cancelled"),
        (9, {}, {"confidentiality": "confidential"}, "hidden"),
    ):
        partner, a, b = _pair(p, gap, {**ask, **first}, {**ask, **second})
        p.judge(miss, "O2", (partner,), a, b)


def o3(p: Planter) -> None:
    for gap, second, miss in (
        (14, {}, ""),
        (0, {}, ""),
        (15, {}, "15 days"),
        (2, {"persons": ()}, "no person"),
        (2, {"status": "cancelled"}, "cancelled"),
        (2, {"joint": "as one"}, "joint"),
        (2, {"leads": ("the same",)}, "one chain"),
        (2, {"confidentiality": "confidential"}, "hidden"),
    ):
        person = p.add("persons", p.id("h"))
        day, (lead, other) = p.day(), p.two()
        joint = {"joint": "as one"} if "joint" in second else {}
        # At two partners: a person is a person.
        a = p.contact(lead, p.partner(), day, persons=(person,), **joint)
        own = {**second, "leads": (lead,)} if "leads" in second else second
        b = p.contact(other, p.partner(), day + days(gap), **{"persons": (person,), **own})
        p.judge(miss, "O3", (person,), a, b)


def o4(p: Planter) -> None:
    ours, theirs = {"channel": "visit_out"}, {"channel": "visit_in"}
    for gap, first, second, miss in (
        (14, ours, {"channel": "delegation_out"}, ""),
        (15, ours, ours, "15 days"),
        (3, theirs, theirs, ""),
        (3, theirs, ours, "both ways"),
        (3, ours, {**ours, "mode": "remote"}, "remote"),
        (3, ours, {"channel": "meeting"}, "no visit"),
        (3, ours, {**ours, "status": "cancelled"}, "cancelled"),
        (3, {**ours, "joint": "as one"}, {**ours, "joint": "as one"}, "joint"),
        (3, {**ours, "lead": "d3"}, {**ours, "lead": "u3"}, "one chain"),
        (3, ours, {**ours, "confidentiality": "confidential"}, "hidden"),
    ):
        partner, a, b = _pair(p, gap, dict(first), dict(second))
        p.judge(miss, "O4", (partner, "in" if first is theirs else "out"), a, b)


def _load(p: Planter, partner: str, spread: int, leads: tuple[str, ...], **facts: Any) -> list[str]:
    """One contact of each, over so many days from first to last."""
    day, n = p.day(), len(leads) - 1
    made = []
    for i, lead in enumerate(leads):
        made.append(p.contact(lead, partner, day + days(spread * i // n), **facts))
    return made


def o5(p: Planter) -> None:
    four = ("s00", "s10", "s20", "s00")
    for spread, leads, facts, miss in (
        (29, four, {}, ""),
        (30, four, {}, "31 days"),
        (10, ("s00", "s10", "s00", "s10"), {}, "two departments"),  # two departments
        (10, ("s00", "s10", "s20"), {}, "three contacts"),  # three contacts
        (10, ("d0", "s00", "s10", "s00"), {}, "one chain"),  # the division is not counted beside its service
        (10, four, {"joint": "as one"}, "joint"),
        (10, four, {"initiative": "theirs"}, "theirs"),
        (10, four, {"precision": "month"}, "month only"),
        (10, four, {"status": "cancelled"}, "cancelled"),
        (10, four, {"confidentiality": "confidential"}, "hidden"),
    ):
        partner = p.partner()
        made = _load(p, partner, spread, leads, **facts)
        p.judge(miss, "O5", (partner,), *made)
    for n, departments, miss in ((8, 5, ""), (7, 5, "seven contacts"), (8, 4, "four departments")):
        partner = p.partner(kind="state")
        made = _load(p, partner, 20, tuple(f"s{i % departments}1" for i in range(n)))
        p.judge(miss, "O5", (partner,), *made)


def o6(p: Planter) -> None:
    area = {"areas": ("area3",)}

    def family(second_topic: str, gap: int, siblings: bool, **facts: Any) -> tuple[str, str, str]:
        parent = p.partner()
        child, (lead, other), day = p.partner(part_of=parent), p.two(), p.day()
        first = p.partner(part_of=parent) if siblings else parent
        lead = "d1" if "leads" in facts else lead  # a division above the service that leads the other
        a = p.contact(lead, first, day, topics=("t3",), joint=facts.get("joint", ""), **area)
        b = p.contact(other, child, day + days(gap), **{"topics": (second_topic,), **area, **facts})
        return parent, a, b

    for topic, gap, siblings, facts, miss in (
        ("t11", 60, False, {}, ""),
        ("t11", 61, False, {}, "61 days"),
        ("t3", 10, True, {}, ""),
        ("t11", 10, True, {}, "no common topic"),
        ("t11", 10, False, {"status": "cancelled"}, "cancelled"),
        ("t11", 10, False, {"areas": ("area5",), "topics": ()}, "other area"),
        ("t11", 10, False, {"leads": ("s13",)}, "one chain"),
        ("t11", 10, False, {"joint": "as one"}, "joint"),
        ("t11", 10, False, {"confidentiality": "confidential"}, "hidden"),
    ):
        parent, a, b = family(topic, gap, siblings, **facts)
        p.judge(miss, "O6", (parent, "area3"), a, b)
    # A grandchild is not part of it directly.
    parent = p.partner()
    grandchild = p.partner(part_of=p.partner(part_of=parent))
    (lead, other), day = p.two(), p.day()
    a = p.contact(lead, parent, day, **area)
    b = p.contact(other, grandchild, day + days(3), **area)
    p.judge("grandchild", "O6", (parent, "area3"), a, b)


def o7(p: Planter) -> None:
    def networks(
        fees: tuple[float | None, float | None], common: int, own: int, areas: tuple[str, str], **facts: Any
    ) -> tuple[tuple[str, str], list[str]]:
        guests = [p.partner() for _ in range(common + 2 * own)]
        ids, ours = [], []
        for i in range(2):
            n = p.add("networks", Network(p.id("w"), (areas[i],)))
            ids.append(n.id)
            m = p.add("memberships", Membership(p.id("n"), f"s{i}2", n.id, True, fees[i], **facts))
            ours.append(m.id)
            for guest in guests[:common] + guests[common + i * own :][:own]:
                p.add("memberships", Membership(p.id("n"), guest, n.id))
        return (ids[0], ids[1]), ours

    for fees, common, own, areas, facts, miss, certain in (
        ((100.0, 50.0), 6, 3, ("area4", "area4"), {}, "", True),  # 6 of 12
        ((100.0, 50.0), 7, 3, ("area4", "area4"), {}, "", True),
        ((100.0, 50.0), 5, 3, ("area4", "area4"), {}, "few in common", True),  # 5 of 11, and of 8
        ((100.0, None), 6, 0, ("area4", "area4"), {}, "", False),
        ((100.0, 0.0), 6, 0, ("area4", "area4"), {}, "no fee", True),
        ((100.0, 50.0), 4, 0, ("area4", "area4"), {}, "four members", True),
        ((100.0, 50.0), 6, 0, ("area4", "area5"), {}, "other area", True),
        ((100.0, 50.0), 6, 0, ("area4", "area4"), {"end": date(2027, 1, 1)}, "ended before", True),
    ):
        group, ours = networks(fees, common, own, areas, **facts)
        p.judge(miss, "O7", group, *ours, certain=certain)
