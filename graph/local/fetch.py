"""Fetching the Java archives of a release once, each checked against its locked sum."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock

from graph.errors import StoreRefused, StoreUnavailable
from graph.local.artifacts import Artifact, locked

# (done, in all or None, what is being done)
Progress = Callable[[int, int | None, str], None]

_AT_ONCE = 8
_TRIES = 3
_NEEDED_BYTES = 250_000_000


def jars(version: str, cache: Path, progress: Progress | None = None) -> list[Path]:
    """Paths of a release's archives in `cache`, fetching what is missing or damaged.

    Args:
        version: one of VERSIONS.
        cache: a folder shared by all data folders of a user; it is made if need be.
        progress: told (files done, files in all, what) while fetching; by default a bar or lines on stderr.

    Errors: StoreUnavailable when the Java registry cannot be reached, StoreRefused when what it sends does
    not have the locked sum or the cache cannot be written.
    """
    wanted = locked(version)
    folder = cache / f"neo4j-{version}"
    if not _missing(wanted, folder):
        return [folder / a.filename for a in wanted]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(cache / f"neo4j-{version}.fetching"):
            missing = _missing(wanted, folder)
            if missing:
                with contextlib.nullcontext(progress) if progress else shown() as tell:
                    label = f"Fetching Neo4j {version}, once"
                    _fetch(missing, len(wanted), folder, lambda done: tell(done, len(wanted), label))
    except OSError as error:
        raise StoreRefused(
            f"The folder {cache}, where the local Neo4j is kept, cannot be used ({error.strerror or error}): "
            "set KUMPPANI_CACHE to a folder that you may write."
        ) from error
    return [folder / a.filename for a in wanted]


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _missing(wanted: Iterable[Artifact], folder: Path) -> list[Artifact]:
    """Those not there, or there with another sum. Reads all bytes: a quarter of a second, once a start."""

    def good(artifact: Artifact) -> bool:
        path = folder / artifact.filename
        return path.is_file() and _sum(path) == artifact.sha256

    wanted = list(wanted)
    with ThreadPoolExecutor(4) as pool:
        return [a for a, ok in zip(wanted, pool.map(good, wanted), strict=True) if not ok]


def _fetch(missing: list[Artifact], total: int, folder: Path, tell: Callable[[int], None]) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise StoreRefused(
            f"The disk of {folder} has {free // 1_000_000} MB left and fetching Neo4j takes "
            f"{_NEEDED_BYTES // 1_000_000} MB: free some space, or set KUMPPANI_CACHE to another disk."
        )
    placed = itertools.count(total - len(missing) + 1)

    def place(artifact: Artifact, path: Path) -> None:
        found = _sum(path)
        if found != artifact.sha256:
            raise StoreRefused(
                f"The Java registry sent a file for {artifact.coordinate} that is not the one Kumppani was "
                f"tested with (its SHA-256 begins {found[:12]}, expected {artifact.sha256[:12]}); it was "
                "not used."
            )
        path.replace(folder / artifact.filename)
        tell(next(placed))

    tell(total - len(missing))
    # Beside its destination, so that moving a file there is one step that cannot be half done.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as temporary:
        download_all(registry(Path(temporary)), missing, place)


def registry(folder: Path) -> Any:
    """The Java registry as jgo knows it, mirrors of its settings file included, downloading into `folder`."""
    # Imported here: a start with everything in the cache needs neither.
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    remotes = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    return MavenContext(repo_cache=folder, remote_repos=remotes, timeout=10)


def download_all(
    context: Any, artifacts: list[Artifact], placed: Callable[[Artifact, Path], None] | None = None
) -> dict[Artifact, Path]:
    """Download artifacts, several at once; `placed` is called with each. StoreUnavailable if it cannot be."""
    paths: dict[Artifact, Path] = {}

    def one(artifact: Artifact) -> None:
        path = _download(context, artifact)
        if placed:
            placed(artifact, path)
        paths[artifact] = path

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(one, a) for a in artifacts]
        wait(futures, return_when=FIRST_EXCEPTION)
        pool.shutdown(cancel_futures=True)
    for future in futures:
        if not future.cancelled() and (error := future.exception()):
            raise error
    return paths


def _download(context: Any, artifact: Artifact) -> Path:
    import requests

    component = context.project(artifact.group, artifact.name).at_version(artifact.version)
    remote = component.artifact(artifact.classifier) if artifact.classifier else component.artifact()
    for attempt in range(1, _TRIES + 1):
        try:
            return Path(remote.resolve())
        except (requests.RequestException, RuntimeError) as error:
            remote.cached_path.unlink(missing_ok=True)  # what a broken connection left
            if attempt == _TRIES:
                raise StoreUnavailable(
                    "The Java registry, from which Kumppani fetches its local Neo4j once, cannot be reached "
                    f"({_reason(error)}): set KUMPPANI_NEO4J_URI to a Neo4j of your own, or use "
                    "compose.yaml, which runs one in a container."
                ) from error
    raise AssertionError("unreachable")


def _reason(error: Exception) -> str:
    import requests

    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not answer"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.RequestException):
        return "no connection"
    return "it does not have what was asked for"


@contextmanager
def shown() -> Iterator[Progress]:
    """What a caller without a progress of its own sees: a bar on a terminal, else a line for every fifth."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)


class _Lines:
    def __init__(self) -> None:
        self._said = -1

    def __call__(self, done: int, total: int | None, what: str) -> None:
        fifth = done * 5 // total if total else 0
        if fifth > self._said:
            self._said = fifth
            print(f"{what}: {done} of {total} files", file=sys.stderr, flush=True)
