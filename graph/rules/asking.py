"""O2 double ask: two departments ask one partner for something within the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graph.rules.base import Rule
from graph.rules.columns import Bools, Columns
from graph.rules.config import RuleSettings
from graph.rules.episodes import Spoken
from graph.rules.pairs import (
    Linking,
    Part,
    by_list,
    independent_part,
    of_number,
    purposes_of,
    shared,
    two_levels,
)
from graph.rules.texts import DOC, TITLE

ASKING = frozenset(("request", "invite", "fund"))


def asks(columns: Columns) -> Bools:
    """Ours, and with a purpose that asks for something."""
    some, _ = purposes_of(columns.contacts, ASKING)
    found: Bools = some & ~columns.contacts.theirs
    return found


def _only_invites(columns: Columns) -> Bools:
    return purposes_of(columns.contacts, ASKING)[1]


def _parts(columns: Columns, settings: RuleSettings, only: tuple[str, ...] | None) -> Iterator[Part]:
    found = by_list(columns, settings, "O2", columns.contacts.partners, asks(columns))
    if only is not None:
        found = of_number(found, columns.partners.index(only[0]))

    def speak(p: int) -> Spoken:
        kind = columns.partner_kind[p]
        numbers = {name: settings.number("O2", name, kind=kind) for name in ("days", "partners_most")}
        pid = columns.partners[p]
        return Spoken((pid,), pid, ("partner", pid), numbers)

    yield independent_part(columns, found, speak)


def _asked(columns: Columns, row: int) -> list[str]:
    return sorted(ASKING.intersection(columns.contacts.purposes[row]))


def _severity(columns: Columns, a: int, b: int) -> str:
    return "medium" if _asked(columns, a) == _asked(columns, b) == ["invite"] else "high"


def _compared(columns: Columns, a: int, b: int) -> dict[str, Any]:
    return {
        "purposes": [_asked(columns, a), _asked(columns, b)],
        "topics": shared(columns.contacts.topics, columns.topics, a, b),
    }


LINKING_O2 = Linking("O2", _parts, two_levels(_only_invites, "medium", "high"), _severity, compared=_compared)

RULE_O2 = Rule(
    name="O2",
    version=1,
    group=("partner",),
    scope="partner",
    single=False,
    evaluate=LINKING_O2.evaluate,
    evidence=LINKING_O2.evidence,
    compare=LINKING_O2.compare,
    title=TITLE["O2"],
    doc=DOC["O2"],
)
