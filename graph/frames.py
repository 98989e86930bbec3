"""Answers as pandas tables, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from graph.answers import Findings, Named, Ties

if TYPE_CHECKING:
    from graph.graph import Graph

_DAYS = {"first", "last", "next", "date", "end_date"}


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    for name in _DAYS.intersection(columns):
        # Coarse: a day beyond what pandas can hold is an open end.
        frame[name] = pd.to_datetime(frame[name], errors="coerce").astype("datetime64[s]")
    return frame


def _names(value: Any) -> list[str]:
    return [x.name if isinstance(x, Named) else str(x) for x in value]


def ties_frame(ties: Ties) -> pd.DataFrame:
    """One row a department-partner pair; days as datetime64, areas and topics as lists."""
    columns = ["department_id", "department", "partner_id", "partner", "held", "planned", "first", "last",
               "next", "areas", "topics"]  # fmt: skip
    rows = [
        {
            "department_id": t.department.id,
            "department": t.department.name,
            "partner_id": t.partner.id,
            "partner": t.partner.name,
            **t.model_dump(include={"held", "planned", "first", "last", "next", "areas", "topics"}),
        }
        for t in ties.ties
    ]
    return _frame(rows, columns)


def contacts_frame(graph: Graph, **filters: Any) -> pd.DataFrame:
    """One row a contact; departments and partners as lists of names."""
    columns = ["id", "date", "end_date", "precision", "status", "channel", "initiative", "departments",
               "partners", "areas", "topics", "summary", "example"]  # fmt: skip
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = graph.contacts(limit=1000, cursor=cursor, **filters)
        for c in page.contacts:
            row = c.model_dump(include=set(columns) - {"departments", "partners"})
            rows.append({**row, "departments": _names(c.departments), "partners": _names(c.partners)})
        cursor = page.next
        if cursor is None:
            return _frame(rows, columns)


def findings_frame(findings: Findings) -> pd.DataFrame:
    """One row a finding; departments as lists of names."""
    columns = ["id", "rule", "severity", "certain", "status", "partner", "subject", "departments", "contacts",
               "first", "last", "smallest_gap_days", "live", "standing", "explanation"]  # fmt: skip
    rows = [
        {
            **f.model_dump(include=set(columns) - {"partner", "subject", "departments"}),
            "partner": f.partner.name if f.partner else None,
            "subject": f.subject.name,
            "departments": _names(f.departments),
        }
        for f in findings.findings
    ]
    return _frame(rows, columns)
