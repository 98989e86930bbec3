"""The password of the local Neo4j: random, set on the first start, kept in the data folder."""

from __future__ import annotations

import secrets
from pathlib import Path

from graph.errors import StoreRefused
from graph.local.folder import Folder, write_whole

USER = "neo4j"
DATABASE = "neo4j"


def _path(folder: Folder) -> Path:
    return folder.root / "password"


def _candidate(folder: Folder) -> Path:
    return folder.root / "password.new"


def read(folder: Folder) -> str:
    """The password, "" before the first start."""
    path = _path(folder)
    return path.read_text("utf-8").strip() if path.exists() else ""


def settle(folder: Folder, uri: str) -> str:
    """The password that opens the server at `uri`, setting it on a new one.

    The new password is on disk before the server hears of it, so that a crash between the two loses nothing.
    Errors: StoreRefused when none that we know opens it; the driver's own while the server is not up yet.
    """
    kept, candidate = _path(folder), _candidate(folder)
    if kept.exists():
        if opens(uri, read(folder)):
            return read(folder)
        raise StoreRefused(
            f"The graph in {folder.data} does not open with the password in {kept}: bring back the file that "
            "belongs to it, or set KUMPPANI_DATA to another folder."
        )
    found = candidate.read_text("utf-8").strip() if candidate.exists() else ""
    if not found or not opens(uri, found):
        found = secrets.token_urlsafe(24)
        write_whole(candidate, found + "\n")
        if not _alter(uri, found):
            raise StoreRefused(
                f"The graph in {folder.data} has a password and the file {kept}, which kept it, is gone: "
                "bring it back from a copy, or set KUMPPANI_DATA to another folder."
            )
    candidate.replace(kept)
    return found


def opens(uri: str, password: str) -> bool:
    """Whether this password opens the server and its database answers. The driver's errors pass through."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import AuthError

    with GraphDatabase.driver(uri, auth=(USER, password), connection_timeout=5) as driver:
        try:
            driver.execute_query("RETURN 1 AS one", database_=DATABASE)
        except AuthError:
            return False
    return True


def _alter(uri: str, password: str) -> bool:
    from neo4j import GraphDatabase
    from neo4j.exceptions import AuthError

    with GraphDatabase.driver(uri, auth=(USER, USER), connection_timeout=5) as driver:
        try:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
                old=USER,
                new=password,
                database_="system",
            )
        except AuthError:
            return False
    return True
