"""One load at work: rows in, facts out, in batches that the store takes while the next ones are read."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graph import facts, schema
from graph.answers import FindingsDelta, LoadNames, LoadReport
from graph.draft import Draft
from graph.errors import BadInput
from graph.facts import Written
from graph.prepared import prepared
from graph.sourced import any_of
from graph.store import TooMuch
from loaders import readers
from loaders.complete import end_missing
from loaders.convert import CellError, Converter, key_text, shown
from loaders.doubts import Doubts, doubtful
from loaders.further import BY_NAME, of_row
from loaders.kinds import MAIN
from loaders.mapping import Mapping
from loaders.outcomes import relinked, settle, would
from loaders.prescan import scan
from loaders.queue import Queue
from loaders.remembered import OfTable, Part, Remembered, whole
from loaders.seen import MANY, Row, Seen, gone
from loaders.stored import stored_digests
from loaders.tally import Tally
from loaders.targets import Builder, RowFacts

if TYPE_CHECKING:
    from graph import Graph

Progress = Callable[[int, int | None, str], None]
SEVERAL = 10_000  # rows that wait until the names of a file have been judged


class Run:
    """One load: the known names, what is waiting for the store, what was created."""

    def __init__(
        self,
        graph: Graph,
        mapping: Mapping,
        load_id: str,
        progress: Progress | None,
        *,
        resumed: bool = False,
        judging: bool = False,
        ahead: Future[set[int]] | None = None,
    ) -> None:
        """
        Args:
            judging: names are judged at the end of the load.
            ahead: the digests of all records of the source, where they have been asked for already.
        """
        self.graph = graph
        self.judging = judging
        self.several: list[Row] | None = None  # rows of this file that fit several partners so far
        self.ahead = ahead
        self.mapping = mapping
        self.load_id = load_id
        self.dry_run = not load_id
        self.progress = progress
        self.builder = Builder(mapping, graph.directory(), self._record_of)
        self.doubts = Doubts()
        self.known: Counter[str] | None = None  # of the file at hand
        self.created: Counter[str] = Counter()
        self.names: LoadNames | None = None  # once they were judged
        self.judged = 0  # partners that the load had created by then
        self.moved: dict[str, str] = {}  # partner id proposed -> id of the partner that was there
        self.resumed = resumed
        self.own: set[int] = set()  # digests that this load wrote before it was interrupted
        self.stored: set[int] | None = (
            None  # digests of all records of the source, once a large file needs them
        )
        self.seen: list[Seen] = []  # of every file, where the mapping is complete
        self.notes: list[str] = []
        self.patterns = any(rule.create for rule in mapping.rules)
        self.nothing_there = not any(
            any_of(graph.store, label, mapping.source) for label in MAIN[mapping.kind]
        )
        self.gone = {} if self.nothing_there else graph.deleted(mapping.source)
        self.taken: dict[str, int] = {}  # record -> the row of this file that speaks of it
        self.owners: dict[str, set[str]] = {}  # key -> departments of the contact that has it

    def _said(self) -> list[str]:
        n = self.builder.contradicted
        return (
            [f"{n:,} rows say something else of a further record than the first one; that stands."]
            if n
            else []
        )

    def report(self, tallies: list[Tally], delta: FindingsDelta) -> LoadReport:
        return LoadReport(
            load=self.load_id,
            files=[t.report() for t in tallies],
            created=dict(sorted(self.created.items())),
            findings=delta,
            dry_run=self.dry_run,
            notes=[*self.notes, *self._said(), *(note for t in tallies for note in t.notes())],
            names=self.names,
        )

    def file(
        self,
        table: readers.Table,
        request: readers.Request,
        converter: Converter,
        tally: Tally,
        remembered: Remembered,
    ) -> None:
        """Take one file, which is opened as `request` asks; `remembered` is what is known of its rows."""
        every = replace(request, blocks=False, known=None, known_sum="")
        self.known = scan(lambda: readers.read(every), converter, tally.name)
        if unused := converter.unused():
            self.notes.append(f"{tally.name}: columns not used: {', '.join(unused)}.")
        self.taken = {}
        seen = Seen(self.mapping, converter, self._digests(table.rows_about))
        if self.mapping.complete:
            self.seen.append(seen)
        blocks = remembered.of(table, converter, seen, use=not self.resumed)
        later: list[Row] = []
        self.several = [] if self.judging else None
        queue = self._queue(tally)
        batches = blocks.batches(table, request) if request.blocks else whole(table)
        with queue, closing(batches):
            for parts in batches:
                for row in self._fresh(parts, converter, tally, seen, blocks):
                    self._take(row, converter, tally, queue, later)
                if self.progress:
                    self.progress(tally.rows, max(table.rows_about, tally.rows), tally.name)
            # What stands below what it leads to has been waiting: departments in any order make a tree.
            while later:
                waiting, later = later, []
                for row in waiting:
                    self._take(row, converter, tally, queue, later)
                if len(later) == len(waiting):
                    for row in later:
                        self._take(row, converter, tally, queue, None)
                    break
        if unsure := self.several:
            # What they fit may be one partner, once the names that this file brought are judged: otherwise the
            # same file would be another one the next time.
            self.several = None
            if self.resumed:
                self.created = Counter(self.graph.brought(self.load_id))
            self.judge_names()
            self.builder.judged(self.graph.store.read)
            with self._queue(tally) as queue:
                for row in unsure:
                    self._take(row, converter, tally, queue, None)

    def _queue(self, tally: Tally) -> Queue[Row, Draft, list[Written]]:
        return Queue(
            self._draft, self._write, lambda rows, outcomes: settle(rows, outcomes, tally, self.created)
        )

    def end(self) -> None:
        """After the last file: mark what a complete source has no longer, and say what is to be settled."""
        if self.resumed:
            self.created = Counter(self.graph.brought(self.load_id))
        self.doubts.mark(self.graph, self.load_id)
        if self.mapping.complete:
            self.notes += end_missing(self.graph, self.mapping, self.load_id, self.seen)
        if open_ones := len(self.graph.disagreements(load=self.load_id).disagreements):
            self.notes.append(
                f"{open_ones:,} values differ from what persons corrected; theirs stand until somebody settles it "
                "(kumppani disagreements)."
            )

    def judge_names(self) -> None:
        """Which of the new partners are partners that were there; none since the last time costs nothing."""
        new = self.created["Partner"]
        if self.names is None or new != self.judged:
            none, self.judged = LoadNames(joined=0, to_review=0), new
            self.names = self.graph.judge_names_of(self.load_id, self.progress) if new else none

    def _take(
        self,
        row: Row,
        converter: Converter,
        tally: Tally,
        queue: Queue[Row, Draft, list[Written]],
        later: list[Row] | None,
    ) -> None:
        try:
            row.facts = self._built(row, converter)
        except CellError as error:
            if error.waits and later is not None:
                later.append(row)
            elif error.several and self.several is not None and len(self.several) < SEVERAL:
                self.several.append(row)
            else:
                tally.refuse(
                    row.number, error.reason, error.column, error.value, error.suggestion, cells=row.cells
                )
            return
        self.doubts.see(row.number, row.doubts, tally)
        row.all = row.facts.all()
        if not self.dry_run:
            row.ready = [prepared(fact) for fact in row.all]
        if row.all:
            queue.add(row, len(row.all))
        else:
            tally.unchanged += 1

    def _record_of(self, label: str, key: str) -> str | None:
        """Id of the contact or commitment with this id, or this key in its own table."""
        label = schema.LABEL[label].name
        by_key = facts.source_key(f"{label.lower()}s", key_text(key))
        rows = self.graph.store.read(
            f"OPTIONAL MATCH (a:{label} {{id: $id}}) OPTIONAL MATCH (b:{label} {{source_key: $key}}) "
            "RETURN coalesce(a.id, b.id) AS id",
            id=key,
            key=by_key,
        )
        found: str | None = rows[0]["id"]
        return found

    # --- rows in ---

    def _digests(self, rows_about: int) -> set[int] | None:
        """Digests of all records of the source, where a file is large enough to be worth asking for them."""
        if self.nothing_there:
            return None
        if self.stored is None and (rows_about >= MANY or self.resumed):
            if self.resumed:
                self.stored, self.own = stored_digests(self.graph, self.mapping, self.load_id)
            else:
                self.stored = (
                    self.ahead.result() if self.ahead else stored_digests(self.graph, self.mapping)[0]
                )
        return self.stored

    def _fresh(
        self,
        parts: list[Part],
        converter: Converter,
        tally: Tally,
        seen: Seen,
        blocks: OfTable,
    ) -> Iterator[Row]:
        """The rows that are neither examples, nor repeated, nor in the store as they are."""
        news: list[Row] = []
        for part in parts:
            if part.index >= 0:
                rows, repeated = blocks.take(part)
                tally.rows += rows
                tally.repeated += repeated
                tally.unchanged += rows - repeated
                continue
            digests, stored = array("Q"), True
            for number, cells in part.rows:
                if converter.is_example(cells):
                    tally.examples += 1
                    continue
                tally.rows += 1
                if isinstance(cells[0], list) and cells[0][0] == "broken":
                    seen.keyless = True
                    tally.refuse(number, cells[0][1], cells=cells)
                    continue
                raw = converter.raw(cells)
                digest = seen.digest(raw)
                digests.append(digest)
                first = seen.in_store(digest, number)
                if first is not None:
                    if first != number:
                        tally.repeated += 1
                    else:
                        self._as_it_is(tally, digest, number, cells, converter)
                    continue
                stored = False
                row = seen.told_apart(number, cells, raw, digest)
                if isinstance(row, Row):
                    news.append(row)
                elif row is None:
                    tally.repeated += 1
                else:
                    self._contradicts(row, number, cells, converter, tally)
            blocks.learn(part, digests, stored=stored)
        there = self._there(news)
        for row in news:
            id, digest = there.get(row.key, ("", 0))
            row.there, row.id = bool(id), id
            if id and digest == row.digest:
                self._as_it_is(tally, digest, row.number, row.cells, converter)
                self.taken.setdefault(id, row.number)
            elif not id and row.key in self.gone:
                tally.refuse(row.number, gone(*self.gone[row.key]), cells=row.cells)
            elif id and (other := seen.overtakes(digest)) is not None:
                self._contradicts(other, row.number, row.cells, converter, tally)
            else:
                yield row

    def _as_it_is(
        self, tally: Tally, digest: int, number: int, cells: list[Any], converter: Converter
    ) -> None:
        """A row whose record is in the store: unchanged, unless this load brought it before it was interrupted."""
        if digest in self.own:
            tally.loaded += 1
            self.doubts.see(number, doubtful(converter.values(cells, self.known)), tally)
        else:
            tally.unchanged += 1

    def _contradicts(
        self, first: int, number: int, cells: list[Any], converter: Converter, tally: Tally
    ) -> None:
        tally.refuse(
            number,
            f"Rows {first} and {number} have the same key and different content; keep one of them, or give "
            "them different keys.",
            ", ".join(self.mapping.key),
            " | ".join(shown(cells[i]) for i in converter.key_at if i is not None and i < len(cells)),
            cells=cells,
        )

    def _there(self, rows: list[Row]) -> dict[str, tuple[str, int]]:
        """key -> (id, digest) of the records of these rows that are in the store."""
        there: dict[str, tuple[str, int]] = {}
        if self.nothing_there or not rows:
            return there
        keys = [row.key for row in rows]
        if self.mapping.kind == "contacts":
            found = self.graph.makers(keys)
            for r in rows:
                if r.key in found and found[r.key][1] != r.digest:
                    self.owners[r.key] = set(found[r.key][2])
            return {key: (id, digest) for key, (id, digest, _) in found.items()}
        for label in MAIN[self.mapping.kind]:
            there |= self.graph.known(label, keys)
        return there

    def _built(self, row: Row, converter: Converter) -> RowFacts:
        values = converter.values(row.cells, self.known)
        row.doubts = doubtful(values)
        texts: dict[str, str] = {}
        if self.patterns:
            texts = {h: shown(c) for h, c in zip(converter.header, row.cells, strict=False)}
        more = of_row(converter, row.cells, row.key, self.known) if converter.further else ()
        built = self.builder.build(values, texts, row.key, row.number, row.digest, more, row.id)
        try:
            for fact in built.all():
                # What cells are is checked already; here it is how they go together.
                if fact.label == "Contact" and "end_date" not in fact.properties:
                    continue
                if not facts.is_edge(fact.label):
                    facts.stored_properties(fact)
            self._check_owner(row, built)
        except BadInput as error:
            self.builder.undo()
            if isinstance(error, CellError):
                raise
            raise CellError("", "", str(error)) from None
        return built

    def _check_owner(self, row: Row, built: RowFacts) -> None:
        """One record is spoken of by one row, and a contact's key belongs to its departments."""
        main = built.main
        if main is None:
            return
        if self.mapping.kind in BY_NAME and main.id:
            first = self.taken.setdefault(main.id, row.number)
            if first != row.number and self.mapping.join_same:
                # What the first row said of it stands; the names and further records of this one join it.
                built.main = None
                built.after = [f for f in built.after if f not in built.known]
            elif first != row.number:
                raise CellError(
                    "",
                    "",
                    f"Rows {first} and {row.number} speak of the same record; keep one of them, or tell them apart "
                    "(by the country, say).",
                )
        owners = self.owners.get(row.key)
        if owners and owners.isdisjoint(link.target for link in main.links if link.edge == "MADE_BY"):
            raise CellError(
                self.mapping.key[0] if self.mapping.key else "",
                "",
                "A contact of another department has this key already. Give your rows keys of your own, such as "
                "KYMP-17 instead of 17.",
            )

    # --- facts out ---

    def _draft(self, rows: list[Row]) -> Draft:
        return Draft(item for row in rows for item in row.ready)

    def _write(self, rows: list[Row], batch: Draft) -> list[list[Written]]:
        """Outcomes of the facts of each row; runs in the writing thread."""
        if self.dry_run:
            return [would(row) for row in rows]
        try:
            written = self.graph.write(
                [relinked(item, self.moved) for item in batch] if self.moved else batch,
                load=self.load_id,
                source=self.mapping.source,
            )
        except TooMuch:
            if len(rows) == 1:
                raise
            # The attempt has changed what it was given.
            for row in rows:
                row.ready = [prepared(fact) for fact in row.all]
            half = len(rows) // 2
            return [
                out for part in (rows[:half], rows[half:]) for out in self._write(part, self._draft(part))
            ]
        for fact, outcome in zip((item.fact for item in batch), written, strict=True):
            if fact.label == "Partner" and outcome.id != fact.id and outcome.outcome != "refused":
                self.moved[fact.id] = outcome.id
        out, at = [], 0
        for row in rows:
            out.append(written[at : at + len(row.all)])
            at += len(row.all)
        return out
