"""Templates: a workbook for each kind, filled in and loaded by the mapping of the same name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from graph import Graph
from graph.errors import BadInput
from loaders.fields import KINDS
from loaders.load import load
from loaders.mapping import open_mapping
from loaders.template import write_template
from tests.loaders.conftest import Take, table

ASKED_FOR = {
    "partners", "departments", "persons", "networks", "memberships", "agreements", "restrictions", "positions",
    "contacts",
}  # fmt: skip


def test_there_is_a_template_for_each_kind() -> None:
    assert set(KINDS) >= ASKED_FOR


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_template_has_headings_notes_lists_and_an_example(kind: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_template(kind, tmp_path / f"{kind}.xlsx"))
    sheet = book[book.sheetnames[0]]
    rules = open_mapping(kind).rules
    assert [str(c.value).rstrip("*") for c in sheet[1]] == [r.columns[0] for r in rules]
    assert [str(c.value).endswith("*") for c in sheet[1]] == [r.required for r in rules]
    assert sheet["A2"].value == "EXAMPLE" or kind == "notes"
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    choices = [r for r in rules if r.field.type in ("choice", "bool")]
    assert len(lists) == len(choices)
    assert len(list(book["notes"].iter_rows())) > len(rules)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_unfilled_template_loads_nothing(city: Graph, kind: str, tmp_path: Path) -> None:
    path = write_template(kind, tmp_path / f"{kind}.xlsx")
    before = city.canonical_dump()
    report = load(city, [path], kind)
    assert (report.files[0].rows, report.files[0].quarantined) == (0, 0)
    assert city.canonical_dump() == before


def test_a_filled_template_is_loaded_with_days_as_the_spreadsheet_keeps_them(
    city: Graph, tmp_path: Path
) -> None:
    path = write_template("contacts", tmp_path / "contacts.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["contacts"]
    column = {str(c.value).rstrip("*"): c.column for c in sheet[1]}
    for name, value in {
        "Key": "K-9",
        "Date": date(2026, 5, 20),
        "Departments": "Urban Environment Division; Culture and Leisure Division",
        "Partners": "Tallinna",
        "Areas": "Climate",
        "Status": "planned",
        "Summary": "=1+1",
    }.items():
        sheet.cell(3, column[name], value)
    sheet.cell(3, column["Summary"]).data_type = "s"
    book.save(path)
    (file,) = load(city, [path], "contacts").files
    assert (file.rows, file.loaded, file.quarantined) == (1, 1, 0), file.problems
    (contact,) = city.contacts().contacts
    assert (contact.date, contact.status, contact.summary) == ("2026-05-20", "planned", "=1+1")
    assert {d.id for d in contact.departments} == {"urban", "culture"}
    (again,) = load(city, [path], "contacts").files
    assert (again.loaded, again.unchanged) == (0, 1)


def test_the_same_rows_in_csv_and_in_another_language_are_the_same_records(city: Graph, take: Take) -> None:
    cells = ("K-1", "20.5.2026", "Urban Environment Division", "Tallinn", "toteutunut")
    first = take(table(cells, header=("Tunniste", "Päivä", "Toimiala", "Kumppani", "Tila"), delimiter=";"))
    assert first.files[0].loaded == 1, first.files[0].problems
    (contact,) = city.contacts().contacts
    assert (contact.date, contact.status) == ("2026-05-20", "held")


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = write_template("contacts", tmp_path / "contacts.xlsx")
    with pytest.raises(BadInput, match="is there already"):
        write_template("contacts", path)
    with pytest.raises(BadInput, match="There is no template 'contact'"):
        write_template("contact", tmp_path / "other.xlsx")


def test_departments_in_any_order_make_a_tree(city: Graph, take: Take) -> None:
    rows = [
        ("unit", "A unit", "A service"),
        ("service", "A service", "A division"),
        ("division", "A division", ""),
    ]
    (file,) = take(table(*rows, header=("Id", "Name", "Part of")), "departments.csv", "departments").files
    assert (file.loaded, file.quarantined) == (3, 0), file.problems
    parents = {d["id"]: d["parent"] for d in city.departments()}
    assert (parents["unit"], parents["service"], parents["division"]) == ("service", "division", None)
