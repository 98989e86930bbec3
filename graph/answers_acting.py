"""The typed answers of acting: records entered by hand, decisions, the check before a contact and its receipt."""

from __future__ import annotations

from typing import Any

from graph.answers import Answer, FindingDetail, Named


class Entered(Answer):
    """One change of a record: who, when, and the fields before and after (null: not there)."""

    id: str
    at: str
    by: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Entry(Answer):
    """A record as it was entered. `version` is its ETag; `history` is oldest first."""

    id: str
    kind: str
    version: str
    fields: dict[str, Any]
    links: dict[str, list[Named]]
    recorded_at: str
    source: str
    history: list[Entered]


class Deleted(Answer):
    """That a record is gone; `history` keeps what it was."""

    id: str
    kind: str
    history: list[Entered]


class Settled(Answer):
    """What was done about a finding: the finding as it is now, and the ids of records that were changed."""

    action: str
    finding: FindingDetail
    changed: list[str]
