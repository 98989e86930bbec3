"""Loading files: every row ends as loaded, unchanged, repeated or quarantined.

Rows go to the store in batches of whole rows, one transaction each, so nothing of a row is ever half there.
The same command again finds what is there by the rows' keys and goes on with the rest.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from graph import facts, names
from graph.answers import FileReport, FindingsDelta, LoadReport, Problem
from graph.errors import BadInput, KumppaniError, StoreUnavailable
from graph.store import TooMuch
from loaders import readers
from loaders.convert import CellError, Converter, shown
from loaders.mapping import Mapping, open_mapping
from loaders.targets import Builder, RowFacts

if TYPE_CHECKING:
    from graph import Graph

log = structlog.get_logger("kumppani.load")
Progress = Callable[[int, int | None, str], None]

BATCH_FACTS = 2_000  # facts in one transaction
MOST_PROBLEMS = 1_000  # problems listed by row; all are counted
AHEAD = 2  # batches that may wait for the store while the next rows are read


@dataclass
class _Row:
    number: int
    key: str
    digest: int
    facts: RowFacts | None = None


@dataclass
class _Tally:
    """What became of one file's rows."""

    name: str
    rows: int = 0
    loaded: int = 0
    unchanged: int = 0
    repeated: int = 0
    quarantined: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: int | None, reason: str, column: str = "", value: str = "", suggestion: str | None = None) -> None:
        self.quarantined += row is not None
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(
                Problem(row=row, column=column or None, value=value or None, reason=reason, suggestion=suggestion)
            )

    def report(self) -> FileReport:
        return FileReport(
            name=self.name,
            rows=self.rows,
            loaded=self.loaded,
            unchanged=self.unchanged,
            repeated=self.repeated,
            quarantined=self.quarantined,
            problems=sorted(self.problems, key=lambda p: p.row or 0),
        )


