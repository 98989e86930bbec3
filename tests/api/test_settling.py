"""Settling over HTTP: two people at once, and what a finding looks like afterwards."""

from __future__ import annotations

from starlette.testclient import TestClient

from graph import Graph


def _overlap(client: TestClient) -> str:
    found = client.get("/api/v1/findings", params={"rule": "O1"}).json()["findings"]
    return f"/api/v1/findings/{found[0]['id']}"


def test_of_two_people_the_second_sees_what_the_first_did(client: TestClient) -> None:
    where = _overlap(client)
    tag = client.get(where).headers["etag"]
    waive = {"action": "waive", "reason": "Agreed", "expires": "2026-12-31"}
    assert client.post(f"{where}/settle", json=waive).status_code == 428
    first = client.post(f"{where}/settle", json=waive, headers={"If-Match": tag})
    assert first.status_code == 200, first.text
    assert first.json()["finding"]["finding"]["status"] == "waived"
    second = client.post(f"{where}/settle", json={"action": "joint"}, headers={"If-Match": tag})
    assert second.status_code == 412
    body = second.json()
    assert "local was first (waived it" in body["detail"]
    assert body["current"]["decisions"][0]["reason"] == "Agreed"
    third = client.post(
        f"{where}/settle", json={"action": "joint"}, headers={"If-Match": first.headers["etag"]}
    )
    assert third.status_code == 200
    assert third.json()["finding"]["finding"]["status"] == "resolved"
    assert third.json()["changed"] == ["c-01", "c-02"]
    assert client.get(where).json()["finding"]["status"] == "resolved"
    listed = client.get("/api/v1/findings", params={"status": "resolved"}).json()["findings"]
    assert [f"/api/v1/findings/{f['id']}" for f in listed] == [where]


def test_what_does_not_fit(client: TestClient, city: Graph) -> None:
    where = _overlap(client)
    for body, status in (
        ({}, 422),
        ({"action": "explode"}, 422),
        ({"action": "waive", "reason": "x"}, 400),
        ({"action": "comment", "reason": " "}, 400),
    ):
        said = client.post(f"{where}/settle", json=body, headers={"If-Match": "*"})
        assert said.status_code == status, said.text
    gone = client.post(
        "/api/v1/findings/f-0/settle", json={"action": "acknowledge"}, headers={"If-Match": "*"}
    )
    assert gone.status_code == 404
