"""The same question asked by command line, HTTP, Python and page has one answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from graph import Graph, open_graph
from graph.facts import Fact, Link
from graph.settings import Settings
from tests.api import world
from tests.cli.conftest import COMMAND, env  # noqa: F401 - the fixture
from tests.cli.test_serve import serving
from tests.conftest import wipe

# Planned so far ahead that no test run sees the day pass.
FAR = "2190-03-01"
NAMES = [
    "Tallinna",
    "p-tallinn",
    "TUKHOLMA",
    "Stockholms stad",
    world.HOSTILE,
    "=1+1",
    "Saint Petersburg",
    "Talin",
    "?",
]


@pytest.fixture
def asked(_opened: Graph) -> Graph:
    """The fixed city with a contact planned far ahead, on the day that it is."""
    wipe(_opened)
    world.build(_opened)
    planned = Fact(
        "Contact",
        "c-far",
        properties={"date": FAR, "status": "planned", "channel": "visit_in"},
        links=(Link("MADE_BY", "urban"), Link("WITH_PARTNER", "p-tallinn")),
    )
    _opened.write([planned], load=_opened.open_load(mapping="more", files=[]), source="more")
    _opened.refresh()
    return _opened


@pytest.fixture
def address(asked: Graph, env: dict[str, str]) -> Iterator[str]:
    with serving(env) as (_, where):
        yield where


class _Ties(HTMLParser):
    """The rows of the page's table of departments, by the data attributes that its scripts use too."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, Any]] = []
        self.notices = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.notices += "data-notice" in given
        if "data-department-id" in given:
            self.rows.append(
                {
                    "id": given["data-department-id"],
                    "held": int(given["data-held"] or 0),
                    "planned": int(given["data-planned"] or 0),
                    **{day: given[f"data-{day}"] or None for day in ("first", "last", "next")},
                    "areas": (given["data-areas"] or "").split(),
                    "topics": (given["data-topics"] or "").split(),
                }
            )


def _cli(env: dict[str, str], *arguments: str) -> bytes:
    done = subprocess.run([*COMMAND, *arguments], env=env, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.removesuffix(b"\n")


def test_who_talks_to_four_ways(
    asked: Graph,
    address: str,
    env: dict[str, str],
    server_settings: Settings,
) -> None:
    with open_graph(settings=server_settings) as notebook, httpx.Client(base_url=address) as http:
        for name in NAMES:
            python = notebook.who_talks_to(name)
            over_http = http.get("/api/v1/who-talks-to", params={"name": name})
            assert over_http.status_code == 200, over_http.text
            assert over_http.content == python.model_dump_json().encode()
            assert _cli(env, "who-talks-to", name, "--json") == over_http.content
            if python.partner is None:
                continue
            page = http.get(f"/partners/{python.partner.id}")
            assert page.status_code == 200
            shown = _Ties()
            shown.feed(page.text)
            assert shown.rows == [d.model_dump(exclude={"name"}) for d in python.departments]
            assert shown.notices == len(python.notices)
            for department in python.departments:
                assert department.name in page.text
            assert world.HOSTILE not in page.text
        tallinn = notebook.who_talks_to("Tallinna")
        assert {d.id: (d.held, d.planned, d.next) for d in tallinn.departments}["urban"] == (1, 1, FAR)
        many = http.post("/api/v1/who-talks-to", json={"names": NAMES}).json()["answers"]
        assert many == [json.loads(notebook.who_talks_to(name).model_dump_json()) for name in NAMES]


def test_filtered_questions_three_ways(
    asked: Graph,
    address: str,
    env: dict[str, str],
    server_settings: Settings,
) -> None:
    filters = {"since": "2026-04-10", "until": "2026-12-31", "area": "Ilmasto"}
    options = [x for name, value in filters.items() for x in (f"--{name}", value)]
    with open_graph(settings=server_settings) as notebook, httpx.Client(base_url=address) as http:
        python = notebook.who_talks_to("Tallinn", **filters)
        assert [d.id for d in python.departments] == ["leisure"]
        over_http = http.get("/api/v1/who-talks-to", params={"name": "Tallinn", **filters}).content
        assert over_http == python.model_dump_json().encode()
        assert _cli(env, "who-talks-to", "Tallinn", "--json", *options) == over_http

        found = notebook.findings(rule="O1", partner="Tallinn")
        assert found.findings
        over_http = http.get("/api/v1/findings", params={"rule": "O1", "partner": "Tallinn"}).content
        assert over_http == found.model_dump_json().encode()
        assert _cli(env, "findings", "--rule", "O1", "--partner", "Tallinn", "--json") == over_http
        assert _cli(env, "loads", "--json") == http.get("/api/v1/loads").content
