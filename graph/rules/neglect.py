"""G1 neglect: a commitment past its day, or a key partner that nobody meets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.clock import HELSINKI
from graph.rules.base import Found, Pair, Rule
from graph.rules.columns import FOREVER, Bools, Columns, Ints
from graph.rules.config import RuleSettings
from graph.rules.restricted import targets_of
from graph.rules.texts import DOC, TITLE


def _overdue(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    commitments, contacts = columns.commitments, columns.contacts
    for row in range(len(commitments.id)):
        due = int(commitments.due[row])
        if commitments.status[row] != "open" or not due < columns.today:
            continue
        c, id = int(commitments.contact[row]), commitments.id[row]
        a, b = int(contacts.departments.offsets[c]), int(contacts.departments.offsets[c + 1])
        leads = contacts.departments.values[a:b][contacts.leads[a:b]].tolist()
        partners = sorted(columns.partners[p] for p in contacts.partners[c].tolist())
        yield _found(
            id,
            (int(commitments.recorded[row]),),
            tuple(sorted(columns.departments[d] for d in leads)),
            partners[0] if partners else None,
            "commitment",
            due,
            {},
            {"by": "us" if commitments.ours[row] else "them", "key": commitments.key[row]},
        )


def _found(
    id: str,
    recorded: tuple[int, ...],
    departments: tuple[str, ...],
    partner: str | None,
    kind: str,
    first: int,
    settings: dict[str, int],
    detail: dict[str, object],
) -> Found:
    return Found(
        rule="G1",
        group=(id,),
        certain=True,
        records=(id,),
        recorded=recorded,
        best=(id,),
        departments=departments,
        partner=partner,
        subject=(kind, id),
        first=first,
        # It goes on until somebody acts.
        last=FOREVER,
        smallest_gap=None,
        levels={"low": FOREVER},
        window=0,
        planned_until=None,
        held_until=FOREVER,
        settings=settings,
        detail=detail,
    )


def _numbers(columns: Columns, settings: RuleSettings, p: int) -> dict[str, int]:
    kind = columns.partner_kind[p]
    return {name: settings.number("G1", name, kind=kind) for name in ("days", "key_days", "planned")}


def suspended(columns: Columns) -> Bools:
    """Per partner whether a suspension applies to it today."""
    out = np.zeros(len(columns.partners), dtype=np.bool_)
    restrictions = columns.restrictions
    for r, kind in enumerate(restrictions.kind):
        if kind == "suspended" and restrictions.start[r] <= columns.today <= restrictions.end[r]:
            out |= targets_of(columns, r)
    return out


def _key_partners(columns: Columns) -> Iterator[tuple[int, Ints]]:
    """(key partner, its contacts with a day); rows of the contacts' table."""
    if not len(columns.key_since):
        return
    contacts = columns.contacts
    row, partner = contacts.partners.rows, contacts.partners.values
    for p in np.nonzero(columns.key_since < FOREVER)[0].tolist():
        rows = row[partner == p]
        yield p, rows[~contacts.yearly[rows]]


def _unmet(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    contacts, today = columns.contacts, columns.today
    stopped = suspended(columns)
    for p, rows in _key_partners(columns):
        numbers = _numbers(columns, settings, p)
        since = int(columns.key_since[p])
        if stopped[p] or today - since < numbers["key_days"]:
            continue
        if any(meetings(columns, rows, numbers["days"], numbers["planned"])):
            continue
        lo, hi, planned = contacts.lo[rows], contacts.hi[rows], contacts.planned[rows]
        pid = columns.partners[p]
        past = hi[~planned & (lo <= today)]
        detail: dict[str, object] = {"last_held": int(past.max()) if len(past) else None}
        yield _found(pid, (noon(since),), (), pid, "partner", since, numbers, detail)


def meetings(columns: Columns, rows: Ints, days: int, ahead: int) -> tuple[bool, bool]:
    """Whether one of the contacts (rows) was held within so many days, and whether one is planned so far ahead."""
    contacts, today = columns.contacts, columns.today
    lo, hi, planned = contacts.lo[rows], contacts.hi[rows], contacts.planned[rows]
    met = ~planned & (hi >= today - days) & (lo <= today)
    coming = planned & (hi >= today) & (lo <= today + ahead)
    return bool(met.any()), bool(coming.any())


def noon(day: int) -> int:
    """Microseconds of a moment on a day, in Helsinki; since when a partner has been a key one."""
    from datetime import datetime

    moment = datetime.fromordinal(day).replace(hour=12, tzinfo=HELSINKI)
    return int(moment.timestamp()) * 1_000_000


def g1(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Overdue commitments, and key partners that nobody meets."""
    yield from _overdue(columns, settings)
    yield from _unmet(columns, settings)


def g1_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """The one record of a finding."""
    for found in g1(columns, settings):
        if found.group == group and found.records[0] == anchor:
            compared = {**found.detail, "since": found.first, "today": columns.today}
            yield Pair(anchor, None, True, "low", columns.today, compared=compared)


def g1_turns(columns: Columns, settings: RuleSettings) -> Iterator[tuple[str, str, int]]:
    """Days on which a commitment becomes overdue, or a key partner may become or cease to be neglected."""
    commitments, contacts, restrictions = columns.commitments, columns.contacts, columns.restrictions
    for row, status in enumerate(commitments.status):
        if status == "open" and commitments.due[row] < FOREVER:
            yield "commitment", commitments.id[row], int(commitments.due[row]) + 1
    suspensions = [
        (targets_of(columns, r), int(restrictions.start[r]), int(restrictions.end[r]) + 1)
        for r, kind in enumerate(restrictions.kind)
        if kind == "suspended"
    ]
    for p, rows in _key_partners(columns):
        numbers, pid = _numbers(columns, settings, p), columns.partners[p]
        days = {int(columns.key_since[p]) + numbers["key_days"]}
        for r in rows.tolist():
            lo, hi = int(contacts.lo[r]), int(contacts.hi[r])
            planned = contacts.planned[r]
            days |= {lo - numbers["planned"], hi + 1} if planned else {lo, hi + numbers["days"] + 1}
        for hit, start, end in suspensions:
            if hit[p]:
                days |= {start, end}
        yield from (("partner", pid, day) for day in sorted(days) if abs(day) < FOREVER)


RULE_G1 = Rule(
    name="G1",
    version=1,
    group=("commitment or partner",),
    scope="partner",
    scopes={"commitment": "commitment"},
    single=True,
    evaluate=g1,
    evidence=g1_evidence,
    compare=lambda *_: None,
    title=TITLE["G1"],
    doc=DOC["G1"],
    turns=g1_turns,
)
