"""The child process that opens a file: whatever the file does, it does it here, under limits.

Reads a request (one JSON line) from standard input and writes JSON lines: `{"at": n}` while it is still
checking, `{"header": [...], "row": n, "sheet": s, "rows_about": n, "others": [...], "notes": [...]}`, then
`{"rows": [[n, [cells]], ...]}`, at last `{"end": rows}`; or `{"error": sentence, "headings": [...]}`. What cells
are, `loaders.formats.base` says. Asked with `"list": true` it answers `{"members": [...]}` of an archive.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from loaders.formats import packed, tables
from loaders.formats.base import Refused, Request, normal
from loaders.formats.header import with_header

__all__ = ["main", "normal"]

DAMAGED = "The file is damaged and cannot be read; open it in the program it comes from and save it anew"
MEMORY = 1 << 30  # bytes of address space
BATCH = 1000
BATCH_CHARACTERS = 4_000_000  # and no more text than this in one message


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
        if len(batch) >= BATCH or size >= BATCH_CHARACTERS:
            _say(out, {"rows": batch})
            batch, size = [], 0
    if batch:
        _say(out, {"rows": batch})
    _say(out, {"end": count})


def _say(out: Any, message: dict[str, Any]) -> None:
    out.write(json.dumps(message, ensure_ascii=True))
    out.write("\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
