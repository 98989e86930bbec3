"""O3 same person and O4 parallel visits: two departments with one person, or on visits one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graph.rules.base import Rule
from graph.rules.columns import Bools, Columns, Ints
from graph.rules.config import RuleSettings
from graph.rules.episodes import Spoken
from graph.rules.pairs import (
    Linking,
    Part,
    by_list,
    independent_part,
    of_number,
    one_level,
    shared,
    two_levels,
)
from graph.rules.texts import DOC, TITLE

DIRECTIONS = ("out", "in")
VISITS = {f"{kind}_{way}": way for kind in ("visit", "delegation") for way in DIRECTIONS}


def _by_person(columns: Columns, settings: RuleSettings, only: tuple[str, ...] | None) -> Iterator[Part]:
    everyone = np.ones(len(columns.contacts), dtype=np.bool_)
    found = by_list(columns, settings, "O3", columns.contacts.persons, everyone, kinds=False)
    if only is not None:
        found = of_number(found, columns.persons.index(only[0]))
    numbers = {name: settings.number("O3", name) for name in ("days", "partners_most")}

    def speak(h: int) -> Spoken:
        person = columns.persons[h]
        return Spoken((person,), None, ("person", person), numbers)

    yield independent_part(columns, found, speak)


def direction(columns: Columns) -> Ints:
    """Per contact 0 for a visit of ours, 1 for one of theirs, -1 for what is no visit in person."""
    codes = {channel: DIRECTIONS.index(way) for channel, way in VISITS.items()}
    way = np.array([codes.get(c, -1) for c in columns.contacts.channel], dtype=np.int64)
    found: Ints = np.where(columns.contacts.remote, -1, way)
    return found


def _by_direction(columns: Columns, settings: RuleSettings, only: tuple[str, ...] | None) -> Iterator[Part]:
    way = direction(columns)
    partner, row, window = by_list(columns, settings, "O4", columns.contacts.partners, way >= 0)
    found = (partner * len(DIRECTIONS) + way[row], row, window)
    if only is not None:
        number = columns.partners.index(only[0]) * len(DIRECTIONS) + DIRECTIONS.index(only[1])
        found = of_number(found, number)

    def speak(g: int) -> Spoken:
        p, d = divmod(g, len(DIRECTIONS))
        pid, kind = columns.partners[p], columns.partner_kind[p]
        numbers = {name: settings.number("O4", name, kind=kind) for name in ("days", "partners_most")}
        return Spoken((pid, DIRECTIONS[d]), pid, ("direction", DIRECTIONS[d]), numbers)

    yield independent_part(columns, found, speak)


def _held(columns: Columns) -> Bools:
    return ~columns.contacts.planned


def _compared(columns: Columns, a: int, b: int) -> dict[str, Any]:
    contacts = columns.contacts
    return {
        "channels": [contacts.channel[a], contacts.channel[b]],
        "persons": shared(contacts.persons, columns.persons, a, b),
        "status": ["planned" if contacts.planned[x] else "held" for x in (a, b)],
    }


LINKING_O3 = Linking("O3", _by_person, one_level("medium"), lambda *_: "medium", compared=_compared)
LINKING_O4 = Linking(
    "O4",
    _by_direction,
    two_levels(_held, "info", "medium"),
    lambda columns, a, b: "medium" if columns.contacts.planned[[a, b]].any() else "info",
    compared=_compared,
)

RULE_O3 = Rule(
    name="O3",
    version=1,
    group=("person",),
    scope="person",
    single=False,
    evaluate=LINKING_O3.evaluate,
    evidence=LINKING_O3.evidence,
    compare=LINKING_O3.compare,
    title=TITLE["O3"],
    doc=DOC["O3"],
)

RULE_O4 = Rule(
    name="O4",
    version=1,
    group=("partner", "direction"),
    scope="partner",
    single=False,
    evaluate=LINKING_O4.evaluate,
    evidence=LINKING_O4.evidence,
    compare=LINKING_O4.compare,
    title=TITLE["O4"],
    doc=DOC["O4"],
)
