"""Refreshing what is stale, scope by scope, and rebuilding everything.

A refresh locks its Scope nodes first and only then compares and reads: comparing before locking would accept
a write that commits in between. Reading, computing and writing happen in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from graph import clock, clusters, scopes
from graph.derive import confidence, evaluate, ties
from graph.derive.base import BASE, BASE_COLUMNS, Base, base_of
from graph.derive.findings import scope_of, stored, write_findings
from graph.derive.kept import Mark, contacts_of, kept_of
from graph.derive.read import read_contacts
from graph.rules import RULES, RuleSettings
from graph.scopes import COMMITMENT, FAMILY, ISSUE, PARTNER, PERSON, RESOURCE, RESTRICTION, scope_id
from graph.store import Store, Tx

T = TypeVar("T")
Progress = Callable[[int, int | None, str], None]

BUSY = 1_000  # contacts of partners from which on what depends on them is found from its own side
CHUNK_CONTACTS = 20_000  # contacts of the partners refreshed in one transaction; bounds its memory
CHUNK_SCOPES = 1_000
ABREAST = 2  # transactions of a large refresh at one time
_CHUNK_OF = {PERSON: 1_000, COMMITMENT: 1_000}  # scopes of a kind in one transaction, 50 of the others
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


def refresh(
    store: Store, settings: RuleSettings, progress: Progress | None = None, today: date | None = None
) -> RefreshReport:
    """Bring every stale scope up to date, and those that the day has changed.

    Raising goes from partners to the other kinds, and from persons to partners only when it is others who stand
    for them, so it ends.
    """
    today = today or clock.today()
    done, written = 0, 0
    opened: set[str] = set()
    closed: set[str] = set()
    more = True
    for _ in range(LONGEST_LOOP):
        stale = _stale(store, settings, today) if more else []
        if not stale:
            break
        total = done + len(stale)
        more = any(not s.startswith(PARTNER + ":") for s in stale)
        for chunk, (report, new, gone, raised) in side_by_side(
            chunks(store, stale), lambda chunk: refresh_scopes(store, settings, chunk, today)
        ):
            done += len(chunk)
            written += report
            more |= raised
            closed = (closed | set(gone)) - set(new)
            opened = (opened - set(gone)) | set(new)
            if progress:
                progress(done, total, "derive")
    return RefreshReport(done, written, len(opened), len(closed))


def side_by_side(
    chunks: Iterable[list[str]], work: Callable[[list[str]], T]
) -> Iterator[tuple[list[str], T]]:
    """Each chunk with what came of it, in order: while the store answers for one, the next one is computed."""
    ordered = list(chunks)
    if len(ordered) == 1:
        yield ordered[0], work(ordered[0])
        return
    with ThreadPoolExecutor(max_workers=ABREAST, thread_name_prefix="derive") as pool:
        yield from zip(ordered, pool.map(work, ordered), strict=True)


def _stale(store: Store, settings: RuleSettings, today: date) -> list[str]:
    """What is stale, also because of the day or of other settings; one statement where nothing of those is new."""
    query = (
        "OPTIONAL MATCH (x:Schema {id: 'kumppani'}) RETURN x.rules AS rules, "
        "COLLECT { MATCH (s:Scope {stale: true}) RETURN s.id ORDER BY s.id } AS stale, "
        "EXISTS { MATCH (s:Scope) WHERE s.due <= $day } OR EXISTS { MATCH (s:Scope) WHERE s.since > $day } AS turned"
    )
    row = store.read(query, day=today.toordinal())[0]
    if row["rules"] == fingerprint(settings) and not row["turned"]:
        stale: list[str] = row["stale"]
        return stale
    _follow_settings(store, settings)
    _raise_due(store, today)
    again: list[str] = store.read(query, day=today.toordinal())[0]["stale"]
    return again


def fingerprint(settings: RuleSettings) -> str:
    """Changes when a setting does, or a rule itself."""
    versions = ",".join(f"{name}={rule.version}" for name, rule in RULES.items())
    return f"{settings.fingerprint} {versions}"


def _follow_settings(store: Store, settings: RuleSettings) -> bool:
    """Make everything stale when the graph was judged by other settings or rules; whether it was."""
    now = fingerprint(settings)
    if store.read("MATCH (s:Schema {id: 'kumppani'}) RETURN s.rules AS rules") == [{"rules": now}]:
        return False

    def work(tx: Tx) -> None:
        scopes.make_all(tx)
        scopes.raise_all(tx, None)
        tx.run("MATCH (s:Schema {id: 'kumppani'}) SET s.rules = $rules", rules=now)

    store.write(work)
    return True


def follow_settings(store: Store, settings: RuleSettings, progress: Progress | None = None) -> None:
    """Judge everything again when the graph was judged by other settings or rules."""
    if _follow_settings(store, settings):
        refresh(store, settings, progress)


_DUE = "CALL () { MATCH (s:Scope) WHERE s.due <= $day RETURN s UNION MATCH (s:Scope) WHERE s.since > $day RETURN s } "


def _raise_due(store: Store, today: date) -> bool:
    """Make stale what was judged on another day and may differ on this one; whether there was any."""
    if not store.read(f"{_DUE} RETURN s.id AS id LIMIT 1", day=today.toordinal()):
        return False
    store.write(
        lambda tx: tx.run(
            f"{_DUE} WITH s ORDER BY s.id SET s.rev = s.rev + 1, s.stale = true REMOVE s.due, s.since "
            "RETURN count(s) AS n",
            day=today.toordinal(),
        )
    )
    return True


def refresh_day(store: Store, settings: RuleSettings, today: date) -> None:
    """Bring up to date what the day alone has changed since it was judged; cheap when nothing has."""
    rows = store.read(f"{_DUE} RETURN s.id AS id ORDER BY id", day=today.toordinal())
    if rows and _raise_due(store, today):
        refresh_touched(store, settings, [row["id"] for row in rows], today)


def refresh_touched(
    store: Store, settings: RuleSettings, touched: Sequence[str] | None, today: date | None = None
) -> None:
    """Bring these scopes up to date and those that they pass staleness on to; None means every stale one."""
    if touched is None:
        refresh(store, settings, today=today)
        return
    for start in range(0, len(touched), CHUNK_SCOPES):
        refresh_scopes(store, settings, sorted(touched)[start : start + CHUNK_SCOPES], today)
    for _ in range(LONGEST_LOOP):
        rows = store.read(
            "MATCH (s:Scope {stale: true}) WHERE NOT s.id STARTS WITH 'partner:' OR s.passed_on "
            "RETURN s.id AS id ORDER BY s.id"
        )
        if not rows:
            return
        for chunk in _others([row["id"] for row in rows]):
            refresh_scopes(store, settings, chunk, today)


def rebuild(
    store: Store, settings: RuleSettings, progress: Progress | None = None, today: date | None = None
) -> RebuildReport:
    """Compute everything again from the facts; what differs is written, what nothing supports goes."""
    start = time.monotonic()

    def mark(tx: Tx) -> None:
        clusters.settle_all(tx)
        scopes.make_all(tx)
        scopes.raise_all(tx, None)

    store.write(mark)
    report = refresh(store, settings, progress, today)
    counts = store.read(
        "CALL () { MATCH ()-[t:TALKS_TO]->() RETURN count(t) AS ties } "
        "CALL () { MATCH (f:Finding) RETURN count(f) AS findings } RETURN ties, findings"
    )[0]
    return RebuildReport(report.scopes, counts["ties"], counts["findings"], time.monotonic() - start)


def chunks(store: Store, stale: Sequence[str]) -> Iterable[list[str]]:
    """Partner scopes first, in chunks of bounded contact counts; then the others, which partners may raise."""
    partners = [s for s in stale if s.startswith(PARTNER + ":")]
    others = [s for s in stale if not s.startswith(PARTNER + ":")]
    if len(partners) > 1:
        counts = dict(
            store.read(
                "UNWIND $ids AS id MATCH (m:Partner {canonical: id}) "
                "WITH id, sum(COUNT { (m)<-[:WITH_PARTNER]-() }) AS n RETURN collect([id, n]) AS counts",
                ids=[p.partition(":")[2] for p in partners],
            )[0]["counts"]
        )
    else:
        counts = {}
    chunk: list[str] = []
    size = 0
    for scope in partners:
        n = counts.get(scope.partition(":")[2], 0)
        # Whoever has been merged away has no contacts: it goes with those that it may have shared findings with.
        if chunk and ((n and size + n > CHUNK_CONTACTS) or len(chunk) >= CHUNK_SCOPES):
            yield chunk
            chunk, size = [], 0
        chunk.append(scope)
        size += n
    if chunk:
        yield chunk
    # Issues and restrictions come in a round of their own: the partners above may have raised more of them.
    if not partners:
        yield from _others(others)


def _others(ids: Sequence[str]) -> Iterable[list[str]]:
    """Scopes of kinds other than partners', in chunks of one kind each."""
    by_kind: dict[str, list[str]] = {}
    for id in ids:
        by_kind.setdefault(id.partition(":")[0], []).append(id)
    for kind, own in sorted(by_kind.items()):
        size = _CHUNK_OF.get(kind, 50)
        for start in range(0, len(own), size):
            yield own[start : start + size]


