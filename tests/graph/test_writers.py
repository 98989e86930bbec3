"""Concurrent writers and refreshes: right edges at the end, with interleavings forced and not left to luck."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from graph import Graph, scopes
from graph.derive import ties
from graph.facts import Fact, Link, Written
from graph.store import Tx

BLOCKED = 0.5  # seconds in which something that is not blocked would have ended many times over


@pytest.fixture
def city(graph: Graph) -> Graph:
    facts = [Fact("Department", d, "", {"name": d}) for d in ("d-a", "d-b", "d-c", "d-d")]
    facts += [Fact("Partner", f"p-{n}", "", {"name": f"Partner {n}"}) for n in range(3)]
    facts.append(Fact("Area", "area", "", {"name": "Area"}))
    graph.write(facts, load="l", source="test")
    return graph


def contact(id: str, department: str, partner: str, day: str = "2026-05-01") -> Fact:
    links = (Link("MADE_BY", department), Link("WITH_PARTNER", partner), Link("ABOUT", "area", label="Area"))
    return Fact("Contact", id, "", {"date": day}, links)


def held(graph: Graph, partner: str) -> dict[str, int]:
    rows = graph.store.read(
        "MATCH (d:Department)-[t:TALKS_TO]->(:Partner {id: $p}) RETURN d.id AS d, t.held AS held", p=partner
    )
    return {row["d"]: row["held"] for row in rows}


def counted(graph: Graph, partner: str) -> dict[str, int]:
    rows = graph.store.read(
        "MATCH (d:Department)<-[:MADE_BY]-(c:Contact)-[:WITH_PARTNER]->(:Partner {id: $p}) "
        "RETURN d.id AS d, count(c) AS held",
        p=partner,
    )
    return {row["d"]: row["held"] for row in rows}


class Gate:
    """Stops the first caller of a function at its door until told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        self.arrived, self.go = threading.Event(), threading.Event()
        original: Callable[..., Any] = getattr(owner, name)
        first = threading.Lock()

        def gated(*args: Any, **kwargs: Any) -> Any:
            if first.acquire(blocking=False):
                self.arrived.set()
                assert self.go.wait(20)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, gated)


def test_a_write_waits_for_a_refresh_that_has_read(city: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    city.write([contact("c-1", "d-a", "p-0")], load="l", source="test")
    gate = Gate(monkeypatch, ties, "write_ties")
    with ThreadPoolExecutor(2) as pool:
        refreshing = pool.submit(city.refresh)
        assert gate.arrived.wait(20)
        writing = pool.submit(city.write, [contact("c-2", "d-b", "p-0")], load="l", source="test")
        # The refresh has read and not yet written: the new contact must not come in between.
        with pytest.raises(TimeoutError):
            writing.result(BLOCKED)
        gate.go.set()
        refreshing.result(20)
        assert writing.result(20)[0].outcome == "loaded"
    city.refresh()
    assert held(city, "p-0") == {"d-a": 1, "d-b": 1}


def test_a_refresh_waits_for_a_write_that_is_not_committed(city: Graph) -> None:
    arrived, go = threading.Event(), threading.Event()

    def work(tx: Tx) -> None:
        scopes.raise_all(tx, ["partner:p-0"])
        tx.run(
            "MATCH (d:Department {id: 'd-a'}) MATCH (p:Partner {id: 'p-0'}) CREATE (c:Contact {id: 'c-slow', lo: 1, "
            "hi: 1, status: 'held', precision: 'day', confidentiality: 'internal', recorded_at: 1, n_partners: 1}) "
            "CREATE (c)-[:MADE_BY {role: 'leads'}]->(d) CREATE (c)-[:WITH_PARTNER]->(p)"
        )
        arrived.set()
        assert go.wait(20)

    city.write([contact("c-1", "d-b", "p-0")], load="l", source="test")
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(city.store.write, work)
        assert arrived.wait(20)
        refreshing = pool.submit(city.refresh)
        with pytest.raises(TimeoutError):
            refreshing.result(BLOCKED)
        go.set()
        writing.result(20)
        refreshing.result(20)
    assert held(city, "p-0") == {"d-a": 1, "d-b": 1}


def test_four_writers_and_two_refreshers_on_the_same_partners(city: Graph) -> None:
    start = threading.Barrier(6)
    stop = threading.Event()

    def writer(number: int) -> None:
        start.wait()
        for n in range(15):
            facts = [
                contact(f"c-{number}-{n}-{p}", "d-" + "abcd"[number], f"p-{p}") for p in (n % 3, (n + 1) % 3)
            ]
            city.write(facts if number % 2 else facts[::-1], load="l", source="test")

    def refresher() -> None:
        start.wait()
        while not stop.is_set():
            city.refresh()

    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(writer, n) for n in range(4)]
        refreshers = [pool.submit(refresher) for _ in range(2)]
        try:
            for future in writers:
                future.result(120)
        finally:
            stop.set()  # otherwise a writer that fails leaves the refreshers running, and the test never ends
        for future in refreshers:
            future.result(120)
    city.refresh()
    for p in ("p-0", "p-1", "p-2"):
        assert held(city, p) == counted(city, p) != {}


