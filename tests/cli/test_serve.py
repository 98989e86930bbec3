"""`kumppani serve`: says where it is, stops cleanly, gives the local store back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from graph import Graph
from graph.local import status
from graph.settings import Settings
from tests.cli.conftest import COMMAND, Run, environment


@contextmanager
def serving(env: dict[str, str], *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server and its address; killed if the test leaves it running."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *more],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Kumppani is at http://"), line
        yield process, line.split()[3].rstrip("/")
    finally:
        process.kill()
        process.communicate(timeout=60)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_clean_stop_gives_the_store_back(
    server_settings: Settings, graph: Graph, number: signal.Signals, code: int
) -> None:
    local = server_settings.model_copy(update={"neo4j_uri": ""})
    env = environment(local, server_settings.data) | {"KUMPPANI_NEO4J_VERSION": server_settings.neo4j_version}
    ours = {lease.process.pid for lease in status(local).leases}
    with serving(env) as (process, address):
        assert httpx.get(f"{address}/readyz").json() == {"status": "ready"}
        assert {lease.process.pid for lease in status(local).leases} - ours == {process.pid}
        process.send_signal(number)
        assert process.wait(timeout=60) == code
        assert process.stderr is not None
        said = process.stderr.read()
    assert "Traceback" not in said
    assert {lease.process.pid for lease in status(local).leases} == ours
    assert status(local).running


def test_a_taken_port_is_one_sentence(kumppani: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = kumppani("serve", "--port", str(port))
    assert said.code == 1
    assert said.out == ""
    assert f"Port {port}" in said.err
    assert len(said.err.splitlines()) == 1


def test_a_head_without_end_is_given_up(env: dict[str, str], graph: Graph) -> None:
    """Its sender is told and cut off; long heads that do end, and long bodies, are no matter."""
    with serving(env) as (_, address):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as endless:
            endless.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
            answer = b""
            for _ in range(200):
                try:
                    endless.sendall(b"x" * 8192)
                except ConnectionError:
                    break
            try:
                while got := endless.recv(4096):
                    answer += got
            except ConnectionError:  # what was still on its way when the other end closed
                pass
        assert not answer or answer.startswith(b"HTTP/1.1 400")
        assert httpx.get(f"{address}/readyz", headers={"X-Long": "x" * 32_000}).json() == {"status": "ready"}
        name = "x" * 900
        body = {"names": [name] * 300}
        assert httpx.post(f"{address}/api/v1/who-talks-to", json=body, timeout=60).status_code == 200
        with socket.create_connection((host, int(port)), timeout=30) as garbage:
            garbage.sendall(b"\x16\x03\x01 not http\r\n\r\n")
            assert garbage.recv(4096).startswith(b"HTTP/1.1 400")


def test_answers_leave_at_once(env: dict[str, str], graph: Graph) -> None:
    """The listening socket names its protocol, without which asyncio leaves Nagle's delay on."""
    from api.cli.serving import _listening

    with _listening("127.0.0.1", 0, False) as made:
        assert made.proto == socket.IPPROTO_TCP


def test_ctrl_c_in_a_command(env: dict[str, str], tmp_path: Path) -> None:
    # A store that never answers keeps the command waiting until it is stopped.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        env = env | {"KUMPPANI_NEO4J_URI": f"bolt://127.0.0.1:{silent.getsockname()[1]}"}
        process = subprocess.Popen(
            [*COMMAND, "doctor"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        connection, _ = silent.accept()
        with connection:
            os.kill(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert "Stopped." in err
