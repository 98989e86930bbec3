"""What is refused before anything is started, and what a crash or a reboot leaves behind."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import StoreRefused
from graph.local import VERSIONS, acquire, config, java, leases, processes, status, stop
from graph.local.folder import Folder, State
from graph.settings import Settings
from tests.local.conftest import own_settings


def test_with_a_neo4j_of_ones_own_nothing_is_fetched_or_started(tmp_path: Path) -> None:
    own = own_settings(tmp_path / "data", cache=tmp_path / "cache", neo4j_uri="bolt://127.0.0.1:7687")
    with pytest.raises(StoreRefused, match="KUMPPANI_NEO4J_URI is set"):
        acquire(own)
    assert not own.data.exists()
    assert not own.cache.exists()


def test_data_folder_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    older, newer = VERSIONS
    folder = Folder(tmp_path)
    folder.prepare()
    folder.write_version(newer)
    with pytest.raises(StoreRefused, match=rf"written by Neo4j {newer}, and {older} cannot read it"):
        acquire(own_settings(tmp_path, neo4j_version=older))
    folder.check_version(newer)


def test_unusable_data_folder_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(
        StoreRefused, match=r"file.data cannot be used \(Not a directory\): set KUMPPANI_DATA"
    ):
        acquire(own_settings(tmp_path / "file" / "data"))


def test_full_disk_is_refused_before_the_start(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.check_space(needed=1)
    with pytest.raises(StoreRefused, match=r"is full .* free some space, or set KUMPPANI_DATA"):
        folder.check_space(needed=folder.free() + 10**9)


def test_fixed_port_of_another_program_is_refused_with_its_number() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            java.PortTaken, match=rf"Port {port} on this machine is taken .*KUMPPANI_NEO4J_PORT"
        ):
            java.choose_port(port, 0)
        assert java.choose_port(0, port) != port, "without a fixed port another one is taken"
    assert java.choose_port(0, port) == port, "the last port is used again while it is free"


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("java.io.IOException: No space left on device", "is full"),
        ("Lock file has been locked by another process: store_lock", "Another Neo4j uses the data folder"),
        ("Error occurred during initialization of VM\nCould not reserve enough space", "not enough memory"),
        ("Caused by: java.net.BindException: Address already in use", "Port 5 on this machine was taken"),
        (
            "x ERROR Failed to start\nCaused by: java.lang.Oops: the reason",
            "the last reason it gave: java.lang.Oops",
        ),
        ("", "ended while it started. Its log is"),
    ],
)
def test_reason_of_a_failed_start_is_told_in_words(tmp_path: Path, printed: str, sentence: str) -> None:
    folder = Folder(tmp_path)
    folder.prepare()
    folder.console.write_text(printed)
    assert sentence in str(java.why(folder, 5))


def test_pid_used_again_after_a_reboot_is_nobody(tmp_path: Path) -> None:
    me = processes.this()
    other = replace(me, born="another boot:1")
    assert me.alive
    assert not other.alive
    folder = Folder(tmp_path)
    folder.prepare()
    folder.write_state(State("ready", other, other, 7687, VERSIONS[-1], "2026-01-01T00:00:00+00:00"))
    mine = leases.take(folder)
    stale = leases.take(folder)
    stale.path.write_text(stale.path.read_text().replace(me.born, other.born))
    (folder.leases / "1-half.json").write_text('{"pid": 1, "bo')
    seen = status(own_settings(tmp_path))
    assert (seen.running, seen.phase, seen.pid, seen.uri) == (False, "stopped", 0, "")
    assert [h.path for h in seen.leases] == [mine.path]
    assert [p.name for p in folder.leases.iterdir()] == [mine.path.name], "the dead were cleared away"
    assert not stop(own_settings(tmp_path))


def test_half_written_state_is_as_good_as_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.prepare()
    (folder.root / "state.json").write_text('{"phase": "rea')
    assert folder.state() is None
    assert folder.root.stat().st_mode & 0o077 == 0, "for its owner only"


@pytest.mark.parametrize("version", VERSIONS)
def test_configuration_opens_nothing_beyond_bolt_on_loopback(version: str) -> None:
    lines = dict(line.split("=", 1) for line in config.render(version, 7777, 512).splitlines())
    addresses = {key: value for key, value in lines.items() if key.endswith("_address")}
    assert set(addresses.values()) == {"127.0.0.1", "127.0.0.1:7777"}
    off = (
        "server.http.enabled",
        "server.https.enabled",
        "dbms.usage_report.enabled",
        "db.tx_log.preallocate",
    )
    assert [lines[key] for key in off] == ["false"] * 4


def test_heap_follows_the_machine() -> None:
    assert [config.heap_mb(gb * 2**30) for gb in (2, 6, 12, 24)] == [256, 512, 768, 2048]
    assert config.memory() > 0


def test_status_of_a_folder_where_nothing_ran(settings: Settings) -> None:
    seen = status(settings)
    assert (seen.running, seen.phase, seen.version) == (False, "stopped", "")
    assert str(settings.data) in str(seen)
    assert not settings.data.exists(), "asking leaves no trace"
