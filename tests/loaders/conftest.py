"""A small city, and tables to load into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graph import Graph
from graph.answers import FileReport, LoadReport
from graph.facts import Fact, Link
from loaders.load import load

HEADER = ("Key", "Date", "Departments", "Partners", "Areas", "Summary")
GOOD = ("K-1", "2026-05-20", "Urban Environment Division", "Tallinn", "Climate", "A visit")


@pytest.fixture
def city(graph: Graph) -> Graph:
    """Two divisions, two areas, one partner."""
    graph.write(
        [
            Fact("Department", "urban", "", {"name": "Urban Environment Division", "level": "division"}),
            Fact("Department", "culture", "", {"name": "Culture and Leisure Division", "level": "division"}),
            Fact("Area", "climate", "", {"name": "Climate"}),
            Fact("Area", "culture-and-art", "", {"name": "Culture"}),
            Fact("Partner", "p-tallinn", "", {"name": "Tallinn", "country": "EE", "kind": "city"}),
            Fact(
                "Alias", properties={"text": "Tallinna"}, links=(Link("NAMES", "p-tallinn", label="Partner"),)
            ),
        ],
        load="l-city",
        source="test",
    )
    return graph


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, delimiter: str = ",") -> str:
    """CSV text of rows whose cells hold no delimiter."""
    return "".join(delimiter.join(row) + "\n" for row in (header, *rows))


def changed(**cells: str) -> tuple[str, ...]:
    """The good row with some cells changed, by heading."""
    return tuple(cells.get(h, c) for h, c in zip(HEADER, GOOD, strict=True))


Take = Callable[..., LoadReport]


@pytest.fixture
def take(city: Graph, tmp_path: Path) -> Take:
    """Load text or bytes as a file of this name."""

    def taken(
        content: str | bytes, name: str = "contacts.csv", mapping: str = "contacts", **more: bool
    ) -> LoadReport:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(city, [path], mapping, **more)

    return taken


def add_up(file: FileReport) -> bool:
    return file.loaded + file.unchanged + file.repeated + file.quarantined == file.rows
