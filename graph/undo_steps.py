"""The steps of undoing a load, each within a transaction that locks what it touches before it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph import clusters, facts, schema, scopes
from graph.errors import Conflict
from graph.scopes import Touch
from graph.states import Content, State, overwrite, own_edges, parsed
from graph.store import Tx

# Neither brought nor changed by the load: a changed record gets back what it led to before.
NOT_OWN = (
    "coalesce(x.source, '') <> $load AND NOT EXISTS { MATCH (own:Change {record: x.id}) "
    "WHERE own.load = $load AND own.undone_at IS NULL }"
)


def _before(tx: Tx, load: str, label: str, ids: Sequence[str]) -> dict[str, State]:
    """The records as they stood before the load changed them first."""
    out: dict[str, State] = {}
    for row in tx.run(
        "UNWIND $ids AS id MATCH (c:Change {record: id}) "
        "WHERE c.load = $load AND c.label = $label AND c.undone_at IS NULL "
        "RETURN id, c.before AS before ORDER BY c.at, c.id",
        ids=list(ids),
        load=load,
        label=label,
    ):
        if (before := parsed(row["before"])) is not None:
            out.setdefault(row["id"], before)
    return out


def lost_targets(tx: Tx, load: str, label: str, ids: Sequence[str]) -> list[str]:
    """The records that led to something before that is no longer there."""
    wanted: dict[str, dict[str, list[str]]] = {}
    for id, state in _before(tx, load, label, ids).items():
        for _, end, target, _ in state.links:
            wanted.setdefault(end, {}).setdefault(target, []).append(id)
    out: set[str] = set()
    for end, targets in wanted.items():
        rows = tx.run(f"MATCH (n:{end}) WHERE n.id IN $ids RETURN n.id AS id", ids=sorted(targets))
        for gone in targets.keys() - {row["id"] for row in rows}:
            out.update(targets[gone])
    return sorted(out)


def restore(tx: Tx, load: str, label: str, ids: Sequence[str]) -> None:
    """Bring back what the load overwrote."""
    if not facts.is_edge(label):
        tx.run(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) SET n._lock = true REMOVE n._lock",
            ids=sorted(ids),
        )
    later = tx.run(
        "UNWIND $ids AS id MATCH (c:Change {record: id}) WHERE c.load = $load AND c.undone_at IS NULL "
        "WITH id, min(c.at) AS own MATCH (x:Change {record: id}) "
        "WHERE x.undone_at IS NULL AND x.load <> $load AND x.at >= own RETURN DISTINCT id",
        ids=list(ids),
        load=load,
    )
    _nobody(load, [row["id"] for row in later])
    before = _before(tx, load, label, ids)
    partners = {t for s in before.values() for _, end, t, _ in s.links if end == "Partner"}
    canonical = {
        row["id"]: row["canonical"]
        for row in tx.run(
            "MATCH (p:Partner) WHERE p.id IN $ids RETURN p.id AS id, p.canonical AS canonical",
            ids=sorted(partners),
        )
    }
    touches = [Touch(label, id, False, [(e, t) for e, _, t, _ in s.links]) for id, s in before.items()]
    scopes.raise_all(tx, scopes.touched_by(tx, touches, canonical))
    overwrite(tx, label, [Content(id, state, own_edges(label)) for id, state in before.items()])
    _undone(tx, load, list(before))


def unjudge(tx: Tx, load: str, ids: Sequence[str], kept: Mapping[str, str]) -> None:
    """Take back what was judged for the load; what is about kept records alone goes on with those they become."""
    clusters.lock(tx, 1)
    rows = tx.run(
        "UNWIND $ids AS id MATCH (j:Judgement {id: id})-[:JUDGES]->(p:Partner) WHERE j.source = $load "
        "RETURN id, collect([p.id, p.canonical, p.source]) AS sides",
        ids=list(ids),
        load=load,
    )
    handed: list[dict[str, str | None]] = []
    gone: list[str] = []
    heads: set[str] = set()
    for row in rows:
        own = [id for id, _, source in row["sides"] if source == load]
        if own and all(id in kept for id in own):
            to = kept[own[0]]
            handed.append({"id": row["id"], "source": to if to.startswith("l-") else None})
        else:
            gone.append(row["id"])
            heads.update(canonical for _, canonical, _ in row["sides"])
    tx.run("UNWIND $rows AS row MATCH (j:Judgement {id: row.id}) SET j.source = row.source", rows=handed)
    tx.run("UNWIND $ids AS id MATCH (j:Judgement {id: id}) DETACH DELETE j", ids=gone)
    clusters.settle(tx, "partner", sorted(heads))


def _undone(tx: Tx, load: str, ids: Sequence[str]) -> None:
    tx.run(
        "UNWIND $ids AS id MATCH (c:Change {record: id}) WHERE c.load = $load AND c.undone_at IS NULL "
        "SET c.undone_at = timestamp() * 1000",
        ids=list(ids),
        load=load,
    )


def remove(tx: Tx, load: str, label: str, ids: Sequence[str], uses: Sequence[str]) -> None:
    """Take records away that the load brought; `uses` are the patterns of what might lead to them."""
    if facts.is_edge(label):
        edge = facts.edge_of(label)
        ends = tx.run(
            f"UNWIND $ids AS id MATCH (a)-[n:{edge.name}]->(b) WHERE n.id = id "
            "RETURN id, a.id AS start, b.id AS end, a.canonical AS canonical",
            ids=list(ids),
        )
        canonical = {row["start"]: row["canonical"] or row["start"] for row in ends}
        touches = [Touch(label, r["id"], False, [("start", r["start"]), ("end", r["end"])]) for r in ends]
        scopes.raise_all(tx, scopes.touched_by(tx, touches, canonical))
        _nobody(load, _changed_by_others(tx, load, ids))
        tx.run(f"UNWIND $ids AS id MATCH ()-[n:{edge.name}]->() WHERE n.id = id DELETE n", ids=list(ids))
        _undone(tx, load, ids)
        return
    tx.run(f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) SET n._lock = true", ids=sorted(ids))
    _nobody(load, _changed_by_others(tx, load, ids))
    for pattern in uses:
        found = tx.run(
            f"MATCH {pattern} AND n.id IN $ids AND {NOT_OWN} RETURN DISTINCT n.id AS id",
            ids=list(ids),
            load=load,
        )
        _nobody(load, [row["id"] for row in found])
    touched: set[str] | None = set()
    if label not in ("Department", "Topic"):  # nothing leads to these any more, so they enter no rule
        touched = scopes.touched_by(tx, [Touch(label, id, False, ()) for id in ids], {})
    cited = tx.run(
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})<--(f:Finding) RETURN DISTINCT f.scope AS scope",
        ids=list(ids),
    )
    scopes.raise_all(tx, None if touched is None else touched | {row["scope"] for row in cited})
    aliases = tx.run(
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})<-[:NAMES]-(a:Alias) RETURN collect(DISTINCT a.id) AS ids",
        ids=list(ids),
    )[0]["ids"]
    if label in schema.CLUSTERED:
        # No person's work, and nothing to wait for any more.
        tx.run(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})<-[:JUDGES]-(j:Judgement) WHERE j.machine IS NOT NULL "
            "DETACH DELETE j",
            ids=list(ids),
        )
    tx.run(f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) DETACH DELETE n", ids=list(ids))
    _drop_bare(tx, aliases)
    _undone(tx, load, ids)


def _changed_by_others(tx: Tx, load: str, ids: Sequence[str]) -> list[str]:
    rows = tx.run(
        "UNWIND $ids AS id MATCH (x:Change {record: id}) WHERE x.undone_at IS NULL AND x.load <> $load "
        "RETURN DISTINCT id",
        ids=list(ids),
        load=load,
    )
    return [row["id"] for row in rows]


def _nobody(load: str, ids: Sequence[str]) -> None:
    if ids:
        raise Conflict(
            f"While the load {load} was being undone, somebody changed or used {', '.join(ids[:5])}. Look at what "
            "stands in the way and undo the load again: the same command continues."
        )


def _drop_bare(tx: Tx, aliases: Sequence[str]) -> None:
    """Names that name nothing any more."""
    tx.run(
        "UNWIND $ids AS id MATCH (a:Alias {id: id}) WHERE NOT EXISTS { (a)-[:NAMES]->() } DELETE a",
        ids=sorted(aliases),
    )


def hand_on(tx: Tx, load: str, label: str, kept: Mapping[str, str]) -> None:
    """Records that others use become those others', with their names."""
    tx.run(
        f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) SET n.source = row.source "
        "WITH n, row OPTIONAL MATCH (n)<-[r:NAMES]-(a:Alias) WHERE coalesce(r.source, a.source) = $load "
        "SET r.source = row.source",
        rows=[{"id": id, "source": source} for id, source in sorted(kept.items())],
        load=load,
    )


def clear(tx: Tx, load: str) -> None:
    """Names that the load gave to records of others, what it disagreed on, and its changes to its own records."""
    aliases = tx.run(
        "MATCH (a:Alias)-[r:NAMES]->() WHERE coalesce(r.source, a.source) = $load "
        "DELETE r RETURN collect(DISTINCT a.id) AS ids",
        load=load,
    )[0]["ids"]
    _drop_bare(tx, aliases)
    tx.run("MATCH (d:Disagreement {load: $load}) DELETE d", load=load)
    tx.run(
        "MATCH (c:Change {load: $load}) WHERE c.undone_at IS NULL SET c.undone_at = timestamp() * 1000",
        load=load,
    )
