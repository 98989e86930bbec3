"""The web application: JSON routes, pages, and what stands before both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI, Request

from api import problems, routes, security
from api.pages import mount
from api.routes.common import complete
from graph import LOCAL, Graph, Viewer
from graph.settings import Settings

DESCRIPTION = """Who among us already talks to this partner, about what, and does a contact overlap or
contradict another? Days are ISO 8601 text, ids opaque text. Lists come in pages: give `next` back as
`cursor`. Errors are RFC 9457 problems."""


def create_app(
    graph: Graph | None = None,
    settings: Settings | None = None,
    viewer_for: Callable[[Request], Viewer] | None = None,
    *,
    trust_network: bool = False,
) -> FastAPI:
    """The application.

    Args:
        graph: an open graph, which the caller closes; without one the application opens its own when it
            starts and closes it when it stops.
        settings: read from the environment by default.
        viewer_for: who asks. Without it there is no sign-in: everybody is the local viewer with all rights,
            and callers from other machines are refused unless `trust_network` says that something in front
            keeps strangers out.
    """
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if graph is not None:
            yield
            return
        from graph import open_graph

        opened = await anyio.to_thread.run_sync(lambda: open_graph(settings=settings))
        app.state.graph = opened
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(opened.close)

    app = FastAPI(
        title="Kumppani",
        version=_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        # The stock documentation pages load their script from another host.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.viewer_for = viewer_for or (lambda request: LOCAL)
    if graph is not None:
        app.state.graph = graph
    problems.install(app)
    for router in routes.routers():
        app.include_router(router)
    mount(app)
    _describe(app)
    app.add_middleware(
        security.Guard,
        hosts=security.hosts_allowed(settings.host, settings.allowed_hosts),
        loopback_only=viewer_for is None and not trust_network,
    )
    return app


def _describe(app: FastAPI) -> None:
    made = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(made())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _version() -> str:
    from importlib.metadata import version

    return version("kumppani")
