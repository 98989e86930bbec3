"""What a kernel of its own needs to find the database of this run."""

from __future__ import annotations

import pytest

from graph.settings import Settings


@pytest.fixture
def store_environment(server_settings: Settings) -> dict[str, str]:
    return {
        "KUMPPANI_NEO4J_URI": server_settings.neo4j_uri,
        "KUMPPANI_NEO4J_USER": server_settings.neo4j_user,
        "KUMPPANI_NEO4J_PASSWORD": server_settings.neo4j_password.get_secret_value(),
        "KUMPPANI_NEO4J_DATABASE": server_settings.neo4j_database,
        "KUMPPANI_DATA": str(server_settings.data),
    }
