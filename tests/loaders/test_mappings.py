"""What mappings can say: several records of one row, look-ups, countries, days that fit two forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph import Graph
from graph.errors import BadInput
from loaders.load import load
from loaders.mapping import open_mapping
from loaders.suggest import explain, suggest
from tests.loaders.conftest import add_up


def files(folder: Path, **content: str) -> dict[str, Path]:
    """Files by name, "." written as "_"."""
    out = {}
    for name, text in content.items():
        out[name] = folder / name.replace("_", ".")
        out[name].write_text(text, encoding="utf-8")
    return out


def count(graph: Graph, pattern: str) -> int:
    return int(graph.store.read(f"MATCH {pattern} RETURN count(*) AS n")[0]["n"])


MANY = """
kind: contacts
source: many
key: [Ref]
fields:
  key: Ref
  date: {column: Day, dates: [D.M.YYYY]}
  departments: Unit
  partners: {column: Partner, country: Land}
  persons: Who
also:
  - kind: persons
    fields: {name: {column: Who, required: true}, title: Title, partner: {column: Partner, country: Land}}
  - kind: positions
    fields:
      issue: {column: Issue, required: true, create: {}}
      department: Unit
      stance: {column: Stance, values: {puoltaa: support}}
      from: {column: Day, dates: [D.M.YYYY]}
  - kind: memberships
    each: {column: Networks, split: ";"}
    fields: {partner: {column: Partner, country: Land}, network: {column: Networks, create: {}}}
"""
ROWS = """Ref,Day,Unit,Partner,Land,Who,Title,Issue,Stance,Networks
1,4.3.2026,Urban Environment Division,Malmö,SE,Ada Example,Mayor,Tunnel,puoltaa,C40;UBC
2,5.3.2026,Urban Environment Division,Malmö,SE,Ada Example,Mayor,,,
3,6.3.2026,Urban Environment Division,Malmö,SE,,,Tunnel,perhaps,C40
"""


def test_one_row_makes_several_records_and_all_or_none_of_them(city: Graph, tmp_path: Path) -> None:
    at = files(tmp_path, many_yaml=MANY, rows_csv=ROWS)
    (file,) = load(city, [at["rows_csv"]], str(at["many_yaml"])).files
    assert (file.rows, file.loaded, file.quarantined) == (3, 2, 1)
    assert (file.problems[0].row, file.problems[0].column) == (4, "Stance")
    assert count(city, "(:Partner {name: 'Malmö', country: 'SE'})") == 1
    assert (
        count(
            city, "(:Person {name: 'Ada Example', title: 'Mayor'})-[:WORKS_FOR]->(:Partner {name: 'Malmö'})"
        )
        == 1
    )
    assert count(city, "(:Contact)-[:WITH_PERSON]->(:Person)") == 2
    assert count(city, "(:Position {stance: 'support'})-[:STATED_IN]->(:Contact {date: '2026-03-04'})") == 1
    assert count(city, "(:Partner)-[:MEMBER_OF]->(:Network)") == 2
    before = city.canonical_dump(ids=True)
    (again,) = load(city, [at["rows_csv"]], str(at["many_yaml"])).files
    assert (again.unchanged, again.loaded, again.quarantined) == (2, 0, 1)
    assert city.canonical_dump(ids=True) == before
    city.rebuild()
    assert city.canonical_dump(ids=True) == before


def test_values_are_looked_up_in_another_file_of_the_load(city: Graph, tmp_path: Path) -> None:
    people = [{"id": [7, 3], "org": ["Tallinn"]}, {"id": 9, "org": "Oslo"}]
    meetings = [{"n": "1", "meet": [{"day": "2026-03-04", "ids": [7, 9]}, {"day": "2026-03-05", "ids": [8]}]}]
    mapping = """
kind: contacts
source: looked-up
key: [n, meet.day]
file: {rows: meet}
lookups: {people: {file: "people*.json", key: id}}
fields:
  date: meet.day
  departments: {constant: Urban Environment Division}
  partners: {column: meet.ids, lookup: people.org}
  reference: {column: meet.ids, lookup: people.id, pick: smallest, prefix: "P-"}
