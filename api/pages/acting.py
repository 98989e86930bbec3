"""Before you contact: the form, the answer with its receipt, and recording the contact that was checked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.pages.render import page
from api.pages.views import _frame, _rule_titles
from graph.answers_acting import Check
from graph.errors import BadInput, Changed
from graph.questions.check import Question, question_of
from graph.schema import CHANNELS, PURPOSES

router = APIRouter(include_in_schema=False)

_ONE = ("partner", "date", "end_date", "channel", "approval", "summary", "person")
_MANY = ("department", "takes_part", "area", "topic", "purpose")


@router.get("/check")
def form(request: Request) -> HTMLResponse:
    """The form; an address may fill it in."""
    given = request.query_params
    asked: dict[str, Any] = {name: given.get(name, "") for name in _ONE}
    asked |= {name: given.getlist(name) for name in _MANY}
    return _form(request, asked | {"confidential": bool(given.get("confidential"))})


def _form(request: Request, asked: dict[str, Any], complaint: str = "", status: int = 200) -> HTMLResponse:
    graph, _, frame = _frame(request)
    return page(
        request,
        "check.html",
        status,
        asked=asked,
        complaint=complaint,
        channels=CHANNELS,
        purposes=PURPOSES,
        today=graph.day().isoformat(),
        **frame,
    )


@router.post("/check")
def ask(
    request: Request,
    partner: Annotated[str, Form()] = "",
    date: Annotated[str, Form()] = "",
    end_date: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = "",
    approval: Annotated[str, Form()] = "",
    summary: Annotated[str, Form()] = "",
    person: Annotated[str, Form()] = "",
    department: Annotated[list[str] | None, Form()] = None,
    takes_part: Annotated[list[str] | None, Form()] = None,
    area: Annotated[list[str] | None, Form()] = None,
    topic: Annotated[list[str] | None, Form()] = None,
    purpose: Annotated[list[str] | None, Form()] = None,
    confidential: Annotated[bool, Form()] = False,
) -> Response:
    """Check, and show the answer under its receipt's own address."""
    graph, code, _ = _frame(request)
    question = Question(
        departments=tuple(department or ()),
        partner=partner,
        date=date,
        end_date=end_date or None,
        takes_part=tuple(takes_part or ()),
        areas=tuple(area or ()),
        topics=tuple(topic or ()),
        persons=(person,) if person.strip() else (),
        purposes=tuple(purpose or ()),
        channel=channel or None,
        approval=approval or None,
        summary=summary or None,
        confidential=confidential,
        language=code,
    )
    try:
        answer = graph.check(question)
    except BadInput as error:
        return _form(request, _asked(question), str(error), 400)
    return RedirectResponse(f"/checks/{answer.receipt}", status_code=303)


def _asked(q: Question) -> dict[str, Any]:
    """A question as the fields of the form."""
    return {
        "partner": q.partner,
        "date": q.date,
        "end_date": q.end_date or "",
        "channel": q.channel or "",
        "approval": q.approval or "",
        "summary": q.summary or "",
        "person": ", ".join(q.persons),
        "department": list(q.departments),
        "takes_part": list(q.takes_part),
        "area": list(q.areas),
        "topic": list(q.topics),
        "purpose": list(q.purposes),
        "confidential": q.confidential,
    }


@router.get("/checks/{receipt}")
def answer(request: Request, receipt: str) -> HTMLResponse:
    """What was answered, and what was known then."""
    return _answer(request, receipt)


def _answer(request: Request, receipt: str, complaint: str = "", status: int = 200) -> HTMLResponse:
    graph, code, frame = _frame(request)
    kept = graph.receipt(receipt)
    return page(
        request,
        "check_answer.html",
        status,
        kept=kept,
        answer=kept.answer,
        asked=_asked(question_of(kept.question)),
        complaint=complaint,
        rules=_rule_titles(code),
        **frame,
    )


@router.post("/checks/{receipt}/record")
def record(request: Request, receipt: str) -> Response:
    """Record the planned contact."""
    graph, _, _ = _frame(request)
    try:
        done = graph.record(receipt)
    except Changed as error:
        fresh = error.current
        if not isinstance(fresh, Check):
            raise
        return _answer(request, fresh.receipt, str(error), 412)
    return RedirectResponse(f"/contacts/{done.contact.id}", status_code=303)