def refresh_scopes(
    store: Store, settings: RuleSettings, ids: Sequence[str], today: date | None = None
) -> tuple[int, list[str], list[str], bool]:
    """Refresh these scopes in one transaction.

    Returns:
        Edges written, ids of new findings, of findings gone, whether it has made scopes of other kinds stale.
    """
    day = (today or clock.today()).toordinal()

    def work(tx: Tx) -> list[Any]:
        locked = tx.run(
            "UNWIND $ids AS id MATCH (s:Scope {id: id}) SET s._lock = true "
            "WITH collect([s.id, s.rev, s.derived_rev, s.seen, s.changed, s.whole]) AS scopes "
            f"{BASE} RETURN scopes, {BASE_COLUMNS}",
            ids=sorted(ids),
        )[0]
        rows = locked["scopes"]
        stale = {
            id: Mark(seen, changed or (), bool(whole))
            for id, rev, derived, seen, changed, whole in rows
            if rev != derived
        }
        written, new, gone, turns, raised, seen = _derive(tx, store, settings, base_of(locked), stale, day)
        tx.run(
            "UNWIND $rows AS row MATCH (s:Scope {id: row.id}) SET s.derived_rev = row.rev "
            "SET s.since = CASE WHEN row.stale THEN row.since ELSE s.since END, "
            "s.due = CASE WHEN row.stale THEN row.due ELSE s.due END, "
            "s.seen = CASE WHEN row.stale THEN row.seen ELSE s.seen END, "
            "s.changed = CASE WHEN row.stale AND s.rev = row.rev THEN null ELSE s.changed END, "
            "s.whole = CASE WHEN row.stale AND s.rev = row.rev THEN null ELSE s.whole END "
            # Unless this very transaction has raised it again.
            "SET s.stale = CASE WHEN s.rev = row.rev THEN null ELSE true END, "
            "s.passed_on = CASE WHEN s.rev = row.rev THEN null ELSE s.passed_on END REMOVE s._lock",
            rows=[
                {
                    "id": id,
                    "rev": rev,
                    "stale": id in stale,
                    "seen": seen.get(id),
                    "since": max((d for d in turns.get(id, ()) if d <= day), default=None),
                    "due": min((d for d in turns.get(id, ()) if d > day), default=None),
                }
                for id, rev, *_ in rows
            ],
        )
        return [written, new, gone, raised]

    written, new, gone, raised = store.write(work)
    return written, new, gone, raised


