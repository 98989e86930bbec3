"""Which records are one partner, or one person, over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.routes.common import Asked, described, graph_of, reply
from api.routes.questions import Language
from graph import answers_names

router = APIRouter(prefix="/api/v1/names", tags=["names"])


_OF = "What the records are of: partner or person."


class AskedJudgements(Asked):
    of: answers_names.Of = Field("partner", description=_OF)
    partner: str | None = Field(None, description="Only those on the records of this partner: its id.")
    person: str | None = Field(None, description="Only those on the records of this person: its id.")
    limit: int = Field(100, description="How many at most, 1 to 1,000.")
    cursor: str | None = Field(None, description="`next` of the page before.")


class NewJudgement(Asked):
    """A judgement on two records of partners, or of persons."""

    of: answers_names.Of = Field("partner", description=_OF)
    a: str = Field(description="Id of a record.", examples=["p-stockholm"])
    b: str = Field(description="Id of another.", examples=["p-stockholms-stad"])
    verdict: answers_names.Verdict
    why: str = Field("", description="The reason, for whoever looks at it later.")
    keep: str = Field("", description="Which of the two stands for both; the one recorded first by default.")
    seen: str = Field(
        "", description="The judgement in the queue that this one answers; 409 after a newer one."
    )


class Apart(Asked):
    """A record to take out of its cluster."""

    of: answers_names.Of = Field("partner", description=_OF)
    record: str = Field(description="Id of the record.")
    why: str = Field("", description="The reason, for whoever looks at it later.")


class AskedMatch(Asked):
    text: str = Field(description="A name as it was written.", examples=["Tukholma"])
    kind: str | None = Field(
        None, description="city, company, …: what it is the name of, where that is known."
    )
    country: str | None = Field(None, description="ISO 3166-1, two letters.")
    language: Language = Field("en", description="Language of the reasons.")
    limit: int = Field(10, description="How many at most, 1 to 100.")


@router.get(
    "/match",
    response_model=answers_names.NameMatches,
    responses=described("names-match", problems=(400, 422, 503)),
)
def match(request: Request, asked: Annotated[AskedMatch, Query()]) -> Response:
    """The partners that a name may mean, how surely and why, and what it is known to mean anyway."""
    filters = asked.model_dump()
    return reply(request, graph_of(request).match_name(filters.pop("text"), **filters))


@router.get(
    "/judgements",
    response_model=answers_names.Judgements,
    responses=described("judgements", problems=(400, 422, 503)),
)
def judgements(request: Request, asked: Annotated[AskedJudgements, Query()]) -> Response:
    """Judgements, newest first, and where those that count contradict each other."""
    return reply(
        request,
        graph_of(request).judgements(**asked.model_dump()),
    )


@router.post(
    "/judgements",
    response_model=answers_names.Judged,
    responses=described("judged", problems=(400, 403, 404, 409, 413, 422, 503)),
)
def judge(request: Request, new: NewJudgement) -> Response:
    """Judge two records: the same, different, or unsure. The newest judgement on a pair counts."""
    return reply(
        request,
        graph_of(request).judge(
            new.a, new.b, new.verdict, why=new.why, keep=new.keep, seen=new.seen, of=new.of
        ),
    )


@router.post(
    "/unmerge",
    response_model=answers_names.Judgements,
    responses=described("judgements", problems=(400, 403, 404, 413, 422, 503)),
)
def unmerge(request: Request, asked: Apart) -> Response:
    """Take a record out of its cluster; it stands as if it had never been merged."""
    return reply(request, graph_of(request).unmerge(asked.record, why=asked.why, of=asked.of))


class AskedFind(Asked):
    of: answers_names.Of = Field("partner", description=_OF)


class AskedReview(Asked):
    of: answers_names.Of = Field("partner", description=_OF)
    rule: str | None = Field(None, description="Only pairs that differ in just this; see `rules`.")
    limit: int = Field(20, description="How many at most, 1 to 1,000.")
    cursor: str | None = Field(None, description="`next` of the page before.")
    language: Literal["en", "fi", "sv"] = Field("en", description="Language of the reasons.")


@router.get(
    "/review",
    response_model=answers_names.ReviewQueue,
    responses=described("review", problems=(400, 422, 503)),
)
def review(request: Request, asked: Annotated[AskedReview, Query()]) -> Response:
    """Partners, or persons, that may be one, strongest and busiest first; answer with POST /names/judgements."""
    return reply(request, graph_of(request).review(**asked.model_dump()))


@router.post(
    "/review",
    response_model=answers_names.FoundDuplicates,
    responses=described("found-duplicates", problems=(400, 403, 413, 422, 503)),
)
def find_duplicates(request: Request, asked: Annotated[AskedFind, Query()]) -> Response:
    """Look through all partners, or persons: sure duplicates are joined, possible ones wait in the queue."""
    return reply(request, graph_of(request).find_duplicates(of=asked.of))
