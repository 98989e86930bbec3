"""Using the local Neo4j: `acquire` starts or shares it, `start`, `stop` and `status` are for a person."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import filelock

from graph.errors import StoreError, StoreRefused, StoreUnavailable
from graph.local import config, fetch, java, leases, password, processes
from graph.local.artifacts import check_version
from graph.local.fetch import Progress
from graph.local.folder import Folder, State
from graph.local.leases import Holder
from graph.local.order import Order
from graph.local.processes import Process
from graph.settings import Settings

_STEP = 0.05
_LAUNCHES = 3
_WAIT_SECONDS = java.START_SECONDS + java.STOP_SECONDS + 30


@dataclass(frozen=True)
class Server:
    """A running local Neo4j.

    Attributes:
        uri: where it listens, `bolt://127.0.0.1:PORT`.
        user, password, database: how to open it.
        version: its release.
        pid: its process.
    """

    uri: str
    user: str
    password: str
    database: str
    version: str
    pid: int

    def __repr__(self) -> str:
        return f"Server({self.uri}, {self.version}, pid {self.pid})"


@dataclass(frozen=True)
class Status:
    """What `store status` prints.

    Attributes:
        running: whether a server is up or on its way.
        phase: stopped, starting, ready, stopping, failed, or abandoned (its supervisor was killed; the
            next use takes it over).
        uri, pid, since: of the server; "" or 0 when there is none.
        version: its release, or the one that last wrote the data folder.
        supervisor: its process, 0 when there is none.
        leases: who uses it.
        data: the data folder; log: where the supervisor writes.
        problem: a sentence when something is wrong.
    """

    running: bool
    phase: str
    uri: str
    version: str
    pid: int
    supervisor: int
    since: str
    leases: list[Holder]
    data: Path
    log: Path
    problem: str

    def __str__(self) -> str:
        rows = [("Neo4j", f"{self.version} {self.phase}".strip()), ("data folder", str(self.data))]
        if self.running:
            rows += [("listens at", self.uri), ("process", str(self.pid)), ("since", self.since)]
            rows += [
                ("used by", f"{h.program}, process {h.process.pid}, since {h.since}") for h in self.leases
            ]
        if self.running and not self.leases:
            rows.append(("used by", "nobody"))
        rows += [("log", str(self.log))] if self.log.exists() else []
        rows += [("problem", self.problem)] if self.problem else []
        return "\n".join(f"{name + ':':<13}{value}" for name, value in rows)


class Lease:
    """The right to use the local Neo4j; while one is held, it is not stopped for being idle."""

    def __init__(self, settings: Settings, holder: Holder, server: Server) -> None:
        self._settings = settings
        self._folder = Folder(settings.data.resolve())
        self._holder: Holder | None = holder
        self.server = server

    def renew(self) -> Server:
        """The server again, started anew if it was stopped or killed; it may listen elsewhere then."""
        if self._holder is None or not self._holder.path.exists():
            self._holder = leases.take(self._folder)
        self.server = _server(self._settings, self._folder, self._holder, None)
        return self.server

    def release(self) -> None:
        """Give the lease back. Doing it twice is doing it once."""
        holder, self._holder = self._holder, None
        if holder is None or not self._folder.root.exists():
            return
        leases.drop(holder)
        state = self._folder.state()
        if state and not state.supervisor.alive and state.java and state.java.alive:
            # Its supervisor was killed: without a new one the server would run for ever.
            _spawn(self._settings, self._folder)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(settings: Settings, *, progress: Progress | None = None) -> Lease:
    """A lease on the local Neo4j of `settings.data`, which is fetched and started if need be.

    Args:
        progress: told (done, in all or None, what) while fetching and starting; by default a bar or lines on
            stderr, while fetching only.

    Errors: StoreRefused and StoreUnavailable, each with a sentence for the person in front of the program;
        BadInput for a release that there is no list for.
    """
    folder = _folder(settings)
    holder = leases.take(folder)
    try:
        return Lease(settings, holder, _server(settings, folder, holder, progress))
    except BaseException:
        leases.drop(holder)
        raise


def start(settings: Settings, *, progress: Progress | None = None) -> Server:
    """Start the server, or find it running; without a user it stops again after `store_idle_minutes`."""
    with acquire(settings, progress=progress) as lease:
        return lease.server


def stop(settings: Settings) -> bool:
    """Stop the server at once, whoever uses it; False if none was running."""
    folder = Folder(settings.data.resolve())
    if not folder.root.exists():
        return False
    state = folder.state()
    if state and state.supervisor.alive:
        folder.stop.touch()
        _wait_for(lambda: not state.supervisor.alive)
        return True
    with filelock.FileLock(folder.start_lock, timeout=_WAIT_SECONDS):
        left = java.running(folder)
        for process in left:
            processes.end(process, java.STOP_SECONDS)
    return bool(left)


def status(settings: Settings) -> Status:
    """How the server of `settings.data` is doing. Starts nothing."""
    folder = Folder(settings.data.resolve())
    state = folder.state()
    supervised = bool(state and state.supervisor.alive)
    up = bool(state and state.java and state.java.alive)
    phase = "stopped"
    if state and supervised:
        phase = state.phase
    elif up:
        phase = "abandoned"
    elif state and state.phase == "failed":
        phase = "failed"
    return Status(
        running=up or (supervised and phase in ("starting", "ready")),
        phase=phase,
        uri=java.uri(state.port) if state and up else "",
        version=state.version if state and up else folder.version(),
        pid=state.java.pid if state and state.java and up else 0,
        supervisor=state.supervisor.pid if state and supervised else 0,
        since=state.since if state and up else "",
        leases=leases.living(folder) if folder.leases.exists() else [],
        data=folder.data,
        log=folder.log,
        problem=state.problem if state else "",
    )


def _folder(settings: Settings) -> Folder:
    if settings.neo4j_uri:
        raise StoreRefused(
            "KUMPPANI_NEO4J_URI is set, so Kumppani uses that Neo4j and runs none of its own: unset it to "
            "use the local one."
        )
    check_version(settings.neo4j_version)
    folder = Folder(settings.data.resolve())
    folder.prepare()
    folder.check_version(settings.neo4j_version)
    return folder


def _server(settings: Settings, folder: Folder, holder: Holder, progress: Progress | None) -> Server:
    """The running server, after starting it if need be."""
    deadline = time.monotonic() + _WAIT_SECONDS
    awaited: Process | None = None
    launches = 0
    while time.monotonic() < deadline:
        state = folder.state()
        # The failure of an attempt that was over before we came says nothing about ours.
        if state and state.phase == "failed" and state.supervisor == awaited:
            raise _error(state)
        if state is None or not state.supervisor.alive:
            if launches == _LAUNCHES:
                break
            launches += 1
            awaited = _launch(settings, folder, progress)
            deadline = time.monotonic() + _WAIT_SECONDS
        elif state.version != settings.neo4j_version:
            _change_version(settings, folder, holder, state)
        elif state.phase == "ready" and state.java and state.java.alive:
            return Server(
                uri=java.uri(state.port),
                user=password.USER,
                password=password.read(folder),
                database=password.DATABASE,
                version=state.version,
                pid=state.java.pid,
            )
        else:
            if state.phase == "starting":
                awaited = state.supervisor
            time.sleep(_STEP)
    raise StoreUnavailable(f"The local Neo4j did not get ready in time; its log is {folder.log}.")


def _error(state: State) -> StoreError:
    return StoreRefused(state.problem) if state.kind == "refused" else StoreUnavailable(state.problem)


def _change_version(settings: Settings, folder: Folder, holder: Holder, state: State) -> None:
    """Stop a server of another release, if nobody else uses it."""
    others = [h for h in leases.living(folder) if h.path != holder.path]
    if others:
        users = ", ".join(sorted({f"{h.program} (process {h.process.pid})" for h in others}))
        raise StoreRefused(
            f"Neo4j {state.version} runs on the data folder {folder.data} and is used by {users}: end that "
            f"first, then {settings.neo4j_version} can be started."
        )
    stop(settings)


def _launch(settings: Settings, folder: Folder, progress: Progress | None) -> Process | None:
    """Fetch what is missing and start a supervisor, unless somebody has just done so; returns it."""
    try:
        with filelock.FileLock(folder.start_lock, timeout=900):
            state = folder.state()
            if state and state.supervisor.alive:
                return state.supervisor
            folder.check_space()
            fetch.jars(settings.neo4j_version, settings.cache.resolve(), progress)
            if progress:
                progress(0, None, f"Starting Neo4j {settings.neo4j_version}")
            child = _spawn(settings, folder)
            _wait_for(lambda: _has_written(folder, child))
            state = folder.state()
            return state.supervisor if state else None
    except filelock.Timeout:
        raise StoreUnavailable(
            f"Another program has been starting Neo4j for a quarter of an hour; its log is {folder.log}."
        ) from None


def _spawn(settings: Settings, folder: Folder) -> int:
    """Start a supervisor, detached, and return its pid."""
    order = Order(
        data=str(folder.data),
        cache=str(settings.cache.resolve()),
        version=settings.neo4j_version,
        port=settings.neo4j_port,
        heap_mb=settings.neo4j_heap_mb or config.heap_mb(config.memory()),
        idle_seconds=settings.store_idle_minutes * 60,
    )
    package_root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH", ""))))
    with (folder.root / "supervisor.err").open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "graph.local.supervisor", order.to_json()],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            cwd=folder.root,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
    java.reaped(child)
    return child.pid


def _has_written(folder: Folder, pid: int) -> bool:
    """Whether the supervisor that we started took over the state file, or gave up."""
    state = folder.state()
    if state and state.supervisor.pid == pid:
        return True
    if processes.find(pid) is None:
        if state and state.supervisor.alive:  # another one was quicker
            return True
        said = (folder.root / "supervisor.err").read_text("utf-8", "replace").strip().splitlines()
        raise StoreUnavailable(
            "The process that runs the local Neo4j ended at once "
            f"({said[-1] if said else 'it left no word'}); its log is {folder.log}."
        )
    return False


def _wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise StoreUnavailable("The local Neo4j did not stop or start in time; try again.")
        time.sleep(_STEP)
