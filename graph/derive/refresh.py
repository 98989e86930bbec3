"""Refreshing what is stale, scope by scope, and rebuilding everything.

A refresh locks its Scope nodes first and only then compares and reads: comparing before locking would accept
a write that commits in between. Reading, computing and writing happen in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graph import clusters, scopes
from graph.derive import evaluate, ties
from graph.derive.findings import stored, write_findings
from graph.derive.read import read_base, read_contacts
from graph.rules import RuleSettings
from graph.scopes import ISSUE, PARTNER, RESTRICTION, scope_id
from graph.store import Store, Tx

Progress = Callable[[int, int | None, str], None]

CHUNK_CONTACTS = 30_000  # contacts of the partners refreshed in one transaction; bounds its memory
CHUNK_SCOPES = 1_000
LONGEST_LOOP = 20


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh did: scopes brought up to date, edges written, findings that came and went."""

    scopes: int
    ties: int
    opened: int
    closed: int


@dataclass(frozen=True)
class RebuildReport:
    """What stands after a rebuild, and how long it took."""

    scopes: int
    ties: int
    findings: int
    seconds: float


def refresh(store: Store, settings: RuleSettings, progress: Progress | None = None) -> RefreshReport:
    """Bring every stale scope up to date. Raising goes from partners to issues and restrictions, so it ends."""
    done, written = 0, 0
    opened: set[str] = set()
    closed: set[str] = set()
    for _ in range(LONGEST_LOOP):
        stale = [
            row["id"] for row in store.read("MATCH (s:Scope {stale: true}) RETURN s.id AS id ORDER BY s.id")
        ]
        if not stale:
            break
        total = done + len(stale)
        for chunk in _chunks(store, stale):
            report, new, gone = refresh_scopes(store, settings, chunk)
            done += len(chunk)
            written += report
            closed = (closed | set(gone)) - set(new)
            opened = (opened - set(gone)) | set(new)
            if progress:
                progress(done, total, "derive")
    return RefreshReport(done, written, len(opened), len(closed))


def refresh_touched(store: Store, settings: RuleSettings, touched: Sequence[str] | None) -> None:
    """Bring these scopes up to date and those that they pass staleness on to; None means every stale one."""
    if touched is None:
        refresh(store, settings)
        return
    ids = sorted(touched)
    if ids:
        refresh_scopes(store, settings, ids)
    for _ in range(LONGEST_LOOP):
        rows = store.read(
            "MATCH (s:Scope {stale: true}) WHERE NOT s.id STARTS WITH 'partner:' RETURN s.id AS id ORDER BY s.id"
        )
        if not rows:
            return
        refresh_scopes(store, settings, [row["id"] for row in rows])


def rebuild(store: Store, settings: RuleSettings, progress: Progress | None = None) -> RebuildReport:
    """Compute everything again from the facts; what differs is written, what nothing supports goes."""
    start = time.monotonic()

    def mark(tx: Tx) -> None:
        clusters.settle_all(tx)
        # Scopes are made again for whatever has facts, so that a lost one cannot stay lost.
        tx.run(
            "MATCH (p:Partner) WHERE EXISTS { (p)<-[:WITH_PARTNER]-(:Contact) } "
            "WITH DISTINCT 'partner:' + p.canonical AS id MERGE (s:Scope {id: id}) "
            "ON CREATE SET s.rev = 0, s.derived_rev = 0"
        )
        for kind, label in ((ISSUE, "Issue"), (RESTRICTION, "Restriction")):
            tx.run(
                f"MATCH (n:{label}) MERGE (s:Scope {{id: '{kind}:' + n.id}}) "
                "ON CREATE SET s.rev = 0, s.derived_rev = 0"
            )
        scopes.raise_all(tx, None)

    store.write(mark)
    report = refresh(store, settings, progress)
    counts = store.read(
        "CALL () { MATCH ()-[t:TALKS_TO]->() RETURN count(t) AS ties } "
        "CALL () { MATCH (f:Finding) RETURN count(f) AS findings } RETURN ties, findings"
    )[0]
    return RebuildReport(report.scopes, counts["ties"], counts["findings"], time.monotonic() - start)


def _chunks(store: Store, stale: Sequence[str]) -> Iterable[list[str]]:
    """Partner scopes first, in chunks of bounded contact counts; then the others, which partners may raise."""
    partners = [s for s in stale if s.startswith(PARTNER + ":")]
    others = [s for s in stale if not s.startswith(PARTNER + ":")]
    if len(partners) > 1:
        counts = {
            row["id"]: row["n"]
            for row in store.read(
                "UNWIND $ids AS id MATCH (m:Partner {canonical: id}) "
                "RETURN id, sum(COUNT { (m)<-[:WITH_PARTNER]-() }) AS n",
                ids=[p.partition(":")[2] for p in partners],
            )
        }
    else:
        counts = {}
    chunk: list[str] = []
    size = 0
    for scope in partners:
        n = counts.get(scope.partition(":")[2], 0)
        if chunk and (size + n > CHUNK_CONTACTS or len(chunk) >= CHUNK_SCOPES):
            yield chunk
            chunk, size = [], 0
        chunk.append(scope)
        size += n
    if chunk:
        yield chunk
    # Issues and restrictions come in a round of their own: the partners above may have raised more of them.
    if not partners:
        for start in range(0, len(others), 50):
            yield list(others[start : start + 50])


