"""Partners recorded twice: found by machine, judged by people, one pair at a time or many."""

from __future__ import annotations

import pytest

from graph import Graph
from graph.errors import BadInput, Conflict, NotAllowed
from graph.facts import Fact, Link
from graph.viewer import Viewer


def partner(id: str, name: str, kind: str = "city", country: str = "") -> Fact:
    return Fact("Partner", id, "", {"name": name, "kind": kind, "country": country or None})


@pytest.fixture
def city(graph: Graph) -> Graph:
    """Names of one partner, names of several, and a busy pair."""
    facts = [
        Fact("Department", "urban", "", {"name": "Urban"}),
        partner("p-a", "Acme Harbour Works Oy", "company", "FI"),
        partner("p-b", "Acme Harbour Works Oyj", "company", "FI"),
        partner("p-c", "Northern Lights Institute", "ngo", "SE"),
        partner("p-d", "Northern Light Institute", "ngo", "SE"),
        partner("p-es", "Córdoba", "city", "ES"),
        partner("p-ar", "Córdoba", "city", "AR"),
        partner("p-x", "Entirely Other Body", "ngo", "SE"),
    ]
    for fact in facts:
        graph.write([fact], load="l", source="test")
    graph.write(
        [
            Fact(
                "Contact",
                f"c-{n}",
                "",
                {"date": f"2026-0{n}-01"},
                (Link("MADE_BY", "urban"), Link("WITH_PARTNER", "p-d")),
            )
            for n in range(1, 6)
        ],
        load="l",
        source="test",
    )
    graph.refresh()
    return graph


def waiting(graph: Graph) -> list[set[str]]:
    return [{r.id for r in pair.records} for pair in graph.review(limit=None).pairs]


def test_what_is_sure_is_joined_and_what_is_possible_waits(city: Graph) -> None:
    found = city.find_duplicates()
    pairs = waiting(city)
    together = city.partner("p-a").id == city.partner("p-b").id
    assert together or {"p-a", "p-b"} in pairs
    assert {"p-c", "p-d"} in pairs
    assert found.to_review == len(pairs)
    assert not any("p-x" in pair for pair in pairs)
    assert city.partner("p-es").id != city.partner("p-ar").id, "two cities of one name stay two"
    assert city.find_duplicates().joined == 0
    assert waiting(city) == pairs, "looking again changes nothing"
    pair = next(p for p in city.review(limit=None).pairs if {r.id for r in p.records} == {"p-c", "p-d"})
    assert pair.why
    assert pair.evidence
    assert {r.contacts for r in pair.records} == {0, 5}
    machine = city.judgements().judgements
    assert all(j.machine == found.machine for j in machine)


def test_a_judgement_takes_a_pair_off_the_queue_and_taking_it_back_puts_it_there_again(city: Graph) -> None:
    city.find_duplicates()
    before = waiting(city)
    dump = city.canonical_dump(ids=True)
    city.judge("p-c", "p-d", "same")
    assert {"p-c", "p-d"} not in waiting(city)
    assert city.partner("p-d").id == "p-c"
    assert city.review().judged == 1
    city.take_back("p-d", "p-c")
    assert waiting(city) == before
    assert city.canonical_dump(ids=True) == dump
    city.judge("p-c", "p-d", "unsure")
    assert {"p-c", "p-d"} not in waiting(city), "a person has looked at it"
    city.find_duplicates()
    assert {"p-c", "p-d"} not in waiting(city), "the machine does not ask again"


def test_the_second_of_two_people_is_told(city: Graph) -> None:
    city.find_duplicates()
    pair = next(p for p in city.review(limit=None).pairs if {r.id for r in p.records} == {"p-c", "p-d"})
    city.as_viewer(Viewer("anna", role="coordinator")).judge("p-c", "p-d", "different", seen=pair.judgement)
    with pytest.raises(Conflict, match="anna judged these two different"):
        city.judge("p-c", "p-d", "same", seen=pair.judgement)
    assert city.partner("p-d").id == "p-d"


def test_the_machine_never_joins_what_a_person_keeps_apart(city: Graph) -> None:
    city.judge("p-c", "p-d", "different")
    city.judge("p-a", "p-b", "different")
    city.find_duplicates()
    assert city.partner("p-d").id == "p-d"
    assert city.partner("p-b").id == "p-b"
    assert city.judgements().contradictions == []


def test_a_group_is_judged_together(city: Graph) -> None:
    city.find_duplicates()
    rules = city.review(limit=1).rules
    assert sum(r.pairs for r in rules) == len(waiting(city))
    for r in rules:
        assert len(city.review(rule=r.rule, limit=None).pairs) == r.pairs
        assert city.judge_rule(r.rule, "different") == r.pairs
    assert waiting(city) == []


def test_pages_of_the_queue_are_the_whole_queue(city: Graph) -> None:
    for n in range(6):
        city.write([partner(f"p-n{n}", f"Southern Stars Society {n}", "ngo", "SE")], load="l", source=f"t{n}")
    city.find_duplicates()
    whole = [p.judgement for p in city.review(limit=None).pairs]
    seen: list[str] = []
    cursor = None
    while True:
        page = city.review(limit=2, cursor=cursor)
        seen += [p.judgement for p in page.pairs]
        cursor = page.next
        if cursor is None:
            break
    assert seen == whole


def test_who_may_not(city: Graph) -> None:
    reader = city.as_viewer(Viewer("reader"))
    with pytest.raises(NotAllowed):
        reader.find_duplicates()
    with pytest.raises(BadInput, match="nothing to take back"):
        city.take_back("p-a", "p-x")
