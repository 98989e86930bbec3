"""Scores: what is sure, what is possible, what is neither, and what they say."""

from __future__ import annotations

import pytest

from graph.matching import POSSIBLE, SURE, Named, score
from graph.matching.why import SENTENCES, Feature, sentence

SURELY = [
    ("Tallinn", "TALLINN", "city"),
    ("City of Stockholm", "Stockholm", "city"),
    ("Siemens AG", "Siemens Aktiengesellschaft", "company"),
    ("Société Générale S.A.", "Societe Generale SA", "company"),
    ("The World Bank", "World Bank", "international_organisation"),
    ("Ministry of Finance (MoF)", "Ministry of Finance", "state"),
    ("Ulkoministeriö (UM)", "ulkoministeriö", "state"),
    ("Citizens' Climate Lobby", "Citizen's climate lobby", "ngo"),
    ("British in Europe/the3million", "British in Europe, The 3 Million", "ngo"),
    ("Mondora Srl SB", "Mondora", "company"),
    ("Bundesverband deutscher Banken (BdB)", "Bundesverband Deutscher Banken", None),
]
POSSIBLY = [
    ("Київ", "Kyiv", "other"),
    ("Stokholm", "Stockholm", "city"),
    ("Siemens AG", "Siemens GmbH", "company"),
    ("Good Will Oy", "Goodwil Oy", "company"),
    ("Fund V", "Fund VI", "company"),
    ("J. Smith", "John Smith", "person"),
    ("John Smith", "John Smith", "person"),
    ("Vladimir Vladimirovich Petrov", "Vladimir Petrov", "person"),
    ("St\u043eckholm", "Stockholm", "city"),
    ("\u0421\u041e\u0421\u0410", "COCA", "company"),
    ("Smith, John", "John Smith", "person"),
    ("Verband kommunaler Unternehmen (VKÖ)", "Verband kommunaler Unternehmen", None),
]
NOT = [
    ("Chiyoda", "Chiyoda, GUM", "city"),
    ("Council of Europe", "Europe", None),
    ("Council of Europe", "Fur Europe", None),
    ("C&A", "EL*C", None),
    ("FH", "FH og DA", None),
    ("IPPF", "IPPF EN", None),
    ("Österreichischer Städtebund", "Österreichischer Gemeinde- und Städtebund", None),
    ("Stockholm", "Tallinn", "city"),
    ("Bank of China (Hong Kong) Limited", "Bank of China (Australia) Limited", "company"),
    ("ANO Iskusstvo", "Iskusstvo OOO", "company"),
    ("Ivan Petrovich Smirnov", "Ivan Sergeevich Smirnov", "person"),
    ("A. Smith", "John Smith", "person"),
    ("习近朋", "习近平", "person"),
    ("!!!", "???", "company"),
    ("", "Stockholm", "city"),
]


@pytest.mark.parametrize(("a", "b", "kind"), SURELY)
def test_sure(a: str, b: str, kind: str | None) -> None:
    assert score(a, b, kind=kind).value >= SURE
    assert score(b, a, kind=kind).value >= SURE


@pytest.mark.parametrize(("a", "b", "kind"), POSSIBLY)
def test_possible_and_not_sure(a: str, b: str, kind: str | None) -> None:
    for found in (score(a, b, kind=kind), score(b, a, kind=kind)):
        assert POSSIBLE <= found.value < SURE


@pytest.mark.parametrize(("a", "b", "kind"), NOT)
def test_not_possible(a: str, b: str, kind: str | None) -> None:
    assert score(a, b, kind=kind).value < POSSIBLE
    assert score(b, a, kind=kind).value < POSSIBLE


def test_the_country_tells_cities_apart() -> None:
    spain, argentina = (Named("Córdoba", "city", c) for c in ("ES", "AR"))
    assert score(spain, argentina).value < POSSIBLE
    assert score(spain, Named("Cordoba", "city", "ES")).sure
    assert score(Named("Córdoba, Argentina", "city"), spain).value < POSSIBLE


def test_a_city_is_not_the_company_of_its_name() -> None:
    assert not score(Named("Stockholm", "city"), Named("Stockholm Oy", "company")).possible
    assert not score("Stockholm", "Stockholm Oy").sure


def test_register_ids_decide() -> None:
    one, other = (("tr", "64270747023-20"),), (("tr", "1414929419-24"),)
    assert score(
        Named("Digital Europe", "company", register=one), Named("DE aisbl", "ngo", register=one)
    ).sure
    assert not score(Named("Oxfam", "ngo", register=one), Named("Oxfam", "ngo", register=other)).possible


def test_persons_are_never_sure_by_name_alone() -> None:
    alone = score("John Smith", "John Smith", kind="person")
    assert not alone.sure
    work = [Named("John Smith", "person", parent="p-x"), Named("Smith, John", "person", parent="p-x")]
    assert score(*work).sure
    assert not score(work[0], Named("John Smith", "person", parent="p-y")).sure


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_a_score_says_why_with_both_raw_values(language: str) -> None:
    found = score("Stokholm", "Stockholm", kind="city")
    assert any((f.left, f.right) == ("stokholm", "stockholm") for f in found.features)
    assert "“stokholm”" in found.why(language)


def test_every_sentence_is_there_in_three_languages() -> None:
    for name, texts in SENTENCES.items():
        assert set(texts) == {"en", "fi", "sv"}, name
        said = {sentence([Feature(name, "left one", "right one")], language) for language in texts}
        assert len(said) == 3, name


def test_homoglyphs_are_shown() -> None:
    assert any(f.name == "repair_lookalike" for f in score("St\u043eckholm", "Stockholm").features)