def refresh_scopes(
    store: Store, settings: RuleSettings, ids: Sequence[str]
) -> tuple[int, list[str], list[str]]:
    """Refresh these scopes in one transaction; (edges written, ids of new findings, of findings gone)."""

    def work(tx: Tx) -> list[Any]:
        rows = tx.run(
            "UNWIND $ids AS id MATCH (s:Scope {id: id}) SET s._lock = true "
            "RETURN s.id AS id, s.rev AS rev, s.derived_rev AS derived",
            ids=sorted(ids),
        )
        stale = [row for row in rows if row["rev"] != row["derived"]]
        written, new, gone = _derive(tx, settings, [row["id"] for row in stale])
        tx.run(
            "UNWIND $rows AS row MATCH (s:Scope {id: row.id}) SET s.derived_rev = row.rev, "
            # Unless this very transaction has raised it again.
            "s.stale = CASE WHEN s.rev = row.rev THEN null ELSE true END REMOVE s._lock",
            rows=[{"id": row["id"], "rev": row["rev"]} for row in rows],
        )
        return [written, new, gone]

    written, new, gone = store.write(work)
    return written, new, gone


def _derive(tx: Tx, settings: RuleSettings, stale: list[str]) -> tuple[int, list[str], list[str]]:
    if not stale:
        return 0, [], []
    by_kind: dict[str, list[str]] = {PARTNER: [], ISSUE: [], RESTRICTION: []}
    for scope in stale:
        kind, _, id = scope.partition(":")
        by_kind[kind].append(id)
    base = read_base(tx.run)
    written = 0
    found: list[tuple[Any, str, bool]] = []
    partners = by_kind[PARTNER]
    if partners:
        raw = read_contacts(tx.run, partners, persons=True)
        open_rows = [i for i, hidden in enumerate(raw.confidential) if not hidden]
        topic_areas = {
            t: [base.areas[a] for a in within]
            for t, within in zip(base.topics, base.topic_areas, strict=True)
        }
        written = ties.write_ties(tx, partners, ties.tally(raw, open_rows, set(partners), topic_areas))
        found += evaluate.partner_findings(tx.run, base, raw, partners, settings)
        _raise_dependents(tx, partners)
    if by_kind[ISSUE]:
        found += evaluate.issue_findings(tx.run, base, by_kind[ISSUE], settings)
    if by_kind[RESTRICTION]:
        found += evaluate.restriction_findings(tx.run, base, by_kind[RESTRICTION], settings)
    rows = [(stored(f, world, evaluate.scope_of(f)), in_full) for f, world, in_full in found]
    new, gone = write_findings(tx, stale, rows)
    return written, new, gone


def _raise_dependents(tx: Tx, partners: list[str]) -> None:
    """Issues and restrictions whose findings may depend on the contacts of these partners.

    A contact is written without knowing every restriction and position that will meet it; the refresh of its
    partner, which comes after, sees them all and passes the staleness on.
    """
    ids = {scope_id(RESTRICTION, r) for r in evaluate.restrictions_on(tx.run, partners)}
    # A write that raised the scope of a partner while it was merged meant the one that stands for it now.
    ids |= {
        scope_id(PARTNER, row["id"])
        for row in tx.run(
            "UNWIND $partners AS pid MATCH (p:Partner {id: pid}) WHERE p.canonical <> pid "
            "RETURN DISTINCT p.canonical AS id",
            partners=partners,
        )
    }
    ids |= {
        row["scope"]
        for row in tx.run(
            "UNWIND $partners AS pid MATCH (:Partner {id: pid})<-[:CONCERNS]-(f:Finding) "
            "WHERE NOT f.scope STARTS WITH 'partner:' RETURN DISTINCT f.scope AS scope",
            partners=partners,
        )
    }
    ids |= {
        scope_id(ISSUE, row["id"])
        for row in tx.run(
            "MATCH (s:Position)-[:STATED_IN]->(:Contact)-[:WITH_PARTNER]->(m:Partner) "
            "WHERE m.canonical IN $partners MATCH (s)-[:ON]->(i:Issue) RETURN DISTINCT i.id AS id",
            partners=partners,
        )
    }
    if ids:
        scopes.raise_all(tx, ids)
