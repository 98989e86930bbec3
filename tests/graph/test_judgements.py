"""Merging and unmerging: the graph after unmerging is the graph that never merged."""

from __future__ import annotations

import itertools
import random
import threading

import pytest

from graph import Graph
from graph.clusters import heads_of
from graph.errors import BadInput, NotAllowed, Unknown
from graph.facts import Fact, Link
from graph.viewer import Viewer

PARTNERS = ("p-a", "p-b", "p-c", "p-d")


def city(graph: Graph) -> None:
    graph.write(
        [
            Fact("Department", "urban", "", {"name": "Urban", "level": "division"}),
            Fact("Department", "culture", "", {"name": "Culture", "level": "division"}),
            Fact("Area", "climate", "", {"name": "Climate"}),
        ],
        load="l-1",
        source="test",
    )
    for n, id in enumerate(PARTNERS):
        graph.write(
            [Fact("Partner", id, "", {"name": f"Partner {id[-1].upper()}", "country": "SE"})],
            load="l-1",
            source=f"test {n}",
        )


def contact(id: str, department: str, partner: str, day: str) -> Fact:
    return Fact(
        "Contact",
        id,
        "",
        {"date": day, "summary": id},
        (
            Link("MADE_BY", department),
            Link("WITH_PARTNER", partner),
            Link("ABOUT", "climate", label="Area"),
        ),
    )


def contacts(graph: Graph) -> None:
    facts = [
        contact(
            f"c-{n}", ("urban", "culture")[n % 2], PARTNERS[n % 4 if n % 3 else 0], f"2026-0{1 + n % 9}-10"
        )
        for n in range(16)
    ]
    graph.write(facts, load="l-2", source="test")
    graph.refresh()


@pytest.fixture
def two(graph: Graph) -> Graph:
    city(graph)
    contacts(graph)
    return graph


def test_a_merge_brings_both_together_and_an_unmerge_takes_them_apart(two: Graph) -> None:
    before = two.canonical_dump(ids=True)
    a, b = two.who_talks_to("p-a"), two.who_talks_to("p-b")
    done = two.merge("p-b", "p-a", why="one city")
    assert [p.id for p in done.stands_for] == ["p-a", "p-a"], "the earliest recorded stands for both"
    merged = two.who_talks_to("Partner B")
    assert merged.partner is not None
    assert merged.partner.id == "p-a"
    assert {d.id: d.held for d in merged.departments} == {
        d: sum(t.held for t in (*a.departments, *b.departments) if t.id == d) for d in ("urban", "culture")
    }
    card = two.partner("p-b")
    assert card.id == "p-a", "the old id still leads there"
    assert [(r.id, r.name) for r in card.records] == [("p-a", "Partner A"), ("p-b", "Partner B")]
    assert "Partner B" in card.aliases
    assert {p.id for p in two.partners().partners} == {"p-a", "p-c", "p-d"}
    kept = {c.id: [p.id for p in c.partners] for c in two.contacts(limit=100).contacts}
    listed = two.judgements()
    assert [(j.verdict, j.by, j.why, j.counts) for j in listed.judgements] == [
        ("same", "local", "one city", True)
    ]

    assert kept, "facts stay where they were recorded"
    two.unmerge("p-b", why="a mistake")
    assert two.canonical_dump(ids=True) == before
    assert two.who_talks_to("p-b") == b
    assert [(j.verdict, j.counts) for j in two.judgements().judgements] == [
        ("different", True),
        ("same", False),
    ]


def test_findings_follow_a_merge(two: Graph) -> None:
    two.write(
        [
            contact("c-x", "urban", "p-c", "2029-03-01"),
            contact("c-y", "culture", "p-d", "2029-03-05"),
        ],
        load="l-3",
        source="test",
    )
    two.refresh()

    def together() -> list[set[str]]:
        return [set(f.records) for f in two.findings(rule="O1", limit=1000).findings if "c-x" in f.records]

    assert together() == []
    two.merge("p-c", "p-d")
    assert together() == [{"c-x", "c-y"}]
    two.unmerge("p-d")
    assert together() == []


def test_contacts_recorded_in_between_go_to_the_side_their_source_names(two: Graph) -> None:
    two.merge("p-a", "p-b")
    assert two.directory().partner("Partner B") == "p-b"
    two.write([contact("c-new", "urban", "p-b", "2028-01-01")], load="l-4", source="test")
    two.refresh()
    assert any(t.last == "2028-01-01" for t in two.who_talks_to("Partner A").departments)
    two.unmerge("p-a")
    assert not any(t.last == "2028-01-01" for t in two.who_talks_to("Partner A").departments)
    assert any(t.last == "2028-01-01" for t in two.who_talks_to("Partner B").departments)


