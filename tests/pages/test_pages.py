"""What the pages say, without a browser: the answers of the graph, errors that help, the empty graph."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.pages import assets
from graph import Graph, Viewer
from graph.errors import StoreUnavailable
from tests.api import world
from tests.pages.conftest import HOSTILE, client_of

ROW = re.compile(r"<tr (data-department-id=[^>]*)>")
ATTRIBUTE = re.compile(r'data-([\w-]+)="([^"]*)"')


@pytest.fixture
def client(city: Graph) -> Iterator[TestClient]:
    with client_of(city) as made:
        yield made


def rows(page: str) -> list[dict[str, str]]:
    return [{k: html.unescape(v) for k, v in ATTRIBUTE.findall(row)} for row in ROW.findall(page)]


def test_who_talks_to_is_the_answer_of_the_graph(client: TestClient, city: Graph) -> None:
    asked = city.who_talks_to("Tallinn").departments
    assert len(asked) >= 3
    expected = [
        {
            "department-id": t.id,
            "held": str(t.held),
            "planned": str(t.planned),
            "first": t.first or "",
            "last": t.last or "",
            "next": t.next or "",
            "areas": " ".join(t.areas),
            "topics": " ".join(t.topics),
        }
        for t in asked
    ]
    for url in ("/partners/p-tallinn", "/?q=Tallinna"):
        assert rows(client.get(url).text) == expected, url


def test_partner_page_holds_everything(client: TestClient, city: Graph) -> None:
    page = client.get("/partners/p-tallinn?lang=fi").text
    card = city.partner("p-tallinn")
    for text in ("Kaupunkiympäristön toimiala", "Tallinna", "Twin city", "Eurocities", "Deputy mayor"):
        assert text in page
    assert "Kansainväliset asiat" in page  # lead, by its Finnish name
    assert "17\u00a0000\u00a0€" in page
    assert "10.9.2026" in page
    assert len(card.findings) >= 1
    for f in card.findings:
        assert f'data-finding="{f.id}"' in page
    assert "Cooperation is suspended" in client.get("/partners/p-saintpetersburg").text


def test_findings_and_their_pages(client: TestClient, city: Graph) -> None:
    listed = client.get("/findings").text
    assert "An overlap is information, not a fault." in listed
    found = city.findings(limit=None).findings
    assert {f.rule for f in found} == {"O1", "C1", "C4", "C5"}
    for f in found:
        assert f'data-finding="{f.id}"' in listed
        page = client.get(f"/findings/{f.id}").text
        detail = city.finding(f.id)
        assert html.escape(detail.rule_text, quote=False).replace("'", "&#39;") in page
        assert page.count("data-evidence=") == len(detail.evidence)
    only = client.get("/findings", params={"rule": "C4", "severity": "high"}).text
    assert set(re.findall(r'data-rule="(\w+)"', only)) == {"C4"}


def test_unknown_names_lead_on(client: TestClient) -> None:
    page = client.get("/", params={"q": "Stockhom"}).text
    assert 'data-candidate="p-stockholm"' in page
    for url in ("/map?partner=Stockhom", "/findings?partner=Stockhom"):
        response = client.get(url)
        assert response.status_code == 404
        assert 'data-candidate="p-stockholm"' in response.text
    assert "data-unknown" in client.get("/", params={"q": "Qqqqqq Wwwww"}).text


ERRORS = (
    ("/partners/p-none", 404),
    ("/findings/f-none", 404),
    ("/loads/l-none", 404),
    ("/load/none", 404),
    ("/nothing/here", 404),
    ("/findings?rule=X9", 400),
    ("/findings?cursor=%FF", 400),
    ("/map?since=yesterday", 400),
    ("/map?limit=5000", 400),
    ("/map?hops=many", 422),
    ("/?q=" + "x" * 20_000, 400),
    ("/static/0000/site.css", 404),
)


def test_errors_are_pages_in_the_readers_language(client: TestClient) -> None:
    for language in ("en", "fi"):
        for url, status in ERRORS:
            response = client.get(url, headers={"accept-language": language, "accept": "text/html"})
            assert response.status_code == status, url
            assert response.headers["content-type"].startswith("text/html"), url
            assert f'<html lang="{language}">' in response.text, url
            assert "<form" in response.text, url
            assert "Traceback" not in response.text, url


def test_store_gone(city: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    with client_of(city) as client:

        def gone(*_: object, **__: object) -> None:
            raise StoreUnavailable("The graph database does not answer.")

        monkeypatch.setattr(city.store, "read", gone)
        response = client.get("/partners/p-tallinn", headers={"accept-language": "fi"})
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert "kumppani doctor" in response.text
    assert "Verkkotietokantaan" in response.text


def test_examples_are_marked(client: TestClient) -> None:
    for url in ("/", "/map", "/findings", "/load", "/loads", "/partners/p-tallinn"):
        assert "data-examples-banner" in client.get(url).text, url
    assert "tag-example" in client.get("/partners/p-hostile").text
    assert "tag-example" not in client.get("/partners/p-stockholm").text


def test_an_empty_graph_says_what_to_do(graph: Graph) -> None:
    with client_of(graph) as client:
        home = client.get("/").text
        assert "kumppani demo" in home
        assert 'href="/load"' in home
        for url in ("/findings", "/loads"):
            assert "data-empty" in client.get(url).text
        for url in ("/map", "/load"):
            page = client.get(url)
            assert page.status_code == 200
            assert "data-examples-banner" not in page.text


def test_a_reader_sees_a_notice_and_may_not_load(city: Graph) -> None:
    reader = Viewer("reader", frozenset({"urban"}), "reader")
    with client_of(city, lambda request: reader) as client:
        page = client.get("/partners/p-stockholm").text
        assert "data-notice" in page
        assert "c-08" not in page
        assert [r["department-id"] for r in rows(page)] == [
            t.id for t in city.as_viewer(reader).who_talks_to("Stockholm").departments
        ]
        assert client.get("/load").status_code == 403
        assert client.get("/loads").status_code == 403
        assert client.post("/load", data={"mapping": "contacts"}).status_code == 403


def test_the_language_is_remembered(client: TestClient) -> None:
    first = client.get("/?lang=fi")
    assert "lang=fi" in first.headers["set-cookie"]
    assert '<html lang="fi">' in client.get("/findings", headers={"accept-language": "en"}).text


def test_assets_never_change_under_an_address(client: TestClient) -> None:
    names = [*assets.assets()]
    assert {"site.css", "map.css", "map.js", "icon.svg"} < set(names)
    for name in names:
        response = client.get(assets.address(name))
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]


def test_no_page_carries_script_or_style_of_its_own(client: TestClient) -> None:
    for url in ("/", "/?q=Tallinn", "/partners/p-hostile", "/map", "/findings", "/load", "/loads", "/nix"):
        page = client.get(url).text
        assert "<style" not in page, url
        assert not re.search(r"\sstyle=", page), url
        assert HOSTILE not in page, url
        inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
        assert all('type="application/json"' in attributes for attributes in inline), url


def test_today_decides_what_is_next(city: Graph) -> None:
    assert city.on(world.TODAY).who_talks_to("Tallinn").departments
    with client_of(city) as client:
        shown = {r["department-id"]: r["next"] for r in rows(client.get("/partners/p-tallinn").text)}
    assert shown["abroad"] == "2026-09-10"
