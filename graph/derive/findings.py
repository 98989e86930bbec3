"""Findings in the store: from what the rules return to nodes, and only what differs is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from graph import clock
from graph.rules import RULES, SEVERITIES
from graph.rules.base import Found
from graph.scopes import ALL, NETWORKS, scope_id
from graph.store import Tx

OPEN, FULL = "open", "full"
# Labels of the records that a rule's findings are made of; of O7, memberships, which no edge can lead to.
RECORDS: dict[str, tuple[str, ...]] = {
    "C1": ("Position",),
    "C2": ("Commitment",),
    "C3": ("Position", "Material"),
    "G1": ("Commitment", "Partner"),
    "O7": (),
}


# What the edges of a finding are called in each world: CONCERNS, CONCERNS_IN_CONFIDENCE and so on.
SUFFIX = {OPEN: "", FULL: "_IN_CONFIDENCE"}


def finding_id(found: Found, world: str) -> str:
    """From rule, world, group and anchor, so that a rebuild gives the same; the anchor's id is opaque."""
    text = "\x1f".join([found.rule, world, *found.group, found.records[0]])
    return "f-" + hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def first_seen(found: Found) -> int:
    """The earliest day on which two of its records (one, for single-record rules) were both recorded."""
    moments = sorted(found.recorded)
    second = 0 if RULES[found.rule].single or len(moments) == 1 else 1
    return clock.helsinki_day(moments[second])


def stored(found: Found, world: str, scope: str) -> dict[str, Any]:
    """The properties of a Finding node; `hash` covers all of them."""
    levels = [s for s in SEVERITIES if s in found.levels]
    row: dict[str, Any] = {
        "id": finding_id(found, world),
        "rule": found.rule,
        "version": RULES[found.rule].version,
        "world": world,
        "scope": scope,
        "group": list(found.group),
        "certain": found.certain,
        "partner": found.partner,
        "subject_kind": found.subject[0],
        "subject": found.subject[1],
        "departments": list(found.departments),
        "contacts": len(found.records),
        "records": list(found.best),
        "anchor": found.records[0],
        "possible": list(found.possible),
        "first": found.first,
        "last": found.last,
        "gap": found.smallest_gap,
        "levels": levels,
        "level_days": [found.levels[s] for s in levels],
        "window": found.window,
        "planned_until": found.planned_until,
        "held_until": found.held_until,
        "first_seen": first_seen(found),
        "settings": json.dumps(found.settings, sort_keys=True),
        "detail": json.dumps(found.detail, sort_keys=True),
        # Of all records, so that a change among those not shown is seen too.
        "records_hash": _records_hash(found),
    }
    return hashed(row)


def hashed(row: dict[str, Any]) -> dict[str, Any]:
    """The properties of a Finding with the hash that covers them."""
    own = {name: value for name, value in row.items() if name != "hash"}
    return {**own, "hash": hashlib.blake2b(repr(sorted(own.items())).encode(), digest_size=12).hexdigest()}


def _records_hash(found: Found) -> str:
    if found.rule != "O5":
        return hashlib.blake2b("\x1f".join(found.records).encode(), digest_size=12).hexdigest()
    return summed(found.records)


def summed(records: Iterable[str], to: str = "0") -> str:
    """A hash of ids that does not depend on their order, so that one more can be added to the hash of many."""
    return f"{(int(to, 16) + sum(map(_number, records))) % 2**96:024x}"


@lru_cache(maxsize=50_000)  # a long load is summed again whenever one of its contacts changes
def _number(id: str) -> int:
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=12).digest())


def scope_of(found: Found) -> str:
    """The scope whose changes re-evaluate a finding: the first part of its group, by the rule's kind."""
    rule = RULES[found.rule]
    kind = rule.scopes.get(found.subject[0], rule.scope)
    return scope_id(kind, ALL if kind == NETWORKS else found.group[0])


