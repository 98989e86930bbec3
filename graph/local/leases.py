"""Leases: one small file for each user of the local Neo4j, good for as long as its process lives."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from graph import clock
from graph.local import processes
from graph.local.folder import Folder, read_json, write_whole
from graph.local.processes import Process


@dataclass(frozen=True)
class Holder:
    """Who holds a lease.

    Attributes:
        process: its process.
        program: what it calls itself, to be shown.
        since: when it took the lease, ISO text in UTC.
        path: the lease file.
    """

    process: Process
    program: str
    since: str
    path: Path


def take(folder: Folder) -> Holder:
    """Write a lease for the calling process."""
    process = processes.this()
    path = folder.leases / f"{process.pid}-{secrets.token_hex(4)}.json"
    holder = Holder(process, Path(sys.argv[0] or sys.executable).name, clock.now(), path)
    text = json.dumps({**process.as_dict(), "program": holder.program, "since": holder.since})
    write_whole(path, text + "\n")
    return holder


def drop(holder: Holder) -> None:
    """Take a lease back. A forked child leaves its parent's alone."""
    if holder.process == processes.this():
        holder.path.unlink(missing_ok=True)


def living(folder: Folder) -> list[Holder]:
    """The leases whose processes live; files of the dead are cleared away."""
    found = []
    for path in sorted(folder.leases.glob("[0-9]*.json")):
        value = read_json(path)
        process = processes.parse(value)
        if process and process.alive:
            found.append(Holder(process, str(value.get("program", "")), str(value.get("since", "")), path))
        else:
            path.unlink(missing_ok=True)
    return found
