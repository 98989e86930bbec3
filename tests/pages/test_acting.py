"""The pages of acting: check, record, enter, change, settle; without script, and in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from graph import Graph, Viewer
from tests.pages.conftest import HOSTILE, Open, client_of, served

ASKED = {
    "partner": "Tallinna",
    "department": "abroad",
    "date": "2026-06-16",
    "topic": "ferries",
    "purpose": "negotiate",
    "channel": "meeting",
}
VERSION = re.compile(r'name="(?:record_)?version" value="([^"]+)"')


@pytest.fixture
def client(city: Graph) -> Iterator[TestClient]:
    with client_of(city) as made:
        yield made


def version(text: str) -> str:
    found = VERSION.search(text)
    assert found is not None
    return found[1]


def test_check_and_record(client: TestClient, city: Graph) -> None:
    assert "data-check" in client.get("/check?partner=p-tallinn&topic=ferries").text
    answer = client.post("/check", data=ASKED)
    assert answer.status_code == 200, answer.text
    assert answer.url.path.startswith("/checks/")
    assert 'data-verdict="inform"' in answer.text
    kept = city.receipt(answer.url.path.rpartition("/")[2])
    for f in kept.answer.findings:
        assert f'data-finding="{f.id}"' in answer.text
    done = client.post(f"{answer.url.path}/record")
    assert done.url.path.startswith("/contacts/")
    assert f"/checks/{kept.receipt}" in done.text
    assert "data-record" not in client.get(answer.url.path).text
    found = {f.id for f in city.findings(limit=None).findings}
    assert {f.id for f in kept.answer.findings} <= found


def test_what_is_needed_keeps_what_was_typed(client: TestClient) -> None:
    said = client.post("/check", data={**ASKED, "date": "2020-01-01", "summary": HOSTILE})
    assert said.status_code == 400
    assert "is past" in said.text
    assert 'value="Tallinna"' in said.text
    assert HOSTILE not in said.text
    unsure = client.post("/check", data={**ASKED, "partner": "Tallnn"})
    assert 'data-candidate="p-tallinn"' in unsure.text
    assert "data-record" not in unsure.text


def test_what_changed_in_between(client: TestClient) -> None:
    answer = client.post("/check", data=ASKED)
    other = {"date": "2026-06-18", "departments": "urban", "partners": "Tallinn", "topics": "ferries"}
    assert client.post("/contacts/new", data=other).status_code == 200
    said = client.post(f"{answer.url.path}/record")
    assert said.status_code == 412
    assert "Something changed since the check" in said.text
    assert "data-record" in said.text


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_kind_is_entered_and_changed(client: TestClient, language: str) -> None:
    contact = client.post(
        f"/contacts/new?lang={language}",
        data={
            "date": "2026-08-01",
            "departments": ["urban"],
            "partners": ["Tallinn", ""],
            "summary": HOSTILE,
        },
    )
    assert contact.status_code == 200, contact.text
    id = contact.url.path.rpartition("/")[2]
    for kind, fields in (
        (
            "positions",
            {"issue": "ferry-ticket", "department": "urban", "stance": "support", "from": "2026-03-01"},
        ),
        ("commitments", {"by": "us", "key": "seats", "value": "ten", "contact": id}),
        ("resources", {"name": f"Seats {language}", "capacity": "12,5"}),
        (
            "materials",
            {"title": HOSTILE, "kind": "core_message", "stance": "support", "issues": ["ferry-ticket"]},
        ),
    ):
        assert client.get(f"/{kind}/new").status_code == 200
        made = client.post(f"/{kind}/new", data=fields)
        assert made.status_code == 200, made.text
        assert made.url.path != f"/{kind}/new", made.text
        assert HOSTILE not in made.text
        gone = client.post(made.url.path, data={"record_version": version(made.text), "do": "delete"})
        assert "data-gone" in gone.text
    cancelled = client.post(contact.url.path, data={"record_version": version(contact.text), "do": "cancel"})
    assert cancelled.status_code == 200


def test_of_two_edits_the_second_is_told(client: TestClient) -> None:
    page = client.get("/contacts/c-03")
    fields = {"date": "2026-09-10", "departments": "abroad", "partners": "p-tallinn", "areas": "culture",
              "status": "planned", "record_version": version(page.text), "do": "save"}  # fmt: skip
    first = client.post("/contacts/c-03", data={**fields, "summary": "First"})
    assert first.status_code == 200
    second = client.post("/contacts/c-03", data={**fields, "summary": "Second"})
    assert second.status_code == 412
    assert "local changed" in second.text
    assert "Second" in second.text
    assert version(second.text) == version(first.text)


def test_settling(client: TestClient, city: Graph) -> None:
    where = f"/findings/{next(f.id for f in city.findings(limit=None).findings if f.rule == 'O1')}"
    page = client.get(where)
    sent = {"version": version(page.text), "action": "waive", "reason": HOSTILE, "expires": "2026-12-31"}
    waived = client.post(f"{where}/settle", data=sent)
    assert 'data-decision="waive"' in waived.text
    assert HOSTILE not in waived.text
    second = client.post(f"{where}/settle", data={**sent, "action": "joint", "reason": "mine"})
    assert second.status_code == 412
    assert "was first" in second.text
    assert "mine" in second.text
    done = client.post(f"{where}/settle", data={"version": version(second.text), "action": "joint"})
    assert done.status_code == 200, done.text
    assert client.post(f"{where}/settle", data={**sent, "expires": ""}).status_code in (400, 412)


def test_readers_see_no_forms(city: Graph) -> None:
    with client_of(city, lambda request: Viewer("reader")) as reader:
        found = next(f.id for f in city.findings(limit=None).findings if f.rule == "O1")
        assert "data-settle" not in reader.get(f"/findings/{found}").text
        assert 'value="save"' not in reader.get("/contacts/c-03").text
        assert reader.get("/contacts/new").status_code == 403
        assert reader.get("/contacts/c-08").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_a_coordinators_way_in_a_browser(city: Graph, open_page: Open, width: int) -> None:
    with served(city) as address:
        watched = open_page(width=width, language="fi")
        page = watched.page
        host = address.removeprefix("http://")

        def fits() -> None:
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
            assert page.evaluate("window.violations") == []

        page.goto(f"{address}/partners/p-tallinn")
        fits()
        page.click('a.button[href^="/check"]')
        page.select_option("#c-department", "abroad")
        # The browser asks for a day from today on; the city of the test lives on another day.
        page.fill("#c-date", "2026-06-16")
        page.select_option("#c-topic", ["ferries"])
        page.check("#c-purpose-negotiate")
        page.select_option("#c-channel", "meeting")
        fits()
        page.click('[data-check] button[type="submit"]')
        page.wait_for_selector('[data-verdict="inform"]')
        fits()
        page.click("[data-record] button")
        page.wait_for_selector('[data-entry="contacts"]')
        fits()
        page.fill("#f-summary", "Lautat")
        page.click('button[value="save"]')
        page.wait_for_selector("[data-history]")
        assert page.input_value("#f-summary") == "Lautat"
        page.goto(f"{address}/findings?rule=O1")
        page.click(".finding a >> nth=0")
        page.wait_for_selector("[data-settle]")
        fits()
        page.fill("#s-reason", "Sovittu")
        page.fill("#s-expires", "2026-12-31")
        page.click('button[value="waive"]')
        page.wait_for_selector('[data-decision="waive"]')
        fits()
        for path in ("/enter", "/positions/new", "/commitments/new", "/resources/new", "/materials/new"):
            page.goto(address + path)
            fits()
        watched.assert_clean(host)
