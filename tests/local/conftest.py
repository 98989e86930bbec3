"""Settings for servers of these tests' own, beside the one that the rest of the run shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.local import stop
from graph.settings import Settings


def own_settings(data: Path, **changes: object) -> Settings:
    """Settings for a data folder of a test's own, whatever the environment says."""
    version = os.environ.get("KUMPPANI_NEO4J_VERSION", Settings.model_fields["neo4j_version"].default)
    base: dict[str, object] = {
        "data": data,
        "neo4j_uri": "",
        "neo4j_port": 0,
        "neo4j_version": version,
        "neo4j_heap_mb": 256,
    }
    return Settings(**{**base, **changes})  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder in which nothing has run yet."""
    return own_settings(tmp_path / "data")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One data folder for the tests of a module, which run in their order; stopped at the end."""
    own = own_settings(tmp_path_factory.mktemp("store") / "data")
    yield own
    stop(own)
