"""The child process that opens a file: whatever the file does, it does it here, under limits.

Reads a request (one JSON line) from standard input and writes JSON lines: `{"at": n}` while it is still
checking, `{"header": [...], "row": n, "sheet": s, "rows_about": n, "others": [...], "notes": [...]}`, then
`{"rows": [[n, [cells]], ...]}`, or `{"parts": [...]}` (loaders.formats.blocks) where that is asked for, at last
`{"end": rows}`; or `{"error": sentence, "headings": [...]}`. What cells
are, `loaders.formats.base` says. Asked with `"list": true` it answers `{"members": [...]}` of an archive.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from loaders.formats import blocks as blocks_of
from loaders.formats import packed, tables
from loaders.formats.base import Block, Refused, Request, normal
from loaders.formats.header import Found, with_header

__all__ = ["main", "normal"]

DAMAGED = "The file is damaged and cannot be read; open it in the program it comes from and save it anew"
MEMORY = 1 << 30  # bytes of address space


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout
    try:
        order = json.loads(sys.stdin.readline())
        if order.pop("list", False):
            _say(out, {"members": packed.members(Path(order["path"]))})
            return 0
        _table(out, Request(**order, tick=lambda rows: _say(out, {"at": rows})))
    except Refused as error:
        headings = error.args[1] if len(error.args) > 1 else []
        _say(out, {"error": error.args[0], "headings": headings})
    except (MemoryError, RecursionError):
        return 77
    except OSError as error:
        _say(out, {"error": f"The file cannot be read: {error.strerror or error}."})
    except BaseException as error:
        # A damaged file may break the library that reads it in ways of its own; this process ends here anyway.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        name = type(error).__name__
        _say(out, {"error": f"{DAMAGED}." if name == "PanicException" else f"{DAMAGED} ({name})."})
    return 0


def _table(out: Any, request: Request) -> None:
    found, others = with_header(tables(Path(request.path), request), request)
    _say(
        out,
        {
            "header": found.header,
            "row": found.header_row,
            "sheet": found.sheet,
            "rows_about": found.about,
            "others": others,
            "notes": request.notes,
        },
    )
    if request.blocks:
        _say(out, {"end": _blocks(out, request, found)})
        return
    batch: list[list[Any]] = []
    count = size = passed = 0
    for number, cells in found.rows:
        if all(c is None or c == "" for c in cells):
            passed += 1
            if passed % 50_000 == 0:
                request.tick(count)
            continue
        count += 1
        batch.append([number, cells])
        size += sum([len(c) for c in cells if isinstance(c, str)])
        if len(batch) >= blocks_of.BATCH or size >= blocks_of.BATCH_SIZE:
            _say(out, {"rows": batch})
            batch, size = [], 0
    if batch:
        _say(out, {"rows": batch})
    _say(out, {"end": count})


def _blocks(out: Any, request: Request, found: Found) -> int:
    """The rows in blocks; how many there are."""
    blocks: Iterable[Block] = blocks_of.of_cells(found.rows, request)
    if found.blocks is not None:
        top = list(found.rows)
        blocks = chain([Block(b"", 0, len(top), 0, top)], found.blocks)
    count = 0
    for rows, parts in blocks_of.batches(blocks, request):
        count += rows
        _say(out, {"parts": parts})
    return count


def _say(out: Any, message: dict[str, Any]) -> None:
    out.write(json.dumps(message, ensure_ascii=True))
    out.write("\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
