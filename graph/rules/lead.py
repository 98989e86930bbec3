"""C5 bypassed lead: a contact of ours of which the partner's lead department was not told in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.rules.base import Found, Pair, Rule
from graph.rules.chains import chains_of
from graph.rules.columns import FOREVER, Columns
from graph.rules.config import RuleSettings
from graph.rules.episodes import Spoken, single
from graph.rules.texts import DOC, TITLE


@dataclass(frozen=True)
class Bypassed:
    """A contact with a partner whose leads are none of its departments; `told` is FOREVER when they were not."""

    partner: int
    row: int
    leads: tuple[int, ...]
    told: int


def bypassed(columns: Columns, settings: RuleSettings) -> Iterator[Bypassed]:
    """All contacts that pass by the leads of a partner, told of or not, by partner and contact."""
    contacts, leads = columns.contacts, columns.leads
    if not len(leads.partner) or not len(contacts):
        return
    by_partner: dict[int, list[int]] = {}
    for k, p in enumerate(leads.partner.tolist()):
        by_partner.setdefault(p, []).append(k)
    led = np.zeros(len(columns.partners), dtype=np.bool_)
    led[list(by_partner)] = True
    ours = ~contacts.theirs & ~contacts.yearly
    row, partner = contacts.partners.rows, contacts.partners.values
    own = led[partner] & ours[row]
    chains = chains_of(columns)
    epochs = chains.epoch(contacts.lo)
    for r, p in sorted(
        zip(row[own].tolist(), partner[own].tolist(), strict=True), key=lambda x: (x[1], x[0])
    ):
        lo = int(contacts.lo[r])
        if lo < settings.number("C5", "live_from", kind=columns.partner_kind[p]):
            continue
        areas = set(contacts.areas[r].tolist())
        leading = {
            int(leads.department[k])
            for k in by_partner[p]
            if leads.start[k] <= lo <= leads.end[k] and (leads.area[k] < 0 or int(leads.area[k]) in areas)
        }
        if not leading:
            continue
        chain = chains.matrix(int(epochs[r]))
        if chain[np.ix_(contacts.departments[r], np.array(sorted(leading), dtype=np.int64))].any():
            continue
        told = int(contacts.told[r]) if len(contacts.told) else FOREVER
        yield Bypassed(p, r, tuple(sorted(leading)), told)


def _late(columns: Columns, settings: RuleSettings, x: Bypassed) -> bool:
    """Told too late, or not told and it is too late today."""
    days = settings.number("C5", "days", kind=columns.partner_kind[x.partner])
    return late(x.told, int(columns.contacts.lo[x.row]), days, columns.today)


def late(told: int, lo: int, days: int, today: int) -> bool:
    """Whether a lead told on a day (FOREVER: not yet) knows of a contact that begins on `lo` too late."""
    return (told if told < FOREVER else today) > lo - days


def c5(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Contacts of which the lead was not told in time; a single contact is a finding."""
    for x in bypassed(columns, settings):
        if not _late(columns, settings, x):
            continue
        pid, kind = columns.partners[x.partner], columns.partner_kind[x.partner]
        days = settings.number("C5", "days", kind=kind)
        yield single(
            "C5",
            columns,
            x.row,
            Spoken((pid,), pid, ("partner", pid), {"days": days}),
            certain=True,
            severity="medium",
            window=days,
            detail={
                "leads": [columns.departments[d] for d in x.leads],
                "told": x.told if x.told < FOREVER else None,
            },
        )


def c5_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """The one contact of a finding."""
    for found in c5(columns, settings):
        if found.group == group and found.records[0] == anchor:
            lo = columns.contacts.lo[columns.contacts.id.index(anchor)]
            compared = {**found.detail, "by": int(lo) - found.settings["days"]}
            yield Pair(anchor, None, True, "medium", found.last, compared=compared)


def c5_turns(columns: Columns, settings: RuleSettings) -> Iterator[tuple[str, str, int]]:
    """The day on which it becomes too late to tell the lead of a contact."""
    for x in bypassed(columns, settings):
        if x.told >= FOREVER:
            days = settings.number("C5", "days", kind=columns.partner_kind[x.partner])
            yield "partner", columns.partners[x.partner], int(columns.contacts.lo[x.row]) - days + 1


RULE_C5 = Rule(
    name="C5",
    version=1,
    group=("partner",),
    scope="partner",
    single=True,
    evaluate=c5,
    evidence=c5_evidence,
    compare=lambda *_: None,
    title=TITLE["C5"],
    doc=DOC["C5"],
    turns=c5_turns,
)
