"""Rows of a load that could not be taken, kept as they were read, so that they can be mended and loaded again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph.answers import Problem
from graph.errors import NotAllowed, Unknown
from graph.facts import new_id
from graph.store import Store
from graph.viewer import Viewer


@dataclass(frozen=True)
class AsideRow:
    """A row as its file had it, and what is wrong with it."""

    cells: list[Any]
    problem: Problem


@dataclass(frozen=True)
class AsideFile:
    """The rows of one file that were set aside, under its own header."""

    name: str
    header: list[Any]
    rows: list[AsideRow]


def keep_aside(
    store: Store, load: str, file: str, header: Sequence[Any], part: int, rows: Sequence[AsideRow]
) -> None:
    """Keep some rows of a file; `part` counts up from 0."""
    content = json.dumps([[r.cells, r.problem.model_dump()] for r in rows])
    store.write(
        lambda tx: tx.run(
            "CREATE (n:SetAside {id: $id, load: $load, file: $file, header: $header, part: $part, rows: $rows})",
            id=new_id("SetAside"),
            load=load,
            file=file,
            header=json.dumps(list(header)),
            part=part,
            rows=content,
        )
    )


def forget_aside(store: Store, load: str) -> None:
    """Forget what an interrupted run of a load had set aside: its rows are read again."""
    store.once("MATCH (n:SetAside {load: $load}) DELETE n", load=load)


def read_aside(store: Store, viewer: Viewer, load: str) -> list[AsideFile]:
    """The rows that a load set aside, file by file.

    Raises:
        Unknown: no such load.
        NotAllowed: neither one's own load, nor a coordinator.
    """
    viewer.require("editor", "see what was set aside")
    found = store.read("MATCH (l:Load {id: $id}) RETURN l.author AS author", id=load)
    if not found:
        raise Unknown(f"There is no load {load!r}.")
    if found[0]["author"] != viewer.name and not viewer.sees_all:
        raise NotAllowed(
            f"{viewer.name} may see the rows of their own loads; this one is by {found[0]['author']}."
        )
    return list(_files(store, load))


def _files(store: Store, load: str) -> Iterator[AsideFile]:
    current: AsideFile | None = None
    for row in store.read(
        "MATCH (n:SetAside {load: $load}) RETURN n.file AS file, n.header AS header, n.rows AS rows "
        "ORDER BY file, header, n.part",
        load=load,
    ):
        header = json.loads(row["header"])
        if current is None or (current.name, current.header) != (row["file"], header):
            if current is not None:
                yield current
            current = AsideFile(row["file"], header, [])
        current.rows.extend(AsideRow(cells, Problem(**p)) for cells, p in json.loads(row["rows"]))
    if current is not None:
        yield current
