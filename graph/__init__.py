"""Kumppani's domain: who in the city already talks to this partner, and where dealings overlap or conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.viewer import LOCAL, Viewer

if TYPE_CHECKING:
    from graph.graph import Graph, open_graph

__all__ = ["LOCAL", "Graph", "Viewer", "open_graph"]


def __getattr__(name: str) -> Any:
    # Late, so that a command which needs no store starts without the driver.
    if name in ("Graph", "open_graph"):
        from graph import graph as door

        return getattr(door, name)
    raise AttributeError(f"module 'graph' has no attribute {name!r}")
