"""One Neo4j process: found, started, waited for, and asked why it did not start."""

from __future__ import annotations

import random
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from graph.errors import TO_BE_RESTARTED, StoreError, StoreRefused, StoreUnavailable
from graph.local import config, password, processes
from graph.local.folder import Folder
from graph.local.processes import Process

HOST = "127.0.0.1"
_PORTS = range(20_000, 32_000)
START_SECONDS = 300.0
STOP_SECONDS = 60.0


class PortTaken(StoreRefused):
    """Another program listens where Neo4j should."""


def uri(port: int) -> str:
    """Where a server on this port is reached."""
    return f"bolt://{HOST}:{port}"


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still being wound up counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(wanted: int, last: int) -> int:
    """The wanted port (PortTaken if another program has it), else the last one used, else any free one."""
    if wanted:
        if not is_free(wanted):
            raise PortTaken(
                f"Port {wanted} on this machine is taken by another program{_listener(wanted)}: end that "
                "program, or set KUMPPANI_NEO4J_PORT to another port, or to 0 for any free one."
            )
        return wanted
    if last and is_free(last):
        return last
    # Not the system's own choice: that is a number it also gives to outgoing connections, which would then
    # take the port from a server that is being started again.
    for port in random.sample(_PORTS, 100):
        if is_free(port):
            return port
    raise PortTaken(f"No free port was found on this machine between {_PORTS.start} and {_PORTS.stop}.")


def _listener(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                name = psutil.Process(connection.pid).name() if connection.pid else ""
                return f" ({name}, process {connection.pid})" if name else ""
    except psutil.Error:  # some systems show other people's programs to nobody
        return ""
    return ""


def running(folder: Folder) -> list[Process]:
    """The Neo4j processes on this folder, whoever started them (one at most, unless something went wrong)."""
    mark = f"--home-dir={folder.home}"
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if mark in (process.info["cmdline"] or ()) and (known := processes.find(process.pid)):
            found.append(known)
    return found


def start(folder: Folder, version: str, cache: Path, heap: int, port: int) -> Process:
    """Start Neo4j and return at once. StoreError if not even that can be done."""
    try:
        (folder.home / "conf" / "neo4j.conf").write_text(config.render(version, port, heap), "utf-8")
        if folder.console.exists():
            folder.console.replace(folder.console.with_suffix(".before.log"))
        with folder.console.open("wb") as output:
            child = subprocess.Popen(
                config.command(version, cache, folder.home, heap),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=config.environment(),
                cwd=folder.home,
                start_new_session=True,
            )
    except OSError as error:
        raise StoreUnavailable(f"The local Neo4j cannot be started: {error}.") from error
    reaped(child)
    process = processes.find(child.pid)
    if process is None:
        raise why(folder, port)
    return process


def reaped(child: subprocess.Popen[bytes]) -> None:
    """See that a child which ends leaves no zombie, however long we live."""
    threading.Thread(target=child.wait, name=f"reaper of {child.pid}", daemon=True).start()


def wait_ready(folder: Folder, process: Process, port: int, asked_to_stop: Callable[[], bool]) -> bool:
    """Wait until the server answers with its password; False if it was asked to stop meanwhile.

    Errors: StoreError with the reason when it ends instead, or takes longer than START_SECONDS.
    """
    from neo4j.exceptions import DriverError, Neo4jError

    deadline = time.monotonic() + START_SECONDS
    problem: Exception | None = None
    while time.monotonic() < deadline:
        if asked_to_stop():
            return False
        if not process.alive:
            raise why(folder, port)
        if _listens(port):
            try:
                password.settle(folder, uri(port))
                return True
            except (DriverError, Neo4jError) as error:
                problem = error
        time.sleep(0.05)
    raise StoreUnavailable(
        f"The local Neo4j did not answer within {START_SECONDS:.0f} seconds"
        f"{f' ({problem})' if problem else ''}; its log is {folder.console}."
    )


def answers(folder: Folder, port: int) -> bool:
    """Whether our server answers on this port with its password."""
    from neo4j.exceptions import DriverError, Neo4jError

    if not port or not _listens(port) or not password.read(folder):
        return False
    try:
        return password.opens(uri(port), password.read(folder))
    except (DriverError, Neo4jError):
        return False


def broken(folder: Folder, port: int) -> bool:
    """Whether our server takes no transaction any more until it is restarted, as after a write to a full disk."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        password.opens(uri(port), password.read(folder))
    except Neo4jError as error:
        return TO_BE_RESTARTED in str(error)
    except DriverError:
        pass  # busy, or just ending: that is looked at elsewhere
    return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((HOST, port)) == 0


_REASONS: tuple[tuple[str, str], ...] = (
    (
        r"No space left on device|Disk quota exceeded",
        "The disk of the data folder {data} is full: free some space, or set KUMPPANI_DATA to another disk.",
    ),
    (
        r"Lock file has been locked by another process|Unable to obtain lock on store|FileLockException",
        "Another Neo4j uses the data folder {data}: stop it, or set KUMPPANI_DATA to another folder.",
    ),
    (
        r"Could not reserve enough space|insufficient memory|OutOfMemoryError|Cannot allocate memory",
        "This machine has not enough memory left for the local Neo4j: close some programs, or set "
        "KUMPPANI_NEO4J_HEAP_MB to a smaller number.",
    ),
    (
        r"UpgradeNotAllowed|[Dd]owngrade|newer version of Neo4j|Unknown store version|unrecognized kernel",
        "The graph in {data} was written by another Neo4j release, which this one cannot read: set "
        "KUMPPANI_NEO4J_VERSION to that release, or KUMPPANI_DATA to another folder.",
    ),
    (
        r"Permission denied|AccessDeniedException|Read-only file system",
        "The data folder {data} may not be written: set KUMPPANI_DATA to a folder that you may write.",
    ),
)


def why(folder: Folder, port: int) -> StoreError:
    """The reason why Neo4j ended while it started, read from what it printed."""
    text = folder.console.read_text("utf-8", "replace") if folder.console.exists() else ""
    if re.search(r"Address already in use|BindException", text):
        return PortTaken(f"Port {port} on this machine was taken by another program{_listener(port)}.")
    for pattern, sentence in _REASONS:
        if re.search(pattern, text):
            return StoreRefused(sentence.format(data=folder.data))
    causes = re.findall(r"^(?:Caused by: |.* ERROR )(.+)$", text, re.MULTILINE)
    said = f"; the last reason it gave: {causes[-1][:300]}" if causes else ""
    return StoreUnavailable(f"The local Neo4j ended while it started{said}. Its log is {folder.console}.")
