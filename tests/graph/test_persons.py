"""Persons recorded twice: found, judged, joined and taken apart as partners are, and never by name alone."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from graph import Graph, Viewer, migrate, open_graph
from graph.answers import FindingsDelta, LoadReport
from graph.errors import BadInput, Conflict, NotAllowed, Unknown
from graph.facts import Fact, Link
from graph.questions.check import Question
from graph.settings import Settings
from tests.conftest import wipe

READER = Viewer("reader")
EDITOR = Viewer("editor", role="editor")
CULTURE = Viewer("member", frozenset({"culture"}), "editor")


def person(id: str, name: str, works_for: str = "", title: str = "", known_from: str = "record") -> Fact:
    links = (Link("WORKS_FOR", works_for, label="Partner"),) if works_for else ()
    return Fact("Person", id, "", {"name": name, "title": title or None, "known_from": known_from}, links)


def contact(id: str, department: str, day: str, *persons: str, partner: str = "p-a", **more: Any) -> Fact:
    links = [Link("MADE_BY", department), Link("WITH_PARTNER", partner)]
    links += [Link("ABOUT", "climate", label="Area"), *(Link("WITH_PERSON", h) for h in persons)]
    return Fact("Contact", id, "", {"date": day, "channel": "meeting", **more}, tuple(links))


def write(graph: Graph, *facts: Fact, load: str = "l") -> None:
    """One at a time, so that each is recorded later than the one before."""
    for n, fact in enumerate(facts):
        graph.write([fact], load=load, source=f"test {n}")
    graph.refresh()


@pytest.fixture
def city(graph: Graph) -> Graph:
    """Two departments, three bodies, and one human being under two names."""
    write(
        graph,
        Fact("Department", "urban", "", {"name": "Urban", "level": "division"}),
        Fact("Department", "culture", "", {"name": "Culture", "level": "division"}),
        Fact("Area", "climate", "", {"name": "Climate"}),
        Fact("Partner", "p-a", "", {"name": "Harbour Council", "kind": "ngo"}),
        Fact("Partner", "p-b", "", {"name": "Council of the Harbour", "kind": "ngo"}),
        Fact("Partner", "p-x", "", {"name": "Entirely Other Body", "kind": "ngo"}),
        person("h-1", "J.-C. Exemple", "p-a"),
        person("h-2", "Exemple, Jean-Claude", "p-a", "Chair"),
        contact("c-1", "urban", "2026-05-04", "h-1"),
        contact("c-2", "culture", "2026-05-10", "h-2", partner="p-x"),
    )
    return graph


def same_person(graph: Graph) -> list[tuple[str, set[str]]]:
    """(who, all its contacts) of each finding of rule O3."""
    found = [graph.finding(f.id) for f in graph.findings(rule="O3", limit=100).findings]
    return sorted((f.finding.subject.id, {e.id for e in f.evidence}) for f in found)


def rebuilt(graph: Graph) -> str:
    """The dump, which a rebuild from nothing must give too."""
    before = graph.canonical_dump(ids=True)
    graph.rebuild()
    assert graph.canonical_dump(ids=True).splitlines() == before.splitlines()
    return before


def waiting(graph: Graph) -> list[set[str]]:
    return [{r.id for r in pair.records} for pair in graph.review(of="person", limit=None).pairs]


def together(graph: Graph, a: str, b: str) -> bool:
    rows = graph.store.read("MATCH (p:Person) WHERE p.id IN [$a, $b] RETURN p.canonical AS x", a=a, b=b)
    return len({row["x"] for row in rows}) == 1


def test_a_merge_makes_one_person_of_two_and_an_unmerge_gives_back_what_was(city: Graph) -> None:
    before = rebuilt(city)
    assert same_person(city) == []
    done = city.merge("h-2", "h-1", why="one chair", of="person")
    assert [p.id for p in done.stands_for] == ["h-1", "h-1"], "the earliest recorded stands for both"
    assert same_person(city) == [("h-1", {"c-1", "c-2"})]
    assert [p.id for p in city.partner("p-a").persons] == ["h-1"]
    named = city.store.read("MATCH (:Contact {id: 'c-2'})-[:WITH_PERSON]->(h) RETURN h.id AS id")
    assert [row["id"] for row in named] == ["h-2"], "facts do not move"
    assert rebuilt(city) != before
    listed = city.judgements(person="h-2")
    assert [(j.verdict, j.why) for j in listed.judgements] == [("same", "one chair")]
    assert city.judgements().judgements == [], "those on partners are a list of their own"
    city.unmerge("h-2", of="person")
    assert city.canonical_dump(ids=True) == before
    assert [p.id for p in city.partner("p-a").persons] == ["h-2", "h-1"]
    city.take_back("h-1", "h-2", of="person")
    assert same_person(city) == [("h-1", {"c-1", "c-2"})]


def test_a_contact_made_in_between_goes_to_the_side_it_names(city: Graph) -> None:
    city.merge("h-1", "h-2", keep="h-2", of="person")
    write(city, contact("c-3", "urban", "2026-05-12", "h-1", partner="p-b"))
    assert same_person(city) == [("h-2", {"c-1", "c-2", "c-3"})]
    rebuilt(city)
    city.unmerge("h-1", of="person")
    assert same_person(city) == []
    write(city, contact("c-4", "culture", "2026-05-13", "h-1", partner="p-x"))
    assert [ids for _, ids in same_person(city)] == [{"c-1", "c-3", "c-4"}]
    rebuilt(city)


def test_an_overlap_hints_at_one_meeting_where_its_persons_are_one(city: Graph) -> None:
    write(
        city,
        contact("c-5", "urban", "2026-09-01", "h-1", partner="p-b"),
        contact("c-6", "culture", "2026-09-01", "h-2", partner="p-b"),
    )
    apart = rebuilt(city)

    def hint() -> list[bool]:
        rows = city.store.read("MATCH (f:Finding {rule: 'O1'}) WHERE 'c-5' IN f.records RETURN f.detail AS d")
        return [json.loads(row["d"]).get("one_meeting", False) for row in rows]

    assert hint() == [False]
    city.merge("h-1", "h-2", of="person")
    assert hint() == [True]
    rebuilt(city)
    city.unmerge("h-1", of="person")
    assert city.canonical_dump(ids=True) == apart


@pytest.mark.parametrize("seed", range(3))
def test_in_random_order_the_end_is_that_of_the_judgements_that_count(city: Graph, seed: int) -> None:
    rng = random.Random(seed)
    ids = ["h-1", "h-2", "h-3", "h-4"]
    write(city, person("h-3", "Person C", "p-b"), person("h-4", "Person D"))
    for n in range(12):
        day = f"2026-0{1 + n % 3}-{10 + n}"
        write(city, contact(f"c-r{n}", rng.choice(["urban", "culture"]), day, rng.choice(ids)))
    never = city.canonical_dump(ids=True)
    verdict: dict[frozenset[str], str] = {}
    for _ in range(6):
        a, b = rng.sample(ids, 2)
        verdict[frozenset((a, b))] = rng.choice(["same", "same", "different", "unsure"])
        city.judge(a, b, verdict[frozenset((a, b))], of="person")  # type: ignore[arg-type]
    rebuilt(city)
    for pair in [p for p, v in verdict.items() if v == "same"]:
        city.judge(*sorted(pair), "different", of="person")
    assert city.canonical_dump(ids=True) == never


def test_the_machine_joins_by_name_and_organisation_and_asks_about_the_rest(city: Graph) -> None:
    write(
        city,
        person("h-o1", "Anna Maria Lehtola", "p-a"),
        person("h-o2", "Lehtola, Anna Maria", "p-b"),
        person("h-n1", "Oskar Exempelson"),
        person("h-n2", "Oskar Exempelson"),
        person("h-w1", "Piia Mallinen", "p-a"),
        person("h-w2", "Piia Mallinen", "p-x"),
        person("h-p1", "Ivan Petrovich Primerov", "p-x"),
        person("h-p2", "Ivan Primerov", "p-x"),
        person("h-q", "Ivan Sergeevich Primerov", "p-x"),
        person("h-t1", "Tuomo Otos", "p-x", "Mayor"),
        person("h-t2", "Tuomo Otos", "p-x", "Deputy Mayor"),
        person("h-s1", "Saana Otos", "p-x", "Mayor"),
        person("h-s2", "Otos, Saana", "p-x", "Mayor of Harbour"),
    )
    city.merge("p-a", "p-b")
    found = city.find_duplicates(of="person")
    joined = {frozenset(p.id for p in j.partners) for j in _joined(city)}
    assert joined == {frozenset(("h-o1", "h-o2")), frozenset(("h-s1", "h-s2"))}
    assert found.joined == 2
    pairs = waiting(city)
    for pair in ("h-1 h-2", "h-n1 h-n2", "h-w1 h-w2", "h-p1 h-p2", "h-t1 h-t2"):
        assert set(pair.split()) in pairs, pair
    assert {"h-p1", "h-q"} not in pairs, "two patronymics are two persons"
    assert found.to_review == len(pairs)
    rebuilt(city)
    again = city.find_duplicates(of="person")
    assert (again.joined, again.to_review) == (0, 0)
    assert waiting(city) == pairs
    asked = city.review(of="person", limit=None).pairs
    why = next(p for p in asked if {r.id for r in p.records} == {"h-t1", "h-t2"}).why
    assert "The titles are Mayor and Deputy Mayor." in why
    assert city.review().waiting == 0, "partners wait in a queue of their own"


def _joined(graph: Graph) -> list[Any]:
    return [j for j in graph.judgements(of="person").judgements if j.verdict == "same" and j.machine]


def test_a_name_that_several_bear_in_one_organisation_is_asked_about(city: Graph) -> None:
    write(
        city,
        person("h-m", "Matti Otos", "p-x"),
        person("h-m1", "Matti Otos", "p-x", "Adviser"),
        person("h-m2", "Matti Otos", "p-x", "Driver"),
    )
    city.find_duplicates(of="person")
    assert _joined(city) == []
    assert {frozenset(p) for p in waiting(city)} >= {
        frozenset(x.split()) for x in ("h-m h-m1", "h-m h-m2", "h-m1 h-m2")
    }
    city.judge("h-m", "h-m1", "same", of="person")
    city.find_duplicates(of="person")
    assert not together(city, "h-m", "h-m2"), "who stands for two names is no reason to take a third"


def test_the_machine_asks_no_more_and_joins_nothing_once_a_person_has_judged(city: Graph) -> None:
    write(city, person("h-s1", "Saana Otos", "p-x"), person("h-s2", "Otos, Saana", "p-x"))
    city.judge("h-s1", "h-s2", "different", of="person")
    city.find_duplicates(of="person")
    assert not together(city, "h-s1", "h-s2")
    (pair,) = city.review(of="person").pairs
    city.as_viewer(EDITOR).judge("h-1", "h-2", "different", seen=pair.judgement, of="person")
    with pytest.raises(Conflict, match="editor judged these two different"):
        city.judge("h-1", "h-2", "same", seen=pair.judgement, of="person")
    assert city.review(of="person").waiting == 0


def test_what_cannot_be_judged_is_told(city: Graph) -> None:
    before = city.canonical_dump(ids=True)
    for a, b, error, said in (
        ("h-1", "h-1", BadInput, "person 'h-1' cannot be judged against itself"),
        ("h-1", "h-gone", Unknown, "no person 'h-gone'"),
        ("h-1", "p-a", Unknown, "no person 'p-a'"),
    ):
        with pytest.raises(error, match=said):
            city.merge(a, b, of="person")
    with pytest.raises(Unknown, match="no partner 'h-2'"):
        city.merge("p-a", "h-2")
    with pytest.raises(BadInput, match="merged with none"):
        city.unmerge("h-1", of="person")
    with pytest.raises(NotAllowed):
        city.as_viewer(READER).merge("h-1", "h-2", of="person")
    with pytest.raises(BadInput, match="ask for either"):
        city.judgements(partner="p-a", of="person")
    assert city.canonical_dump(ids=True) == before


# --- who may see what ---


def _answers(graph: Graph, viewer: Viewer) -> str:
    """All that a viewer is told about persons, and what is said of what it does to them."""
    seen = graph.as_viewer(viewer)
    out: list[Any] = [
        seen.review(of="person", limit=None).model_dump(),
        seen.judgements(of="person").model_dump(),
        seen.partner("p-a").model_dump(),
        seen.findings(limit=100).model_dump(),
    ]
    for ask in (
        lambda: seen.judge("h-1", "h-hidden", "same", of="person"),
        lambda: seen.unmerge("h-hidden", of="person"),
        lambda: seen.take_back("h-1", "h-hidden", of="person"),
        lambda: seen.judgements(person="h-hidden").model_dump(),
    ):
        try:
            out.append(ask())
        except (BadInput, NotAllowed, Unknown) as error:
            out.append(str(error))
    return json.dumps(out, default=str, sort_keys=True)


def _secret() -> list[Fact]:
    return [
        person("h-hidden", "Jean-Claude Exemple", "p-a", known_from="contact"),
        contact("c-h", "culture", "2026-05-05", "h-hidden", "h-1", confidentiality="confidential"),
    ]


def test_who_is_known_from_confidential_contacts_alone_is_in_no_answer(city: Graph) -> None:
    city.find_duplicates(of="person")
    clock_free = [_without_times(_answers(city, v)) for v in (EDITOR, READER)]
    ids = [p.judgement for p in city.review(of="person", limit=None).pairs]
    write(city, *_secret())
    assert city.find_duplicates(of="person").to_review == 0, "the machine does not look at them"
    assert [p.judgement for p in city.review(of="person", limit=None).pairs] == ids
    assert [_without_times(_answers(city, v)) for v in (EDITOR, READER)] == clock_free
    with pytest.raises(BadInput, match="confidential contacts only"):
        city.merge("h-1", "h-hidden", of="person")
    with pytest.raises(BadInput, match="confidential contacts only"):
        city.as_viewer(CULTURE).merge("h-1", "h-hidden", of="person")
    assert {p.id for p in city.partner("p-a").persons} == {"h-1", "h-2", "h-hidden"}


def _without_times(text: str) -> Any:
    """Notices of hidden contacts are told to everybody: they are no part of what is compared."""
    answers = json.loads(text)
    answers[2]["talks"].pop("notices")
    return answers


def test_whoever_is_no_longer_known_openly_joins_nobody_until_known_again(city: Graph) -> None:
    write(
        city,
        person("h-0", "Jean-Claude Exemple", "p-a", known_from="contact"),
        contact("c-open", "culture", "2026-05-06", "h-0"),
    )
    apart = rebuilt(city)
    city.merge("h-1", "h-0", keep="h-0", of="person")
    city.merge("h-0", "h-2", of="person")
    assert same_person(city) == [("h-0", {"c-1", "c-2", "c-open"})]
    merged = rebuilt(city)

    city.change("contacts", "c-open", {"confidentiality": "confidential"}, version="*")
    seen = city.as_viewer(EDITOR)
    assert city.store.read("MATCH (s:Scope {stale: true}) RETURN s.id AS id") == []
    assert same_person(seen) == [], "what joined the two is not known to everybody"
    assert not together(city, "h-1", "h-2")
    assert seen.judgements(of="person").judgements == []
    assert "h-0" not in seen.partner("p-a").model_dump_json()
    rebuilt(city)

    city.change("contacts", "c-open", {"confidentiality": "internal"}, version="*")
    assert same_person(city) == [("h-0", {"c-1", "c-2", "c-open"})]
    assert _judged_alike(rebuilt(city), merged)
    city.unmerge("h-0", of="person")
    assert _judged_alike(city.canonical_dump(ids=True), apart)


def _judged_alike(a: str, b: str) -> bool:
    """Whether two dumps derive the same: a contact that was edited and edited back says so itself."""
    return [x for x in a.splitlines() if '"canonical"' in x or '"finding"' in x] == [
        x for x in b.splitlines() if '"canonical"' in x or '"finding"' in x
    ]


def test_a_record_of_its_own_makes_a_person_known(city: Graph) -> None:
    write(city, *_secret())
    assert city.find_duplicates(of="person").to_review == 1
    write(city, person("h-hidden", "Jean-Claude Exemple", "p-a"), load="l-2")
    city.find_duplicates(of="person")
    assert together(city, "h-2", "h-hidden")
    rebuilt(city)


# --- beside judging ---


def _asked(person: str) -> Question:
    return Question(departments=("urban",), partner="p-a", date="2027-04-05", persons=(person,))


def test_a_check_with_one_record_foretells_the_contacts_of_the_other(city: Graph) -> None:
    city.merge("h-1", "h-2", of="person")
    write(city, contact("c-7", "culture", "2027-04-01", "h-2", partner="p-x", status="planned"))
    checked = city.check(_asked("h-1"))
    (found,) = [f for f in checked.findings if f.rule == "O3"]
    assert (found.subject.id, "c-7" in found.records) == ("h-1", True)
    by_other = city.check(_asked("h-2"))
    done = city.record(by_other.receipt)
    assert [f.id for f in done.findings if f.rule == "O3"]
    rows = city.store.read(
        "MATCH (:Contact {id: $id})-[:WITH_PERSON]->(h) RETURN h.id AS id", id=done.contact.id
    )
    assert [row["id"] for row in rows] == ["h-2"], "the contact stays with the record that was named"
    rebuilt(city)


def test_records_of_one_person_that_share_a_name_count_as_one(city: Graph) -> None:
    write(city, person("h-8", "Piia Mallinen", "p-a"), person("h-9", "Piia Mallinen", "p-a"))
    book = city.directory().persons
    assert book.find("Piia Mallinen", "p-a") is None
    city.merge("h-9", "h-8", of="person")
    assert city.directory().persons.find("Piia Mallinen", "p-a") == "h-8"
    assert city.check(_asked("piia mallinen")).receipt


def test_undoing_a_load_leaves_a_person_that_was_judged(city: Graph) -> None:
    id = city.open_load(mapping="test", files=["test.csv"])
    city.write([person("h-8", "Piia Mallinen")], load=id, source="test")
    none = FindingsDelta(opened=0, closed=0)
    city.close_load(id, LoadReport(load=id, files=[], created={}, findings=none))
    city.merge("h-8", "h-1", of="person")
    told = city.undo(id)
    assert [p.id for p in told.kept] == ["h-8"], "somebody has said who it is"
    assert together(city, "h-8", "h-1")
    rebuilt(city)


def test_an_older_graph_gets_persons_that_stand_for_themselves(
    city: Graph, server_settings: Settings
) -> None:
    before = city.canonical_dump(ids=True)
    city.store.write(
        lambda tx: (
            tx.run("MATCH (p:Person) REMOVE p.canonical") + tx.run("MATCH (s:Schema) SET s.version = 7")
        )
    )
    city.store.admin("DROP INDEX person_canonical")
    with open_graph(settings=server_settings):
        pass
    assert migrate.missing(city.store) == []
    assert city.canonical_dump(ids=True) == before
    city.merge("h-1", "h-2", of="person")
    assert same_person(city) == [("h-1", {"c-1", "c-2"})]
    wipe(city)
