"""Exports over HTTP, sent as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from api import exports
from api.routes.common import Window, described, graph_of

router = APIRouter(prefix="/api/v1", tags=["export"])


class AskedExport(Window):
    format: exports.Format = Field("csv", description="GraphML holds the network of ties.")
    what: exports.What = Field("ties", description="Which rows.")
    department: str | None = Field(None, description="Of ties, contacts and findings.")
    partner: str | None = Field(None, description="Of ties, contacts and findings.")
    kind: str | None = Field(None, description="Of partners.")
    country: str | None = Field(None, description="Of partners.")
    rule: str | None = Field(None, description="Of findings.")
    severity: str | None = Field(None, description="Of findings.")
    status: str | None = Field(None, description="Of findings.")


_RESPONSES = described("export", problems=(400, 404, 422, 503))
_RESPONSES[200]["content"]["text/csv"] = {"schema": {"type": "string"}}
_RESPONSES[200]["content"]["application/graphml+xml"] = {"schema": {"type": "string"}}


@router.get("/export", response_class=StreamingResponse, responses=_RESPONSES)
def export(request: Request, asked: Annotated[AskedExport, Query()]) -> Response:
    """Ties, partners, contacts or findings as a file: CSV, JSON, or GraphML for ties."""
    filters = asked.model_dump(exclude={"format", "what"})
    pieces: Iterator[bytes] = exports.export(graph_of(request), asked.format, asked.what, **filters)
    # The first piece is made here, so that an error is still a problem and not half a file.
    first = next(pieces)
    name = f"kumppani-{asked.what}.{asked.format}"
    return StreamingResponse(
        chain([first], pieces),
        media_type=exports.MEDIA_TYPES[asked.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
