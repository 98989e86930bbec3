"""The whole graph through Neo4j's own offline importer into an empty store: it says the same there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from api.bench.importer import import_files
from graph import Graph, Viewer, migrate, open_graph
from graph.errors import BadInput, Conflict, NotAllowed
from graph.facts import Fact, Link
from graph.local import acquire, stop
from graph.settings import Settings
from loaders.demo import load_demo
from loaders.load import load

HOSTILE = ' "quoted", \\ back; \\" both\' é \U0001f600 =1+1, '


@pytest.fixture
def full(graph: Graph, tmp_path: Path) -> Graph:
    """The demo, and beside it what is hard to write: texts, an edit, a judgement, rows that were set aside."""
    load_demo(graph)
    links = (Link("MADE_BY", "cultural-services"), Link("WITH_PARTNER", "p-x"), Link("WITH_PARTNER", "p-y"))
    links = (*links, Link("ABOUT", graph.areas()[0]["id"], label="Area"))
    secret = {"confidentiality": "confidential", "readers": ["a;b", HOSTILE, "c"]}
    done = graph.write(
        [
            Fact("Partner", "p-x", "", {"name": HOSTILE, "country": "FI", "key_partner": True}),
            Fact("Partner", "p-y", "", {"name": "First line\nand the second", "website": ""}),
            Fact("Contact", "c-x", "", {"date": "2026-03-01", "summary": HOSTILE, **secret}, links),
            Fact("Contact", "c-y", "", {"date": "2026-03-01", "precision": "month"}, links),
        ],
        load="",
        source="test",
    )
    assert [d.outcome for d in done] == ["loaded"] * 4, done
    graph.judge("p-x", "p-y", "same", why="a test")
    file = tmp_path / "contacts.csv"
    file.write_text('Key,Date,Departments,Partners,Summary\n1,2026-13-01,Nobody,Riga,"two\nlines"\n')
    load(graph, [file], "contacts")
    # One property that is whole here and broken there, and a list with nothing in it.
    graph.store.write(
        lambda tx: tx.run(
            "MATCH (c:Contact {id: 'c-x'}) SET c.odd = 1, c.none = [], c.texts = ['', 'a', ''] "
            "WITH c MATCH (d:Contact {id: 'c-y'}) SET d.odd = 1.5, d.empty = ''"
        )
    )
    graph.refresh()
    return graph


def everything(graph: Graph) -> tuple[list[str], list[str]]:
    """Every node and edge as it is stored; the time of the schema and its own write are the store's own."""
    nodes = graph.store.read(
        "MATCH (n) WHERE NOT n:Schema RETURN labels(n) AS labels, properties(n) AS p ORDER BY n.id"
    )
    edges = graph.store.read(
        "MATCH (a)-[r]->(b) RETURN labels(a) AS la, a.id AS a, type(r) AS type, b.id AS b, labels(b) AS lb, "
        "properties(r) AS p"
    )
    return sorted(map(_shown, nodes)), sorted(map(_shown, edges))


def _shown(row: dict[str, Any]) -> str:
    plain = {k: sorted(v) if k.startswith("l") else v for k, v in sorted(row.items())}
    return repr({k: sorted(v.items()) if isinstance(v, dict) else v for k, v in plain.items()})


@pytest.mark.slow
def test_what_the_importer_makes_of_it_is_the_same_graph(
    full: Graph, server_settings: Settings, tmp_path: Path
) -> None:
    nodes, edges = everything(full)
    dump = full.canonical_dump(ids=True).splitlines()
    done = full.export_offline(tmp_path / "out")
    assert (done.nodes, done.relationships) == (len(nodes) + 1, len(edges))
    assert done.command == "neo4j-admin database import full neo4j @import.args"
    assert done.files == len(list((tmp_path / "out").glob("*.csv")))
    own = Settings(
        data=tmp_path / "own",
        neo4j_uri="",
        neo4j_version=os.environ.get(
            "KUMPPANI_NEO4J_VERSION", Settings.model_fields["neo4j_version"].default
        ),
        store_idle_minutes=1,
    )
    with acquire(own):
        pass
    stop(own)
    try:
        said = import_files(tmp_path / "out", own)
    except subprocess.CalledProcessError as error:
        pytest.fail(error.output)
    assert "IMPORT DONE" in said
    try:
        with open_graph(settings=own) as graph:
            assert migrate.missing(graph.store) == []
            there = everything(graph)
            # Making the schema there is a write too.
            assert [n for n in there[0] if n not in nodes and "Operation" not in n] == []
            assert set(nodes) <= set(there[0])
            assert there[1] == edges
            assert graph.canonical_dump(ids=True).splitlines() == dump
            again = graph.on(full.day())
            assert again.refresh().scopes == 0, "what is derived came along"
            again.rebuild()
            assert graph.canonical_dump(ids=True).splitlines() == dump
    finally:
        stop(own)


def test_where_and_for_whom_it_is_written(full: Graph, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.txt").write_text("kept")
    with pytest.raises(BadInput, match="is there already"):
        full.export_offline(tmp_path / "there")
    with pytest.raises(BadInput, match="There is no folder"):
        full.export_offline(tmp_path / "no" / "where")
    with pytest.raises(NotAllowed):
        full.as_viewer(Viewer("c", frozenset(), "coordinator")).export_offline(tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["contacts.csv", "there"]


def test_a_write_in_between_leaves_nothing(full: Graph, tmp_path: Path) -> None:
    wrote = []

    def meanwhile(done: int, of: int | None, what: str) -> None:
        if not wrote:
            wrote.append(full.write([Fact("Network", "n-new", "", {"name": "New"})], load="", source="t"))

    monkey = pytest.MonkeyPatch()
    with monkey.context() as patched:
        patched.setattr("graph.offline._PAGE", 7)
        with pytest.raises(Conflict, match="Somebody wrote to the graph"):
            full.export_offline(tmp_path / "out", meanwhile)
    assert wrote
    assert [p.name for p in tmp_path.iterdir()] == ["contacts.csv"]
