"""Who may be spoken to, who may write, how much, and what every answer tells a browser."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api import security
from api.security import hosts_allowed, is_loopback, without_port
from graph import Graph, Viewer
from graph.settings import Settings
from tests.api.conftest import client_of

WHO = "/api/v1/who-talks-to"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LocalHost", "[::1]:8000", "[::1]"]
)
def test_hosts_of_this_machine(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "", "[::2]", "localhost.", "169.254.1.1"],
)
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    response = client.get("/healthz", headers={"host": host})
    assert response.status_code == 421
    assert response.headers["content-type"] == "application/problem+json"


def test_hosts_from_the_settings(city: Graph) -> None:
    chosen = Settings(host="0.0.0.0", allowed_hosts="kumppani.city.example, fe80::1")
    client = client_of(city, settings=chosen)
    for host in ("kumppani.city.example", "KUMPPANI.city.example:443", "[fe80::1]:80", "localhost"):
        assert client.get("/healthz", headers={"host": host}).status_code == 200, host
    assert client.get("/healthz", headers={"host": "city.example"}).status_code == 421


def test_host_names_apart_from_ports() -> None:
    assert without_port("[::1]:8000") == "[::1]"
    assert without_port("A.b:1") == "a.b"
    assert "" not in hosts_allowed("127.0.0.1", " , ")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost:8000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"},
    ],
)
def test_writes_of_other_pages_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = client.request(method, WHO, json={"names": ["Tallinn"]}, headers=headers)
        assert response.status_code == 403, (method, headers)
    # Reading is safe: without permission from here no browser hands the answer to another page.
    assert client.get(WHO, params={"name": "Tallinn"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "https://127.0.0.1:8000", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_writes_of_our_own_pages_and_of_programs(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post(WHO, json={"names": ["Tallinn"]}, headers=headers).status_code == 200


def test_without_sign_in_other_machines_are_refused(city: Graph) -> None:
    assert client_of(city, peer=("10.0.0.7", 4000)).get("/healthz").status_code == 403
    assert client_of(city, peer=("::ffff:127.0.0.1", 4000)).get("/healthz").status_code == 200
    signed_in = client_of(city, lambda request: Viewer("reader"), peer=("10.0.0.7", 4000))
    assert signed_in.get("/healthz").status_code == 200
    assert not is_loopback("testclient")


@pytest.mark.parametrize(
    "address", [f"{WHO}?name=Tallinn", WHO, "/nothing", "/healthz", "/api/v1/export", "/api/v1/openapi.json"]
)
def test_every_answer_carries_the_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    for name, value in security.HEADERS.items():
        assert headers[name] == value, name
    assert headers["cache-control"]
    assert "server" not in headers


def test_the_policy_allows_what_the_design_says() -> None:
    assert security.CSP == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


def test_too_large_a_body(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "MOST_SENT", 1000)
    monkeypatch.setattr(security, "MOST_UPLOADED", 2000)
    announced = client.post(WHO, json={"names": ["x" * 2000]})
    # A generator is sent in chunks, without saying how much will come.
    chunked = client.post(
        WHO,
        content=iter([b'{"names": ["', b"x" * 2000, b'"]}']),
        headers={"content-type": "application/json"},
    )
    upload = client.post("/api/v1/loads", files={"file": ("x.csv", b"x" * 3000)}, data={"mapping": "x"})
    for response in (announced, chunked, upload):
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"
    assert client.post(WHO, json={"names": ["Tallinn"]}).status_code == 200
