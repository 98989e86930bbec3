"""Loading the demo through the ordinary way of writing facts."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from graph.answers import FileReport, FindingsDelta, LoadReport, Problem
from graph.facts import Fact, Written
from loaders.demo.tables import Row, Table, tables

if TYPE_CHECKING:
    from graph import Graph

Progress = Callable[[int, int | None, str], None]
SOURCE = "demo"


def load_demo(graph: Graph, progress: Progress | None = None) -> LoadReport:
    """Helsinki's public facts and the example contacts into the graph; a second time changes nothing.

    Every id and every day is fixed, so it does not matter on which day it is loaded. A partner that the
    graph knows already by name, say Tallinn from a file of one's own, is used and not made again.

    Args:
        graph: as an editor or higher.
        progress: called with files done, files in all, and what is being done.

    Returns:
        The report: one entry a data file, rows as in the file (records in city.yaml).
    """
    every = list(tables())
    load = graph.open_load(mapping="demo", files=[t.name for t in every])
    files: list[FileReport] = []
    created: Counter[str] = Counter()
    findings = FindingsDelta(opened=0, closed=0)
    ended = False
    try:
        ids: dict[str, str] = {}
        for done, table in enumerate(every):
            if progress:
                progress(done, len(every), table.name)
            files.append(_write(graph, load, table, ids, created))
        if progress:
            progress(len(every), len(every), "derive")
        refreshed = graph.refresh()
        findings = FindingsDelta(opened=refreshed.opened, closed=refreshed.closed)
        ended = True
    finally:
        report = LoadReport(
            load=load,
            files=files,
            created=dict(sorted(created.items())),
            findings=findings,
            notes=["The contacts, positions and persons of the demo are invented examples."],
        )
        # Where the store is gone this fails too, and the load stays recorded as one that never ended.
        graph.close_load(load, report, "done" if ended else "failed")
    return report


def _write(graph: Graph, load: str, table: Table, ids: dict[str, str], created: Counter[str]) -> FileReport:
    """Write one file in one transaction; `ids` learns which partners were there under another id."""
    facts = [_relinked(fact, ids) for row in table.rows for fact in row.facts]
    written = graph.write(facts, load=load, source=SOURCE, operation=f"{load}/{table.name}")
    for fact, outcome in zip(facts, written, strict=True):
        if fact.label == "Partner":
            ids[fact.id] = outcome.id
        if outcome.outcome == "loaded":
            created[fact.label] += 1
    return _report(table, written)


def _relinked(fact: Fact, ids: dict[str, str]) -> Fact:
    if not any(ids.get(link.target, link.target) != link.target for link in fact.links):
        return fact
    links = tuple(dataclasses.replace(link, target=ids.get(link.target, link.target)) for link in fact.links)
    return dataclasses.replace(fact, links=links)


def _report(table: Table, written: list[Written]) -> FileReport:
    """A row is quarantined when its record was refused, loaded when any part of it was new or changed."""
    loaded = unchanged = 0
    problems: list[Problem] = []
    rest = iter(written)
    for row in table.rows:
        outcomes = [next(rest) for _ in row.facts]
        refused = next((w for w in outcomes if w.outcome == "refused"), None)
        if refused:
            problems.append(_problem(row, refused))
        elif all(w.outcome == "unchanged" for w in outcomes):
            unchanged += 1
        else:
            loaded += 1
    return FileReport(
        name=table.name,
        rows=len(table.rows),
        loaded=loaded,
        unchanged=unchanged,
        repeated=0,
        quarantined=len(problems),
        problems=problems,
    )


def _problem(row: Row, refused: Written) -> Problem:
    return Problem(
        row=row.number or None, column=None, value=row.facts[0].id, reason=refused.reason, suggestion=None
    )
