"""Rows of a file, read by a child process with limits; what the child suffers becomes a sentence here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from graph.errors import BadInput
from loaders.child import DAMAGED

SILENCE = 60.0  # seconds without a word from the child before it is ended


_MEMORY = (77, -signal.SIGABRT, -signal.SIGKILL)  # how a child ends that has no memory left
Stamp = tuple[int, int, int]  # size, time of change, inode: what tells that a file is still the same


class Misfit(BadInput):
    """A file without the columns that are needed; `headings` are those it has."""

    def __init__(self, text: str, headings: list[str]) -> None:
        super().__init__(text)
        self.headings = headings


@dataclass(frozen=True)
class Request:
    """What to read: `headings` are all names that columns may have, `needed` those without which nothing goes.

    Attributes:
        needed: groups of names; the header must hold one of each.
        stray: encoding of single bytes that are not in `encoding`.
        quote: the quotation mark, "none" for none; escape: what stands before one inside a cell.
        rows: path of the list whose elements are the rows, in nested records.
        member: a file inside an archive.
        guess: take the likeliest header, as no headings are known.
        blocks: give the rows in blocks; `known` is a list of those that need not be given, `known_sum` its checksum,
            `without` those that have to be given nevertheless (`loaders.formats.blocks`).
        stamp: refuse the file when it is no longer the one that had this stamp.
    """

    path: Path
    headings: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    stray: str | None = None
    quote: str | None = None
    escape: str | None = None
    rows: str | None = None
    member: str | None = None
    guess: bool = False
    blocks: bool = False
    known: Path | None = None
    known_sum: str = ""
    without: tuple[int, ...] = ()
    stamp: Stamp | None = None

    @property
    def name(self) -> str:
        """The table's name in reports: the file, and what of it."""
        parts = [x for x in (self.member, self.sheet) if x]
        return f"{self.path.name} [{' · '.join(parts)}]" if parts else self.path.name


@dataclass
class Table:
    """A table being read: header cells, the header's row number, and batches of (row number, cells).

    Attributes:
        rows_about: how many rows stand below the header, empty ones among them.
        others: sheets of the same file that have the header too.
        notes: what is worth saying of how the file was read.
        parts: instead of `batches`, where blocks were asked for: their parts (`loaders.formats.blocks`).
    """

    header: list[Any]
    header_row: int
    sheet: str
    rows_about: int
    batches: Iterator[list[tuple[int, list[Any]]]] = field(repr=False)
    others: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stamp: Stamp | None = None
    parts: Iterator[list[list[Any]]] = field(default_factory=lambda: iter(()), repr=False)
    _messages: Generator[dict[str, Any], None, None] | None = field(default=None, repr=False)

    def close(self) -> None:
        """End the child, if it has not ended by itself."""
        if self._messages is not None:
            self._messages.close()


def read(request: Request) -> Table:
    """Open a table; its batches come as they are asked for.

    Raises:
        BadInput: the file is missing, or not what its name says, or asks for too much memory or time, or
            changes while it is read; the sentence is for its owner. Also while batches are read.
        Misfit: it has other columns.
    """
    stamp = stamp_of(request.path)
    if request.stamp is not None and stamp != request.stamp:
        raise changed(request.name)
    messages = _talk(request, stamp)
    first = next(messages)
    return Table(
        first["header"],
        first["row"],
        first["sheet"],
        first["rows_about"],
        _batches(messages),
        first["others"],
        first["notes"],
        stamp,
        (message["parts"] for message in messages if "parts" in message),
        messages,
    )


def members(path: Path) -> list[str]:
    """The tables inside a zip archive; none for a file that is not called .zip."""
    if path.suffix.lower() != ".zip":
        return []
    stamp = stamp_of(path)
    first = next(_talk(Request(path, (), ()), stamp, only_list=True))
    found: list[str] = first["members"]
    return found


def stamp_of(path: Path) -> Stamp:
    """What tells whether a file is still the same; BadInput when there is none."""
    try:
        stat = path.stat()
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise BadInput(f"There is no file {path}.") from None
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from None
    if not path.is_file():
        raise BadInput(f"{path} is no file.")
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def changed(name: str) -> BadInput:
    """What is said of a file that is not the same from its first to its last row."""
    return BadInput(
        f"{name}: the file changed while it was read, so its rows may be of two versions. Close the program that "
        "writes it and load it again: rows that are in already are recognised."
    )


def _batches(messages: Iterator[dict[str, Any]]) -> Iterator[list[tuple[int, list[Any]]]]:
    for message in messages:
        if "rows" in message:
            yield [(number, cells) for number, cells in message["rows"]]
        elif "end" in message:
            return


def _order(request: Request, scratch: str) -> dict[str, Any]:
    order = {k: v for k, v in asdict(request).items() if k not in ("path", "stamp")}
    known = str(request.known.resolve()) if request.known else ""
    return {**order, "path": str(request.path.resolve()), "known": known, "scratch": scratch}


def _talk(
    request: Request, stamp: Stamp, *, only_list: bool = False
) -> Generator[dict[str, Any], None, None]:
    name = request.name
    with ExitStack() as stack:
        scratch = ""
        if request.path.suffix.lower() == ".zip" and not only_list:
            scratch = stack.enter_context(TemporaryDirectory(prefix="kumppani-"))
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
            order = (
                {"path": str(request.path.resolve()), "list": True} if only_list else _order(request, scratch)
            )
            # A child that cannot even begin closes its end; its exit tells why.
            with suppress(BrokenPipeError):
                child.stdin.write(json.dumps(order) + "\n")
                child.stdin.close()
            for line in child.stdout:
                message = json.loads(line)
                if "at" in message:
                    watch.heard()
                    continue
                watch.stop()
                if "error" in message:
                    ended = True
                    text = f"{name}: {message['error']}"
                    raise Misfit(text, message["headings"]) if message["headings"] else BadInput(text)
                if ("end" in message or "header" in message) and stamp_of(request.path) != stamp:
                    raise changed(name)
                if "end" in message or "members" in message:
                    ended = True
                    yield message
                    return
                yield message
                watch.heard()
            child.wait()
            if watch.fired:
                raise BadInput(
                    f"{name}: reading it took too long and was stopped. The file is very large inside: copy the "
                    "rows that matter into a new file."
                )
            if child.returncode not in _MEMORY:
                raise BadInput(f"{name}: {DAMAGED} (its reader broke off).")
            raise BadInput(
                f"{name}: reading it needs more memory than a table may take (1 GiB). It is damaged, or a "
                "cell stands far away from the table: delete the empty rows and columns and save it anew."
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
