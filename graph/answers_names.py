"""The typed answers about names: judgements on partner records and what they come to."""

from __future__ import annotations

from typing import Literal

from graph.answers import Answer, Named

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
