"""The pages: rendered here, on the server; nothing on them comes from another host."""

from __future__ import annotations

from fastapi import FastAPI

from api.pages import acting, assets, entering, loading, review, settling, views, what_if, why_not
from api.pages.errors import error_page

__all__ = ["mount"]


def mount(app: FastAPI) -> None:
    """Add the pages to an application whose `state.graph` is set by the time it answers."""
    for router in (
        views.router,
        acting.router,
        entering.router,
        settling.router,
        what_if.router,
        why_not.router,
        loading.router,
        review.router,
        assets.router,
    ):
        app.include_router(router)
    app.state.load_jobs = loading.Jobs()
    app.state.error_page = error_page
