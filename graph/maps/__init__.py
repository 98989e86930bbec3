"""Maps of who talks to whom: positions, the tamed pyvis, one HTML file or a notebook cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.maps.pyvis_map import notebook_html, render_html

__all__ = ["notebook_html", "render_html"]


def __getattr__(name: str) -> Any:
    # Late: drawing brings pyvis and IPython along, which no other question needs.
    if name in __all__:
        from graph.maps import pyvis_map

        return getattr(pyvis_map, name)
    raise AttributeError(f"module 'graph.maps' has no attribute {name!r}")
