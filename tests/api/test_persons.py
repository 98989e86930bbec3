"""Persons recorded twice, over HTTP: the queue, a judgement, the list, and taking apart again."""

from __future__ import annotations

from starlette.testclient import TestClient

from graph import Graph
from graph.answers_names import PersonRecord, ReviewQueue
from graph.facts import Fact, Link


def test_persons_are_found_judged_and_taken_apart(client: TestClient, city: Graph) -> None:
    works = (Link("WORKS_FOR", "p-tallinn", label="Partner"),)
    for id, name in (("h-1", "Exemple, Jean-Claude"), ("h-2", "J.-C. Exemple")):
        city.write([Fact("Person", id, "", {"name": name}, works)], load="l", source=id)
    before = city.canonical_dump(ids=True)
    found = client.post("/api/v1/names/review?of=person").json()
    assert (found["of"], found["joined"], found["to_review"]) == ("person", 0, 1)
    queue = ReviewQueue.model_validate(client.get("/api/v1/names/review?of=person").json())
    (pair,) = queue.pairs
    assert [type(r) for r in pair.records] == [PersonRecord, PersonRecord]
    assert [(r.id, r.organisations) for r in pair.records if isinstance(r, PersonRecord)] == [
        ("h-1", ["Tallinn"]),
        ("h-2", ["Tallinn"]),
    ]
    assert client.get("/api/v1/names/review").json()["of"] == "partner"

    asked = {"of": "person", "a": "h-1", "b": "h-2", "verdict": "same", "seen": pair.judgement}
    judged = client.post("/api/v1/names/judgements", json=asked).json()
    assert [p["id"] for p in judged["stands_for"]] == ["h-1", "h-1"]
    again = client.post("/api/v1/names/judgements", json=asked | {"verdict": "different"})
    assert (again.status_code, again.json()["title"] != "") == (409, True)
    listed = client.get("/api/v1/names/judgements?person=h-2").json()
    assert [(j["verdict"], j["counts"]) for j in listed["judgements"]] == [("same", True), ("unsure", False)]
    assert "h-2" not in client.get("/api/v1/partners/p-tallinn").text

    apart = client.post("/api/v1/names/unmerge", json={"of": "person", "record": "h-2"})
    assert apart.json()["of"] == "person"
    assert city.canonical_dump(ids=True) == before


def test_what_fits_no_person_is_a_problem(client: TestClient) -> None:
    for path, body, status in (
        ("judgements", {"of": "person", "a": "h-mayor", "b": "h-gone", "verdict": "same"}, 404),
        ("judgements", {"of": "ship", "a": "h-mayor", "b": "h-gone", "verdict": "same"}, 422),
        ("unmerge", {"of": "person", "record": "h-mayor"}, 400),
    ):
        assert client.post(f"/api/v1/names/{path}", json=body).status_code == status, body
    assert client.get("/api/v1/names/judgements?of=person&partner=p-tallinn").status_code == 400
    assert client.post("/api/v1/names/review?of=ship").status_code == 422
