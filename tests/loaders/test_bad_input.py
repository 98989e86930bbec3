"""What a clerk may hand in: each mistake gets a sentence with its row and column, and nothing is lost."""

from __future__ import annotations

import threading
from pathlib import Path

import openpyxl
import pytest

from graph import Graph
from graph.errors import BadInput
from loaders import readers
from loaders.load import load
from tests.loaders.conftest import GOOD, HEADER, Take, add_up, changed, table


def contacts(city: Graph) -> int:
    return int(city.store.read("MATCH (c:Contact) RETURN count(c) AS n")[0]["n"])


# --- what concerns the whole file: refused, nothing taken ---


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("", "contacts.csv", "The file is empty"),
        ("\n\n", "contacts.csv", "holds no rows"),
        (table(GOOD, header=("Key", "When", *HEADER[2:])), "contacts.csv", "Missing column: Date"),
        (table(GOOD), "contacts.xlsx", "is called .xlsx but is no workbook"),
        (b"PK\x03\x04 cut off", "contacts.xlsx", "cut off or damaged"),
        (b"PK\x03\x04 cut off", "contacts.csv", "its content is a workbook"),
        (b"%PDF-1.7 report", "contacts.csv", "PDF"),
        (table(GOOD).encode() + b"K-2,2026-05-21,\x00,,,\n", "contacts.csv", "Line 3 holds a NUL byte"),
        (table(GOOD) + 'K-2,"never closed,,,,\n', "contacts.csv", "quotation mark"),
        (table(GOOD, header=("Key", *HEADER[1:-1], "Date")), "contacts.csv", "stands twice in the header"),
    ],
)
def test_a_file_that_cannot_be_used(
    city: Graph, take: Take, content: str | bytes, name: str, says: str
) -> None:
    with pytest.raises(BadInput) as refused:
        take(content, name)
    assert says in str(refused.value)
    assert name in str(refused.value) or "header" in str(refused.value)
    assert contacts(city) == 0


def test_bytes_of_another_encoding_name_the_line_and_the_way_out(take: Take) -> None:
    with pytest.raises(BadInput, match=r"line 3 .*cp1252"):
        take(table(GOOD).encode() + b"K-2,2026-05-21,Kulttuuri,Malm\xa4\xa6,,\n")


def test_an_unknown_mapping_names_the_nearest(take: Take) -> None:
    with pytest.raises(BadInput, match=r"no mapping 'contact'.*contacts"):
        take(table(GOOD), mapping="contact")


def test_a_wrong_sheet_names_those_there_are(city: Graph, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Yhteydet"
    book.save(tmp_path / "contacts.xlsx")
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        "kind: contacts\nfile: {sheet: Contacts}\nfields:\n  date: Date\n  departments: Departments\n"
        "  partners: Partners\n"
    )
    with pytest.raises(BadInput, match=r"no sheet 'Contacts'; it has Yhteydet"):
        load(city, [tmp_path / "contacts.xlsx"], str(mapping))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("  dat: Date", r"line 4: contacts have no field 'dat'; did you mean 'date'"),
        ("  date: {colum: Date}", r"line 4: there is no setting 'colum'; did you mean 'column'"),
        ("  date: {column: Date, dates: [DD.MM]}", r"line 4: the date form 'DD.MM' needs YYYY"),
        ("  status: {column: S, values: {yes: done}}", r"line 4: status takes no 'done'"),
        ("  date: [", r"line \d is not YAML"),
    ],
)
def test_a_mistake_in_a_mapping_is_told_with_its_line(
    city: Graph, tmp_path: Path, line: str, says: str
) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        f"kind: contacts\nkey: [Key]\nfields:\n{line}\n  departments: Departments\n  partners: Partners\n"
    )
    (tmp_path / "contacts.csv").write_text(table(GOOD))
    with pytest.raises(BadInput, match=says):
        load(city, [tmp_path / "contacts.csv"], str(mapping))


# --- what concerns a row: quarantined with its number, the others loaded ---


@pytest.mark.parametrize(
    ("cells", "column", "says", "suggests"),
    [
        ({"Date": "2026-02-30"}, "Date", "a day that does not exist", None),
        ({"Date": "05/06/2026"}, "Date", "could be 2026-05-06 or 2026-06-05", None),
        ({"Date": "31/12/2026"}, "Date", "is it 2026-12-31?", None),
        ({"Date": ""}, "Date", "Date is empty", None),
        (
            {"Departments": "Urban Enviroment Division"},
            "Departments",
            "Nearest: Urban",
            "Urban Environment Division",
        ),
        ({"Areas": "Climat"}, "Areas", "There is no area 'Climat'", "Climate"),
        ({"Partners": "x" * 10_000}, "Partners", "10,000 characters", None),
        ({"Partners": "\u200b\u202e"}, "Partners", "holds no name", None),
        ({"Partners": "…"}, "Partners", "names nobody", None),
    ],
)
def test_a_row_that_cannot_be_taken(
    city: Graph, take: Take, cells: dict[str, str], column: str, says: str, suggests: str | None
) -> None:
    (file,) = take(table(GOOD, changed(Key="K-2", **cells), changed(Key="K-3"))).files
    assert (file.rows, file.loaded, file.quarantined) == (3, 2, 1)
    (problem,) = file.problems
    assert problem.row == 3, "as a spreadsheet numbers it: the header is row 1"
    assert problem.column == column
    assert says in problem.reason
    if suggests:
        assert problem.suggestion == suggests
    assert contacts(city) == 2


