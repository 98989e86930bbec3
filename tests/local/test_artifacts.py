"""The locked lists say what is fetched, and nothing else is used."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.errors import BadInput, StoreRefused, StoreUnavailable
from graph.local import VERSIONS, acquire, artifacts, fetch
from graph.settings import Settings
from tests.local.conftest import own_settings


@pytest.mark.parametrize("version", VERSIONS)
def test_lists_hold_sums_and_no_addresses(version: str) -> None:
    text = artifacts.lock_path(version).read_text("utf-8")
    assert "://" not in text
    found = artifacts.locked(version)
    assert len(found) > 140
    assert all(re.fullmatch(r"[0-9a-f]{64}", a.sha256) for a in found)
    assert len({a.filename for a in found}) == len(found), "they share one folder"
    assert not [a.coordinate for a in found if artifacts.is_unused(a.group, a.name)]
    names = {a.name for a in found}
    assert {"neo4j", "neo4j-bolt", "neo4j-server", "jna", "netty-codec-http"} <= names


def test_unknown_release_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"'4\.4\.0'.*5\.26\.30 or 2026\.09\.0"):
        acquire(own_settings(tmp_path, neo4j_version="4.4.0"))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def mirror(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Java registry on loopback, named in jgo's settings as a company's mirror would be; its folder.

    The cache comes before it: on a new machine that is fetched from the real one.
    """
    root = tmp_path / "registry"
    root.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = tmp_path / "jgo.conf"
    config.write_text(f"[repositories]\ncentral = http://127.0.0.1:{server.server_port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(config))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield root
    server.shutdown()
    server.server_close()


@pytest.fixture
def cache(tmp_path: Path, settings: Settings) -> Path:
    """A whole cache of the test's own: links to the user's files, fetched if they are not there yet."""
    own = tmp_path / "cache"
    folder = own / f"neo4j-{settings.neo4j_version}"
    folder.mkdir(parents=True)
    for jar in fetch.jars(settings.neo4j_version, settings.cache):
        (folder / jar.name).symlink_to(jar)
    return own


def test_damaged_file_is_fetched_again_and_a_wrong_one_refused(
    mirror: Path, cache: Path, settings: Settings
) -> None:
    version = settings.neo4j_version
    one = min(
        artifacts.locked(version),
        key=lambda a: (settings.cache / f"neo4j-{version}" / a.filename).stat().st_size,
    )
    good = settings.cache / f"neo4j-{version}" / one.filename
    damaged = cache / f"neo4j-{version}" / one.filename
    damaged.unlink()
    damaged.write_bytes(good.read_bytes()[:-1] + b"?")
    served = mirror.joinpath(*one.group.split("."), one.name, one.version, one.filename)
    served.parent.mkdir(parents=True)

    served.write_bytes(b"not the archive that was locked")
    with pytest.raises(StoreRefused, match="is not the one Kumppani was tested with") as refused:
        fetch.jars(version, cache)
    assert one.coordinate in str(refused.value)
    assert hashlib.sha256(damaged.read_bytes()).hexdigest() != one.sha256, "nothing took its place"

    shutil.copyfile(good, served)
    said: list[tuple[int, int | None, str]] = []
    paths = fetch.jars(version, cache, lambda *report: said.append(report))
    assert damaged in paths
    assert damaged.read_bytes() == good.read_bytes()
    total = len(paths)
    assert said == [(n, total, f"Fetching Neo4j {version}, once") for n in (total - 1, total)]
    assert not list(cache.glob(".fetching-*")), "nothing is left lying about"


def test_unreachable_registry_gives_one_sentence_with_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # discard: nothing listens there
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "none.conf"))
    own = own_settings(tmp_path / "data", cache=tmp_path / "empty")
    with pytest.raises(StoreUnavailable) as caught:
        acquire(own)
    sentence = str(caught.value)
    assert sentence.startswith("The Java registry")
    assert "cannot be reached" in sentence
    assert "KUMPPANI_NEO4J_URI" in sentence
    assert "compose.yaml" in sentence
    assert sentence.count(". ") == 0
    assert "\n" not in sentence
    assert not list((own.data / "neo4j" / "leases").iterdir()), "the lease went with the failure"