def worlds(
    open_found: Iterable[Found], full_found: Iterable[Found], touched: set[str]
) -> list[tuple[Found, str, bool]]:
    """(finding, world, whether it also stands in the full world).

    Args:
        full_found: findings of the full world in the scopes `touched`.
        touched: scopes with something confidential in them; in all others the two worlds are the same.
    """
    out: list[tuple[Found, str, bool]] = []
    full = {_content(f): f for f in full_found}
    for found in open_found:
        key = _content(found)
        same = scope_of(found) not in touched or key in full
        full.pop(key, None)
        out.append((found, OPEN, same))
    out.extend((found, FULL, True) for found in full.values())
    return out


def _content(found: Found) -> tuple[Any, ...]:
    return (
        found.rule, found.group, found.certain, found.records, found.possible, repr(found.levels),
        found.departments, found.partner, found.best, repr(sorted(found.detail.items())),
    )  # fmt: skip


def write_findings(
    tx: Tx, scopes: Sequence[str], rows: list[tuple[dict[str, Any], bool]]
) -> tuple[list[str], list[str]]:
    """Bring the findings of these scopes in line; returns (ids that are new, ids that are gone).

    Args:
        rows: (properties as `stored` gives them, whether it stands in the full world too).
    """
    stored_rows = tx.run(
        "UNWIND $scopes AS scope MATCH (f:Finding) WHERE f.scope = scope "
        "RETURN collect([f.id, f.hash, f.in_full]) AS had",
        scopes=list(scopes),
    )
    had = {id: (its_hash, in_full) for id, its_hash, in_full in stored_rows[0]["had"]}
    new, changed = [], []
    wanted = set()
    for row, in_full in rows:
        row = {**row, "in_full": in_full}
        wanted.add(row["id"])
        if row["id"] not in had:
            new.append(row)
        elif had[row["id"]] != (row["hash"], in_full):
            changed.append(row)
    gone = sorted(set(had) - wanted)
    if gone:
        tx.run("UNWIND $ids AS id MATCH (f:Finding {id: id}) DETACH DELETE f", ids=gone)
    if changed:
        tx.run(
            "UNWIND $rows AS row MATCH (f:Finding {id: row.id}) SET f = row WITH f MATCH (f)-[r]->() DELETE r",
            rows=changed,
        )
    if new:
        tx.run("UNWIND $rows AS row CREATE (f:Finding) SET f = row", rows=new)
    if new or changed:
        _write_edges(tx, new + changed)
    return [row["id"] for row in new], gone


def _write_edges(tx: Tx, rows: list[dict[str, Any]]) -> None:
    # Who may not see the confidential ones does not come across them: their number must not tell in the time.
    concerns: dict[str, list[dict[str, str]]] = {OPEN: [], FULL: []}
    between: dict[str, list[dict[str, str]]] = {OPEN: [], FULL: []}
    for r in rows:
        if r["partner"]:
            concerns[r["world"]].append({"f": r["id"], "t": r["partner"]})
        between[r["world"]] += [{"f": r["id"], "t": d} for d in r["departments"]]
    cites: dict[str, list[dict[str, str]]] = {}
    for r in rows:
        for label in RECORDS.get(r["rule"], ("Contact",)):
            cites.setdefault(label, []).extend({"f": r["id"], "t": c} for c in r["records"])
    for edge, label, pairs in (
        *((f"CONCERNS{suffix}", "Partner", concerns[world]) for world, suffix in SUFFIX.items()),
        *((f"BETWEEN{suffix}", "Department", between[world]) for world, suffix in SUFFIX.items()),
        *(("CITES", label, pairs) for label, pairs in sorted(cites.items())),
    ):
        if pairs:
            # In one order, whoever writes: two refreshes that meet at a record wait for one another once.
            pairs.sort(key=lambda pair: pair["t"])
            tx.run(
                f"UNWIND $rows AS row MATCH (f:Finding {{id: row.f}}) MATCH (t:{label} {{id: row.t}}) "
                f"CREATE (f)-[:{edge}]->(t)",
                rows=pairs,
            )
