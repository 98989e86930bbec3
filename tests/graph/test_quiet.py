"""Changes of contacts that nothing derived looks at make nothing stale; where one may matter, they do."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from graph import Graph
from graph.facts import Fact, Link
from tests.graph.test_settle import city  # noqa: F401 - the fixture


def contact(id: str, **more: Any) -> Fact:
    links = [Link("MADE_BY", more.pop("department", "office"), {"role": "leads"})]
    links += [Link("WITH_PARTNER", p) for p in more.pop("partners", ("p-tallinn",))]
    links += [Link("ABOUT", t, label="Topic") for t in more.pop("topics", ())]
    links += [Link("WITH_PERSON", h) for h in more.pop("persons", ())]
    properties = {"date": "2026-11-02", "status": "held", "channel": "meeting", **more}
    return Fact("Contact", id, f"t:{id}", properties, tuple(links))


def put(graph: Graph, *facts: Fact) -> list[str]:
    """Write, and the ids of what is stale then."""
    for written in graph.write(list(facts), load="", source="test"):
        assert written.outcome != "refused", written.reason
    rows = graph.store.read("MATCH (s:Scope {stale: true}) RETURN s.id AS id ORDER BY id")
    return [row["id"] for row in rows]


def rules(graph: Graph) -> list[str]:
    graph.refresh()
    return [f.rule for f in graph.findings(partner="p-tallinn").findings]


@pytest.fixture
def words(city: Graph) -> Graph:
    city.write(
        [
            Fact("Topic", "ice", "", {"name": "Ice"}, (Link("WITHIN", "climate", label="Area"),)),
            Fact("Person", "h-1", "", {"name": "Mari Maasikas"}),
            Fact("Partner", "p-riga", "", {"name": "Riga", "country": "LV", "kind": "city"}),
        ],
        load="l-1",
        source="test",
    )
    put(city, contact("c-9", summary="a visit"))
    city.refresh()
    return city


@pytest.mark.parametrize("change", [{"summary": "another"}, {"place": "Vilnius"}, {"reference": "HEL 1"}])
def test_what_nothing_looks_at_makes_nothing_stale(words: Graph, change: dict[str, str]) -> None:
    assert put(words, contact("c-9", **{"summary": "a visit", **change})) == []
    assert (
        words.store.read("MATCH (c:Contact {id: 'c-9'}) RETURN properties(c) AS p")[0]["p"] | change
        == (words.store.read("MATCH (c:Contact {id: 'c-9'}) RETURN properties(c) AS p")[0]["p"])
    )


@pytest.mark.parametrize(
    "change",
    [
        {"status": "planned"},
        {"channel": "call"},
        {"date": "2026-11-03"},
        {"partners": ("p-riga",)},
        {"topics": ("ice",)},
        {"confidentiality": "confidential"},
    ],
)
def test_what_rules_look_at_makes_it_stale(words: Graph, change: dict[str, Any]) -> None:
    assert "partner:p-tallinn" in put(words, contact("c-9", **{"summary": "another", **change}))


def test_a_twin_comes_and_goes_with_a_summary(words: Graph) -> None:
    assert "D1" not in rules(words)
    put(words, contact("c-8", summary="the visit"))
    assert "D1" not in rules(words)
    assert put(words, contact("c-8", summary="a visit")) == ["partner:p-tallinn"]
    assert "D1" in rules(words)
    assert put(words, contact("c-9", summary="some visit")) == ["partner:p-tallinn"]
    assert "D1" not in rules(words)
    # Entries with topics are compared by these.
    put(words, contact("c-8", summary="x", topics=("ice",)), contact("c-9", summary="y", topics=("ice",)))
    assert "D1" in rules(words)
    assert put(words, contact("c-9", summary="z", topics=("ice",))) == []


def test_two_changes_of_one_batch_become_twins(words: Graph) -> None:
    put(words, contact("c-8", summary="the visit"))
    assert "D1" not in rules(words)
    assert put(words, contact("c-8", summary="both"), contact("c-9", summary="both")) == ["partner:p-tallinn"]
    assert "D1" in rules(words)


def test_a_confidential_twin_is_found(words: Graph) -> None:
    put(words, contact("c-8", summary="secret", confidentiality="confidential"))
    words.refresh()
    assert put(words, contact("c-9", summary="secret")) == ["partner:p-tallinn"]


def test_two_at_once_become_twins(words: Graph) -> None:
    put(words, contact("c-8", summary="the visit"))
    for n in range(5):
        words.refresh()
        both = [contact("c-8", summary=f"both {n}"), contact("c-9", summary=f"both {n}")]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda fact: words.write([fact], load="", source="test"), both))
        assert "D1" in rules(words)
        put(words, contact("c-8", summary=f"one {n}"))
        assert "D1" not in rules(words)


@pytest.mark.parametrize("seed", range(4))
def test_refreshed_equals_rebuilt(words: Graph, seed: int) -> None:
    rng = random.Random(seed)
    quiet = twins = 0

    def drawn(n: int) -> dict[str, Any]:
        hidden = {"confidentiality": "confidential"} if n == 7 and seed % 2 else {}
        return {
            "summary": rng.choice(["one", "two", "three", "four", None]),
            "place": rng.choice(["Riga", None]),
            "date": f"2026-11-0{1 + n % 6}",
            "department": ("office", "leisure")[n % 2],
            "partners": (("p-tallinn",), ("p-riga",), ("p-tallinn", "p-riga"))[n % 5 % 3],
            "topics": ("ice",) if n % 4 == 3 else (),
            "persons": ("h-1",) if n % 3 else (),
            **hidden,
        }

    put(words, *(contact(f"d-{n}", **drawn(n)) for n in range(14)))
    words.refresh()
    for _ in range(25):
        some = rng.sample(range(14), rng.randint(1, 3))
        quiet += not put(words, *(contact(f"d-{n}", **drawn(n)) for n in some))
        twins += rules(words).count("D1")
    refreshed = words.canonical_dump(ids=True)
    words.rebuild()
    assert words.canonical_dump(ids=True) == refreshed
    assert twins
    assert quiet < 25
    assert quiet or seed % 2
