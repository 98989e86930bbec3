"""Is the process alive, and can it answer?"""

from __future__ import annotations

import anyio
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from api.problems import Problem

router = APIRouter(tags=["health"])

PATIENCE = 2.0  # seconds that the database has for `RETURN 1` before this is no readiness


@router.get("/healthz", responses={200: {"content": {"application/json": {"example": {"status": "ok"}}}}})
async def healthz() -> Response:
    """The process answers; says nothing about the database."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", responses={200: {"content": {"application/json": {"example": {"status": "ready"}}}}})
async def readyz(request: Request) -> Response:
    """The graph database answers too."""
    store = request.app.state.graph.store
    with anyio.move_on_after(PATIENCE):
        # Abandoned, not awaited, when it is late: the store itself would wait much longer.
        await anyio.to_thread.run_sync(lambda: store.read("RETURN 1 AS one"), abandon_on_cancel=True)
        return JSONResponse({"status": "ready"})
    return Problem(
        503, "store-unavailable", "The graph database does not answer.", headers={"Retry-After": "5"}
    ).response()
