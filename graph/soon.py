"""Work that waits for the store beside work that does not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

_pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="soon")


def soon(work: Callable[[], T]) -> Future[T]:
    """Begin in another thread; `result()` waits for it and raises what it raised. The work must begin no other."""
    return _pool.submit(copy_context().run, work)
