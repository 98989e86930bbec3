"""Names asked about in a graph: recorded ones, known ones, unsure ones, and what is shown of them."""

from __future__ import annotations

import pytest

from graph import Graph
from graph.errors import BadInput
from graph.facts import Fact, Link
from graph.questions import naming
from graph.store import Row
from tests.conftest import wipe

CITIES = {
    "p-a": ("Stockholm", "SE"),
    "p-b": ("Tallinn", "EE"),
    "p-c": ("Córdoba", "ES"),
    "p-d": ("Córdoba", "AR"),
}


def _partners(graph: Graph, cities: dict[str, tuple[str, str]] = CITIES) -> None:
    facts = [
        Fact("Partner", id, properties={"name": name, "kind": "city", "country": country})
        for id, (name, country) in cities.items()
    ]
    graph.write(facts, load=graph.open_load(mapping="m", files=[]), source="s")


def _noted(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that are read from now on."""
    asked: list[str] = []
    read = graph.store.read

    def noted(query: str, **values: object) -> list[Row]:
        asked.append(query)
        return read(query, **values)

    monkeypatch.setattr(graph.store, "read", noted)
    return asked


def test_names_read_beforehand_are_not_read_again_by_the_first_question(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    _partners(graph)
    graph.warm_names()
    asked = _noted(graph, monkeypatch)
    assert [m.id for m in graph.match_name("Stockhom").matches] == ["p-a"]
    assert asked
    assert naming._ALL not in asked


def test_a_name_that_nobody_bears_is_one_question_and_a_new_name_is_noticed_in_it(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    _partners(graph)
    cold = graph.who_talks_to("Stockhom")
    asked = _noted(graph, monkeypatch)
    assert graph.who_talks_to("Stockhom") == cold
    assert [c.id for c in cold.candidates] == ["p-a"]
    assert asked == [naming._NOW]
    # An id is no name, and leads to its partner all the same.
    by_id = graph.who_talks_to("p-a").partner
    assert by_id is not None
    assert (by_id.id, by_id.matched_by) == ("p-a", "id")
    # Another program records the name; the names in memory do not have it yet.
    links = (Link("NAMES", "p-b", label="Partner"),)
    graph.write([Fact("Alias", properties={"text": "Stockhom"}, links=links)], load="l", source="s")
    partner = graph.who_talks_to("Stockhom").partner
    assert partner is not None
    assert (partner.id, partner.matched_by) == ("p-b", "alias")


def test_a_known_name_finds_the_partner_without_any_alias(graph: Graph) -> None:
    _partners(graph)
    for name in ("Tukholma", "Stockholms stad", "City of Stockholm", "Стокгольм"):
        partner = graph.who_talks_to(name).partner
        assert partner is not None, name
        assert (partner.id, partner.matched_by) == ("p-a", "known")
        assert 0.95 <= partner.score < 1
    named = graph.who_talks_to("STOCKHOLM").partner
    assert named is not None
    assert (named.matched_by, named.score) == ("name", 1.0)
    answers = graph.who_talks_to_many(["Tukholma", "Nowhere at all", "p-b", "Tallinnan kaupunki"]).answers
    assert [a.partner.id if a.partner else None for a in answers] == ["p-a", None, "p-b", "p-b"]
    assert [p.id for p in graph.partners("Tukholma").partners][:1] == ["p-a"]


def test_the_two_cordobas_stay_apart(graph: Graph) -> None:
    _partners(graph)
    unsure = graph.who_talks_to("Cordoba")
    assert unsure.partner is None
    assert {c.id for c in unsure.candidates} == {"p-c", "p-d"}
    found = graph.match_name("Córdoba", country="AR").matches
    assert [(m.id, m.sure) for m in found] == [("p-d", True)]
    by_its_own_word = graph.who_talks_to("Córdoba, Argentina").partner
    assert by_its_own_word is not None
    assert by_its_own_word.id == "p-d"


def test_an_unsure_name_is_a_candidate_that_says_why(graph: Graph) -> None:
    _partners(graph)
    found = graph.who_talks_to("Stockhom")
    assert found.partner is None
    assert found.candidates[0].id == "p-a"
    assert "stockhom" in found.candidates[0].why
    for language, word in (("en", "differ by"), ("fi", "eroavat"), ("sv", "skiljer")):
        (match,) = graph.match_name("Stockhom", language=language).matches
        assert word in match.why
        assert not match.sure


def test_new_names_merges_and_a_new_graph_are_noticed(graph: Graph) -> None:
    _partners(graph, {"p-a": ("Stockholm", "SE")})
    assert graph.match_name("Reval").matches == []
    _partners(graph, {"p-b": ("Tallinn", "EE")})
    assert [m.id for m in graph.match_name("Reval").matches] == ["p-b"]
    graph.merge("p-a", "p-b", why="a trial")
    assert [m.id for m in graph.match_name("Reval").matches] == ["p-a"]
    wipe(graph)
    _partners(graph, {"p-x": ("Turku", "FI")})
    assert graph.match_name("Reval").matches == []
    assert [m.id for m in graph.match_name("Åbo stad").matches] == ["p-x"]


def test_hidden_letters_are_said(graph: Graph) -> None:
    _partners(graph)
    found = graph.match_name("St\u043eck\u200bholm")
    assert found.read_as == "Stоckholm"
    assert len(found.notes) == 2
    assert found.matches[0].id == "p-a"
    assert not found.matches[0].sure  # a forged letter is shown to a person
    assert any(f.feature == "repair_lookalike" for f in found.matches[0].features)


@pytest.mark.parametrize("text", ["", " \u200b", "x" * 10_000])
def test_no_name_gets_a_sentence(graph: Graph, text: str) -> None:
    with pytest.raises(BadInput, match=r"empty|characters"):
        graph.match_name(text)


def test_punctuation_alone_finds_nothing(graph: Graph) -> None:
    _partners(graph)
    assert graph.match_name("?!…").matches == []
    assert graph.match_name("?!…").known == []
