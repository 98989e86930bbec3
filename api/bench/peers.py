"""Hostile files, ours beside pandas, sqlite-utils and frictionless: `python -m api.bench.peers [FOLDER]`.

Each reader works in a process of its own under the same limits (60 s, 2 GiB of address space), so that what one of
them does harms no other. FOLDER may hold further files, such as the public parser fixtures.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from api.bench.nasty import NASTY, write

SECONDS = 60
MEMORY = 2 << 30  # twice what ours has
SHOWN = 70  # characters of what a reader says

_LIMITS = f"import resource, sys, json; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY})); p = sys.argv[1]\n"
_DONE = "\nprint(json.dumps([rows, first]))"
_PANDAS = """
import pandas
book = p.lower().endswith((".xlsx", ".xls", ".ods", ".xlsm"))
read = pandas.read_excel if book else pandas.read_json if p.endswith(".json") else pandas.read_csv
frame = read(p)
rows, first = len(frame), str(list(frame.columns))
"""
_SQLITE = """
import sqlite_utils
from sqlite_utils.utils import rows_from_file
got, _ = rows_from_file(open(p, "rb"))
db = sqlite_utils.Database(memory=True)
db["t"].insert_all(got)
rows, first = db["t"].count, str(list(db["t"].columns_dict))
"""
_FRICTIONLESS = """
import frictionless
from frictionless.resources import TableResource
from pathlib import Path
with frictionless.system.use_context(trusted=True), TableResource(path=p) as resource:
    got = resource.read_rows()
    rows, first = len(got), str(resource.header)
"""
PEERS = {
    "pandas": ("pandas", _PANDAS),
    "sqlite-utils": ("sqlite_utils", _SQLITE),
    "frictionless": ("frictionless", _FRICTIONLESS),
}


def ours(path: Path) -> str:
    """What our reader makes of a file."""
    from graph.errors import BadInput
    from loaders import readers

    began = time.monotonic()
    try:
        rows = broken = 0
        for member in readers.members(path) or [""]:
            table = readers.read(readers.Request(path, (), (), guess=True, member=member or None))
            for batch in table.batches:
                rows += len(batch)
                broken += sum(
                    isinstance(c, list) and c[0] in ("broken", "long") for _, cells in batch for c in cells
                )
        said = f"{rows:,} rows" + (f", {broken} of them with a cell that is told" if broken else "")
    except BadInput as error:
        said = f"refused: {str(error).partition(': ')[2]}"
    return f"{said[:SHOWN]} ({time.monotonic() - began:.1f} s)"


def peer(name: str, path: Path) -> str:
    """What another reader makes of it, in a process of its own."""
    module, code = PEERS[name]
    if find_spec(module) is None:
        return "not installed"
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _LIMITS + code + _DONE, str(path)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"still at it after {SECONDS} s"
    took = f"({time.monotonic() - began:.1f} s)"
    if done.returncode == 0 and done.stdout.strip():
        rows, _ = json.loads(done.stdout.strip().splitlines()[-1])
        return f"{rows:,} rows {took}"
    if done.returncode < 0:
        return f"killed by signal {-done.returncode} {took}"
    last = (done.stderr.strip().splitlines() or ["no word"])[-1]
    return f"traceback: {last[:SHOWN]} {took}"


def run(folder: Path | None = None) -> None:
    """Print the table (Markdown), a line as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="kumppani-peers-") as scratch:
        paths = [write(Path(scratch), name) for name in NASTY]
        if folder is not None:
            paths += sorted(p for p in folder.glob("**/*") if p.is_file() and p.suffix != ".md")
        _print("file", "Kumppani", *PEERS)
        _print(*["---"] * (2 + len(PEERS)))
        for path in paths:
            _print(f"`{path.name}`", ours(path), *(peer(name, path) for name in PEERS))


def _print(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
