"""Ties and findings by hand, for maps without a store."""

from __future__ import annotations

import random

from graph.answers import FindingCard, FindingSubject, Named, PairTie

HOSTILE = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(1)</script>"


def tie(department: str, partner: str, held: int = 1, **more: object) -> PairTie:
    fields = {
        "planned": 0, "first": "2025-01-01", "last": "2026-01-01", "next": None, "areas": [], "topics": [],
    }  # fmt: skip
    names = {"d": more.pop("department_name", department), "p": more.pop("partner_name", partner)}
    return PairTie.model_validate(
        fields
        | {
            "department": Named(id=department, name=str(names["d"])),
            "partner": Named(id=partner, name=str(names["p"])),
            "held": held,
        }
        | more
    )


def finding(rule: str, partner: str | None, departments: list[str], **more: object) -> FindingCard:
    fields = {
        "id": f"f-{rule}-{partner}",
        "rule": rule,
        "version": 1,
        "severity": "medium",
        "certain": True,
        "status": "open",
        "partner": Named(id=partner, name=partner) if partner else None,
        "subject": FindingSubject(kind="area", id="a", name="A"),
        "departments": [Named(id=d, name=d) for d in departments],
        "contacts": 2,
        "records": ["c-1"],
        "first": "2026-01-01",
        "last": "2026-02-01",
        "smallest_gap_days": 3,
        "live": True,
        "standing": False,
        "explanation": "",
    }
    return FindingCard.model_validate(fields | more)


def many(partners: int, departments: int = 8, seed: int = 3) -> list[PairTie]:
    chance = random.Random(seed)
    return [
        tie(f"d{d}", f"p{p:05}", chance.randint(1, 30))
        for p in range(partners)
        for d in chance.sample(range(departments), chance.randint(1, 3))
    ]
