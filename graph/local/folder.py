"""The part of the data folder that belongs to the local Neo4j, and what is checked before it is used.

DATA/neo4j/          readable by its owner only
    version          the release that last opened the graph
    password         of the user neo4j; password.new while it is being set
    state.json       who runs the server and where it listens
    leases/          one file for each user of the server
    home/            Neo4j's own: conf, data, logs
    supervisor.log
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import StoreRefused
from graph.local import processes
from graph.local.processes import Process

# Below this a start is refused: Neo4j needs room for its logs and may break off in the middle of a write.
NEEDED_BYTES = 150_000_000


@dataclass(frozen=True)
class State:
    """What the supervisor last wrote.

    Attributes:
        phase: starting, ready, stopping, or failed.
        supervisor, java: the two processes; java is None until it was started.
        port: on 127.0.0.1; 0 until one was chosen.
        version: the Neo4j release.
        since: the moment of the last start, ISO text in UTC.
        problem: a sentence, when there is something to say.
        kind: whether a failure was "refused" or "unavailable".
    """

    phase: str
    supervisor: Process
    java: Process | None
    port: int
    version: str
    since: str
    problem: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Folder:
    """Paths below a data folder."""

    data: Path

    @property
    def root(self) -> Path:
        """Everything of the local Neo4j."""
        return self.data / "neo4j"

    @property
    def home(self) -> Path:
        """Neo4j's own home."""
        return self.root / "home"

    @property
    def leases(self) -> Path:
        """The lease files."""
        return self.root / "leases"

    @property
    def console(self) -> Path:
        """What Neo4j prints while it starts."""
        return self.home / "logs" / "console.log"

    @property
    def log(self) -> Path:
        """The supervisor's log."""
        return self.root / "supervisor.log"

    @property
    def stop(self) -> Path:
        """Its presence asks the supervisor to stop."""
        return self.root / "stop"

    @property
    def owner_lock(self) -> Path:
        """Held by the supervisor for as long as it lives."""
        return self.root / "owner.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the one who starts a supervisor."""
        return self.root / "start.lock"

    def prepare(self) -> None:
        """Make the folder and see that it can be written; StoreRefused with a sentence if not."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
            for part in (self.leases, self.home / "conf", self.home / "logs"):
                part.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as file:
                file.write(b"Kumppani")
        except OSError as error:
            raise StoreRefused(
                f"The data folder {self.data} cannot be used ({error.strerror or error}): "
                "set KUMPPANI_DATA to a folder that you may write and that has space left."
            ) from error

    def check_space(self, needed: int = NEEDED_BYTES) -> None:
        """StoreRefused unless the disk has `needed` bytes left."""
        if self.free() < needed:
            raise StoreRefused(
                f"The disk of the data folder {self.data} is full ({self.free() // 1_000_000} MB left, and "
                f"Neo4j needs {needed // 1_000_000} MB to start safely): free some space, or set "
                "KUMPPANI_DATA to another disk."
            )

    def free(self) -> int:
        """Bytes left on the data folder's disk."""
        return shutil.disk_usage(self.data).free

    def check_version(self, wanted: str) -> None:
        """StoreRefused if a newer Neo4j than `wanted` wrote this folder; an older one's Neo4j migrates."""
        found = self.version()
        if found and _ordered(found) > _ordered(wanted):
            raise StoreRefused(
                f"The data folder {self.data} was written by Neo4j {found}, and {wanted} cannot read it: "
                f"set KUMPPANI_NEO4J_VERSION to {found}, or KUMPPANI_DATA to another folder."
            )

    def version(self) -> str:
        """The release that last opened this folder, "" for a new one."""
        path = self.root / "version"
        return path.read_text("utf-8").strip() if path.exists() else ""

    def write_version(self, version: str) -> None:
        """Note the release that is about to open this folder."""
        write_whole(self.root / "version", version + "\n")

    def state(self) -> State | None:
        """What the supervisor last wrote; None when there is nothing (readable)."""
        value = read_json(self.root / "state.json")
        supervisor = processes.parse(value.get("supervisor"))
        if supervisor is None:
            return None
        texts = {key: str(value.get(key, "")) for key in ("phase", "version", "since", "problem", "kind")}
        port = value.get("port")
        java = processes.parse(value.get("java"))
        return State(supervisor=supervisor, java=java, port=port if isinstance(port, int) else 0, **texts)

    def write_state(self, state: State) -> None:
        """Replace the state file in one step."""
        value = {**vars(state), "supervisor": state.supervisor.as_dict()}
        value["java"] = state.java.as_dict() if state.java else None
        write_whole(self.root / "state.json", json.dumps(value, indent=1) + "\n")


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def read_json(path: Path) -> Mapping[str, Any]:
    """A small JSON object; an empty one when the file is gone or was left half written by a full disk."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_whole(path: Path, text: str) -> None:
    """Write a file, mode 600, so that a reader sees the old one or the new one and a crash loses neither."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
