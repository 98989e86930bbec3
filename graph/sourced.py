"""What of a source is in the store already: its records by key, their digests."""

from __future__ import annotations

from collections.abc import Sequence

from graph import facts
from graph.store import Store


def known(store: Store, label: str, source_keys: Sequence[str]) -> dict[str, tuple[str, int]]:
    """source key -> (id, fingerprint) of the records of a label, or edge fact, that are there already."""
    rows = store.read(
        f"MATCH {facts.pattern(label)} WHERE n.source_key IN $keys "
        "RETURN n.source_key AS key, n.id AS id, n.fingerprint AS fingerprint",
        keys=list(source_keys),
    )
    return {row["key"]: (row["id"], row["fingerprint"] or 0) for row in rows}


def makers(store: Store, source_keys: Sequence[str]) -> dict[str, tuple[str, int, list[str]]]:
    """source key -> (id, fingerprint, departments) of the contacts that are there already."""
    rows = store.read(
        "MATCH (c:Contact) WHERE c.source_key IN $keys RETURN c.source_key AS key, c.id AS id, "
        "coalesce(c.fingerprint, 0) AS fingerprint, [(c)-[:MADE_BY]->(d:Department) | d.id] AS departments",
        keys=list(source_keys),
    )
    return {row["key"]: (row["id"], row["fingerprint"], row["departments"]) for row in rows}


def digests(store: Store, label: str, source: str, load: str = "") -> tuple[list[int], list[int]]:
    """Digests of all records of a source, and of those among them that one load wrote."""
    if not load:
        rows = store.read(
            f"MATCH {facts.pattern(label)} WHERE n.source_key STARTS WITH $start AND n.fingerprint IS NOT NULL "
            "RETURN collect(n.fingerprint) AS all",
            start=f"{source}:",
        )
        return rows[0]["all"], []
    rows = store.read(
        f"MATCH {facts.pattern(label)} WHERE n.source_key STARTS WITH $start AND n.fingerprint IS NOT NULL "
        "RETURN collect(n.fingerprint) AS all, "
        "collect(CASE WHEN coalesce(n.changed_by, n.source) = $load THEN n.fingerprint END) AS own",
        start=f"{source}:",
        load=load,
    )
    return rows[0]["all"], rows[0]["own"]


def sourced(store: Store, label: str, source: str) -> list[tuple[str, str, int]]:
    """(id, source key, digest) of all records of a source."""
    rows = store.read(
        f"MATCH {facts.pattern(label)} WHERE n.source_key STARTS WITH $start "
        "RETURN n.id AS id, n.source_key AS key, coalesce(n.fingerprint, 0) AS digest",
        start=f"{source}:",
    )
    return [(row["id"], row["key"], row["digest"]) for row in rows]


def any_of(store: Store, label: str, source: str) -> bool:
    """Whether any record of a label came from this source before."""
    rows = store.read(
        f"MATCH {facts.pattern(label)} WHERE n.source_key STARTS WITH $start RETURN n.id AS id LIMIT 1",
        start=f"{source}:",
    )
    return bool(rows)
