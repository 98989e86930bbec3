"""Settings: environment or `.env`, prefix `KUMPPANI_`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that differs between two installations.

    Attributes:
        data: the data folder; one per user unless set, so that a notebook and a page meet in one graph.
        neo4j_uri: a Neo4j of one's own; empty means the local one, run by Kumppani.
        neo4j_version: which release the local Neo4j is, one of `graph.local.VERSIONS`.
        store_idle_minutes: the local Neo4j stops so long after its last user left.
        deadline_seconds: how long a question or a write may be retried before it fails.
        rules: a rules.yaml of one's own, laid over the built-in one.
    """

    model_config = SettingsConfigDict(env_prefix="KUMPPANI_", env_file=".env", extra="ignore")

    data: Path = Field(default_factory=lambda: user_data_path("kumppani", appauthor=False))
    neo4j_uri: str = ""
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr = SecretStr("")
    neo4j_database: str = "neo4j"
    neo4j_version: str = "2026.09.0"
    store_idle_minutes: float = 10.0
    deadline_seconds: float = 30.0
    rules: Path | None = None
    host: str = "127.0.0.1"
    allowed_hosts: str = ""
    live_from: str = ""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
