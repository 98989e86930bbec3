"""For analysts: what the rules would find with another threshold."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.pages.render import page
from api.pages.views import _frame, _rule_titles
from graph.errors import BadInput
from graph.questions.what_if import numbers

router = APIRouter(include_in_schema=False)

LEAST = 120  # the slider goes as far as this, or to twice what is set


@router.get("/what-if")
def what_if(request: Request, threshold: str = "O1.days", value: str = "") -> HTMLResponse:
    """A slider for one threshold, and the counts beside those of now."""
    graph, code, frame = _frame(request)
    there = numbers(graph.rules)
    complaint, answer = "", None
    if value:
        try:
            answer = graph.what_if(f"{threshold}:{value}")
        except BadInput as error:
            complaint = str(error)
    now = there.get(threshold, 0)
    return page(
        request,
        "what_if.html",
        400 if complaint else 200,
        thresholds=there,
        threshold=threshold,
        now=now,
        value=value if value.isascii() and value.isdigit() else str(now),
        most=max(LEAST, 2 * now),
        answer=answer,
        complaint=complaint,
        rules=_rule_titles(code),
        **frame,
    )
