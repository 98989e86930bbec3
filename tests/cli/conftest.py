"""The command line against the store of the tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli import run
from graph.settings import Settings
from tests.api.conftest import city  # noqa: F401 - the fixture

COMMAND = [sys.executable, "-m", "api.cli"]


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it wrote where."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def environment(settings: Settings, data: Path) -> dict[str, str]:
    """The environment in which a command meets the store of the tests, with a data folder of its own."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("KUMPPANI_")},
        "KUMPPANI_DATA": str(data),
        "KUMPPANI_NEO4J_URI": settings.neo4j_uri,
        "KUMPPANI_NEO4J_USER": settings.neo4j_user,
        "KUMPPANI_NEO4J_PASSWORD": settings.neo4j_password.get_secret_value(),
        "KUMPPANI_NEO4J_DATABASE": settings.neo4j_database,
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def env(server_settings: Settings, tmp_path: Path) -> dict[str, str]:
    return environment(server_settings, tmp_path / "data")


@pytest.fixture
def kumppani(
    env: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    quiet_logs: None,
) -> Run:
    """Runs one command line in this process, in an empty folder."""
    for name in [n for n in os.environ if n.startswith("KUMPPANI_")]:
        monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def once(*arguments: str) -> Ran:
        capfd.readouterr()
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return once


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """The logging of the process as it was, after a command has arranged it to its liking."""
    import logging

    import structlog

    root = logging.getLogger()
    before, level, chosen = list(root.handlers), root.level, structlog.get_config()
    yield
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.configure(**chosen)
