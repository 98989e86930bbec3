"""D1 and O2 to O7, by loops over all pairs, with the page's own sentences in quotation marks."""

from __future__ import annotations

from itertools import combinations

from tests.rules.city import Contact, Membership
from tests.rules.naive_terms import (
    FOREVER,
    Finding,
    Link,
    Record,
    Seen,
    describe,
    episodes,
    gaps,
    linkable,
    linked,
    record,
)

Numbers = dict[str, int]
ASKING = {"request", "invite", "fund"}
LARGE_KINDS = ("state", "eu_institution")


def _same_entry(a: Contact, b: Contact) -> bool:
    """ "same [lo, hi] exact, same channel, same set of topics (both empty: same summary)" """
    if (a.precision, b.precision) != ("day", "day") or a.days != b.days or a.channel != b.channel:
        return False
    if set(a.topics) != set(b.topics):
        return False
    return bool(a.topics) or a.summary == b.summary


def d1(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: partner, department. "this same department leads both" """
    out = []
    for partner in seen.partner:
        for d in seen.world.departments:
            group = [c for c in seen.contacts if partner in c.partners and d.id in c.leads]
            links = [
                Link(a.id, b.id, True, 0, "info", a.days[1])
                for a, b in combinations(group, 2)
                if _same_entry(a, b)
            ]
            out += episodes(
                "D1",
                (partner, d.id),
                [record(c) for c in group],
                links,
                today=today,
                window=n["days"],
                partner=partner,
                subject=("department", d.id),
            )
    return out


def o2(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: partner. "independent, both ours, both with a purpose among request, invite, fund" """
    out = []
    for partner in seen.partner:
        group = [
            c
            for c in linkable(seen)
            if partner in c.partners and c.initiative == "ours" and set(c.purposes) & ASKING
        ]

        def severity(a: Contact, b: Contact) -> str | None:
            if not seen.independent(a, b):
                return None
            # "high; medium if both only invite" (Choice: of the three purposes; others do not matter)
            only_invite = all(set(c.purposes) & ASKING == {"invite"} for c in (a, b))
            return "medium" if only_invite else "high"

        out += episodes(
            "O2",
            (partner,),
            [record(c) for c in group],
            linked(group, n["days"], severity),
            today=today,
            window=n["days"],
            partner=partner,
            subject=("partner", partner),
        )
    return out


def o3(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: person. "independent, both with this counterpart, gap <= 14" """
    out = []
    for person in seen.world.persons:
        group = [c for c in linkable(seen) if person in c.persons]
        links = linked(group, n["days"], lambda a, b: "medium" if seen.independent(a, b) else None)
        out += episodes(
            "O3",
            (person,),
            [record(c) for c in group],
            links,
            today=today,
            window=n["days"],
            partner=None,
            subject=("person", person),
        )
    return out


def o4(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: partner, direction. "neither remote, gap <= 14" """
    out = []
    for partner in seen.partner:
        for direction in ("out", "in"):
            channels = (f"visit_{direction}", f"delegation_{direction}")
            group = [
                c
                for c in linkable(seen)
                if partner in c.partners and c.channel in channels and c.mode != "remote"
            ]

            def severity(a: Contact, b: Contact) -> str | None:
                if not seen.independent(a, b):
                    return None
                # "medium; info if all are held" (Choice: all of the link)
                return "info" if a.status == b.status == "held" else "medium"

            out += episodes(
                "O4",
                (partner, direction),
                [record(c) for c in group],
                linked(group, n["days"], severity),
                today=today,
                window=n["days"],
                partner=partner,
                subject=("direction", direction),
            )
    return out


def o5(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: partner. "Ours and exact only; one joint key, and one D1 group, count as one." """
    out = []
    for partner in seen.partner:
        group = [
            c
            for c in linkable(seen)
            if partner in c.partners and c.initiative == "ours" and c.precision == "day"
        ]
        # D1: "The smallest id represents them where others count" (Choice: the others are not in the load)
        group = [
            c
            for c in group
            if not any(x.id < c.id and set(x.leads) & set(c.leads) and _same_entry(x, c) for x in group)
        ]
        large = seen.partner[partner].kind in LARGE_KINDS  # "8 and 5"
        contacts = n["contacts_states"] if large else n["contacts"]
        departments = n["departments_states"] if large else n["departments"]
        links: dict[tuple[str, str], Link] = {}
        for c in group:
            # "a window [lo(c), lo(c) + 29] that begins at a contact c and holds the first days"
            inside = [x for x in group if c.days[0] <= x.days[0] <= c.days[0] + n["days"] - 1]
            efforts = {x.joint or f"alone {x.id}" for x in inside}
            leads = {d for x in inside for d in x.leads}
            # "counted as those with no other of the set beneath them" (Choice: on the first day of any of
            # the window's contacts; the city has all its departments beneath it)
            days = {x.days[0] for x in inside}
            lowest = {d for d in leads if not any(seen.beneath(e, d, day) for e in leads for day in days)}
            if len(efforts) >= contacts and len(lowest) >= departments:
                for a, b in combinations(inside, 2):
                    links[a.id, b.id] = Link(
                        a.id, b.id, True, gaps(a, b)[0], "medium", max(a.days[1], b.days[1])
                    )
        out += episodes(
            "O5",
            (partner,),
            [record(c) for c in group],
            list(links.values()),
            today=today,
            window=n["days"],
            partner=partner,
            subject=("partner", partner),
        )
    return out


def o6(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: parent partner, area. "contacts with p and with q, no partner in common" """
    out = []
    for parent in seen.partner:
        for area in seen.world.areas:
            family = {p.id for p in seen.partner.values() if parent in (p.id, p.part_of)}
            group = [c for c in linkable(seen) if area in seen.areas(c) and family & set(c.partners)]

            def severity(a: Contact, b: Contact, parent: str = parent) -> str | None:
                if set(a.partners) & set(b.partners) or not seen.independent(a, b):
                    return None
                for p in a.partners:
                    for q in b.partners:
                        p_of, q_of = seen.partner[p].part_of, seen.partner[q].part_of
                        # "p PART_OF q directly"
                        if (p_of == q == parent) or (q_of == p == parent):
                            return "low"
                        # "or both PART_OF the same partner and a topic in common"
                        if p_of == q_of == parent and set(a.topics) & set(b.topics):
                            return "low"
                return None

            out += episodes(
                "O6",
                (parent, area),
                [record(c) for c in group],
                linked(group, n["days"], severity),
                today=today,
                window=n["days"],
                partner=parent,
                subject=("area", area),
            )
    return out


def o7(seen: Seen, n: Numbers, today: int) -> list[Finding]:
    """group: pair of networks, as of today."""
    w, out = seen.world, []

    def valid(m: Membership) -> bool:
        return (not m.start or m.start.toordinal() <= today) and (not m.end or today <= m.end.toordinal())

    for x, y in combinations(sorted(w.networks, key=lambda net: net.id), 2):
        # "the city or a department of it is a member of both today, fee > 0 each (unknown fee: possible)"
        ours = {
            net.id: [
                m for m in w.memberships if m.ours and m.network == net.id and valid(m) and m.fee_eur != 0
            ]
            for net in (x, y)
        }
        if not ours[x.id] or not ours[y.id] or not set(x.areas) & set(y.areas):
            continue
        certain = all(any(m.fee_eur is not None for m in ours[net.id]) for net in (x, y))
        # "each has >= 5 other known members today"
        a, b = (
            {m.member for m in w.memberships if not m.ours and m.network == net.id and valid(m)}
            for net in (x, y)
        )
        if min(len(a), len(b)) < n["members"]:
            continue
        # "shared/union >= 0.5 or shared/smaller >= 0.7" (in whole numbers, so that 0.7 is 0.7)
        shared = len(a & b)
        if 2 * shared < len(a | b) and 10 * shared < 7 * min(len(a), len(b)):
            continue
        members = [
            Record(
                m.id,
                m.recorded_at,
                m.start.toordinal() if m.start else -FOREVER,
                m.end.toordinal() if m.end else FOREVER,
                (m.member,),
            )
            for m in (*ours[x.id], *ours[y.id])
        ]
        out.append(
            describe(
                "O7",
                (x.id, y.id),
                certain,
                members,
                # Choice: the later day is the last day of a membership of ours.
                [("review", max(r.hi for r in members))],
                today=today,
                window=0,
                partner=None,
                subject=("networks", f"{x.id} {y.id}"),
                gap=0,
            )
        )
    return out
