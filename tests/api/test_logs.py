"""Logs: tracebacks in the file, sentences on stderr, several processes in one file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from api import logs


@pytest.fixture
def apart() -> Iterator[None]:
    """The logging of the process as it was, afterwards."""
    root = logging.getLogger()
    before, level, chosen = list(root.handlers), root.level, structlog.get_config()
    yield
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.configure(**chosen)


@pytest.mark.usefixtures("apart")
def test_what_goes_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = logs.configure(tmp_path, "serve")
    assert path == tmp_path / "logs" / "serve.log"
    log = structlog.get_logger("kumppani.test")
    log.info("quiet", rows=3)
    log.warning("heard", why="\u202e\n")
    try:
        raise ValueError("deep inside")
    except ValueError as error:
        log.error("failed", incident="abc", exc_info=error)
    lines = [json.loads(x) for x in path.read_text().splitlines()]
    assert [x["event"] for x in lines] == ["quiet", "heard", "failed"]
    assert lines[0]["rows"] == 3
    assert lines[0]["logger"] == "kumppani.test"
    assert "deep inside" in lines[2]["traceback"]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "kumppani: warning: heard why='\\u202e\\n'\nkumppani: error: failed incident='abc'\n"


@pytest.mark.usefixtures("apart")
def test_configuring_twice_says_everything_once(tmp_path: Path) -> None:
    logs.configure(tmp_path, "cli")
    path = logs.configure(tmp_path, "cli")
    structlog.get_logger("kumppani.test").info("once")
    assert path is not None
    assert len(path.read_text().splitlines()) == 1


@pytest.mark.usefixtures("apart")
def test_a_folder_that_cannot_be_written_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert logs.configure(blocked, "cli") is None
    structlog.get_logger("kumppani.test").warning("still heard")
    assert "still heard" in capsys.readouterr().err


def test_two_writers_share_a_file_that_turns_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 2_000)
    monkeypatch.setattr(logs, "KEPT", 50)
    handlers = [logs.SharedFileHandler(tmp_path / "x.log") for _ in range(2)]
    for nr in range(200):
        record = logging.LogRecord("t", logging.INFO, "", 0, f"line {nr} " + "." * 50, None, None)
        handlers[nr % 2].handle(record)
    for handler in handlers:
        handler.close()
    files = [f for f in tmp_path.iterdir() if f.suffix != ".lock"]
    assert len(files) > 3
    kept = [int(line.split()[1]) for f in files for line in f.read_text().splitlines()]
    assert sorted(kept) == list(range(200))
    assert all(f.stat().st_size <= 2_000 for f in files)
