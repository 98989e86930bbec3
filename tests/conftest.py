"""One real Neo4j a run, a clean graph a test.

KUMPPANI_NEO4J_VERSION chooses the release; KUMPPANI_TEST_DATA is the folder of public data sets.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api.cli.common import run_steadily
from graph import Graph, open_graph
from graph.settings import Settings

TODAY = date(2026, 11, 25)
_STORE = {"graph", "server_settings"}
_LEFT_OUT = "KUMPPANI_TEST_DATA is not set: tests on the full public data sets were left out"


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # Started in the background, where shells ignore Ctrl-C: the programs under test must not inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run_steadily()
    config.addinivalue_line("markers", "store: needs the database (set by itself from the fixtures)")
    config.addinivalue_line("markers", "public_data: needs the folder of public data sets")
    config.addinivalue_line("markers", "browser: needs Chromium")
    config.addinivalue_line("markers", "slow: takes more than a few seconds")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs the store, run fast tests first, deselect what lacks its data (one line says so)."""
    for item in items:
        if _STORE.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("store")
    without = [] if data_folder() else [i for i in items if i.get_closest_marker("public_data")]
    if without:
        config.stash[_left_out] = len(without)
        items[:] = [i for i in items if i not in without]
        config.hook.pytest_deselected(items=without)

    def weight(item: pytest.Item) -> int:
        marks = ("store", "slow", "browser", "public_data")
        return sum(2**n for n, mark in enumerate(marks) if item.get_closest_marker(mark))

    items.sort(key=weight)


_left_out: pytest.StashKey[int] = pytest.StashKey()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := config.stash.get(_left_out, 0):
        terminalreporter.write_line(f"{_LEFT_OUT} ({count}).")


def data_folder() -> Path | None:
    """The folder of public data sets, None when there is none."""
    named = os.environ.get("KUMPPANI_TEST_DATA", "")
    return Path(named).resolve() if named and Path(named).is_dir() else None


@pytest.fixture(scope="session")
def public_data() -> Path:
    folder = data_folder()
    assert folder is not None, "tests that use this fixture carry the mark public_data"
    return folder


@pytest.fixture(scope="session")
def server_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a Neo4j of this run's own, started for it and stopped after it."""
    from graph.local import acquire

    own = Settings(
        data=tmp_path_factory.mktemp("data"),
        neo4j_uri="",
        neo4j_version=os.environ.get(
            "KUMPPANI_NEO4J_VERSION", Settings.model_fields["neo4j_version"].default
        ),
        store_idle_minutes=1,
    )
    with acquire(own) as lease:
        server = lease.server
        yield own.model_copy(
            update={
                "neo4j_uri": server.uri,
                "neo4j_user": server.user,
                "neo4j_password": _secret(server.password),
                "neo4j_database": server.database,
            }
        )
    from graph.local import stop

    stop(own)


def _secret(text: str) -> object:
    from pydantic import SecretStr

    return SecretStr(text)


@pytest.fixture(scope="session")
def _opened(server_settings: Settings) -> Iterator[Graph]:
    with open_graph(settings=server_settings) as graph:
        yield graph


@pytest.fixture
def graph(_opened: Graph) -> Iterator[Graph]:
    """A graph with nothing in it, judged on a fixed day."""
    wipe(_opened)
    return _opened.on(TODAY)


def wipe(graph: Graph) -> None:
    """Delete everything but the schema, in transactions that fit into memory."""
    for query in (
        "MATCH ()-[r]->() WITH r LIMIT 20000 DELETE r RETURN count(*) AS n",
        "MATCH (n) WHERE NOT n:Schema WITH n LIMIT 10000 DELETE n RETURN count(*) AS n",
    ):
        while graph.store.admin(query)[0]["n"]:
            pass
