"""The JSON routes under /api/v1, and the two that tell whether the service is well."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes import checking, entries, exports, health, judgements, loads, questions, settling

PREFIX = "/api/v1"


def routers() -> tuple[APIRouter, ...]:
    """Every router of the API, to be included in an application."""
    return (
        questions.router,
        checking.router,
        entries.router,
        settling.router,
        judgements.router,
        loads.router,
        exports.router,
        health.router,
    )


__all__ = ["PREFIX", "routers"]
