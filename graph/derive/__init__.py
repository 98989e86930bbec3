"""What is derived from facts: TALKS_TO edges and findings, refreshed by scope, rebuilt from nothing."""

from graph.derive.refresh import (
    RebuildReport,
    RefreshReport,
    rebuild,
    refresh,
    refresh_scopes,
    refresh_touched,
)

__all__ = ["RebuildReport", "RefreshReport", "rebuild", "refresh", "refresh_scopes", "refresh_touched"]
