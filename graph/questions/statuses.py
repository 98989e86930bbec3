"""The status of findings for a viewer, those that are resolved, and findings with the same records as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from graph import decisions
from graph.decisions import Decided
from graph.questions import findings as listed
from graph.questions.asking import Asking
from graph.store import Row


def with_status(asking: Asking, rows: Sequence[Row]) -> list[Row]:
    """The rows, each with its `status`."""
    decided = decisions.read(asking) if rows else []
    return [row | {"status": status_of(asking, row, decided)} for row in rows]


def status_of(asking: Asking, row: Row, decided: list[Decided]) -> str:
    if row.get("status"):
        return str(row["status"])
    return decisions.status_of(row, decided, asking.today, lambda: listed.records_of(asking, row))


def folded(rows: Sequence[Row]) -> list[Row]:
    """One row for findings of a rule with the same records; the others are its `also` (subject, id)."""
    first: dict[Any, Row] = {}
    for row in rows:
        key = (row["rule"], row["world"], row["certain"], row["records_hash"], row["status"])
        kept = first.get(key)
        if kept is None:
            first[key] = row | {"also": []}
        else:
            kept["also"].append({k: row[k] for k in ("id", "subject_kind", "subject")})
    return list(first.values())


def resolved(asking: Asking, rule: str | None, partner: str | None, department: str | None) -> list[Row]:
    """Findings that a decision or the receipt of a recorded contact names and that no longer exist, as they were."""
    named: dict[str, Row] = {}
    # What was decided on came later than what was foretold.
    for row in [*_foretold(asking), *(d.scope["row"] for d in decisions.read(asking))]:
        if rule and row["rule"] != rule:
            continue
        if partner and row["partner"] != partner:
            continue
        if department and department not in row["departments"]:
            continue
        named[row["id"]] = row
    there = {row["id"] for row in listed.rows_with_ids(asking, sorted(named))}
    gone = [row for id, row in sorted(named.items()) if id not in there]
    return [row | {"status": "resolved"} for row in gone if successor(asking, row) is None]


def successor(asking: Asking, row: Row) -> Row | None:
    """The finding in which the anchor of one that is gone stands now."""
    for other in listed.rows_in_scope(asking, row["rule"], row["scope"]):
        same_group = other["group"][1:] == row["group"][1:]
        if same_group and (
            row["anchor"] in other["records"] or row["anchor"] in listed.records_of(asking, other)
        ):
            return other
    return None


def _foretold(asking: Asking, finding: str | None = None) -> list[Row]:
    """Findings that contacts recorded from a check created; of the viewer's own receipts, a coordinator's of all."""
    receipts = asking.store.read(
        "MATCH (r:Receipt) WHERE r.recorded AND (r.author = $viewer OR $sees_all) "
        "AND ($finding IS NULL OR r.question CONTAINS $finding) "
        "RETURN r.question AS question, r.at AS at, r.id AS id ORDER BY at, id",
        viewer=asking.viewer.name,
        sees_all=asking.viewer.sees_all,
        finding=finding,
    )
    rows: list[Row] = [row for r in receipts for row in json.loads(r["question"])["rows"]]
    return [row for row in rows if finding is None or row["id"] == finding]


def named_row(asking: Asking, id: str) -> Row | None:
    """A finding that only a decision or a receipt still names: what it leads to, or itself as resolved."""
    decided = [d.scope["row"] for d in decisions.read(asking, finding=id)]
    for row in reversed([*_foretold(asking, id), *decided]):
        return successor(asking, row) or row | {"status": "resolved"}
    return None
