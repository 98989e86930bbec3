"""The schema in the database: making it, recognising an older or newer one."""

from __future__ import annotations

from graph import clock, offline, schema
from graph.errors import StoreRefused
from graph.store import Store

# The statements of a step: MIGRATIONS[n] brings version n to n + 1. Version 1 is the first.
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        # Since when a contact has been known as planned counts for rule C5.
        "MATCH (c:Contact {status: 'planned'}) WHERE c.planned_on IS NULL "
        "SET c.planned_on = toString(date(datetime({datetime: datetime({epochMillis: c.recorded_at / 1000}), "
        "timezone: 'Europe/Helsinki'})))",
        # There are new rules: everything derived is computed anew.
        "MATCH (s:Scope) SET s.rev = s.rev + 1, s.stale = true",
    ),
    2: (
        "MATCH (c:Contact)-[w:WITH_PARTNER]->(p:Partner) WHERE c.hi - c.lo > 31 AND c.precision <> 'year' "
        "SET w.long = p.id",
    ),
    3: (),  # disagreements: a label of their own, with its constraint and indexes
    4: (),  # days on scopes: indexes only
    5: (),  # rows that were set aside, likewise
    6: (
        # Confidential contacts are found by an index of their own, and what notices stand for is derived.
        "MATCH ()-[w:WITH_PARTNER]->(p:Partner) WHERE w.hidden IS NOT NULL REMOVE w.partner, w.day, w.long "
        "WITH DISTINCT p.canonical AS id MATCH (s:Scope {id: 'partner:' + id}) SET s.rev = s.rev + 1, s.stale = true",
    ),
    # Persons are joined by judgements as partners are; so far everybody stands alone.
    7: ("MATCH (p:Person) WHERE p.canonical IS NULL SET p.canonical = p.id",),
    # Findings of confidential records hang on edges of their own; agreements are found by an index of their own.
    8: (
        *(
            f"MATCH (f:Finding {{world: 'full'}})-[had:{edge}]->(x) CREATE (f)-[:{edge}_IN_CONFIDENCE]->(x) DELETE had"
            for edge in ("CONCERNS", "BETWEEN")
        ),
        "MATCH (:Agreement)-[w:WITH_PARTNER]->(p:Partner) SET w.agreed = p.id",
    ),
}


def ensure_schema(store: Store) -> None:
    """Constraints, indexes and the schema version node; migrates an older graph, refuses a newer one.

    Raises:
        StoreRefused: the graph was written by a newer Kumppani, or belongs to another program.
    """
    version = current_version(store)
    if version is None:
        _refuse_strangers(store)
    if version is not None and version > schema.SCHEMA_VERSION:
        raise StoreRefused(
            f"This graph comes from a newer Kumppani (schema {version}; this one knows up to "
            f"{schema.SCHEMA_VERSION}). Get the newer Kumppani, or set KUMPPANI_DATA or KUMPPANI_NEO4J_DATABASE "
            "to another place."
        )
    if version == schema.SCHEMA_VERSION:
        return
    for step in range(version or schema.SCHEMA_VERSION, schema.SCHEMA_VERSION):
        for statement in MIGRATIONS[step]:
            store.admin(statement)
    offline.finish(store)
    for statement in schema.ddl():
        store.admin(statement)
    store.admin("CALL db.awaitIndexes(300)")
    # Last, so that an interrupted start makes the rest again.
    store.write(
        lambda tx: tx.run(
            "MERGE (s:Schema {id: 'kumppani'}) SET s.version = $version, s.at = $at RETURN s.version AS version",
            version=schema.SCHEMA_VERSION,
            at=clock.now(),
        )
    )


def current_version(store: Store) -> int | None:
    """Schema version of the graph, None for an empty one."""
    rows = store.read(
        "MATCH (s:Schema {id: 'kumppani'}) WHERE s.version IS NOT NULL RETURN s.version AS version"
    )
    return int(rows[0]["version"]) if rows else None


def _refuse_strangers(store: Store) -> None:
    known = [label.name for label in schema.LABELS]
    rows = store.read(
        "MATCH (n) WHERE none(l IN labels(n) WHERE l IN $known) RETURN labels(n) AS labels LIMIT 1",
        known=known,
    )
    if rows:
        raise StoreRefused(
            f"The database {store.database!r} holds records of another program (label "
            f"{':'.join(rows[0]['labels']) or 'none'}). Kumppani needs a database of its own: "
            "set KUMPPANI_NEO4J_DATABASE or KUMPPANI_NEO4J_URI."
        )


def missing(store: Store) -> list[str]:
    """Names of constraints and indexes that should be there and are not."""
    wanted = {statement.split()[2] for statement in schema.ddl() if "FULLTEXT" not in statement} | {
        "alias_text"
    }
    have = {row["name"] for row in store.read("SHOW INDEXES YIELD name RETURN name")}
    have |= {row["name"] for row in store.read("SHOW CONSTRAINTS YIELD name RETURN name")}
    return sorted(wanted - have)
