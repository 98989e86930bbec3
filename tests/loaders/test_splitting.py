"""Several names in one cell: the stated rules, with what is known from the file and from the start."""

from __future__ import annotations

from collections import Counter

import pytest

from loaders.splitting import counted, doubt_of, register_id, split_cell

ALONE = Counter({counted("Tilray"): 2, counted("LVM"): 2, counted("Oxfam"): 1})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Tilray, Frank Farnel", ["Tilray", "Frank Farnel"]),
        ("ACEA, Eurocities", ["ACEA", "Eurocities"]),
        (
            "European Commission, World Health Organization (WHO)",
            ["European Commission", "World Health Organization (WHO)"],
        ),
        ("Smith, Jones and Partners", ["Smith, Jones and Partners"]),
        ("Oxfam, Amnesty", ["Oxfam, Amnesty"]),
        ("Samsung Electronics Co., Ltd., Tilray", ["Samsung Electronics Co., Ltd.", "Tilray"]),
        ("Tilray, Inc.", ["Tilray, Inc."]),
        ("DIGITALEUROPE (64270747023-20)", ["DIGITALEUROPE (64270747023-20)"]),
        ("Ulkoministeriö (UM)", ["Ulkoministeriö (UM)"]),
        ("", []),
        (", ,", []),
    ],
)
def test_commas_split_beside_what_is_known(text: str, parts: list[str]) -> None:
    assert split_cell(text, ["known-commas"], ALONE) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("LVM / SM", ["LVM", "SM"]),
        ("Tilray / WHO", ["Tilray", "WHO"]),
        ("Donostia / San Sebastián", ["Donostia / San Sebastián"]),
        ("Tilray / Somebody", ["Tilray / Somebody"]),
    ],
)
def test_slashes_split_what_is_known_or_short(text: str, parts: list[str]) -> None:
    assert split_cell(text, ["known-slashes"], ALONE) == parts


def test_a_register_id_is_taken_out_of_the_cell() -> None:
    assert register_id("DIGITALEUROPE (64270747023-20)") == ("DIGITALEUROPE", "64270747023-20")


@pytest.mark.parametrize(
    ("text", "parts", "unsure"),
    [
        # Beside one known name: split, and the other part is marked.
        ("Tilray, Frank Farnel", ["Tilray", "Frank Farnel"], ["Frank Farnel"]),
        ("DIGITALEUROPE (64270747023-20)", ["DIGITALEUROPE (64270747023-20)"], []),
        ("Ulkoministeriö (UM)", ["Ulkoministeriö (UM)"], []),
        # Short enough for an abbreviation, and only one of them known.
        ("LVM / SM", ["LVM", "SM"], ["SM"]),
        ("ACEA, Eurocities", ["ACEA", "Eurocities"], ["ACEA"]),
        ("WHO, Eurocities", ["WHO", "Eurocities"], []),
        ("Tilray, Inc.", ["Tilray, Inc."], []),
        ("Smith, Jones and Partners", ["Smith, Jones and Partners"], ["Smith, Jones and Partners"]),
        ("WHO, Oxfam, Amnesty, Tilray", ["WHO", "Oxfam, Amnesty", "Tilray"], ["Oxfam, Amnesty"]),
        ("Oxfam (1414929419-24), Amnesty", ["Oxfam (1414929419-24)", "Amnesty"], []),
        ("Donostia / San Sebastián", ["Donostia / San Sebastián"], ["Donostia / San Sebastián"]),
        ("Tilray / WHO", ["Tilray", "WHO"], []),
    ],
)
def test_what_rests_on_weak_evidence_is_marked(text: str, parts: list[str], unsure: list[str]) -> None:
    rules = ["known-commas", "known-slashes"]
    assert split_cell(text, rules, ALONE) == parts
    doubt = doubt_of(text, rules, ALONE)
    assert (list(doubt.unsure) if doubt else []) == unsure
    if doubt:
        assert (doubt.cell, doubt.parts) == (text, parts)


def test_what_is_known_from_the_file_is_not_marked() -> None:
    known = ALONE + Counter({counted("SM"): 2, counted("Smith, Jones and Partners"): 2})
    assert doubt_of("LVM / SM", ["known-slashes"], known) is None
    assert doubt_of("Smith, Jones and Partners", ["known-commas"], known) is None
    assert doubt_of("Tilray; Frank Farnel, Acme", [";"], known) is None, "the mapping says where to split"
