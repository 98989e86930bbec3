"""Before you contact, over HTTP: the contract's fields, the receipt, recording, and what is needed.

KUMPPANI_GOLDEN=write makes the golden files and examples anew.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from graph import Graph, Viewer, entries
from graph.questions import check as checking
from tests.api.conftest import GOLDEN, client_of
from tests.api.test_golden import EXAMPLES, WRITE

ASKED = {
    "department": ["International Affairs"],
    "partner": "Tallinna",
    "date": "2026-06-16",
    "topic": ["ferries"],
    "purpose": ["negotiate"],
    "channel": "meeting",
}
FIELDS = [
    "receipt", "verdict", "partner", "findings", "talking", "planned", "notices", "lead", "restrictions",
    "materials", "agreements", "not_evaluated",
]  # fmt: skip


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that are the same in every run."""
    seen: dict[str, int] = {}

    def number(label: str) -> str:
        seen[label] = seen.get(label, 0) + 1
        return f"{label[:1].lower()}-new{seen[label]}"

    monkeypatch.setattr(checking, "new_id", number)
    monkeypatch.setattr(entries, "new_id", number)


def _golden(name: str, given: Any) -> None:
    text = json.dumps(given, ensure_ascii=False, indent=1) + "\n"
    if WRITE:
        (GOLDEN / f"{name}.json").write_text(text, encoding="utf-8")
        (EXAMPLES / f"{name}.json").write_text(text, encoding="utf-8")
    assert given == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")), name
    assert given == json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")), name


def test_check_receipt_record(client: TestClient, counted: None) -> None:
    answer = client.post("/api/v1/check", json=ASKED)
    assert answer.status_code == 200, answer.text
    assert list(answer.json())[: len(FIELDS)] == FIELDS
    assert answer.json()["verdict"] == "inform"
    _golden("check", answer.json())
    kept = client.get(f"/api/v1/checks/{answer.json()['receipt']}")
    assert kept.json()["answer"] == answer.json()
    _golden("receipt", kept.json())
    done = client.post(f"/api/v1/checks/{answer.json()['receipt']}/record")
    assert done.status_code == 201, done.text
    assert [f["id"] for f in done.json()["findings"]] == [f["id"] for f in answer.json()["findings"]]
    assert client.get(done.headers["location"]).json() == done.json()["contact"]
    _golden("recorded", done.json())
    again = client.post(f"/api/v1/checks/{answer.json()['receipt']}/record")
    assert again.status_code == 409
    asked = [
        (k, v) for k, values in ASKED.items() for v in (values if isinstance(values, list) else [values])
    ]
    got = client.get("/api/v1/check", params=asked)
    assert got.status_code == 200, got.text
    assert {f["rule"] for f in got.json()["findings"]} >= {"O1"}


def test_what_changed_in_between_is_a_412(client: TestClient, city: Graph) -> None:
    answer = client.post("/api/v1/check", json=ASKED).json()
    body = {"date": "2026-06-18", "departments": ["urban"], "partners": ["p-tallinn"], "topics": ["ferries"]}
    client.post("/api/v1/contacts", json=body)
    said = client.post(f"/api/v1/checks/{answer['receipt']}/record")
    assert said.status_code == 412
    assert "Something changed since the check" in said.json()["detail"]
    fresh = said.json()["current"]
    assert fresh["findings"] != answer["findings"]
    assert client.post(f"/api/v1/checks/{fresh['receipt']}/record").status_code == 201


@pytest.mark.parametrize(
    ("more", "status", "word"),
    [
        ({"date": "2020-01-01"}, 400, "is past"),
        ({"date": "1.9.2026"}, 400, "1.9.2026"),
        ({"department": ["Urban Enviroment"]}, 400, "Urban Environment"),
        ({"department": []}, 400, "which department"),
        ({"purpose": [""]}, 400, "purpose is empty"),
        ({"channel": ""}, 400, "channel is empty"),
        ({"partner": ""}, 400, "which partner"),
        ({"area": ["Weather"]}, 400, "Climate"),
        ({"colour": "red"}, 422, "colour"),
        ({"partner": None}, 422, "partner"),
    ],
)
def test_what_is_needed(client: TestClient, more: dict[str, Any], status: int, word: str) -> None:
    said = client.post("/api/v1/check", json={**ASKED, **more})
    assert said.status_code == status, said.text
    assert word in said.text


def test_an_unknown_name_is_an_answer(client: TestClient) -> None:
    said = client.post("/api/v1/check", json={**ASKED, "partner": "Tallnn"}).json()
    assert (said["partner"], said["verdict"]) == (None, "inform")
    assert [c["id"] for c in said["candidates"]] == ["p-tallinn"]


def test_a_strange_receipt_and_none_answer_alike(client: TestClient, city: Graph) -> None:
    own = client.post("/api/v1/check", json=ASKED).json()["receipt"]
    with client_of(city, lambda request: Viewer("editor", frozenset(), "editor")) as other:
        answers = [other.get(f"/api/v1/checks/{id}") for id in (own, "r-none")]
        assert {a.status_code for a in answers} == {404}
        assert answers[0].text.replace(own, "") == answers[1].text.replace("r-none", "")