def _derive(
    tx: Tx, store: Store, settings: RuleSettings, base: Base, stale: Mapping[str, Mark], day: int
) -> tuple[int, list[str], list[str], dict[str, list[int]], bool, dict[str, str | None]]:
    """(edges written, new findings, findings gone, days on which each scope may change, whether others are stale,
    marks of the scopes whose contacts are kept)."""
    if not stale:
        return 0, [], [], {}, False, {}
    by_kind: dict[str, list[str]] = {}
    for scope in stale:
        kind, _, id = scope.partition(":")
        by_kind.setdefault(kind, []).append(id)
    written, raised = 0, False
    found: list[evaluate.Placed] = []
    turning: set[evaluate.Turn] = set()
    seen: dict[str, str | None] = {}
    for kind, ids in sorted(by_kind.items()):
        if kind != PARTNER:
            if kind == PERSON and clusters.settle_persons(tx, ids):
                raised = True
            placed, turns = evaluate.scope_findings(tx.run, base, kind, ids, settings, day)
        else:
            if len(ids) == 1:
                scope = scope_id(PARTNER, ids[0])
                raw, seen[scope] = contacts_of(tx, kept_of(store), ids[0], stale[scope])
            else:
                raw = read_contacts(tx.run, ids, persons=True)
            open_rows = [i for i, hidden in enumerate(raw.confidential) if not hidden]
            topic_areas = {
                t: [base.areas[a] for a in within]
                for t, within in zip(base.topics, base.topic_areas, strict=True)
            }
            written = ties.write_ties(tx, ids, ties.tally(raw, open_rows, set(ids), topic_areas))
            confidence.write_confidence(tx, ids)
            placed, turns = evaluate.partner_findings(tx.run, base, raw, ids, settings, day)
            raised = _raise_dependents(tx, ids, len(raw.id)) or raised
        found += placed
        turning |= turns
    rows = [(stored(f, world, scope_of(f)), in_full) for f, world, in_full in found]
    new, gone = write_findings(tx, list(stale), rows)
    days: dict[str, list[int]] = {}
    for scope, turn in turning:
        days.setdefault(scope, []).append(turn)
    return written, new, gone, days, raised, seen


