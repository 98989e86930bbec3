"""A Neo4j Community of our own, fetched once, run beside Kumppani and shared by all its programs."""

from __future__ import annotations

from graph.local.artifacts import VERSIONS
from graph.local.server import Lease, Server, Status, acquire, start, status, stop

__all__ = ["VERSIONS", "Lease", "Server", "Status", "acquire", "start", "status", "stop"]
