"""Several names in one cell: the stated rules, with what is known from the file and from the start."""

from __future__ import annotations

from collections import Counter

import pytest

from graph.names import normalise
from loaders.splitting import register_id, split_cell

ALONE = Counter({normalise("Tilray"): 2, normalise("LVM"): 2, normalise("Oxfam"): 1})


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
