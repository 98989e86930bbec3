"""A served application on a graph with a hostile name in every place, and a browser that takes notes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import Request
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.testclient import TestClient

from api.app import create_app
from graph import Graph, Viewer
from graph.facts import Fact, Link
from graph.settings import Settings
from tests.api import world
from tests.browser import FLAGS, NONE, find

HOSTILE = world.HOSTILE


def hostile_facts() -> list[Fact]:
    """The hostile text as every kind of name, and records that carry it."""
    text = HOSTILE
    names = {"name": text, "name_fi": text, "name_en": text}
    return [
        Fact("Department", "x-dep", properties={**names, "level": "unit"}),
        Fact("Area", "x-area", properties=names),
        Fact("Network", "x-net", properties=names),
        Fact(
            "Person",
            "x-person",
            properties={"name": text, "title": text},
            links=(Link("WORKS_FOR", "p-hostile", label="Partner"),),
        ),
        Fact(
            "Alias",
            properties={"text": f"{text} Ltd"},
            links=(Link("NAMES", "p-hostile", label="Partner"),),
        ),
    ]


def more_hostile_facts() -> list[Fact]:
    text = HOSTILE
    return [
        Fact(
            "Agreement",
            "x-agreement",
            properties={"title": text, "reference": text, "decision": text},
            links=(Link("WITH_PARTNER", "p-hostile"), Link("OWNED_BY", "x-dep")),
        ),
        Fact(
            "Restriction",
            "x-restriction",
            properties={"kind": "suspended", "from": "2020-01-01", "reason": text, "reference": text},
            links=(Link("LIMITS", "p-hostile"),),
        ),
        Fact(
            "Partner-MEMBER_OF",
            "x-member",
            properties={"role": text, "decision": text},
            links=(Link("start", "p-hostile"), Link("end", "x-net", label="Network")),
        ),
        Fact(
            "Contact",
            "x-contact",
            properties={"date": "2026-05-20", "channel": "call", "summary": text, "reference": text},
            links=(
                Link("MADE_BY", "x-dep"),
                Link("WITH_PARTNER", "p-hostile"),
                Link("ABOUT", "x-area", label="Area"),
            ),
        ),
    ]


@pytest.fixture
def city(graph: Graph) -> Graph:
    """The city of the API's tests, and hostile names."""
    world.build(graph)
    for nr, facts in enumerate((hostile_facts(), more_hostile_facts())):
        graph.write(facts, load="l-hostile", source="test", operation=f"hostile-{nr}")
    graph.refresh()
    return graph.on(world.TODAY)


def client_of(graph: Graph, viewer_for: Callable[[Request], Viewer] | None = None) -> TestClient:
    app = create_app(graph, Settings(), viewer_for)
    return TestClient(
        app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50_000), raise_server_exceptions=False
    )


@contextmanager
def served(graph: Graph) -> Iterator[str]:
    """The application on a free port; its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(create_app(graph, Settings()), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@dataclass
class Watched:
    """A page and all it complained of or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def attach(self) -> Watched:
        self.page.on("console", lambda m: self.complaints.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda e: self.complaints.append(f"error: {e}"))
        self.page.on("dialog", lambda d: (self.complaints.append(f"dialog: {d.message}"), d.dismiss()))
        self.page.on("request", lambda r: self.requests.append(r.url))
        # Violations are told to the document even where the console stays silent.
        self.page.add_init_script(
            "window.violations = []; document.addEventListener('securitypolicyviolation', "
            "e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));"
        )
        return self

    def hosts(self) -> set[str]:
        return {
            urlsplit(u).netloc for u in self.requests if urlsplit(u).scheme not in ("data", "blob", "about")
        }

    def assert_clean(self, host: str) -> None:
        assert self.page.evaluate("window.violations") == []
        assert self.complaints == []
        assert self.hosts() <= {host}, self.hosts()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    assert path is not None, NONE
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()


Open = Callable[..., Watched]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Makes pages: `open_page(width=320, language="fi")`."""
    contexts = []

    def make(width: int = 1280, language: str = "en", **options: object) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Watched(context.new_page()).attach()

    yield make
    for context in contexts:
        context.close()
