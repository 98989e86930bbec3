"""Before you contact, over HTTP: the check, its receipt, and recording the contact that was checked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.routes.common import Asked, described, graph_of, reply
from api.routes.questions import Language
from graph import answers_acting
from graph.questions.check import Question

router = APIRouter(prefix="/api/v1", tags=["check"])

_MANY = "Ids or names; may be given several times."


class AskedCheck(Asked):
    """A contact that somebody thinks of."""

    department: list[str] = Field(description=f"Who makes the contact. {_MANY}", examples=[["KYMP"]])
    partner: str = Field(description="The partner's name in any spelling on record, or its id.")
    date: str = Field(description="The day, year-month-day; not past.", examples=["2026-09-01"])
    end_date: str | None = Field(None, description="The last day, where there are several.")
    takes_part: list[str] = Field(default_factory=list, description="Departments that go along.")
    area: list[str] = Field(default_factory=list, description=f"Priority areas. {_MANY}")
    topic: list[str] = Field(default_factory=list, description=f"Topics. {_MANY}")
    person: list[str] = Field(default_factory=list, description=f"Counterpart persons. {_MANY}")
    purpose: list[str] = Field(
        default_factory=list, description="inform, request, invite, negotiate, fund, represent or learn."
    )
    channel: str | None = Field(None, description="meeting, call, letter, visit_out, …")
    mode: str | None = Field(None, description="in_person, remote or hybrid.")
    approval: str | None = Field(None, description="The approval, where one is needed.")
    summary: str | None = Field(None, description="What it is about, in a few words.")
    confidential: bool = Field(False, description="Whether the contact is to be confidential.")
    language: Language = Field("en", description="Language of explanations.")

    def question(self) -> Question:
        return Question(
            departments=tuple(self.department),
            partner=self.partner,
            date=self.date,
            end_date=self.end_date,
            takes_part=tuple(self.takes_part),
            areas=tuple(self.area),
            topics=tuple(self.topic),
            persons=tuple(self.person),
            purposes=tuple(self.purpose),
            channel=self.channel,
            mode=self.mode,
            approval=self.approval,
            summary=self.summary,
            confidential=self.confidential,
            language=self.language,
        )


class AskedPair(Asked):
    """Two records and a rule."""

    rule: str = Field(description="Any of the fourteen.", examples=["O1"])
    a: str = Field(
        description="Id of a contact; C1: of a position, C2: a commitment, C3: a position or core message, "
        "O7: a network, G1: a commitment or partner."
    )
    b: str = Field(
        "",
        description="Id of another one; C3: of a core message, C4: a restriction, C5: a partner; G1: none.",
    )
    language: Language = Field("en", description="Language of the sentences.")


_CHECK = (400, 403, 413, 422, 503)


@router.get(
    "/check", response_model=answers_acting.Check, responses=described("check", problems=(400, 422, 503))
)
def check(request: Request, asked: Annotated[AskedCheck, Query()]) -> Response:
    """Before you contact: who talks to the partner, what stands against it, and the findings it would lead to."""
    return _checked(request, asked)


@router.post("/check", response_model=answers_acting.Check, responses=described("check", problems=_CHECK))
def check_body(request: Request, asked: AskedCheck) -> Response:
    """The same, asked with a JSON body."""
    return _checked(request, asked)


def _checked(request: Request, asked: AskedCheck) -> Response:
    answer = graph_of(request).check(asked.question())
    # Each has a receipt of its own, so no tag is of use.
    return Response(answer.model_dump_json().encode(), media_type="application/json")


@router.get(
    "/checks/{receipt}",
    response_model=answers_acting.Receipt,
    responses=described("receipt", problems=(404, 503)),
)
def receipt(request: Request, receipt: str) -> Response:
    """What was asked and what was known at that moment. Its author and coordinators may see it."""
    return reply(request, graph_of(request).receipt(receipt))


@router.post(
    "/checks/{receipt}/record",
    response_model=answers_acting.Recorded,
    status_code=201,
    responses=described("recorded", problems=(400, 403, 404, 409, 412, 503), status=201),
)
def record(request: Request, receipt: str) -> Response:
    """Record the planned contact that was checked: it creates just the findings that were foretold.

    When something changed in between nothing is recorded: a 412 carries the check as it would be answered now.
    """
    done = graph_of(request).record(receipt)
    made = reply(request, done, 201)
    made.headers["Location"] = f"/api/v1/contacts/{done.contact.id}"
    return made


@router.get(
    "/why-not",
    response_model=answers_acting.WhyNot,
    responses=described("why-not", problems=(400, 404, 422, 503)),
)
def why_not(request: Request, asked: Annotated[AskedPair, Query()]) -> Response:
    """Which conditions of a rule two records meet, and which they do not."""
    return reply(request, graph_of(request).why_not(asked.rule, asked.a, asked.b, language=asked.language))
