"""The pages that answer questions. Each asks the graph once and dresses the answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.i18n import choose
from api.pages.render import Names, page
from api.routes.common import graph_of
from graph import Graph
from graph.answers import NetworkMap, WhoTalksTo
from graph.errors import BadInput, Unknown
from graph.maps.build import DEFAULT_NODES, MOST_NODES
from graph.maps.pyvis_map import VIS_VERSION, TamedNetwork
from graph.questions.findings import STATUSES
from graph.rules import RULES, SEVERITIES
from graph.schema import PARTNER_KINDS

router = APIRouter(include_in_schema=False)


def _frame(request: Request) -> tuple[Graph, str, dict[str, Any]]:
    """What every page needs: the graph, the language's code, the names, and whether examples are about."""
    graph = graph_of(request)
    code = choose(request).code
    return graph, code, {"names": Names(graph, code), "examples": graph.has_examples()}


@router.get("/")
def home(request: Request, q: str = "", kind: str = "", cursor: str = "") -> HTMLResponse:
    """Search, and every partner by name."""
    graph, _, frame = _frame(request)
    asked = q.strip()
    answer: WhoTalksTo | None = None
    complaint = ""
    if asked:
        try:
            answer = graph.who_talks_to(asked)
        except BadInput as error:
            complaint = str(error)
    found = None
    if not complaint:
        found = graph.partners(asked[:1000], kind=kind or None, cursor=cursor or None)
    return page(
        request,
        "home.html",
        400 if complaint else 200,
        q=asked[:1000],
        kind=kind,
        kinds=PARTNER_KINDS,
        answer=answer,
        complaint=complaint,
        found=found,
        paged=bool(cursor),
        **frame,
    )


@router.get("/partners/{id}")
def partner(request: Request, id: str) -> HTMLResponse:
    """Everything about one partner."""
    graph, code, frame = _frame(request)
    card = graph.partner(id, language=code)
    return page(request, "partner.html", card=card, rules=_rule_titles(code), **frame)


@router.get("/map")
def network_map(
    request: Request,
    partner: str = "",
    hops: int = 1,
    department: str = "",
    area: str = "",
    since: str = "",
    until: str = "",
    limit: int = DEFAULT_NODES,
) -> HTMLResponse:
    """The network map with its table."""
    graph, code, frame = _frame(request)
    asked = {
        "partner": partner.strip(),
        "department": department,
        "area": area,
        "since": since,
        "until": until,
    }
    shown: dict[str, Any] = {
        "asked": asked | {"hops": hops, "limit": limit},
        "most": MOST_NODES,
        "vis": f"vis-network-{VIS_VERSION}.min.js",
    }
    try:
        drawn = graph.map(**{k: v or None for k, v in asked.items()}, hops=hops, limit=limit, language=code)
    except (Unknown, BadInput) as error:
        candidates = graph.who_talks_to(asked["partner"]).candidates if isinstance(error, Unknown) else []
        status = 404 if isinstance(error, Unknown) else 400
        shown |= {"body": "", "complaint": str(error), "candidates": candidates, "title": ""}
        return page(request, "map.html", status, **shown, **frame)
    names: Names = frame["names"]
    network = TamedNetwork(_named(drawn, names), language=code, area_names=names.areas)
    shown |= {
        "body": network.body(partner_url="/partners/"),
        "complaint": "",
        "candidates": [],
        "title": drawn.title if asked["partner"] else "",
    }
    return page(request, "map.html", **shown, **frame)


def _named(drawn: NetworkMap, names: Names) -> NetworkMap:
    """The map with departments called as the reader calls them."""
    nodes = [
        n.model_copy(update={"name": names.department(n)}) if n.kind == "department" else n
        for n in drawn.nodes
    ]
    return drawn.model_copy(update={"nodes": nodes})


@router.get("/findings")
def findings(
    request: Request,
    rule: str = "",
    partner: str = "",
    department: str = "",
    severity: str = "",
    status: str = "",
    cursor: str = "",
) -> HTMLResponse:
    """Overlaps and conflicts."""
    graph, code, frame = _frame(request)
    asked: dict[str, Any] = {
        "rule": rule,
        "partner": partner.strip(),
        "department": department,
        "severity": severity,
        "status": status,
    }
    complaint, candidates, found = "", [], None
    try:
        found = graph.findings(
            **{k: v or None for k, v in asked.items()}, cursor=cursor or None, language=code
        )
    except Unknown as error:
        complaint = str(error)
        candidates = graph.who_talks_to(asked["partner"]).candidates
    return page(
        request,
        "findings.html",
        404 if complaint else 200,
        asked=asked,
        found=found,
        complaint=complaint,
        candidates=candidates,
        rules=_rule_titles(code),
        severities=SEVERITIES,
        statuses=STATUSES,
        **frame,
    )


def _rule_titles(code: str) -> dict[str, str]:
    return {name: rule.title.get(code, rule.title["en"]) for name, rule in RULES.items()}
