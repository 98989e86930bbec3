"""The review queue in the browser: by keys, taken back, in groups, and against somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from graph import Graph
from graph.facts import Fact, Link
from tests.pages.conftest import HOSTILE, Open, client_of, served


@pytest.fixture
def twice(city: Graph) -> Graph:
    """Three pairs of partners recorded twice, one of them with a hostile name."""
    for id, name in (
        ("t-1", "Northern Lights Institute"),
        ("t-2", "Northern Light Institute"),
        ("t-3", "Harbour Museum Association"),
        ("t-4", "Harbour Museum Asociation"),
        ("t-5", f"Grand Canal Trust {HOSTILE}"),
        ("t-6", f"Grand Canal Trusts {HOSTILE}"),
    ):
        fact = Fact(
            "Partner", id, "", {"name": name, "kind": "ngo", "country": "SE", "website": f"{id}.example"}
        )
        city.write([fact], load="l-twice", source=id)
    city.find_duplicates()
    assert city.review().waiting >= 3
    return city


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_queue_is_worked_through_by_keys(
    twice: Graph, open_page: Open, width: int, tmp_path: Path
) -> None:
    waiting = twice.review().waiting
    with served(twice) as base:
        watched = open_page(width, "fi")
        page = watched.page
        page.goto(base + "/review")

        def left() -> int:
            return int(page.get_attribute("[data-waiting]", "data-waiting") or -1)

        assert left() == waiting
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        first = [page.locator("[data-side]").nth(n).get_attribute("data-side") for n in (0, 1)]
        assert page.locator("[data-why]").inner_text()
        page.keyboard.press("s")
        expect(page.locator(f"[data-waiting='{waiting - 1}']")).to_be_attached()
        assert twice.partner(str(first[1])).id == twice.partner(str(first[0])).id
        page.keyboard.press("z")
        expect(page.locator(f"[data-waiting='{waiting}']")).to_be_attached()
        assert twice.partner(str(first[1])).id != twice.partner(str(first[0])).id
        for n, key in enumerate("duuuuu"[:waiting], start=1):
            page.keyboard.press(key)
            expect(page.locator(f"[data-waiting='{waiting - n}']")).to_be_attached()
        assert page.locator("[data-side]").count() == 0
        watched.assert_clean(base.removeprefix("http://"))


def test_a_group_is_judged_at_once(twice: Graph) -> None:
    client = client_of(twice)
    rule = twice.review().rules[0]
    text = client.get("/review", params={"rule": rule.rule}).text
    assert "All of these are different" in text
    before = twice.review().waiting
    done = client.post(
        "/review/all", data={"rule": rule.rule, "verdict": "different"}, follow_redirects=False
    )
    assert done.status_code == 303
    assert twice.review().waiting == before - rule.pairs
    assert client.post("/review/all", data={"rule": rule.rule, "verdict": "maybe"}).status_code == 400


def test_the_second_of_two_people_sees_what_the_first_did(twice: Graph) -> None:
    client = client_of(twice)
    pair = twice.review(limit=1).pairs[0]
    a, b = (r.id for r in pair.records)
    form = {"a": a, "b": b, "seen": pair.judgement}
    assert (
        client.post("/review", data={**form, "verdict": "different"}, follow_redirects=False).status_code
        == 303
    )
    second = client.post("/review", data={**form, "verdict": "same"})
    assert second.status_code == 409
    assert "local judged these two different" in second.text
    assert twice.partner(b).id == b
    assert client.post("/review", data={**form, "verdict": "perhaps"}).status_code == 400


def test_persons_have_a_queue_of_their_own(city: Graph) -> None:
    works = (Link("WORKS_FOR", "p-tallinn", label="Partner"),)
    for id, name in (("h-1", "Exemple, Jean-Claude"), ("h-2", "J.-C. Exemple")):
        city.write([Fact("Person", id, "", {"name": name, "title": HOSTILE}, works)], load="l", source=id)
    client = client_of(city)
    found = client.post("/review/find", data={"of": "person"}, follow_redirects=False)
    assert found.headers["location"] == "/review?of=person"
    page = client.get("/review?of=person")
    assert page.status_code == 200
    assert 'data-waiting="1"' in page.text
    assert HOSTILE not in page.text
    assert 'data-side="h-1"' in page.text
    assert "h-1" not in client.get("/review").text
    answer = {"of": "person", "a": "h-1", "b": "h-2", "verdict": "same"}
    done = client.post("/review", data=answer, follow_redirects=False)
    assert done.headers["location"] == "/review?of=person&last=h-1%7Ch-2"
    assert [p.id for p in city.partner("p-tallinn").persons if p.id.startswith("h-")].count("h-2") == 0
    client.post("/review", data={"of": "person", "verdict": "back", "last": "h-1|h-2"})
    assert city.review(of="person").waiting == 1
