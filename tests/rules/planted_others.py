"""The planted cases of C1 to C5 and G1: what must fire, and near misses that must not.

In the tables "" says that a case must fire; else it is the name of the near miss.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.rules.city import Commitment, Lead, Material, Partner, Position, Resource, Restriction

if TYPE_CHECKING:
    from tests.rules.planted import Planter


ONE = timedelta(1)


def days(n: int) -> timedelta:
    return timedelta(n)


def _position(p: Planter, issue: str, holder: str, stance: str, start: date, **facts: Any) -> str:
    made: Position = p.add("positions", Position(p.id("s"), issue, holder, stance, start, **facts))
    return made.id


def c1(p: Planter) -> None:
    for second, miss in (
        ({}, ""),
        ({"stance": "neutral"}, "neutral"),
        ({"holder": "same"}, "one department"),
        ({"end": "before"}, "ended before"),
        ({"ours": False, "holder": "partner"}, "a partner's"),
        ({"secret": True}, "hidden"),
    ):
        issue, (lead, other), day = p.add("issues", p.id("i")), p.two(), p.day()
        # The first one ends before the second begins, or holds on.
        end = day + days(9) if "end" in second else None
        a = _position(p, issue, lead, "support", day, end=end)
        holder = {"same": lead, "partner": p.partner()}.get(str(second.get("holder")), other)
        ours = bool(second.get("ours", True))
        stance = str(second.get("stance", "oppose"))
        said = _secret(p, holder, day + days(10)) if "secret" in second else ""
        b = _position(p, issue, holder, stance, day + days(10), ours=ours, stated_in=said)
        p.judge(miss, "C1", (issue,), a, b)
    # Replaced by the one above: a change, not a conflict.
    issue, day = p.add("issues", p.id("i")), p.day()
    a = _position(p, issue, "s40", "support", day)
    b = _position(p, issue, "d4", "oppose", day + days(20))
    p.judge("replaced", "C1", (issue,), a, b)
    # The other way round: the one beneath contradicts the one above.
    issue, day = p.add("issues", p.id("i")), p.day()
    a = _position(p, issue, "d4", "support", day)
    b = _position(p, issue, "s40", "oppose", day + days(20))
    p.expect("C1", (issue,), a, b)
    # By the same department, which changed its mind; and back to neutral.
    issue, day = p.add("issues", p.id("i")), p.day()
    a = _position(p, issue, "s40", "support", day)
    _position(p, issue, "s40", "neutral", day + days(20))
    b = _position(p, issue, "s11", "oppose", day + days(20))
    p.judge("replaced", "C1", (issue,), a, b)


def _secret(p: Planter, lead: str, day: date) -> str:
    """A confidential contact in which something is said."""
    return p.contact(lead, p.partner(), day, confidentiality="confidential")


def _commitment(p: Planter, lead: str, partner: str, day: date, **facts: Any) -> str:
    contact = p.contact(lead, partner, day, confidentiality=facts.pop("level", "internal"))
    by = facts.pop("by", "us")
    made: Commitment = p.add("commitments", Commitment(p.id("m"), by, contact, **facts))
    return made.id


def c2(p: Planter) -> None:
    key = {"key": "participation fee"}
    far = date(2029, 1, 1)
    for first, second, miss in (
        ({"amount": 100.0, "currency": "EUR"}, {"amount": 200.0, "currency": "EUR"}, ""),
        ({"amount": 100.0, "currency": "EUR"}, {"amount": 100.0, "currency": "SEK"}, ""),
        ({"amount": 100.0, "currency": "EUR"}, {"amount": 100.0, "currency": "eur"}, "the same amount"),
        ({"value": "We  come"}, {"value": "we come"}, "the same text"),
        ({"value": "we come"}, {"value": "we stay"}, ""),
        ({"value": "we come"}, {"value": "we stay", "by": "them"}, "theirs"),
        ({"value": "we come"}, {"value": "we stay", "status": "withdrawn"}, "withdrawn"),
        ({"value": "we come"}, {"value": "we stay", "status": "kept"}, ""),
        ({"value": "we come"}, {"value": "we stay", "key": "another matter"}, "another key"),
        ({"value": "we come", "due": "early"}, {"value": "we stay"}, "ended before"),
        ({"value": "we come"}, {"value": "we stay", "level": "confidential"}, "hidden"),
    ):
        partner, (lead, other), day = p.partner(), p.two(), p.day()
        # Kept ones are not overdue.
        due = day + days(3) if first.get("due") else far
        status = "kept" if first.get("due") else "open"
        a = _commitment(p, lead, partner, day, **{**key, **first, "due": due, "status": status})
        b = _commitment(p, other, partner, day + days(200), **{"due": far, **key, **second})
        p.judge(miss, "C2", (partner, "participation fee"), a, b)
    partner, (lead, other), day = p.partner(), p.two(), p.day()
    a = _commitment(p, lead, partner, day, value="one", due=far, **key)
    b = _commitment(p, other, partner, day + days(200), value="two", due=far, replaces=(a,), **key)
    p.judge("replaced", "C2", (partner, "participation fee"), a, b)
    for capacity, one, two, miss, certain in (
        (100.0, 60.0, 41.0, "", True),
        (100.0, 60.0, 40.0, "within capacity", True),
        (None, None, None, "", True),
        (100.0, 60.0, None, "", False),
    ):
        resource = p.add("resources", Resource(p.id("x"), capacity))
        (lead, other), day = p.two(), p.day()
        a = _commitment(p, lead, p.partner(), day, resource=resource.id, promised=one, due=far)
        b = _commitment(p, other, p.partner(), day, resource=resource.id, promised=two, due=far)
        p.judge(miss, "C2", (resource.id,), a, b, certain=certain)


def c3(p: Planter) -> None:
    for stance, message, kind, end, miss in (
        ("oppose", "support", "core_message", None, ""),
        ("oppose", "neutral", "core_message", None, ""),
        ("support", "support", "core_message", None, "in line"),
        ("neutral", "support", "core_message", None, "neutral"),
        ("oppose", "support", "fact", None, "no core message"),
        ("oppose", "support", "core_message", -1, "ended before"),
    ):
        issue, (lead, _), day = p.add("issues", p.id("i")), p.two(), p.day()
        last = day + days(end) if end is not None else None
        p.add("materials", Material(p.id("k"), issue, message, kind, day - days(20), last))
        s = _position(p, issue, lead, stance, day)
        p.judge(miss, "C3", (issue,), s)
    issue, (lead, _), day = p.add("issues", p.id("i")), p.two(), p.day()
    p.add("materials", Material(p.id("k"), issue, "support", start=day - days(20)))
    s = _position(p, issue, lead, "oppose", day, stated_in=_secret(p, lead, day))
    p.judge("hidden", "C3", (issue,), s)
    issue, day = p.add("issues", p.id("i")), p.day()
    a = p.add("materials", Material(p.id("k"), issue, "support", start=day))
    b = p.add("materials", Material(p.id("k"), issue, "oppose", start=day + days(9)))
    p.expect("C3", (issue,), a.id, b.id)


def c4(p: Planter) -> None:
    (lead, other), far = p.two(), date(2028, 1, 1)
    for kind, rule, contact, miss in (
        ("suspended", {}, {}, ""),
        ("suspended", {}, {"status": "cancelled"}, "cancelled"),
        ("suspended", {"end": -1}, {}, "ended before"),
        ("suspended", {"exempts": (lead,)}, {}, "exempted"),
        ("suspended", {"exempts": (other,)}, {}, ""),
        ("suspended", {"exempt_purposes": ("learn",)}, {"purposes": ("learn",)}, "exempted"),
        ("suspended", {"exempt_purposes": ("learn",)}, {"purposes": ("learn", "inform")}, ""),
        ("approval_needed", {}, {}, ""),
        ("approval_needed", {}, {"approval": "board 12 §"}, "approved"),
        ("channel_only", {"channels": ("letter",)}, {"channel": "letter"}, "allowed channel"),
        ("channel_only", {"channels": ("letter",)}, {"channel": "call"}, ""),
        ("suspended", {}, {"confidentiality": "confidential"}, "hidden"),
    ):
        partner, day = p.partner(), p.day()
        # Beneath the restricted one.
        part = p.partner(part_of=partner)
        facts: dict[str, Any] = dict(rule)
        end = day + days(facts.pop("end")) if "end" in facts else far
        r = p.add(
            "restrictions", Restriction(p.id("r"), kind, (partner,), start=day - days(50), end=end, **facts)
        )
        c = p.contact(lead, part, day, **contact)
        p.judge(miss, "C4", (r.id,), c)
    partner, day = p.partner(), date(2026, 8, 10)
    r = p.add("restrictions", Restriction(p.id("r"), "suspended", (partner,), start=date(2026, 8, 15)))
    c = p.contact(lead, partner, day, precision="month")
    p.expect("C4", (r.id,), c, certain=False)


def c5(p: Planter) -> None:
    for lead_of, more, told, area, miss in (
        ("d5", {}, None, "", ""),
        ("d5", {}, 7, "", "told in time"),
        ("d5", {}, 6, "", ""),
        ("d0", {}, None, "", "one chain"),  # above the department of the contact
        ("d5", {"initiative": "theirs"}, None, "", "theirs"),
        ("d5", {"takes_part": ("u5",)}, None, "", "one chain"),
        ("d5", {"areas": ("area6",)}, None, "area6", ""),
        ("d5", {"areas": ("area6",)}, None, "area7", "other area"),
        ("d5", {"status": "cancelled"}, None, "", "cancelled"),
        ("d5", {"confidentiality": "confidential"}, None, "", "hidden"),
    ):
        partner, day = p.partner(), p.day()
        p.add("leads", Lead(lead_of, partner, area))
        facts: dict[str, Any] = dict(more)
        if told is not None:
            facts["lead_told_on"] = day - days(told)
        c = p.contact("s02", partner, day, **facts)
        p.judge(miss, "C5", (partner,), c)
    partner = p.partner()
    p.add("leads", Lead("d5", partner))
    c = p.contact("s02", partner, date(2027, 6, 7), status="planned")  # told by yesterday, or late
    p.expect("C5", (partner,), c)
    partner = p.partner()
    p.add("leads", Lead("d5", partner))
    c = p.contact("s02", partner, date(2027, 6, 8), status="planned")
    p.judge("still in time", "C5", (partner,), c)


def g1(p: Planter) -> None:
    from tests.rules.planted import TODAY

    old = TODAY - days(365)
    for since, held, planned, miss in (
        (old, None, None, ""),
        (old + ONE, None, None, "364 days"),
        (old, TODAY - days(365), None, "met in time"),
        (old, TODAY - days(366), None, ""),
        (old, None, TODAY + days(90), "planned in time"),
        (old, None, TODAY + days(91), ""),
    ):
        partner: Partner = p.add("partners", Partner(p.id("p"), key_since=since))
        if held:
            p.contact("s31", partner.id, held)
        if planned:
            p.contact("s31", partner.id, planned, status="planned", planned_on=TODAY - days(10))
        p.judge(miss, "G1", (partner.id,), partner.id)
    partner = p.add("partners", Partner(p.id("p"), key_since=old))
    p.add("restrictions", Restriction(p.id("r"), "suspended", (partner.id,)))
    p.judge("suspended", "G1", (partner.id,), partner.id)
    for due, status, by, miss in (
        (TODAY - ONE, "open", "us", ""),
        (TODAY - ONE, "open", "them", ""),
        (TODAY, "open", "us", "not yet due"),
        (TODAY - ONE, "kept", "us", "kept"),
        (None, "open", "us", "no due day"),
    ):
        m = _commitment(p, "s32", p.partner(), p.day(), due=due, status=status, by=by, key="a visit")
        p.judge(miss, "G1", (m,), m)
    m = _commitment(p, "s32", p.partner(), p.day(), due=TODAY - ONE, key="a visit", level="confidential")
    p.judge("hidden", "G1", (m,), m)
