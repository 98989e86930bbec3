"""A text table in blocks of lines: those that are known are passed over unread.

A block ends where a row ends, so its rows are the same whatever stands before it. Where that cannot be told, or
anything in the file is not in order, the file is read from its first to its last row instead, which also says what
is wrong with it.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import zlib
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from loaders.formats.base import HEADER_ROWS, TICK, Block, Refused, Request, Row, Sheet
from loaders.formats.blocks import CUT, LEAST, MOST, MOST_SIZE, known
from loaders.formats.lines import rows_of

_BYTES = ("utf-8", "utf-8-sig", "ascii", "mac-roman")  # a newline is one byte, and that byte nothing else
_OPEN = 1 << 20  # bytes of lines in which no row seems to end


class _Unfit(Exception):
    """The file is not one to read in blocks."""


def open_blocks(
    path: Path, request: Request, encoding: str, errors: str, form: dict[str, Any], skip: int
) -> Sheet | None:
    """The table in blocks, looked through once; None where it has to be read row by row."""
    name = codecs.lookup(encoding).name
    quote = form.get("quotechar", '"') if form.get("quoting") != csv.QUOTE_NONE else ""
    one_byte = name in _BYTES or name.startswith(("cp125", "iso8859"))
    if not request.blocks or request.escape is not None or not one_byte or len(quote) > 1 or quote > "\x7f":
        return None
    with suppress(_Unfit, Refused, UnicodeDecodeError):
        blocks = _Blocks(path, request, name, errors, form, skip)
        blocks.look(quote.encode())
        return Sheet("", blocks.last, iter(blocks.top), blocks=blocks)
    return None


class _Blocks:
    """The blocks of a file below its top, which holds the header: where they lie, which of them are known.

    Attributes:
        top: the first rows.
        last: number of the last row.
    """

    def __init__(
        self, path: Path, request: Request, encoding: str, errors: str, form: dict[str, Any], skip: int
    ) -> None:
        self._path, self._request, self._form, self._skip = path, request, form, skip
        self._first_encoding, self._errors = encoding, errors
        self._encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        said = repr((self._encoding, errors, request.stray, sorted(form.items())))
        self._key = hashlib.blake2b(said.encode(), digest_size=16).digest()
        self.top: list[Row] = []
        self.last = 0
        self._at = 0  # where the first block lies
        self._lengths = array("L")
        self._counts = array("L")
        self._index = array("l")  # in the list of known blocks, -1 for one that is not known
        self._digests: list[bytes] = []

    def look(self, quote: bytes) -> None:
        """Look through the file.

        Raises:
            _Unfit, Refused, UnicodeDecodeError: it is to be read row by row.
        """
        there = known(self._request)
        said = 0
        with self._path.open("rb") as file:
            blocks = _cut(file, quote)
            first = next(blocks, b"")
            self._at = len(first)
            self.top = self._top(first)
            self.last = self.top[-1][0] if self.top else self._skip
            for block in blocks:
                if len(self.top) <= HEADER_ROWS:
                    raise _Unfit
                digest = hashlib.blake2b(block, digest_size=16, key=self._key).digest()
                entry = there.get(digest)
                count = entry.rows if entry is not None else sum(1 for _ in self._rows(block, 0))
                self._lengths.append(len(block))
                self._counts.append(count)
                self._index.append(entry.index if entry is not None else -1)
                self._digests.append(digest)
                self.last += count
                if self.last - said >= TICK:
                    said = self.last
                    self._request.tick(said)

    def _top(self, block: bytes) -> list[Row]:
        text = io.StringIO(block.decode(self._first_encoding, self._errors), newline="")
        for _ in range(self._skip):
            text.readline()
        return list(rows_of(text, self._form, self._skip))

    def _rows(self, block: bytes, number: int) -> Iterator[Row]:
        text = block.decode(self._encoding, self._errors)
        return rows_of(io.StringIO(text, newline=""), self._form, number)

    def __iter__(self) -> Iterator[Block]:
        number = self.top[-1][0] if self.top else self._skip
        at = self._at
        found = zip(self._digests, self._lengths, self._counts, self._index, strict=True)
        with self._path.open("rb") as file:
            for digest, length, count, index in found:
                if index >= 0:
                    yield Block(digest, number + 1, count, length, None, index)
                else:
                    file.seek(at)
                    rows = list(self._rows(file.read(length), number))
                    yield Block(digest, number + 1, count, length, rows)
                number += count
                at += length


def _cut(file: BinaryIO, quote: bytes) -> Iterator[bytes]:
    """The bytes of the file, cut after lines that end a row, as far as quotation marks tell."""
    block: list[bytes] = []
    size = odd = 0
    least = 2 * HEADER_ROWS
    for line in file:
        block.append(line)
        size += len(line)
        if quote and quote in line:
            odd ^= line.count(quote) & 1
        n = len(block)
        if n < least and size < MOST_SIZE:
            continue
        if odd:
            if size > _OPEN:
                raise _Unfit
        elif n >= MOST or size >= MOST_SIZE or zlib.crc32(line) % CUT == 0:
            yield b"".join(block)
            block, size, least = [], 0, LEAST
    if block:
        yield b"".join(block)
