"""Loads as records: who, when, what, how many."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph import clock, schema
from graph.answers import LoadReport, LoadRow, Loads
from graph.errors import Conflict, Unknown
from graph.facts import new_id
from graph.local import processes
from graph.store import Store, Tx
from graph.viewer import Viewer

SILENCE = 120.0  # seconds without a beat after which nobody works on a load any more


@dataclass(frozen=True)
class Opened:
    """A load that begins, or that goes on where it was interrupted."""

    id: str
    resumed: bool


_here: set[str] = set()  # loads under way in this process


def alive(load: str, holder: str | None, beat: str | None) -> bool:
    """Whether somebody is at work on a load that has not ended."""
    try:
        held = json.loads(holder or "null")
    except ValueError:
        held = None
    if not isinstance(held, dict):
        return False
    process = processes.parse(held)
    if process == processes.this() and held.get("host") == platform.node():
        return load in _here
    # A process of this machine that is gone is gone; of others, and of a server that gave up, the beat tells.
    if held.get("host") == platform.node() and process is not None and not process.alive:
        return False
    return beat is not None and clock.microseconds(clock.now()) - clock.microseconds(beat) < SILENCE * 1e6


def open_load(
    store: Store, viewer: Viewer, *, mapping: str, files: Sequence[str], content: str = ""
) -> Opened:
    """Record that a load begins, or take up the one of the same content that was interrupted.

    Args:
        content: what is being loaded, as a digest of files and mapping; "" for a load that cannot be resumed.

    Raises:
        Conflict: the same is being loaded at this moment.
    """
    viewer.require("editor", "load files")
    new = new_id("Load")
    holder = json.dumps({**processes.this().as_dict(), "host": platform.node()})

    def work(tx: Tx) -> list[str]:
        # One at a time, so that two who begin at once see each other.
        tx.run("MERGE (o:Operation {id: 'loads'}) SET o._lock = true REMOVE o._lock")
        at = clock.now()
        for row in tx.run(
            "MATCH (l:Load) WHERE l.status IN ['running', 'failed'] AND l.content = $content AND $content <> '' "
            "RETURN l.id AS id, l.status AS status, l.author AS author, l.started_at AS started_at, l.holder AS holder, "
            "l.beat AS beat ORDER BY started_at",
            content=content,
        ):
            if row["status"] == "running" and alive(row["id"], row["holder"], row["beat"]):
                return ["busy", row["id"], row["author"], row["started_at"]]
            if row["author"] == viewer.name:
                tx.run(
                    "MATCH (l:Load {id: $id}) SET l.holder = $holder, l.beat = $at, l.status = 'running' "
                    "REMOVE l.report, l.ended_at",
                    id=row["id"],
                    holder=holder,
                    at=at,
                )
                return ["resumed", row["id"]]
        tx.run(
            "CREATE (l:Load {id: $id, mapping: $mapping, files: $files, author: $author, status: 'running', "
            "started_at: $at, content: $content, holder: $holder, beat: $at})",
            id=new,
            mapping=mapping,
            files=list(files),
            author=viewer.name,
            at=at,
            content=content,
            holder=holder,
        )
        return ["new", new]

    what, id, *rest = store.write(work)
    if what == "busy":
        raise Conflict(
            f"The same files are being loaded at this moment (load {id}, by {rest[0]}, since "
            f"{rest[1][11:16]} UTC). Wait until that load has ended; nothing was done twice."
        )
    _here.add(id)
    return Opened(id, what == "resumed")


def beat(store: Store, load: str) -> None:
    """Say that a load is still being worked on."""
    store.once("MATCH (l:Load {id: $id}) SET l.beat = $at", id=load, at=clock.now())


def brought(store: Store, load: str) -> dict[str, int]:
    """How many records a load has brought, by label (edges by their name)."""
    out: dict[str, int] = {}
    for label in (x.name for x in schema.LABELS if x.fact):
        n = store.read(f"MATCH (n:{label}) WHERE n.source = $load RETURN count(n) AS n", load=load)[0]["n"]
        if n:
            out[label] = n
    for e in (e for e in schema.EDGES if e.fact):
        n = store.read(
            f"MATCH (:{e.start})-[n:{e.name}]->() WHERE n.source = $load RETURN count(n) AS n", load=load
        )[0]["n"]
        if n:
            out[e.name] = out.get(e.name, 0) + n
    return out


def mark_doubts(store: Store, load: str, doubts: Mapping[str, str]) -> None:
    """Keep a text with partners (by id) that the load brought; it is beside the facts, and goes with the partner."""
    rows = [{"id": id, "said": said} for id, said in sorted(doubts.items())]
    for start in range(0, len(rows), 1_000):
        store.once(
            "UNWIND $rows AS row MATCH (p:Partner {id: row.id}) WHERE p.source = $load SET p.doubt = row.said",
            rows=rows[start : start + 1_000],
            load=load,
        )


def deleted(store: Store, source: str) -> dict[str, tuple[str, int]]:
    """source key -> (who, when in microseconds) of the records of a source that persons deleted."""
    out: dict[str, tuple[str, int]] = {}
    for row in store.read(
        "MATCH (x:Change) WHERE x.after = 'null' AND x.load STARTS WITH 'user:' "
        "RETURN x.before AS before, x.by AS by, x.at AS at ORDER BY at"
    ):
        key = json.loads(row["before"]).get("kept", {}).get("source_key") or ""
        if key.startswith(f"{source}:"):
            out[key] = (row["by"], row["at"])
    return out


def leave_load(load: str) -> None:
    """This process works on the load no more, whether or not it ended."""
    _here.discard(load)


def close_load(store: Store, load: str, report: LoadReport, status: Literal["done", "failed"]) -> None:
    """Record how a load ended."""
    leave_load(load)
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
        "l.status AS status, l.started_at AS started_at, l.ended_at AS ended_at, l.report AS report, "
        "l.undone_at AS undone_at, l.undone_by AS undone_by "
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
                undone_at=row["undone_at"],
                undone_by=row["undone_by"],
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
