"""A Neo4j Community of our own, fetched once, run beside Kumppani and shared by all its programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.local.artifacts import VERSIONS

if TYPE_CHECKING:
    from graph.local.server import Lease, Server, Status, acquire, start, status, stop

__all__ = ["VERSIONS", "Lease", "Server", "Status", "acquire", "start", "status", "stop"]


def __getattr__(name: str) -> Any:
    # Late, so that the supervisor, which stays for long, does not carry what only its users need.
    if name in __all__:
        from graph.local import server

        return getattr(server, name)
    raise AttributeError(f"module 'graph.local' has no attribute {name!r}")
