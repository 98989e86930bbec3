"""What a complete source has no longer: marked as ended, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loaders.kinds import MAIN
from loaders.mapping import Mapping
from loaders.seen import Seen

if TYPE_CHECKING:
    from graph import Graph


def end_missing(graph: Graph, mapping: Mapping, load: str, files: Sequence[Seen]) -> list[str]:
    """Mark records of the source that no row of the files is about; what is worth saying of it."""
    if any(seen.keyless for seen in files):
        return [
            "Nothing was marked as ended, because some rows could not be read: they may be about records that "
            "seem to be missing. Mend them and load the files again."
        ]
    ended = 0
    for label in MAIN[mapping.kind]:
        missing = [
            id
            for id, key, digest in graph.sourced(label, mapping.source)
            if not any(seen.speaks_of(key, digest) for seen in files)
        ]
        ended += graph.end_records(label, missing, load=load)
    return [f"{ended:,} records that the files no longer have were marked as ended."] if ended else []
