"""What is derived from facts: TALKS_TO edges and findings, refreshed by scope, rebuilt from nothing."""

from graph.derive.refresh import (
    RebuildReport,
    RefreshReport,
    follow_settings,
    rebuild,
    refresh,
    refresh_day,
    refresh_scopes,
    refresh_touched,
)

__all__ = [
    "RebuildReport",
    "RefreshReport",
    "follow_settings",
    "rebuild",
    "refresh",
    "refresh_day",
    "refresh_scopes",
    "refresh_touched",
]
