"""What may happen while a file is loaded: a hostile file, a store that goes away, a disk that is full."""

from __future__ import annotations

import resource
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from api.bench.nasty import NASTY, write
from api.cli.questions import write_whole
from graph import Graph, open_graph
from graph.errors import BadInput, Conflict, StoreUnavailable
from graph.settings import Settings
from loaders.aside import write_aside
from loaders.load import load
from loaders.template import write_template
from tests.loaders.conftest import Take, add_up, changed, table


@pytest.mark.slow
@pytest.mark.parametrize("name", NASTY)
def test_of_a_hostile_file_nothing_is_half_written(city: Graph, tmp_path: Path, name: str) -> None:
    before = city.canonical_dump(ids=True)
    path = write(tmp_path, name)
    report, refused = None, ""
    try:
        report = load(city, [path], "contacts")
    except BadInput as error:
        refused = str(error)
    if report is not None:
        assert all(add_up(f) for f in report.files)
        assert city.undo(report.load).done
    else:
        assert name in refused
        assert city.canonical_dump(ids=True) == before
        # What was begun says that it failed, and can be taken back.
        for row in city.loads().loads:
            assert row.status == "failed"
            assert city.undo(row.load).done
    assert city.canonical_dump(ids=True) == before


# --- the store goes away ---


class Line:
    """A line to the store that can be cut."""

    def __init__(self, uri: str) -> None:
        host, _, port = uri.rpartition("/")[2].rpartition(":")
        self._store = (host, int(port))
        self._open: list[socket.socket] = []
        self._listening: socket.socket | None = None
        self.port = 0
        self.mend()

    def mend(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def cut(self) -> None:
        assert self._listening is not None
        # A thread that waits in accept() would keep the port.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(self._store)
                self._open += [near, far]
                for a, b in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(a, b), daemon=True).start()

    @staticmethod
    def _pass(a: socket.socket, b: socket.socket) -> None:
        with suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)
        for end in (a, b):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [1.5, None], ids=["back in time", "back later"])
def test_a_store_that_is_away_for_a_while(
    city: Graph,
    server_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float | None,
) -> None:
    """Back within the deadline, the load goes on; else it stops in a sentence, and the same command continues."""
    path = tmp_path / "contacts.csv"
    path.write_text(table(*[changed(Key=f"K-{n}", Partners=f"Partner {n % 9}") for n in range(150)]))
    undisturbed = tmp_path / "undisturbed"
    monkeypatch.setattr("loaders.queue.FIRST", 20)
    line = Line(server_settings.neo4j_uri)
    through = server_settings.model_copy(
        update={
            "neo4j_uri": f"bolt://127.0.0.1:{line.port}",
            "deadline_seconds": 60.0 if seconds else 1.0,
            "data": undisturbed,
        }
    )
    with open_graph(settings=through) as away:
        graph = away.on(city.day())
        real, calls = graph.write, []

        def write_some(*args: object, **kwargs: object) -> object:
            calls.append(1)
            if len(calls) == 3:
                line.cut()
                if seconds:
                    threading.Timer(seconds, line.mend).start()
            return real(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(graph, "write", write_some)
        if seconds is None:
            with pytest.raises(StoreUnavailable, match=r"cannot be reached.*the same command continues\.$"):
                load(graph, [path], "contacts")
            line.mend()
        report = load(graph, [path], "contacts")
    assert len(calls) > 3
    assert report.files[0].loaded == 150
    (row,) = city.loads().loads
    assert (row.load, row.status, row.loaded) == (report.load, "done", 150)
    dump = city.canonical_dump()
    assert city.undo(report.load).done
    load(city, [path], "contacts")
    assert city.canonical_dump() == dump


# --- the disk is full ---


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_no_half_file(city: Graph, take: Take, tmp_path: Path) -> None:
    report = take(table(*[changed(Key=f"K-{n}", Departments=f"Nobody {n}") for n in range(300)]))
    there = sorted(tmp_path.iterdir())
    with full_disk(2_000):
        with pytest.raises(BadInput, match=r"aside.xlsx cannot be written: .*arge"):
            write_aside(city, report.load, tmp_path / "aside.xlsx")
        with pytest.raises(BadInput, match=r"new.xlsx cannot be written: .*arge"):
            write_template("contacts", tmp_path / "new.xlsx")
        with pytest.raises(OSError, match="arge"):
            write_whole(tmp_path / "x.csv", iter([b"x" * 3_000]))
        with pytest.raises(OSError, match="arge"):
            city.export_offline(tmp_path / "all")
    assert sorted(tmp_path.iterdir()) == there
    write_aside(city, report.load, tmp_path / "aside.xlsx")


def test_a_full_disk_stops_no_load(city: Graph, tmp_path: Path) -> None:
    """The list of problems is beside the load: where it cannot be written whole, the load says so."""
    path = tmp_path / "contacts.csv"
    path.write_text(table(*[changed(Key=f"K-{n}", Departments=f"Nobody {n}") for n in range(300)]))
    with full_disk(2_000):
        report = load(city, [path], "contacts", problems=tmp_path / "problems.csv")
    assert any("problems.csv could not be written whole" in note for note in report.notes)
    assert report.files[0].quarantined == 300
    assert city.loads().loads[0].status == "done"
    whole = load(city, [path], "contacts", problems=tmp_path / "problems.csv")
    assert whole.notes == []
    assert len((tmp_path / "problems.csv").read_text().splitlines()) == 301


def test_an_undone_load_is_loaded_anew_and_not_undone_twice(city: Graph, take: Take) -> None:
    before = city.canonical_dump(ids=True)
    first = take(table(changed(Key="K-1")))
    assert city.undo(first.load).done
    with pytest.raises(Conflict, match="there is nothing of it left"):
        city.undo(first.load)
    again = take(table(changed(Key="K-1")))
    assert again.load != first.load
    assert again.files[0].loaded == 1
    with pytest.raises(Conflict, match="there is nothing of it left"):
        city.undo(first.load)
    assert city.undo(again.load).done
    assert city.canonical_dump(ids=True) == before
