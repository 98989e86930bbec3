"""The same file again, a later one, a complete one, one that was interrupted, and the rows that were set aside."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from graph import Graph
from graph.answers import FileReport, LoadReport
from graph.errors import BadInput, Conflict
from loaders import fields, seen
from loaders.aside import REASONS, write_aside
from loaders.kinds import MAIN
from loaders.load import load
from tests.loaders.contacts import HEADER, numbered, prepare, table

ROWS = 60


@pytest.fixture
def city(graph: Graph) -> Graph:
    prepare(graph)
    return graph.on(date(2026, 11, 25))


def rows(n: int = ROWS) -> list[list[str]]:
    return numbered(n)


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    f: FileReport = report.files[0]
    assert f.rows == f.loaded + f.unchanged + f.repeated + f.quarantined
    return f.loaded, f.unchanged, f.repeated, f.quarantined


@pytest.mark.parametrize("many", [1, 10_000], ids=["digests", "keys"])
def test_a_later_file_changes_what_differs(
    city: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """By both ways past unchanged rows: digests of the whole source, and keys batch by batch."""
    monkeypatch.setattr("loaders.run.MANY", many)
    content = rows()
    file = table(tmp_path / "contacts.csv", content)
    assert counts(load(city, [file], "contacts")) == (ROWS, 0, 0, 0)
    before = city.canonical_dump(ids=True)
    assert counts(load(city, [file], "contacts")) == (0, ROWS, 0, 0)
    assert city.canonical_dump(ids=True) == before
    changed = [[*r[:5], "other"] if i % 20 == 0 else r for i, r in enumerate(content)]
    # A repetition of an unchanged row, a contradiction of one, and a contradiction that comes first.
    changed = [[*content[7][:5], "against 7"], *changed, content[3], [*content[4][:5], "against 4"]]
    report = load(city, [table(tmp_path / "later.csv", changed)], "contacts")
    loaded, unchanged, repeated, quarantined = counts(report)
    assert (repeated, quarantined) == (1, 2)
    assert loaded + unchanged == ROWS
    assert loaded in (3, 4), "the three changed ones, and row 7 where it came first"
    assert all("same key and different content" in p.reason for p in report.files[0].problems)
    told = city.store.read("MATCH (x:Change {load: $load}) RETURN count(x) AS n", load=report.load)
    assert told == [{"n": loaded}]
    city.rebuild()
    assert city.undo(report.load).done
    assert city.canonical_dump(ids=True) == before


def test_a_complete_file_ends_what_it_has_no_longer(city: Graph, tmp_path: Path) -> None:
    mapping = tmp_path / "networks.yaml"
    mapping.write_text(
        "kind: memberships\ncomplete: true\nkey: [Who]\n"
        "fields:\n  partner: Who\n  network: {column: Net, create: {}}\n  from: {column: Since}\n"
    )
    header = ("Who", "Net", "Since")
    first = [["Tallinn", "Eurocities", "2020-01-01"], ["Riga", "Eurocities", "2019-01-01"]]
    load(city, [table(tmp_path / "a.csv", first, header)], str(mapping))

    def members() -> dict[str, str | None]:
        return {
            row["name"]: row["to"]
            for row in city.store.read(
                "MATCH (p:Partner)-[m:MEMBER_OF]->() RETURN p.name AS name, m.to AS to"
            )
        }

    before = city.canonical_dump(ids=True)
    report = load(city, [table(tmp_path / "b.csv", first[:1], header)], str(mapping))
    assert members() == {"Tallinn": None, "Riga": "2026-11-25"}
    assert "1 records that the files no longer have were marked as ended." in report.notes
    again = load(city, [table(tmp_path / "b.csv", first[:1], header)], str(mapping))
    assert again.notes == []
    # What comes back is a member again; undoing brings the day back, and then what was before it.
    back = load(city, [table(tmp_path / "a.csv", first, header)], str(mapping))
    assert members() == {"Tallinn": None, "Riga": None}
    for id in (back.load, report.load):
        assert city.undo(id).done
    assert city.canonical_dump(ids=True) == before
    # A row that cannot be read may be about any of them.
    broken = tmp_path / "c.csv"
    broken.write_text('Who,Net,Since\nTallinn,Eurocities,2020-01-01\n"Ri"ga,Eurocities,2019-01-01\n')
    assert any("Nothing was marked as ended" in n for n in load(city, [broken], str(mapping)).notes)
    assert members() == {"Tallinn": None, "Riga": None}


def test_what_can_be_ended_is_what_complete_takes(tmp_path: Path) -> None:
    from graph.ending import ends
    from loaders.mapping import open_mapping

    assert {kind for kind, labels in MAIN.items() if all(ends(x) for x in labels)} >= fields.ENDS
    mapping = tmp_path / "mine.yaml"
    mapping.write_text("kind: areas\ncomplete: true\nfields:\n  name: Name\n")
    with pytest.raises(BadInput, match="line 2: areas cannot be marked as ended"):
        open_mapping(str(mapping))


def test_an_interrupted_load_is_continued_as_itself(
    city: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = table(
        tmp_path / "contacts.csv", [*rows(), ["k99", "2026-05-01", "Department 9", "Riga", "Area", ""]]
    )
    monkeypatch.setattr("loaders.queue.FIRST", 10)
    real, calls = city.write, []

    def stopped(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(city, "write", stopped)
    with pytest.raises(KeyboardInterrupt, match="the same command continues"):
        load(city, [file], "contacts")
    monkeypatch.undo()
    (left,) = city.loads().loads
    assert left.status == "running"
    report = load(city, [file], "contacts")
    assert report.load == left.load
    # What it had brought before counts as brought by it.
    assert counts(report) == (ROWS, 0, 0, 1)
    assert report.created["Contact"] == ROWS
    assert len(city.loads().loads) == 1
    assert city.undo(report.load).done
    assert "Partner 1" not in city.canonical_dump()


def test_the_same_files_are_loaded_once_at_a_time(city: Graph, tmp_path: Path) -> None:
    file = table(tmp_path / "contacts.csv", rows())
    first = load(city, [file], "contacts")
    content = city.store.read("MATCH (l:Load {id: $id}) RETURN l.content AS c", id=first.load)[0]["c"]
    under_way = city.begin_load(mapping="contacts", files=["contacts.csv"], content=content)
    with pytest.raises(Conflict, match=f"being loaded at this moment .load {under_way.id}, by local"):
        load(city, [file], "contacts")
    city.leave_load(under_way.id)
    assert load(city, [file], "contacts").load == under_way.id


def test_an_old_file_after_single_edits(city: Graph, tmp_path: Path) -> None:
    """What a person changed stands and is listed; what a person deleted stays deleted, and its row is told so."""
    content = rows(4)
    file = table(tmp_path / "contacts.csv", content)
    load(city, [file], "contacts")
    ids = {c.summary: c.id for c in city.contacts(limit=100).contacts}
    entry = city.entry("contacts", ids["matter 1"])
    city.change("contacts", entry.id, {"summary": "corrected"}, version=entry.version)
    entry = city.entry("contacts", ids["matter 2"])
    city.delete("contacts", entry.id, version=entry.version)
    before = city.canonical_dump(ids=True)
    for nth in range(2):
        report = load(city, [file], "contacts")
        assert counts(report) == (0, 3, 0, 1), nth
        (problem,) = report.files[0].problems
        assert problem.row == 4
        assert "local deleted this record on 20" in problem.reason
        assert city.canonical_dump(ids=True) == before
        (open_one,) = city.disagreements().disagreements
        assert (open_one.record, open_one.ours, open_one.theirs) == (
            ids["matter 1"], "corrected", "matter 1",
        )  # fmt: skip
    city.settle_disagreement(open_one.id, "keep")
    load(city, [file], "contacts")
    assert city.disagreements().disagreements == []
    assert city.canonical_dump(ids=True) == before
    # Under another key it is another record.
    content[2][0] = "k2 again"
    assert counts(load(city, [table(tmp_path / "later.csv", content)], "contacts")) == (1, 3, 0, 0)


def test_rows_set_aside_come_out_as_a_workbook_and_go_in_again(city: Graph, tmp_path: Path) -> None:
    content = rows(5)
    content[1][1] = "2026-13-45"
    content[3][2] = "Departmant 0"
    content[4][5] = "=HYPERLINK(1)"
    report = load(city, [table(tmp_path / "contacts.csv", content)], "contacts")
    assert counts(report) == (3, 0, 0, 2)
    path = write_aside(city, report.load, tmp_path / "mend.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    head, *cells = sheet.iter_rows(values_only=True)
    assert head == (*HEADER, *REASONS)
    assert [c[:6] for c in cells] == [tuple(content[1]), tuple(content[3])]
    assert [c[6:8] for c in cells] == [(3, "Date"), (5, "Departments")]
    assert "no department" in str(cells[1][8])
    assert cells[1][9] == "Department 0"
    sheet["B2"] = "2026-05-02"
    sheet["C3"] = "Department 0"
    book.save(path)
    assert counts(load(city, [path], "contacts")) == (2, 0, 0, 0)
    assert len(city.contacts(limit=100).contacts) == 5
    with pytest.raises(BadInput, match="set no row aside"):
        write_aside(city, city.loads().loads[0].load, tmp_path / "none.xlsx")
    with pytest.raises(BadInput, match="is there already"):
        write_aside(city, report.load, path)


def test_many_is_what_the_two_ways_differ_by() -> None:
    assert seen.MANY > ROWS
