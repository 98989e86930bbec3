"""C2 commitment: two commitments of ours that do not go together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from graph.rules.base import Found, Pair, Rule
from graph.rules.columns import FOREVER, Columns
from graph.rules.config import RuleSettings
from graph.rules.joined import Link, components
from graph.rules.texts import DOC, TITLE
from graph.rules.why import piece

Group = tuple[str, ...]


@dataclass(frozen=True)
class _Case:
    """Links of one group, with what its findings say."""

    group: Group
    partner: str | None
    subject: tuple[str, str]
    links: list[Link]


def period(columns: Columns, row: int) -> tuple[int, int]:
    """From the first day of the contact it was made in to its due day, or open-ended."""
    commitments = columns.commitments
    return int(columns.contacts.lo[commitments.contact[row]]), int(commitments.due[row])


def said(columns: Columns, row: int) -> tuple[str, ...]:
    """What it says, as it is compared: an amount with its currency, else a text; () for nothing."""
    commitments = columns.commitments
    amount = float(commitments.amount[row])
    if not math.isnan(amount):
        return ("amount", repr(amount), commitments.currency[row].casefold())
    text = " ".join(commitments.value[row].split()).casefold()
    return ("text", text) if text else ()


def leads_of(columns: Columns, row: int) -> frozenset[int]:
    contacts = columns.contacts
    c = int(columns.commitments.contact[row])
    a, b = int(contacts.departments.offsets[c]), int(contacts.departments.offsets[c + 1])
    return frozenset(contacts.departments.values[a:b][contacts.leads[a:b]].tolist())


def partners_of(columns: Columns, row: int) -> frozenset[int]:
    return frozenset(columns.contacts.partners[int(columns.commitments.contact[row])].tolist())


def _common(columns: Columns, a: int, b: int) -> tuple[int, int]:
    (start_a, end_a), (start_b, end_b) = period(columns, a), period(columns, b)
    return max(start_a, start_b), min(end_a, end_b)


def _in_order(columns: Columns, rows: list[int]) -> list[int]:
    """As they were recorded, so that a pair is the same pair in whatever order the table has them."""
    commitments = columns.commitments
    return sorted(rows, key=lambda r: (int(commitments.recorded[r]), commitments.id[r]))


def _by_key(columns: Columns) -> Iterator[_Case]:
    """Same partner and key: what they say differs."""
    commitments = columns.commitments
    groups: dict[tuple[int, str], list[int]] = {}
    for row in range(len(commitments.id)):
        if commitments.ours[row] and commitments.key[row] and commitments.status[row] in ("open", "kept"):
            for p in partners_of(columns, row):
                groups.setdefault((p, commitments.key[row]), []).append(row)
    replaces = {row: set(commitments.replaces[row].tolist()) for row in range(len(commitments.id))}
    for (p, key), rows in sorted(groups.items()):
        links = []
        for a, b in combinations(_in_order(columns, rows), 2):
            said_a, said_b = said(columns, a), said(columns, b)
            first, last = _common(columns, a, b)
            if not said_a or not said_b or said_a == said_b or first > last:
                continue
            if b in replaces[a] or a in replaces[b]:
                continue
            links.append(Link(a, b, True, first, last))
        if links:
            pid = columns.partners[p]
            yield _Case((pid, key), pid, ("key", key), links)


def _by_resource(columns: Columns) -> Iterator[_Case]:
    """One resource: together they take more of it than there is."""
    commitments = columns.commitments
    groups: dict[int, list[int]] = {}
    for row in range(len(commitments.id)):
        if commitments.ours[row] and commitments.resource[row] >= 0 and commitments.status[row] == "open":
            groups.setdefault(int(commitments.resource[row]), []).append(row)
    for x, rows in sorted(groups.items()):
        capacity, links = float(columns.capacity[x]), []
        for a, b in combinations(_in_order(columns, rows), 2):
            first, last = _common(columns, a, b)
            same = leads_of(columns, a) == leads_of(columns, b) and partners_of(columns, a) == partners_of(
                columns, b
            )
            if first > last or same:
                continue
            together = float(commitments.promised[a]) + float(commitments.promised[b])
            if math.isnan(capacity) or together > capacity:
                links.append(Link(a, b, True, first, last))
            elif math.isnan(together):
                links.append(Link(a, b, False, first, last))
        if links:
            rid = columns.resources[x]
            yield _Case((rid,), None, ("resource", rid), links)


def _cases(columns: Columns) -> Iterator[_Case]:
    yield from _by_key(columns)
    yield from _by_resource(columns)


def c2(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Commitments that do not go together, by partner and key, and by resource."""
    for case in _cases(columns):
        for own, certain, listed in components(case.links):
            yield _found(columns, settings, case, own, certain, listed)


