"""The second implementation of the rules: by loops over all pairs, as the rules page reads.

It exists to disagree with graph/rules whenever one of the two is wrong, so it shares no code with it and is
not to be made faster or cleverer. Sentences in quotation marks are the page's own; "Choice" marks a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import combinations

from tests.rules import naive_others as others
from tests.rules import naive_overlaps as overlaps
from tests.rules.city import Contact, Position, Restriction, World
from tests.rules.naive_terms import (
    FOREVER,
    Finding,
    Link,
    Record,
    Seen,
    describe,
    episodes,
    linkable,
    linked,
    record,
)

# "rules.yaml holds every number above"
NUMBERS: dict[str, dict[str, int]] = {
    "D1": {"days": 0},
    "O1": {"days": 60},
    "O2": {"days": 90},
    "O3": {"days": 14},
    "O4": {"days": 14},
    "O5": {"days": 30, "contacts": 4, "departments": 3, "contacts_states": 8, "departments_states": 5},
    "O6": {"days": 60},
    "O7": {"members": 5},
    "C1": {"days": 0},
    "C2": {"days": 0},
    "C3": {"days": 0},
    "C4": {"days": 0},
    "C5": {"days": 7, "live_from": 0},
    "G1": {"days": 365, "planned": 90},
}


def o1(seen: Seen, n: dict[str, int], today: int) -> list[Finding]:
    """group: partner, area. independent, gap <= 60."""
    out = []
    for partner in seen.partner:
        for area in seen.world.areas:
            # "with overrides per partner kind or area" (Choice: the area's goes before the kind's)
            by_kind = n.get(f"days with {seen.partner[partner].kind}", n["days"])
            days = n.get(f"days about {area}", by_kind)
            group = [c for c in linkable(seen) if partner in c.partners and area in seen.areas(c)]

            def severity(a: Contact, b: Contact) -> str | None:
                if not seen.independent(a, b):
                    return None
                # "medium; high if the pair shares a topic" (Choice: any topic, of whatever area)
                return "high" if set(a.topics) & set(b.topics) else "medium"

            links = linked(group, days, severity)
            out += episodes(
                "O1",
                (partner, area),
                [record(c) for c in group],
                links,
                today=today,
                window=days,
                partner=partner,
                subject=("area", area),
            )
    return out


def validity(seen: Seen, p: Position) -> tuple[int, int]:
    """[from, last day] of our position after newer ones ended it; void when the last day lies before from."""
    start = p.start.toordinal()
    end = p.end.toordinal() if p.end else FOREVER  # "from `from` to `to` (open-ended if none)"
    for q in seen.positions:
        if q.id == p.id or not q.ours or q.issue != p.issue:
            continue
        # "a newer position (from, then recorded_at, id)"
        if (q.start, q.recorded_at, q.id) < (p.start, p.recorded_at, p.id):
            continue
        # "by the same department or one above it" (Choice: above on the day the newer one begins; the city
        # is above its departments, the exception for it is one of chains)
        if q.holder == p.holder or seen.beneath(p.holder, q.holder, q.start.toordinal()):
            # "ends the older the day before (same day: the older is void)"
            end = min(end, q.start.toordinal() - 1)
    return start, end


def c1(seen: Seen, n: dict[str, int], today: int) -> list[Finding]:
    """group: issue. Our position supports, another of ours opposes."""
    out = []
    for issue in seen.world.issues:
        # "A partner's own stance is kept, and is no part of this"
        ours = [p for p in seen.positions if p.issue == issue and p.ours]
        valid = {p.id: validity(seen, p) for p in ours}
        links = []
        for a, b in combinations(ours, 2):
            # "Neutral ends and never conflicts"
            if {a.stance, b.stance} != {"support", "oppose"}:
                continue
            # "departments not the same, validity days intersect"
            first = max(valid[a.id][0], valid[b.id][0])
            last = min(valid[a.id][1], valid[b.id][1])
            if a.holder == b.holder or first > last:
                continue
            # "high; critical if both were stated to one partner"
            severity = "critical" if seen.stated_to(a) & seen.stated_to(b) else "high"
            # Choice: the later day of two positions is the last day on which both hold.
            links.append(Link(a.id, b.id, True, 0, severity, last))

        def span(inner: Sequence[Link], valid: dict[str, tuple[int, int]] = valid) -> tuple[int, int]:
            # Choice: first and last are the days of the conflict, not those of the positions: otherwise a
            # conflict that was settled years ago stays live for as long as one of the two is still held.
            return min(max(valid[x.a][0], valid[x.b][0]) for x in inner), max(x.later for x in inner)

        out += episodes(
            "C1",
            (issue,),
            [Record(p.id, p.recorded_at, *valid[p.id], (p.holder,)) for p in ours],
            links,
            today=today,
            window=n["days"],
            partner=None,
            subject=("issue", issue),
            span=span,
        )
    return out


def targets(seen: Seen, r: Restriction) -> list[str]:
    """ "its target: a partner and those beneath it, a country, or a kind in a country" """
    out = []
    for p in seen.partner.values():
        limited = any(seen.beneath_partner(p.id, q) for q in r.limits)
        in_country = bool(r.country) and p.country == r.country
        if limited or (in_country and r.partner_kind in ("", p.kind)):
            out.append(p.id)
    return out


def exempt(r: Restriction, c: Contact) -> bool:
    """ "not for departments or purposes that the restriction exempts" """
    # Choice: all that lead it are exempt (as named, not those beneath); all its purposes are exempt.
    by_department = bool(c.leads) and set(c.leads) <= set(r.exempts)
    by_purpose = bool(c.purposes) and set(c.purposes) <= set(r.exempt_purposes)
    return by_department or by_purpose


def c4(seen: Seen, n: dict[str, int], today: int) -> list[Finding]:
    """group: restriction. "A single record is a finding." """
    out = []
    for r in seen.world.restrictions:
        start = r.start.toordinal() if r.start else -FOREVER
        end = r.end.toordinal() if r.end else FOREVER
        for c in seen.contacts:
            lo, hi = c.days
            met = sorted(set(c.partners) & set(targets(seen, r)))
            if not met or hi < start or lo > end or exempt(r, c):
                continue
            if r.kind == "approval_needed" and c.approval:
                continue  # "unless the contact names its approval"
            if r.kind == "channel_only" and c.channel in r.channels:
                continue  # "unless the channel is allowed"
            # "Coarse and partly inside: possible." (Choice: precision year likewise; this rule has no window)
            certain = c.precision == "day" or (start <= lo and hi <= end)
            # "block if planned, high if held; theirs: info"
            severity = "info" if c.initiative == "theirs" else "block" if c.status == "planned" else "high"
            out.append(
                describe(
                    "C4",
                    (r.id,),
                    certain,
                    [record(c)],
                    [(severity, hi)],
                    today=today,
                    window=n["days"],
                    partner=met[0],  # Choice: the first by id where several partners are its target
                    subject=("restriction", r.id),
                )
            )
    return out


RULES: dict[str, Callable[[Seen, dict[str, int], int], list[Finding]]] = {
    "D1": overlaps.d1,
    "O1": o1,
    "O2": overlaps.o2,
    "O3": overlaps.o3,
    "O4": overlaps.o4,
    "O5": overlaps.o5,
    "O6": overlaps.o6,
    "O7": overlaps.o7,
    "C1": c1,
    "C2": others.c2,
    "C3": others.c3,
    "C4": c4,
    "C5": others.c5,
    "G1": others.g1,
}


def findings(
    world: World, world_name: str, rule: str, today: date, numbers: dict[str, int] | None = None
) -> list[Finding]:
    """All findings of one rule in the "open" or "full" world on a day; `numbers` override thresholds.

    O1 also knows "days with state" (a partner kind) and "days about culture" (an area).
    """
    n = {**NUMBERS[rule], **(numbers or {})}
    return RULES[rule](Seen(world, world_name), n, today.toordinal())
