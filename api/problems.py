"""Errors as RFC 9457 problems: `application/problem+json`, a sentence to read, never a traceback.

The types are URNs; `detail` is the sentence. An unexpected error carries `incident`, the id under which the
log keeps its traceback.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from graph.errors import (
    BadInput,
    Changed,
    Conflict,
    KumppaniError,
    NotAllowed,
    StoreError,
    StoreUnavailable,
    Unknown,
)

log = structlog.get_logger("kumppani.api")

MEDIA_TYPE = "application/problem+json"

_OF_ERROR: tuple[tuple[type[KumppaniError], int, str], ...] = (
    (BadInput, 400, "bad-input"),
    (Unknown, 404, "unknown"),
    (NotAllowed, 403, "not-allowed"),
    (Changed, 412, "precondition-failed"),
    (Conflict, 409, "conflict"),
    (StoreUnavailable, 503, "store-unavailable"),
    (StoreError, 500, "store"),
)
_OF_STATUS = {
    400: "bad-input",
    403: "not-allowed",
    404: "unknown",
    405: "method-not-allowed",
    409: "conflict",
    412: "precondition-failed",
    413: "too-large",
    415: "unsupported-media-type",
    421: "wrong-host",
    422: "bad-input",
    428: "precondition-required",
    503: "store-unavailable",
    507: "disk-full",
}
_SENTENCES = {
    404: "There is no such address. The routes are described at /api/v1/openapi.json.",
    405: "This address does not take that method.",
    400: "The request could not be read: its body is not what its Content-Type says.",
}


@dataclass(frozen=True)
class Problem:
    """One problem: `kind` is the last part of its type URN, `extra` goes beside the standard members."""

    status: int
    kind: str
    detail: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    def body(self) -> dict[str, Any]:
        return {
            "type": f"urn:kumppani:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }

    def response(self) -> Response:
        """The problem as JSON; ASCII, so that no half of a surrogate pair can break the answer."""
        return Response(
            json.dumps(self.body()), self.status, headers=dict(self.headers), media_type=MEDIA_TYPE
        )


def of_error(error: KumppaniError) -> Problem:
    """The problem of an error in words."""
    for kind, status, name in _OF_ERROR:
        if isinstance(error, kind):
            headers = {"Retry-After": "5"} if status == 503 else {}
            current = getattr(error, "current", None)
            extra = {"current": current.model_dump(mode="json")} if isinstance(current, BaseModel) else {}
            return Problem(status, name, str(error), extra, headers=headers)
    return Problem(500, "internal", str(error))


def of_unexpected(error: BaseException, path: str) -> Problem:
    """The problem of an error nobody foresaw; its traceback goes to the log, under the incident id."""
    if isinstance(error, OSError) and error.errno == 28:
        log.error("disk full", path=path, exc_info=error)
        return Problem(507, "disk-full", "The disk is full. Make room, then send the same request again.")
    incident = secrets.token_hex(6)
    log.error("unexpected error", incident=incident, path=path, exc_info=error)
    return Problem(
        500,
        "internal",
        f"Something went wrong here, not with you. The log knows it as incident {incident}.",
        {"incident": incident},
    )


def answer(request: Request, problem: Problem) -> Response:
    """The problem in the form that fits who asked: JSON, or a page when the pages gave a way to make one.

    `app.state.error_page`, where set, is `(request, status, title, detail) -> Response`.
    """
    page = getattr(request.app.state, "error_page", None)
    path = request.url.path
    if page is not None and not path.startswith("/api/") and path not in ("/healthz", "/readyz"):
        made: Response = page(request, problem.status, problem.title, problem.detail)
        made.headers.update(problem.headers)
        return made
    return problem.response()


def _validation(error: RequestValidationError) -> Problem:
    """What does not fit, one entry a place; what was sent is not repeated."""
    errors = []
    for e in error.errors():
        place = ".".join(str(x) for x in e["loc"])
        message = str(e["msg"]).split(", ")[0] + "."
        if e["type"] == "extra_forbidden":
            message = "There is no such parameter."
        elif e["type"] == "json_invalid":
            place, message = "body", f"This is not JSON, from character {e['loc'][-1]} on."
        elif e["type"] == "missing":
            message = "This is required."
        errors.append({"where": place, "message": message})
    first = errors[0] if errors else {"where": "request", "message": "It does not fit."}
    name = str(first["where"]).split(".", 1)[-1]
    return Problem(422, "bad-input", f"{name}: {first['message']}", {"errors": errors})


def install(app: FastAPI) -> None:
    """Every error of the application through `answer`."""

    @app.exception_handler(KumppaniError)
    def known(request: Request, error: Exception) -> Response:
        if isinstance(error, StoreError):
            log.warning("store error", path=request.url.path, error=str(error))
        if not isinstance(error, KumppaniError):
            return answer(request, of_unexpected(error, request.url.path))
        return answer(request, of_error(error))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            return answer(request, of_unexpected(error, request.url.path))
        return answer(request, _validation(error))

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return answer(request, of_unexpected(error, request.url.path))
        status = error.status_code
        phrase = HTTPStatus(status).phrase
        # A bare phrase is the framework's, and so is what it says of a body it cannot read.
        framework = error.detail == phrase or status == 400
        detail = _SENTENCES.get(status, phrase) if framework else error.detail
        kind = _OF_STATUS.get(status, "http")
        return answer(request, Problem(status, kind, detail, headers=error.headers or {}))
