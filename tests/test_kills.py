"""kill -9 of the loading program and of Neo4j in the middle of a load: the same command finishes it.

KUMPPANI_KILLS sets how often each is killed.
"""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import Graph, open_graph
from graph.facts import Fact
from graph.local import acquire, status, stop
from graph.settings import Settings
from tests.conftest import wipe

KILLS = int(os.environ.get("KUMPPANI_KILLS", "2"))
ROWS = 6_000
pytestmark = [pytest.mark.slow, pytest.mark.store]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A Neo4j that may be killed, apart from the one of the other tests."""
    version = os.environ.get("KUMPPANI_NEO4J_VERSION", Settings.model_fields["neo4j_version"].default)
    settings = Settings(
        data=tmp_path_factory.mktemp("killed"), neo4j_uri="", neo4j_version=version, store_idle_minutes=1
    )
    with acquire(settings):
        yield settings
    stop(settings)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = random.Random(7)
    path = tmp_path_factory.mktemp("table") / "contacts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Key", "Date", "Departments", "Partners", "Areas", "Summary"])
        for n in range(ROWS):
            day = f"2026-{rng.randint(1, 10):02d}-{rng.randint(1, 28):02d}"
            partner = f"Partner {int(rng.paretovariate(0.6)) % 900}"
            out.writerow(
                [n, day, f"Department {rng.randrange(6)}", partner, f"Area {rng.randrange(3)}", f"matter {n}"]
            )
    return path


def prepare(graph: Graph) -> None:
    wipe(graph)
    facts = [Fact("Department", f"d-{n}", "", {"name": f"Department {n}"}) for n in range(6)]
    facts += [Fact("Area", f"a-{n}", "", {"name": f"Area {n}"}) for n in range(3)]
    graph.write(facts, load="l", source="test")


def command(own: Settings, table: Path) -> subprocess.Popen[str]:
    env = os.environ | {
        "KUMPPANI_DATA": str(own.data),
        "KUMPPANI_NEO4J_URI": "",
        "KUMPPANI_NEO4J_VERSION": own.neo4j_version,
        "KUMPPANI_DEADLINE_SECONDS": "5",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", "load", str(table), "--mapping", "contacts"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(own: Settings, table: Path) -> str:
    process = command(own, table)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err + out
    return out


def loaded(graph: Graph) -> int:
    return int(graph.store.read("MATCH (c:Contact) RETURN count(c) AS n")[0]["n"])


@pytest.fixture(scope="module")
def undisturbed(own: Settings, table: Path) -> str:
    with open_graph(settings=own) as graph:
        prepare(graph)
        finish(own, table)
        assert loaded(graph) == ROWS
        return graph.canonical_dump()


def wait_for(graph: Graph, n: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while loaded(graph) < n and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)


@pytest.mark.parametrize("nth", range(KILLS))
def test_the_program_is_killed(own: Settings, table: Path, undisturbed: str, nth: int) -> None:
    at = random.Random(nth).randint(1, ROWS - 1)
    with open_graph(settings=own) as graph:
        prepare(graph)
        process = command(own, table)
        wait_for(graph, at, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        half = loaded(graph)
        assert half > 0
        lonely = graph.store.read(
            "MATCH (c:Contact) WHERE NOT (c)-[:MADE_BY]->() OR NOT (c)-[:WITH_PARTNER]->() RETURN count(c) AS n"
        )
        assert lonely == [{"n": 0}], "a contact is half there"
        finish(own, table)
        assert graph.canonical_dump() == undisturbed


@pytest.mark.parametrize("nth", range(KILLS))
def test_neo4j_is_killed(own: Settings, table: Path, undisturbed: str, nth: int) -> None:
    at = random.Random(100 + nth).randint(1, ROWS - 1)
    with open_graph(settings=own) as graph:
        prepare(graph)
        process = command(own, table)
        wait_for(graph, at, process)
        confirmed = loaded(graph)
        os.kill(status(own).pid, signal.SIGKILL)
        out, err = process.communicate(timeout=240)
        assert "Traceback" not in out + err
    with open_graph(settings=own) as graph:
        # What was confirmed before the kill is there after it.
        assert loaded(graph) >= confirmed > 0
        finish(own, table)
        assert graph.canonical_dump() == undisturbed