def test_contradictions_are_shown_and_not_resolved(two: Graph) -> None:
    two.merge("p-a", "p-b")
    two.merge("p-b", "p-c")
    told = two.judge("p-a", "p-c", "different", why="two cities of one name")
    assert [p.id for p in told.stands_for] == ["p-a", "p-a"], "still one cluster, by way of B"
    (against,) = two.judgements().contradictions
    assert ({p.id for p in against.partners}, against.why) == ({"p-a", "p-c"}, "two cities of one name")
    two.unmerge("p-c")
    assert two.judgements().contradictions == []
    assert two.partner("p-c").id == "p-c"


def test_a_person_chooses_who_stands_for_a_cluster(two: Graph) -> None:
    two.merge("p-a", "p-b", keep="p-b")
    assert two.partner("p-a").id == "p-b"
    two.merge("p-c", "p-a")
    assert two.partner("p-c").id == "p-b", "the choice holds while the cluster grows"
    before = two.canonical_dump(ids=True)
    two.store.write(lambda tx: tx.run("MATCH (p:Partner) SET p.canonical = p.id"))
    two.rebuild()
    assert two.canonical_dump(ids=True) == before, "who stands for whom is derived like everything else"


def test_what_cannot_be_judged_is_told(two: Graph) -> None:
    before = two.canonical_dump(ids=True)
    with pytest.raises(BadInput, match="itself"):
        two.merge("p-a", "p-a")
    with pytest.raises(Unknown, match="no partner 'p-gone'"):
        two.merge("p-a", "p-gone")
    with pytest.raises(BadInput, match="neither of the two"):
        two.merge("p-a", "p-b", keep="p-c")
    with pytest.raises(BadInput, match="merged with none"):
        two.unmerge("p-a")
    with pytest.raises(NotAllowed):
        two.as_viewer(Viewer("reader")).merge("p-a", "p-b")
    assert two.canonical_dump(ids=True) == before
    assert two.judgements().judgements == []


@pytest.mark.parametrize("seed", range(6))
def test_in_random_order_the_end_is_that_of_the_judgements_that_count(two: Graph, seed: int) -> None:
    rng = random.Random(seed)
    never = two.canonical_dump(ids=True)
    verdict: dict[frozenset[str], str] = {}
    for _ in range(8):
        a, b = rng.sample(PARTNERS, 2)
        verdict[frozenset((a, b))] = rng.choice(["same", "same", "different", "unsure"])
        two.judge(a, b, verdict[frozenset((a, b))])  # type: ignore[arg-type]
    refreshed = two.canonical_dump(ids=True)
    two.rebuild()
    assert two.canonical_dump(ids=True).splitlines() == refreshed.splitlines()
    for pair in [p for p, v in verdict.items() if v == "same"]:
        two.judge(*sorted(pair), "different")
    assert two.canonical_dump(ids=True) == never


def test_heads_are_the_earliest_of_each_component() -> None:
    recorded = {"a": 3, "b": 1, "c": 2, "d": 9}
    assert heads_of(recorded, []) == {x: x for x in recorded}
    for pairs in itertools.permutations([("a", "b", "", 1), ("c", "a", "", 2)]):
        assert heads_of(recorded, pairs) == {"a": "b", "b": "b", "c": "b", "d": "d"}
    assert heads_of(recorded, [("a", "b", "a", 1), ("c", "a", "c", 2)])["b"] == "c", (
        "the newest choice counts"
    )


def test_writers_and_mergers_at_once_leave_right_edges(two: Graph) -> None:
    errors: list[Exception] = []

    def write() -> None:
        try:
            for n in range(25):
                fact = contact(f"c-w{n}", "urban", PARTNERS[n % 4], "2027-05-05")
                two.write([fact], load=f"l-w{n}", source="test")
                two.refresh()
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    def merge() -> None:
        try:
            for n in range(10):
                two.merge("p-a", "p-b")
                if n % 2:
                    two.merge("p-c", "p-b")
                two.unmerge("p-b")
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    threads = [threading.Thread(target=work) for work in (write, merge)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    two.refresh()
    before = two.canonical_dump(ids=True)
    two.rebuild()
    assert two.canonical_dump(ids=True).splitlines() == before.splitlines()