def test_two_loads_that_make_the_same_partner_make_it_once(city: Graph) -> None:
    start = threading.Barrier(4)

    def writer(number: int) -> list[str]:
        start.wait()
        proposed = f"p-new{number}"
        facts = [
            Fact("Partner", proposed, "", {"name": "Uusi Kaupunki", "country": "FI"}),
            contact(f"c-n{number}", "d-a", proposed),
        ]
        return [w.id for w in city.write(facts, load="l", source="test")]

    with ThreadPoolExecutor(4) as pool:
        ids = {f.result(60)[0] for f in [pool.submit(writer, n) for n in range(4)]}
    assert len(ids) == 1
    city.refresh()
    answer = city.who_talks_to("uusi kaupunki")
    assert answer.partner is not None
    assert (answer.partner.id, answer.departments[0].held) == (ids.pop(), 4)


def test_a_crash_between_facts_and_edges_heals(city: Graph) -> None:
    """Facts without a refresh are what a crash leaves: the question itself draws the edges first."""
    city.write([contact("c-1", "d-a", "p-0"), contact("c-2", "d-b", "p-1")], load="l", source="test")
    assert held(city, "p-0") == {}
    assert [d.id for d in city.who_talks_to("Partner 0").departments] == ["d-a"]
    assert held(city, "p-0") == {"d-a": 1}
    assert held(city, "p-1") == {}
    assert city.refresh().scopes == 1
    assert held(city, "p-1") == {"d-b": 1}


def test_an_edge_with_a_key_is_changed_in_place_and_moved_to_other_ends(graph: Graph) -> None:
    graph.write(
        [
            Fact("Department", "d1", "", {"name": "One"}),
            Fact("Partner", "p1", "", {"name": "First"}),
            Fact("Partner", "p2", "", {"name": "Second"}),
        ],
        load="",
        source="test",
    )

    def lead(partner: str, until: str) -> Written:
        links = (Link("start", "d1"), Link("end", partner, label="Partner"))
        return graph.write(
            [Fact("Department-LEADS", "x1", "t:x1", {"to": until}, links)], load="", source="test"
        )[0]

    query = "MATCH (:Department)-[x:LEADS]->(p:Partner) RETURN x.id AS id, p.id AS p, x.to AS to, x.recorded_at AS at"
    assert lead("p1", "2026-01-01").outcome == "loaded"
    first = graph.store.read(query)
    assert lead("p1", "2026-06-30").outcome == "updated"
    assert graph.store.read(query) == [{**first[0], "to": "2026-06-30"}]
    assert lead("p2", "2026-06-30").outcome == "updated"
    assert [(r["p"], r["to"]) for r in graph.store.read(query)] == [("p2", "2026-06-30")]
