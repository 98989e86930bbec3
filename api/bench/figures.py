"""Measured figures: what they stand beside, what is aimed at, and the table they are printed in."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ASKED = 400  # questions timed
WARM_UP = ASKED  # each of them once before


@dataclass(frozen=True)
class Line:
    """A measured thing: its figures, what it stands beside, the ratio and the aim."""

    what: str
    figure: str
    beside: str = ""
    ratio: float | None = None
    aim: float | None = None
    unit: str = "x"
    least: bool = False  # the aim is to be reached from above


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak() -> float:
    """Resident megabytes of this process at most.

    Where the kernel tells it: `getrusage` also counts what the process that started this one had.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _quantiles(times: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return 1000 * cuts[49], 1000 * cuts[98]


def times(work: Callable[[int], Any], n: int = ASKED) -> tuple[float, float]:
    for k in range(WARM_UP):
        work(k)
    return _quantiles([timed(lambda k=k: work(k)) for k in range(n)])  # type: ignore[misc]


def show(console: Console, title: str, lines: list[Line]) -> None:
    table = Table(title=title, title_justify="left")
    for heading in ("measured", "figure", "beside it", "ratio or value", "to reach", ""):
        table.add_column(heading)
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f} {line.unit}"
        aim, met = "", ""
        if line.aim is not None:
            aim = f"{'≥' if line.least else '≤'} {line.aim:g} {line.unit}"
        if line.aim is not None and line.ratio is not None:
            met = "met" if (line.ratio >= line.aim if line.least else line.ratio <= line.aim) else "not met"
        table.add_row(line.what, line.figure, line.beside, ratio, aim, met)
    console.print(table)
