"""The rules: pure functions over columns, one file a family. rules.yaml holds their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graph.rules.asking import RULE_O2
from graph.rules.base import SEVERITIES, Found, Pair, Rule
from graph.rules.columns import Columns
from graph.rules.commitments import RULE_C2
from graph.rules.config import RuleSettings, load_rules
from graph.rules.duplicates import RULE_D1
from graph.rules.family import RULE_O6
from graph.rules.lead import RULE_C5
from graph.rules.load import RULE_O5
from graph.rules.message import RULE_C3
from graph.rules.neglect import RULE_G1
from graph.rules.networks import RULE_O7
from graph.rules.overlap import RULE_O1
from graph.rules.restricted import RULE_C4
from graph.rules.stance import RULE_C1
from graph.rules.visits import RULE_O3, RULE_O4
from graph.rules.why import LIMIT
from graph.rules.why import evidence as evidence_of
from graph.rules.why import explain as explain_of

__all__ = [
    "RULES",
    "SEVERITIES",
    "RuleSettings",
    "evaluate",
    "evidence",
    "explain",
    "is_live",
    "is_standing",
    "load_rules",
    "severity_on",
]

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        RULE_D1, RULE_O1, RULE_O2, RULE_O3, RULE_O4, RULE_O5, RULE_O6, RULE_O7,
        RULE_C1, RULE_C2, RULE_C3, RULE_C4, RULE_C5, RULE_G1,
    )
}  # fmt: skip
STANDING_DAYS = 180


def evaluate(columns: Columns, settings: RuleSettings, only: Iterable[str] | None = None) -> list[Found]:
    """Findings of all rules that are switched on, or of those named."""
    names = list(RULES) if only is None else list(only)
    return [f for name in names if settings.on(name) for f in RULES[name].evaluate(columns, settings)]


def evidence(
    rule: str,
    columns: Columns,
    settings: RuleSettings,
    group: tuple[str, ...],
    anchor: str,
    *,
    limit: int = LIMIT,
) -> Iterator[Pair]:
    """The linked pairs of the finding with this group and anchor; see `graph.rules.why`."""
    return evidence_of(RULES[rule], columns, settings, group, anchor, limit=limit)


def explain(
    rule: str, columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> dict[str, Any] | None:
    """What was compared for a finding, and what would have silenced it; see `graph.rules.why`."""
    return explain_of(RULES[rule], columns, settings, group, anchor)


def severity_on(levels: dict[str, int], window: int, today: int) -> str:
    """The highest level whose latest day is in the window before today or later, else the highest of all."""
    recent = [s for s, day in levels.items() if day >= today - window]
    return max(recent or levels, key=SEVERITIES.index)


def is_live(held_until: int | None, planned_until: int | None, window: int, today: int) -> bool:
    """Whether something of it is recent or to come; a planned one whose day is past makes nothing live."""
    recent = held_until is not None and held_until >= today - window
    return recent or (planned_until is not None and planned_until >= today)


def is_standing(first: int, last: int) -> bool:
    """Longer than 180 days from first to last day."""
    return last - first > STANDING_DAYS
