"""C2, C3, C5 and G1, by loops over all pairs, with the page's own sentences in quotation marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import combinations

from tests.rules.city import Commitment, Contact, Lead, Material
from tests.rules.naive_terms import (
    FOREVER,
    Finding,
    Link,
    Record,
    Seen,
    departments_of,
    describe,
    episodes,
    record,
)

Numbers = dict[str, int]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def c2(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: partner and key; or resource. "ours only" """
    ours = [m for m in seen.commitments if m.by == "us"]

    def period(m: Commitment) -> tuple[int, int]:
        """ "day made to due day, or open-ended" (Choice: made on the contact's first day)"""
        return seen.counting[m.made_in].days[0], m.due.toordinal() if m.due else FOREVER

    def intersection(a: Commitment, b: Commitment) -> tuple[int, int]:
        return max(period(a)[0], period(b)[0]), min(period(a)[1], period(b)[1])

    def partners(m: Commitment) -> set[str]:
        return set(seen.counting[m.made_in].partners)

    def leads(m: Commitment) -> set[str]:
        return set(seen.counting[m.made_in].leads)

    def differ(a: Commitment, b: Commitment) -> bool:
        """ "values differ (text: case and space folded; amounts: number and currency)" """
        if a.amount is not None and b.amount is not None:
            return (a.amount, a.currency.casefold()) != (b.amount, b.currency.casefold())
        # Choice: an amount differs from a text; what has neither differs from nothing.
        if a.amount is None and b.amount is None:
            return bool(a.value and b.value) and _folded(a.value) != _folded(b.value)
        return bool((a.value or a.amount is not None) and (b.value or b.amount is not None))

    def found(group: tuple[str, ...], links: list[Link], partner: str | None, kind: str) -> list[Finding]:
        members = [Record(m.id, m.recorded_at, *period(m), tuple(sorted(leads(m)))) for m in ours]
        return episodes(
            "C2",
            group,
            members,
            links,
            today=today,
            window=n["days"],
            partner=partner,
            subject=(kind, group[-1]),
        )

    out = []
    for partner in seen.partner:
        for key in sorted({m.key for m in ours if m.key}):
            links = []
            # "both open or kept"
            same = [
                m for m in ours if m.key == key and partner in partners(m) and m.status in ("open", "kept")
            ]
            for a, b in combinations(same, 2):
                first, last = intersection(a, b)
                replaced = a.id in b.replaces or b.id in a.replaces  # "neither replaces the other"
                if differ(a, b) and first <= last and not replaced:
                    links.append(Link(a.id, b.id, True, 0, "high", last))
            out += found((partner, key), links, partner, "key")
    for resource in seen.world.resources:
        links = []
        # "one resource, both open, periods intersect, different department or partner"
        using = [m for m in ours if m.resource == resource.id and m.status == "open"]
        for a, b in combinations(using, 2):
            first, last = intersection(a, b)
            if first > last or (leads(a) == leads(b) and partners(a) == partners(b)):
                continue
            if resource.capacity is None:
                certain = True  # "no capacity: exclusive"
            elif a.promised is None or b.promised is None:
                certain = False  # Choice: an unknown amount may exceed it
            elif a.promised + b.promised > resource.capacity:
                certain = True  # "amounts together exceed its capacity"
            else:
                continue
            links.append(Link(a.id, b.id, certain, 0, "high", last))
        out += found((resource.id,), links, None, "resource")
    return out


