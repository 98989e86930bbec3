"""The typed answers about names: judgements on partner records and what they come to."""

from __future__ import annotations

from typing import Literal

from graph.answers import Answer, Named, PartnerRecord

Verdict = Literal["same", "different", "unsure"]


class Contradiction(Answer):
    """Two records judged different that other judgements join into one partner."""

    partners: list[Named]
    why: str


class Judged(Answer):
    """What a judgement came to: who stands for each of the two now, and what speaks against it."""

    verdict: Verdict
    partners: list[Named]
    stands_for: list[Named]
    contradictions: list[Contradiction]


class JudgementRow(Answer):
    """A judgement on two records; `counts` tells whether it is the newest on them."""

    id: str
    verdict: Verdict
    partners: list[Named]
    by: str
    at: str
    why: str
    machine: str | None
    keep: str | None
    counts: bool


class Judgements(Answer):
    judgements: list[JudgementRow]
    contradictions: list[Contradiction]
    next: str | None


class FoundDuplicates(Answer):
    """What a look through all partners came to."""

    partners: int
    joined: int
    to_review: int
    machine: str


class NameEvidence(Answer):
    """One thing that two names have in common or apart, with both raw values."""

    feature: str
    left: str
    right: str


class ReviewPair(Answer):
    """Two records that may be one partner. `judgement` is the machine's, to be named in the answer."""

    judgement: str
    records: list[PartnerRecord]
    score: float
    rule: str
    why: str
    evidence: list[NameEvidence]


class ReviewRule(Answer):
    """How many pairs wait that differ in just this; they can be judged together."""

    rule: str
    pairs: int


class ReviewQueue(Answer):
    """What waits for a person, strongest and busiest first, and how far the work is."""

    pairs: list[ReviewPair]
    waiting: int
    judged: int
    rules: list[ReviewRule]
    next: str | None