"""
    at = files(tmp_path, m_yaml=mapping, meetings_json=json.dumps(meetings), people_json=json.dumps(people))
    with pytest.raises(BadInput, match=r"looks values up in 'people\*.json': name that file"):
        load(city, [at["meetings_json"]], str(at["m_yaml"]))
    (file,) = load(city, [at["people_json"], at["meetings_json"]], str(at["m_yaml"])).files
    assert (file.name, file.loaded, file.quarantined) == ("meetings.json", 1, 1)
    assert "has no row with '8'" in file.problems[0].reason
    (contact,) = city.contacts().contacts
    assert sorted(p.name for p in contact.partners) == ["Oslo", "Tallinn"]
    assert count(city, "(:Contact {reference: 'P-3; P-9'})") == 1
    # Another order of the file that values are looked up in says the same; another value is an update.
    at["people_json"].write_text(json.dumps(people[::-1]))
    (file,) = load(city, [at["people_json"], at["meetings_json"]], str(at["m_yaml"])).files
    assert (file.loaded, file.unchanged, file.quarantined) == (0, 1, 1)
    people[1]["org"] = "Bergen"
    at["people_json"].write_text(json.dumps(people))
    report = load(city, [at["people_json"], at["meetings_json"]], str(at["m_yaml"]))
    assert (report.files[0].loaded, report.files[0].unchanged) == (1, 0)
    (contact,) = city.contacts().contacts
    assert sorted(p.name for p in contact.partners) == ["Bergen", "Tallinn"]


def test_a_name_with_its_country_is_a_partner_of_its_own(city: Graph, tmp_path: Path) -> None:
    mapping = """
kind: agreements
fields:
  title: {column: a, join: [b]}
  partners:
    - {column: a, country: {column: ca, after_last: ","}, kind: {constant: city}}
    - {column: b, country: {column: cb, after_last: ","}, kind: {constant: city}}
"""
    rows = 'a,ca,b,cb\nCórdoba,Spain,Córdoba,Argentina\nCórdoba,"Andalusia, Spain",Perth,Australia\nCórdoba,Spian,Perth,Australia\n'
    at = files(tmp_path, m_yaml=mapping, rows_csv=rows)
    (file,) = load(city, [at["rows_csv"]], str(at["m_yaml"])).files
    assert (file.loaded, file.quarantined) == (2, 1)
    assert (file.problems[0].column, file.problems[0].value, file.problems[0].suggestion) == (
        "ca",
        "Spian",
        "ES",
    )
    assert count(city, "(p:Partner {name: 'Córdoba'})") == 2
    assert count(city, "(:Agreement)-[:WITH_PARTNER]->(:Partner {name: 'Córdoba', country: 'ES'})") == 2
    assert count(city, "(:Agreement)-[:WITH_PARTNER]->(:Partner {name: 'Córdoba', country: 'AR'})") == 1


DAYS = "kind: contacts\nfields:\n  date: {column: Day%s}\n  departments: Unit\n  partners: Partner\n"


@pytest.mark.parametrize("dates", [", dates: [DD/MM/YYYY, MM/DD/YYYY]", ""])
def test_a_day_that_fits_two_forms_stops_the_load_with_the_rows_that_decide(
    city: Graph, tmp_path: Path, dates: str
) -> None:
    unit = "Urban Environment Division"
    rows = f"Day,Unit,Partner\n03/04/2026,{unit},A\n25/04/2026,{unit},B\n05/05/2026,{unit},C\n"
    at = files(tmp_path, m_yaml=DAYS % dates, rows_csv=rows)
    before = city.canonical_dump()
    with pytest.raises(BadInput) as stopped:
        load(city, [at["rows_csv"]], str(at["m_yaml"]))
    said = str(stopped.value)
    assert "as DD/MM/YYYY or as MM/DD/YYYY?" in said
    assert "Both fit 1 rows, such as row 2 (03/04/2026)" in said
    assert "only DD/MM/YYYY fits 1 rows, such as row 3 (25/04/2026)" in said
    assert "only MM/DD/YYYY fits 0 rows" in said
    assert city.canonical_dump() == before
    at = files(tmp_path, m_yaml=DAYS % ", dates: [DD/MM/YYYY]")
    (file,) = load(city, [at["m_yaml"].with_name("rows.csv")], str(at["m_yaml"])).files
    assert (file.loaded, file.quarantined) == (3, 0)
    assert sorted(c.date for c in city.contacts().contacts) == ["2026-04-03", "2026-04-25", "2026-05-05"]


def test_numbers_of_days_are_days_where_the_mapping_says_so(city: Graph, tmp_path: Path) -> None:
    unit = "Urban Environment Division"
    at = files(
        tmp_path,
        m_yaml=DAYS % ", dates: [SERIAL]",
        rows_csv=f"Day,Unit,Partner\n46095,{unit},A\n59,{unit},B\n",
    )
    (file,) = load(city, [at["rows_csv"]], str(at["m_yaml"])).files
    assert (file.loaded, file.quarantined) == (1, 1)
    assert city.contacts().contacts[0].date == "2026-03-14"


def test_further_rows_about_a_partner_join_it_where_the_mapping_says_so(city: Graph, tmp_path: Path) -> None:
    mapping = """
