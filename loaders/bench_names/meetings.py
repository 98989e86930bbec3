"""Duplicates among the partners of eu-mep-meetings: which spellings are joined, and whether the joins are right.

The partners are those that the loader makes of the file; they are compared as `kumppani names find` does it.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph import duplicates
from graph.directory import Directory, PartnerBook, PersonBook, Words
from graph.duplicates import Pair
from graph.matching import Score
from loaders import readers
from loaders.convert import CellError, Converter
from loaders.mapping import open_mapping
from loaders.opening import request_of
from loaders.prescan import scan
from loaders.targets import Builder, RowFacts
from loaders.values import shown

FILE = Path("eu-mep-meetings") / "mepmeetings.csv"
CELL = "lobbyists"
JUDGED = Path(__file__).parent / "merges.csv"
DRAWN = 200
_TELLS_NOT = re.compile(r"[\W_]+")  # what a group's spellings may differ in, besides case


@dataclass
class Found:
    """The partners of the file and what the machine makes of them.

    Attributes:
        rows: as `duplicates.likely` takes them.
        cells: the partners that each cell of the file names.
        pairs: every pair that is possible at least.
        above: partner -> the one that stands for it once the machine has judged.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pairs: dict[Pair, Score] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)

    def head(self, id: str) -> str:
        while self.above[id] != id:
            id = self.above[id]
        return id


@dataclass(frozen=True)
class Drawn:
    """A machine merge of the draw; the verdict is "" for one that nobody has looked at."""

    digest: str
    left: str
    right: str
    verdict: str


def found(folder: Path) -> Found:
    """Make the partners, compare them all and judge by machine."""
    out = made(folder)
    out.pairs = duplicates.likely(out.rows)
    out.above = {row["id"]: row["id"] for row in out.rows}
    for judgement in duplicates.proposed(out.rows, {}, out.pairs):
        if judgement.verdict == "same":
            out.above[out.head(judgement.a)] = out.head(judgement.b)
    return out


def made(folder: Path) -> Found:
    """The partners that loading the file makes, and which of them each cell names."""
    mapping = open_mapping("eu-mep-meetings")
    request = request_of(folder / FILE, mapping)
    directory = Directory(
        departments=Words("Department"),
        networks=Words("Network"),
        areas=Words("Area"),
        topics=Words("Topic"),
        goals=Words("Goal"),
        issues=Words("Issue"),
        resources=Words("Resource"),
        partners=PartnerBook(),
        persons=PersonBook(),
    )
    builder = Builder(mapping, directory, lambda label, key: None)
    out = Found()
    texts: dict[str, list[str]] = {}
    with closing(readers.read(request)) as table:
        converter = Converter(mapping, table.header)
        known = scan(lambda: readers.read(request), converter, request.name)
        at = converter.header.index(CELL)
        for batch in table.batches:
            for _, cells in batch:
                cell = shown(cells[at])
                if cell in out.cells:
                    continue
                facts = RowFacts()
                try:
                    named = converter.values(cells, known)["partners"]
                    ids = tuple(builder.partner(text, named.column, facts) for text in named.value)
                except (CellError, KeyError):  # a row that a load puts aside
                    continue
                out.cells[cell] = ids
                for fact in facts.before:
                    if fact.label == "Partner":
                        texts[fact.id] = [fact.properties["name"]]
                    elif fact.label == "Alias":
                        texts[fact.links[0].target].append(fact.properties["text"])
    # Ids are drawn anew at every load; by number, two runs compare in the same order.
    number = {id: f"p{nr:06d}" for nr, id in enumerate(texts)}
    out.cells = {cell: tuple(number[id] for id in ids) for cell, ids in out.cells.items()}
    for id, (name, *aliases) in texts.items():
        out.rows.append(
            {"id": number[id], "canonical": number[id], "name": name, "aliases": aliases}
            | dict.fromkeys(("country", "kind", "website"))
        )
    return out


def lines(of: Found) -> list[tuple[str, str]]:
    """(what, figure) about the partners of the file."""
    every, at_once, rest = apart(of)
    drawn = draw(of)
    verdicts = Counter(d.verdict or "not looked at" for d in drawn)
    return [
        ("partners on loading", f"{len(of.rows):,}"),
        ("groups of cells that differ in case, spacing or punctuation", f"{every:,}"),
        ("of these, one on loading", f"{at_once:,}"),
        ("of these, joined by the machine", f"{every - at_once - len(rest):,}"),
        ("of these, apart", f"{len(rest):,}"),
        ("pairs that are sure", f"{sum(s.sure for s in of.pairs.values()):,}"),
        ("pairs that are asked about", f"{sum(not s.sure for s in of.pairs.values()):,}"),
        *(
            (f"of {len(drawn)} sure pairs drawn: {verdict}", f"{n}")
            for verdict, n in sorted(verdicts.items())
        ),
    ]


def groups(cells: Iterator[str] | list[str]) -> list[list[str]]:
    """The cells that differ only in case, spacing or punctuation, where there are several."""
    same: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        same[_TELLS_NOT.sub("", cell.casefold())].append(cell)
    return [spellings for spellings in same.values() if len(spellings) > 1]


def apart(of: Found) -> tuple[int, int, list[list[str]]]:
    """(groups, those already one on loading, spellings of each group that is not joined)."""
    every = groups(list(of.cells))
    at_once = sum(len({frozenset(of.cells[c]) for c in group}) == 1 for group in every)
    rest = [g for g in every if len({frozenset(map(of.head, of.cells[c])) for c in g}) > 1]
    return len(every), at_once, rest


def draw(of: Found, most: int = DRAWN) -> list[Drawn]:
    """The machine's sure pairs with the lowest SHA-256 of their two names, without those that name a person.

    Persons are told by the file of verdicts, which holds no more of them than the digest.
    """
    verdicts = {row["digest"]: row["verdict"] for row in _rows(JUDGED)}
    names = {row["id"]: row["name"] for row in of.rows}
    every = []
    for (a, b), score in of.pairs.items():
        if score.sure:
            left, right = sorted((names[a], names[b]))
            digest = hashlib.sha256(f"{left}\n{right}".encode()).hexdigest()[:16]
            every.append(Drawn(digest, left, right, verdicts.get(digest, "")))
    return [d for d in sorted(every, key=lambda d: d.digest) if d.verdict != "person"][:most]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)
