"""The digests of all records of a source that the store has."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from graph.soon import soon
from loaders.kinds import MAIN
from loaders.mapping import Mapping

if TYPE_CHECKING:
    from graph import Graph

LARGE = 1 << 20  # bytes of a file whose rows are many, without looking


def stored_digests(graph: Graph, mapping: Mapping, load: str = "") -> tuple[set[int], set[int]]:
    """Those of all records of the mapping's source, and those among them that one load wrote."""
    found = [graph.digests(label, mapping.source, load) for label in MAIN[mapping.kind]]
    return {d for all, _ in found for d in all}, {d for _, own in found for d in own}


def digests_ahead(graph: Graph, mapping: Mapping, paths: Sequence[Path]) -> Future[set[int]] | None:
    """The first of them, asked for while a large file is being opened."""
    with suppress(OSError):
        if max((path.stat().st_size for path in paths), default=0) >= LARGE:
            return soon(lambda: stored_digests(graph, mapping)[0])
    return None
