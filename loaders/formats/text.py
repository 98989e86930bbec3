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
from loaders.formats.base import HEADER_ROWS, LONGEST_CELL, TICK, Refused, Request, Row, Sheet, normal
from loaders.formats.lines import rows_of
from loaders.formats.text_blocks import open_blocks

DELIMITERS = (",", ";", "\t", "|")


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
    if (blocks := open_blocks(path, request, encoding, errors, form, skip)) is not None:
        return blocks
    last = 0
    for last, _ in _parsed(path, encoding, errors, form, skip):
        if last % TICK == 0:
            request.tick(last)
    return Sheet("", last, _parsed(path, encoding, errors, form, skip))


def _parsed(path: Path, encoding: str, errors: str, form: dict[str, Any], skip: int) -> Iterator[Row]:
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        for _ in range(skip):
            file.readline()
        yield from rows_of(file, form, skip, skip)


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
