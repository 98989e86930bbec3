"""Every route gives what its golden file says, and the description shows the same as its example.

KUMPPANI_GOLDEN=write makes golden files and examples anew.
"""

from __future__ import annotations

import json
import math
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from graph import Graph, answers, answers_acting, answers_names, answers_undo, disagreements, forms
from graph.facts import Fact, Link
from tests.api.conftest import GOLDEN

WRITE = os.environ.get("KUMPPANI_GOLDEN") == "write"
EXAMPLES = Path(str(files("api"))) / "examples"
ACTED: dict[str, type[answers.Answer]] = {
    "entry": answers_acting.Entry,
    "deleted": answers_acting.Deleted,
    "settled": answers_acting.Settled,
    "judgements": answers_names.Judgements,
    "check": answers_acting.Check,
    "receipt": answers_acting.Receipt,
    "recorded": answers_acting.Recorded,
}
DISAGREEMENT = "g-world"
O1 = "{finding}"  # filled in with the id of the overlap

# name of the golden file -> (route as the description has it, method, address, body)
ROUTES: dict[str, tuple[str, str, str, Any]] = {
    "who-talks-to": (
        "/api/v1/who-talks-to",
        "GET",
        "/api/v1/who-talks-to?name=Tallinna&since=2026-01-01",
        None,
    ),
    "who-talks-to-many": (
        "/api/v1/who-talks-to",
        "POST",
        "/api/v1/who-talks-to",
        {"names": ["Stockholms stad", "Talin", "Nowhere"]},
    ),
    "ties": ("/api/v1/ties", "GET", "/api/v1/ties?limit=2", None),
    "partners": ("/api/v1/partners", "GET", "/api/v1/partners?kind=city", None),
    "partner": ("/api/v1/partners/{id}", "GET", "/api/v1/partners/p-tallinn", None),
    "entry": ("/api/v1/contacts/{id}", "GET", "/api/v1/contacts/c-03", None),
    "contacts": ("/api/v1/contacts", "GET", "/api/v1/contacts?partner=Tallinn&limit=2", None),
    "findings": ("/api/v1/findings", "GET", "/api/v1/findings", None),
    "finding": ("/api/v1/findings/{id}", "GET", f"/api/v1/findings/{O1}", None),
    "why-not": ("/api/v1/why-not", "GET", "/api/v1/why-not?rule=O1&a=c-01&b=c-03", None),
    "loads": ("/api/v1/loads", "GET", "/api/v1/loads", None),
    "load": ("/api/v1/loads/{id}", "GET", "/api/v1/loads/l-world1", None),
    "undo": ("/api/v1/undo", "POST", "/api/v1/undo", {"load": "l-world1", "dry_run": True}),
    "map": ("/api/v1/map", "GET", "/api/v1/map?partner=Tallinn", None),
    "export": ("/api/v1/export", "GET", "/api/v1/export?format=json", None),
    "names-match": ("/api/v1/names/match", "GET", "/api/v1/names/match?text=Revel", None),
    "judgements": ("/api/v1/names/judgements", "GET", "/api/v1/names/judgements", None),
    "judged": (
        "/api/v1/names/judgements",
        "POST",
        "/api/v1/names/judgements",
        {"a": "p-tallinn", "b": "p-stockholm", "verdict": "different", "why": "Two cities."},
    ),
    "found-duplicates": ("/api/v1/names/review", "POST", "/api/v1/names/review", None),
    "review": ("/api/v1/names/review", "GET", "/api/v1/names/review?limit=2", None),
    "schema": ("/api/v1/schema", "GET", "/api/v1/schema", None),
    # Last, for they need a city in which somebody disagrees.
    "disagreements": ("/api/v1/disagreements", "GET", "/api/v1/disagreements", None),
    "disagreement": (
        "/api/v1/disagreements/{id}",
        "POST",
        f"/api/v1/disagreements/{DISAGREEMENT}",
        {"verdict": "keep"},
    ),
}
# Routes whose answers depend on what the tests of acting do: (path, method) -> name of the example.
ACTING: dict[tuple[str, str], str] = {
    (f"/api/v1/{kind}{one}", method): "deleted" if method == "DELETE" else "entry"
    for kind in forms.entered()
    for one, methods in (("", ("POST",)), ("/{id}", ("GET", "PATCH", "DELETE")))
    for method in methods
} | {
    ("/api/v1/names/unmerge", "POST"): "judgements",
    ("/api/v1/findings/{id}/settle", "POST"): "settled",
    ("/api/v1/check", "GET"): "check",
    ("/api/v1/check", "POST"): "check",
    ("/api/v1/checks/{receipt}", "GET"): "receipt",
    ("/api/v1/checks/{receipt}/record", "POST"): "recorded",
}
OTHERS = {
    "export.csv": "/api/v1/export?format=csv",
    "export.graphml": "/api/v1/export?format=graphml",
    "export-contacts.csv": "/api/v1/export?format=csv&what=contacts",
    "export-findings.csv": "/api/v1/export?format=csv&what=findings",
    "export-partners.csv": "/api/v1/export?format=csv&what=partners",
}


def _positions_apart(drawn: dict[str, Any]) -> dict[str, Any]:
    """Positions are compared for being numbers only: their last digits differ between processors."""
    assert all(math.isfinite(node[axis]) for node in drawn["nodes"] for axis in ("x", "y"))
    return {**drawn, "nodes": [{**node, "x": 0, "y": 0} for node in drawn["nodes"]]}


