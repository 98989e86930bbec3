"""Logging: everything to a file in the data folder, warnings to stderr too; tracebacks to the file only."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from filelock import FileLock

MOST_BYTES = 5_000_000
KEPT = 5


def folder(data: Path) -> Path:
    """Where the log files of a data folder are."""
    return data / "logs"


class SharedFileHandler(RotatingFileHandler):
    """A rotating file that several processes write to: one of them turns it over, the others follow."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
        self._turning = FileLock(f"{path}.lock")

    def emit(self, record: logging.LogRecord) -> None:
        if self.stream is not None and self._moved():
            self.stream.close()
            self.stream = None  # opened again by the next write, as with delay
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802
        with self._turning:
            if self._moved():
                if self.stream is not None:
                    self.stream.close()
                self.stream = self._open()
            else:
                super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        # A full disk must not stop the work, nor print the traceback the base class prints.
        print(f"kumppani: warning: the log file takes nothing: {sys.exc_info()[1]}", file=sys.stderr)

    def _moved(self) -> bool:
        if self.stream is None:
            return False
        try:
            there = os.stat(self.baseFilename)  # noqa: PTH116
        except FileNotFoundError:
            return True
        ours = os.fstat(self.stream.fileno())
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)


class Lines(logging.Formatter):
    """One JSON object a line, the traceback of an error in it."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = getattr(record, "said", {})
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "event": record.getMessage(),
            **said,
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=repr)


class Warnings(logging.Formatter):
    """A short line for a person at a terminal, without tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = getattr(record, "said", {})
        rest = " ".join(f"{k}={v!r}" for k, v in said.items())
        return f"kumppani: {record.levelname.lower()}: {record.getMessage()} {rest}".rstrip()


def _hand_over(_: Any, __: str, event: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    """The last processor: a call of the standard library's logger."""
    return (str(event.pop("event")),), {
        "exc_info": event.pop("exc_info", None),
        "stack_info": event.pop("stack_info", None),
        "extra": {"said": dict(event)},
    }


def configure(data: Path, name: str, *, console: int = logging.WARNING) -> Path | None:
    """Send the logs of this process to `logs/NAME.log` in the data folder; the path of the file.

    Args:
        console: the lowest level that is shown on stderr.

    Returns:
        None when the folder cannot be written: the logs then go to stderr alone.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        if getattr(handler, "kumppani", False):
            root.removeHandler(handler)
            handler.close()
    shown = logging.StreamHandler(sys.stderr)
    shown.setLevel(console)
    shown.setFormatter(Warnings())
    handlers: list[logging.Handler] = [shown]
    path: Path | None = folder(data) / f"{name}.log"
    try:
        folder(data).mkdir(parents=True, exist_ok=True)
        kept = SharedFileHandler(folder(data) / f"{name}.log")
        kept.setFormatter(Lines())
        handlers.append(kept)
    except OSError as error:
        path = None
        print(f"kumppani: warning: no log file: {error}", file=sys.stderr)
    for handler in handlers:
        handler.kumppani = True  # type: ignore[attr-defined]
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for noisy in ("neo4j", "httpx", "asyncio", "matplotlib", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _hand_over],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return path
