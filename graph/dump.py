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


def canonical_dump(store: Store, *, ids: bool = False) -> str:
    """The dump as text, a JSON object a line, sorted."""
    lines: list[str] = []
    tag: dict[str, dict[str, str]] = {}
    for label in schema.LABELS:
        if label.fact or label.name in _BESIDE:
            tag[label.name] = _nodes(store, label, lines, ids)
    _edges(store, tag, lines)
    _derived(store, tag, lines, ids)
    return "\n".join(sorted(lines))


def _nodes(store: Store, label: schema.Label, lines: list[str], ids: bool) -> dict[str, str]:
    names = [p.name for p in label.properties if ids or p.name not in _TIMES]
    projection = ", ".join(f".`{n}`" for n in names)
    rows = store.read(
        f"MATCH (n:{label.name}) RETURN n.id AS id, n.source_key AS key, n{{{projection}}} AS p ORDER BY id"
    )
    content = []
    for row in rows:
        p = {k: v for k, v in row["p"].items() if v not in (None, [])}
        text = json.dumps([label.name, p], sort_keys=True, ensure_ascii=False)
        content.append((row, p, row["key"] or text))
    several = Counter(key for _, _, key in content)
    seen: Counter[str] = Counter()
    tags: dict[str, str] = {}
    for row, p, key in content:
        if ids or label.name not in _RANDOM:
            name = f"{label.name}:{row['id']}"
        else:
            seen[key] += 1
            number = f"#{seen[key]}" if several[key] > 1 else ""
            name = f"{label.name}:{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}{number}"
        tags[row["id"]] = name
        lines.append(json.dumps({"node": name, "p": p}, sort_keys=True, ensure_ascii=False))
    return tags


def _edges(store: Store, tag: dict[str, dict[str, str]], lines: list[str]) -> None:
    for e in schema.EDGES:
        if e.start not in tag:
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
                line = {"edge": e.name, "from": tag[e.start][row["a"]], "to": tag[end][row["b"]], "p": p}
                lines.append(json.dumps(line, sort_keys=True, ensure_ascii=False))


def _derived(store: Store, tag: dict[str, dict[str, str]], lines: list[str], ids: bool) -> None:
    partner, department = tag["Partner"], tag["Department"]
    for row in store.read(
        "MATCH (p:Partner) WHERE p.canonical <> p.id RETURN p.id AS id, p.canonical AS canonical"
    ):
        lines.append(json.dumps({"canonical": partner[row["canonical"]], "of": partner[row["id"]]}))
    for row in store.read(
        "MATCH (d:Department)-[t:TALKS_TO]->(p:Partner) RETURN d.id AS d, p.id AS p, t{.held, .planned, .first, "
        ".last, .planned_lo, .planned_hi, .areas, .topics} AS t"
    ):
        line = {"talks": department[row["d"]], "to": partner[row["p"]], "t": row["t"]}
        lines.append(json.dumps(line, sort_keys=True))
    everything: dict[str, str] = {id: name for tags in tag.values() for id, name in tags.items()}
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
