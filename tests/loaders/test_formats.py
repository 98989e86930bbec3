"""Random tables through a writer and our reader come back the same, in every format."""

from __future__ import annotations

import string
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.formats import tables
from loaders.formats.base import Request
from loaders.formats.header import with_header
from tests.loaders.writers import FORMATS

_TEXT = st.text(
    st.one_of(
        st.sampled_from(string.ascii_letters + "åäöÅÄÖéñß,;|'\"= .-\n"),
        st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")),
    ),
    max_size=20,
)
_CELL = st.one_of(
    _TEXT,
    st.integers(-(10**14), 10**14),
    st.booleans(),
    st.dates(date(1904, 3, 2), date(2199, 12, 31)),
    st.none(),
)
_TABLE = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(_CELL, min_size=width, max_size=width), min_size=1, max_size=6)
)


def read_back(path: Path, header: list[str]) -> list[list[Any]]:
    """The rows below the header, as wide as it."""
    with tempfile.TemporaryDirectory() as scratch:
        request = Request(str(path), headings=header, needed=[[h] for h in header], scratch=scratch)
        found, others = with_header(tables(path, request), request)
        assert not others
        assert found.header[: len(header)] == header
        return [[*cells, *[None] * (len(header) - len(cells))] for _, cells in found.rows]


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rows=_TABLE)
def test_a_table_comes_back_as_it_was_written(name: str, rows: list[list[Any]]) -> None:
    file, write, read = FORMATS[name]
    header = ["Row", *[f"Column {n}" for n in range(len(rows[0]))]]
    table = [header, *[[f"r{n}", *row] for n, row in enumerate(rows)]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        write(table, path)
        got = read_back(path, header)
    assert [[c if c != "" else None for c in row] for row in got] == [
        [c if (c := read(value)) != "" else None for value in row] for row in table[1:]
    ]
