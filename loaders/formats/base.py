"""What every reader of a format speaks: sheets of rows, and a refusal in words for the file's owner.

A cell is text, a number, a truth value or None; or a marked list, so that it cannot be taken for text:
`["date", "2026-03-14"]`, `["list", [texts]]`, `["long", characters]`, `["formula", ""]` (never calculated).
A row that cannot be read is `[["broken", sentence]]`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

LONGEST_CELL = 100_000  # characters
MOST_COLUMNS = 2_000
MOST_UNPACKED = 1 << 30  # bytes
HEADER_ROWS = 30  # title rows looked past in search of the header
TICK = 50_000  # rows after which a reader that is still checking says so

Row = tuple[int, list[Any]]
Range = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), from 0


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that follow each other; `rows` is None where they are known already, as number `index` of those that are.

    `digest` is of their content, b"" where they are not to be remembered; `count` tells the empty ones too, `size` is
    about how much text they are.
    """

    digest: bytes
    first: int
    count: int
    size: int
    rows: list[Row] | None
    index: int = -1


class Sheet(NamedTuple):
    """One table of a file: its name ("" for the only one), the number of its last row, its rows.

    `blocks` are the rows below `rows`, where the format finds them by itself; then `rows` are the first ones.
    """

    name: str
    last: int
    rows: Iterator[Row]
    merged: tuple[Range, ...] = ()
    blocks: Iterable[Block] | None = None


class Refused(Exception):
    """The file cannot be read; the text is for its owner."""


@dataclass
class Request:
    """What is asked of the child. `headings` may stand in the header, one of each group of `needed` must."""

    path: str
    headings: list[str] = field(default_factory=list)
    needed: list[list[str]] = field(default_factory=list)
    sheet: str | None = None
    encoding: str | None = None
    stray: str | None = None  # encoding of single bytes that are not in `encoding`
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    rows: str | None = None  # path of the list whose elements are the rows, in nested records
    member: str | None = None  # a file inside an archive
    scratch: str = ""  # a folder that the parent removes
    guess: bool = False  # no mapping yet: take the likeliest header
    blocks: bool = False  # give the rows in blocks (loaders.formats.blocks)
    known: str = ""  # the file of those that need not be given, "" for none
    known_sum: str = ""  # its checksum
    without: list[int] = field(default_factory=list)  # those of them that have to be given nevertheless
    tick: Callable[[int], None] = lambda rows: None
    notes: list[str] = field(default_factory=list)


def normal(heading: Any) -> str:
    """Headings are compared without case, accents of spacing, or a mark for "required"."""
    text = unicodedata.normalize("NFKC", str(heading or "")).casefold()
    return " ".join(text.replace("*", " ").replace("_", " ").split())


def text_cell(text: str) -> Any:
    """A text, or what marks one that is too long to be a cell."""
    return text if len(text) <= LONGEST_CELL else ["long", len(text)]


def number_cell(value: float) -> Any:
    """A float as a spreadsheet shows it: whole numbers whole, and no number for what is none."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
