"""C1 stance: one of our positions supports what another of ours opposes, on the same days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.rules.base import Found, Pair, Rule
from graph.rules.chains import Chains
from graph.rules.columns import FOREVER, Columns
from graph.rules.config import RuleSettings
from graph.rules.why import piece


@dataclass(frozen=True)
class Conflict:
    """Two positions (rows) that conflict, the first and last day on which both are valid, how severe."""

    a: int
    b: int
    first: int
    last: int
    severity: str


def c1(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Stance conflicts by issue."""
    for issue, episode in _episodes(columns):
        yield _found(columns, settings, issue, episode)


def c1_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """Conflicting pairs of one finding, by the first day of the conflict."""
    positions = columns.positions
    for issue, episode in _episodes(columns):
        members = {r for x in episode for r in (x.a, x.b)}
        first = min(members, key=lambda r: (int(positions.recorded[r]), positions.id[r]))
        if (columns.issues[issue],) == group and positions.id[first] == anchor:
            yield from (_pair(columns, x) for x in sorted(episode, key=lambda x: (x.first, x.last)))


def c1_compare(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], a: str, b: str
) -> Pair | None:
    """Two positions on an issue; None when they do not conflict."""
    positions = columns.positions
    for issue, episode in _episodes(columns):
        for x in episode:
            if (columns.issues[issue],) == group and {positions.id[x.a], positions.id[x.b]} == {a, b}:
                return _pair(columns, x)
    return None


def _pair(columns: Columns, x: Conflict) -> Pair:
    positions = columns.positions
    told = set(positions.stated_to[x.a].tolist()) & set(positions.stated_to[x.b].tolist())
    days = piece("open_ended") if x.last >= FOREVER else piece("common_days", count=x.last - x.first + 1)
    return Pair(
        a=positions.id[x.a],
        b=positions.id[x.b],
        certain=True,
        severity=x.severity,
        later=x.last,
        gap=0,
        widest=0,
        compared={
            "stances": [positions.stance[r] for r in (x.a, x.b)],
            "departments": [columns.departments[int(positions.holder[r])] for r in (x.a, x.b)],
            "common_days": [x.first, x.last],
            "both_told": sorted(columns.partners[p] for p in told),
        },
        pieces=(days,),
    )


def _episodes(columns: Columns) -> Iterator[tuple[int, list[Conflict]]]:
    """(issue, conflicts that hang together) for all issues."""
    positions = columns.positions
    chains = Chains(columns.tree)
    by_issue: dict[int, list[int]] = {}
    for row in sorted(range(len(positions.id)), key=lambda r: (int(positions.recorded[r]), positions.id[r])):
        if positions.holder[row] >= 0:
            by_issue.setdefault(int(positions.issue[row]), []).append(row)
    for issue, rows in sorted(by_issue.items()):
        conflicts = list(_conflicts(columns, chains, rows))
        component = {r: r for r in rows}

        def root(r: int, component: dict[int, int] = component) -> int:
            while component[r] != r:
                component[r] = r = component[component[r]]
            return r

        for x in conflicts:
            component[root(x.a)] = root(x.b)
        episodes: dict[int, list[Conflict]] = {}
        for x in conflicts:
            episodes.setdefault(root(x.a), []).append(x)
        yield from ((issue, own) for own in episodes.values())


def _conflicts(columns: Columns, chains: Chains, rows: list[int]) -> Iterator[Conflict]:
    """Positions on an issue are few: each that supports is compared with each that opposes."""
    positions = columns.positions
    ends = last_days(columns, chains, rows)
    start, holder = positions.start.tolist(), positions.holder.tolist()
    told = {r: set(positions.stated_to[r].tolist()) for r in rows}
    support = [r for r in rows if positions.stance[r] == "support" and start[r] <= ends[r]]
    oppose = [r for r in rows if positions.stance[r] == "oppose" and start[r] <= ends[r]]
    for a in support:
        for b in oppose:
            first, last = max(start[a], start[b]), min(ends[a], ends[b])
            if holder[a] != holder[b] and first <= last:
                yield Conflict(a, b, first, last, "critical" if told[a] & told[b] else "high")


