"""The store: operations apply once, errors are sentences, strange databases are refused."""

from __future__ import annotations

import threading

import pytest
from pydantic import SecretStr

from graph import Graph, migrate, open_graph, schema
from graph.errors import StoreRefused, StoreUnavailable
from graph.facts import Fact
from graph.settings import Settings
from graph.store import Store


def test_an_operation_applies_once(graph: Graph) -> None:
    fact = Fact("Partner", "p-1", "", {"name": "Tallinn"})
    first = graph.write([fact], load="l", source="test", operation="op-1")
    again = graph.write([fact], load="l", source="test", operation="op-1")
    assert first == again
    assert first[0].outcome == "loaded"
    assert graph.write([fact], load="l", source="test", operation="op-2")[0].outcome == "unchanged"
    assert graph.store.read("MATCH (p:Partner) RETURN count(p) AS n") == [{"n": 1}]


def test_a_failing_write_leaves_nothing(graph: Graph) -> None:
    def work(tx: object) -> None:
        tx.run("CREATE (:Partner {id: 'p-half'})")  # type: ignore[attr-defined]
        raise RuntimeError("a fault of our own")

    with pytest.raises(RuntimeError):
        graph.store.write(work)
    assert graph.store.read("MATCH (n:Partner) RETURN n.id AS id") == []


def test_a_newer_graph_is_refused(graph: Graph, server_settings: Settings) -> None:
    newer = schema.SCHEMA_VERSION + 1
    graph.store.write(lambda tx: tx.run("MATCH (s:Schema) SET s.version = $v", v=newer))
    try:
        with pytest.raises(StoreRefused, match="newer Kumppani"):
            open_graph(settings=server_settings)
    finally:
        graph.store.write(lambda tx: tx.run("MATCH (s:Schema) SET s.version = $v", v=schema.SCHEMA_VERSION))


def test_a_database_of_another_program_is_refused(graph: Graph, server_settings: Settings) -> None:
    graph.store.write(lambda tx: tx.run("MATCH (s:Schema) DELETE s") + tx.run("CREATE (:Movie {title: 'x'})"))
    try:
        with pytest.raises(StoreRefused, match="another program"):
            open_graph(settings=server_settings)
    finally:
        graph.store.write(lambda tx: tx.run("MATCH (m:Movie) DELETE m"))
        migrate.ensure_schema(graph.store)
    assert migrate.current_version(graph.store) == schema.SCHEMA_VERSION


def test_the_schema_is_whole(graph: Graph) -> None:
    assert migrate.missing(graph.store) == []


def test_a_wrong_password_is_said(server_settings: Settings) -> None:
    with pytest.raises(StoreRefused, match="user name or password"):
        open_graph(settings=server_settings.model_copy(update={"neo4j_password": SecretStr("wrong")}))


def test_a_store_that_is_not_there_is_said() -> None:
    with (
        Store("bolt://127.0.0.1:1", "neo4j", "x", deadline=0.5) as store,
        pytest.raises(StoreUnavailable, match="kumppani store start"),
    ):
        store.read("RETURN 1 AS x")


def test_an_address_that_is_none_is_said() -> None:
    with pytest.raises(StoreRefused, match="not usable"):
        Store("nonsense", "neo4j", "x")


def test_programs_that_make_the_schema_at_once(graph: Graph) -> None:
    names = [f"at_once_{n}" for n in range(12)]
    errors: list[Exception] = []

    def make() -> None:
        try:
            for name in names:
                graph.store.admin(f"CREATE INDEX {name} IF NOT EXISTS FOR (n:Partner) ON (n.{name})")
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    try:
        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        there = {row["name"] for row in graph.store.read("SHOW INDEXES YIELD name RETURN name")}
        assert there >= set(names)
    finally:
        for name in names:
            graph.store.admin(f"DROP INDEX {name} IF EXISTS")
