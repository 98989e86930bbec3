"""Questions over HTTP: each route dresses the answer of one method of `graph.Graph`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.routes.common import Asked, Window, described, graph_of, reply, reply_json
from api.routes.entries import tagged
from graph import answers, answers_acting
from graph.errors import BadInput

router = APIRouter(prefix="/api/v1", tags=["questions"])

Language = Literal["en", "fi", "sv"]
_LIMIT = "How many at most, 1 to 1,000."
_CURSOR = "`next` of the page before."
_DEPARTMENT = "A department: its id or any of its names."
_PARTNER = "A partner: its id, or a name that leads to one partner only."


class AskedName(Window):
    name: str = Field(
        description="The partner's name in any spelling on record, or its id.", examples=["Tukholma"]
    )


class AskedNames(Window):
    """Up to 1,000 names."""

    names: list[str] = Field(description="1 to 1,000 names.", examples=[["Tukholma", "Tallinn"]])


class AskedPairs(Window):
    department: str | None = Field(None, description=_DEPARTMENT)
    partner: str | None = Field(None, description=_PARTNER)
    limit: int = Field(100, description=_LIMIT)
    cursor: str | None = Field(None, description=_CURSOR)


class AskedPartners(Asked):
    query: str = Field("", description="Words of a name; empty lists all.")
    kind: str | None = Field(None, description="city, region, state, company, …")
    country: str | None = Field(None, description="ISO 3166-1, two letters.")
    limit: int = Field(50, description=_LIMIT)
    cursor: str | None = Field(None, description=_CURSOR)


class Spoken(Asked):
    language: Language = Field("en", description="Language of explanations.")


class AskedFindings(Spoken):
    rule: str | None = Field(None, description="O1, C1, C4, …")
    partner: str | None = Field(None, description=_PARTNER)
    department: str | None = Field(None, description=_DEPARTMENT)
    severity: str | None = Field(None, description="This severity or a higher one.")
    status: str | None = Field(None, description="open, acknowledged, waived or resolved.")
    what_if: str | None = Field(
        None,
        description="Thresholds to try, such as O1.days:30: counts by rule and month, and nothing is stored.",
        examples=["O1.days:30"],
    )
    limit: int = Field(50, description=_LIMIT)
    cursor: str | None = Field(None, description=_CURSOR)


class AskedMap(Window):
    partner: str | None = Field(None, description=_PARTNER + " The map then shows what is around it.")
    hops: int = Field(1, description="How far around the partner.")
    department: str | None = Field(None, description=_DEPARTMENT)
    limit: int = Field(200, description="Nodes drawn one by one at most; the rest is drawn together.")
    language: Language = Field("en", description="Language of the title.")


@router.get(
    "/who-talks-to",
    response_model=answers.WhoTalksTo,
    responses=described("who-talks-to"),
    name="who_talks_to",
)
def who_talks_to(request: Request, asked: Annotated[AskedName, Query()]) -> Response:
    """Who among us already talks to this partner. An unknown name is an answer with candidates."""
    answer = graph_of(request).who_talks_to(asked.name, since=asked.since, until=asked.until, area=asked.area)
    return reply(request, answer)


@router.post(
    "/who-talks-to",
    response_model=answers.WhoTalksToMany,
    responses=described("who-talks-to-many", problems=(400, 403, 413, 422, 503)),
)
def who_talks_to_many(request: Request, asked: AskedNames) -> Response:
    """The same for up to 1,000 names at once, answers in the order of the names."""
    answer = graph_of(request).who_talks_to_many(
        asked.names, since=asked.since, until=asked.until, area=asked.area
    )
    return reply(request, answer)


@router.get("/ties", response_model=answers.Ties, responses=described("ties", problems=(400, 404, 422, 503)))
def ties(request: Request, asked: Annotated[AskedPairs, Query()]) -> Response:
    """All department-partner pairs, a page at a time."""
    return reply(request, graph_of(request).ties(**asked.model_dump()))


@router.get("/partners", response_model=answers.Partners, responses=described("partners"))
def partners(request: Request, asked: Annotated[AskedPartners, Query()]) -> Response:
    """Partners by name or search."""
    filters = asked.model_dump()
    return reply(request, graph_of(request).partners(filters.pop("query"), **filters))


@router.get(
    "/partners/{id}",
    response_model=answers.PartnerCard,
    responses=described("partner", problems=(404, 422, 503)),
)
def partner(request: Request, id: str, asked: Annotated[Spoken, Query()]) -> Response:
    """Everything about one partner that fits on a page."""
    return reply(request, graph_of(request).partner(id, language=asked.language))


@router.get(
    "/contacts",
    response_model=answers.Contacts,
    responses=described("contacts", problems=(400, 404, 422, 503)),
)
def contacts(request: Request, asked: Annotated[AskedPairs, Query()]) -> Response:
    """Contacts one by one, newest first."""
    return reply(request, graph_of(request).contacts(**asked.model_dump()))


@router.get(
    "/findings",
    response_model=answers.Findings | answers_acting.WhatIf,
    responses=described("findings", problems=(400, 404, 422, 503)),
)
def findings(request: Request, asked: Annotated[AskedFindings, Query()]) -> Response:
    """Overlaps and conflicts, live and severe ones first; with `what_if` how many there would be."""
    filters = asked.model_dump(exclude={"what_if"})
    if asked.what_if is not None:
        narrowed = [n for n in asked.model_fields_set if n not in ("what_if", "language")]
        if narrowed:
            raise BadInput(f"What-if counts all findings: leave out {', '.join(sorted(narrowed))}.")
        return reply(request, graph_of(request).what_if(asked.what_if))
    return reply(request, graph_of(request).findings(**filters))


@router.get(
    "/findings/{id}",
    response_model=answers.FindingDetail,
    responses=described("finding", problems=(404, 422, 503)),
)
def finding(request: Request, id: str, asked: Annotated[Spoken, Query()]) -> Response:
    """One finding with its whole evidence and the rule that found it. Its ETag is what settling names."""
    detail = graph_of(request).finding(id, language=asked.language)
    return tagged(detail, detail.version)


@router.get(
    "/map", response_model=answers.NetworkMap, responses=described("map", problems=(400, 404, 422, 503))
)
def map_(request: Request, asked: Annotated[AskedMap, Query()]) -> Response:
    """The network map: nodes with their positions, and edges."""
    return reply(request, graph_of(request).map(**asked.model_dump()))


@router.get("/schema", responses=described("schema", problems=()))
def schema(request: Request) -> Response:
    """JSON Schema of every answer, by name."""
    return reply_json(request, _schema())


@lru_cache(maxsize=1)
def _schema() -> bytes:
    import json

    return json.dumps(answers.schema(), ensure_ascii=False).encode()
