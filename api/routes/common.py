"""What every route needs: whose graph, how an answer leaves, and what the description shows."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.problems import MEDIA_TYPE
from graph import Graph
from graph.answers import Answer

JSON = "application/json"


class Asked(BaseModel):
    """Base of the parameters of a route: a misspelt one is an error and not a wider answer."""

    model_config = ConfigDict(extra="forbid")


class Window(Asked):
    """Filters that narrow what is counted."""

    since: str | None = Field(None, description="First day, year-month-day.", examples=["2026-01-01"])
    until: str | None = Field(None, description="Last day, year-month-day.", examples=["2026-12-31"])
    area: str | None = Field(None, description="A priority area: its id or any of its names.")


class ProblemBody(BaseModel):
    """An RFC 9457 problem."""

    type: str = Field(description="urn:kumppani:problem:… (see docs/api.md)")
    title: str
    status: int
    detail: str = Field(description="A sentence to read.")
    incident: str | None = Field(None, description="Of a 500: where in the log the rest is.")
    errors: list[dict[str, str]] | None = Field(None, description="Of a 422: each that does not fit.")


def graph_of(request: Request) -> Graph:
    """The graph as the caller may see it."""
    state = request.app.state
    viewer = state.viewer_for(request)
    graph: Graph = state.graph
    return graph if viewer is graph.viewer else graph.as_viewer(viewer)


def reply(request: Request, answer: Answer, status: int = 200) -> Response:
    """The answer as JSON with its ETag, or 304 when the caller has just this one."""
    return reply_json(request, answer.model_dump_json().encode(), status)


def reply_json(request: Request, body: bytes, status: int = 200) -> Response:
    if request.method != "GET":
        return Response(body, status, media_type=JSON)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    asked = request.headers.get("if-none-match")
    if asked is not None and tag in (t.strip().removeprefix("W/") for t in asked.split(",")):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, status, headers={"ETag": tag}, media_type=JSON)


@lru_cache(maxsize=64)
def example(name: str) -> Any:
    """An example answer, from api/examples; the tests keep it equal to what the route gives."""
    return json.loads(files("api").joinpath("examples", f"{name}.json").read_text(encoding="utf-8"))


def described(
    name: str, *, problems: tuple[int, ...] = (400, 422, 503), status: int = 200
) -> dict[int | str, Any]:
    """The `responses` of a route: an example answer and the problems it may give."""
    said: dict[int | str, Any] = {status: {"content": {JSON: {"example": name}}}}
    for wrong in problems:
        said[wrong] = {
            "description": _WHEN[wrong],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
    return said


def complete(description: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI description with what `described` points at: the examples and the schema of problems.

    Only now, because FastAPI leaves every null out of an example that it is given.
    """
    part = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    description["components"]["schemas"]["ProblemBody"] = part
    for path, methods in description["paths"].items():
        for operation in methods.values():
            done = operation["responses"].get("200") or operation["responses"].get("201") or {}
            content = done.get("content", {}).get(JSON, {})
            if path.startswith("/api/") and "example" in content:
                content["example"] = example(content["example"])
    return description


_WHEN = {
    400: "Something in the question cannot be used; the sentence says what.",
    403: "This viewer may not do that.",
    409: "Somebody else changed it, or other records hold it.",
    412: "It is another version by now; the problem shows what it is and who changed it.",
    428: "If-Match is needed.",
    404: "No such id, or none that this viewer may see.",
    413: "Too large.",
    422: "A parameter is missing, unknown or of the wrong kind.",
    503: "The graph database cannot be reached just now.",
    507: "The disk is full.",
}
