"""C1 stance: one of our positions supports what another of ours opposes, on the same days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.rules.base import Found, Rule
from graph.rules.chains import Chains
from graph.rules.columns import Columns
from graph.rules.config import RuleSettings


def c1(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Stance conflicts by issue; positions are few, so pairs are looked at one by one."""
    positions = columns.positions
    chains = Chains(columns.tree)
    by_issue: dict[int, list[int]] = {}
    for row, (issue, holder) in enumerate(zip(positions.issue.tolist(), positions.holder.tolist(), strict=True)):
        if holder >= 0:
            by_issue.setdefault(issue, []).append(row)
    for issue, rows in sorted(by_issue.items()):
        yield from _of_issue(columns, settings, chains, issue, rows)


def _ends(columns: Columns, chains: Chains, rows: list[int]) -> dict[int, int]:
    """Last valid day of each position, after newer ones by the same department or one above ended it."""
    positions = columns.positions
    start, holder = positions.start, positions.holder
    order = sorted(rows, key=lambda r: (int(start[r]), int(positions.recorded[r]), positions.id[r]))
    ends = {r: int(positions.end[r]) for r in rows}
    under_at: dict[int, np.ndarray] = {}
    for k, newer in enumerate(order):
        epoch = int(chains.epoch(start[newer : newer + 1])[0])
        under = under_at.setdefault(epoch, chains.beneath(epoch))
        for older in order[:k]:
            if holder[older] == holder[newer] or under[holder[older], holder[newer]]:
                ends[older] = min(ends[older], int(start[newer]) - 1)
    return ends


def _of_issue(
    columns: Columns, settings: RuleSettings, chains: Chains, issue: int, rows: list[int]
) -> Iterator[Found]:
    positions = columns.positions
    ends = _ends(columns, chains, rows)
    links: list[tuple[int, int, int, int, str]] = []  # a, b, first common day, last common day, severity
    for n, a in enumerate(rows):
        for b in rows[n + 1 :]:
            if {positions.stance[a], positions.stance[b]} != {"support", "oppose"}:
                continue
            if positions.holder[a] == positions.holder[b]:
                continue
            first = max(int(positions.start[a]), int(positions.start[b]))
            last = min(ends[a], ends[b])
            if first > last:
                continue
            both = set(positions.stated_to[a].tolist()) & set(positions.stated_to[b].tolist())
            links.append((a, b, first, last, "critical" if both else "high"))
    component = {r: r for r in rows}

    def root(r: int) -> int:
        while component[r] != r:
            r = component[r]
        return r

    for a, b, *_ in links:
        component[root(a)] = root(b)
    groups: dict[int, list[tuple[int, int, int, int, str]]] = {}
    for link in links:
        groups.setdefault(root(link[0]), []).append(link)
    for own in groups.values():
        yield _found(columns, settings, issue, own)


def _found(
    columns: Columns, settings: RuleSettings, issue: int, own: list[tuple[int, int, int, int, str]]
) -> Found:
    positions = columns.positions
    members = {r for a, b, *_ in own for r in (a, b)}
    records = sorted((int(positions.recorded[r]), positions.id[r]) for r in members)
    newest = max(own, key=lambda x: (x[3], x[2], positions.id[x[0]], positions.id[x[1]]))
    levels: dict[str, int] = {}
    for *_, last, severity in own:
        levels[severity] = max(last, levels.get(severity, last))
    last = max(x[3] for x in own)
    issue_id = columns.issues[issue]
    return Found(
        rule="C1",
        group=(issue_id,),
        certain=True,
        records=tuple(id for _, id in records),
        recorded=tuple(moment for moment, _ in records),
        best=tuple(dict.fromkeys((positions.id[newest[0]], positions.id[newest[1]]))),
        departments=tuple(sorted({columns.departments[int(positions.holder[r])] for r in members})),
        partner=None,
        subject=("issue", issue_id),
        # The days of the conflict, not of the positions: a conflict settled years ago is not alive because
        # one of the two sides still holds its position.
        first=min(x[2] for x in own),
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
    title={"en": "Opposite positions", "fi": "Vastakkaiset kannat", "sv": "Motsatta ståndpunkter"},
    doc={
        "en": "One of our positions on an issue supports it and another of ours, held by another department, "
        "opposes it, and both are valid on the same day. A newer position of the same department, or of one above "
        "it, ends the older the day before: that is a change of mind, not a conflict. A neutral position ends an "
        "older one and never conflicts. A partner's own stance is kept and is no part of this. It is high, and "
        "critical when both were stated to one partner.",
        "fi": "Yksi kannoistamme puoltaa asiaa ja toisen toimialan tai yksikön kanta vastustaa sitä, ja molemmat "
        "ovat voimassa samana päivänä. Saman tai ylemmän organisaation uudempi kanta päättää vanhemman edellisenä "
        "päivänä: se on kannan muutos, ei ristiriita. Neutraali kanta päättää vanhemman eikä ole ristiriidassa. "
        "Kumppanin oma kanta säilytetään, mutta se ei ole mukana. Vakavuus on korkea, ja kriittinen, kun molemmat "
        "on kerrottu samalle kumppanille.",
        "sv": "En av våra ståndpunkter stöder saken och en annan av våra, från en annan enhet, motsätter sig den, "
        "och båda gäller samma dag. En nyare ståndpunkt från samma enhet, eller en ovanför, avslutar den äldre "
        "dagen innan: det är en ändring, ingen konflikt. En neutral ståndpunkt avslutar en äldre och står aldrig i "
        "konflikt. En partners egen ståndpunkt bevaras men är inte med. Det är högt, och kritiskt när båda har "
        "framförts till samma partner.",
    },
)
