"""Cells of several names that were read with doubt: loaded, listed in the report, marked on the partner."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import Graph, Viewer
from graph.answers import FileReport
from loaders.load import load
from tests.loaders.conftest import table

MAPPING = """
kind: contacts
source: register
key: [Ref]
fields:
  key: Ref
  date: {column: Day, dates: [YYYY-MM-DD]}
  departments: Who
  partners: {column: With, split: [known-commas, known-slashes]}
"""
CELLS = (
    "Tilray",
    "Tilray",
    "Tilray, Frank Farnel",
    "DIGITALEUROPE (64270747023-20)",
    "Ulkoministeriö (UM)",
    "LVM / SM",
    "WHO, Eurocities",
)


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, str]:
    rows = [
        (f"r{n}", f"2026-05-{n + 1:02d}", "Urban Environment Division", cell.replace(",", ";;"))
        for n, cell in enumerate(CELLS)
    ]
    file, mapping = tmp_path / "register.tsv", tmp_path / "register.yaml"
    text = table(*rows, header=("Ref", "Day", "Who", "With"), delimiter="\t").replace(";;", ",")
    file.write_text(text, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    return file, str(mapping)


def doubts(file: FileReport) -> list[tuple[int, str, list[str]]]:
    return [(d.row, d.cell, d.read_as) for d in file.doubts]


EXPECTED = [
    (4, "Tilray, Frank Farnel", ["Tilray", "Frank Farnel"]),
    (7, "LVM / SM", ["LVM", "SM"]),
]


def marks(graph: Graph) -> dict[str, str]:
    rows = graph.store.read(
        "MATCH (p:Partner) WHERE p.doubt IS NOT NULL RETURN p.name AS name, p.doubt AS doubt"
    )
    return {row["name"]: row["doubt"] for row in rows}


def test_the_rows_are_loaded_and_what_was_unsure_is_told(city: Graph, paths: tuple[Path, str]) -> None:
    before = city.canonical_dump(ids=True)
    dry = load(city, [paths[0]], paths[1], dry_run=True).files[0]
    assert doubts(dry) == EXPECTED
    assert marks(city) == {}
    report = load(city, [paths[0]], paths[1])
    (file,) = report.files
    assert (file.loaded, file.quarantined, file.unsure) == (7, 0, 2)
    assert doubts(file) == EXPECTED
    assert "“Frank Farnel” split at a comma beside one known name" in file.doubts[0].why
    assert any("2 rows have a cell" in note for note in report.notes)
    assert doubts(city.load(report.load).files[0]) == EXPECTED
    assert set(marks(city)) == {"Frank Farnel", "LVM", "SM"}
    card = city.partner(city.who_talks_to("Frank Farnel").partner.id)  # type: ignore[union-attr]
    (said,) = card.doubts
    assert "register.tsv, row 4: “Tilray, Frank Farnel” was split at a comma" in said
    # The cell may name whom a confidential contact was with.
    assert city.as_viewer(Viewer("other", role="editor")).partner(card.id).doubts == []
    assert load(city, [paths[0]], paths[1]).files[0].unsure == 0, "nothing was read anew"
    assert city.undo(report.load).done
    assert city.canonical_dump(ids=True) == before
    assert marks(city) == {}


def test_an_interrupted_load_marks_the_same(
    city: Graph, paths: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load(city, [paths[0]], paths[1])
    told = marks(city)
    assert city.undo(whole.load).done

    def stopped(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(city, "mark_doubts", stopped)
    with pytest.raises(KeyboardInterrupt, match="7 rows are in"):
        load(city, [paths[0]], paths[1])
    assert marks(city) == {}
    monkeypatch.undo()
    healed = load(city, [paths[0]], paths[1])
    assert doubts(healed.files[0]) == EXPECTED
    assert marks(city) == told
