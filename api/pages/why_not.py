"""Why not: which conditions of a rule two records meet, for whoever wonders why they are no finding."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.pages.render import page
from api.pages.views import _frame, _rule_titles
from graph.errors import BadInput, Unknown

router = APIRouter(include_in_schema=False)


@router.get("/why-not")
def why_not(request: Request, rule: str = "O1", a: str = "", b: str = "") -> HTMLResponse:
    """The form, and the answer under it once records are named; an address may fill it in."""
    graph, code, frame = _frame(request)
    complaint, status, answer = "", 200, None
    a, b = a.strip(), b.strip()
    if a:
        try:
            answer = graph.why_not(rule, a, b, language=code)
        except BadInput as error:
            complaint, status = str(error), 400
        except Unknown as error:
            complaint, status = str(error), 404
    return page(
        request,
        "why_not.html",
        status,
        rule=rule,
        a=a,
        b=b,
        answer=answer,
        complaint=complaint,
        rules=_rule_titles(code),
        **frame,
    )