def _raise_dependents(tx: Tx, partners: list[str], contacts: int) -> bool:
    """Make stale what of other kinds may depend on the contacts of these partners; whether there was any.

    A contact is written without knowing every restriction and position that will meet it; the refresh of its
    partner, which comes after, sees them all and passes the staleness on.

    Args:
        contacts: how many contacts the partners have.
    """
    ids = {scope_id(RESTRICTION, r) for r in evaluate.restrictions_on(tx.run, partners)}
    ids |= {row["id"] for row in tx.run(_dependents(contacts > BUSY), partners=partners)}
    if ids:
        scopes.raise_all(tx, ids)
    return bool(ids)


def _made_with_them(label: str, edge: str, busy: bool) -> str:
    """Cypher for the records `m` of a label that were made in a contact with the partners.

    Busy partners have far more contacts than there are such records, others have few.
    """
    if busy:
        return (
            f"MATCH (m:{label})-[:{edge}]->(c:Contact) USING SCAN m:{label} WITH DISTINCT m, c "
            "WHERE EXISTS { MATCH (c)-[:WITH_PARTNER]->(x:Partner) WHERE x.canonical IN $partners }"
        )
    return (
        f"MATCH (x:Partner)<-[:WITH_PARTNER]-(:Contact)<-[:{edge}]-(m:{label}) USING INDEX x:Partner(canonical) "
        "WHERE x.canonical IN $partners WITH DISTINCT m"
    )


def _dependents(busy: bool) -> str:
    promised = _made_with_them("Commitment", "MADE_IN", busy)
    return f"""
CALL () {{
  UNWIND $partners AS pid MATCH (p:Partner {{id: pid}}) WHERE p.canonical <> pid AND NOT p.canonical IN $partners
  // A write that raised the scope of a partner while it was merged meant the one that stands for it now.
  RETURN '{PARTNER}:' + p.canonical AS id
  UNION UNWIND $partners AS pid MATCH (:Partner {{id: pid}})<-[:CONCERNS|CONCERNS_IN_CONFIDENCE]-(f:Finding)
  WHERE NOT f.scope STARTS WITH '{PARTNER}:' RETURN f.scope AS id
  UNION {_made_with_them("Position", "STATED_IN", busy)}
  MATCH (m)-[:ON]->(i:Issue) RETURN '{ISSUE}:' + i.id AS id
  UNION MATCH (p:Partner)-[:PART_OF]->(q:Partner) WHERE p.canonical IN $partners
  RETURN '{FAMILY}:' + q.canonical AS id
  UNION MATCH (p:Partner)<-[:PART_OF]-(:Partner) WHERE p.canonical IN $partners
  RETURN '{FAMILY}:' + p.canonical AS id
  UNION {promised} MATCH (m)-[:PROMISES]->(x:Resource) RETURN '{RESOURCE}:' + x.id AS id
  UNION {promised} RETURN '{COMMITMENT}:' + m.id AS id
}} RETURN DISTINCT id
"""
