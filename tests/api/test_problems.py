"""Whatever goes wrong is a problem with a sentence; what is hidden and what is not there answer alike."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from api import logs
from graph import Graph, Viewer
from graph.facts import Fact, Link
from graph.store import Store
from tests.api.conftest import client_of

PROBLEM = "application/problem+json"


def _problem(response: Any, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["type"] == f"urn:kumppani:problem:{kind}"
    assert body["status"] == status
    assert body["title"]
    assert "Traceback" not in response.text
    return body


@pytest.mark.parametrize(
    ("address", "status", "kind", "word"),
    [
        ("/api/v1/who-talks-to", 422, "bad-input", "name"),
        ("/api/v1/who-talks-to?name=%20", 400, "bad-input", "empty"),
        ("/api/v1/who-talks-to?name=%00", 400, "bad-input", "empty"),
        ("/api/v1/who-talks-to?name=" + "x" * 10_000, 400, "bad-input", "10,000"),
        ("/api/v1/who-talks-to?name=x&since=14.3.2026", 400, "bad-input", "14.3.2026"),
        ("/api/v1/who-talks-to?name=x&since=2026-02-02&until=2026-02-01", 400, "bad-input", "before"),
        ("/api/v1/who-talks-to?name=x&area=Weather", 400, "bad-input", "Climate"),
        ("/api/v1/who-talks-to?name=x&sinse=2026-01-01", 422, "bad-input", "sinse"),
        ("/api/v1/ties?limit=0", 400, "bad-input", "1000"),
        ("/api/v1/ties?limit=many", 422, "bad-input", "limit"),
        ("/api/v1/ties?cursor=nonsense", 400, "bad-input", "cursor"),
        ("/api/v1/ties?department=Urban%20Enviroment", 400, "bad-input", "Urban Environment"),
        ("/api/v1/partners/p-none", 404, "unknown", "p-none"),
        ("/api/v1/findings/f-none", 404, "unknown", "f-none"),
        ("/api/v1/findings?rule=Z9", 400, "bad-input", "O1"),
        ("/api/v1/findings?severity=awful", 400, "bad-input", "critical"),
        ("/api/v1/findings?language=sámi", 422, "bad-input", "language"),
        ("/api/v1/loads/l-none", 404, "unknown", "l-none"),
        ("/api/v1/export?format=pdf", 422, "bad-input", "format"),
        ("/api/v1/export?format=graphml&what=contacts", 400, "bad-input", "GraphML"),
        ("/api/v1/export?what=partners&since=2026-01-01", 400, "bad-input", "since"),
        ("/api/v1/nothing", 404, "unknown", "address"),
    ],
)
def test_what_cannot_be_answered_says_why(
    client: TestClient, address: str, status: int, kind: str, word: str
) -> None:
    assert word in _problem(client.get(address), status, kind)["detail"]


def test_a_body_that_does_not_fit(client: TestClient) -> None:
    path = "/api/v1/who-talks-to"
    json_type = {"content-type": "application/json"}
    _problem(client.post(path, json={"names": ["x"] * 1001}), 400, "bad-input")
    _problem(client.post(path, json={"names": "x"}), 422, "bad-input")
    _problem(client.post(path, json={"names": ["x"], "name": "y"}), 422, "bad-input")
    _problem(client.post(path, json=["x"]), 422, "bad-input")
    broken = _problem(client.post(path, content=b'{"names": [', headers=json_type), 422, "bad-input")
    assert "JSON" in broken["detail"]
    _problem(client.post(path, content=b'{"names": ["\\ud800 x"]}', headers=json_type), 400, "bad-input")
    _problem(client.post(path, content=b"\xff\xfe", headers=json_type), 422, "bad-input")


def test_a_wrong_method(client: TestClient) -> None:
    response = client.delete("/api/v1/partners/p-tallinn")
    _problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET"


def test_a_thousand_names_are_answered(client: TestClient) -> None:
    names = [f"Nobody {n} of Nowhere" for n in range(998)]
    response = client.post("/api/v1/who-talks-to", json={"names": ["Tallinn", *names, "Tukholma"]})
    found = [a["partner"] and a["partner"]["id"] for a in response.json()["answers"]]
    assert found == ["p-tallinn", *[None] * 998, "p-stockholm"]


def test_a_hidden_finding_answers_like_one_that_is_not_there(city: Graph) -> None:
    load = city.open_load(mapping="more", files=[])
    hidden = [
        Fact(
            "Contact",
            f"c-hidden{n}",
            properties={"date": f"2026-05-1{n}", "confidentiality": "confidential"},
            links=(
                Link("MADE_BY", department),
                Link("WITH_PARTNER", "p-stockholm"),
                Link("ABOUT", "culture", label="Area"),
            ),
        )
        for n, department in ((1, "urban"), (2, "leisure"))
    ]
    city.write(hidden, load=load, source="more")
    city.refresh()
    secret = next(f.id for f in city.findings(partner="p-stockholm").findings if f.subject.id == "culture")
    assert client_of(city).get(f"/api/v1/findings/{secret}").status_code == 200

    reader = client_of(city, lambda request: Viewer("reader"))
    answers = [reader.get(f"/api/v1/findings/{id}") for id in (secret, "f-00000000000000000000")]
    texts = [a.text.replace(secret, "ID").replace("f-00000000000000000000", "ID") for a in answers]
    assert [a.status_code for a in answers] == [404, 404]
    assert texts[0] == texts[1]
    assert {k: v for k, v in answers[0].headers.items() if k != "content-length"} == {
        k: v for k, v in answers[1].headers.items() if k != "content-length"
    }
    assert secret not in reader.get("/api/v1/findings").text
    assert "c-hidden" not in reader.get("/api/v1/contacts?limit=1000").text
    assert "c-hidden" not in reader.get("/api/v1/export?what=contacts").text


def test_what_a_reader_may_not_do(city: Graph) -> None:
    reader = client_of(city, lambda request: Viewer("reader"))
    _problem(reader.get("/api/v1/loads"), 403, "not-allowed")
    _problem(reader.get("/api/v1/loads/l-world1"), 403, "not-allowed")
    file = {"file": ("x.csv", b"a,b\n1,2\n", "text/csv")}
    _problem(reader.post("/api/v1/loads", files=file, data={"mapping": "x"}), 403, "not-allowed")


def test_what_nobody_foresaw_is_an_incident(
    city: Graph, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(request: Request) -> Viewer:
        raise RuntimeError("a secret of the inside")

    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    path = logs.configure(tmp_path, "test")
    try:
        response = client_of(city, fails).get("/api/v1/partners/p-tallinn")
    finally:
        for handler in [h for h in root.handlers if h not in before]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    body = _problem(response, 500, "internal")
    assert "secret" not in response.text
    assert response.headers["content-security-policy"]
    assert path is not None
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    line = next(x for x in lines if x.get("incident") == body["incident"])
    assert "RuntimeError: a secret of the inside" in line["traceback"]
    said = capsys.readouterr().err
    assert body["incident"] in said
    assert "Traceback" not in said


def test_a_store_that_is_gone() -> None:
    with (
        Store("bolt://127.0.0.1:1", "neo4j", "none", deadline=0.2) as store,
        client_of(Graph(store)) as client,
    ):
        response = client.get("/api/v1/who-talks-to?name=Tallinn")
        assert "cannot be reached" in _problem(response, 503, "store-unavailable")["detail"]
        assert response.headers["retry-after"]
        _problem(client.get("/readyz"), 503, "store-unavailable")
        assert client.get("/healthz").json() == {"status": "ok"}


def test_well_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
