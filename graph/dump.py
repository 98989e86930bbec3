"""The canonical dump: all facts and everything derived as sorted JSON lines.

Two graphs with the same dump say the same. Times, loads and random ids are left out or replaced by what they
stand for, so that an interrupted and an undisturbed load can be compared; `ids=True` keeps the ids, for
comparing a graph with itself before and after.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from graph import schema
from graph.store import Store

_RANDOM = {
    "Partner", "Contact", "Person", "Position", "Agreement", "Restriction", "Commitment", "Material", "Trip",
    "Decision",
}  # fmt: skip
_BESIDE = ("Alias", "Decision")  # kept beside the facts, and facts to a reader of the dump
_TIMES = {"at", "planned_on", "receipt"}  # when it was written, not what
_FINDING = (
    "rule", "version", "world", "in_full", "certain", "subject_kind", "contacts", "first", "last", "gap",
    "levels", "level_days", "window", "planned_until", "held_until", "settings",
)  # fmt: skip

_Node = tuple[str, str]  # label, id
_Edge = tuple[str, _Node, _Node, dict[str, Any]]


def canonical_dump(store: Store, *, ids: bool = False) -> str:
    """The dump as text, a JSON object a line, sorted."""
    nodes: dict[_Node, tuple[str, dict[str, Any]]] = {}
    for label in schema.LABELS:
        if label.fact or label.name in _BESIDE:
            nodes |= _nodes(store, label, ids)
    edges = _edges(store, {label for label, _ in nodes})
    names = _told_apart({node: name for node, (name, _) in nodes.items()}, edges)
    lines = [
        json.dumps({"node": names[node], "p": p}, sort_keys=True, ensure_ascii=False)
        for node, (_, p) in nodes.items()
    ]
    lines += [
        json.dumps({"edge": e, "from": names[a], "to": names[b], "p": p}, sort_keys=True, ensure_ascii=False)
        for e, a, b, p in edges
    ]
    _derived(store, names, lines, ids)
    return "\n".join(sorted(lines))


def _nodes(store: Store, label: schema.Label, ids: bool) -> dict[_Node, tuple[str, dict[str, Any]]]:
    """Each node's name by what it says, which two that say the same share, and what it says."""
    names = [p.name for p in label.properties if ids or p.name not in _TIMES]
    projection = ", ".join(f".`{n}`" for n in names)
    nodes: dict[_Node, tuple[str, dict[str, Any]]] = {}
    for row in store.read(
        f"MATCH (n:{label.name}) RETURN n.id AS id, n.source_key AS key, n{{{projection}}} AS p"
    ):
        p = {k: v for k, v in row["p"].items() if v not in (None, [])}
        name = row["id"]
        if not ids and label.name in _RANDOM:
            name = _digest(row["key"] or json.dumps([label.name, p], sort_keys=True, ensure_ascii=False))
        nodes[label.name, row["id"]] = f"{label.name}:{name}", p
    return nodes


def _edges(store: Store, labels: set[str]) -> list[_Edge]:
    edges: list[_Edge] = []
    for e in schema.EDGES:
        if e.start not in labels:
            continue  # judgements: what they come to is in the dump, how it came about is not
        names = [p.name for p in e.properties]
        projection = ", ".join(f".`{n}`" for n in names)
        for end in e.ends:
            rows = store.read(
                f"MATCH (a:{e.start})-[r:{e.name}]->(b:{end}) "
                f"RETURN a.id AS a, b.id AS b, {f'r{{{projection}}}' if names else '{}'} AS p"
            )
            for row in rows:
                p = {k: v for k, v in row["p"].items() if v not in (None, [])}
                edges.append((e.name, (e.start, row["a"]), (end, row["b"]), p))
    return edges


def _told_apart(names: dict[_Node, str], edges: list[_Edge]) -> dict[_Node, str]:
    """Nodes that say the same, numbered by what they are tied to (colour refinement), never by their ids."""
    several = Counter(names.values())
    colour = dict(names)
    tied: dict[_Node, list[tuple[str, str, _Node]]] = {
        n: [] for n, name in names.items() if several[name] > 1
    }
    for e, a, b, p in edges:
        text = json.dumps(p, sort_keys=True, ensure_ascii=False)
        if a in tied:
            tied[a].append((f"{e}>", text, b))
        if b in tied:
            tied[b].append((f"{e}<", text, a))
    classes = 0
    while classes < (classes := len({colour[n] for n in tied})):
        colour |= {
            n: _digest(colour[n] + str(sorted((e, p, colour[to]) for e, p, to in ties)))
            for n, ties in tied.items()
        }
    seen: Counter[str] = Counter()
    told = dict(names)
    for node in sorted(tied, key=colour.__getitem__):
        seen[names[node]] += 1
        told[node] = f"{names[node]}#{seen[names[node]]}"
    return told


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _derived(store: Store, names: dict[_Node, str], lines: list[str], ids: bool) -> None:
    partner = {id: name for (label, id), name in names.items() if label == "Partner"}
    department = {id: name for (label, id), name in names.items() if label == "Department"}
    for label in schema.CLUSTERED:
        for row in store.read(
            f"MATCH (p:{label}) WHERE p.canonical <> p.id RETURN p.id AS id, p.canonical AS canonical"
        ):
            head, of = names[label, row["canonical"]], names[label, row["id"]]
            lines.append(json.dumps({"canonical": head, "of": of}))
    for row in store.read(
        "MATCH (d:Department)-[t:TALKS_TO]->(p:Partner) RETURN d.id AS d, p.id AS p, t{.held, .planned, .first, "
        ".last, .planned_lo, .planned_hi, .areas, .topics} AS t"
    ):
        line = {"talks": department[row["d"]], "to": partner[row["p"]], "t": row["t"]}
        lines.append(json.dumps(line, sort_keys=True))
    for row in store.read(
        "MATCH (d:Department)-[k:TALKS_IN_CONFIDENCE]->(p:Partner) "
        "RETURN d.id AS d, p.id AS p, k{.own, .readers, .first} AS k"
    ):
        line = {"confides": department[row["d"]], "in": partner[row["p"]], "k": row["k"]}
        line["k"]["own"] = sorted(department[d] for d in row["k"]["own"])
        lines.append(json.dumps(line, sort_keys=True))
    everything: dict[str, str] = {id: name for (_, id), name in names.items()}
    projection = ", ".join(f".{n}" for n in _FINDING)
    for row in store.read(
        f"MATCH (f:Finding) RETURN f.id AS id, f.group AS group, f.departments AS departments, f.partner AS partner, "
        f"f.subject AS subject, f.records AS records, f.possible AS possible, f.anchor AS anchor, f.hash AS hash, "
        f"f{{{projection}}} AS f"
    ):
        found: dict[str, Any] = {
            "finding": row["f"],
            "group": [everything.get(g, g) for g in row["group"]],
            "departments": sorted(department.get(d, d) for d in row["departments"]),
            "subject": everything.get(row["subject"], row["subject"]),
        }
        if ids:
            found |= {k: row[k] for k in ("id", "records", "possible", "anchor", "hash")}
        lines.append(json.dumps(found, sort_keys=True, ensure_ascii=False))
