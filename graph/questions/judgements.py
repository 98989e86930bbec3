"""Judgements as they are listed, and the records of one partner or one person."""

from __future__ import annotations

from graph.answers import Named, PartnerRecord
from graph.answers_names import Contradiction, Judged, JudgementRow, Judgements, Of
from graph.clusters import LABELS, known_openly, pairs
from graph.judgements import Judgement
from graph.questions.asking import OPEN_COUNT, cursor_of, key_of, page_size
from graph.store import Row, Store


def all_judgements(
    store: Store,
    *,
    of: Of = "partner",
    record: str | None = None,
    limit: int | None = 100,
    cursor: str | None = None,
) -> Judgements:
    """Judgements, newest first, and the contradictions among those that count.

    Args:
        record: only those on the records of this one's cluster.
        limit: None gives all of them.
    """
    size = None if limit is None else page_size(limit)
    after = key_of(cursor, 1)
    asked = (
        f"($record IS NULL OR EXISTS {{ MATCH (m:{LABELS[of]} {{id: $record}}) "
        "WHERE m.canonical IN [p.canonical, q.canonical] })"
    )
    rows = store.read(
        f"{pairs(of, asked)} "
        "RETURN j.id AS id, j.nr AS nr, j.verdict AS verdict, j.by AS by, j.at AS at, j.why AS why, "
        "j.machine AS machine, j.keep AS keep, p.id AS a, p.name AS a_name, q.id AS b, q.name AS b_name, "
        "p.canonical = q.canonical AS together ORDER BY nr DESC",
        record=record,
    )
    counts: dict[tuple[str, str], str] = {}
    for row in rows:
        counts.setdefault((row["a"], row["b"]), row["id"])
    shown = [
        JudgementRow(
            id=row["id"],
            verdict=row["verdict"],
            partners=[Named(id=row["a"], name=row["a_name"]), Named(id=row["b"], name=row["b_name"])],
            by=row["by"],
            at=row["at"],
            why=row["why"] or "",
            machine=row["machine"],
            keep=row["keep"],
            counts=counts[row["a"], row["b"]] == row["id"],
        )
        for row in rows
        if not after or row["nr"] < after[0]
    ]
    against = [
        Contradiction(
            partners=[Named(id=row["a"], name=row["a_name"]), Named(id=row["b"], name=row["b_name"])],
            why=row["why"] or "",
        )
        for row in rows
        if row["together"] and row["verdict"] == "different" and counts[row["a"], row["b"]] == row["id"]
    ]
    more = size is not None and len(shown) > size
    page = shown[:size] if size is not None else shown
    last = {row["id"]: row["nr"] for row in rows}
    return Judgements(
        judgements=page,
        contradictions=against,
        next=cursor_of([last[page[-1].id]]) if more else None,
        of=of,
    )


def cluster(store: Store, record: str) -> list[Row]:
    """The records of a partner's cluster with what each says; the canonical one first."""
    return store.read(
        "MATCH (asked:Partner {id: $id}) MATCH (p:Partner {canonical: asked.canonical}) "
        "RETURN p.id AS id, p.name AS name, p.kind AS kind, p.country AS country, p.status AS status, "
        "p.website AS website, p.source AS source, p.reference AS reference, "
        f"{OPEN_COUNT.format('p')} AS contacts "
        "ORDER BY p.id <> p.canonical, p.recorded_at, id",
        id=record,
    )


def judged(store: Store, j: Judgement) -> Judged:
    """What a judgement came to: who stands for each of its two records now, and what speaks against it."""
    label = LABELS[j.of]
    rows = store.read(
        f"UNWIND [$a, $b] AS asked MATCH (p:{label} {{id: asked}}) WHERE {known_openly(j.of, 'p')} "
        f"MATCH (s:{label} {{id: p.canonical}}) RETURN p.id AS id, p.name AS name, s.id AS head, s.name AS stands",
        a=j.a,
        b=j.b,
    )
    found = all_judgements(store, of=j.of, record=j.a, limit=None).contradictions
    return Judged(
        verdict=j.verdict,
        partners=[Named(id=row["id"], name=row["name"]) for row in rows],
        stands_for=[Named(id=row["head"], name=row["stands"]) for row in rows],
        contradictions=found,
        of=j.of,
    )


def record_of(row: Row) -> PartnerRecord:
    """A record from a row that holds its columns, and perhaps others."""
    return PartnerRecord(**{name: row[name] for name in PartnerRecord.model_fields})
