"""The process that owns the local Neo4j: starts it, watches it, stops it when nobody uses it any more.

Run as `python -m graph.local.supervisor JSON` by graph.local.server, detached from whoever asked first.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import filelock

from graph import clock
from graph.errors import StoreError, StoreRefused
from graph.local import java, leases, processes
from graph.local.folder import Folder, State
from graph.local.java import PortTaken
from graph.local.order import Order

LOG = logging.getLogger("kumppani.store")

TICK = 0.2
RESTARTS, RESTART_WINDOW = 3, 60.0
DISK_EVERY, DISK_LOW = 30.0, 50_000_000
PROBE_EVERY = 3.0  # seconds


class Supervisor:
    """Owns one server for as long as it is wanted."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.folder = Folder(Path(order.data))
        self.state = State("starting", processes.this(), None, 0, order.version, clock.now())
        self.ended = False
        self.restarts: list[float] = []

    def run(self) -> None:
        """Until nobody uses the server, or somebody asks to stop it."""
        self.folder.stop.unlink(missing_ok=True)
        before = self.folder.state()
        last_port = before.port if before else 0
        self._write(port=last_port)
        try:
            if not self._adopted(before):
                self._start(last_port)
            self._watch()
        except StoreError as error:
            LOG.error("%s", error)
            kind = "refused" if isinstance(error, StoreRefused) else "unavailable"
            self._stop_java()
            self._write(phase="failed", problem=str(error), kind=kind, java=None)
        else:
            self._stop_java()
            self._write(phase="stopped", java=None)
        if self.folder.root.exists():
            self.folder.stop.unlink(missing_ok=True)
        LOG.info("done")

    def end(self, *_: object) -> None:
        """Asked to by a signal: the machine is being shut down."""
        self.ended = True

    def _asked_to_stop(self) -> bool:
        return self.ended or self.folder.stop.exists() or not self.folder.root.exists()

    def _write(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        try:
            self.folder.write_state(self.state)
        except (
            OSError
        ) as error:  # a full disk, or a folder taken away: the server matters more than its state file
            LOG.warning("the state file cannot be written: %s", error)

    # --- starting ---

    def _adopted(self, before: State | None) -> bool:
        """Take over a server whose supervisor was killed; end one that is not as it should be."""
        for found in java.running(self.folder):
            fits = before and before.java == found and before.version == self.order.version
            if before and fits and java.answers(self.folder, before.port):
                LOG.info("took over Neo4j, process %s, on port %s", found.pid, before.port)
                self._write(phase="ready", java=found, port=before.port, since=before.since)
                return True
            LOG.warning("ending a Neo4j that somebody left behind, process %s", found.pid)
            processes.end(found, java.STOP_SECONDS)
        return False

    def _start(self, last_port: int) -> None:
        self.folder.check_space()
        self.folder.check_version(self.order.version)
        self.folder.write_version(self.order.version)
        for attempt in (1, 2, 3):
            port = java.choose_port(self.order.port, last_port)
            try:
                self._start_on(port)
                return
            except PortTaken:
                # Somebody was quicker between our look and Neo4j's; another free port will do.
                if self.order.port or attempt == 3:
                    raise
                last_port = 0

    def _start_on(self, port: int) -> None:
        order = self.order
        began = time.monotonic()
        process = java.start(self.folder, order.version, Path(order.cache), order.heap_mb, port)
        self._write(phase="starting", java=process, port=port, since=clock.now())
        if java.wait_ready(self.folder, process, port, self._asked_to_stop):
            self._write(phase="ready")
            seconds = time.monotonic() - began
            LOG.info(
                "Neo4j %s ready on port %s after %.1f s, process %s",
                order.version,
                port,
                seconds,
                process.pid,
            )

    # --- watching ---

    def _watch(self) -> None:
        used = probed = time.monotonic()
        looked = 0.0
        while not self._asked_to_stop():
            if self.state.java is None or not self.state.java.alive:
                self._restart()
            if leases.living(self.folder):
                used = time.monotonic()
            elif time.monotonic() - used >= self.order.idle_seconds:
                # Said first, looked again after: whoever takes a lease meanwhile sees one or is seen.
                self._write(phase="stopping")
                if not leases.living(self.folder):
                    LOG.info("nobody has used Neo4j for %.0f s: stopping it", self.order.idle_seconds)
                    return
                self._write(phase="ready")
            if time.monotonic() - looked > DISK_EVERY:
                looked = time.monotonic()
                self._look_at_disk()
            if time.monotonic() - probed > PROBE_EVERY:
                probed = time.monotonic()
                self._look_at_java()
            time.sleep(TICK)
        LOG.info("asked to stop")

    def _look_at_java(self) -> None:
        if self.state.java and java.broken(self.folder, self.state.port):
            LOG.error("Neo4j has met a fault that only a restart ends: see %s", self.folder.home / "logs")
            # Asked to end, it would write the rest of what failed to its log, behind a half that is there already.
            processes.end(self.state.java, 0)

    def _restart(self) -> None:
        now = time.monotonic()
        self.restarts = [moment for moment in self.restarts if now - moment < RESTART_WINDOW] + [now]
        if len(self.restarts) > RESTARTS:
            raise java.why(self.folder, self.state.port)
        LOG.warning("Neo4j ended unasked: starting it again on port %s", self.state.port)
        self._write(phase="starting", java=None)
        self._start(self.state.port)

    def _look_at_disk(self) -> None:
        if not self.folder.root.exists():
            return
        free = self.folder.free()
        low = free < DISK_LOW
        problem = f"The disk of the data folder has only {free // 1_000_000} MB left." if low else ""
        if problem:
            LOG.warning("%s", problem)
        if bool(problem) != bool(self.state.problem):
            self._write(problem=problem)

    def _stop_java(self) -> None:
        if self.state.phase != "stopping":
            self._write(phase="stopping")
        patience = java.STOP_SECONDS if self.folder.root.exists() else 1.0
        for process in {*java.running(self.folder), *([self.state.java] if self.state.java else [])}:
            processes.end(process, patience)


def main(text: str) -> None:
    """Be the supervisor, unless there is one already."""
    order = Order(**json.loads(text))
    folder = Folder(Path(order.data))
    # The driver loads these when it finds them, and this process lives long on 50 MB and not on 120.
    for name in ("numpy", "pandas", "pyarrow"):
        sys.modules[name] = None  # type: ignore[assignment]
    logging.raiseExceptions = False  # a log that cannot be written is no reason to leave the server alone
    handler = logging.handlers.RotatingFileHandler(folder.log, maxBytes=1_000_000, backupCount=1)
    logging.basicConfig(
        handlers=[handler], level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s"
    )
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # its retries while Neo4j starts are expected
    supervisor = Supervisor(order)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, supervisor.end)
    try:
        with filelock.FileLock(folder.owner_lock, timeout=10):
            supervisor.run()
    except filelock.Timeout:
        LOG.warning("another supervisor has this folder")
    except Exception:
        LOG.exception("the supervisor failed")
        raise


if __name__ == "__main__":
    main(sys.argv[1])
