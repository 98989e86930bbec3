"""What a supervisor is told when it is started."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Order:
    """The command line of a supervisor.

    Attributes:
        data, cache: folders, absolute.
        version: the Neo4j release.
        port: 0 for any free one.
        heap_mb: of Neo4j.
        idle_seconds: the server stops so long after its last user left.
    """

    data: str
    cache: str
    version: str
    port: int
    heap_mb: int
    idle_seconds: float

    def to_json(self) -> str:
        """For the command line; nothing in it is secret."""
        return json.dumps(asdict(self))
