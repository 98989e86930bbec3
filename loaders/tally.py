"""What became of a file's rows, and the list of those that could not be taken."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from graph.answers import FileReport, Problem, ReadWithDoubt
from graph.errors import BadInput
from loaders.aside import Aside
from loaders.convert import Cell

MOST_PROBLEMS = 1_000  # problems of a file listed in a report; all are counted, and written to a ProblemFile


class ProblemFile:
    """All problems of a load as CSV, one a line; without a path, none are written.

    Args:
        path: the file to write, anew.
    """

    HEADINGS = ("file", "row", "column", "value", "reason", "suggestion")

    def __init__(self, path: Path | None) -> None:
        try:
            self._file = path.open("w", encoding="utf-8-sig", newline="") if path else None
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from None
        self.path = path
        self.failed = ""  # why it is not whole: a full disk stops no load, whose report has the problems too
        self._writer = csv.writer(self._file) if self._file else None
        if self._writer:
            self._writer.writerow(self.HEADINGS)

    def add(self, file: str, problem: Problem) -> None:
        if self._writer:
            cells = (file, problem.row, problem.column, problem.value, problem.reason, problem.suggestion)
            try:
                self._writer.writerow([plain(c) for c in cells])
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.failed = (
            f"The list of problems {self.path} could not be written whole: {error.strerror or error}. The report and "
            "the rows set aside have them."
        )
        self._writer = None

    def close(self) -> None:
        """Write what is left; whether it went well, `failed` says."""
        file, self._file, self._writer = self._file, None, None
        if file:
            try:
                file.close()
            except OSError as error:
                self._fail(error)

    def __enter__(self) -> ProblemFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def plain(cell: Any) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


@dataclass
class Tally:
    """Counts of one file: loaded + unchanged + repeated + quarantined = rows."""

    name: str
    to: ProblemFile
    rows: int = 0
    loaded: int = 0
    unchanged: int = 0
    repeated: int = 0
    quarantined: int = 0
    updated: int = 0  # of the loaded ones
    examples: int = 0
    unsure: int = 0  # rows with a cell that was read with doubt
    doubts: list[ReadWithDoubt] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    aside: Aside | None = None

    def refuse(
        self,
        row: int | None,
        reason: str,
        column: str = "",
        value: str = "",
        suggestion: str | None = None,
        *,
        cells: list[Any] | None = None,
    ) -> None:
        """A row that is quarantined; None for what concerns the whole file. Its cells are kept to be mended."""
        self.quarantined += row is not None
        problem = Problem(
            row=row, column=column or None, value=value[:200] or None, reason=reason, suggestion=suggestion
        )
        self.to.add(self.name, problem)
        if row is not None and self.aside is not None:
            self.aside.add(problem, cells or [])
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def doubt(self, row: int, found: Sequence[Cell]) -> None:
        """A row that is taken as the rules say, with cells that they were not sure of."""
        self.unsure += 1
        for column, doubt in ((c.column, c.doubt) for c in found):
            if doubt is not None and len(self.doubts) < MOST_PROBLEMS:
                why = "; ".join(f"“{part}” {why}" for part, why in doubt.unsure.items())
                self.doubts.append(
                    ReadWithDoubt(row=row, column=column, cell=doubt.cell[:200], read_as=doubt.parts, why=why)
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
            unsure=self.unsure,
            doubts=sorted(self.doubts, key=lambda d: d.row),
        )

    def notes(self) -> list[str]:
        """What else is worth saying."""
        out = []
        if self.examples:
            out.append(f"{self.name}: the example row of the template was left out.")
        if self.updated:
            out.append(
                f"{self.name}: {self.updated:,} of the loaded rows changed records that were there already."
            )
        if self.unsure:
            out.append(
                f"{self.name}: {self.unsure:,} rows have a cell of several names that was read with doubt."
            )
        if self.unsure > len(self.doubts) >= MOST_PROBLEMS:
            out.append(f"{self.name}: the first {MOST_PROBLEMS:,} of them are listed.")
        if self.quarantined > MOST_PROBLEMS:
            out.append(
                f"{self.name}: of {self.quarantined:,} problems the first {MOST_PROBLEMS:,} are listed."
            )
        return out
