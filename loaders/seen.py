"""Telling the rows of a file apart: a row of its own, a repetition, a contradiction, or one the store has.

Most rows of a file that was loaded before are in the store as they are. Their digests are fetched at once, so
that such a row costs its digest and one look-up, and nothing is asked about its key.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph import clock
from graph.facts import Fact, source_key
from graph.prepared import Prepared
from loaders.convert import Cell, Converter
from loaders.further import BY_NAME
from loaders.mapping import Mapping
from loaders.values import Find

if TYPE_CHECKING:
    from loaders.targets import RowFacts

MANY = 2_000  # rows of a file from which on all digests of its source are fetched


@dataclass(slots=True)
class Row:
    """A row that is neither repeated nor contradicted within its file."""

    number: int
    cells: list[Any]
    key: str
    digest: int
    there: bool = False
    id: str = ""
    facts: RowFacts | None = None
    all: list[Fact] = field(default_factory=list)
    ready: list[Prepared] = field(default_factory=list)  # the same, checked
    doubts: list[Cell] = field(default_factory=list)  # cells that were read with doubt


def gone(by: str, at: int) -> str:
    """Why a row about a record that somebody deleted is not taken."""
    return (
        f"{by} deleted this record on {clock.iso(clock.helsinki_day(at))}, and a file does not bring it back. If it is "
        "wanted after all, enter it anew or give the row another key."
    )


class Seen:
    """The rows of one file so far.

    Args:
        stored: digests of all records of the source, or None where they were not fetched.
    """

    def __init__(self, mapping: Mapping, converter: Converter, stored: set[int] | None) -> None:
        self.mapping = mapping
        self.converter = converter
        self._salt = salt(mapping, converter.find)
        self.stored = stored if stored is not None and fits(mapping, converter) else None
        # Hash of the key -> place in the arrays: a million rows of tuples would be half a gigabyte.
        self._place: dict[int, int] = {}
        self._numbers = array("L")
        self._digests = array("Q")
        self._apart: dict[int, tuple[str, ...]] = {}
        self._unchanged: dict[int, int] = {}  # digest -> row that the store has as it is
        self._overtaken: set[int] = set()  # digests of records that a row of this file changes
        self.keyless = False  # a row could not be read, so it is unknown whose record it is about

    def in_store(self, digest: int, number: int) -> int | None:
        """Row that first said what the store has (this one or an earlier one); None where it may differ."""
        if self.stored is None or digest not in self.stored or digest in self._overtaken:
            return None
        return self._unchanged.setdefault(digest, number)

    def all_stored(self, digests: Collection[int]) -> bool:
        """Whether `in_store` would find all of them."""
        return (
            self.stored is not None
            and self.stored.issuperset(digests)
            and (not self._overtaken or self._overtaken.isdisjoint(digests))
        )

    def take_stored(self, digests: Collection[int], first: int) -> int:
        """`in_store` for the rows from number `first` on, which are `all_stored`; how many are repetitions."""
        before = len(self._unchanged)
        rows = dict(zip(digests, range(first, first + len(digests)), strict=True))
        if len(rows) == len(digests) and self._unchanged.keys().isdisjoint(rows):
            self._unchanged.update(rows)
        else:
            for number, digest in enumerate(digests, first):
                self._unchanged.setdefault(digest, number)
        return len(digests) - (len(self._unchanged) - before)

    def digest(self, raw: tuple[str, ...]) -> int:
        """What equal content of equal mappings is recognised by, 63 bits."""
        text = "\x1f".join(raw).encode("utf-8", "replace")
        own = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
        return (own ^ self._salt) >> 1

    def told_apart(
        self, number: int, cells: list[Any], raw: tuple[str, ...], digest: int
    ) -> Row | int | None:
        """A row of its own; None for a repetition; the number of the row that it contradicts."""
        parts = self.converter.key(cells)
        if not any(parts):
            parts = raw
        apart = self.converter.apart(cells)
        key = source_key(self.mapping.source, *parts)
        place = self._first(key, number, digest, apart)
        if place is None:
            return Row(number, cells, key, digest)
        if self._digests[place] == digest:
            return None
        if self.mapping.join_same:
            # A further row about a record of this file, which it joins.
            key = source_key(self.mapping.source, *parts, *raw)
            joins = self._first(key, number, digest, ())
            return Row(number, cells, key, digest) if joins is None else None
        if self._apart.get(place, ()) == apart:
            return int(self._numbers[place])
        # The first of them has the key alone, so that it keeps it in a file where it stands alone.
        key = source_key(self.mapping.source, *parts, *apart)
        place = self._first(key, number, digest, apart)
        if place is None:
            return Row(number, cells, key, digest)
        return None if self._digests[place] == digest else int(self._numbers[place])

    def _first(self, key: str, number: int, digest: int, apart: tuple[str, ...]) -> int | None:
        """Place of the row that had this key first; None when it is this one."""
        place = self._place.setdefault(hash(key), len(self._numbers))
        if place < len(self._numbers):
            return place
        self._numbers.append(number)
        self._digests.append(digest)
        if apart:
            self._apart[place] = apart
        return None

    def overtakes(self, digest: int) -> int | None:
        """The row that a change of the record with this digest contradicts, None when there is none yet."""
        if digest in self._unchanged:
            return self._unchanged[digest]
        self._overtaken.add(digest)
        return None

    def speaks_of(self, key: str, digest: int | None) -> bool:
        """Whether a row of this file is about the record with this key and digest."""
        return hash(key) in self._place or digest in self._unchanged


def salt(mapping: Mapping, find: Find | None) -> int:
    """What tells equal rows of different mappings apart."""
    return mapping.fingerprint ^ (find.digest if find else 0)


def fits(mapping: Mapping, converter: Converter | None = None) -> bool:
    """Whether equal digests mean the same record: what identifies a row must be part of its digest.

    Without a converter, whether that can be so at all.
    """
    return (
        mapping.kind not in BY_NAME
        and not mapping.tell_apart
        and not mapping.join_same
        and bool(mapping.key)
        and (converter is None or all(at is None or at in set(converter.used) for at in converter.key_at))
    )
