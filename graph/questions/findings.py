"""Findings as the viewer may see them: listed, filtered, explained.

The open world's findings are stored, and the full world's where it differs. A viewer who may see some but
not all of a scope's confidential contacts gets that scope's findings computed on the spot, over exactly what
is visible: whatever is hidden changes nothing in the answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from graph import clock, decisions
from graph.answers import (
    DecisionCard,
    FindingDetail,
    Findings,
)
from graph.derive import refresh_day
from graph.derive.findings import OPEN, SUFFIX
from graph.errors import BadInput, Unknown
from graph.questions import statuses
from graph.questions.asking import Asking, cursor_of, key_of, page_size
from graph.questions.finding_cards import Today, cards, on_day
from graph.questions.finding_evidence import evidence, months
from graph.questions.finding_worlds import again, computed, explained, own_scopes
from graph.rules import RULES, SEVERITIES
from graph.store import Row

STATUSES = ("open", "acknowledged", "waived", "resolved")

_COLUMNS = """
RETURN f.id AS id, f.rule AS rule, f.version AS version, f.world AS world, f.scope AS scope, f.group AS group,
  f.certain AS certain, f.partner AS partner, f.subject_kind AS subject_kind, f.subject AS subject,
  f.departments AS departments, f.contacts AS contacts, f.records AS records, f.first AS first, f.last AS last,
  f.gap AS gap, f.levels AS levels, f.level_days AS level_days, f.window AS window,
  f.planned_until AS planned_until, f.held_until AS held_until, f.first_seen AS first_seen, f.settings AS settings, f.detail AS detail,
  f.anchor AS anchor, f.possible AS possible, f.records_hash AS records_hash
