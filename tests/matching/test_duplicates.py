"""Which of all partners the machine joins: the pure part of finding duplicates."""

from __future__ import annotations

from graph.duplicates import likely, proposed
from graph.store import Row


def partners(*named: tuple[str, str]) -> list[Row]:
    """(name, country) of partners p0, p1, … as the store gives them."""
    return [
        {"id": f"p{n}", "canonical": f"p{n}", "name": name, "country": country or None, "kind": None,
         "website": None, "aliases": []}
        for n, (name, country) in enumerate(named)
    ]  # fmt: skip


def verdicts(rows: list[Row]) -> dict[tuple[str, str], str]:
    return {(j.a, j.b): j.verdict for j in proposed(rows, {}, likely(rows))}


def test_spellings_of_the_same_letters_are_joined_however_many_there_are() -> None:
    rows = partners(
        ("DIGITALEUROPE", ""), ("Digital Europe", ""), ("Digital-Europe", ""), ("DigitalEurope (DE)", "")
    )
    judged = verdicts(rows)
    joined = [pair for pair, verdict in judged.items() if verdict == "same"]
    assert {x for pair in joined for x in pair} >= {"p0", "p1", "p2"}
    assert len(joined) >= 2


def test_a_partner_that_may_be_two_others_is_asked_about() -> None:
    rows = partners(("Córdoba", ""), ("Cordoba", "ES"), ("CORDOBA", "AR"))
    assert set(verdicts(rows).values()) == {"unsure"}
    assert verdicts(rows[:2]) == {("p0", "p1"): "same"}


def test_an_abbreviation_in_brackets_may_be_that_of_another() -> None:
    rows = partners(
        ("Animal Care", ""), ("Animal Care (AC)", ""), ("Animal Care (ANCA)", ""), ("ANIMALCARE", "")
    )
    judged = verdicts(rows)
    assert judged["p0", "p3"] == "same", "the same letters"
    assert judged["p1", "p2"] == "unsure"


def test_what_a_person_judged_stays() -> None:
    rows = partners(("Veolia", ""), ("Véolia", ""))
    newest = {("p0", "p1"): {"machine": None, "verdict": "different"}}
    assert proposed(rows, newest, likely(rows)) == []