def _disagree(city: Graph) -> None:
    """A person corrects a contact, and then the load says what it said before."""
    links = (Link("MADE_BY", "urban"), Link("WITH_PARTNER", "p-tallinn"))
    for load, place in (("", "Tallinn, City Hall"), ("l-world1", "Helsinki")):
        properties = {"date": "2026-05-04", "channel": "meeting", "summary": "Contact c-01", "place": place}
        city.write([Fact("Contact", "c-01", "", properties, links, row=4)], load=load, source="local")


def test_every_route_gives_its_golden_answer(
    client: TestClient, city: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disagreements, "new_id", lambda label: DISAGREEMENT)
    finding = next(f.id for f in city.findings().findings if f.rule == "O1")
    for name, (_, method, address, body) in ROUTES.items():
        if name == "disagreements":
            _disagree(city)
        response = client.request(method, address.replace(O1, finding), json=body)
        assert response.status_code == 200, (name, response.text)
        assert response.headers["content-type"] == "application/json"
        golden = GOLDEN / f"{name}.json"
        if WRITE:
            text = json.dumps(response.json(), ensure_ascii=False, indent=1) + "\n"
            golden.write_text(text, encoding="utf-8")
            if name == "schema":
                text = json.dumps({"Named": response.json()["Named"]}, indent=1) + "\n"
            (EXAMPLES / golden.name).write_text(text, encoding="utf-8")
        expected = json.loads(golden.read_text(encoding="utf-8"))
        given = response.json()
        if name == "map":
            given, expected = _positions_apart(given), _positions_apart(expected)
        assert given == expected, name
    for name, address in OTHERS.items():
        response = client.get(address)
        assert response.status_code == 200, (name, response.text)
        if WRITE:
            (GOLDEN / name).write_bytes(response.content)
        assert response.content == (GOLDEN / name).read_bytes(), name


def test_the_answers_are_the_typed_ones() -> None:
    types = {
        "who-talks-to": answers.WhoTalksTo,
        "who-talks-to-many": answers.WhoTalksToMany,
        "ties": answers.Ties,
        "partners": answers.Partners,
        "partner": answers.PartnerCard,
        "contacts": answers.Contacts,
        "findings": answers.Findings,
        "finding": answers.FindingDetail,
        "loads": answers.Loads,
        "load": answers.LoadReport,
        "undo": answers_undo.Undo,
        "disagreements": answers_undo.Disagreements,
        "disagreement": answers_undo.Disagreement,
        "map": answers.NetworkMap,
        "export": answers.Ties,
        "entry": answers_acting.Entry,
        "why-not": answers_acting.WhyNot,
        "names-match": answers_names.NameMatches,
        "judgements": answers_names.Judgements,
        "judged": answers_names.Judged,
        "found-duplicates": answers_names.FoundDuplicates,
        "review": answers_names.ReviewQueue,
    }
    assert set(types) == set(ROUTES) - {"schema"}
    for name, kind in types.items():
        kind.model_validate_json((GOLDEN / f"{name}.json").read_bytes())
    assert json.loads((GOLDEN / "schema.json").read_bytes()) == answers.schema()


def _golden(name: str) -> Any:
    """The golden answer; of the long schema the part that the description shows."""
    whole = json.loads((GOLDEN / f"{name}.json").read_bytes())
    return {"Named": whole["Named"]} if name == "schema" else whole


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_the_example_is_the_golden_answer(name: str) -> None:
    assert json.loads((EXAMPLES / f"{name}.json").read_bytes()) == _golden(name)


def test_the_examples_of_acting_are_typed_ones() -> None:
    for name in sorted(set(ACTING.values())):
        text = (EXAMPLES / f"{name}.json").read_text(encoding="utf-8")
        ACTED[name].model_validate_json(text)


def test_the_description_has_an_example_on_every_route(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    shown: set[tuple[str, str]] = set()
    for path, methods in described["paths"].items():
        if not path.startswith("/api/"):
            continue
        for method, operation in methods.items():
            shown.add((path, method.upper()))
            done = operation["responses"].get("200") or operation["responses"]["201"]
            assert done["content"]["application/json"]["example"], (path, method)
    asked = {(path, method) for path, method, _, _ in ROUTES.values()} | {("/api/v1/loads", "POST")}
    assert shown == asked | set(ACTING)
    for name, (path, method, _, _) in ROUTES.items():
        example = described["paths"][path][method.lower()]["responses"]["200"]["content"]["application/json"][
            "example"
        ]
        assert example == _golden(name), name


def test_every_reference_in_the_description_leads_somewhere(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    found = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str) and value["$ref"].startswith("#/components/"):
                found.append(value["$ref"])
            for v in value.values():
                walk(v)
        elif isinstance(value, list):
            for v in value:
                walk(v)

    walk(described["paths"])
    walk(described["components"])
    assert found
    for reference in found:
        place: Any = described
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_pages_of_a_list_are_the_whole_list(client: TestClient) -> None:
    for path, key in (
        ("ties", "ties"),
        ("contacts", "contacts"),
        ("partners", "partners"),
        ("findings", "findings"),
    ):
        whole = client.get(f"/api/v1/{path}?limit=1000").json()
        assert whole["next"] is None
        seen: list[Any] = []
        cursor = None
        while True:
            page = client.get(
                f"/api/v1/{path}", params={"limit": 1, **({"cursor": cursor} if cursor else {})}
            ).json()
            seen += page[key]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == whole[key], path


def test_an_answer_asked_for_again_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/api/v1/partners/p-tallinn")
    again = client.get("/api/v1/partners/p-tallinn", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = client.get("/api/v1/partners/p-stockholm", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
