"""Settings: environment or `.env`, prefix `KUMPPANI_`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that differs between two installations.

    Attributes:
        data: the data folder; one per user unless set, so that a notebook and a page meet in one graph.
        neo4j_uri: a Neo4j of one's own; empty means the local one, run by Kumppani.
        neo4j_version: which release the local Neo4j is, one of `graph.local.VERSIONS`.
        neo4j_port: where the local Neo4j listens on 127.0.0.1; 0 means any free port.
        neo4j_heap_mb: its heap in MB; 0 means by the machine's memory.
        cache: where the local Neo4j's own files are kept once fetched; shared by all data folders of a user.
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
    neo4j_port: int = Field(default=0, ge=0, le=65535)
    neo4j_heap_mb: int = Field(default=0, ge=0)
    cache: Path = Field(default_factory=lambda: user_cache_path("kumppani", appauthor=False))
    store_idle_minutes: float = Field(default=10.0, ge=0)
    deadline_seconds: float = 30.0
    rules: Path | None = None
    host: str = "127.0.0.1"
    allowed_hosts: str = ""
    live_from: str = ""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