def test_a_row_that_is_too_long_is_told(take: Take) -> None:
    (file,) = take(table(GOOD, (*changed(Key="K-2"), "one cell too many"))).files
    assert add_up(file)
    assert "The row has 7 cells and the header 6" in file.problems[0].reason


@pytest.mark.parametrize(
    "name",
    [
        "Tal\u200blinn\x07",  # zero-width and control characters neither hide nor forge a name
        "\u202eTallinn",
        "TALLINN",
        "Tallinna",
    ],
)
def test_unseen_characters_change_no_name(city: Graph, take: Take, name: str) -> None:
    (file,) = take(table(changed(Partners=name))).files
    assert (file.loaded, file.quarantined) == (1, 0)
    answer = city.who_talks_to("Tallinn")
    assert answer.partner is not None
    assert answer.partner.id == "p-tallinn"
    assert [d.id for d in answer.departments] == ["urban"]


@pytest.mark.parametrize(
    "name",
    [
        "x'}) DETACH DELETE n //",
        "`Robert`) MATCH (n) DELETE n",
        "<img src=x onerror=alert(1)>",
        "$id {{7*7}}",
    ],
)
def test_cypher_and_markup_in_a_name_are_a_name(city: Graph, take: Take, name: str) -> None:
    take(table(GOOD))
    (file,) = take(table(changed(Key="K-2", Partners=name))).files
    assert file.loaded == 1
    assert contacts(city) == 2
    answer = city.who_talks_to(name)
    assert answer.partner is not None
    assert answer.partner.name == name


def test_same_key_with_other_content_names_both_rows(city: Graph, take: Take) -> None:
    (file,) = take(table(GOOD, GOOD, changed(Summary="Another"))).files
    assert (file.loaded, file.repeated, file.quarantined) == (1, 1, 1)
    assert "Rows 2 and 4 have the same key" in file.problems[0].reason
    assert city.contacts().contacts[0].summary == "A visit"


def test_a_text_where_a_number_is_wanted(take: Take) -> None:
    header = ("Network", "Department", "From", "Fee EUR")
    take("Name\nMETREX\n", "networks.csv", "networks")
    row = ("METREX", "Urban Environment Division", "2019-09-30", "plenty")
    (file,) = take(table(row, header=header), "memberships.csv", "memberships").files
    assert (file.problems[0].column, file.problems[0].value) == ("Fee EUR", "plenty")
    assert "not a number" in file.problems[0].reason


# --- two at once, and a reader that is stopped ---


def test_two_loads_of_one_file_at_once_load_every_row_once(city: Graph, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(table(*[changed(Key=f"K-{n}", Partners=f"Partner {n % 40}") for n in range(400)]))
    reports, errors = [], []

    def run() -> None:
        try:
            reports.append(load(city, [path], "contacts").files[0])
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    both = [threading.Thread(target=run) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    # The second is told of the first, or comes after it.
    assert all("are being loaded at this moment" in str(error) for error in errors)
    assert len(reports) + len(errors) == 2
    assert all(add_up(r) and r.quarantined == 0 for r in reports)
    assert sum(r.loaded for r in reports) == 400
    assert contacts(city) == 400
    assert len(city.partners(limit=1000).partners) == 41
    before = city.canonical_dump()
    city.rebuild()
    assert city.canonical_dump() == before


def test_a_table_that_is_closed_early_leaves_no_child_behind(tmp_path: Path) -> None:
    import psutil

    path = tmp_path / "contacts.csv"
    path.write_text(table(*[GOOD] * 50_000))
    opened = readers.read(readers.Request(path, HEADER, (("Date",),)))
    assert next(opened.batches)[0][0] == 2
    opened.close()
    assert not [c for c in psutil.Process().children() if "loaders.child" in " ".join(c.cmdline())]


def test_a_far_cell_asks_for_no_more_memory_than_a_table_may(tmp_path: Path, take: Take) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.cell(1_048_576, 16_384, "far")
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(BadInput, match=r"columns wide|more memory"):
        take((tmp_path / "far.xlsx").read_bytes(), "contacts.xlsx")