"""


def findings(
    asking: Asking,
    *,
    rule: str | None = None,
    partner: str | None = None,
    department: str | None = None,
    severity: str | None = None,
    status: str | None = None,
    limit: int | None = 50,
    cursor: str | None = None,
    language: str = "en",
) -> Findings:
    """Findings, live and severe ones first; `limit` None gives all of them.

    Args:
        severity: this severity or higher.
    """
    _check_filters(rule, severity, status)
    size = None if limit is None else page_size(limit)
    after = key_of(cursor, 4)
    refresh_day(asking.store, asking.settings, asking.today)
    today = asking.today.toordinal()
    found = statuses.with_status(
        asking, visible_rows(asking, rule, partner, department, status == "resolved")
    )
    rows = [(row, on_day(row, today)) for row in found if not status or row["status"] == status]
    if severity:
        floor = SEVERITIES.index(severity)
        rows = [x for x in rows if SEVERITIES.index(x[1].severity) >= floor]
    in_order = [row for row, _ in sorted(rows, key=lambda x: _order(*x))]
    rows = [(row, on_day(row, today)) for row in statuses.folded(in_order)]
    keyed = sorted(((_order(row, on), row, on) for row, on in rows), key=lambda x: x[0])
    if after:
        keyed = [x for x in keyed if x[0] > tuple(after)]
    more = size is not None and len(keyed) > size
    page = keyed[:size] if size is not None else keyed
    shown = cards(asking, [(row, on) for _, row, on in page], language)
    return Findings(findings=shown, next=cursor_of(page[-1][0]) if more else None)


def _order(row: Row, on: Today) -> tuple[int, int, int, str]:
    return (0 if on.live else 1, -SEVERITIES.index(on.severity), -row["last"], row["id"])


def _check_filters(rule: str | None, severity: str | None, status: str | None) -> None:
    if rule and rule not in RULES:
        raise BadInput(f"There is no rule {rule!r}. The rules are: {', '.join(RULES)}.")
    if severity and severity not in SEVERITIES:
        raise BadInput(f"There is no severity {severity!r}. They are: {', '.join(SEVERITIES)}.")
    if status and status not in STATUSES:
        raise BadInput(f"There is no status {status!r}. They are: {', '.join(STATUSES)}.")


# --- which findings a viewer sees ---


def visible_rows(
    asking: Asking,
    rule: str | None = None,
    partner: str | None = None,
    department: str | None = None,
    resolved: bool = False,
) -> list[Row]:
    """The findings that the viewer sees, as rows; those that are resolved instead, where asked for."""
    from graph.questions.partners import canonical_of
    from graph.questions.ties import _find_department

    pid = canonical_of(asking, partner) if partner else None
    did = _find_department(asking, department) if department else None
    if resolved:
        return statuses.resolved(asking, rule, pid, did)
    if asking.viewer.sees_all:
        return _stored(asking, "(f.world = 'full' OR f.in_full)", rule, pid, did, [], tuple(SUFFIX.values()))
    own = own_scopes(asking)
    rows = _stored(asking, "f.world = 'open'", rule, pid, did, sorted(own))
    for row in computed(asking, sorted(own)):
        if (rule and row["rule"] != rule) or (pid and row["partner"] != pid):
            continue
        if did and did not in row["departments"]:
            continue
        rows.append(row)
    return rows


def _stored(
    asking: Asking,
    world: str,
    rule: str | None,
    partner: str | None,
    department: str | None,
    without: list[str],
    worlds: Sequence[str] = (SUFFIX[OPEN],),
) -> list[Row]:
    conditions = [world]
    match = "MATCH (f:Finding) "
    if partner:
        concerns = "|".join(f"CONCERNS{suffix}" for suffix in worlds)
        match = f"MATCH (:Partner {{id: $partner}})<-[:{concerns}]-(f:Finding) "
    elif department:
        between = "|".join(f"BETWEEN{suffix}" for suffix in worlds)
        match = f"MATCH (:Department {{id: $department}})<-[:{between}]-(f:Finding) "
    if partner and department:
        conditions.append("$department IN f.departments")
    if rule:
        conditions.append("f.rule = $rule")
    if without:
        conditions.append("NOT f.scope IN $without")
    return asking.store.read(
        f"{match} WHERE {' AND '.join(conditions)} {_COLUMNS}",
        partner=partner,
        department=department,
        rule=rule,
        without=without,
    )


def finding(asking: Asking, id: str, *, language: str = "en") -> FindingDetail:
    """One finding with its whole evidence; Unknown for an id that is none, or hidden."""
    row = row_of(asking, id)
    decided = decisions.read(asking)
    row = row | {"status": statuses.status_of(asking, row, decided)}
    about = decisions.cards(row, decided, asking.today, lambda: records_of(asking, row))
    on = on_day(row, asking.today.toordinal())
    card = cards(asking, [(row, on)], language)[0]
    rule = RULES[row["rule"]]
    shown = evidence(asking, row["rule"], records_of(asking, row))
    return FindingDetail(
        finding=card,
        version=version_of(row, about),
        decisions=about,
        rule_title=rule.title.get(language, rule.title["en"]),
        rule_text=rule.doc.get(language, rule.doc["en"]),
        settings=json.loads(row["settings"]),
        first_seen=clock.iso(row["first_seen"]) or "",
        evidence=shown,
        months=months(shown),
        explain={**json.loads(row["detail"]), **explained(asking, row)},
    )


def row_of(asking: Asking, id: str) -> Row:
    """The finding with this id, else what an earlier id leads to; Unknown for one that is none, or hidden."""
    rows = rows_with_ids(asking, [id])
    row = rows[0] if rows else statuses.named_row(asking, id)
    if row is None:
        raise Unknown(f"There is no finding {id!r}.")
    return row


def version_of(row: Row, about: list[DecisionCard]) -> str:
    """The ETag of a finding: what it holds, and what was decided about it."""
    told = [row["id"], row["records_hash"], row["status"], [d.model_dump() for d in about]]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=12).hexdigest()


def rows_with_ids(asking: Asking, ids: Sequence[str]) -> list[Row]:
    """Those of these findings that the viewer sees."""
    return _rows_where(asking, "MATCH (f:Finding) WHERE f.id IN $ids", lambda row: row["id"] in ids, ids=ids)


def rows_in_scope(asking: Asking, rule: str, scope: str) -> list[Row]:
    """The findings of a rule in a scope that the viewer sees."""
    return _rows_where(
        asking,
        "MATCH (f:Finding {scope: $scope}) WHERE f.rule = $rule",
        lambda row: row["rule"] == rule and row["scope"] == scope,
        rule=rule,
        scope=scope,
    )


def _rows_where(asking: Asking, match: str, fits: Callable[[Row], bool], **parameters: Any) -> list[Row]:
    condition = "(f.world = 'full' OR f.in_full)" if asking.viewer.sees_all else "f.world = 'open'"
    own = [] if asking.viewer.sees_all else sorted(own_scopes(asking))
    rows = asking.store.read(
        f"{match} AND {condition} AND NOT f.scope IN $own {_COLUMNS}", own=own, **parameters
    )
    return rows + [row for row in computed(asking, own) if fits(row)]


def records_of(asking: Asking, row: Row) -> list[str]:
    """Ids of all records: the stored ones where they are all, else found again by the same pure function."""
    if row["contacts"] <= len(row["records"]):
        return list(row["records"])
    found = again(asking, row)
    return list(found.records) if found else list(row["records"])


__all__ = ["STATUSES", "finding", "findings"]
