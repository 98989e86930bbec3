"""Entering, changing and deleting records over HTTP: contacts, positions, commitments, resources, materials.

A change carries `If-Match` with the ETag it was made from; when somebody else was first it is a 412 that
shows what the record is now and what the first did.
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.routes.common import JSON, described, graph_of, reply
from graph import answers_acting, forms, schema
from graph.answers import Answer

router = APIRouter(prefix="/api/v1", tags=["records"])

_TYPES: dict[str, Any] = {"int": int, "number": float, "bool": bool, "texts": list[str]}
_CREATE = (400, 403, 413, 422, 503)
_CHANGE = (400, 403, 404, 409, 412, 413, 422, 428, 503)


def precondition(if_match: str | None) -> str:
    """The version that `If-Match` names; 428 without one."""
    if if_match is None or not if_match.strip():
        raise HTTPException(
            428, "Say which version you change: If-Match with the ETag that you read, or * for any."
        )
    return if_match.strip().removeprefix("W/").strip('"')


def tagged(answer: Answer, version: str, status: int = 200) -> Response:
    """An answer whose ETag is the version of what can be edited."""
    # No 304 by this tag: the names beside the record may have changed while the record has not.
    return Response(
        answer.model_dump_json().encode(), status, headers={"ETag": f'"{version}"'}, media_type=JSON
    )


def body_of(label: str) -> type[BaseModel]:
    """The body that enters or changes a record of a label, from the schema and the form."""
    fields: dict[str, Any] = {}
    for p in schema.LABEL[label].properties:
        if p.name in forms.UNASKED:
            continue
        kind: Any = _TYPES.get(p.kind, str)
        if p.kind == "choice":
            kind = Literal[p.choices]
        elif p.kind == "choices":
            one: Any = Literal[p.choices]
            kind = list[one]
        said = "A day, year-month-day." if p.kind == "day" else None
        fields[_safe(p.name)] = (kind | None, Field(None, alias=p.name, description=said))
    for f in forms.FORMS[label]:
        what = f"{f.label}: id or name" + ("s." if f.many else ".")
        fields[f.name] = (list[str] | None if f.many else str | None, Field(None, description=what))
        if f.amount:
            fields[f.amount] = (float | None, Field(None, description=f"The amount of {f.name}."))
    config = ConfigDict(extra="forbid", populate_by_name=True, strict=True)
    made: type[BaseModel] = create_model(f"{label}Fields", __config__=config, **fields)
    return made


def _safe(name: str) -> str:
    # `from` is a word of Python.
    return f"{name}_" if name in ("from", "to") else name


def _add(kind: str, label: str) -> None:
    model = body_of(label)

    def read(request: Request, id: str) -> Response:
        entry = graph_of(request).entry(kind, id)
        return tagged(entry, entry.version)

    def enter(request: Request, fields: Any) -> Response:
        entry = graph_of(request).enter(kind, given(fields))
        made = tagged(entry, entry.version, 201)
        made.headers["Location"] = f"/api/v1/{kind}/{entry.id}"
        return made

    def change(request: Request, id: str, fields: Any, if_match: Any = None) -> Response:
        version = precondition(if_match)
        entry = graph_of(request).change(kind, id, given(fields), version=version)
        return tagged(entry, entry.version)

    def delete(request: Request, id: str, if_match: Any = None) -> Response:
        return reply(request, graph_of(request).delete(kind, id, version=precondition(if_match)))

    works: tuple[Any, ...] = (enter, change, delete)
    for work in works[:2]:
        work.__annotations__["fields"] = model
    for work in works[1:]:
        work.__annotations__["if_match"] = str | None
        work.__defaults__ = (Header(None),)
    one = label.lower()
    for method, path, done, text, responses in (
        ("GET", f"/{kind}/{{id}}", read, f"A {one} as it was entered, with its history.", (404, 503)),
        ("POST", f"/{kind}", enter, f"Enter a {one}.", _CREATE),
        ("PATCH", f"/{kind}/{{id}}", change, f"Change fields of a {one}; null clears one.", _CHANGE),
        ("DELETE", f"/{kind}/{{id}}", delete, f"Delete a {one}. Its history stays.", _CHANGE),
    ):
        answer = answers_acting.Deleted if method == "DELETE" else answers_acting.Entry
        status = 201 if method == "POST" else 200
        router.add_api_route(
            path,
            done,
            methods=[method],
            name=f"{method.lower()}_{one}",
            description=text,
            status_code=status,
            response_model=answer,
            responses=described(
                "deleted" if method == "DELETE" else "entry", problems=responses, status=status
            ),
        )


def given(fields: BaseModel) -> dict[str, Any]:
    """The fields that a body names, null ones as empty."""
    return fields.model_dump(by_alias=True, exclude_unset=True)


for _kind, _label in forms.entered().items():
    _add(_kind, _label)

__all__ = ["given", "precondition", "router", "tagged"]
