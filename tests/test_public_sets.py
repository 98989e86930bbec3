"""Whole public data sets: every row accounted for, and a second load changes nothing."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from api.bench.sets import SETS, empty, lines
from graph import Graph
from loaders.load import load
from loaders.values import key_text


@pytest.mark.public_data
@pytest.mark.slow
def test_eu_mep_meetings_load_whole_and_twice(graph: Graph, public_data: Path) -> None:
    file = public_data / "eu-mep-meetings" / "mepmeetings.csv"
    first = load(graph, [file], "eu-mep-meetings").files[0]
    assert first.rows == 23_050
    assert first.loaded + first.unchanged + first.repeated + first.quarantined == first.rows
    assert first.unchanged == 0
    assert first.loaded > 22_900
    assert graph.store.read("MATCH (c:Contact) RETURN count(c) AS n") == [{"n": first.loaded}]
    before = graph.canonical_dump(ids=True)
    second = load(graph, [file], "eu-mep-meetings").files[0]
    assert (second.loaded, second.unchanged) == (0, first.loaded)
    assert (second.repeated, second.quarantined) == (first.repeated, first.quarantined)
    assert graph.canonical_dump(ids=True) == before


# --- the other sets: what the pages of docs/sets/ say is what a load does ---


def said(page: str) -> dict[tuple[str, str], tuple[int, ...]]:
    """(file, mapping) -> rows, loaded, unchanged, repeated, quarantined, as a page of docs/sets/ has them."""
    text = (Path(__file__).parents[1] / "docs" / "sets" / f"{page}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|((?: [\d,]+ \|){5})$", text, re.MULTILINE)
    return {(f, m): tuple(int(n.replace(",", "")) for n in re.findall(r"[\d,]+", c)) for f, m, c in rows}


IN_EVERY_RUN = {
    "fi-avoimuusrekisteri": 4,
    "twin-towns-world": 1,
    "climactor-city-networks": 1,
}


@pytest.mark.public_data
@pytest.mark.slow
@pytest.mark.parametrize("folder", IN_EVERY_RUN)
def test_a_set_becomes_what_its_page_says(graph: Graph, public_data: Path, folder: str) -> None:
    whole = next(s for s in SETS if s.folder == folder)
    counts = said(folder)
    for line in lines(graph, public_data, replace(whole, files=whole.files[: IN_EVERY_RUN[folder]])):
        got = (line.rows, line.loaded, line.unchanged, line.repeated, line.quarantined)
        assert got == counts[Path(line.file).name, line.mapping], line
        assert line.adds_up
        assert line.again == 0, "a second load changes nothing"

    def count(pattern: str) -> int:
        return int(graph.store.read(f"MATCH {pattern} RETURN count(*) AS n")[0]["n"])

    if folder == "fi-avoimuusrekisteri":
        # 94 references to targets in 16 activities; a contact keeps them as the register wrote them.
        references = graph.store.read("MATCH (c:Contact) RETURN c.reference AS r")
        assert sum(len(x["r"].split("; ")) for x in references) == 94
        assert (
            count("(:Partner)-[:MEMBER_OF]->(:Network)")
            == counts["companies.json", "fi-avoimuus-memberships"][1]
        )
    elif folder == "twin-towns-world":
        assert (
            count("(:Agreement {kind: 'twin town'})") == counts["twin_cities_raw.csv", "twin-towns-world"][1]
        )
        assert count("(p:Partner {name: 'Córdoba'})") == 4, "Spain, Argentina, Mexico, Venezuela"
    else:
        # 32,557 codes of initiatives, 179 of them repeated in their cell.
        assert count("(:Partner)-[:MEMBER_OF]->(:Network)") == 32_557 - 179


def meetings(path: Path, form: str) -> dict[int, tuple[str, str, str]]:
    """Row number -> Member, day, lobbyists of a file, compared as meetings are: by content, not by spelling."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        n: (
            key_text(r["epid"]),
            datetime.strptime(r["date"], form).date().isoformat(),
            key_text(r["lobbyists"]),
        )
        for n, r in enumerate(rows, start=2)
    }


@pytest.mark.public_data
@pytest.mark.slow
def test_meetings_of_the_snapshot_are_recognised_in_the_later_file(graph: Graph, public_data: Path) -> None:
    folder = public_data / "eu-mep-meetings"
    snapshot, later = folder / "mepmeetings_snapshot_2020-11-19.csv", folder / "mepmeetings.csv"
    first = load(graph, [snapshot], "eu-mep-meetings", judge_names=False).files[0]
    assert first.loaded + first.repeated + first.quarantined == first.rows == 10_691
    old, new = meetings(snapshot, "%d/%m/%Y"), set(meetings(later, "%d-%m-%Y").values())
    assert len(set(old.values())) == 10_632
    # By the Member's name it is 10,014; of 11 more the name is spelt with another letter, and the id is the same.
    recur = set(old.values()) & new
    assert len(recur) == 10_014 + 11
    report = load(graph, [later], "eu-mep-meetings", judge_names=False)
    # A record keeps the row that it first came from, and names the load that last spoke of it otherwise.
    rows = graph.store.read(
        "MATCH (c:Contact) WHERE c.source <> $load RETURN c.row AS row, c.changed_by AS by", load=report.load
    )
    spoken = {old[r["row"]] for r in rows if r["by"] == report.load}
    assert len(rows) == first.loaded
    assert not spoken - recur, "a meeting was taken for another"
    # Whatever recurs and was not changed is there as it was; the later file's new records are the rest.
    assert len(recur - spoken) <= report.files[0].unchanged
    assert report.created["Contact"] == graph.store.read("MATCH (c:Contact) RETURN count(c) AS n")[0][
        "n"
    ] - len(rows)


@pytest.mark.public_data
@pytest.mark.slow
def test_sets_that_do_not_contradict_each_other_load_in_any_order(
    graph: Graph, public_data: Path, tmp_path: Path
) -> None:
    """Organisations and officials of the register, and two pieces of the list of twin towns."""
    register, towns = public_data / "fi-avoimuusrekisteri", public_data / "twin-towns-world"
    with (towns / "twin_cities_raw.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    pieces = []
    for nth in range(2):
        pieces.append(tmp_path / f"towns{nth}.csv")
        with pieces[-1].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows[nth * 400 : nth * 400 + 400]])
    loads = [
        (register / "companies.json", "fi-avoimuus-organisations"),
        (register / "targets.json", "fi-avoimuus-targets"),
        *((piece, "twin-towns-world") for piece in pieces),
    ]
    dumps = []
    for order in (loads, loads[::-1]):
        empty(graph)
        for path, mapping in order:
            assert load(graph, [path], mapping, judge_names=False).files[0].loaded
        dumps.append(graph.canonical_dump().splitlines())
    assert dumps[0] == dumps[1]
