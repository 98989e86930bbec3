"""What is remembered of the rows of files: the digests of the rows of each block that was read before.

A row's digest follows from its block's content, the mapping and the header, so what is remembered is never out of
date and may be deleted at any time; whether the store has the rows is asked of the store in every load. It lies in
one file for each mapping below the data folder (its form: `loaders.formats.blocks`) and holds digests only.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import unicodedata
from array import array
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from itertools import accumulate
from pathlib import Path
from typing import Any

import structlog

from loaders import readers
from loaders.convert import Converter
from loaders.formats.blocks import ENTRY, HEAD, MAGIC
from loaders.mapping import Mapping
from loaders.seen import MANY, Seen, fits, salt
from loaders.values import Find

log = structlog.get_logger("kumppani.load")
MOST_FILES = 32  # one a mapping; the oldest go
MOST_ROWS = 1_000_000  # in one file; those that were not met the last time go first
SWITCHES = 4  # times that a table is opened anew for rows of known blocks before all its rows are asked for


@dataclass(frozen=True)
class Part:
    """Rows of a batch that follow each other: of a block that is known (`index`), or `rows` themselves.

    `digest` is the block's, b"" where it is not to be remembered; `count` counts its empty rows too.
    """

    first: int
    index: int = -1
    digest: bytes = b""
    count: int = 0
    size: int = 0
    rows: Sequence[Any] = ()  # (row number, cells)


@dataclass(frozen=True)
class _Block:
    tag: bytes
    size: int
    rows: array[int]


class Remembered:
    """The blocks that were read by a mapping before, and those that are read now.

    Args:
        folder: the data folder; None remembers nothing.
    """

    def __init__(self, folder: Path | None, mapping: Mapping, find: Find | None) -> None:
        self._path: Path | None = None
        self._sum = ""
        self._digests: list[bytes] = []
        self._known: list[_Block] = []
        self._met: dict[bytes, _Block] = {}
        self._dropped: set[bytes] = set()
        self._learnt = False
        if folder is None or not fits(mapping):
            return
        key = hashlib.blake2b(f"{salt(mapping, find)} {_program()}".encode(), digest_size=16).hexdigest()
        self._path = folder / "cache" / "rows" / f"{key}.blocks"
        try:
            self._read(self._path.read_bytes())
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            log.warning("remembered rows dropped", file=str(self._path), why=str(error))
            self._sum, self._digests, self._known = "", [], []
            with suppress(OSError):
                self._path.unlink()

    def _read(self, content: bytes) -> None:
        if len(content) < HEAD.size:
            raise ValueError("cut off")
        magic, checksum, blocks, rows = HEAD.unpack_from(content)
        body = memoryview(content)[HEAD.size :]
        if magic != MAGIC or len(body) != blocks * ENTRY.size + rows * 8 or _sum(body) != checksum:
            raise ValueError("damaged, or no file of this program")
        digests = _array(bytes(body[blocks * ENTRY.size :]))
        entries = list(ENTRY.iter_unpack(body[: blocks * ENTRY.size]))
        ends = list(accumulate(e[2] for e in entries))
        if (ends[-1] if ends else 0) != rows:
            raise ValueError("damaged")
        self._digests = [e[0] for e in entries]
        self._known = [
            _Block(tag, size, digests[end - n : end])
            for (_, tag, n, size), end in zip(entries, ends, strict=True)
        ]
        self._sum = checksum.hex()

    def request(self, request: readers.Request) -> readers.Request:
        """The same table in blocks, without those that are known; as it is, where nothing is remembered."""
        if self._path is None:
            return request
        known = self._path if self._known else None
        return replace(request, blocks=True, known=known, known_sum=self._sum)

    def of(self, table: readers.Table, converter: Converter, seen: Seen, *, use: bool) -> OfTable:
        """What is remembered of one table; `use` is False where every row has to be looked at."""
        said = json.dumps([table.header, converter.used])
        tag = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).digest()
        learns = self._path is not None and table.rows_about >= MANY and fits(converter.mapping, converter)
        return OfTable(self, tag, seen, use=use and seen.stored is not None and learns, learns=learns)

    def save(self) -> None:
        """Keep what this load met; that it cannot be kept is no error."""
        if self._path is None or not (self._met or self._dropped):
            return
        if not (self._learnt or self._dropped):
            # The file is as it was, and was of use just now: the oldest go.
            with suppress(OSError):
                os.utime(self._path)
            return
        kept = dict(self._met)
        room = MOST_ROWS - sum(len(b.rows) for b in kept.values())
        for digest, block in zip(self._digests, self._known, strict=True):
            if digest not in kept and digest not in self._dropped and len(block.rows) <= room:
                kept[digest] = block
                room -= len(block.rows)
        entries = b"".join(ENTRY.pack(d, b.tag, len(b.rows), b.size) for d, b in kept.items())
        body = entries + b"".join(_bytes(b.rows) for b in kept.values())
        head = HEAD.pack(MAGIC, _sum(body), len(kept), sum(len(b.rows) for b in kept.values()))
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, suffix=".new")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(head + body)
                Path(name).replace(self._path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            files = sorted(self._path.parent.iterdir(), key=lambda p: p.stat().st_mtime_ns)
            for old in files[:-MOST_FILES]:
                old.unlink(missing_ok=True)
        except OSError as error:
            log.warning("rows not remembered", file=str(self._path), why=str(error))


class OfTable:
    """The blocks of one table."""

    def __init__(self, all: Remembered, tag: bytes, seen: Seen, *, use: bool, learns: bool) -> None:
        self._all, self._tag, self._seen = all, tag, seen
        self._use, self._learns = use, learns

    def batches(self, table: readers.Table, request: readers.Request) -> Generator[list[Part], None, None]:
        """The table's batches, in which all known blocks are in the store as they are.

        Where one is not, its rows are needed after all: the table is opened anew, and gives them. Batches end at
        the same rows again, so those that were done are passed over.
        """
        done, without, switches, resumes_at = 0, set[int](), 0, 0
        opened = table
        try:
            while True:
                missing: set[int] = set()
                for nr, message in enumerate(opened.parts):
                    if nr < done:
                        continue
                    batch = [_part(p) for p in message]
                    if resumes_at and batch[0].first != resumes_at:
                        raise readers.changed(request.name)
                    resumes_at = 0
                    missing = {p.index for p in batch if p.index >= 0 and not self._there(p.index)}
                    if missing:
                        resumes_at = batch[0].first
                        break
                    yield batch
                    done += 1
                if not missing:
                    return
                opened.close()
                switches += 1
                if self._use and switches <= SWITCHES:
                    # Others that are not in the store stand further down: all of them at once.
                    everywhere = range(len(self._all._known))
                    without |= missing | {i for i in everywhere if not self._there(i)}
                    opened = readers.read(replace(request, without=tuple(sorted(without))))
                else:
                    opened = readers.read(replace(request, known=None, known_sum=""))
        finally:
            if opened is not table:
                opened.close()

    def _there(self, index: int) -> bool:
        """Whether the store has all rows of a known block, and no row of this file changes one of them."""
        if not self._use:
            return False
        block = self._all._known[index]
        if block.tag != self._tag:
            return False
        there = self._seen.all_stored(block.rows)
        if not there:
            self._all._dropped.add(self._all._digests[index])
        return there

    def take(self, part: Part) -> tuple[int, int]:
        """A known block is in the store as it is: (its rows, how many of them are repetitions)."""
        all, block = self._all, self._all._known[part.index]
        all._met[all._digests[part.index]] = block
        return len(block.rows), self._seen.take_stored(block.rows, part.first)

    def learn(self, part: Part, digests: array[int], *, stored: bool) -> None:
        """Remember the digests of a block's rows, all of them plain; `stored` says that the store has them all.

        Rows that the store lacks are not worth it: they would be asked for the next time.
        """
        rows = part.rows
        if (
            self._learns
            and part.digest
            and len(digests) == len(rows) == part.count
            and rows[-1][0] - rows[0][0] == part.count - 1
            and (stored or self._seen.stored is None)
        ):
            self._all._met[part.digest] = _Block(self._tag, part.size, digests)
            self._all._dropped.discard(part.digest)
            self._all._learnt = True


def whole(table: readers.Table) -> Generator[list[Part], None, None]:
    """Batches of a table that was not asked for in blocks."""
    for rows in table.batches:
        yield [Part(rows[0][0], rows=rows)]


def _part(part: list[Any]) -> Part:
    if len(part) == 2:
        return Part(part[1], part[0])
    digest, count, size, rows = part
    return Part(rows[0][0], -1, bytes.fromhex(digest), count, size, rows)


def _sum(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _array(content: bytes) -> array[int]:
    out = array("Q")
    out.frombytes(content)
    if sys.byteorder == "big":
        out.byteswap()
    return out


def _bytes(rows: array[int]) -> bytes:
    if sys.byteorder == "big":
        rows = rows[:]
        rows.byteswap()
    return rows.tobytes()


@cache
def _program() -> str:
    """What makes of the same cells the same digests."""
    try:
        version = metadata.version("kumppani")
    except metadata.PackageNotFoundError:
        version = ""
    return f"{version} {sys.version} {unicodedata.unidata_version}"