def _found(
    columns: Columns, settings: RuleSettings, case: _Case, own: list[Link], certain: bool, listed: set[int]
) -> Found:
    commitments, contacts = columns.commitments, columns.contacts
    members = sorted(
        {r for x in own for r in (x.a, x.b)}, key=lambda r: (int(commitments.recorded[r]), commitments.id[r])
    )
    newest = max(own, key=lambda x: (x.last, x.first, commitments.id[x.a], commitments.id[x.b]))
    departments = {d for r in members for d in leads_of(columns, r)}
    last = max(period(columns, r)[1] for r in members)
    kind = ""
    if case.partner is not None:
        kind = columns.partner_kind[columns.partners.index(case.partner)]
    days = settings.number("C2", "days", kind=kind)
    return Found(
        rule="C2",
        group=case.group,
        certain=certain,
        records=tuple(commitments.id[r] for r in members),
        recorded=tuple(int(commitments.recorded[r]) for r in members),
        best=(commitments.id[newest.a], commitments.id[newest.b]),
        departments=tuple(sorted(columns.departments[d] for d in departments)),
        partner=case.partner,
        subject=case.subject,
        first=min(period(columns, r)[0] for r in members),
        last=last,
        smallest_gap=0,
        levels={"high": max(x.last for x in own)},
        window=days,
        planned_until=None,
        held_until=last,
        settings={"days": days},
        possible=tuple(sorted(commitments.id[r] for r in listed)),
        detail={"contacts": sorted({contacts.id[int(commitments.contact[r])] for r in members})[:4]},
    )


def c2_evidence(columns: Columns, settings: RuleSettings, group: Group, anchor: str) -> Iterator[Pair]:
    """Linked pairs of one finding, by the first day on which both stood."""
    commitments = columns.commitments
    for case in _cases(columns):
        for own, _, _ in components(case.links) if case.group == group else ():
            members = {r for x in own for r in (x.a, x.b)}
            first = min(members, key=lambda r: (int(commitments.recorded[r]), commitments.id[r]))
            if commitments.id[first] == anchor:
                yield from (_pair(columns, x) for x in sorted(own, key=lambda x: (x.first, x.last)))


def c2_compare(columns: Columns, settings: RuleSettings, group: Group, a: str, b: str) -> Pair | None:
    """Two commitments of a group; None when they go together."""
    ids = columns.commitments.id
    for case in _cases(columns):
        for x in case.links if case.group == group else ():
            if {ids[x.a], ids[x.b]} == {a, b}:
                return _pair(columns, x)
    return None


def _pair(columns: Columns, x: Link) -> Pair:
    commitments = columns.commitments

    def amounts(values: Any) -> list[float | None]:
        return [None if math.isnan(float(values[r])) else float(values[r]) for r in (x.a, x.b)]

    days = piece("open_ended") if x.last >= FOREVER else piece("common_days", count=x.last - x.first + 1)
    return Pair(
        a=commitments.id[x.a],
        b=commitments.id[x.b],
        certain=x.certain,
        severity="high",
        later=x.last,
        gap=0,
        widest=0,
        compared={
            "values": [commitments.value[r] for r in (x.a, x.b)],
            "amounts": amounts(commitments.amount),
            "currencies": [commitments.currency[r] for r in (x.a, x.b)],
            "promised": amounts(commitments.promised),
            "common_days": [x.first, x.last],
        },
        pieces=(days,),
    )


RULE_C2 = Rule(
    name="C2",
    version=1,
    group=("partner", "key"),
    scope="partner",
    scopes={"resource": "resource"},
    single=False,
    evaluate=c2,
    evidence=c2_evidence,
    compare=c2_compare,
    title=TITLE["C2"],
    doc=DOC["C2"],
)
