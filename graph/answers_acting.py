"""The typed answers of acting: records entered by hand, decisions, the check before a contact and its receipt."""

from __future__ import annotations

from typing import Any, Literal

from graph.answers import (
    AgreementCard,
    Answer,
    Candidate,
    FindingCard,
    FindingDetail,
    LeadCard,
    MatchedPartner,
    Named,
    Notice,
    RestrictionCard,
    Tie,
)


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


class NotEvaluated(Answer):
    """A rule that could not be asked, and what it would need."""

    rule: str
    why: str


class PlannedContact(Answer):
    """Who plans to meet the partner, and when."""

    id: str
    date: str
    end_date: str | None
    precision: Literal["day", "month", "year"]
    channel: str | None
    summary: str | None
    departments: list[Named]
    areas: list[str]
    topics: list[str]


class MaterialCard(Answer):
    """What the city says: a current core message, or other material about the areas asked about."""

    id: str
    title: str
    kind: str
    stance: str | None
    text: str | None
    url: str | None
    issues: list[Named]
    valid_from: str | None
    valid_to: str | None


class Suggestion(Answer):
    """What would meet fewer findings: join a planned contact, take another date, or let the lead do it."""

    kind: Literal["join", "date", "lead"]
    date: str | None
    contact: str | None
    department: Named | None
    text: str


class Check(Answer):
    """Before you contact: what is known, and exactly the findings that the contact would create or join.

    `partner` is null when the name is unknown or unsure; then `candidates` lists what it may mean and nothing
    was evaluated.
    """

    receipt: str
    verdict: Literal["clear", "inform", "blocked"]
    partner: MatchedPartner | None
    findings: list[FindingCard]
    talking: list[Tie]
    planned: list[PlannedContact]
    notices: list[Notice]
    lead: list[LeadCard]
    restrictions: list[RestrictionCard]
    materials: list[MaterialCard]
    agreements: list[AgreementCard]
    not_evaluated: list[NotEvaluated]
    candidates: list[Candidate]
    suggestions: list[Suggestion]


class Receipt(Answer):
    """What was asked and what was known at that moment. `contact`: the one that was recorded from it, or null."""

    receipt: str
    at: str
    author: str
    question: dict[str, Any]
    answer: Check
    contact: str | None


class Recorded(Answer):
    """A planned contact recorded from a check: it created just these findings, as the check foretold."""

    contact: Entry
    receipt: str
    findings: list[FindingCard]


class RuleCount(Answer):
    """Findings of a rule: how many there are, and how many there would be."""

    rule: str
    now: int
    then: int


class MonthCount(Answer):
    """The same for the month of the findings' last day, year-month."""

    rule: str
    month: str
    now: int
    then: int


class WhatIf(Answer):
    """What other thresholds would find; nothing of it is stored. `what_if`: the thresholds that were tried."""

    what_if: dict[str, int]
    rules: list[RuleCount]
    months: list[MonthCount]


class Met(Answer):
    """One condition of a rule; `by` is how many days it misses by, where it is about days."""

    condition: str
    holds: bool
    by: int | None
    text: str


class WhyNot(Answer):
    """Which conditions of a rule two records meet; `linked` when all, `certain` when whatever the day was."""

    rule: str
    a: str
    b: str
    linked: bool
    certain: bool
    conditions: list[Met]
