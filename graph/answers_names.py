"""The typed answers about names: judgements on records of partners and of persons, and what they come to.

`of` tells which records an answer is about; `partners` are the two that were judged, persons where `of` says so.
"""

from __future__ import annotations

from typing import Literal

from graph.answers import Answer, Named, PartnerRecord

Verdict = Literal["same", "different", "unsure"]
Of = Literal["partner", "person"]


class Contradiction(Answer):
    """Two records judged different that other judgements join into one partner, or one person."""

    partners: list[Named]
    why: str


class Judged(Answer):
    """What a judgement came to: who stands for each of the two now, and what speaks against it."""

    verdict: Verdict
    partners: list[Named]
    stands_for: list[Named]
    contradictions: list[Contradiction]
    of: Of


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
    of: Of


class FoundDuplicates(Answer):
    """What a look through all partners, or all persons, came to; `partners` is how many it looked at."""

    partners: int
    joined: int
    to_review: int
    machine: str
    of: Of


class NameEvidence(Answer):
    """One thing that two names have in common or apart, with both raw values."""

    feature: str
    left: str
    right: str


class PersonRecord(Answer):
    """A record of a person: of whom it is, in which organisations, and how many contacts it is named in."""

    id: str
    name: str
    title: str | None
    organisations: list[str]
    source: str | None
    contacts: int


class ReviewPair(Answer):
    """Two records that may be one partner, or one person. `judgement` is the machine's, to be named in the answer."""

    judgement: str
    records: list[PartnerRecord | PersonRecord]
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
    of: Of


class NameMatch(Answer):
    """A partner that a name may mean, by which of its recorded names; `why` is a sentence."""

    id: str
    name: str
    country: str | None
    kind: str | None
    text: str
    score: float
    sure: bool
    why: str
    features: list[NameEvidence]


class KnownName(Answer):
    """What a name is known to mean before anything is recorded: a city, an organisation, a country."""

    ref: str
    name: str
    country: str | None
    kind: str
    sure: bool


class NameMatches(Answer):
    """What a name may mean. `read_as` is the text after repairs, which `notes` tell."""

    text: str
    read_as: str
    notes: list[str]
    matches: list[NameMatch]
    known: list[KnownName]
