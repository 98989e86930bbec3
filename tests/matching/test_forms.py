"""What of a name tells it from others."""

from __future__ import annotations

import pytest

from graph.matching import keys
from graph.matching.forms import form
from graph.matching.text import repaired, unmixed


@pytest.mark.parametrize(
    ("text", "kind", "tokens"),
    [
        ("Siemens Aktiengesellschaft", "company", ("siemens",)),
        ("OAO Gazprom", "company", ("gazprom",)),
        ("ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ «БАЙКАЛ»", "company", ("baykal",)),
        ("S.C. Johnson & Son, Inc.", "company", ("sc", "johnson", "son")),
        ("Stockholms stad", "city", ("stockholms",)),
        ("City of Stockholm", None, ("stockholm",)),
        ("Ajuntament de Barcelona", "city", ("barcelona",)),
        ("Mérida, Spain", "city", ("merida",)),
        ("Brigade Forty-Four", "other", ("brigade", "44")),
        ("Dr. Recep Tayyip Erdoğan", "person", ("recep", "tayyip", "erdogan")),
        ("AG", "company", ("ag",)),
        ("City", "city", ("city",)),
        ("!!!", None, ()),
        ("", None, ()),
    ],
)
def test_tokens_are_what_tells_names_apart(text: str, kind: str | None, tokens: tuple[str, ...]) -> None:
    assert form(text, kind).tokens == tokens


@pytest.mark.parametrize(
    ("genitive", "nominative"),
    [
        ("Tampereen kaupunki", "tampere"),
        ("Helsingin kaupunki", "helsinki"),
        ("Turun kaupunki", "turku"),
        ("Lappeenrannan kaupunki", "lappeenranta"),
        ("Stockholms stad", "stockholm"),
    ],
)
def test_a_genitive_is_found_by_its_nominative(genitive: str, nominative: str) -> None:
    assert nominative in keys(genitive, "city")


def test_an_abbreviation_in_brackets_is_a_key() -> None:
    assert "um" in keys("Ulkoministeriö (UM)")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Lule<c3><a5>", "Luleå"),
        ("BÃœTGENBACH", "BÜTGENBACH"),
        ("KÅ‘szegdoroszló", "KÅ‘szegdoroszló"),  # half of it is right, so that nothing is certain
        ("Ia<U+0219>i", "Iași"),
        ("KriÅ¾evci", "Križevci"),
        ("SÃO PAULO", "SÃO PAULO"),
        ("Año Nuevo", "Año Nuevo"),
        ("<ff><fe>", "<ff><fe>"),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
def test_garbled_letters_are_repaired_only_when_certain(text: str, meant: str) -> None:
    fixed, notes = repaired(text)
    assert fixed == meant
    assert [n.what for n in notes] == (["mojibake"] if meant != text else [])


def test_unseen_characters_are_shown() -> None:
    fixed, (note,) = repaired("Stock\u200bholm")
    assert fixed == "Stockholm"
    assert (note.what, note.before) == ("invisible", "Stock[U+200B]holm")


def test_a_word_of_two_scripts_is_read_as_one() -> None:
    fixed, (note,) = unmixed("St\u043eckholm")  # a Cyrillic o
    assert fixed == "Stockholm"
    assert note.what == "lookalike"
    assert unmixed("\u0421\u041e\u0421\u0410")[1] == ()  # wholly Cyrillic: a word of its own
    assert unmixed("A320")[0] == "A320"
    assert unmixed("Ig0r")[0] == "Igor"


def test_ten_thousand_characters_are_no_trouble() -> None:
    assert len(form("x" * 10_000).tokens[0]) == 1_000
