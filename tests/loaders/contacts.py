"""Contacts in a table: what they speak of, their rows, the file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from graph import Graph
from graph.facts import Fact

HEADER = ("Key", "Date", "Departments", "Partners", "Areas", "Summary")


def prepare(city: Graph) -> None:
    """The departments and the area of the rows."""
    facts = [Fact("Department", f"d-{n}", "", {"name": f"Department {n}"}) for n in range(3)]
    facts.append(Fact("Area", "area", "", {"name": "Area"}))
    city.write(facts, load="", source="city")


def numbered(n: int, what: str = "matter") -> list[list[str]]:
    """So many rows, each about a thing of its own."""
    return [
        [
            f"k{i}",
            f"2026-05-{i % 28 + 1:02d}",
            f"Department {i % 3}",
            f"Partner {i % 7}",
            "Area",
            f"{what} {i}",
        ]
        for i in range(n)
    ]


def table(path: Path, content: list[list[str]], header: Sequence[str] = HEADER) -> Path:
    """The rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *content])
    return path
