"""Loading files: every row ends as loaded, unchanged, repeated or quarantined.

Rows go to the store in batches of whole rows, one transaction each, so nothing of a row is ever half there.
The same command again takes up the load that was interrupted: it finds what is there and goes on with the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from graph.answers import FindingsDelta, LoadReport
from graph.errors import BadInput, KumppaniError, StoreError, StoreUnavailable
from loaders import lookups, readers
from loaders.aside import Aside
from loaders.convert import Converter
from loaders.mapping import Mapping, open_mapping
from loaders.opening import sources
from loaders.remembered import Remembered
from loaders.run import Progress, Run
from loaders.stored import digests_ahead
from loaders.tally import ProblemFile, Tally

if TYPE_CHECKING:
    from graph import Graph

_NONE = FindingsDelta(opened=0, closed=0)


def load(
    graph: Graph,
    files: Sequence[Path | str],
    mapping: str,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    problems: Path | None = None,
    judge_names: bool = True,
) -> LoadReport:
    """Load files by a mapping (a built-in name or a YAML file).

    Args:
        dry_run: write nothing and say what would happen.
        progress: called with (rows done, rows there are about, file name), and while the derived graph is
            refreshed.
        problems: a CSV file to write every quarantined row's problem to; the report lists the first 1,000.
        judge_names: compare the partners that the load brings with all there are: sure ones are joined, possible
            ones wait for a person. False leaves that to `Graph.find_duplicates`.

    Raises:
        BadInput: the mapping or a file cannot be used at all. Every file is opened before anything of any is
            taken; what was taken before a file broke off is kept and counted in the load's report.
        StoreUnavailable: the store went away; what was confirmed is kept and the same command continues.
    """
    graph.viewer.require("editor", "load files")
    used = open_mapping(mapping)
    paths = [Path(f) for f in files]
    if not paths:
        raise BadInput("No file was named.")
    with_rows, looked_in = lookups.apart(paths, used)
    find = lookups.finder(used, looked_in)
    remembered = Remembered(graph.data, used, find)
    table: readers.Table | None = None
    ahead = digests_ahead(graph, used, with_rows)
    with (
        closing(sources(with_rows, used, remembered.request)) as found,
        ProblemFile(problems) as problem_file,
    ):
        run, tallies, delta, beat = None, [], _NONE, None
        try:
            for source in found.tables:
                table = source.take()
                converter = _converter(source.request.name, used, table, find)
                if run is None:
                    run = _begun(graph, used, paths, dry_run, progress, judge_names, ahead)
                    run.notes += found.notes
                    beat = _Beat(graph, run.load_id)
                aside = Aside(graph, run.load_id, source.request.name, table.header) if run.load_id else None
                tallies.append(Tally(source.request.name, problem_file, aside=aside))
                run.file(table, source.request, converter, tallies[-1], remembered)
                table.close()
                table = None
                if aside is not None:
                    aside.flush()
            if run is not None and not dry_run:
                remembered.save()
                run.end()
                if judge_names:
                    run.judge_names()
                done = graph.refresh(progress)
                delta = FindingsDelta(opened=done.opened, closed=done.closed)
        except StoreUnavailable as error:
            # Nothing can be noted in the store now: the load stays one that did not end.
            rows = sum(t.loaded + t.unchanged for t in tallies)
            raise StoreUnavailable(
                f"{error} {rows:,} rows of this load are in; the same command continues."
            ) from error
        except KeyboardInterrupt:
            rows = sum(t.loaded + t.unchanged for t in tallies)
            raise KeyboardInterrupt(f"{rows:,} rows are in; the same command continues.") from None
        except StoreError:
            # A full disk, say: once there is room, the same command continues.
            raise
        except KumppaniError as error:
            if run is not None and not dry_run:
                tallies[-1].refuse(None, str(error))
                graph.close_load(run.load_id, run.report(tallies, _NONE), "failed")
            raise
        finally:
            if table is not None:
                table.close()
            if beat is not None:
                beat.stop()
            if run is not None and not dry_run:
                graph.leave_load(run.load_id)
        if run is None:
            raise BadInput("No file was named.")
        problem_file.close()
        if problem_file.failed:
            run.notes.append(problem_file.failed)
        report = run.report(tallies, delta)
        if not dry_run:
            graph.close_load(run.load_id, report)
        return report


def _begun(
    graph: Graph,
    mapping: Mapping,
    paths: Sequence[Path],
    dry_run: bool,
    progress: Progress | None,
    judging: bool,
    ahead: Future[set[int]] | None,
) -> Run:
    """The load, recorded as begun, or taken up where it was interrupted."""
    if dry_run:
        return Run(graph, mapping, "", progress, ahead=ahead)
    opened = graph.begin_load(
        mapping=mapping.name, files=[p.name for p in paths], content=_content(mapping, paths)
    )
    run = Run(graph, mapping, opened.id, progress, resumed=opened.resumed, judging=judging, ahead=ahead)
    if opened.resumed:
        graph.forget_aside(opened.id)
        run.notes.append(f"The load {opened.id} had been interrupted and was continued.")
    return run


def _converter(name: str, mapping: Mapping, table: readers.Table, find: lookups.Finder | None) -> Converter:
    try:
        return Converter(mapping, table.header, find)
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None


def _content(mapping: Mapping, paths: Sequence[Path]) -> str:
    """The same for the same files and the same mapping."""
    digest = hashlib.blake2b(
        f"{mapping.name}:{mapping.source}:{mapping.fingerprint}".encode(), digest_size=16
    )
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()


class _Beat:
    """Says every few seconds that the load is being worked on, for those who ask from other machines."""

    EVERY = 15.0  # seconds

    def __init__(self, graph: Graph, load: str) -> None:
        self._over = threading.Event()
        self._graph, self._load = graph, load
        if load:
            threading.Thread(target=self._go, name="beat", daemon=True).start()

    def _go(self) -> None:
        while not self._over.wait(self.EVERY):
            # A store that is away is noticed by the load itself.
            with contextlib.suppress(StoreError):
                self._graph.beat(self._load)

    def stop(self) -> None:
        self._over.set()
