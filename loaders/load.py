"""Loading files: every row ends as loaded, unchanged, repeated or quarantined.

Rows go to the store in batches of whole rows, one transaction each, so nothing of a row is ever half there.
The same command again finds what is there by the rows' keys and goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from graph.answers import FindingsDelta, LoadReport
from graph.errors import BadInput, KumppaniError, StoreUnavailable
from loaders import lookups, readers
from loaders.convert import Converter
from loaders.mapping import open_mapping
from loaders.opening import sources
from loaders.run import Progress, Run
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
) -> LoadReport:
    """Load files by a mapping (a built-in name or a YAML file).

    Args:
        dry_run: write nothing and say what would happen.
        progress: called with (rows done, rows there are about, file name), and while the derived graph is
            refreshed.
        problems: a CSV file to write every quarantined row's problem to; the report lists the first 1,000.

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
    table: readers.Table | None = None
    with closing(sources(with_rows, used)) as found, ProblemFile(problems) as problem_file:
        run, tallies, delta = None, [], _NONE
        try:
            for source in found.tables:
                table = source.take()
                converter = Converter(used, table.header, find)
                if run is None:
                    names = [p.name for p in paths]
                    load_id = "" if dry_run else graph.open_load(mapping=used.name, files=names)
                    run = Run(graph, used, load_id, progress)
                    run.notes += found.notes
                tallies.append(Tally(source.request.name, problem_file))
                run.file(table, partial(readers.read, source.request), converter, tallies[-1])
                table.close()
                table = None
            if not dry_run:
                done = graph.refresh(progress)
                delta = FindingsDelta(opened=done.opened, closed=done.closed)
        except StoreUnavailable as error:
            # Nothing can be noted in the store now: the load stays one that did not end.
            rows = sum(t.loaded + t.unchanged for t in tallies)
            raise StoreUnavailable(
                f"{error} {rows:,} rows of this load are in; the same command continues."
            ) from error
        except KumppaniError as error:
            if run is not None and not dry_run:
                tallies[-1].refuse(None, str(error))
                graph.close_load(run.load_id, run.report(tallies, _NONE), "failed")
            raise
        finally:
            if table is not None:
                table.close()
        if run is None:
            raise BadInput("No file was named.")
        report = run.report(tallies, delta)
        if not dry_run:
            graph.close_load(run.load_id, report)
        return report