def c3(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: issue. Our position against core messages, and core messages against each other."""
    out: list[Finding] = []

    def valid(m: Material) -> tuple[int, int]:
        return m.start.toordinal() if m.start else -FOREVER, m.end.toordinal() if m.end else FOREVER

    for issue in seen.world.issues:
        messages = [m for m in seen.world.materials if m.kind == "core_message" and m.issue == issue]
        for p in seen.positions:
            # "our position supports or opposes"
            if p.issue != issue or not p.ours or p.stance == "neutral":
                continue
            # Choice: stated on the days of the contact it was stated in, else on its first day.
            c = seen.counting.get(p.stated_in)
            lo, hi = c.days if c else (p.start.toordinal(), p.start.toordinal())
            against = [
                m for m in messages if m.stance != p.stance and valid(m)[0] <= hi and lo <= valid(m)[1]
            ]
            if against:
                # "valid on the day it was stated": for a coarse contact we do not know the day
                sure = (
                    c is None
                    or c.precision == "day"
                    or any(valid(m)[0] <= lo and hi <= valid(m)[1] for m in against)
                )
                out.append(
                    describe(
                        "C3",
                        (issue,),
                        sure,
                        [Record(p.id, p.recorded_at, lo, hi, (p.holder,))],
                        [("medium", hi)],
                        today=today,
                        window=n["days"],
                        partner=None,
                        subject=("issue", issue),
                    )
                )
        # "Two core messages that disagree on one day are a finding about the bank."
        links = []
        for a, b in combinations(messages, 2):
            first, last = max(valid(a)[0], valid(b)[0]), min(valid(a)[1], valid(b)[1])
            if a.stance != b.stance and first <= last:
                links.append(Link(a.id, b.id, True, 0, "medium", last))
        members = [Record(m.id, m.recorded_at, *valid(m)) for m in messages]
        out += episodes(
            "C3",
            (issue,),
            members,
            links,
            today=today,
            window=n["days"],
            partner=None,
            subject=("issue", issue),
        )
    return out


def c5(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: partner. "A single record is a finding" """
    out = []

    def leads_on(leads: Sequence[Lead], partner: str, c: Contact) -> set[str]:
        """ "the partner has lead departments on lo (for this area, if the lead names one)" """
        lo = c.days[0]
        return {
            x.department
            for x in leads
            if x.partner == partner
            and (not x.start or x.start.toordinal() <= lo)
            and (not x.end or lo <= x.end.toordinal())
            and (not x.area or x.area in seen.areas(c))
        }

    for partner in seen.partner:
        for c in seen.contacts:
            lo, hi = c.days
            # Choice: its seven days are a window, so precision year takes no part.
            if partner not in c.partners or c.initiative != "ours" or c.precision == "year":
                continue
            if lo < n["live_from"]:
                continue
            leading = leads_on(seen.world.leads, partner, c)
            # "no department of the contact is in a chain with any of them"
            chained = any(seen.one_chain(d, e, [lo]) for d in departments_of(c) for e in leading)
            if not leading or chained:
                continue
            # "Told = lead_told_on, or the day the contact was recorded as planned" (Choice: the earlier)
            told = [day.toordinal() for day in (c.lead_told_on, c.planned_on) if day]
            # "told after lo - 7, or untold and today > lo - 7"
            if (min(told) if told else today) > lo - n["days"]:
                out.append(
                    describe(
                        "C5",
                        (partner,),
                        True,
                        [record(c)],
                        [("medium", hi)],
                        today=today,
                        window=n["days"],
                        partner=partner,
                        subject=("partner", partner),
                    )
                )
    return out


def _meets(c: Contact, first: int, last: int) -> bool:
    return c.days[0] <= last and first <= c.days[1]


def _suspended(seen: Seen, partner: str, today: int) -> bool:
    p = seen.partner[partner]
    return any(
        r.kind == "suspended"
        and (not r.start or r.start.toordinal() <= today)
        and (not r.end or today <= r.end.toordinal())
        and (
            any(seen.beneath_partner(partner, q) for q in r.limits)
            or (bool(r.country) and r.country == p.country and r.partner_kind in ("", p.kind))
        )
        for r in seen.world.restrictions
    )


def g1(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: commitment; or partner. "A single record is a finding" """
    out = []
    for m in seen.commitments:
        # "an open commitment with due day < today, ours and theirs apart"
        if m.status == "open" and m.due and m.due.toordinal() < today:
            c = seen.counting[m.made_in]
            # Choice: it goes on, so it has no last day; it names the first partner by id, to be found there.
            members = [Record(m.id, m.recorded_at, m.due.toordinal(), FOREVER, c.leads)]
            out.append(
                describe(
                    "G1",
                    (m.id,),
                    True,
                    members,
                    [("low", FOREVER)],
                    today=today,
                    window=0,
                    partner=min(c.partners, default=None),
                    subject=("commitment", m.id),
                )
            )
    by_partner = defaultdict(list)
    for c in seen.contacts:
        for partner in c.partners:
            by_partner[partner].append(c)
    for p in seen.partner.values():
        # "a key partner (for >= 365 days, not suspended)"
        if not p.key_since or today - p.key_since.toordinal() < n["days"]:
            continue
        if _suspended(seen, p.id, today):
            continue
        # "no held contact whose days meet [today - 365, today] and no planned one within 90 days"
        with_day = [c for c in by_partner[p.id] if c.precision != "year"]
        held = any(c.status == "held" and _meets(c, today - n["days"], today) for c in with_day)
        planned = any(c.status == "planned" and _meets(c, today, today + n["planned"]) for c in with_day)
        if not held and not planned:
            since = p.key_since.toordinal()
            moment = datetime.combine(date.fromordinal(since), time(12), UTC)
            members = [Record(p.id, moment, since, FOREVER)]
            out.append(
                describe(
                    "G1",
                    (p.id,),
                    True,
                    members,
                    [("low", FOREVER)],
                    today=today,
                    window=0,
                    partner=p.id,
                    subject=("partner", p.id),
                )
            )
    return out
