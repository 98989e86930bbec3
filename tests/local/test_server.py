"""One server for all, through everything that can be killed. The tests run in their order, on one folder."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest
from neo4j import GraphDatabase

from graph import open_graph
from graph.errors import StoreRefused, StoreUnavailable
from graph.facts import Fact
from graph.local import VERSIONS, Server, acquire, java, leases, start, status, stop
from graph.local.folder import Folder
from graph.settings import Settings
from tests.local.conftest import own_settings

pytestmark = pytest.mark.store

_CLIENT = """
import json, sys
from graph.local import acquire
from graph.settings import Settings
with acquire(Settings(**json.loads(sys.argv[1]))) as lease:
    print(json.dumps({"uri": lease.server.uri, "pid": lease.server.pid}), flush=True)
    sys.stdin.read()
"""


@contextmanager
def client(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another program with a lease, until its input is closed."""
    told = {
        "data": str(settings.data),
        "neo4j_uri": "",
        "neo4j_version": settings.neo4j_version,
        "neo4j_heap_mb": settings.neo4j_heap_mb,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _CLIENT, json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        process.communicate()


def ask(server: Server, query: str) -> list[dict[str, Any]]:
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        return [r.data() for r in driver.execute_query(query, database_=server.database).records]


def kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.send_signal(signal.SIGKILL)
    process.wait(60)


def until(true: Callable[[], bool]) -> None:
    """Wait for what will come; the test run's own limit is the only clock."""
    while not true():
        Event().wait(0.05)


def folder_of(settings: Settings) -> Folder:
    return Folder(settings.data.resolve())


def test_two_programs_starting_at_once_end_on_one_server(shared: Settings) -> None:
    with client(shared) as one, client(shared) as other:
        assert one.stdout
        assert other.stdout
        first, second = json.loads(one.stdout.readline()), json.loads(other.stdout.readline())
        assert first == second
        assert [p.pid for p in java.running(folder_of(shared))] == [first["pid"]]
        seen = status(shared)
        assert (seen.phase, seen.uri, seen.pid) == ("ready", first["uri"], first["pid"])
        assert {h.process.pid for h in seen.leases} == {one.pid, other.pid}
    assert not status(shared).leases
    assert (shared.data / "neo4j" / "password").stat().st_mode & 0o777 == 0o600
    assert not (shared.data / "neo4j" / "password.new").exists()
    with acquire(shared) as lease:
        assert lease.server.pid == first["pid"], "still the same"
        ask(lease.server, "CREATE (:Kept {n: 1})")
        assert lease.server.password not in repr(lease.server) + str(status(shared))
        components = ask(lease.server, "CALL dbms.components() YIELD versions RETURN versions[0] AS v")
        assert components[0]["v"] == shared.neo4j_version


def test_lease_of_a_killed_program_ends_with_it(shared: Settings) -> None:
    with acquire(shared) as lease, client(shared) as other:
        assert other.stdout
        other.stdout.readline()
        kill(other.pid)
        assert len(leases.living(folder_of(shared))) == 1
        assert len(list(folder_of(shared).leases.iterdir())) == 1
        assert ask(lease.server, "RETURN 1 AS one") == [{"one": 1}]


def test_killed_neo4j_comes_back_on_its_port_with_all_that_was_acknowledged(shared: Settings) -> None:
    with acquire(shared) as lease:
        before = lease.server
        ask(before, "CREATE (:Kept {n: 2})")
        kill(before.pid)
        after = lease.renew()
        assert after.pid != before.pid
        assert after.uri == before.uri
        assert ask(after, "MATCH (k:Kept) RETURN collect(k.n) AS n") == [{"n": [1, 2]}]


def test_killed_supervisor_is_replaced_and_the_server_kept(shared: Settings) -> None:
    lease = acquire(shared)
    kill(status(shared).supervisor)
    seen = status(shared)
    assert (seen.phase, seen.running, seen.supervisor) == ("abandoned", True, 0)
    assert ask(lease.server, "RETURN 1 AS one") == [{"one": 1}], "its users notice nothing"
    lease.release()
    until(lambda: status(shared).phase == "ready")  # giving the lease back left somebody to stop the server
    with acquire(shared) as again:
        assert again.server == lease.server
    assert [p.pid for p in java.running(folder_of(shared))] == [lease.server.pid]


def test_both_killed_start_anew_and_a_lost_rename_of_the_password_heals(shared: Settings) -> None:
    with acquire(shared) as lease:
        before = lease.server
        kill(status(shared).supervisor)
        kill(before.pid)
        # As if the crash had come between setting the first password and giving its file the final name.
        (shared.data / "neo4j" / "password").rename(shared.data / "neo4j" / "password.new")
        after = lease.renew()
        assert after.pid != before.pid
        assert after.password == before.password
        assert ask(after, "MATCH (k:Kept) RETURN count(k) AS n") == [{"n": 2}]


def test_stopped_at_once_and_stopped_by_itself_when_nobody_uses_it(shared: Settings) -> None:
    lease = acquire(shared)
    port = int(lease.server.uri.rpartition(":")[2])
    assert stop(shared), "whoever uses it"
    assert not java.running(folder_of(shared))
    assert (status(shared).phase, stop(shared)) == ("stopped", False)
    brief = shared.model_copy(update={"store_idle_minutes": 0.001})
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        fixed = brief.model_copy(update={"neo4j_port": port})
        with pytest.raises(StoreRefused, match=f"Port {port} on this machine is taken by another program"):
            acquire(fixed)
        lease.release()
        server = start(brief)
        assert server.uri != java.uri(port), "another program has the old port"
    until(lambda: not status(shared).running)
    assert not java.running(folder_of(shared))
    assert "nobody has used Neo4j" in folder_of(shared).log.read_text()


def test_lost_password_is_refused_in_words(shared: Settings) -> None:
    kept = shared.data / "neo4j" / "password"
    kept.rename(kept.with_suffix(".copy"))
    with pytest.raises(StoreRefused, match=r"has a password and the file .*password, which kept it, is gone"):
        acquire(shared)
    assert not java.running(folder_of(shared))
    kept.with_suffix(".copy").rename(kept)


@pytest.mark.slow
def test_older_data_folder_is_taken_over_by_the_newer_release(tmp_path: Path) -> None:
    older, newer = (own_settings(tmp_path / "data", neo4j_version=version) for version in VERSIONS)
    try:
        with acquire(older) as lease:
            ask(lease.server, "CREATE (:Kept {n: 5})")
            with pytest.raises(StoreRefused, match="is used by"):
                acquire(newer)
        with acquire(newer) as lease:
            assert lease.server.version == VERSIONS[1]
            assert ask(lease.server, "MATCH (k:Kept) RETURN k.n AS n") == [{"n": 5}]
        with pytest.raises(StoreRefused, match="cannot read it"):
            acquire(older)
        # A data folder that is deleted takes its server with it.
        shutil.rmtree(newer.data)
        until(lambda: not java.running(folder_of(newer)))
        assert not status(newer).running
        assert not newer.data.exists()
    finally:
        stop(newer)


def test_a_disk_that_was_full_keeps_what_was_confirmed(settings: Settings) -> None:
    """A limit on the size of files makes Neo4j's writes fail as a full disk does."""
    own = settings.model_copy(update={"deadline_seconds": 2.0})
    try:
        with open_graph(settings=own) as graph:
            graph.write([Fact("Area", "first", "", {"name": "First"})], load="", source="test")
            java = psutil.Process(status(own).pid)
            most, hard = 400_000, java.rlimit(psutil.RLIMIT_FSIZE)[1]
            java.rlimit(psutil.RLIMIT_FSIZE, (most, hard))
            confirmed = 0
            with pytest.raises(StoreUnavailable, match="Nothing was lost"):  # noqa: PT012 - one of them fails
                for n in range(1_000):
                    facts = [
                        Fact("Area", f"a-{n}-{k}", "", {"name": f"Area {n} {k}", "name_fi": "ä" * 500})
                        for k in range(40)
                    ]
                    graph.write(facts, load="", source="test")
                    confirmed += 40
            assert confirmed
            with contextlib.suppress(psutil.NoSuchProcess):
                java.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
        until = time.monotonic() + 60
        while status(own).pid in (0, java.pid) and time.monotonic() < until:
            time.sleep(0.2)
        with open_graph(settings=own) as graph:
            assert len(graph.areas()) in (confirmed + 1, confirmed + 41)
            graph.write([Fact("Area", "last", "", {"name": "Last"})], load="", source="test")
            assert "last" in {a["id"] for a in graph.areas()}
    finally:
        stop(own)
