"""The planted cases: one function a family, each with what must fire and what must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.rules.city import (
    Commitment,
    Lead,
    Material,
    Membership,
    Network,
    Partner,
    Position,
    Resource,
    Restriction,
)

if TYPE_CHECKING:
    from tests.rules.planted import Planter

ONE = timedelta(1)


def days(n: int) -> timedelta:
    return timedelta(n)


def _pair(p: Planter, gap: int, first: dict[str, Any], second: dict[str, Any]) -> tuple[str, str, str]:
    """(partner, two contacts) of two departments with one partner, so many days apart."""
    (a, b), partner, day = p.two(), p.partner(), p.day()
    one = p.contact(first.pop("lead", a), partner, day, **first)
    return partner, one, p.contact(second.pop("lead", b), partner, day + days(gap), **second)


def d1(p: Planter) -> None:
    lead, other = p.two()
    for same, fires in (
        ({}, True),
        ({"channel": "call"}, False),
        ({"summary": "something else"}, False),
        ({"leads": (other,)}, False),
        ({"precision": "month"}, False),
        ({"status": "cancelled"}, False),
    ):
        partner, day = p.partner(), p.day()
        facts: dict[str, Any] = {"channel": "meeting", "summary": "twice"}
        a = p.contact(lead, partner, day, **facts)
        b = p.contact(lead, partner, day, **{**facts, **same})
        if fires:
            p.expect("D1", (partner, lead), a, b)
    partner, day = p.partner(), p.day()
    a, b = (p.contact(lead, partner, day, topics=("t0",), summary=f"words {i}") for i in range(2))
    p.expect("D1", (partner, lead), a, b)


def o1(p: Planter) -> None:
    area = {"areas": ("area0",)}
    for gap, first, second, fires in (
        (60, {}, {}, True),
        (61, {}, {}, False),
        (0, {}, {}, True),
        (5, {"joint": "as one"}, {"joint": "as one"}, False),
        (5, {}, {"status": "cancelled"}, False),
        (5, {}, {"areas": ("area1",)}, False),
        (5, {}, {"precision": "year"}, False),
        (5, {"lead": "d1"}, {"lead": "s13"}, False),  # one chain
        (5, {"lead": "u1"}, {"lead": "d1"}, False),
        (5, {"lead": "s11"}, {"lead": "s12"}, True),  # side by side in one division
        (5, {"lead": "city"}, {"lead": "d1"}, True),  # the city is in a chain with itself only
        (5, {"lead": "s11"}, {"lead": "s21", "takes_part": ("d1",)}, False),
        (5, {"lead": "s11", "takes_part": ("s30",)}, {"lead": "s21", "takes_part": ("s30",)}, True),
        (5, {"initiative": "theirs"}, {"initiative": "theirs"}, True),
    ):
        partner, a, b = _pair(p, gap, {**area, **first}, {**area, **second})
        if fires:
            p.expect("O1", (partner, "area0"), a, b)
    partner, a, b = _pair(p, 7, {**area}, {**area, "confidentiality": "confidential"})
    p.expect("O1", (partner, "area0"), a, b, only_full=True)
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
    p.contact(a_lead, guests, p.day(), **area)
    p.contact(b_lead, guests[0], p.records["contacts"][-1].date, **area)


def o2(p: Planter) -> None:
    ask = {"purposes": ("request",)}
    for gap, first, second, fires in (
        (90, {}, {}, True),
        (91, {}, {}, False),
        (3, {"purposes": ("invite",)}, {"purposes": ("fund",)}, True),
        (3, {"purposes": ("invite",)}, {"purposes": ("inform",)}, False),
        (3, {}, {"initiative": "theirs"}, False),
        (3, {"joint": "as one"}, {"joint": "as one"}, False),
        (3, {"lead": "d2"}, {"lead": "s20"}, False),
        (3, {}, {"status": "cancelled"}, False),
    ):
        partner, a, b = _pair(p, gap, {**ask, **first}, {**ask, **second})
        if fires:
            p.expect("O2", (partner,), a, b)
    partner, a, b = _pair(p, 9, {**ask}, {**ask, "confidentiality": "confidential"})
    p.expect("O2", (partner,), a, b, only_full=True)


def o3(p: Planter) -> None:
    for gap, second, fires in (
        (14, {}, True),
        (15, {}, False),
        (2, {"persons": ()}, False),
        (2, {"status": "cancelled"}, False),
        (2, {"joint": "as one"}, False),
    ):
        person = p.add("persons", p.id("h"))
        day, (lead, other) = p.day(), p.two()
        joint = {"joint": "as one"} if "joint" in second else {}
        # At two partners: a person is a person.
        a = p.contact(lead, p.partner(), day, persons=(person,), **joint)
        b = p.contact(other, p.partner(), day + days(gap), **{"persons": (person,), **second})
        if fires:
            p.expect("O3", (person,), a, b)


def o4(p: Planter) -> None:
    for gap, first, second, group in (
        (14, {"channel": "visit_out"}, {"channel": "delegation_out"}, "out"),
        (15, {"channel": "visit_out"}, {"channel": "visit_out"}, ""),
        (3, {"channel": "visit_in"}, {"channel": "visit_in"}, "in"),
        (3, {"channel": "visit_in"}, {"channel": "visit_out"}, ""),
        (3, {"channel": "visit_out"}, {"channel": "visit_out", "mode": "remote"}, ""),
        (3, {"channel": "visit_out"}, {"channel": "meeting"}, ""),
        (3, {"channel": "visit_out"}, {"channel": "visit_out", "status": "cancelled"}, ""),
        (3, {"channel": "visit_out", "lead": "d3"}, {"channel": "visit_out", "lead": "u3"}, ""),
    ):
        partner, a, b = _pair(p, gap, dict(first), dict(second))
        if group:
            p.expect("O4", (partner, group), a, b)


def _load(p: Planter, partner: str, spread: int, leads: tuple[str, ...], **facts: Any) -> list[str]:
    """One contact of each, over so many days from first to last."""
    day, n = p.day(), len(leads) - 1
    made = []
    for i, lead in enumerate(leads):
        made.append(p.contact(lead, partner, day + days(spread * i // n), **facts))
    return made


def o5(p: Planter) -> None:
    four = ("s00", "s10", "s20", "s00")
    for spread, leads, facts, fires in (
        (29, four, {}, True),
        (30, four, {}, False),
        (10, ("s00", "s10", "s00", "s10"), {}, False),  # two departments
        (10, ("s00", "s10", "s20"), {}, False),  # three contacts
        (10, ("d0", "s00", "s10", "s00"), {}, False),  # the division is not counted beside its service
        (10, four, {"joint": "as one"}, False),
        (10, four, {"initiative": "theirs"}, False),
        (10, four, {"precision": "month"}, False),
    ):
        partner = p.partner()
        made = _load(p, partner, spread, leads, **facts)
        if fires:
            p.expect("O5", (partner,), *made)
    for n, departments, fires in ((8, 5, True), (7, 5, False), (8, 4, False)):
        partner = p.partner(kind="state")
        made = _load(p, partner, 20, tuple(f"s{i % departments}1" for i in range(n)))
        if fires:
            p.expect("O5", (partner,), *made)


def o6(p: Planter) -> None:
    area = {"areas": ("area3",)}

    def family(second_topic: str, gap: int, siblings: bool, **facts: Any) -> tuple[str, str, str]:
        parent = p.partner()
        child, (lead, other), day = p.partner(part_of=parent), p.two(), p.day()
        first = p.partner(part_of=parent) if siblings else parent
        a = p.contact(lead, first, day, topics=("t3",), **area)
        b = p.contact(other, child, day + days(gap), **{"topics": (second_topic,), **area, **facts})
        return parent, a, b

    for topic, gap, siblings, facts, fires in (
        ("t11", 60, False, {}, True),
        ("t11", 61, False, {}, False),
        ("t3", 10, True, {}, True),
        ("t11", 10, True, {}, False),  # siblings without a common topic
        ("t11", 10, False, {"status": "cancelled"}, False),
    ):
        parent, a, b = family(topic, gap, siblings, **facts)
        if fires:
            p.expect("O6", (parent, "area3"), a, b)
    # A grandchild is not part of it directly.
    parent = p.partner()
    grandchild = p.partner(part_of=p.partner(part_of=parent))
    (lead, other), day = p.two(), p.day()
    p.contact(lead, parent, day, **area)
    p.contact(other, grandchild, day + days(3), **area)


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

    for fees, common, own, areas, facts, fires, certain in (
        ((100.0, 50.0), 6, 3, ("area4", "area4"), {}, True, True),  # 6 of 12
        ((100.0, 50.0), 5, 3, ("area4", "area4"), {}, False, True),  # 5 of 11, and of 8
        ((100.0, None), 6, 0, ("area4", "area4"), {}, True, False),
        ((100.0, 0.0), 6, 0, ("area4", "area4"), {}, False, True),
        ((100.0, 50.0), 4, 0, ("area4", "area4"), {}, False, True),  # four known members
        ((100.0, 50.0), 6, 0, ("area4", "area5"), {}, False, True),
        ((100.0, 50.0), 6, 0, ("area4", "area4"), {"end": date(2027, 1, 1)}, False, True),
    ):
        group, ours = networks(fees, common, own, areas, **facts)
        if fires:
            p.expect("O7", group, *ours, certain=certain)


def _position(p: Planter, issue: str, holder: str, stance: str, start: date, **facts: Any) -> str:
    made: Position = p.add("positions", Position(p.id("s"), issue, holder, stance, start, **facts))
    return made.id


def c1(p: Planter) -> None:
    for second, fires in (
        ({}, True),
        ({"stance": "neutral"}, False),
        ({"holder": "same"}, False),
        ({"end": "before"}, False),
        ({"ours": False, "holder": "partner"}, False),
    ):
        issue, (lead, other), day = p.add("issues", p.id("i")), p.two(), p.day()
        # The first one ends before the second begins, or holds on.
        end = day + days(9) if "end" in second else None
        a = _position(p, issue, lead, "support", day, end=end)
        holder = {"same": lead, "partner": p.partner()}.get(str(second.get("holder")), other)
        ours = bool(second.get("ours", True))
        stance = str(second.get("stance", "oppose"))
        b = _position(p, issue, holder, stance, day + days(10), ours=ours)
        if fires:
            p.expect("C1", (issue,), a, b)
    # Replaced by the one above: a change, not a conflict.
    issue, day = p.add("issues", p.id("i")), p.day()
    _position(p, issue, "s40", "support", day)
    _position(p, issue, "d4", "oppose", day + days(20))


def _commitment(p: Planter, lead: str, partner: str, day: date, **facts: Any) -> str:
    contact = p.contact(lead, partner, day)
    by = facts.pop("by", "us")
    made: Commitment = p.add("commitments", Commitment(p.id("m"), by, contact, **facts))
    return made.id


def c2(p: Planter) -> None:
    key = {"key": "participation fee"}
    far = date(2029, 1, 1)
    for first, second, fires in (
        ({"amount": 100.0, "currency": "EUR"}, {"amount": 200.0, "currency": "EUR"}, True),
        ({"amount": 100.0, "currency": "EUR"}, {"amount": 100.0, "currency": "SEK"}, True),
        ({"amount": 100.0, "currency": "EUR"}, {"amount": 100.0, "currency": "eur"}, False),
        ({"value": "We  come"}, {"value": "we come"}, False),
        ({"value": "we come"}, {"value": "we stay"}, True),
        ({"value": "we come"}, {"value": "we stay", "by": "them"}, False),
        ({"value": "we come"}, {"value": "we stay", "status": "withdrawn"}, False),
        ({"value": "we come"}, {"value": "we stay", "status": "kept"}, True),
        ({"value": "we come"}, {"value": "we stay", "key": "another matter"}, False),
        ({"value": "we come", "due": "early"}, {"value": "we stay"}, False),
    ):
        partner, (lead, other), day = p.partner(), p.two(), p.day()
        # Kept ones are not overdue.
        due = day + days(3) if first.get("due") else far
        status = "kept" if first.get("due") else "open"
        a = _commitment(p, lead, partner, day, **{**key, **first, "due": due, "status": status})
        b = _commitment(p, other, partner, day + days(200), **{"due": far, **key, **second})
        if fires:
            p.expect("C2", (partner, "participation fee"), a, b)
    partner, (lead, other), day = p.partner(), p.two(), p.day()
    a = _commitment(p, lead, partner, day, value="one", due=far, **key)
    _commitment(p, other, partner, day + days(200), value="two", due=far, replaces=(a,), **key)
    for capacity, one, two, fires, certain in (
        (100.0, 60.0, 41.0, True, True),
        (100.0, 60.0, 40.0, False, True),
        (None, None, None, True, True),
        (100.0, 60.0, None, True, False),
    ):
        resource = p.add("resources", Resource(p.id("x"), capacity))
        (lead, other), day = p.two(), p.day()
        a = _commitment(p, lead, p.partner(), day, resource=resource.id, promised=one, due=far)
        b = _commitment(p, other, p.partner(), day, resource=resource.id, promised=two, due=far)
        if fires:
            p.expect("C2", (resource.id,), a, b, certain=certain)


def c3(p: Planter) -> None:
    for stance, message, kind, end, fires in (
        ("oppose", "support", "core_message", None, True),
        ("oppose", "neutral", "core_message", None, True),
        ("support", "support", "core_message", None, False),
        ("neutral", "support", "core_message", None, False),
        ("oppose", "support", "fact", None, False),
        ("oppose", "support", "core_message", -1, False),  # the message ended the day before
    ):
        issue, (lead, _), day = p.add("issues", p.id("i")), p.two(), p.day()
        last = day + days(end) if end is not None else None
        p.add("materials", Material(p.id("k"), issue, message, kind, day - days(20), last))
        s = _position(p, issue, lead, stance, day)
        if fires:
            p.expect("C3", (issue,), s)
    issue, day = p.add("issues", p.id("i")), p.day()
    a = p.add("materials", Material(p.id("k"), issue, "support", start=day))
    b = p.add("materials", Material(p.id("k"), issue, "oppose", start=day + days(9)))
    p.expect("C3", (issue,), a.id, b.id)


def c4(p: Planter) -> None:
    (lead, other), far = p.two(), date(2028, 1, 1)
    for kind, rule, contact, fires in (
        ("suspended", {}, {}, True),
        ("suspended", {}, {"status": "cancelled"}, False),
        ("suspended", {"end": -1}, {}, False),
        ("suspended", {"exempts": (lead,)}, {}, False),
        ("suspended", {"exempts": (other,)}, {}, True),
        ("suspended", {"exempt_purposes": ("learn",)}, {"purposes": ("learn",)}, False),
        ("suspended", {"exempt_purposes": ("learn",)}, {"purposes": ("learn", "inform")}, True),
        ("approval_needed", {}, {}, True),
        ("approval_needed", {}, {"approval": "board 12 §"}, False),
        ("channel_only", {"channels": ("letter",)}, {"channel": "letter"}, False),
        ("channel_only", {"channels": ("letter",)}, {"channel": "call"}, True),
    ):
        partner, day = p.partner(), p.day()
        # Beneath the restricted one.
        part = p.partner(part_of=partner)
        facts = dict(rule)
        end = day + days(facts.pop("end")) if "end" in facts else far
        r = p.add(
            "restrictions", Restriction(p.id("r"), kind, (partner,), start=day - days(50), end=end, **facts)
        )
        c = p.contact(lead, part, day, **contact)
        if fires:
            p.expect("C4", (r.id,), c)
    partner, day = p.partner(), date(2026, 8, 10)
    r = p.add("restrictions", Restriction(p.id("r"), "suspended", (partner,), start=date(2026, 8, 15)))
    c = p.contact(lead, partner, day, precision="month")
    p.expect("C4", (r.id,), c, certain=False)


def c5(p: Planter) -> None:
    for lead_of, facts, told, area, fires in (
        ("d5", {}, None, "", True),
        ("d5", {}, 7, "", False),
        ("d5", {}, 6, "", True),
        ("d0", {}, None, "", False),  # above the department of the contact
        ("d5", {"initiative": "theirs"}, None, "", False),
        ("d5", {"takes_part": ("u5",)}, None, "", False),
        ("d5", {"areas": ("area6",)}, None, "area6", True),
        ("d5", {"areas": ("area6",)}, None, "area7", False),
        ("d5", {"status": "cancelled"}, None, "", False),
    ):
        partner, day = p.partner(), p.day()
        p.add("leads", Lead(lead_of, partner, area))
        if told is not None:
            facts = {**facts, "lead_told_on": day - days(told)}
        c = p.contact("s02", partner, day, **facts)
        if fires:
            p.expect("C5", (partner,), c)
    partner = p.partner()
    p.add("leads", Lead("d5", partner))
    c = p.contact("s02", partner, date(2027, 6, 7), status="planned")  # told by yesterday, or late
    p.expect("C5", (partner,), c)
    partner = p.partner()
    p.add("leads", Lead("d5", partner))
    p.contact("s02", partner, date(2027, 6, 8), status="planned")


def g1(p: Planter) -> None:
    from tests.rules.planted import TODAY

    old = TODAY - days(365)
    for since, held, planned, fires in (
        (old, None, None, True),
        (old + ONE, None, None, False),
        (old, TODAY - days(365), None, False),
        (old, TODAY - days(366), None, True),
        (old, None, TODAY + days(90), False),
        (old, None, TODAY + days(91), True),
    ):
        partner: Partner = p.add("partners", Partner(p.id("p"), key_since=since))
        if held:
            p.contact("s31", partner.id, held)
        if planned:
            p.contact("s31", partner.id, planned, status="planned", planned_on=TODAY - days(10))
        if fires:
            p.expect("G1", (partner.id,), partner.id)
    partner = p.add("partners", Partner(p.id("p"), key_since=old))
    p.add("restrictions", Restriction(p.id("r"), "suspended", (partner.id,)))
    for due, status, by, fires in (
        (TODAY - ONE, "open", "us", True),
        (TODAY - ONE, "open", "them", True),
        (TODAY, "open", "us", False),
        (TODAY - ONE, "kept", "us", False),
        (None, "open", "us", False),
    ):
        m = _commitment(p, "s32", p.partner(), p.day(), due=due, status=status, by=by, key="a visit")
        if fires:
            p.expect("G1", (m,), m)


CASES: dict[str, Callable[[Planter], None]] = {
    "D1": d1, "O1": o1, "O2": o2, "O3": o3, "O4": o4, "O5": o5, "O6": o6, "O7": o7,
    "C1": c1, "C2": c2, "C3": c3, "C4": c4, "C5": c5, "G1": g1,
}  # fmt: skip
