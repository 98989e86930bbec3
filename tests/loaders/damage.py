"""Random damage to good files: each is read by children of its own, under a child's limits, row by row and in blocks.

`python -m tests.loaders.damage 20000` reads so many and prints what became of them.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from loaders import child
from tests.loaders.writers import FORMATS

SECONDS = 60
MEMORY_ENDS = {77, -signal.SIGABRT}
HEADER = ["Key", "Date", "Departments", "Partners", "Summary"]


def good(folder: Path) -> list[tuple[str, bytes]]:
    """(file name, content) of a good table in every format."""
    rows = [
        [f"K-{n}", date(2026, 1 + n % 12, 1 + n % 28), "Kaupunkiympäristö", f"Malmö {n}", "Käynti; 'n\"'"]
        for n in range(100)
    ]
    out = []
    for n, (file, write, _) in enumerate(FORMATS.values()):
        path = folder / f"{n}-{file}"
        write([list(HEADER), *rows], path)
        out.append((path.name, path.read_bytes()))
    return out


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with some bytes changed, cut out, doubled or put in."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if not data:
            break
        at = chance.randrange(len(data))
        kind = chance.randrange(6)
        if kind == 0:
            data[at] = chance.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del data[at : at + chance.choice((1, 4, 100))]
        elif kind == 3:
            data[at:at] = chance.randbytes(chance.choice((1, 4, 50)))
        elif kind == 4:
            data[at:at] = data[at : at + chance.choice((10, 1000))]
        else:
            del data[at:]
    return bytes(data)


def read(path: Path, *, blocks: bool = False) -> tuple[str, str, list[Any]]:
    """("report" or "refusal" or "memory", what was said, the rows) of one file; AssertionError for any other end."""
    into, out = os.pipe()
    order_out, order_in = os.pipe()
    order: dict[str, Any] = {
        "path": str(path),
        "headings": HEADER,
        "needed": [["Date"]],
        "scratch": str(path.parent),
    }
    order["blocks"] = blocks
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            os.close(into)
            os.dup2(order_out, 0)
            os.dup2(out, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
            signal.alarm(SECONDS)
            code = child.main()
            sys.stdout.flush()
        finally:
            os._exit(code)
    os.close(out)
    os.close(order_out)
    os.write(order_in, (json.dumps(order) + "\n").encode())
    os.close(order_in)
    with os.fdopen(into, "rb") as said:
        lines = said.read().splitlines()
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code in MEMORY_ENDS:
        return "memory", "", []
    assert code == 0, f"the child ended with {code}"
    last = json.loads(lines[-1])
    if "error" in last:
        assert "Traceback" not in last["error"]
        return "refusal", last["error"], []
    assert "end" in last, last
    messages = [json.loads(line) for line in lines]
    rows = [row for m in messages for row in m.get("rows", ())]
    rows += [row for m in messages for part in m.get("parts", ()) for row in part[3]]
    assert len(rows) == last["end"]
    return "report", "", rows


def run(count: int, seed: int = 1) -> tuple[Counter[str], list[str], float]:
    """(how many ended how, what was unforeseen, the longest in seconds) of `count` damaged files."""
    chance = random.Random(seed)
    ends: Counter[str] = Counter()
    unforeseen: list[str] = []
    longest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = good(folder)
        for n in range(count):
            file, content = files[n % len(files)]
            path = folder / f"damaged{Path(file).suffix}"
            path.write_bytes(damaged(content, chance))
            began = time.monotonic()
            end, text, rows = read(path)
            if end != "memory":
                assert read(path, blocks=True) == (end, text, rows), "read in blocks it is another file"
            longest = max(longest, time.monotonic() - began)
            ends[end] += 1
            if text.startswith(f"{child.DAMAGED} ("):
                unforeseen.append(f"{n} {file}: {text}")
    return ends, unforeseen, longest


if __name__ == "__main__":
    how, strange, slowest = run(
        int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    )
    print(f"{sum(how.values()):,} damaged files: {dict(how)}; the slowest took {slowest:.1f} s")
    print(
        f"{len(strange)} ended in ways that nothing but the last resort foresaw:", *strange[:20], sep="\n  "
    )
