"""Tables as text: CSV and its kin, with any delimiter and quoting.

A text file is read through once before its first row is given, so that what is wrong with the file as a whole
is known before anything of it is taken.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loaders.formats import encodings
from loaders.formats.base import (
    HEADER_ROWS,
    LONGEST_CELL,
    MOST_COLUMNS,
    TICK,
    Refused,
    Request,
    Row,
    Sheet,
    normal,
    text_cell,
)

DELIMITERS = (",", ";", "\t", "|")
_BROKEN = (
    "The row cannot be read: text follows the quotation mark that ends a cell. A quotation mark inside a cell is "
    "written twice."
)


def open_text(path: Path, request: Request) -> Sheet:
    """The one table of a text file."""
    csv.field_size_limit(LONGEST_CELL * 10)
    encoding = encodings.encoding_of(path, request)
    try:
        return _checked(path, request, encoding)
    except UnicodeDecodeError as error:
        found = None if request.encoding or request.stray else encodings.older(path, request)
        if found is None:
            raise encodings.not_in(path, encoding, error) from None
        try:
            return _checked(path, request, found)
        except UnicodeDecodeError as other:
            raise encodings.not_in(path, found, other) from None
    except LookupError:
        raise Refused(f"There is no encoding {encoding!r}.") from None


def _checked(path: Path, request: Request, encoding: str) -> Sheet:
    errors = encodings.errors_of(request)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        head = file.read(65536)
    form: dict[str, Any] = {"doublequote": request.escape is None, "escapechar": request.escape}
    skip = 0
    first, rest = (head.splitlines() or [""])[0], head
    if first[:4].lower() == "sep=" and len(first.strip()) == 5:
        # The line with which Excel is told the delimiter.
        form["delimiter"], skip, rest = first.strip()[4], 1, head[len(first) :].lstrip("\r\n")
    if request.quote == "none":
        form["quoting"] = csv.QUOTE_NONE
    elif request.quote:
        form["quotechar"] = request.quote
    if request.delimiter:
        form["delimiter"] = request.delimiter
    form.setdefault("delimiter", _delimiter(rest, request, form))
    last = 0
    for last, _ in _parsed(path, encoding, errors, form, skip):
        if last % TICK == 0:
            request.tick(last)
    return Sheet("", last, _parsed(path, encoding, errors, form, skip))


def _parsed(path: Path, encoding: str, errors: str, form: dict[str, Any], skip: int) -> Iterator[Row]:
    number = skip
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        for _ in range(skip):
            file.readline()
        # Strict, for otherwise a quotation mark that is never closed swallows the rest in silence.
        reader = csv.reader(_lines(file, skip), strict=True, **form)
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


def _lines(file: io.TextIOBase, skip: int) -> Iterator[str]:
    for number, line in enumerate(file, start=skip + 1):
        if "\x00" in line:
            raise Refused(f"Line {number} holds a NUL byte: this is no text file, or a damaged one.")
        yield line


def _delimiter(head: str, request: Request, form: dict[str, Any]) -> str:
    """The delimiter with which the first rows hold most of the expected headings, and else most even rows."""
    wanted = {normal(h) for h in request.headings}

    def hits(delimiter: str) -> tuple[int, int, int]:
        best, widths = (0, 0), Counter[int]()
        try:
            for n, cells in enumerate(csv.reader(io.StringIO(head), **{**form, "delimiter": delimiter})):
                if n >= HEADER_ROWS:
                    break
                if cells:
                    best = max(best, (len(wanted & {normal(c) for c in cells}), len(cells)))
                    widths[len(cells)] += 1
        except csv.Error:
            return (0, 0, 0)
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        return (best[0], times if width > 1 else 0, best[1])

    return max(DELIMITERS, key=hits)
