"""Settling findings over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.routes.common import Asked, described, graph_of
from api.routes.entries import precondition, tagged
from api.routes.questions import Spoken
from graph import answers_acting
from graph.settle import Act

router = APIRouter(prefix="/api/v1", tags=["records"])


class Settling(Asked):
    """What is done about a finding."""

    action: Literal["acknowledge", "waive", "comment", "withdraw", "joint", "hand_over", "cancel"]
    reason: str = Field("", description="Why; needed to waive and to comment.")
    expires: str | None = Field(None, description="Last day of a waiver.", examples=["2027-03-01"])
    standing: bool = Field(
        False, description="Of a standing finding: for these departments and this subject."
    )
    contacts: list[str] = Field(
        default_factory=list, description="Which contacts are marked joint, handed over or cancelled."
    )
    department: str | None = Field(None, description="To whom they are handed over; the lead by default.")
    decision: str | None = Field(None, description="The decision that is withdrawn.")


@router.post(
    "/findings/{id}/settle",
    response_model=answers_acting.Settled,
    responses=described("settled", problems=(400, 403, 404, 412, 422, 428, 503)),
)
def settle(
    request: Request,
    id: str,
    act: Settling,
    asked: Annotated[Spoken, Query()],
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Acknowledge, waive, comment, withdraw; or mark contacts joint, hand them over, cancel one.

    `If-Match` carries the ETag of the finding. Of two people who settle it at once the second gets a 412 that
    shows what the first did.
    """
    version = precondition(if_match)
    done = graph_of(request).settle(id, Act(**act.model_dump()), version=version, language=asked.language)
    return tagged(done, done.finding.version)
