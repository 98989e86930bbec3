"""Files as they come: good ones, old ones, broken ones and hostile ones. No store is needed to read."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from api.bench.nasty import NASTY, write
from graph.errors import BadInput
from loaders import readers
from loaders.readers import Request

MOST_SECONDS = 60
GIB = 1 << 20  # kilobytes


def rows(path: Path, *headings: str, **more: Any) -> list[list[Any]]:
    """The rows of a table with these headings, without the empty ones."""
    table = readers.read(Request(path, headings, tuple((h,) for h in headings), **more))
    return [cells for batch in table.batches for _, cells in batch]


def text(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- hostile files ---


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nasty")


REFUSED = {
    "far-cell.xlsx": "more memory|columns wide",
    "zip-bomb.xlsx": "would unpack to 200 MB",
    "zip-bomb.zip": "would unpack to 200 MB",
    "entity-bomb.xlsx": "damaged",
    "truncated.xlsx": "cut off or damaged",
    "truncated.zip": "cut off or damaged",
    "csv-named.xlsx": "is no workbook",
    "nul-bytes.csv": "NUL byte",
    "unclosed-quote.csv": "never closed",
    "deep.json": "nested too deeply",
    "deep-records.json": "no rows that can be read. The record is nested more than 40 deep",
    "duplicate-headers.csv": "Missing column: Areas",
    "20-megabytes.csv": "over 1,000,000 characters",
}
KEYS = ("Key", "Date", "Departments", "Partners", "Areas", "Summary")


@pytest.mark.parametrize("name", NASTY)
def test_a_hostile_file_ends_in_rows_or_in_a_sentence(nasty: Path, name: str) -> None:
    path = write(nasty, name)
    began = time.monotonic()
    if name in REFUSED:
        with pytest.raises(BadInput, match=REFUSED[name]) as refused:
            rows(path, *KEYS)
        assert str(refused.value).startswith(name)
        assert "Traceback" not in str(refused.value)
    else:
        got = rows(path, *KEYS)
        assert got[0] == ["K-1", "2026-05-20", "Urban Environment Division", "Tallinn", "Climate", "A visit"]
    assert time.monotonic() - began < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= GIB
    path.unlink()


def test_numbers_that_are_none_stay_text(nasty: Path) -> None:
    got = [r[0] for r in rows(write(nasty, "numbers.json"), *KEYS)]
    assert got[:4] == ["K-1", "NaN", "1e400", "-Infinity"]
    assert got[4] == "1" * 5_000


def test_a_cell_of_twenty_megabytes_is_named_and_not_carried(nasty: Path) -> None:
    for name in ("20-megabytes.xlsx", "20-megabytes.json"):
        assert rows(write(nasty, name), *KEYS)[-1][5] == ["long", 20_000_000]


# --- text ---


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"]
)
def test_an_encoding_that_leaves_no_doubt_is_read(tmp_path: Path, encoding: str) -> None:
    content = "Name;Place\nKaupunkiympäristö;Malmö\nÖrebro kommun;Århus – “Ås”\n"
    path = text(tmp_path / "t.csv", content.encode(encoding))
    assert rows(path, "Name", "Place") == [["Kaupunkiympäristö", "Malmö"], ["Örebro kommun", "Århus – “Ås”"]]


@pytest.mark.parametrize("encoding", ["cp1251", "big5", "cp1250", "cp1257"])
def test_an_encoding_in_doubt_is_asked_for(tmp_path: Path, encoding: str) -> None:
    words = {
        "cp1251": "Москва",
        "big5": "臺北市政府",
        "cp1250": "Łódź, wzgórze",
        "cp1257": "Kėdainių rajonas",
    }
    path = text(tmp_path / "t.csv", f"Name\n{words[encoding]}\n".encode(encoding))
    with pytest.raises(BadInput, match=r"line 2 does not belong.*name its encoding in the mapping"):
        rows(path, "Name")
    assert rows(path, "Name", encoding=encoding)[0][0].startswith(words[encoding].split(",")[0])


def test_stray_bytes_are_read_as_the_mapping_says(tmp_path: Path) -> None:
    path = text(tmp_path / "t.csv", "Name\nD’Adda Shizuoka\n".encode() + b"East\xcaAsia\n")
    assert rows(path, "Name", stray="mac_roman") == [["D’Adda Shizuoka"], ["East\u00a0Asia"]]


def test_quotes_and_escapes_as_the_mapping_says(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "A:B\n'x:y':z\n")
    assert rows(path, "A", "B", quote="'", delimiter=":") == [["x:y", "z"]]
    path = text(tmp_path / "b.csv", 'A,B\n"say \\"hi\\"",z\n')
    assert rows(path, "A", "B", escape="\\") == [['say "hi"', "z"]]
    path = text(tmp_path / "c.csv", 'A,B\n5",10"\n')
    assert rows(path, "A", "B", quote="none") == [['5"', '10"']]
    path = text(tmp_path / "d.csv", "sep=#\nA#B\n1#2\n")
    assert rows(path, "A", "B") == [["1", "2"]]


# --- headers ---


def test_title_rows_and_headers_of_two_rows(tmp_path: Path) -> None:
    path = text(
        tmp_path / "t.csv", "Report of 2025,,,\n,,,\nContact,,Partner,\nDate,Place,Name,Place\n1,2,3,4\n"
    )
    table = readers.read(
        Request(path, ("Contact Date", "Partner Name", "Partner Place"), (("Partner Name",),))
    )
    assert table.header == ["Contact Date", "Contact Place", "Partner Name", "Partner Place"]
    assert table.header_row == 4
    assert [r for b in table.batches for r in b] == [(5, ["1", "2", "3", "4"])]


def test_merged_cells_hold_for_what_they_cover(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    sheet = book.add_worksheet()
    sheet.merge_range("A1:B1", "Contact")
    sheet.write("C1", "Partner")
    sheet.write_row("A2", ["Date", "Place", "Name"])
    sheet.merge_range("A3:A4", "2026-05-20")
    sheet.write_row("B3", ["Oslo", "A"])
    sheet.write_row("B4", ["Turku", "B"])
    book.close()
    path = tmp_path / "t.xlsx"
    assert rows(path, "Contact Date", "Contact Place", "Partner Name") == [
        ["2026-05-20", "Oslo", "A"],
        ["2026-05-20", "Turku", "B"],
    ]


def test_every_sheet_with_the_columns_is_named_and_hidden_ones_are_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for n, name in enumerate(("one", "two", "hidden", "other")):
        sheet = book.active if n == 0 else book.create_sheet()
        sheet.title = name
        sheet.append(["Name", "Place"] if name != "other" else ["Elsewhere"])
        sheet.append([name, "x"])
    book["hidden"].sheet_state = "hidden"
    book.save(tmp_path / "t.xlsx")
    table = readers.read(Request(tmp_path / "t.xlsx", ("Name", "Place"), (("Name",),)))
    assert (table.sheet, table.others) == ("one", ["two"])
    table.close()
    assert rows(tmp_path / "t.xlsx", "Name", "Place", sheet="hidden") == [["hidden", "x"]]


# --- cells of workbooks ---


def test_days_of_both_calendars_and_formulas_with_and_without_a_value(tmp_path: Path) -> None:
    for old in (False, True):
        book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"), {"date_1904": old})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Day", "Sum"])
        sheet.write_datetime(1, 0, datetime(2026, 3, 14), book.add_format({"num_format": "d.m.yyyy"}))
        sheet.write_formula(1, 1, "=1+1", None, 2)
        book.close()
        assert rows(tmp_path / "t.xlsx", "Day", "Sum") == [[["date", "2026-03-14"], 2]]
    uncalculated = openpyxl.Workbook()
    uncalculated.active.append(["Day", "Sum"])
    uncalculated.active.append(["x", "=1+1"])
    uncalculated.save(tmp_path / "u.xlsx")
    assert rows(tmp_path / "u.xlsx", "Day", "Sum") == [["x", ["formula", ""]]]


def test_an_old_workbook_with_three_title_rows(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Yhteydet")
    for n, title in enumerate(("Kaupunki", "Yhteydet 2025", "")):
        sheet.write(n, 0, title)
    for c, (heading, value) in enumerate((("Päivä", "14.3.2025"), ("Kumppani", "Tukholma"))):
        sheet.write(3, c, heading)
        sheet.write(4, c, value)
    book.save(str(tmp_path / "t.xls"))
    table = readers.read(Request(tmp_path / "t.xls", ("Päivä", "Kumppani"), (("Kumppani",),)))
    assert table.header_row == 4
    assert list(table.batches) == [[(5, ["14.3.2025", "Tukholma"])]]


# --- nested records ---


def test_records_in_records_become_columns_by_their_paths(tmp_path: Path) -> None:
    data = [
        {"id": 1, "seat": {"city": "Turku"}, "tags": ["x", "y"], "members": [{"name": "A"}, {"name": "B"}]},
        {"id": 2, "seat": {"city": "Oslo"}, "tags": []},
    ]
    for name, content in (
        ("t.json", json.dumps(data, indent=2)),
        ("t.jsonl", "\n".join(json.dumps(d) for d in data)),
        ("t.txt", json.dumps(data)),
    ):
        assert rows(text(tmp_path / name, content), "id", "seat.city", "tags", "members.name") == [
            [1, "Turku", ["list", ["x", "y"]], ["list", ["A", "B"]]],
            [2, "Oslo", ["list", []], None],
        ]


def test_the_list_that_holds_the_rows_is_named(tmp_path: Path) -> None:
    data = {"at": "2026", "hits": {"hits": [{"n": 1, "who": {"name": "A"}}, {"n": 2}]}}
    path = text(tmp_path / "t.json", json.dumps(data))
    assert rows(path, "at", "hits.hits.n", "hits.hits.who.name", rows="hits.hits") == [
        ["2026", 1, "A"],
        ["2026", 2, None],
    ]
    flat = text(tmp_path / "f.json", json.dumps({"results": [{"n": 1}]}))
    with pytest.raises(BadInput, match=r"holds a list: 'results'.*rows: results"):
        rows(flat, "n")


def test_a_bad_line_is_a_bad_row_and_a_bad_file_a_refusal(tmp_path: Path) -> None:
    got = rows(text(tmp_path / "t.jsonl", '{"a": 1}\n{"a": \n{"a": 1, "a": 2}\n{"a": 3}\n'), "a")
    assert got[0] == [1]
    assert got[1][0][0] == "broken"
    assert "Line 2 is no JSON" in got[1][0][1]
    assert "'a' twice" in got[2][0][1]
    assert got[3] == [3]
    for content in ('[{"a": 1}, {"a": ]', '[{"a": 1}', '[{"a": 1}] x', '[{"a": 1} {"a": 2}]'):
        with pytest.raises(BadInput, match=r"no JSON|cut off"):
            rows(text(tmp_path / "b.json", content), "a")


def test_a_long_list_is_read_as_it_comes(tmp_path: Path) -> None:
    path = text(tmp_path / "t.json", json.dumps([{"a": n, "b": "x" * 100} for n in range(30_000)]))
    assert [r[0] for r in rows(path, "a")] == list(range(30_000))


# --- archives, and what is no table ---


def test_an_archive_is_so_many_tables(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../a.csv", "A\n1\n")
        packed.writestr("deep/b.json", '[{"A": 2}]')
        packed.writestr("__MACOSX/._a.csv", "no")
        packed.writestr("readme.md", "no")
    assert readers.members(path) == ["../../a.csv", "deep/b.json"]
    assert rows(path, "A") == [["1"]]
    assert rows(path, "A", member="deep/b.json") == [[2]]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.html", b"<!doctype html><table>", "web page"),
        ("t.csv", b"\x1f\x8b\x08", "content is GZIP"),
        ("t.parquet", b"PAR1....", "content is PARQUET"),
        ("t.zip", b"no zip", "is no archive"),
        ("t.json", b"   ", "no records"),
        ("t.unknown", b"", "0 bytes"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        rows(text(tmp_path / name, content), "a")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = text(tmp_path / "t.csv", "A\n" + "1\n" * 20_000)
    table = readers.read(Request(path, ("A",), (("A",),)))
    next(table.batches)
    with path.open("a") as file:
        file.write("2\n")
    with pytest.raises(BadInput, match="changed while it was read"):
        list(table.batches)
    with pytest.raises(BadInput, match="changed while it was read"):
        readers.read(Request(path, ("A",), (("A",),), stamp=table.stamp))


# --- damage ---


def test_random_damage_ends_in_a_report_or_a_refusal() -> None:
    # In a process of its own, without threads, so that it can fork a child for every file.
    script = "import sys; from tests.loaders.damage import run; how, strange, slowest = run(500); "
    script += "print(sum(how.values()), len(strange), how['report'] > 20, how['refusal'] > 20, slowest < 60); print(strange)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, strange = done.stdout.splitlines()
    assert first == "500 0 True True True", strange


# --- the public torture files ---

# What the files are that hold no table (or none that can be told): all others give rows.
NO_TABLE = {
    "simple.unknown": "0 bytes",
    "encrypted_no_password.xls": "password",
    "libreoffice.xlsx": "no rows",
    "characters.csv": "does not belong",
    "input-valid-nested.json": "holds a list: 'results'",
    "input-valid-json-selector.json": "holds lists: 'sel1', 'sel2'",
}

ONLY_A_HEADER = {"small.csv", "utf8bom.csv", "multilineods.ods", "unicode_sheet_name.xls"}


@pytest.mark.public_data
def test_every_torture_file_gives_rows_or_a_sentence(public_data: Path) -> None:
    files = [p for p in sorted((public_data / "torture").glob("*/*")) if p.suffix != ".md"]
    assert len(files) == 69
    said = {}
    for path in files:
        try:
            table = readers.read(Request(path, (), (), guess=True))
            got = sum(len(batch) for batch in table.batches)
            said[path.name] = "" if table.header and (got or path.name in ONLY_A_HEADER) else "nothing"
        except BadInput as refused:
            said[path.name] = str(refused)
    for name, words in said.items():
        says = NO_TABLE.get(name) or ("web page" if name.endswith(".html") else "")
        assert says in words if says else words == "", f"{name}: {words}"
