"""Rows of delimited text, from its lines."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from loaders.formats.base import LONGEST_CELL, MOST_COLUMNS, Refused, Row, text_cell

_BROKEN = (
    "The row cannot be read: text follows the quotation mark that ends a cell. A quotation mark inside a cell is "
    "written twice."
)


def rows_of(lines: Iterable[str], form: dict[str, Any], number: int, line: int = 0) -> Iterator[Row]:
    """The rows of lines, the first of them row `number` + 1, in line `line` + 1 of the file.

    Args:
        form: how they are written, in the words of the module csv.
    """
    # Strict, for otherwise a quotation mark that is never closed swallows the rest in silence.
    reader = csv.reader(_checked(lines, line), strict=True, **form)
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise Refused(
                    f"A cell in row {number} has over {LONGEST_CELL * 10:,} characters. Perhaps a quotation "
                    "mark before it is not closed."
                ) from None
            if "unexpected end" in str(error):
                raise Refused(
                    f"A quotation mark that opens in row {number} is never closed, so the rest of the file "
                    "would be one cell. Close it and load again."
                ) from None
            yield number, [["broken", _BROKEN]]
            continue
        if len(cells) > MOST_COLUMNS:
            raise Refused(f"Row {number} has {len(cells):,} cells: that is no row of a table.")
        yield number, [text_cell(c) for c in cells]


def _checked(lines: Iterable[str], before: int) -> Iterator[str]:
    for number, line in enumerate(lines, start=before + 1):
        if "\x00" in line:
            raise Refused(f"Line {number} holds a NUL byte: this is no text file, or a damaged one.")
        yield line
