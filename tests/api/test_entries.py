"""Records over HTTP: ETag and If-Match, 412 with what the first did, and sentences for what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from graph import Viewer
from tests.api.conftest import client_of

BODY = {"date": "2026-09-01", "departments": ["KYMP"], "partners": ["Tallinna"], "topics": ["ferries"]}


def test_a_contact_from_entry_to_deletion(client: TestClient) -> None:
    made = client.post("/api/v1/contacts", json=BODY)
    assert made.status_code == 201, made.text
    where, tag = made.headers["location"], made.headers["etag"]
    got = client.get(where)
    assert (got.headers["etag"], got.json()) == (tag, made.json())
    assert client.patch(where, json={"date": "2026-09-02"}).status_code == 428
    changed = client.patch(where, json={"date": "2026-09-02", "channel": "call"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["fields"]["channel"] == "call"
    late = client.patch(where, json={"date": "2026-09-03"}, headers={"If-Match": tag})
    assert late.status_code == 412
    body = late.json()
    assert body["type"] == "urn:kumppani:problem:precondition-failed"
    assert body["current"]["fields"]["date"] == "2026-09-02"
    assert "local changed channel, date" in body["detail"]
    assert client.delete(where, headers={"If-Match": tag}).status_code == 412
    gone = client.delete(where, headers={"If-Match": changed.headers["etag"]})
    assert gone.status_code == 200
    assert [h["after"] is None for h in gone.json()["history"]] == [False, False, True]
    assert client.get(where).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 400, "date"),
        ({**BODY, "date": "tomorrow"}, 400, "tomorrow"),
        ({**BODY, "departments": ["Urban Enviroment"]}, 400, "Urban Environment"),
        ({**BODY, "partners": ["Talin"]}, 400, "Talin"),
        ({**BODY, "channel": "pigeon"}, 422, "channel"),
        ({**BODY, "colour": "red"}, 422, "colour"),
        ({**BODY, "departments": "KYMP"}, 422, "departments"),
        ([], 422, "fields"),
    ],
)
def test_what_does_not_fit_is_a_problem(client: TestClient, body: Any, status: int, word: str) -> None:
    said = client.post("/api/v1/contacts", json=body)
    assert said.status_code == status, said.text
    assert word in said.text


def test_hidden_and_missing_records_answer_alike(client: TestClient, city: Any) -> None:
    with client_of(city, lambda request: Viewer("editor", frozenset(), "editor")) as own:
        answers = []
        for id in ("c-08", "c-zz"):
            for method, body in (("GET", None), ("PATCH", {"date": "2026-01-01"}), ("DELETE", None)):
                got = own.request(method, f"/api/v1/contacts/{id}", json=body, headers={"If-Match": "*"})
                answers.append((method, got.status_code, got.text.replace(id, "ID")))
    assert answers[:3] == answers[3:]
    assert {status for _, status, _ in answers} == {404}
