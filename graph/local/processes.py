"""Which process is which: a pid alone is used again, after a reboot at the latest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Process:
    """One process for good: its pid and a mark of when it was born."""

    pid: int
    born: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs (one that only waits to be reaped does not)."""
        return find(self.pid) == self

    def as_dict(self) -> dict[str, Any]:
        """For a state or lease file."""
        return asdict(self)


def parse(value: Any) -> Process | None:
    """What `as_dict` wrote, or None for anything else."""
    if (
        isinstance(value, Mapping)
        and isinstance(value.get("pid"), int)
        and isinstance(value.get("born"), str)
    ):
        return Process(value["pid"], value["born"])
    return None


@lru_cache(maxsize=1)
def _boot() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def find(pid: int) -> Process | None:
    """The process that has this pid now, or None."""
    if _boot():
        # Ticks since boot: unlike the hour of the day they do not move when somebody sets the clock.
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        # Killed but with threads left that still hold its port and its files: not gone yet.
        gone = fields[0] in ("Z", "X") and int(fields[17]) <= 1
        return None if gone else Process(pid, f"{_boot()}:{fields[19]}")
    try:
        process = psutil.Process(pid)
        gone = process.status() == psutil.STATUS_ZOMBIE
        return None if gone else Process(pid, f"{process.create_time():.2f}")
    except psutil.Error:
        return None


def this() -> Process:
    """The calling process."""
    found = find(os.getpid())
    if found is None:
        raise RuntimeError("This system does not let a process see itself.")
    return found


def end(process: Process, patience: float) -> None:
    """Ask a process to end, and make it end after `patience` seconds; with no patience it is not asked."""
    if not process.alive:
        return
    try:
        handle = psutil.Process(process.pid)
        if patience:
            handle.terminate()
        try:
            handle.wait(patience)
        except psutil.TimeoutExpired:
            handle.kill()
            handle.wait(10)
    except psutil.NoSuchProcess:
        return