kind: partners
source: joined
key: [name, iso]
join_same: true
empty: [NA]
fields: {name: name, country: iso}
also:
  - kind: memberships
    each: {column: in, split: ";"}
    fields:
      partner: {column: name, country: iso}
      network: {column: in, year_apart: true, create: {}}
      reference: in
"""
    rows = "name,iso,in\nTurku,FIN,C40_2022;UBC\nTURKU,FIN,Net2020\nOulu,FI,NA\nTurku,FIN,C40_2022;UBC\n"
    at = files(tmp_path, m_yaml=mapping, rows_csv=rows)
    (file,) = load(city, [at["rows_csv"]], str(at["m_yaml"])).files
    assert (file.rows, file.loaded, file.repeated, file.quarantined) == (4, 3, 1, 0)
    assert count(city, "(:Partner)") == 3
    found = city.store.read(
        "MATCH (:Partner {name: 'Turku'})-[r:MEMBER_OF]->(n) RETURN n.name AS n, r.reference AS r ORDER BY r"
    )
    assert [(x["n"], x["r"]) for x in found] == [("C40", "C40_2022"), ("Net", "Net2020"), ("UBC", "UBC")]
    (again,) = load(city, [at["rows_csv"]], str(at["m_yaml"])).files
    assert (again.loaded, again.unchanged, again.repeated) == (0, 3, 1)


def test_names_without_a_record_of_their_own_and_names_cut_off(city: Graph, tmp_path: Path) -> None:
    mapping = "kind: memberships\nfields:\n  partner: p\n  network: {column: n, cut_off: ..., create: {}}\n"
    rows = "p,n\nTallinn,Union of the Baltic Cities\nOslo,Union of the Bal...\nOslo,Something el...\n"
    at = files(
        tmp_path, m_yaml=mapping, rows_csv=rows, names_csv="Partner,Country,Other name\nTallinn,EE,Reval\n"
    )
    (file,) = load(city, [at["rows_csv"]], str(at["m_yaml"])).files
    assert (file.loaded, file.quarantined) == (2, 1)
    assert "is cut off, and no known name begins so" in file.problems[0].reason
    assert count(city, "(:Partner)-[:MEMBER_OF]->(:Network {name: 'Union of the Baltic Cities'})") == 2
    for expected in ((1, 0), (0, 1)):
        (file,) = load(city, [at["names_csv"]], "aliases").files
        assert (file.loaded, file.unchanged) == expected
    assert city.who_talks_to("Reval").partner.name == "Tallinn"  # type: ignore[union-attr]


def test_sheets_and_archives_are_tables_of_one_load(city: Graph, tmp_path: Path) -> None:
    import zipfile

    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "North"
    for n, sheet in enumerate((book.active, book.create_sheet("South"))):
        sheet.append(["Name", "Country"])
        sheet.append([f"Partner {n}", "SE"])
    book.save(tmp_path / "p.xlsx")
    report = load(city, [tmp_path / "p.xlsx"], "partners")
    assert [(f.name, f.rows, f.loaded) for f in report.files] == [
        ("p.xlsx [North]", 1, 1),
        ("p.xlsx [South]", 1, 1),
    ]
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as packed:
        packed.writestr("a.csv", "Name\nPartner 0\n")
        packed.writestr("b.json", '[{"Name": "Partner 2"}]')
        packed.writestr("c.csv", "Nothing\nx\n")
    report = load(city, [tmp_path / "p.zip"], "partners")
    assert [f.name for f in report.files] == ["p.zip [a.csv]", "p.zip [b.json]"]
    assert all(add_up(f) for f in report.files)
    assert any("c.csv" in note and "left out" in note for note in report.notes)


def test_another_mapping_or_an_older_template_is_told(city: Graph, tmp_path: Path) -> None:
    at = files(
        tmp_path,
        p_csv="Network,Partner,From\nX,Y,2020-01-01\n",
        old_csv="Key,Day,Departments,Partners,Areas\n1,2026-01-01,U,P,A\n",
    )
    with pytest.raises(BadInput, match=r"Missing column: Date.*The mapping '[a-z]+' would fit this file"):
        load(city, [at["p_csv"]], "contacts")
    with pytest.raises(
        BadInput, match=r"Missing column: Date.*older template.*kumppani template contacts new.xlsx"
    ):
        load(city, [at["old_csv"]], "contacts")


# --- drafts ---


@pytest.mark.parametrize(
    ("header", "kind", "fields"),
    [
        ("Päivä;Toimiala;Kumppani;Tiivistelmä", "contacts", ("date", "departments", "partners", "summary")),
        ("Datum;Enhet;Partner;Rubrik", "contacts", ("date", "departments", "partners", "summary")),
        ("Date;Department;Partner;Subject", "contacts", ("date", "departments", "partners", "summary")),
    ],
)
def test_a_draft_is_a_mapping_and_loads(
    city: Graph, tmp_path: Path, header: str, kind: str, fields: tuple[str, ...]
) -> None:
    rows = f"Yhteydet 2026;;;\n\n{header}\n14.3.2026;Urban Environment Division;Tallinn|Oslo;A\n31.3.2026;Urban Environment Division;Oslo;B\n"
    at = files(tmp_path, t_csv=rows)
    text = suggest(at["t_csv"])
    draft = tmp_path / "draft.yaml"
    draft.write_text(text, encoding="utf-8")
    made = open_mapping(str(draft))
    assert made.kind == kind
    assert {r.field.name for r in made.rules} >= set(fields)
    became, unused, n = explain(made, [at["t_csv"]])
    assert (n, unused) == (2, [])
    (date,) = [b for b in became if b.name == "date"]
    assert (date.filled, date.taken, date.refused) == (2, 2, 0)
    assert "14.3.2026 → 2026-03-14" in date.examples
    (file,) = load(city, [at["t_csv"]], str(draft)).files
    assert (file.rows, file.loaded) == (2, 2), file.problems
    assert count(city, "(:Contact)-[:WITH_PARTNER]->(:Partner)") == 3


def test_a_draft_asks_where_days_fit_two_forms(tmp_path: Path) -> None:
    at = files(tmp_path, t_csv="Date,Department,Partner\n03/04/2026,U,P\n05/06/2026,U,P\n")
    text = suggest(at["t_csv"])
    assert "03/04/2026 is one day as DD/MM/YYYY and another as MM/DD/YYYY" in text
    assert "dates: [DD" not in next(line for line in text.splitlines() if "date:" in line)
