"""kill -9 of loader, reading child, supervisor and Neo4j in the middle of a load: the same command finishes it.

KUMPPANI_KILLS sets how many are killed in all.
"""

from __future__ import annotations

import contextlib
import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from graph import Graph, open_graph
from graph.facts import Fact
from graph.local import acquire, status, stop
from graph.settings import Settings
from tests.conftest import wipe

KILLS = int(os.environ.get("KUMPPANI_KILLS", "20"))
A_ROUND = 5  # kills before the load may end undisturbed
ROWS = 3_000
VICTIMS = ("loader", "child", "supervisor", "neo4j")
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


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [c for c in psutil.Process(process.pid).children() if "loaders.child" in " ".join(c.cmdline())]
    return []


def wait_for(own: Settings, rng: random.Random, process: subprocess.Popen[str]) -> int:
    """Until a random moment of the load; how many contacts were confirmed then."""
    end = time.monotonic() + 60
    target = rng.randint(0, ROWS)
    confirmed = 0
    with open_graph(settings=own) as graph:
        had = loaded(graph)
        while process.poll() is None and time.monotonic() < end:
            confirmed = loaded(graph)
            if confirmed >= max(target, had) and (confirmed > had or rng.random() < 0.05):
                break
            time.sleep(0.01)
    return confirmed


def seek_child(rng: random.Random, process: subprocess.Popen[str]) -> int:
    """Until the child has been reading for a moment: it is soon done with its file."""
    end = time.monotonic() + 60
    while not children_of(process) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(rng.random() * 0.1)
    return 0


def kill(own: Settings, victim: str, process: subprocess.Popen[str]) -> bool:
    """Kill one of them; False where it was not there to be killed."""
    if victim == "loader":
        running = process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return running
    if victim == "child":
        pids = [c.pid for c in children_of(process)]
    else:
        now = status(own)
        pids = [pid for pid in (now.supervisor if victim == "supervisor" else now.pid,) if pid]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(pids)


def half_there(graph: Graph) -> int:
    rows = graph.store.read(
        "MATCH (c:Contact) WHERE NOT (c)-[:MADE_BY]->() OR NOT (c)-[:WITH_PARTNER]->() OR NOT (c)-[:ABOUT]->() "
        "RETURN count(c) AS n"
    )
    return int(rows[0]["n"])


@pytest.mark.parametrize("nth", range((KILLS + A_ROUND - 1) // A_ROUND))
def test_whatever_is_killed_the_same_command_ends_as_one_undisturbed_load(
    own: Settings, table: Path, undisturbed: str, nth: int
) -> None:
    rng = random.Random(nth)
    with open_graph(settings=own) as graph:
        prepare(graph)
    killed = []
    for _ in range(min(A_ROUND, KILLS - nth * A_ROUND)):
        victim = VICTIMS[(len(killed) + nth) % len(VICTIMS)]
        process = command(own, table)
        confirmed = seek_child(rng, process) if victim == "child" else wait_for(own, rng, process)
        killed.append((victim, kill(own, victim, process)))
        out, err = process.communicate(timeout=240)
        assert "Traceback" not in out + err, (victim, out, err)
        with open_graph(settings=own) as graph:
            # What was confirmed before the kill is there after it, and nothing is there by half.
            assert loaded(graph) >= confirmed, victim
            assert half_there(graph) == 0, victim
    print(f"round {nth}: {killed}")
    finish(own, table)
    with open_graph(settings=own) as graph:
        assert graph.canonical_dump().splitlines() == undisturbed.splitlines()
        # One load, however often it was interrupted: it is undone as one.
        done = [row for row in graph.loads().loads if row.status == "done"]
        assert sum(row.loaded for row in done) >= ROWS