def last_days(columns: Columns, chains: Chains, rows: list[int]) -> dict[int, int]:
    """Last valid day of each position, after newer ones by the same department or one above ended it.

    Who is above is asked on the day the newer one begins. A void position still ends older ones.
    """
    positions = columns.positions
    start, holder = positions.start.tolist(), positions.holder.tolist()
    order = sorted(rows, key=lambda r: (start[r], int(positions.recorded[r]), positions.id[r]))
    ends = {r: int(positions.end[r]) for r in rows}
    epochs = chains.epoch(positions.start).tolist()
    for k, newer in enumerate(order):
        under = chains.beneath(epochs[newer])
        for older in order[:k]:
            if holder[older] == holder[newer] or under[holder[older], holder[newer]]:
                ends[older] = min(ends[older], start[newer] - 1)
    return ends


def _found(columns: Columns, settings: RuleSettings, issue: int, own: list[Conflict]) -> Found:
    positions = columns.positions
    members = {r for x in own for r in (x.a, x.b)}
    records = sorted((int(positions.recorded[r]), positions.id[r]) for r in members)
    newest = max(own, key=lambda x: (x.last, x.first, positions.id[x.a], positions.id[x.b]))
    levels: dict[str, int] = {}
    for x in own:
        levels[x.severity] = max(x.last, levels.get(x.severity, x.last))
    last = max(x.last for x in own)
    issue_id = columns.issues[issue]
    return Found(
        rule="C1",
        group=(issue_id,),
        certain=True,
        records=tuple(id for _, id in records),
        recorded=tuple(moment for moment, _ in records),
        best=tuple(dict.fromkeys((positions.id[newest.a], positions.id[newest.b]))),
        departments=tuple(sorted({columns.departments[int(positions.holder[r])] for r in members})),
        partner=None,
        subject=("issue", issue_id),
        # The days of the conflict, not of the positions: a conflict settled years ago is not alive because
        # one of the two sides still holds its position.
        first=min(x.first for x in own),
        last=last,
        smallest_gap=0,
        levels=levels,
        window=settings.number("C1", "days"),
        planned_until=None,
        held_until=last,
        settings={},
        detail={},
    )


RULE_C1 = Rule(
    name="C1",
    version=1,
    group=("issue",),
    scope="issue",
    single=False,
    evaluate=c1,
    evidence=c1_evidence,
    compare=c1_compare,
    title={"en": "Opposite positions", "fi": "Vastakkaiset kannat", "sv": "Motsatta ståndpunkter"},
    doc={
        "en": "One of our positions on an issue supports it, another of ours, held by another "
        "department, opposes it, and both are valid on the same day. A newer position of the same "
        "department, or of one above it, ends the older one the day before: that is a change of mind, "
        "not a conflict. A neutral position ends an older one and never conflicts. A partner's own "
        "stance is kept and is no part of this. The finding's days are those on which both are valid. It "
        "is high; it is critical when both were stated to one partner.",
        "fi": "Yksi kannoistamme puoltaa asiaa, toisen organisaatiomme kanta vastustaa sitä, ja molemmat "
        "ovat voimassa samana päivänä. Saman tai ylemmän organisaation uudempi kanta päättää vanhemman "
        "edellisenä päivänä: se on kannan muutos, ei ristiriita. Neutraali kanta päättää vanhemman eikä "
        "ole koskaan ristiriidassa. Kumppanin oma kanta säilytetään, mutta se ei ole mukana. Havainnon "
        "päivät ovat ne, joina molemmat kannat ovat voimassa. Vakavuus on korkea, ja kriittinen, kun "
        "molemmat on kerrottu samalle kumppanille.",
        "sv": "En av våra ståndpunkter i en fråga stöder den, en annan av våra, från en annan enhet, "
        "motsätter sig den, och båda gäller samma dag. En nyare ståndpunkt från samma enhet, eller från "
        "en ovanför den, avslutar den äldre dagen innan: det är en ändring, ingen konflikt. En neutral "
        "ståndpunkt avslutar en äldre och står aldrig i konflikt. En partners egen ståndpunkt bevaras "
        "men är inte med. Fyndets dagar är de då båda gäller. Det är högt, och kritiskt när båda har "
        "framförts till samma partner.",
    },
)
