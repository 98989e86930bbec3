"""The review queue in the browser: one pair at a time, by mouse or by keys, and whole groups at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.i18n import choose
from api.pages.render import page
from api.routes.common import graph_of
from graph.answers import ContactCard
from graph.answers_names import Of, Verdict
from graph.errors import BadInput, Conflict
from graph.judgements import JUDGING

router = APIRouter(include_in_schema=False)

SHOWN = 5  # contacts of each side
_VERDICTS: dict[str, Verdict] = {"same": "same", "different": "different", "unsure": "unsure"}
_RECORDS: dict[str, Of] = {"partner": "partner", "person": "person"}
_OF_ALL: dict[str, Literal["same", "different"]] = {"same": "same", "different": "different"}


@router.get("/review")
def review(
    request: Request, rule: str = "", last: str = "", of: str = "partner", partner: str = ""
) -> HTMLResponse:
    """The next pair that waits, of partners or of persons, of one partner where it is named.

    `last` are the two judged before it.
    """
    return _page(request, of, rule, last, partner=partner)


@router.post("/review")
def answer(
    request: Request,
    verdict: Annotated[str, Form()] = "",
    a: Annotated[str, Form()] = "",
    b: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    keep: Annotated[str, Form()] = "",
    rule: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
    of: Annotated[str, Form()] = "partner",
) -> Response:
    """Take one judgement, or take back the one before, and go on."""
    graph = graph_of(request)
    records = _records(of)
    try:
        if verdict == "back":
            one, _, other = last.partition("|")
            graph.take_back(one, other, of=records)
            last = ""
        elif verdict in _VERDICTS:
            graph.judge(a, b, _VERDICTS[verdict], keep=keep, seen=seen, of=records)
            last = f"{a}|{b}"
        else:
            raise BadInput("Say whether the two are the same, different, or unsure.")
    except Conflict as error:
        return _page(request, of, rule, "", str(error), 409)
    except BadInput as error:
        return _page(request, of, rule, "", str(error), 400)
    return RedirectResponse(_address(of, rule, last), status_code=303)


@router.post("/review/all")
def answer_all(
    request: Request,
    verdict: Annotated[str, Form()] = "",
    rule: Annotated[str, Form()] = "",
    of: Annotated[str, Form()] = "partner",
) -> Response:
    """Judge every pair that differs in just this."""
    if verdict not in _OF_ALL:
        return _page(request, of, rule, "", "Say whether all of them are the same, or different.", 400)
    graph_of(request).judge_rule(rule, _OF_ALL[verdict], of=_records(of))
    return RedirectResponse(_address(of), status_code=303)


@router.post("/review/find")
def find(request: Request, of: Annotated[str, Form()] = "partner") -> Response:
    """Look for partners, or persons, recorded twice."""
    graph_of(request).find_duplicates(of=_records(of))
    return RedirectResponse(_address(of), status_code=303)


def _records(of: str) -> Of:
    """What the address asks about: partners, where it says nothing that is known."""
    return _RECORDS.get(of, "partner")


def _address(of: str, rule: str = "", last: str = "") -> str:
    others = _records(of) if _records(of) != "partner" else ""
    asked = {k: v for k, v in (("of", others), ("rule", rule), ("last", last)) if v}
    return "/review" + (f"?{urlencode(asked)}" if asked else "")


def _page(
    request: Request,
    of: str,
    rule: str,
    last: str,
    complaint: str = "",
    status: int = 200,
    partner: str = "",
) -> HTMLResponse:
    graph = graph_of(request)
    graph.viewer.require("editor", JUDGING)
    records = _records(of)
    queue = graph.review(
        of=records,
        rule=rule or None,
        partner=partner or None,
        limit=1,
        language=choose(request).code,
    )
    contacts: dict[str, list[ContactCard]] = {}
    for pair in queue.pairs:
        for record in pair.records:
            contacts[record.id] = graph.contacts(**{records: record.id}, limit=SHOWN).contacts
    shown: dict[str, Any] = {
        "queue": queue,
        "contacts": contacts,
        "rule": rule,
        "last": last,
        "of": records,
        "of_persons": records == "person",
    }
    return page(request, "review.html", status, complaint=complaint, examples=graph.has_examples(), **shown)
