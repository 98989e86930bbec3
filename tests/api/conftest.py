"""The fixed city behind an application, and a client that speaks to it as a local program does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from api.app import create_app
from graph import Graph, Viewer, clock, loads
from graph.settings import Settings
from tests.api import world
from tests.conftest import wipe

Ask = Callable[..., TestClient]
LOCAL_PEER = ("127.0.0.1", 50_000)


_built: list[list[dict[str, Any]]] = []  # what the store counted when the city was last built


def _counted(graph: Graph) -> list[dict[str, Any]]:
    """Every write adds an Operation, so equal counts and the city's own load mean an untouched city."""
    return graph.store.read(
        "MATCH (l:Load {id: 'l-world1'}) MATCH (:Partner {id: 'p-hostile'}) "
        "RETURN l.started_at AS at, COUNT { MATCH (n) } AS nodes, COUNT { MATCH ()-->() } AS edges"
    )


@pytest.fixture
def city(_opened: Graph, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """The city of `world`, judged on its day and recorded at a fixed moment; built when it is not there."""
    monkeypatch.setattr(clock, "now", lambda: world.RECORDED)
    ids = iter(f"l-world{n}" for n in range(1, 100))
    monkeypatch.setattr(loads, "new_id", lambda label: next(ids))
    there = _counted(_opened)
    if there and there in _built:
        next(ids)
    else:
        wipe(_opened)
        world.build(_opened)
        _built[:] = [_counted(_opened)]
    return _opened.on(world.TODAY)


def client_of(
    graph: Graph,
    viewer_for: Callable[[Request], Viewer] | None = None,
    *,
    settings: Settings | None = None,
    host: str = "127.0.0.1:8000",
    peer: tuple[str, int] = LOCAL_PEER,
) -> TestClient:
    app = create_app(graph, settings or Settings(), viewer_for)
    return TestClient(app, base_url=f"http://{host}", client=peer, raise_server_exceptions=False)


@pytest.fixture
def client(city: Graph) -> Iterator[TestClient]:
    with client_of(city) as made:
        yield made


GOLDEN = Path(__file__).parent / "golden"
