"""Loading judges the names of the partners that it brings, and of no others."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from graph import Graph, duplicates
from graph.answers import LoadNames
from graph.facts import Fact
from loaders.load import load
from tests.loaders.conftest import table

FIRST = ("Hydrogen Europe", "Northern Lights Institute", "Entirely Other Body", "Stockholm")
SECOND = ("HydrogenEurope", "Hydrogen Europe (HE)", "Northern Light Institute", "City of Stockholm")


def file(folder: Path, name: str, partners: tuple[str, ...]) -> Path:
    rows = [
        (f"{name}-{n}", f"2026-05-{n + 1:02d}", "Urban Environment Division", partner, "Climate", "")
        for n, partner in enumerate(partners)
    ]
    path = folder / f"{name}.csv"
    path.write_text(table(*rows), encoding="utf-8")
    return path


def clusters(graph: Graph) -> set[frozenset[str]]:
    rows = graph.store.read("MATCH (p:Partner) RETURN collect(p.name) AS names, p.canonical AS canonical")
    return {frozenset(row["names"]) for row in rows}


def waiting(graph: Graph) -> set[frozenset[str]]:
    return {frozenset(r.name for r in pair.records) for pair in graph.review(limit=None).pairs}


def judgements(graph: Graph) -> int:
    return int(graph.store.read("MATCH (j:Judgement) RETURN count(j) AS n")[0]["n"])


def test_sure_names_are_joined_and_possible_ones_wait(city: Graph, tmp_path: Path) -> None:
    first = load(city, [file(tmp_path, "a", FIRST)], "contacts")
    assert first.names == LoadNames(joined=0, to_review=0)
    second = load(city, [file(tmp_path, "b", SECOND)], "contacts")
    assert second.names is not None
    assert second.names.joined >= 2
    assert second.names.to_review == len(waiting(city)) > 0
    assert {"Hydrogen Europe", "Hydrogen Europe (HE)"} <= next(
        c for c in clusters(city) if "Hydrogen Europe" in c
    )
    assert frozenset(("Northern Lights Institute", "Northern Light Institute")) in waiting(city)
    assert city.load(second.load).names == second.names
    for row in city.judgements(limit=None).judgements:
        assert row.machine
        assert row.why
    # The mark on the partner leads to the pair.
    card = city.partner(city.who_talks_to("Northern Light Institute").partner.id)  # type: ignore[union-attr]
    assert [m.name for m in card.may_be] == ["Northern Lights Institute"]
    (pair,) = city.review(partner=card.id).pairs
    assert {r.name for r in pair.records} == {"Northern Lights Institute", "Northern Light Institute"}
    city.judge(*(r.id for r in pair.records), "same")
    assert city.partner(card.id).may_be == []


def test_the_same_again_and_a_load_of_no_new_partner_compare_nothing(
    city: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [file(tmp_path, "a", FIRST), file(tmp_path, "b", SECOND)]
    load(city, files, "contacts")
    before, made = city.canonical_dump(ids=True), judgements(city)
    monkeypatch.setattr(duplicates, "find", None)
    again = load(city, files, "contacts")
    assert again.names == LoadNames(joined=0, to_review=0)
    more = load(city, [file(tmp_path, "c", FIRST[:2])], "contacts")
    assert (more.files[0].loaded, more.names) == (2, LoadNames(joined=0, to_review=0))
    assert city.undo(more.load).done
    assert (city.canonical_dump(ids=True), judgements(city)) == (before, made)
    assert load(city, [file(tmp_path, "d", ("Hydrogene Europe",))], "contacts", dry_run=True).names is None
    left = load(city, [file(tmp_path, "d", ("Hydrogene Europe",))], "contacts", judge_names=False)
    assert left.names is None
    assert judgements(city) == made


def test_partners_that_were_there_before_are_not_judged(city: Graph, tmp_path: Path) -> None:
    load(city, [file(tmp_path, "a", (*FIRST, *SECOND))], "contacts", judge_names=False)
    report = load(city, [file(tmp_path, "b", ("Quite Another Society",))], "contacts")
    assert report.names == LoadNames(joined=0, to_review=0)
    assert judgements(city) == 0
    assert city.find_duplicates().joined > 0


@pytest.mark.parametrize("parts", [(FIRST, SECOND), (FIRST[:2] + SECOND[2:], SECOND[:2] + FIRST[2:])])
def test_in_any_order_the_same_names_are_together(
    city: Graph, tmp_path: Path, parts: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    paths = [file(tmp_path, str(n), part) for n, part in enumerate(parts)]
    ends = []
    for order in permutations(paths):
        undone = [load(city, [path], "contacts").load for path in order]
        ends.append((clusters(city), waiting(city)))
        for id in reversed(undone):
            assert city.undo(id).done
    together = load(city, paths, "contacts")
    ends.append((clusters(city), waiting(city)))
    assert ends[0] == ends[1] == ends[2]
    assert together.names is not None
    assert together.names.joined > 0


def test_two_cities_of_one_name_are_not_joined_by_a_third_record(city: Graph, tmp_path: Path) -> None:
    for country in ("ES", "AR"):
        properties = {"name": "Córdoba", "country": country, "kind": "city"}
        city.write([Fact("Partner", f"p-{country}", "", properties)], load="l-city", source="test")
    report = load(city, [file(tmp_path, "x", ("City of Córdoba",))], "contacts")
    assert report.names == LoadNames(joined=0, to_review=2)
    assert not [c for c in clusters(city) if len(c) > 1]


def test_undoing_takes_the_judgements_along(city: Graph, tmp_path: Path) -> None:
    load(city, [file(tmp_path, "a", FIRST)], "contacts")
    before = city.canonical_dump(ids=True)
    second = load(city, [file(tmp_path, "b", SECOND)], "contacts")
    assert city.canonical_dump(ids=True) != before
    assert judgements(city) > 0
    dry = city.undo(second.load, dry_run=True)
    assert dry.blockers == []
    assert dry.kept == []
    assert city.undo(second.load).done
    assert city.canonical_dump(ids=True) == before
    assert judgements(city) == 0
    city.rebuild()
    assert city.canonical_dump(ids=True) == before


def test_a_judgement_stays_with_a_partner_that_others_use(city: Graph, tmp_path: Path) -> None:
    load(city, [file(tmp_path, "a", ("Hydrogen Europe",))], "contacts")
    second = load(
        city, [file(tmp_path, "b", ("Hydrogen Europe (HE)", "Northern Light Institute"))], "contacts"
    )
    third = load(city, [file(tmp_path, "c", ("Hydrogen Europe (HE)",))], "contacts")
    assert city.undo(second.load).done
    assert frozenset(("Hydrogen Europe", "Hydrogen Europe (HE)")) in clusters(city)
    assert city.store.read("MATCH (j:Judgement) RETURN j.source AS source") == [{"source": third.load}]
    assert city.undo(third.load).done
    assert judgements(city) == 0
    assert not [c for c in clusters(city) if len(c) > 1]


def test_what_a_later_load_was_unsure_of_keeps_no_partner(city: Graph, tmp_path: Path) -> None:
    first = load(city, [file(tmp_path, "a", ("Northern Lights Institute",))], "contacts")
    load(city, [file(tmp_path, "b", ("Northern Light Institute",))], "contacts")
    assert len(waiting(city)) == 1
    undone = city.undo(first.load)
    assert (undone.done, undone.kept) == (True, [])
    assert waiting(city) == set()
    assert judgements(city) == 0


@pytest.mark.parametrize("judged", [0, 1], ids=["before judging", "in the middle of it"])
def test_a_load_stopped_at_its_names_is_healed_by_the_same_command(
    city: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judged: int
) -> None:
    files = [file(tmp_path, "a", FIRST), file(tmp_path, "b", SECOND)]
    whole = load(city, files, "contacts")
    wanted, names = clusters(city), whole.names
    queue = waiting(city)
    dump = city.canonical_dump()
    assert city.undo(whole.load).done
    monkeypatch.setattr(duplicates, "AT_ONCE", 1)
    real, calls = duplicates.judge, []

    def stopped(*args: object) -> None:
        calls.append(1)
        if len(calls) > judged:
            raise KeyboardInterrupt
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(duplicates, "judge", stopped)
    with pytest.raises(KeyboardInterrupt, match="8 rows are in; the same command continues"):
        load(city, files, "contacts")
    assert judgements(city) == judged
    monkeypatch.undo()
    healed = load(city, files, "contacts")
    assert healed.names == names
    assert (clusters(city), waiting(city)) == (wanted, queue)
    assert city.canonical_dump() == dump
    assert load(city, files, "contacts").names == LoadNames(joined=0, to_review=0)
    assert city.canonical_dump() == dump
    assert city.undo(healed.load).done
    assert judgements(city) == 0


HEADINGS = "Partner,Country,Other name\n"


@pytest.mark.parametrize("stands", ["p-tallinn", "p-reval"])
def test_a_further_name_stands_once_whichever_record_it_stands_at(
    city: Graph, tmp_path: Path, stands: str
) -> None:
    city.write([Fact("Partner", "p-reval", "", {"name": "Reval", "country": "EE"})], load="", source="test")
    names = tmp_path / "names.csv"
    names.write_text(f"{HEADINGS}Tallinn,EE,Lindanise\nReval,EE,Tallinn\n", encoding="utf-8")
    assert load(city, [names], "aliases", judge_names=False).files[0].loaded == 2
    city.merge("p-tallinn", "p-reval", keep=stands, why="one city")
    (again,) = load(city, [names], "aliases").files
    assert (again.loaded, again.unchanged) == (0, 2)


def test_a_name_that_fits_two_partners_waits_for_what_the_load_makes_one(city: Graph, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    rows = ("Hydrogen Europe,,HE Group", "HydrogenEurope,,HE Group", "HE Group,,HEG", "Tallinn,EE,Reval")
    names.write_text(HEADINGS + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    apart = load(city, [names], "aliases", dry_run=True).files[0]
    assert "'HE Group' fits 2 partners" in apart.problems[0].reason
    first = load(city, [names], "aliases")
    assert first.names == LoadNames(joined=1, to_review=0)
    assert (first.files[0].loaded, first.files[0].quarantined) == (4, 0)
    dump = city.canonical_dump()
    again = load(city, [names], "aliases").files[0]
    assert (again.loaded, again.unchanged) == (0, 4)
    assert city.canonical_dump() == dump
    known = {city.who_talks_to(name).partner.id for name in ("HEG", "Hydrogen Europe")}  # type: ignore[union-attr]
    assert len(known) == 1
