"""Records as they stand in the store: reading them whole, and giving them other content."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph import facts, schema
from graph.errors import StoreError
from graph.store import Tx

LONG = 31  # days; what lasts longer is not found by its first day, and its edges say so
KEPT = ("fingerprint", "source_key", "changed_by")  # what is kept apart from the content


@dataclass
class State:
    """A record as it stands: its declared properties, its own edges (an edge fact's two ends), and what is
    kept apart (fingerprint, source key, who changed it last)."""

    properties: dict[str, Any]
    links: list[facts.LinkRow]
    kept: dict[str, Any]


@dataclass(frozen=True)
class Content:
    """What a record is to become; `edges` names the edges that `links` replace."""

    id: str
    state: State
    edges: Sequence[str]


def own_edges(label: str) -> list[str]:
    """The edges that are part of a record; an edge fact has its two ends instead."""
    return [] if facts.is_edge(label) else sorted({e.name for e in schema.edges_from(label) if not e.fact})


def read_states(tx: Tx, label: str, ids: Sequence[str], *, lock: bool = False) -> dict[str, State]:
    """The records of a label (or edge fact) with these ids, as they stand.

    Args:
        lock: whether to have them locked first, in the order of `ids`.
    """
    projection = ", ".join(f".`{name}`" for name in _declared(label))
    kept = ", ".join(f".{name}" for name in KEPT)
    if facts.is_edge(label):
        pattern = f"(a)-[n:{facts.edge_of(label).name}]->(b)"
        ends = ", a.id AS a, labels(a)[0] AS la, b.id AS b, labels(b)[0] AS lb"
    else:
        pattern, ends = f"(n:{label})", ""
    edges = own_edges(label)
    # Gathered, so that none is read before all are locked.
    locked = "SET n._lock = true REMOVE n._lock WITH collect(n) AS all UNWIND all AS n " if lock else ""
    led_to = (
        ", COLLECT { MATCH (n)-[r]->(t) WHERE type(r) IN $edges RETURN [type(r), labels(t), t.id, properties(r)] } AS links"
        if edges
        else ""
    )
    out: dict[str, State] = {}
    for row in tx.run(
        f"UNWIND $ids AS id MATCH {pattern} WHERE n.id = id {locked}"
        f"RETURN n.id AS id, n{{{projection}}} AS p, n{{{kept}}} AS kept{ends}{led_to}",
        ids=list(ids),
        edges=edges,
    ):
        links: list[facts.LinkRow] = []
        if ends:
            links = [("start", row["la"], row["a"], {}), ("end", row["lb"], row["b"], {})]
        for edge, labels, target, properties in row.get("links", ()):
            end = next(name for name in labels if name in schema.LABEL)
            own = _declared_of_edge(label, edge)
            links.append((edge, end, target, {k: v for k, v in properties.items() if k in own}))
        properties = {k: v for k, v in row["p"].items() if v is not None}
        out[row["id"]] = State(properties, sorted(links, key=repr), row["kept"])
    return out


def _declared_of_edge(label: str, name: str) -> set[str]:
    return {p.name for p in schema.edge(label, name).properties}


def _declared(label: str) -> list[str]:
    if facts.is_edge(label):
        return [p.name for p in facts.edge_of(label).properties]
    own = [p.name for p in schema.LABEL[label].properties]
    return own + (["lo", "hi", "n_partners"] if label == "Contact" else [])


def edge_properties(label: str, properties: dict[str, Any], link: facts.LinkRow) -> dict[str, Any]:
    """What an edge carries: a contact's partner and day stand on the edge too, where an index finds them, and an
    agreement's partner, which is else looked for among all that leads to the partner.

    Confidential contacts are found by another one, so that whoever may not see them does not wait for them.
    """
    name, _, target, own = link
    if name == "WITH_PARTNER" and label == "Contact":
        if properties["confidentiality"] == "confidential":
            return {"hidden": target}
        out: dict[str, Any] = {"partner": target, "day": properties["lo"]}
        if properties["hi"] - properties["lo"] > LONG and properties["precision"] != "year":
            out["long"] = target
        return out
    if name == "WITH_PARTNER" and label == "Agreement":
        return {"agreed": target}
    return own


def known_by(tx: Tx, label: str, contents: Sequence[Content]) -> None:
    """Set what is kept apart of records whose content stays."""
    if contents:
        tx.run(
            f"UNWIND $rows AS row MATCH {facts.pattern(label)} WHERE n.id = row.id SET n += row.kept",
            rows=[{"id": c.id, "kept": c.state.kept} for c in contents],
        )


def overwrite(tx: Tx, label: str, contents: Sequence[Content]) -> None:
    """Give records this content; no Change is written."""
    if not contents:
        return
    declared = _declared(label)
    rows = [
        {
            "id": c.id,
            "set": {name: c.state.properties.get(name) for name in declared} | c.state.kept,
            "edges": list(c.edges),
        }
        for c in contents
    ]
    if facts.is_edge(label):
        _replace_edges(tx, label, contents, rows)
        return
    tx.run(
        f"UNWIND $rows AS row MATCH (n:{label}) WHERE n.id = row.id SET n += row.set "
        f"{'REMOVE n:Confidential ' if label == 'Contact' else ''}"
        "WITH n, row MATCH (n)-[r]->() WHERE type(r) IN row.edges DELETE r",
        rows=rows,
    )
    if label == "Contact":
        hidden = [c.id for c in contents if c.state.properties["confidentiality"] == "confidential"]
        if hidden:
            tx.run("UNWIND $ids AS id MATCH (c:Contact {id: id}) SET c:Confidential", ids=hidden)
    by_shape: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for c in contents:
        for link in c.state.links:
            if link[0] in c.edges:
                own = edge_properties(label, c.state.properties, link)
                by_shape[link[0], link[1]].append({"a": c.id, "b": link[2], "p": own})
    if not by_shape:
        return
    shapes = sorted(by_shape.items())
    parts = [
        f"CALL () {{ UNWIND $rows{k} AS row MATCH (a:{label} {{id: row.a}}) MATCH (b:{end} {{id: row.b}}) "
        f"CREATE (a)-[r:{name}]->(b) SET r = row.p RETURN count(*) AS n{k} }}"
        for k, ((name, end), _) in enumerate(shapes)
    ]
    made = tx.run(
        f"{' '.join(parts)} RETURN *", **{f"rows{k}": edges for k, (_, edges) in enumerate(shapes)}
    )[0]
    for k, ((name, _), edges) in enumerate(shapes):
        if made[f"n{k}"] != len(edges):
            raise StoreError(f"{len(edges) - made[f'n{k}']} of {len(edges)} {name} edges found no end.")


def _replace_edges(tx: Tx, label: str, contents: Sequence[Content], rows: list[dict[str, Any]]) -> None:
    """An edge cannot change its ends: it is made anew, and keeps where it came from."""
    edge = facts.edge_of(label)
    ends = {c.id: {name: (end, target) for name, end, target, _ in c.state.links} for c in contents}
    by_end: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        own = ends[row["id"]]
        by_end[own["end"][0]].append(row | {"a": own["start"][1], "b": own["end"][1]})
    for end, some in sorted(by_end.items()):
        tx.run(
            f"UNWIND $rows AS row MATCH ()-[n:{edge.name}]->() WHERE n.id = row.id "
            "WITH row, n, properties(n) AS old DELETE n WITH row, old "
            f"MATCH (a:{edge.start} {{id: row.a}}) MATCH (b:{end} {{id: row.b}}) "
            f"CREATE (a)-[r:{edge.name}]->(b) SET r = old SET r += row.set",
            rows=some,
        )


def written(state: State) -> str:
    """A state as a Change keeps it."""
    return json.dumps({"properties": state.properties, "links": state.links, "kept": state.kept})


def parsed(text: str) -> State | None:
    """What a Change holds as `before` or `after`; None where there was, or is, no record."""
    value = json.loads(text)
    if value is None:
        return None
    links: list[facts.LinkRow] = [(e, la, t, p) for e, la, t, p in value["links"]]
    return State(value["properties"], links, value.get("kept", {}))
