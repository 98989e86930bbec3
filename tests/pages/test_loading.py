"""Loading a file through the form: wait, report, dry run, and files that cannot be used."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from starlette.testclient import TestClient

from graph import Graph
from graph.facts import Fact
from tests.pages.conftest import HOSTILE, client_of

GOOD = "Name,Kind\nMETREX,network_secretariat\nOulu,city\n"
BAD = f"Name,Kind\nOulu,city\n{HOSTILE},planet\nOulu,city\n"


@pytest.fixture
def client(city: Graph) -> Iterator[TestClient]:
    with client_of(city) as made:
        yield made


def send(client: TestClient, content: str | bytes, name: str = "partners.csv", **form: str) -> str:
    """Post the file, follow to the page that watches, wait for its end; that page."""
    answer = client.post(
        "/load",
        data={"mapping": "partners", **form},
        files={"file": (name, content)},
        headers={"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"},
        follow_redirects=False,
    )
    if answer.status_code != 303:
        return answer.text
    while True:
        page = client.get(answer.headers["location"])
        if "data-loading" not in page.text:
            return page.text


def counts(page: str) -> dict[str, int]:
    part = re.search(r"data-rows=[^>]*", page)
    assert part, page[:3000]
    return {k: int(v) for k, v in re.findall(r'data-(\w+)="(\d+)"', part.group())}


def test_a_try_writes_nothing(client: TestClient, city: Graph) -> None:
    before = city.canonical_dump()
    page = send(client, GOOD, dry_run="true")
    assert "This was a try: nothing was written." in page
    assert counts(page) == {"rows": 2, "loaded": 2, "unchanged": 0, "repeated": 0, "quarantined": 0}
    assert city.canonical_dump() == before


def test_a_load_and_its_report(client: TestClient, city: Graph) -> None:
    assert counts(send(client, GOOD))["loaded"] == 2
    assert city.who_talks_to("METREX").partner is not None
    again = counts(send(client, GOOD))
    assert again["unchanged"] == again["rows"] == 2
    listed = client.get("/loads").text
    assert listed.count("data-load=") == 3


def test_rows_set_aside_are_named(client: TestClient) -> None:
    page = send(client, BAD)
    found = counts(page)
    assert (
        found["loaded"] + found["unchanged"] + found["repeated"] + found["quarantined"] == found["rows"] == 3
    )
    assert found["quarantined"] == 1
    assert 'data-problem-row="3"' in page
    assert "planet" in page
    assert HOSTILE not in page


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "empty.csv"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "picture.xlsx"), ("A,B\n1,2\n", "columns.csv")],
)
def test_a_file_that_cannot_be_used(client: TestClient, city: Graph, content: str | bytes, name: str) -> None:
    page = send(client, content, name)
    assert 'role="alert"' in page
    assert "Nothing was taken from the file." in page
    assert client.get("/loads").text.count("data-load=") == len(city.loads().loads)


def test_the_form_without_a_file_or_mapping(client: TestClient) -> None:
    assert "No file was chosen." in client.post("/load", data={"mapping": "partners"}).text
    assert "There is no such mapping." in send(client, GOOD, mapping="../secret")


def test_other_pages_may_not_send_files(client: TestClient, city: Graph) -> None:
    answer = client.post(
        "/load",
        data={"mapping": "partners"},
        files={"file": ("p.csv", GOOD)},
        headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert city.who_talks_to("METREX").partner is None


WRITES = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}


def test_a_load_is_undone_from_its_report(client: TestClient, city: Graph) -> None:
    before = city.canonical_dump(ids=True)
    report = send(client, GOOD)
    id = city.loads().loads[0].load
    assert f'href="/loads/{id}/undo"' in report
    asked = client.get(f"/loads/{id}/undo").text
    assert f'action="/loads/{id}/undo"' in asked
    assert city.canonical_dump(ids=True) != before
    assert client.post(f"/loads/{id}/undo", headers=WRITES).url.path == f"/loads/{id}"
    assert city.canonical_dump(ids=True) == before
    again = client.post(f"/loads/{id}/undo", headers=WRITES)
    assert again.status_code == 409
    assert "was undone on" in again.text


def test_what_stands_in_the_way_is_shown_and_a_disagreement_settled(client: TestClient, city: Graph) -> None:
    send(client, GOOD)
    id = city.loads().loads[0].load
    partner = city.who_talks_to("Oulu").partner
    assert partner is not None
    city.write([Fact("Partner", partner.id, "", {"name": "Oulu", "kind": "region"})], load="", source="local")
    shown = client.post(f"/loads/{id}/undo", headers=WRITES)
    assert shown.status_code == 409
    assert f'data-blocker="{partner.id}"' in shown.text
    city.write([Fact("Partner", partner.id, "", {"name": "Oulu", "kind": "city"})], load=id, source="x")
    (d,) = city.disagreements().disagreements
    assert f'data-disagreement="{d.id}"' in client.get("/disagreements").text
    settled = client.post(f"/disagreements/{d.id}", data={"verdict": "take"}, headers=WRITES)
    assert "data-empty" in settled.text
    assert city.partner(partner.id).kind == "city"


def test_rows_to_mend_come_as_a_workbook(client: TestClient, city: Graph) -> None:
    report = send(client, BAD)
    id = city.loads().loads[0].load
    assert f'href="/api/v1/loads/{id}/set-aside"' in report
    answer = client.get(f"/api/v1/loads/{id}/set-aside")
    assert answer.headers["content-disposition"] == f'attachment; filename="to-mend-{id}.xlsx"'
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert [row[:2] for row in rows[1:]] == [(HOSTILE, "planet")]
    assert client.get("/api/v1/loads/l-none/set-aside").status_code == 404
