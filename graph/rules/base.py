"""What every rule shares: the finding it returns, the order of severities, the rule's own description."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graph.rules.columns import Columns
from graph.rules.config import RuleSettings

SEVERITIES = ("info", "review", "low", "medium", "high", "critical", "block")


@dataclass(frozen=True)
class Found:
    """One finding as a rule computes it; what it holds does not depend on today.

    Whether a finding of C5, G1 or O7 is there at all does: the columns say on which day they are judged.


    Attributes:
        rule: short name, "O1".
        group: the group key as ids, in the order the rule declares (O1: partner id, area id).
        certain: False for a possible finding.
        records: ids of all its records, ordered by (recorded, id); the first is the anchor.
        recorded: microseconds, aligned with `records`.
        best: ids that show it best: the newest pair, the closest pair (one id for single records).
        possible: ids linked to it only possibly ("listed there, joins nothing").
        departments: ids, sorted.
        partner: canonical partner id, or None where the rule's subject is none.
        subject: (kind, id): what the group is about ("area", "issue", "restriction", ...).
        first, last: days: smallest lo and largest hi of its records.
        smallest_gap: days, None for single records.
        levels: severity -> latest "later day" of the links (or records) that have it; at a day `today` the
            severity is the highest level whose day >= today - window, else the highest of all.
        window: days of the rule's window used for severity and liveness (0 for none).
        planned_until: largest hi among its planned records, None without any; held_until: among the others.
        settings: every threshold it was found with, by name.
        detail: what the explanation needs besides (JSON values only).
    """

    rule: str
    group: tuple[str, ...]
    certain: bool
    records: tuple[str, ...]
    recorded: tuple[int, ...]
    best: tuple[str, ...]
    departments: tuple[str, ...]
    partner: str | None
    subject: tuple[str, str]
    first: int
    last: int
    smallest_gap: int | None
    levels: dict[str, int]
    window: int
    planned_until: int | None
    held_until: int | None
    settings: dict[str, Any]
    possible: tuple[str, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """Two linked records (or one, with `b` None, for a single-record rule) and what was compared.

    `gap` and `widest` are the smallest and the largest gap possible in days; `later` is the later day.
    """

    a: str
    b: str | None
    certain: bool
    severity: str
    later: int
    gap: int | None = None
    widest: int | None = None
    compared: dict[str, Any] = field(default_factory=dict)
    pieces: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "records": [x for x in (self.a, self.b) if x is not None],
            "certain": self.certain,
            "severity": self.severity,
            "gap": self.gap,
            "widest": self.widest,
            "compared": self.compared,
        }


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: whether it holds, the values compared, in words; `by` is how far it misses."""

    name: str
    holds: bool
    values: dict[str, Any]
    text: dict[str, str]
    by: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "condition": self.name,
            "holds": self.holds,
            "values": self.values,
            "text": self.text,
            "by": self.by,
        }


@dataclass(frozen=True)
class Rule:
    """A rule: its name, version, what it groups by, the kind of scope that re-evaluates it, the functions.

    `evidence` lists the linked pairs of the finding with this group and anchor; `compare` looks at two
    records by id and is None when the rule does not link them in that group (or is a single-record rule).
    """

    name: str
    version: int
    group: tuple[str, ...]
    scope: str
    single: bool
    evaluate: Callable[[Columns, RuleSettings], Iterable[Found]]
    evidence: Callable[[Columns, RuleSettings, tuple[str, ...], str], Iterator[Pair]]
    compare: Callable[[Columns, RuleSettings, tuple[str, ...], str, str], Pair | None]
    title: dict[str, str]
    doc: dict[str, str]
    # Kinds of scope for groups of another kind, by the kind of the finding's subject (C2: a resource).
    scopes: dict[str, str] = field(default_factory=dict)
    # What two contacts (rows) must be for a link, one by one; None for rules that link no contacts.
    conditions: Callable[[Columns, RuleSettings, int, int], list[Condition]] | None = None
    # (kind of scope, its id, day): a day on which what the rule finds there may change by itself.
    turns: Callable[[Columns, RuleSettings], Iterator[tuple[str, str, int]]] | None = None
