"""Rows of a file, read by a child process with limits; what the child suffers becomes a sentence here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import BadInput

SILENCE = 60.0  # seconds without a word from the child before it is ended


@dataclass(frozen=True)
class Request:
    """What to read: `headings` are all names that columns may have, `needed` those without which nothing goes.

    Attributes:
        needed: groups of names; the header must hold one of each.
    """

    path: Path
    headings: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass
class Table:
    """A table being read: header cells, the header's row number, and batches of (row number, cells).

    `rows_about` is how many rows stand below the header, empty ones among them.
    """

    header: list[Any]
    header_row: int
    sheet: str
    rows_about: int
    batches: Iterator[list[tuple[int, list[Any]]]] = field(repr=False)
    _messages: Generator[dict[str, Any], None, None] = field(repr=False)

    def close(self) -> None:
        """End the child, if it has not ended by itself."""
        self._messages.close()


def read(request: Request) -> Table:
    """Open a table; its batches come as they are asked for.

    Raises:
        BadInput: the file is missing, or not what its name says, or asks for too much memory or time; the
            sentence is for its owner. Also while batches are read.
    """
    if not request.path.is_file():
        raise BadInput(f"There is no file {request.path}.")
    messages = _talk(request)
    first = next(messages)
    return Table(
        first["header"], first["row"], first["sheet"], first["rows_about"], _batches(messages), messages
    )


def _batches(messages: Iterator[dict[str, Any]]) -> Iterator[list[tuple[int, list[Any]]]]:
    for message in messages:
        if "rows" in message:
            yield [(number, cells) for number, cells in message["rows"]]
        elif "end" in message:
            return


def _talk(request: Request) -> Generator[dict[str, Any], None, None]:
    name = request.path.name
    child = subprocess.Popen(
        [sys.executable, "-m", "loaders.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # What opens files of others needs no password of ours.
        env={k: v for k, v in os.environ.items() if not k.startswith("KUMPPANI_")},
    )
    assert child.stdin is not None  # noqa: S101 - it was asked for above
    assert child.stdout is not None  # noqa: S101 - and so was this
    watch = _Watch(child)
    ended = False
    try:
        order = {
            "path": str(request.path.resolve()),
            "headings": request.headings,
            "needed": request.needed,
            "sheet": request.sheet,
            "encoding": request.encoding,
            "delimiter": request.delimiter,
        }
        child.stdin.write(json.dumps(order) + "\n")
        child.stdin.close()
        for line in child.stdout:
            watch.stop()
            message = json.loads(line)
            if "error" in message:
                ended = True
                raise BadInput(f"{name}: {message['error']}")
            yield message
            watch.heard()
            if "end" in message:
                ended = True
                return
        child.wait()
        if watch.fired:
            raise BadInput(
                f"{name}: reading it took too long and was stopped. The file is very large inside: copy the rows "
                "that matter into a new file."
            )
        raise BadInput(
            f"{name}: reading it needs more memory than a table may take (1 GiB). Look for a cell far away from "
            "the table, delete the empty rows and columns, and save it anew."
        )
    finally:
        watch.stop()
        if not ended or child.poll() is None:
            child.kill()
        child.wait()
        child.stdout.close()


class _Watch:
    """Ends a child that says nothing for too long; a batch that waits for its reader is no silence."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.child = child
        self.fired = False
        self._timer: threading.Timer | None = None
        self.heard()

    def heard(self) -> None:
        self.stop()
        self._timer = threading.Timer(SILENCE, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _fire(self) -> None:
        self.fired = True
        self.child.kill()
