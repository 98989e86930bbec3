"""The typed answers about undoing loads, and about files that disagree with persons."""

from __future__ import annotations

from typing import Any, Literal

from graph.answers import Answer, FindingsDelta, Named


class Disagreement(Answer):
    """A file says otherwise than a person who corrected the record; the person's value stands."""

    id: str
    record: str
    label: str
    field: str
    ours: Any
    theirs: Any
    by: str
    corrected_at: str
    load: str
    row: int


class Disagreements(Answer):
    disagreements: list[Disagreement]


class Blocker(Answer):
    """Why a load cannot be undone: a record of it that somebody changed or uses since."""

    record: str
    label: str
    name: str
    why: Literal["changed", "used", "merged", "leads_to_nothing"]
    by: str | None
    at: str | None
    load: str | None


class Undo(Answer):
    """What undoing a load did, or would do; nothing where there are blockers.

    `removed` and `restored` count records by label; `kept` are those that others use.
    """

    load: str
    done: bool
    removed: dict[str, int]
    restored: dict[str, int]
    kept: list[Named]
    blockers: list[Blocker]
    findings: FindingsDelta
