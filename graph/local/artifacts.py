"""The locked lists: which Java archives make up a local Neo4j, each with its sum and no address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from graph.errors import BadInput

VERSIONS: tuple[str, ...] = ("5.26.30", "2026.09.0")
ROOTS: tuple[str, ...] = ("org.neo4j:neo4j", "org.neo4j:neo4j-bolt", "org.neo4j.app:neo4j-server")

# The class that starts the server; it was renamed with the calendar releases.
_MAINS = {"5": "org.neo4j.server.CommunityEntryPoint", "2026": "org.neo4j.server.Neo4jCommunity"}

# Never loaded while the HTTP connector is off: a third of all bytes.
_UNUSED_GROUPS = re.compile(
    r"org\.eclipse\.jetty.*|org\.glassfish\.(hk2|jaxb|jersey).*|org\.javassist"
    r"|com\.fasterxml\.jackson\.(jaxrs|module)|jakarta\.(activation|annotation|validation|ws\.rs|xml\.bind)"
    r"|javax\.(annotation|xml\.bind)|com\.sun\..*|org\.jvnet\.staxex|org\.apache\.(parquet|hadoop)"
    r"|blue\.strategic\.parquet|org\.xerial\.snappy|junit|org\.(hamcrest|mockito|objenesis)|net\.bytebuddy"
    r"|org\.bouncycastle|org\.locationtech\.jts|org\.neo4j\.(driver|bolt)|com\.google\.code\.gson"
    r"|com\.profesorfalken|org\.jprocesses|commons-pool"
)
_UNUSED_ARTIFACTS = frozenset({"guava", "scala-reflect", "commons-logging", "neo4j-import-tool"})


@dataclass(frozen=True)
class Artifact:
    """One Java archive.

    Attributes:
        group, name, version, classifier: its coordinates; classifier is "" for most.
        sha256: the sum its bytes must have, 64 hexadecimal digits.
    """

    group: str
    name: str
    version: str
    classifier: str
    sha256: str

    @property
    def filename(self) -> str:
        """What the file is called in the cache."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{tail}.jar"

    @property
    def coordinate(self) -> str:
        """`group:name:version`, with the classifier where there is one."""
        tail = f":{self.classifier}" if self.classifier else ""
        return f"{self.group}:{self.name}:{self.version}{tail}"


def is_unused(group: str, name: str) -> bool:
    """Whether a local Neo4j does without this artifact."""
    return bool(_UNUSED_GROUPS.fullmatch(group)) or name in _UNUSED_ARTIFACTS


def main_class(version: str) -> str:
    """The Java class that starts this release."""
    return _MAINS["5" if version.startswith("5.") else "2026"]


def lock_path(version: str) -> Path:
    """Where the locked list of a release stands."""
    return Path(__file__).with_name(f"neo4j-{version}.lock")


def check_version(version: str) -> None:
    """BadInput unless there is a locked list for this release."""
    if version not in VERSIONS:
        raise BadInput(
            f"KUMPPANI_NEO4J_VERSION is {version!r}, and the local Neo4j comes as {' or '.join(VERSIONS)}."
        )


def locked(version: str) -> tuple[Artifact, ...]:
    """The archives of a release, in the order of its list; BadInput for a release without one."""
    check_version(version)
    lines = lock_path(version).read_text("utf-8").splitlines()
    return tuple(_parsed(line) for line in lines if line and not line.startswith("#"))


def _parsed(line: str) -> Artifact:
    coordinate, _, total = line.partition(" sha256=")
    group, name, version, *classifier = coordinate.split(":")
    return Artifact(group, name, version, classifier[0] if classifier else "", total.strip())
