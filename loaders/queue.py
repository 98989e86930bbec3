"""Rows on their way to the store: whole rows to one writing thread, in batches that take about as long each."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

AIM = 1.5  # seconds that a transaction should take
LEAST, FIRST, MOST = (
    200,
    2_000,
    8_000,
)  # facts in one transaction; so many at once, the memory of the store allows
IDLE = 0.2  # seconds that a few rows wait for others while nothing is being written
AHEAD = 2  # batches that may wait for the store while the next rows are read

Row = TypeVar("Row")
Ready = TypeVar("Ready")
Outcome = TypeVar("Outcome")


class Queue(Generic[Row, Ready, Outcome]):
    """Hands batches on in order: a row may link to what the batch before it creates.

    How many facts go into a batch follows from how long the last one took, so that a slow store is not given
    more than it can take in time, and a fast one is not kept waiting for round trips.
    """

    def __init__(
        self,
        ready: Callable[[list[Row]], Ready],
        write: Callable[[list[Row], Ready], list[Outcome]],
        settle: Callable[[list[Row], list[Outcome]], None],
    ) -> None:
        self._ready = ready
        self._write = write
        self._settle = settle
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="write")
        self._waiting: deque[tuple[list[Row], Ready, Future[list[Outcome]]]] = deque()
        self._batch: list[Row] = []
        self._size = 0
        self._since = 0.0  # when the first row of the batch came
        self.limit = FIRST

    def __enter__(self) -> Queue[Row, Ready, Outcome]:
        return self

    def add(self, row: Row, size: int) -> None:
        """Add a row that comes to so many facts."""
        if not self._batch:
            self._since = time.perf_counter()
        self._batch.append(row)
        self._size += size
        if self._size >= self.limit or self._lingers():
            self._submit()
            while len(self._waiting) > AHEAD:
                self._one()

    def _lingers(self) -> bool:
        """Whether rows come so seldom that those there are may go, as nothing else is on its way."""
        late = self._size < LEAST and time.perf_counter() - self._since > IDLE
        return late and (not self._waiting or self._waiting[-1][2].done())

    def _timed(self, rows: list[Row], ready: Ready, size: int) -> list[Outcome]:
        start = time.perf_counter()
        outcomes = self._write(rows, ready)
        taken = time.perf_counter() - start
        if size >= LEAST:
            wanted = int(size * AIM / max(taken, 0.001))
            # Half the way only: one slow transaction says little.
            self.limit = max(LEAST, min(MOST, (self.limit + wanted) // 2))
        return outcomes

    def _submit(self) -> None:
        if self._batch:
            ready = self._ready(self._batch)
            future = self._pool.submit(self._timed, self._batch, ready, self._size)
            self._waiting.append((self._batch, ready, future))
            self._batch, self._size = [], 0

    def _one(self) -> None:
        rows, _, future = self._waiting.popleft()
        self._settle(rows, future.result())

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if kind is None:
                self._submit()
            else:
                # What no thread has begun is not begun; what is under way is counted.
                for _, _, future in self._waiting:
                    future.cancel()
            while self._waiting:
                if self._waiting[0][2].cancelled():
                    self._waiting.popleft()
                else:
                    self._one()
        finally:
            self._pool.shutdown(cancel_futures=True)
