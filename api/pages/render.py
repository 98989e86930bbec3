"""A page out of a template, in the language of its reader."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.i18n import COOKIE, LANGUAGES, Language, choose
from api.pages import assets
from api.pages.words import choice, word
from graph import Graph

TEMPLATES = Path(__file__).parents[1] / "templates"
_YEAR = 31_536_000


@lru_cache(maxsize=len(LANGUAGES))
def environment(code: str) -> Environment:
    """Templates with the texts, dates and numbers of one language."""
    language = Language(code)
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(language.catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "day": language.day,
        "month": language.month,
        "moment": language.moment,
        "number": language.number,
        "euros": language.euros,
        "listed": language.listed,
        "query": lambda values: urlencode({k: v for k, v in values.items() if v not in (None, "")}),
    }
    made.globals |= {
        "language": language,
        "languages": LANGUAGES,
        "asset": assets.address,
        "choice": lambda value: language.gettext(choice(value)),
        "word": lambda group, value: language.gettext(word(group, value)),
    }
    return made


class Names:
    """Names of the city's own things in the reader's language; what has none keeps the one it was given."""

    def __init__(self, graph: Graph, code: str) -> None:
        self.departments = self._by_id(graph.departments(), code)
        self.areas = self._by_id(graph.areas(), code)
        self.topics = self._by_id(graph.topics(), code)

    @staticmethod
    def _by_id(rows: list[dict[str, Any]], code: str) -> dict[str, str]:
        return {row["id"]: row.get(f"name_{code}") or row["name"] for row in rows}

    def department(self, named: Any) -> str:
        """Of anything with an id and a name."""
        return self.departments.get(named.id) or str(named.name)

    def area(self, id: str) -> str:
        return self.areas.get(id, id)

    def topic(self, id: str) -> str:
        return self.topics.get(id, id)


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """The rendered page. `?lang=` is remembered."""
    language = choose(request)
    keep = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    body = (
        environment(language.code)
        .get_template(template)
        .render(
            here=request.url.path,
            other_language=lambda code: "?" + urlencode([*keep, ("lang", code)]),
            **({"examples": False} | context),
        )
    )
    response = HTMLResponse(body, status_code=status)
    response.headers["Content-Language"] = language.code
    response.headers["Vary"] = "Accept-Language, Cookie"
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, language.code, max_age=_YEAR, samesite="lax", httponly=True, path="/")
    return response
