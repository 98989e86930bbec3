"""Settling a finding in the browser."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.pages.render import page
from api.pages.views import _frame
from graph.errors import BadInput, Changed
from graph.settle import Act

router = APIRouter(include_in_schema=False)


@router.get("/findings/{id}")
def finding(request: Request, id: str) -> Response:
    """One finding with its whole evidence. An id whose records now stand in another finding leads there."""
    return _page(request, id)


def _page(request: Request, id: str, complaint: str = "", status: int = 200, reason: str = "") -> Response:
    graph, code, frame = _frame(request)
    detail = graph.finding(id, language=code)
    if detail.finding.id != id and not complaint:
        return RedirectResponse(f"/findings/{detail.finding.id}", status_code=303)
    made: HTMLResponse = page(
        request,
        "finding.html",
        status,
        detail=detail,
        complaint=complaint,
        reason=reason,
        today=graph.day().isoformat(),
        may_write=graph.viewer.may("editor"),
        **frame,
    )
    return made


@router.post("/findings/{id}/settle")
def settle(
    request: Request,
    id: str,
    action: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    expires: Annotated[str, Form()] = "",
    standing: Annotated[bool, Form()] = False,
    contact: Annotated[list[str] | None, Form()] = None,
    department: Annotated[str, Form()] = "",
    decision: Annotated[str, Form()] = "",
) -> Response:
    """Do it; of two people at once the second sees what the first did, and keeps what was typed."""
    graph, _, _ = _frame(request)
    act = Act(
        action=action,
        reason=reason,
        expires=expires or None,
        standing=standing,
        contacts=tuple(contact or ()),
        department=department or None,
        decision=decision or None,
    )
    try:
        graph.settle(id, act, version=version or "-")
    except Changed as error:
        return _page(request, id, str(error), 412, reason)
    except BadInput as error:
        return _page(request, id, str(error), 400, reason)
    return RedirectResponse(f"/findings/{id}", status_code=303)
