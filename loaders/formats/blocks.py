"""Small blocks of rows, cut by their content: what was read before is recognised without being read again.

Where a block ends is decided by its last row alone, so a row that is put in or taken out changes its own block and
shifts no other. The blocks that are known stand in a file, of which the process that reads tables needs the
first part:

    MAGIC, 16 bytes of checksum over all that follows, number of blocks, number of rows (4 bytes each)
    for each block: digest (16 bytes), tag of the table (8), rows, size (4 each)
    for each row of each block: digest of the row (8 bytes)
"""

from __future__ import annotations

import hashlib
import json
import marshal
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.formats.base import Block, Request, Row

MAGIC = b"KUMPROW1"
LEAST, MOST, CUT = 16, 256, 64  # rows of a block at least and at most; after them one row in `CUT` ends it
MOST_SIZE = 1 << 16  # characters, or bytes of a text file, after which a block ends with its row
LONGEST_LIST = 1 << 24  # bytes of blocks that a child reads
BATCH = 1000
BLOCKS_BATCH = 4000  # rows of one message in blocks, few of which may have to be handed on
BATCH_SIZE = 4_000_000  # and no more text than this in one message

HEAD = struct.Struct("<8s16sII")
ENTRY = struct.Struct("<16s8sII")


@dataclass(frozen=True, slots=True)
class Entry:
    """A known block: its place in the list, its rows, its size."""

    index: int
    rows: int
    size: int


def known(request: Request) -> dict[bytes, Entry]:
    """The blocks that need not be given, by digest; none where the list is not the one that was meant."""
    if not request.known:
        return {}
    left_out = set(request.without)
    with suppress(OSError, struct.error), Path(request.known).open("rb") as file:
        magic, checksum, blocks, _ = HEAD.unpack(file.read(HEAD.size))
        if magic != MAGIC or checksum.hex() != request.known_sum or blocks * ENTRY.size > LONGEST_LIST:
            return {}
        entries = enumerate(ENTRY.iter_unpack(file.read(blocks * ENTRY.size)))
        return {e[0]: Entry(nr, e[2], e[3]) for nr, e in entries if nr not in left_out}
    return {}


def of_cells(rows: Iterable[Row], request: Request) -> Iterator[Block]:
    """Blocks of the rows of any format, known by what stands in their cells."""
    there = known(request)
    block: list[Row] = []
    content: list[bytes] = []
    size = 0
    for row in rows:
        written = _written(row[1])
        block.append(row)
        content.append(written)
        size += len(written)
        n = len(block)
        if n >= LEAST and (zlib.crc32(written) % CUT == 0 or n >= MOST or size >= MOST_SIZE):
            yield _block(block, content, size, there)
            block, content, size = [], [], 0
    if block:
        yield _block(block, content, size, there)


def _written(cells: list[Any]) -> bytes:
    try:
        # Version 2 writes equal cells as equal bytes, and those of different types as different ones.
        return marshal.dumps(cells, 2)
    except ValueError:
        return json.dumps(cells).encode()


def _block(rows: list[Row], content: list[bytes], size: int, there: dict[bytes, Entry]) -> Block:
    digest = hashlib.blake2b(b"".join(content), digest_size=16, key=b"cells").digest()
    first, n = rows[0][0], len(rows)
    entry = there.get(digest)
    # Rows that a format passes over are no part of a block, so numbers may have gaps.
    if entry is not None and entry.rows == n and rows[-1][0] - first == n - 1:
        return Block(digest, first, n, size, None, entry.index)
    return Block(digest, first, n, size, rows)


def batches(blocks: Iterable[Block], request: Request) -> Iterator[tuple[int, list[list[Any]]]]:
    """(rows, parts) of one message after the other; it ends with a block, so known ones make no difference.

    A part is `[index, first row]` of a known block, or `[digest, rows there are, size, [[number, cells], ...]]`,
    without those that are empty.
    """
    parts: list[list[Any]] = []
    count = size = passed = 0
    for block in blocks:
        if block.rows is None:
            parts.append([block.index, block.first])
            count += block.count
        else:
            rows = [
                r for r in block.rows if (r[1] and r[1][0]) or any(c is not None and c != "" for c in r[1])
            ]
            if not rows:
                passed += block.count
                if passed >= 50_000:
                    request.tick(block.first)
                    passed = 0
                continue
            parts.append([block.digest.hex(), block.count, block.size, rows])
            count += len(rows)
        size += block.size
        if count >= BLOCKS_BATCH or size >= BATCH_SIZE:
            yield count, parts
            parts, count, size, passed = [], 0, 0, 0
    if parts:
        yield count, parts