def load(
    graph: Graph,
    files: Sequence[Path | str],
    mapping: str,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files by a mapping (a built-in name or a YAML file).

    Args:
        dry_run: write nothing and say what would happen.
        progress: called with (rows done, None, file name) and while the derived graph is refreshed.

    Raises:
        BadInput: the mapping or a file cannot be used at all; nothing of that file was taken.
        StoreUnavailable: the store went away; what was confirmed is kept and the same command continues.
    """
    graph.viewer.require("editor", "load files")
    used = open_mapping(mapping)
    paths = [Path(f) for f in files]
    if not paths:
        raise BadInput("No file was named.")
    # Every file is opened before any of them is taken.
    tables = [(path, readers.read(_request(path, used))) for path in paths]
    converters = [Converter(used, table.header) for _, table in tables]
    load_id = "" if dry_run else graph.open_load(mapping=used.name, files=[p.name for p in paths])
    run = _Run(graph, used, load_id, progress)
    tallies: list[_Tally] = []
    try:
        for (path, table), converter in zip(tables, converters, strict=True):
            tally = _Tally(path.name)
            tallies.append(tally)
            run.file(path, table, converter, tally)
        delta = FindingsDelta(opened=0, closed=0)
        if not dry_run:
            done = graph.refresh(progress)
            delta = FindingsDelta(opened=done.opened, closed=done.closed)
    except StoreUnavailable as error:
        done_rows = sum(t.loaded + t.unchanged for t in tallies)
        raise StoreUnavailable(f"{error} ({done_rows:,} rows of this load are in.)") from error
    except KumppaniError as error:
        if not dry_run:
            tallies[-1].refuse(None, str(error))
            graph.close_load(load_id, run.report(tallies, FindingsDelta(opened=0, closed=0)), "failed")
        raise
    report = run.report(tallies, delta, dry_run)
    if not dry_run:
        graph.close_load(load_id, report)
    return report


def _request(path: Path, mapping: Mapping) -> readers.Request:
    return readers.Request(
        path, mapping.headings, mapping.needed, mapping.sheet, mapping.encoding, mapping.delimiter
    )


class _Run:
    """One load: the known names, what is waiting for the store, what was created."""

    def __init__(self, graph: Graph, mapping: Mapping, load_id: str, progress: Progress | None) -> None:
        self.graph = graph
        self.mapping = mapping
        self.load_id = load_id
        self.dry_run = not load_id
        self.progress = progress
        self.directory = graph.directory()
        self.builder = Builder(mapping, self.directory, self._contact_of)
        self.created: Counter[str] = Counter()
        self.renamed: dict[str, str] = {}
        self.batches = 0
        self.notes: list[str] = []

    def report(self, tallies: list[_Tally], delta: FindingsDelta, dry_run: bool = False) -> LoadReport:
        return LoadReport(
            load=self.load_id,
            files=[t.report() for t in tallies],
            created=dict(sorted(self.created.items())),
            findings=delta,
            dry_run=dry_run,
            notes=self.notes,
        )

    def _contact_of(self, key: str) -> str | None:
        by_key = facts.source_key("contacts", names.normalise(key))
        rows = self.graph.store.read(
            "MATCH (c:Contact) WHERE c.id = $id OR c.source_key = $key RETURN c.id AS id", id=key, key=by_key
        )
        return rows[0]["id"] if rows else None

    def file(self, path: Path, table: readers.Table, converter: Converter, tally: _Tally) -> None:
        known = self._whole_cells(path, converter)
        seen: dict[str, tuple[int, int]] = {}
        waiting: deque[tuple[list[_Row], Future[list[list[facts.Written]]]]] = deque()
        batch: list[_Row] = []
        size = 0
        # One writer: a row may link to what the batch before it creates.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="write") as pool:
            try:
                for rows in table.batches:
                    for row in self._fresh(rows, converter, tally, seen):
                        try:
                            row.facts = self._built(row, converter, known, rows)
                        except CellError as error:
                            tally.refuse(row.number, error.reason, error.column, error.value, error.suggestion)
                            continue
                        batch.append(row)
                        size += len(row.facts.all())
                        if size >= BATCH_FACTS:
                            waiting.append((batch, pool.submit(self._write, batch)))
                            batch, size = [], 0
                            while len(waiting) > AHEAD:
                                self._settle(*waiting.popleft(), tally)
                    if self.progress:
                        self.progress(tally.rows, None, tally.name)
                if batch:
                    waiting.append((batch, pool.submit(self._write, batch)))
            finally:
                while waiting:
                    rows_written, future = waiting.popleft()
                    if not future.cancel():
                        self._settle(rows_written, future, tally)

    def _whole_cells(self, path: Path, converter: Converter) -> Counter[str] | None:
        """For known-commas: how often each whole cell stands in the file; a first reading."""
        rules = [(r, at) for r, at in converter.places if "known-commas" in r.split and at is not None]
        if not rules:
            return None
        out: Counter[str] = Counter()
        for rows in readers.read(_request(path, self.mapping)).batches:
            for _, cells in rows:
                for _, at in rules:
                    if at is not None and at < len(cells):
                        out[names.normalise(shown(cells[at]))] += 1
        return out

    def _fresh(
        self,
        rows: list[tuple[int, list[Any]]],
        converter: Converter,
        tally: _Tally,
        seen: dict[str, tuple[int, int]],
    ) -> Iterator[_Row]:
        """The rows that are neither examples, nor repeated, nor in the store as they are."""
        news: list[_Row] = []
        self._cells: dict[int, list[Any]] = {}
        for number, cells in rows:
            if converter.is_example(cells):
                self.notes = self.notes or ["The example row of the template was left out."]
                continue
            tally.rows += 1
            raw = converter.raw(cells)
            digest = _digest(self.mapping.fingerprint, raw)
            parts = converter.key(cells)
            key = facts.source_key(self.mapping.source, *(parts if any(parts) else map(names.normalise, raw)))
            first = seen.setdefault(key, (number, digest))
            if first[0] != number:
                if first[1] == digest:
                    tally.repeated += 1
                else:
                    tally.refuse(
                        number,
                        f"Rows {first[0]} and {number} have the same key and different content; keep one of them, or "
                        "give them different keys.",
                        ", ".join(self.mapping.key),
                        " | ".join(shown(cells[i]) for i in converter.key_at if i is not None and i < len(cells)),
                    )
                continue
            self._cells[number] = cells
            news.append(_Row(number, key, digest))
        there: dict[str, tuple[str, int]] = {}
        for label in _MAIN[self.mapping.kind]:
            there |= self.graph.known(label, [row.key for row in news])
        for row in news:
            if row.key in there and there[row.key][1] == row.digest:
                tally.unchanged += 1
            else:
                yield row

    def _built(
        self, row: _Row, converter: Converter, known: Counter[str] | None, rows: list[tuple[int, list[Any]]]
    ) -> RowFacts:
        cells = self._cells.pop(row.number)
        values = converter.values(cells, known)
        texts = {h: shown(c) for h, c in zip(converter.header, cells, strict=False)}
        built = self.builder.build(values, texts, row.key, row.number, row.digest)
        try:
            for fact in built.all():
                if not facts.is_edge(fact.label):
                    facts.stored_properties(fact)
        except BadInput as error:
            raise CellError("", "", str(error)) from None
        return built

    def _write(self, rows: list[_Row]) -> list[list[facts.Written]]:
        """Outcomes of the facts of each row; runs in the writing thread."""
        if self.dry_run:
            return [[facts.Written(f.id, "loaded") for f in _all(row)] for row in rows]
        self.batches += 1
        batch = [self._renamed(f) for row in rows for f in _all(row)]
        try:
            written = self.graph.write(
                batch, load=self.load_id, source=self.mapping.source, operation=f"{self.load_id}:{self.batches}"
            )
        except TooMuch:
            if len(rows) == 1:
                raise
            half = len(rows) // 2
            return self._write(rows[:half]) + self._write(rows[half:])
        for fact, outcome in zip(batch, written, strict=True):
            if fact.label == "Partner" and outcome.id != fact.id and outcome.outcome != "refused":
                self.renamed[fact.id] = outcome.id
        out, at = [], 0
        for row in rows:
            n = len(_all(row))
            out.append(written[at : at + n])
            at += n
        return out

    def _renamed(self, fact: facts.Fact) -> facts.Fact:
        """A partner proposed here may have been made by another load meanwhile."""
        if not self.renamed or not any(link.target in self.renamed for link in fact.links):
            return fact
        links = tuple(
            facts.Link(x.edge, self.renamed.get(x.target, x.target), x.properties, x.label) for x in fact.links
        )
        return facts.Fact(fact.label, fact.id, fact.source_key, fact.properties, links, fact.row, fact.digest)

    def _settle(self, rows: list[_Row], future: Future[list[list[facts.Written]]], tally: _Tally) -> None:
        for row, outcomes in zip(rows, future.result(), strict=True):
            own = _all(row)
            main = own.index(row.facts.main) if row.facts and row.facts.main else len(own) - 1
            refused = next((o for o in outcomes if o.outcome == "refused"), None)
            for fact, outcome in zip(own, outcomes, strict=True):
                if outcome.outcome == "loaded":
                    self.created[fact.label.partition("-")[2] or fact.label] += 1
            if refused is not None:
                tally.refuse(row.number, refused.reason)
            elif outcomes[main].outcome == "unchanged":
                tally.unchanged += 1
            else:
                tally.loaded += 1


_MAIN = {
    "partners": ("Partner",),
    "departments": ("Department",),
    "persons": ("Person",),
    "networks": ("Network",),
    "memberships": ("Partner-MEMBER_OF",),
    "agreements": ("Agreement",),
    "restrictions": ("Restriction",),
    "positions": ("Position",),
    "contacts": ("Contact",),
}


def _all(row: _Row) -> list[facts.Fact]:
    return row.facts.all() if row.facts else []


def _digest(mapping: int, raw: tuple[str, ...]) -> int:
    text = "\x1f".join(raw)
    return (int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) ^ mapping) >> 1
