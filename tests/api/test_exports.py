"""Exports: harmless in a spreadsheet, valid as XML, whole."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api import exports
from graph.answers import Named, PairTie


def _pieces(kind: str, department: str, partner: str) -> bytes:
    tie = PairTie(
        department=Named(id="same", name=department),
        partner=Named(id="same", name=partner),
        held=1,
        planned=0,
        first="2026-01-01",
        last="2026-01-01",
        next=None,
        areas=["a", "b"],
        topics=[],
    )
    makers = {"csv": exports._csv, "graphml": exports._graphml}
    return "".join(makers[kind]("ties", iter([tie]))).encode("utf-8", "replace")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "－1", "＋1", "＠1", "\n=1"]
)
def test_formulas_are_led_by_an_apostrophe(text: str) -> None:
    assert exports.cell(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, -3),
        (1.5, 1.5),
        ("a=1", "a=1"),
        (["=a", "b"], "'=a; b"),
        ([], ""),
    ],
)
def test_other_cells_are_as_they_are(value: object, written: object) -> None:
    assert exports.cell(value) == written


def test_csv_reads_back(client: TestClient) -> None:
    response = client.get("/api/v1/export?format=csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="kumppani-ties.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    whole = client.get("/api/v1/ties?limit=1000").json()["ties"]
    assert [(r["department_id"], r["partner_id"], int(r["held"])) for r in rows] == [
        (t["department"]["id"], t["partner"]["id"], t["held"]) for t in whole
    ]
    assert "'=1+1" in {r["partner"] for r in rows}


def test_json_is_the_answer_of_the_route_without_pages(client: TestClient) -> None:
    for what in exports.WHATS:
        exported = client.get(f"/api/v1/export?format=json&what={what}")
        assert exported.json() == client.get(f"/api/v1/{what}?limit=1000").json(), what


def test_filters_narrow_an_export(client: TestClient) -> None:
    asked = "partner=Tallinn&since=2026-04-01&until=2026-04-30"
    exported = client.get(f"/api/v1/export?format=json&what=contacts&{asked}").json()
    assert [c["id"] for c in exported["contacts"]] == ["c-02", "c-01"]


def test_graphml_is_read_by_networkx(client: TestClient) -> None:
    read = nx.parse_graphml(client.get("/api/v1/export?format=graphml").text)
    assert read.nodes["partner:p-hostile"]["name"] == "<img src=x onerror=alert(1)>"
    assert read.edges["department:abroad", "partner:p-tallinn"]["planned"] == 1
    assert read.number_of_edges() == len(client.get("/api/v1/ties?limit=1000").json()["ties"])


@given(st.text(), st.text())
def test_any_names_make_valid_xml_with_two_nodes(department: str, partner: str) -> None:
    root = ElementTree.fromstring(_pieces("graphml", department, partner))
    nodes = root.findall(".//{http://graphml.graphdrawing.org/xmlns}node")
    assert [n.get("id") for n in nodes] == ["department:same", "partner:same"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")))
def test_any_name_reads_back_from_csv(name: str) -> None:
    text = _pieces("csv", name, "x").decode("utf-8-sig")
    read = next(iter(csv.DictReader(io.StringIO(text, newline=""))))["department"]
    assert read.removeprefix("'") == name.removeprefix("'")
    assert not read.startswith(("=", "+", "-", "@"))
