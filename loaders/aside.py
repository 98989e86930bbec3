"""Rows that were set aside: collected while a file is loaded, and written as a workbook to be mended.

The workbook has the file's own columns, and to their right what is wrong with each row. Loaded again by the
same mapping, the further columns are not read.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from graph.aside import AsideRow
from graph.errors import BadInput
from loaders.formats.base import normal
from loaders.whole import workbook

if TYPE_CHECKING:
    from graph import Graph
    from graph.answers import Problem
    from graph.aside import AsideFile

MOST = 20_000  # rows of a file that are kept; all are counted
PART = 500
REASONS = ("To mend: row", "To mend: column", "To mend: reason", "To mend: nearest")
_LONGEST = 32_767  # characters that a workbook takes in a cell
_NAME = re.compile(r"[\[\]:*?/\\']")


class Aside:
    """The rows of one file that could not be taken, on their way to the store."""

    def __init__(self, graph: Graph, load: str, file: str, header: list[Any]) -> None:
        self._graph, self._load, self._file, self._header = graph, load, file, header
        self._rows: list[AsideRow] = []
        self._kept = 0

    def add(self, problem: Problem, cells: list[Any]) -> None:
        """A row; those beyond the most that are kept are only counted by the caller."""
        if self._kept + len(self._rows) < MOST:
            self._rows.append(AsideRow(cells, problem))
            if len(self._rows) >= PART:
                self.flush()

    def flush(self) -> None:
        """Hand what has come together to the store."""
        if self._rows:
            self._graph.keep_aside(self._load, self._file, self._header, self._kept // PART, self._rows)
            self._kept += len(self._rows)
            self._rows = []


def write_aside(graph: Graph, load: str, path: Path | str) -> Path:
    """Write the rows that a load set aside as a workbook in their original layout, a sheet a file.

    Raises:
        BadInput: there are none, the name does not end in .xlsx, or the file is there already.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise BadInput(f"This becomes a workbook: give it a name that ends with .xlsx, not {path.name!r}.")
    if path.exists():
        raise BadInput(f"{path} is there already; give another name, so that nothing in it is lost.")
    files = graph.aside(load)
    if not files:
        raise BadInput(f"The load {load} set no row aside.")
    with workbook(path) as book:
        _write(files, book)
    return path


def _write(files: list[AsideFile], book: xlsxwriter.Workbook) -> None:
    head = book.add_format({"bold": True, "bg_color": "#0000BF", "font_color": "#FFFFFF"})
    wrong = book.add_format({"bg_color": "#F7D4DC"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    wrong_day = book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#F7D4DC"})
    said = book.add_format({"italic": True})
    taken: set[str] = set()
    for nr, file in enumerate(files, start=1):
        sheet = book.add_worksheet(_sheet_name(file.name, nr, taken))
        width = max([len(file.header), *(len(r.cells) for r in file.rows if not _broken(r.cells))])
        for column, heading in enumerate(file.header):
            _put(sheet, 0, column, heading, head, head)
        for column, heading in enumerate(REASONS):
            sheet.write_string(0, width + column, heading, head)
        for at, row in enumerate(file.rows, start=1):
            problem = row.problem
            for column, cell in enumerate([] if _broken(row.cells) else row.cells):
                here = column < len(file.header) and normal(file.header[column]) == normal(problem.column)
                _put(sheet, at, column, cell, wrong if here else None, wrong_day if here else day)
            sheet.write_number(at, width, problem.row or 0)
            for column, text in enumerate((problem.column, problem.reason, problem.suggestion), start=1):
                sheet.write_string(at, width + column, (text or "")[:_LONGEST], said)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(width - 1, 0), 18)
        sheet.set_column(width + 2, width + 2, 70)


def _broken(cells: list[Any]) -> bool:
    """A row that could not be cut into cells has nothing but its problem to show."""
    return bool(cells) and isinstance(cells[0], list) and cells[0][0] == "broken"


def _put(sheet: Any, row: int, column: int, cell: Any, form: Any, day: Any) -> None:
    if isinstance(cell, list) and cell and cell[0] == "date":
        sheet.write_datetime(row, column, date.fromisoformat(cell[1]), day)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, form)
    elif isinstance(cell, int | float) and abs(cell) < 1e15:
        sheet.write_number(row, column, cell, form)
    elif isinstance(cell, list):
        sheet.write_string(row, column, f"({cell[1]:,} characters)", form)
    elif cell not in (None, ""):
        sheet.write_string(row, column, str(cell)[:_LONGEST], form)


def _sheet_name(file: str, nr: int, taken: set[str]) -> str:
    plain = _NAME.sub(" ", Path(file).stem).strip()[:28] or f"file {nr}"
    name = plain if plain.casefold() not in taken else f"{plain[:24]} {nr}"
    taken.add(name.casefold())
    return name
