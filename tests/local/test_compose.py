"""compose.yaml and Dockerfile keep their promises, as far as can be told without a container engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.local import VERSIONS
from graph.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert set(found["services"]) == {"neo4j", "app"}
    used = {v.partition(":")[0] for s in found["services"].values() for v in s["volumes"]}
    assert used == set(found["volumes"])
    return dict(found["services"])


def test_neo4j_is_a_supported_community_release(services: dict[str, Any]) -> None:
    assert services["neo4j"]["image"] in {f"neo4j:{version}-community" for version in VERSIONS}


def test_everything_is_published_on_loopback_only(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service["ports"]]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_app_waits_for_a_healthy_neo4j_and_is_asked_for_readiness(services: dict[str, Any]) -> None:
    assert services["app"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert "/readyz" in services["app"]["healthcheck"]["test"][-1]
    assert "7474" in services["neo4j"]["healthcheck"]["test"][-1]


def test_app_is_given_settings_that_exist(services: dict[str, Any]) -> None:
    given = {name.removeprefix("KUMPPANI_").lower() for name in services["app"]["environment"]}
    assert given <= {*Settings.model_fields, "trust_network"}
    assert services["app"]["environment"]["KUMPPANI_NEO4J_URI"] == "bolt://neo4j:7687"


def test_no_password_is_written_down(services: dict[str, Any]) -> None:
    assert services["neo4j"]["environment"]["NEO4J_AUTH"].startswith("neo4j/${KUMPPANI_NEO4J_PASSWORD:?")
    assert services["app"]["environment"]["KUMPPANI_NEO4J_PASSWORD"] == "${KUMPPANI_NEO4J_PASSWORD}"


def test_image_is_installed_by_the_lock_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "pip install --require-hashes -r requirements.lock" in text
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)
    copied = {name for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for name in line.split()[:-1]}
    assert {"graph", "loaders", "api", "requirements.lock", "pyproject.toml"} <= copied
    assert all((ROOT / name).exists() for name in copied)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {name[1:] for name in ignored if name.startswith("!")} == copied
