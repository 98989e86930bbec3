"""O7 network duplication: we pay for two networks that much the same members and areas make alike."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from graph.rules.base import Found, Pair, Rule
from graph.rules.columns import FOREVER, Columns
from graph.rules.config import RuleSettings
from graph.rules.texts import DOC, TITLE
from graph.rules.why import piece


@dataclass(frozen=True)
class Alike:
    """Two networks: our memberships (rows) in each, other members of each, areas of both."""

    x: int
    y: int
    ours: tuple[list[int], list[int]]
    members: tuple[set[str], set[str]]
    areas: list[int]
    certain: bool

    @property
    def shared(self) -> int:
        return len(self.members[0] & self.members[1])

    @property
    def union(self) -> int:
        return len(self.members[0] | self.members[1])

    @property
    def smaller(self) -> int:
        return min(len(m) for m in self.members)


def pairs(columns: Columns) -> Iterator[Alike]:
    """Every two networks of which we are members today, for a fee or one unknown, and that share an area."""
    ours, others = members_today(columns)
    order = sorted(range(len(columns.networks)), key=lambda x: columns.networks[x])
    areas = {x: set(columns.network_areas[x].tolist()) for x in order}
    fee = columns.memberships.fee
    for x, y in combinations([x for x in order if x in ours], 2):
        common = sorted(areas[x] & areas[y])
        if common:
            certain = all(any(not math.isnan(fee[m]) for m in ours[n]) for n in (x, y))
            members = (others.get(x, set()), others.get(y, set()))
            yield Alike(x, y, (ours[x], ours[y]), members, common, certain)


def members_today(columns: Columns) -> tuple[dict[int, list[int]], dict[int, set[str]]]:
    """Today by network: our memberships that may cost something, and the other members."""
    m = columns.memberships
    ours: dict[int, list[int]] = {}
    others: dict[int, set[str]] = {}
    for row, network in enumerate(m.network.tolist()):
        if not m.start[row] <= columns.today <= m.end[row]:
            continue
        if m.department[row] < 0:
            others.setdefault(network, set()).add(m.member[row])
        elif m.fee[row] != 0:
            ours.setdefault(network, []).append(row)
    return ours, others


def alike(settings: RuleSettings, pair: Alike) -> bool:
    """Whether the members of two networks are much the same; whole numbers, so that 0.7 is 0.7."""
    least = settings.number("O7", "members")
    if pair.smaller < max(least, 1):
        return False
    return alike_by_share(settings, pair)


def alike_by_share(settings: RuleSettings, pair: Alike) -> bool:
    """The same without asking how many members there are."""
    union, smaller = (settings.number("O7", n) for n in ("union_percent", "smaller_percent"))
    return 100 * pair.shared >= union * pair.union or 100 * pair.shared >= smaller * pair.smaller


def o7(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Pairs of networks alike, as of today."""
    for pair in pairs(columns):
        if alike(settings, pair):
            yield _found(columns, settings, pair)


def _found(columns: Columns, settings: RuleSettings, pair: Alike) -> Found:
    m = columns.memberships
    rows = sorted((*pair.ours[0], *pair.ours[1]), key=lambda r: (int(m.recorded[r]), m.id[r]))
    group = (columns.networks[pair.x], columns.networks[pair.y])
    last = max(int(m.end[r]) for r in rows)
    newest = [max(own, key=lambda r: (int(m.recorded[r]), m.id[r])) for own in pair.ours]
    names = ("members", "union_percent", "smaller_percent")
    return Found(
        rule="O7",
        group=group,
        certain=pair.certain,
        records=tuple(m.id[r] for r in rows),
        recorded=tuple(int(m.recorded[r]) for r in rows),
        best=tuple(m.id[r] for r in newest),
        departments=tuple(sorted({columns.departments[int(m.department[r])] for r in rows})),
        partner=None,
        subject=("networks", " ".join(group)),
        first=min(int(m.start[r]) for r in rows),
        last=last,
        smallest_gap=0,
        levels={"review": last},
        window=0,
        planned_until=None,
        held_until=last,
        settings={name: settings.number("O7", name) for name in names},
        detail=_detail(columns, pair),
    )


def _detail(columns: Columns, pair: Alike) -> dict[str, object]:
    return {
        "shared": pair.shared,
        "union": pair.union,
        "smaller": pair.smaller,
        "areas": [columns.areas[a] for a in pair.areas],
        "fees": [
            [
                None if math.isnan(columns.memberships.fee[r]) else float(columns.memberships.fee[r])
                for r in own
            ]
            for own in pair.ours
        ],
    }


def o7_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """Our membership in the one with that in the other."""
    m = columns.memberships
    for pair in pairs(columns):
        if (columns.networks[pair.x], columns.networks[pair.y]) != group or not alike(settings, pair):
            continue
        for a in pair.ours[0]:
            for b in pair.ours[1]:
                yield Pair(
                    m.id[a],
                    m.id[b],
                    pair.certain,
                    "review",
                    max(int(m.end[a]), int(m.end[b])),
                    gap=0,
                    widest=0,
                    compared=_detail(columns, pair),
                    pieces=(piece("members_shared", shared=pair.shared, union=pair.union),),
                )


def o7_compare(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], a: str, b: str
) -> Pair | None:
    """Two memberships of ours in the two networks; None when the networks are not alike."""
    for pair in o7_evidence(columns, settings, group, ""):
        if {pair.a, pair.b} == {a, b}:
            return pair
    return None


def o7_turns(columns: Columns, settings: RuleSettings) -> Iterator[tuple[str, str, int]]:
    """Days on which a membership begins or has ended."""
    m = columns.memberships
    for start, end in zip(m.start.tolist(), m.end.tolist(), strict=True):
        yield from (("networks", "all", day) for day in (start, end + 1) if abs(day) < FOREVER)


RULE_O7 = Rule(
    name="O7",
    version=1,
    group=("network", "network"),
    scope="networks",
    single=False,
    evaluate=o7,
    evidence=o7_evidence,
    compare=o7_compare,
    title=TITLE["O7"],
    doc=DOC["O7"],
    turns=o7_turns,
)
