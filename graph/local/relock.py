"""Renew the locked lists: `python -m graph.local.relock [VERSION ...]`.

For a developer who moves to another release: resolves its artifacts from the Java registry, leaves out the
unused ones, fetches the rest into a temporary folder and writes the list. Takes a minute or two for each.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from graph.local.artifacts import ROOTS, VERSIONS, Artifact, is_unused, lock_path
from graph.local.fetch import download_all, registry


def resolve(version: str, folder: Path) -> list[Artifact]:
    """The artifacts that a release needs, sorted, with the sums of the files as they were fetched."""
    context = registry(folder)
    roots = [context.create_dependency(f"{root}:{version}") for root in ROOTS]
    inputs, others = context.resolver.resolve(roots)
    found = [
        Artifact(d.groupId, d.artifactId, d.version, d.classifier or "", "")
        for d in (*inputs, *others)
        if not is_unused(d.groupId, d.artifactId)
    ]
    found.sort(key=lambda a: a.coordinate)
    if len({a.filename for a in found}) != len(found):
        raise SystemExit("Two artifacts would share one file name: give the cache a folder for each group.")
    paths = download_all(context, found)
    return [
        Artifact(a.group, a.name, a.version, a.classifier, hashlib.sha256(paths[a].read_bytes()).hexdigest())
        for a in found
    ]


def main(versions: list[str]) -> None:
    """Write the lists of these releases, or of all."""
    for version in versions or VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            found = resolve(version, Path(folder))
        lines = [f"# Neo4j Community {version}; renewed by: python -m graph.local.relock {version}"]
        lines += [f"{a.coordinate} sha256={a.sha256}" for a in found]
        lock_path(version).write_text("\n".join(lines) + "\n", "utf-8")
        print(f"{lock_path(version).name}: {len(found)} artifacts")


if __name__ == "__main__":
    main(sys.argv[1:])
