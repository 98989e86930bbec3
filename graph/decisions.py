"""What people decided about findings, and what status follows: open, acknowledged, waived, resolved.

A decision names records (COVERS), or for a standing finding its departments and subject. It covers a finding
of its rule when all of that finding's records are among the named ones; whatever comes later is outside.
A decision about something hidden from a viewer is hidden with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from graph import clock
from graph.answers import DecisionCard
from graph.questions.asking import VISIBLE, Asking
from graph.rules import is_standing
from graph.store import Row

Status = Literal["open", "acknowledged", "waived", "resolved"]
Records = Callable[[], Iterable[str]]

MOST_COVERED = 2_000  # records that one decision names; a longer finding is decided on as a standing one

_READ = f"""
MATCH (d:Decision) WHERE ($id IS NULL OR d.id = $id) AND ($finding IS NULL OR d.finding = $finding)
AND NOT EXISTS {{ (d)-[:COVERS]->(c:Contact) WHERE NOT {VISIBLE} }}
AND NOT EXISTS {{ (d)-[:COVERS]->()-[:STATED_IN|MADE_IN]->(c:Contact) WHERE NOT {VISIBLE} }}
RETURN d.id AS id, d.kind AS kind, d.author AS author, d.reason AS reason, d.at AS at, d.expires AS expires,
  d.scope AS scope, d.finding AS finding, [(d)-[:COVERS]->(r) | r.id] AS covers ORDER BY at, id
"""


@dataclass(frozen=True)
class Decided:
    """A decision as read. `scope` names rule, subject, partner, departments, whether it is for a standing
    finding, and `row`: the finding as it was stored then."""

    id: str
    kind: str
    author: str
    reason: str
    at: str
    expires: str | None
    finding: str
    scope: dict[str, Any]
    covers: frozenset[str]

    def in_force(self, today: date) -> bool:
        return self.expires is None or self.expires >= today.isoformat()

    def covers_finding(self, row: Row, records: Records) -> bool:
        """Whether it covers the finding of this row as it is now.

        Args:
            records: gives all records of the finding; asked for only where nothing cheaper decides.
        """
        if row["rule"] != self.scope["rule"]:
            return False
        if self.scope["standing"]:
            return (
                is_standing(row["first"], row["last"])
                and [row["subject_kind"], row["subject"]] == self.scope["subject"]
                and row["partner"] == self.scope["partner"]
                and set(row["departments"]) <= set(self.scope["departments"])
            )
        if row["contacts"] > len(self.covers) or not self.covers.issuperset(row["records"]):
            return False
        if row["anchor"] not in self.covers:
            return False
        if row["contacts"] <= len(row["records"]) or row["records_hash"] == self.scope["row"]["records_hash"]:
            return True
        return self.covers.issuperset(records())

    def card(self, today: date, covers: bool) -> DecisionCard:
        return DecisionCard(
            id=self.id,
            kind=self.kind,
            action=self.scope.get("action"),
            author=self.author,
            reason=self.reason,
            at=self.at,
            expires=self.expires,
            standing=self.scope["standing"],
            in_force=covers and self.in_force(today),
        )


def read(asking: Asking, *, id: str | None = None, finding: str | None = None) -> list[Decided]:
    """The decisions that the viewer may see, oldest first."""
    rows = asking.store.read(_READ, id=id, finding=finding, **asking.eyes)
    out = [
        Decided(**{**row, "scope": json.loads(row["scope"]), "covers": frozenset(row["covers"])})
        for row in rows
    ]
    return _with_canonical(asking, out)


def _with_canonical(asking: Asking, decided: list[Decided]) -> list[Decided]:
    """Partners may have been merged since: a standing decision holds for the one that now stands for both."""
    named = {d.scope["partner"] for d in decided if d.scope["standing"] and d.scope["partner"]}
    if not named:
        return decided
    rows = asking.store.read(
        "UNWIND $ids AS id MATCH (p:Partner {id: id}) RETURN id, p.canonical AS canonical", ids=sorted(named)
    )
    canonical = {row["id"]: row["canonical"] for row in rows}
    for d in decided:
        old = d.scope["partner"]
        new = canonical.get(old, old)
        if d.scope["standing"] and new != old:
            d.scope["partner"] = new
            if d.scope["subject"] == ["partner", old]:
                d.scope["subject"] = ["partner", new]
    return decided


def status_of(row: Row, decided: list[Decided], today: date, records: Records) -> Status:
    """The status of a finding that exists."""
    status: Status = "open"
    for d in decided:
        if d.kind == "comment" or not d.in_force(today):
            continue
        if status == "waived" or (status == "acknowledged" and d.kind == "acknowledge"):
            continue
        if d.covers_finding(row, records):
            status = "waived" if d.kind == "waive" else "acknowledged"
    return status


def cards(row: Row, decided: list[Decided], today: date, records: Records) -> list[DecisionCard]:
    """The decisions about a finding: those that cover it now and those that were made about its id."""
    out = []
    for d in decided:
        covers = d.covers_finding(row, records)
        if covers or d.finding == row["id"]:
            out.append(d.card(today, covers))
    return out


def end_of_standing(today: date) -> date:
    """The last day that a waiver of a standing finding may have: twelve months ahead."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:
        return today.replace(year=today.year + 1, day=28)


def moment() -> str:
    return clock.now()
