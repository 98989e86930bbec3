"""Loading files over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from graph import Graph

LOADS = "/api/v1/loads"
HEADER = "Key,Date,Departments,Partners,Areas,Summary\r\n"
ROWS = (
    "k1,2026-05-20,Urban Environment Division,Tallinn,Climate,A visit\r\n"
    "k2,2026-05-21,Culture and Leisure Division,Tukholma,Culture,=HYPERLINK(1)\r\n"
    "k2,2026-05-21,Culture and Leisure Division,Tukholma,Culture,=HYPERLINK(1)\r\n"
    "k3,2026-05-22,Urban Enviroment Division,Tallinn,Climate,\r\n"
)
OWN = """title: Mine
kind: contacts
source: mine
key: [Nr]
fields:
  key: {column: [Nr]}
  date: {column: [Day], dates: [YYYY-MM-DD], required: true}
  departments: {column: [Who], required: true}
  partners: {column: [Whom], required: true}
"""


def _csv(text: str = HEADER + ROWS, name: str = "contacts.csv") -> tuple[str, tuple[str, bytes, str]]:
    return ("file", (name, text.encode(), "text/csv"))


def _post(client: TestClient, files: list[Any], **fields: str) -> Any:
    return client.post(LOADS, files=files, data=fields)


def test_rows_are_accounted_for_and_the_second_time_changes_nothing(client: TestClient, city: Graph) -> None:
    report = _post(client, [_csv()], mapping="contacts").json()
    file = report["files"][0]
    outcomes = ("loaded", "unchanged", "repeated", "quarantined")
    assert {k: file[k] for k in ("name", "rows", *outcomes)} == {
        "name": "contacts.csv", "rows": 4, "loaded": 2, "unchanged": 0, "repeated": 1, "quarantined": 1,
    }  # fmt: skip
    problem = file["problems"][0]
    assert (problem["row"], problem["column"]) == (5, "Departments")
    assert "Urban Environment Division" in problem["suggestion"]
    assert client.get(f"{LOADS}/{report['load']}").json() == report
    assert client.get(LOADS).json()["loads"][0]["load"] in (report["load"], "l-world1")

    before = city.canonical_dump()
    again = _post(client, [_csv()], mapping="contacts").json()["files"][0]
    assert [again[k] for k in outcomes] == [0, 2, 1, 1]
    assert city.canonical_dump() == before


def test_a_dry_run_writes_nothing(client: TestClient, city: Graph) -> None:
    before = city.canonical_dump()
    report = _post(client, [_csv()], mapping="contacts", dry_run="true").json()
    assert report["dry_run"] is True
    assert report["files"][0]["loaded"] == 2
    assert city.canonical_dump() == before
    assert len(client.get(LOADS).json()["loads"]) == 1


def test_several_files_and_a_mapping_of_ones_own(client: TestClient) -> None:
    text = "Nr,Day,Who,Whom\n{},2026-05-01,urban,Tallinn\n"
    files = [
        _csv(text.format(1), "../../one.csv"),
        _csv(text.format(2), "C:\\folder\\two.csv"),
        _csv(text.format(3), "x" * 300 + ".csv"),
        ("mapping_file", ("mine.yml", OWN.encode(), "text/yaml")),
    ]
    response = _post(client, files)
    assert response.status_code == 200, response.text
    names = [f["name"] for f in response.json()["files"]]
    assert names[:2] == ["one.csv", "two.csv"]
    assert names[2].endswith(".csv")
    assert [f["loaded"] for f in response.json()["files"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"mapping": "contcts"}, 400, "contacts"),
        ({"mapping": "../mappings/contacts"}, 400, "no mapping"),
        ({"mapping": "/etc/hostname.yaml"}, 400, "no mapping"),
        ({}, 400, "no mapping"),
        ({"mapping": "contacts", "dryrun": "true"}, 422, "dryrun"),
        ({"mapping": "contacts", "dry_run": "perhaps"}, 422, "dry_run"),
    ],
)
def test_what_is_asked_wrongly(client: TestClient, fields: dict[str, str], status: int, word: str) -> None:
    response = _post(client, [_csv()], **fields)
    assert response.status_code == status, response.text
    assert word in response.json()["detail"]
    assert len(client.get(LOADS).json()["loads"]) == 1


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        ("", "contacts.csv", "empty"),
        ("A,B\n1,2\n", "contacts.csv", "Date"),
        ("\x00\x01\x02PK", "contacts.xlsx", "contacts.xlsx"),
    ],
)
def test_files_that_cannot_be_used(client: TestClient, content: str, name: str, word: str) -> None:
    response = _post(client, [_csv(content, name)], mapping="contacts")
    assert response.status_code == 400, response.text
    assert word in response.json()["detail"]


def test_no_file_at_all(client: TestClient) -> None:
    response = client.post(LOADS, data={"mapping": "contacts"})
    assert response.status_code == 422
    assert "file" in response.json()["detail"]


def test_a_mapping_on_this_machine_is_out_of_reach(client: TestClient, tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(OWN)
    response = _post(client, [_csv()], mapping=str(own))
    assert response.status_code == 400
