"""Commitments, resources, materials, trips and leads come in by their templates."""

from __future__ import annotations

from pathlib import Path

from graph import Graph
from loaders.fields import KINDS
from loaders.load import load
from loaders.template import write_template

CONTACTS = """Key,Date,Departments,Partners,Status
K1,2026-03-01,Culture,Tallinn,held
K2,2026-03-08,Culture,Tallinn,held
K3,2099-03-08,Sport,Tallinn,planned
"""
DEPARTMENTS = "Id,Name,Level\nculture,Culture,division\nsport,Sport,division\n"
RESOURCES = "Name,Capacity,Unit,Departments\nGuest rooms,40,beds,Culture\n"
COMMITMENTS = """Key,By,Made in,Subject,Value,Amount,Currency,Due,Replaces,Resource,Resource amount
S2,us,K2,fee 2027,,30000,EUR,2026-12-31,S1,,
S1,us,K1,fee 2027,,20000,EUR,2026-12-31,,Guest rooms,12
S3,them,K1,speaker,The Mayor,,,,,,
S4,us,K9,fee 2027,no,,,,,,
S5,us,K1,fee 2027,no,1,EUR,,,,
"""
MATERIALS = "Key,Title,Kind,Issues,Stance,From\nM1,Our line,core_message,Tunnel,support,2026-01-01\nM2,No stance,core_message,Tunnel,,\n"
TRIPS = "Key,Title,Direction,From,Contacts,Departments\nT1,To Tallinn,out,2026-03-01,K1;K2,Sport\n"
LEADS = "Department,Partner,Area,From\nCulture,Tallinn,,2026-01-01\nSport,Tallinn,Sports for all,2026-01-01\n"
AREAS = "Name\nSports for all\n"


def _load(graph: Graph, folder: Path, kind: str, text: str) -> tuple[int, list[str]]:
    """(rows loaded, reasons of those that were not)."""
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    report = load(graph, [path], kind)
    return report.files[0].loaded, [p.reason for p in report.files[0].problems]


def test_every_new_kind_of_row_becomes_its_record(graph: Graph, tmp_path: Path) -> None:
    assert _load(graph, tmp_path, "departments", DEPARTMENTS) == (2, [])
    assert _load(graph, tmp_path, "areas", AREAS) == (1, [])
    assert _load(graph, tmp_path, "contacts", CONTACTS) == (3, [])
    assert _load(graph, tmp_path, "resources", RESOURCES) == (1, [])
    loaded, reasons = _load(graph, tmp_path, "commitments", COMMITMENTS)
    assert loaded == 3
    assert [r for r in reasons if "no contact with the key or id 'K9'" in r]
    assert [r for r in reasons if "a value or an amount, not both" in r]
    loaded, reasons = _load(graph, tmp_path, "materials", MATERIALS)
    assert loaded == 1
    assert "needs its stance" in reasons[0]
    assert _load(graph, tmp_path, "trips", TRIPS) == (1, [])
    assert _load(graph, tmp_path, "leads", LEADS) == (2, [])
    rows = graph.store.read(
        "MATCH (m:Commitment)-[:MADE_IN]->(c:Contact) OPTIONAL MATCH (m)-[:REPLACES]->(o:Commitment) "
        "OPTIONAL MATCH (m)-[p:PROMISES]->(r:Resource) RETURN m.key AS key, m.amount AS amount, m.status AS status, "
        "c.date AS made, o.amount AS replaced, p.amount AS promised, r.id AS resource ORDER BY made DESC, key"
    )
    assert rows == [
        {"key": "fee 2027", "amount": 30000.0, "status": "open", "made": "2026-03-08", "replaced": 20000.0,
         "promised": None, "resource": None},
        {"key": "fee 2027", "amount": 20000.0, "status": "open", "made": "2026-03-01", "replaced": None,
         "promised": 12.0, "resource": "guest-rooms"},
        {"key": "speaker", "amount": None, "status": "open", "made": "2026-03-01", "replaced": None,
         "promised": None, "resource": None},
    ]  # fmt: skip
    assert graph.store.read(
        "MATCH (t:Trip)-[:GATHERS]->(c:Contact) RETURN t.direction AS way, count(c) AS n"
    ) == [{"way": "out", "n": 2}]
    assert graph.store.read("MATCH (k:Material)-[:ON]->(i:Issue) RETURN k.stance AS s, i.name AS i") == [
        {"s": "support", "i": "Tunnel"}
    ]
    assert graph.store.read(
        "MATCH (d:Department)-[x:LEADS]->(p:Partner) RETURN d.id AS d, x.area AS area ORDER BY d"
    ) == [{"d": "culture", "area": None}, {"d": "sport", "area": "sports-for-all"}]


def test_the_same_rows_again_change_nothing(graph: Graph, tmp_path: Path) -> None:
    for kind, text in (
        ("departments", DEPARTMENTS), ("areas", AREAS), ("contacts", CONTACTS), ("resources", RESOURCES),
        ("commitments", COMMITMENTS), ("materials", MATERIALS), ("trips", TRIPS), ("leads", LEADS),
    ):  # fmt: skip
        _load(graph, tmp_path, kind, text)
    before = graph.canonical_dump(ids=True)
    for kind, text in (
        ("commitments", COMMITMENTS),
        ("materials", MATERIALS),
        ("trips", TRIPS),
        ("leads", LEADS),
    ):
        assert _load(graph, tmp_path, kind, text)[0] == 0
    assert graph.canonical_dump(ids=True) == before


def test_a_contact_remembers_since_when_it_was_planned(graph: Graph, tmp_path: Path) -> None:
    _load(graph, tmp_path, "departments", DEPARTMENTS)
    _load(graph, tmp_path, "contacts", CONTACTS)
    query = "MATCH (c:Contact) RETURN c.status AS status, c.planned_on AS on ORDER BY c.date"
    before = graph.store.read(query)
    assert [row["on"] is not None for row in before] == [False, False, True]
    _load(
        graph,
        tmp_path,
        "contacts",
        CONTACTS.replace("2099-03-08,Sport,Tallinn,planned", "2099-03-08,Sport,Tallinn,held"),
    )
    after = graph.store.read(query)
    assert after[2] == {"status": "held", "on": before[2]["on"]}


def test_every_kind_has_a_template(tmp_path: Path) -> None:
    for kind in KINDS:
        assert write_template(kind, tmp_path / f"{kind}.xlsx").stat().st_size > 4_000
