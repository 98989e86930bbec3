"""C3 off message: what we said against our own core messages, and core messages against each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from graph.rules.base import Found, Pair, Rule
from graph.rules.columns import FOREVER, Columns
from graph.rules.config import RuleSettings
from graph.rules.joined import Link, components
from graph.rules.texts import DOC, TITLE
from graph.rules.why import piece

Group = tuple[str, ...]


def _messages(columns: Columns) -> dict[int, list[int]]:
    """Core messages (rows) by issue."""
    materials = columns.materials
    out: dict[int, list[int]] = {}
    order = sorted(range(len(materials.id)), key=lambda r: (int(materials.recorded[r]), materials.id[r]))
    for row in order:
        out.setdefault(int(materials.issue[row]), []).append(row)
    return out


def _off_message(columns: Columns) -> Iterator[tuple[int, int, list[int], bool]]:
    """(issue, position, messages that say otherwise, whether that is certain)."""
    positions, materials = columns.positions, columns.materials
    messages = _messages(columns)
    for row in range(len(positions.id)):
        if positions.holder[row] < 0 or positions.stance[row] == "neutral":
            continue
        issue = int(positions.issue[row])
        lo, hi = int(positions.stated_lo[row]), int(positions.stated_hi[row])
        against = [
            m
            for m in messages.get(issue, ())
            if materials.stance[m] != positions.stance[row]
            and materials.start[m] <= hi
            and lo <= materials.end[m]
        ]
        if against:
            # Said on some day of these: certain where one message holds on all of them.
            sure = not positions.stated_coarse[row] or any(
                materials.start[m] <= lo and hi <= materials.end[m] for m in against
            )
            yield issue, row, against, sure


def _disagreements(columns: Columns) -> Iterator[tuple[int, list[Link]]]:
    """(issue, links between core messages that disagree on one day)."""
    materials = columns.materials
    for issue, rows in sorted(_messages(columns).items()):
        links = []
        for a, b in combinations(rows, 2):
            first = max(int(materials.start[a]), int(materials.start[b]))
            last = min(int(materials.end[a]), int(materials.end[b]))
            if materials.stance[a] != materials.stance[b] and first <= last:
                links.append(Link(a, b, True, first, last))
        if links:
            yield issue, links


def c3(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Positions off message, and core messages that disagree, by issue."""
    for issue, row, against, sure in _off_message(columns):
        yield _position(columns, settings, issue, row, against, sure)
    for issue, links in _disagreements(columns):
        for own, _, _ in components(links):
            yield _bank(columns, settings, issue, own)


def _position(
    columns: Columns, settings: RuleSettings, issue: int, row: int, against: list[int], sure: bool
) -> Found:
    positions = columns.positions
    lo, hi, days = int(positions.stated_lo[row]), int(positions.stated_hi[row]), settings.number("C3", "days")
    id = positions.id[row]
    return _told(
        columns,
        issue,
        certain=sure,
        records=((int(positions.recorded[row]), id),),
        best=(id,),
        departments=(columns.departments[int(positions.holder[row])],),
        first=lo,
        last=hi,
        gap=None,
        later=hi,
        days=days,
        detail={
            "messages": sorted(columns.materials.id[m] for m in against),
            "stance": positions.stance[row],
        },
    )


def _bank(columns: Columns, settings: RuleSettings, issue: int, own: list[Link]) -> Found:
    materials = columns.materials
    members = {r for x in own for r in (x.a, x.b)}
    newest = max(own, key=lambda x: (x.last, x.first, materials.id[x.a], materials.id[x.b]))
    return _told(
        columns,
        issue,
        certain=True,
        records=tuple(sorted((int(materials.recorded[r]), materials.id[r]) for r in members)),
        best=tuple(dict.fromkeys((materials.id[newest.a], materials.id[newest.b]))),
        departments=(),
        first=min(int(materials.start[r]) for r in members),
        last=max(int(materials.end[r]) for r in members),
        gap=0,
        later=newest.last,
        days=settings.number("C3", "days"),
        detail={"bank": True},
    )


def _told(
    columns: Columns,
    issue: int,
    *,
    certain: bool,
    records: tuple[tuple[int, str], ...],
    best: tuple[str, ...],
    departments: tuple[str, ...],
    first: int,
    last: int,
    gap: int | None,
    later: int,
    days: int,
    detail: dict[str, Any],
) -> Found:
    issue_id = columns.issues[issue]
    return Found(
        rule="C3",
        group=(issue_id,),
        certain=certain,
        records=tuple(id for _, id in records),
        recorded=tuple(moment for moment, _ in records),
        best=best,
        departments=departments,
        partner=None,
        subject=("issue", issue_id),
        first=first,
        last=last,
        smallest_gap=gap,
        levels={"medium": later},
        window=days,
        planned_until=None,
        held_until=last,
        settings={"days": days},
        detail=detail,
    )


def c3_evidence(columns: Columns, settings: RuleSettings, group: Group, anchor: str) -> Iterator[Pair]:
    """The position with each message it contradicts, or the messages that contradict each other."""
    positions, materials = columns.positions, columns.materials
    for issue, row, against, sure in _off_message(columns):
        if (columns.issues[issue],) == group and positions.id[row] == anchor:
            for m in against:
                yield Pair(
                    anchor,
                    materials.id[m],
                    sure,
                    "medium",
                    int(positions.stated_hi[row]),
                    compared={
                        "stances": [positions.stance[row], materials.stance[m]],
                        "stated": [int(positions.stated_lo[row]), int(positions.stated_hi[row])],
                        "message": [int(materials.start[m]), int(materials.end[m])],
                    },
                    pieces=(piece("against_message"),),
                )
            return
    for issue, links in _disagreements(columns):
        for own, _, _ in components(links) if (columns.issues[issue],) == group else ():
            members = {r for x in own for r in (x.a, x.b)}
            first = min(members, key=lambda r: (int(materials.recorded[r]), materials.id[r]))
            if materials.id[first] == anchor:
                yield from (_pair(columns, x) for x in sorted(own, key=lambda x: (x.first, x.last)))


def c3_compare(columns: Columns, settings: RuleSettings, group: Group, a: str, b: str) -> Pair | None:
    """Two core messages, or a position and a message; None when they agree."""
    for issue, row, _, _ in _off_message(columns):
        if columns.positions.id[row] in (a, b) and (columns.issues[issue],) == group:
            for pair in c3_evidence(columns, settings, group, columns.positions.id[row]):
                if {pair.a, pair.b} == {a, b}:
                    return pair
    ids = columns.materials.id
    for issue, links in _disagreements(columns):
        for x in links if (columns.issues[issue],) == group else ():
            if {ids[x.a], ids[x.b]} == {a, b}:
                return _pair(columns, x)
    return None


def _pair(columns: Columns, x: Link) -> Pair:
    materials = columns.materials
    days = piece("open_ended") if x.last >= FOREVER else piece("common_days", count=x.last - x.first + 1)
    return Pair(
        a=materials.id[x.a],
        b=materials.id[x.b],
        certain=True,
        severity="medium",
        later=x.last,
        gap=0,
        widest=0,
        compared={
            "stances": [materials.stance[r] for r in (x.a, x.b)],
            "common_days": [x.first, x.last],
        },
        pieces=(days,),
    )


RULE_C3 = Rule(
    name="C3",
    version=1,
    group=("issue",),
    scope="issue",
    single=False,
    evaluate=c3,
    evidence=c3_evidence,
    compare=c3_compare,
    title=TITLE["C3"],
    doc=DOC["C3"],
)
