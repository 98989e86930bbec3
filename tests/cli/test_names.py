"""`kumppani names`: merging, taking apart, and judgements as a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from graph import Graph
from graph.facts import Fact, Link
from tests.cli.conftest import Run


def test_merge_and_unmerge(kumppani: Run, city: Graph) -> None:
    city.write([Fact("Partner", "p-reval", "", {"name": "Reval"})], load="l", source="test")
    before = city.canonical_dump(ids=True)
    done = kumppani("names", "merge", "Tallinna", "Reval", "--why", "the old name", "--keep", "Tallinn")
    assert done.code == 0, done.err
    assert "Tallinn and Reval are one partner now: Tallinn (p-tallinn)" in done.out.replace("\n", " ")
    asked = json.loads(kumppani("who-talks-to", "Reval", "--json").out)
    assert asked["partner"]["id"] == "p-tallinn"
    listed = json.loads(kumppani("names", "judgements", "--partner", "p-reval", "--json").out)
    assert [(j["verdict"], j["why"]) for j in listed["judgements"]] == [
        ("same", "the old name"),
        ("different", "Two cities."),
    ]
    assert kumppani("names", "unmerge", "Reval").code == 0
    assert city.canonical_dump(ids=True) == before


def test_what_cannot_be_merged_is_exit_code_2(kumppani: Run, city: Graph) -> None:
    wrong = kumppani("names", "merge", "Tallinna", "Nowhere")
    assert (wrong.code, wrong.out) == (2, "")
    assert "There is no partner 'Nowhere'" in wrong.err
    assert kumppani("names", "unmerge", "p-stockholm").code == 2


def test_judgements_go_out_and_come_in_elsewhere(kumppani: Run, city: Graph, tmp_path: Path) -> None:
    city.write([Fact("Partner", "p-reval", "", {"name": "Reval", "country": "EE"})], load="l", source="test")
    file = tmp_path / "judgements.csv"
    city.merge("p-tallinn", "p-reval", why="=the old name")
    assert kumppani("names", "export", str(file)).code == 0
    assert kumppani("names", "export", str(file)).code == 2, "what is there is not overwritten"
    merged = city.canonical_dump(ids=True)

    city.unmerge("p-reval")
    rows = list(csv.reader(file.open(encoding="utf-8-sig")))
    assert rows[0][0] == "verdict"
    # Elsewhere partners have other ids: the name and the country lead to them.
    for row in rows[1:]:
        row[1] = row[4] = "p-of-another-place"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(rows)
    done = kumppani("names", "import", str(file))
    assert "1 judgements taken" in done.out, done.err
    assert city.canonical_dump(ids=True) == merged
    assert city.judgements().judgements[0].why == "=the old name"
    assert "0 judgements taken" in kumppani("names", "import", str(file)).out


def test_judgements_that_contradict_each_other_are_refused_whole(
    kumppani: Run, city: Graph, tmp_path: Path
) -> None:
    file = tmp_path / "judgements.csv"
    file.write_text(
        "verdict,a,a name,b,b name\nsame,p-tallinn,,p-stockholm,\nsame,p-gone,Gone,p-tallinn,\n"
        "different,p-stockholm,,p-tallinn,\nperhaps,p-tallinn,,p-stockholm,\n"
    )
    before = city.canonical_dump(ids=True)
    wrong = kumppani("names", "import", str(file))
    assert wrong.code == 2
    for told in ("rows 2 and 4", "row 3, column a: no one partner is 'Gone'", "row 5: 'perhaps'"):
        assert told in wrong.err
    assert city.canonical_dump(ids=True) == before


def test_persons_are_merged_and_judged_by_the_same_commands(
    kumppani: Run, city: Graph, tmp_path: Path
) -> None:
    works = (Link("WORKS_FOR", "p-tallinn", label="Partner"),)
    for id, name in (("h-1", "Exemple, Jean-Claude"), ("h-2", "J.-C. Exemple"), ("h-3", "Oskar Otos")):
        city.write([Fact("Person", id, "", {"name": name}, works)], load="l", source=id)
    before = city.canonical_dump(ids=True)
    assert (
        "4 persons looked at (persons-1): 0 joined, 1 to review" in kumppani("names", "find", "--persons").out
    )
    waits = json.loads(kumppani("names", "review", "--persons", "--json").out)
    assert [r["id"] for r in waits["pairs"][0]["records"]] == ["h-1", "h-2"]
    assert kumppani("names", "review", "--persons").code == 0
    done = kumppani("names", "merge", "j.-c. exemple", "h-1", "--persons", "--why", "one chair")
    assert "are one person now: Exemple, Jean-Claude (h-1)" in done.out.replace("\n", " "), done.err
    merged = city.canonical_dump(ids=True)
    assert "one chair" in kumppani("names", "judgements", "--persons").out
    assert "one chair" not in kumppani("names", "judgements").out

    file = tmp_path / "judgements.csv"
    assert kumppani("names", "export", str(file)).code == 0
    apart = kumppani("names", "unmerge", "J.-C. Exemple", "--persons")
    assert "J.-C. Exemple (h-2) stands by itself again." in apart.out.replace("\n", " "), apart.err
    assert city.canonical_dump(ids=True) == before
    # Elsewhere persons have other ids: the name and the organisation lead to them.
    file.write_text(file.read_text("utf-8-sig").replace("h-1", "x-1").replace("h-2", "x-2"), "utf-8-sig")
    assert "1 judgements taken" in kumppani("names", "import", str(file)).out
    assert city.canonical_dump(ids=True) == merged
    wrong = kumppani("names", "merge", "Nobody", "h-1", "--persons")
    assert (wrong.code, "There is no person 'Nobody'" in wrong.err) == (2, True)
