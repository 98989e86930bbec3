"""O6 family: two departments deal with two partners of one family about one priority area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graph.rules.base import Rule
from graph.rules.chains import Apartness, independence_of
from graph.rules.columns import Bools, Columns, Ints, paired
from graph.rules.config import RuleSettings
from graph.rules.episodes import Spoken
from graph.rules.overlap import share_any
from graph.rules.pairs import Linking, Part, of_number, one_level, shared, usable
from graph.rules.texts import DOC, TITLE


class FamilyApartness:
    """Independent, no partner in common, and related within this family.

    Related: one is with the parent and the other with one of its parts; or both are with parts and share a
    topic. Twins are alike in independence, partners and topics.
    """

    def __init__(self, columns: Columns, parent: int, rows: Ints) -> None:
        contacts = columns.contacts
        self.columns = columns
        self.independence = independence_of(columns)
        part = columns.partner_parent == parent
        self.with_parent = _any_of(columns, rows, np.arange(len(part)) == parent)
        self.with_part = _any_of(columns, rows, part)
        keys = [
            (
                int(self.independence.klass[r]),
                tuple(contacts.partners[r].tolist()),
                tuple(contacts.topics[r].tolist()),
            )
            for r in rows.tolist()
        ]
        number = {key: k for k, key in enumerate(sorted(set(keys)))}
        self.klass: Ints = np.zeros(len(contacts), dtype=np.int64)
        self.klass[rows] = [number[key] for key in keys]

    def __call__(self, a: Ints, b: Ints) -> Bools:
        contacts = self.columns.contacts
        line = (self.with_parent[a] & self.with_part[b]) | (self.with_part[a] & self.with_parent[b])
        beside = self.with_part[a] & self.with_part[b] & ~line
        beside[beside] = share_any(contacts.topics, a[beside], b[beside])
        out: Bools = line | beside
        out[out] = ~share_any(contacts.partners, a[out], b[out])
        out[out] = self.independence(a[out], b[out])
        return out


def _any_of(columns: Columns, rows: Ints, wanted: Bools) -> Bools:
    """Per contact whether it is with any of the wanted partners; False outside `rows`."""
    contacts = columns.contacts
    out = np.zeros(len(contacts), dtype=np.bool_)
    row, partner, _ = paired(contacts.partners, rows, rows)
    out[row[wanted[partner]]] = True
    return out


def _parts(columns: Columns, settings: RuleSettings, only: tuple[str, ...] | None) -> Iterator[Part]:
    contacts, areas = columns.contacts, len(columns.areas)
    parents = np.unique(columns.partner_parent[columns.partner_parent >= 0])
    if only is not None:
        parents = parents[parents == columns.partners.index(only[0])]
    if not len(parents) or not areas:
        return
    by_partner = np.argsort(contacts.partners.values, kind="stable")
    value, row_of = contacts.partners.values[by_partner], contacts.partners.rows[by_partner]
    for parent in parents.tolist():
        kind = columns.partner_kind[parent]
        family = np.append(np.nonzero(columns.partner_parent == parent)[0], parent)
        first, stop = np.searchsorted(value, family), np.searchsorted(value, family, side="right")
        if np.count_nonzero(stop > first) < 2:
            continue
        rows = np.unique(np.concatenate([row_of[a:b] for a, b in zip(first, stop, strict=True)]))
        rows = rows[usable(columns, settings.number("O6", "partners_most", kind=kind))[rows]]
        row, area, _ = paired(contacts.areas, rows, rows)
        if len(row) < 2:
            continue
        days = np.array(
            [settings.number("O6", "days", kind=kind, area=a) for a in columns.areas], dtype=np.int64
        )
        found = (parent * areas + area, row, days[area])
        if only is not None:
            found = of_number(found, parent * areas + columns.areas.index(only[1]))

        def speak(g: int, kind: str = kind) -> Spoken:
            p, a = divmod(g, areas)
            pid, aid = columns.partners[p], columns.areas[a]
            numbers = {n: settings.number("O6", n, kind=kind, area=aid) for n in ("days", "partners_most")}
            return Spoken((pid, aid), pid, ("area", aid), numbers)

        apart: Apartness = FamilyApartness(columns, parent, np.unique(found[1]))
        yield Part(*found, apart, speak)


def _compared(columns: Columns, a: int, b: int) -> dict[str, Any]:
    contacts = columns.contacts
    return {
        "partners": [sorted(columns.partners[p] for p in contacts.partners[x].tolist()) for x in (a, b)],
        "topics": shared(contacts.topics, columns.topics, a, b),
    }


LINKING_O6 = Linking("O6", _parts, one_level("low"), lambda *_: "low", compared=_compared)

RULE_O6 = Rule(
    name="O6",
    version=1,
    group=("parent partner", "area"),
    scope="family",
    single=False,
    evaluate=LINKING_O6.evaluate,
    evidence=LINKING_O6.evidence,
    compare=LINKING_O6.compare,
    title=TITLE["O6"],
    doc=DOC["O6"],
)
