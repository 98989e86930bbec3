"""What contacts lead to, as numbers: pairs of a contact's row and the number of a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Self

import numpy as np

from graph.rules.columns import Bools, Ints, Ragged, paired


class Links:
    """(contact row, id) pairs; each id is kept once. Iterating gives the pairs as they were added."""

    def __init__(self) -> None:
        self.names: list[str] = []  # ids by number
        self._number: dict[str, int] = {}
        self._rows: list[int] = []
        self._numbers: list[int] = []
        self._arrays: tuple[Ints, Ints] | None = None  # of both, once they have been asked for

    def __copy__(self) -> Self:
        new = type(self)()
        new.__dict__ = {name: copy(value) for name, value in self.__dict__.items()}
        return new

    def add(self, id: str, rows: Sequence[int]) -> None:
        """Many contacts that lead to one id."""
        number = self._number.setdefault(id, len(self.names))
        if number == len(self.names):
            self.names.append(id)
        self._arrays = None
        self._rows += rows
        self._numbers += [number] * len(rows)

    def extend(self, pairs: Iterable[tuple[int, str]]) -> None:
        for row, id in pairs:
            self.add(id, (row,))

    def move(self, place: Sequence[int]) -> None:
        """Give row r's pairs to row place[r]; those that are there already are not doubled."""
        own = dict.fromkeys(zip(map(place.__getitem__, self._rows), self._numbers, strict=True))
        self._arrays = None
        self._rows, self._numbers = [row for row, _ in own], [number for _, number in own]

    def replace(self, gone: Sequence[int], by: Self, first: int) -> None:
        """Take out the rows `gone` (ascending), so that later ones move up, and add those of `by` from `first` on."""
        self._without(gone)
        for row, id in by:
            self.add(id, (first + row,))

    def _without(self, gone: Sequence[int]) -> Bools:
        """Take out these rows; which pairs are left."""
        rows, out = np.array(self._rows, dtype=np.int64), np.array(gone, dtype=np.int64)
        left = ~np.isin(rows, out)
        self._arrays = None
        self._rows = (rows[left] - np.searchsorted(out, rows[left])).tolist()
        self._numbers = np.array(self._numbers, dtype=np.int64)[left].tolist()
        return left

    def __iter__(self) -> Iterator[tuple[int, str]]:
        names = self.names
        return ((row, names[number]) for row, number in zip(self._rows, self._numbers, strict=True))

    def arrays(self, index: Mapping[str, int]) -> tuple[Ints, Ints]:
        """Rows, and the index of what each leads to: -1 for what `index` does not have."""
        known = np.array([index.get(name, -1) for name in self.names], dtype=np.int64)
        if self._arrays is None:
            self._arrays = np.array(self._rows, dtype=np.int64), np.array(self._numbers, dtype=np.int64)
        rows, numbers = self._arrays
        return rows, known[numbers]


def numbers(names: Iterable[str]) -> dict[str, int]:
    """Each name's place."""
    return {name: i for i, name in enumerate(names)}


def with_topics(rows: int, about: tuple[Ints, Ints], topics: Ragged, within: Ragged) -> Ragged:
    """The areas of each row: its own (row, area) pairs, and those that its topics lie within."""
    _, area, row = paired(within, topics.values, topics.rows)
    return Ragged.of_pairs(rows, np.concatenate([about[0], row]), np.concatenate([about[1], area]))


class Made(Links):
    """Contacts and the departments that make them, each with whether it leads."""

    def __init__(self) -> None:
        super().__init__()
        self._leads: list[bool] = []

    def make(self, id: str, leads: bool, rows: Sequence[int]) -> None:
        """Many contacts that one department makes in the same role."""
        self.add(id, rows)
        self._leads += [leads] * len(rows)

    def move(self, place: Sequence[int]) -> None:
        rows = map(place.__getitem__, self._rows)
        self._arrays = None
        own = dict.fromkeys(zip(rows, self._numbers, self._leads, strict=True))
        self._rows, self._numbers, self._leads = (
            (list(x) for x in zip(*own, strict=True)) if own else ([], [], [])
        )

    def replace(self, gone: Sequence[int], by: Self, first: int) -> None:
        self._leads = self.leads[self._without(gone)].tolist()
        for (row, id), leads in zip(by, by._leads, strict=True):
            self.make(id, leads, (first + row,))

    @property
    def leads(self) -> Bools:
        """Aligned with the pairs."""
        return np.array(self._leads, dtype=np.bool_)
