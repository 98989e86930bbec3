"""Loads as records: who, when, what, how many."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from graph import clock
from graph.answers import LoadReport, LoadRow, Loads
from graph.errors import Unknown
from graph.facts import new_id
from graph.store import Store
from graph.viewer import Viewer


def open_load(store: Store, viewer: Viewer, *, mapping: str, files: Sequence[str]) -> str:
    """Record that a load begins; its id."""
    viewer.require("editor", "load files")
    load = new_id("Load")
    store.write(
        lambda tx: tx.run(
            "CREATE (l:Load {id: $id, mapping: $mapping, files: $files, author: $author, status: 'running', "
            "started_at: $at})",
            id=load,
            mapping=mapping,
            files=list(files),
            author=viewer.name,
            at=clock.now(),
        )
    )
    return load


def close_load(store: Store, load: str, report: LoadReport, status: Literal["done", "failed"]) -> None:
    """Record how a load ended."""
    store.write(
        lambda tx: tx.run(
            "MATCH (l:Load {id: $id}) SET l.status = $status, l.ended_at = $at, l.report = $report",
            id=load,
            status=status,
            at=clock.now(),
            report=report.model_dump_json(),
        )
    )


def all_loads(store: Store, viewer: Viewer) -> Loads:
    """Every load, newest first; those who may load see them."""
    viewer.require("editor", "see loads")
    rows = store.read(
        "MATCH (l:Load) RETURN l.id AS id, l.mapping AS mapping, l.files AS files, l.author AS author, "
        "l.status AS status, l.started_at AS started_at, l.ended_at AS ended_at, l.report AS report "
        "ORDER BY started_at DESC, id"
    )
    out = []
    for row in rows:
        files = json.loads(row["report"])["files"] if row["report"] else []
        sums = {
            k: sum(f[k] for f in files) for k in ("rows", "loaded", "unchanged", "repeated", "quarantined")
        }
        out.append(
            LoadRow(
                load=row["id"],
                mapping=row["mapping"],
                files=row["files"],
                author=row["author"],
                status=row["status"],
                started_at=row["started_at"],
                ended_at=row["ended_at"],
                **sums,
            )
        )
    return Loads(loads=out)


def one_load(store: Store, viewer: Viewer, load: str) -> LoadReport:
    """The report of a load; a load that never ended has none but its id."""
    viewer.require("editor", "see load reports")
    rows = store.read("MATCH (l:Load {id: $id}) RETURN l.report AS report", id=load)
    if not rows:
        raise Unknown(f"There is no load {load!r}.")
    if rows[0]["report"] is None:
        from graph.answers import FindingsDelta

        return LoadReport(
            load=load,
            files=[],
            created={},
            findings=FindingsDelta(opened=0, closed=0),
            notes=["This load did not end: it is running, or was stopped. The same command continues it."],
        )
    return LoadReport.model_validate_json(rows[0]["report"])
