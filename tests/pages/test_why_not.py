"""Why not, as a page: the form, the answer under it, the ways that lead there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from graph import Graph
from tests.api.conftest import client_of
from tests.pages.conftest import HOSTILE


@pytest.fixture
def client(city: Graph) -> Iterator[TestClient]:
    with client_of(city) as client:
        yield client


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_conditions_are_shown_in_each_language(client: TestClient, language: str) -> None:
    page = client.get(f"/why-not?rule=O1&a=c-01&b=c-03&lang={language}")
    assert page.status_code == 200
    assert 'data-linked="false"' in page.text
    assert 'data-condition="gap" data-holds="false"' in page.text
    assert {"fi": "päivää liikaa", "sv": "dagar för mycket", "en": "days too many"}[language] in page.text


def test_other_records_and_what_does_not_fit(client: TestClient) -> None:
    assert 'data-linked="true"' in client.get("/why-not?rule=C1&a=s-for&b=s-against").text
    assert 'data-linked="true"' in client.get("/why-not?rule=C4&a=c-06&b=r-suspended").text
    assert "data-linked" not in client.get("/why-not").text
    for address, status, word in (
        ("/why-not?rule=C4&a=c-06", 400, "a restriction"),
        ("/why-not?rule=O1&a=c-01&b=c-none", 404, "There is no contact"),
        ("/why-not?rule=Z9&a=c-01&b=c-02", 400, "The rules are"),
    ):
        said = client.get(address)
        assert said.status_code == status
        assert word in said.text
    assert HOSTILE not in client.get("/why-not", params={"a": HOSTILE, "b": HOSTILE, "rule": HOSTILE}).text


def test_findings_and_contacts_lead_there(client: TestClient, city: Graph) -> None:
    for f in city.findings(limit=None).findings:
        page = client.get(f"/findings/{f.id}").text
        if len(f.records) > 1:
            address = page.partition('href="/why-not')[2].partition('"')[0].replace("&amp;", "&")
            assert 'data-linked="true"' in client.get(f"/why-not{address}").text, (f, address)
    assert 'href="/why-not?a=c-01"' in client.get("/contacts/c-01").text
