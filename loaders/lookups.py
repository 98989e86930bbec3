"""Look-ups in another file of the same load: read once, before the first row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from graph.errors import BadInput
from loaders import readers
from loaders.convert import CellError
from loaders.formats.base import normal
from loaders.mapping import Mapping, Other
from loaders.values import key_text, shown

MOST = 2_000_000  # values of a file in which others are looked up


def apart(paths: Sequence[Path], mapping: Mapping) -> tuple[list[Path], dict[str, Path]]:
    """The files whose rows are loaded, and by name those that values are looked up in.

    Raises:
        BadInput: a file for look-ups is missing, or two fit.
    """
    others: dict[str, Path] = {}
    for other in mapping.lookups:
        fitting = [p for p in paths if fnmatch(p.name.lower(), other.file.lower())]
        if not fitting:
            raise BadInput(
                f"The mapping {mapping.name!r} looks values up in {other.file!r}: name that file in the same load too."
            )
        if len(fitting) > 1:
            raise BadInput(
                f"The mapping {mapping.name!r} looks values up in one file {other.file!r}, and {len(fitting)} fit: "
                f"{', '.join(p.name for p in fitting)}. Load them one by one."
            )
        others[other.name] = fitting[0]
    rows = [p for p in paths if p not in others.values()]
    if not rows:
        raise BadInput(
            f"Name the file whose rows are to be loaded too; {paths[0].name} is only looked up in."
        )
    return rows, others


def finder(mapping: Mapping, files: dict[str, Path]) -> Finder | None:
    """What looks values up; None where the mapping has no look-ups."""
    if not mapping.lookups:
        return None
    tables = {other.name: _read(mapping, other, files[other.name]) for other in mapping.lookups}
    return Finder(tables, {name: path.name for name, path in files.items()})


class Finder:
    """Looks values up.

    Attributes:
        digest: of all that can be found. It is part of each row's digest: where the file that values are looked up
            in says something else than before, no row counts as known already.
    """

    def __init__(self, tables: dict[str, dict[str, dict[str, Any]]], files: dict[str, str]) -> None:
        self._tables, self._files = tables, files
        digest = hashlib.blake2b(digest_size=8)
        for name, table in sorted(tables.items()):
            for key, row in sorted(table.items()):
                digest.update(repr((name, key, sorted(row.items()))).encode("utf-8", "replace"))
        self.digest = int.from_bytes(digest.digest())

    def __call__(self, name: str, value: str, give: str) -> list[Any]:
        row = self._tables[name].get(key_text(value))
        if row is None:
            raise CellError("", value, f"{self._files[name]} has no row with {value!r}.")
        cell = row[normal(give)]
        if isinstance(cell, list) and cell[0] == "list":
            return list(cell[1])
        return [] if cell is None or cell == "" else [cell]


def _read(mapping: Mapping, other: Other, path: Path) -> dict[str, dict[str, Any]]:
    rules = [r for m in (mapping, *(a.mapping for a in mapping.also)) for r in m.rules]
    gives = {r.lookup.give for r in rules if r.lookup and r.lookup.name == other.name}
    needed = tuple((c,) for c in sorted({other.key, *gives}))
    table = readers.read(readers.Request(path, tuple(c for (c,) in needed), needed, rows=other.rows))
    try:
        index = {normal(h): i for i, h in reversed(list(enumerate(table.header)))}
        at, wanted = index[normal(other.key)], {normal(g): index[normal(g)] for g in gives}
        out: dict[str, dict[str, Any]] = {}
        rows: dict[str, int] = {}
        for batch in table.batches:
            for number, cells in batch:
                if at >= len(cells):
                    continue
                row = {g: cells[i] if i < len(cells) else None for g, i in wanted.items()}
                cell = cells[at]
                for value in cell[1] if isinstance(cell, list) and cell[0] == "list" else [cell]:
                    key = key_text(shown(value))
                    if key in out and out[key] != row:
                        raise BadInput(
                            f"{path.name}: rows {rows[key]} and {number} both have {shown(value)!r} in {other.key!r}, "
                            "so it is not clear which one is meant."
                        )
                    if key:
                        out[key], rows[key] = row, number
                if len(out) > MOST:
                    raise BadInput(f"{path.name} has over {MOST:,} values: too many to look others up in.")
        return out
    finally:
        table.close()
