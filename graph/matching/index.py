"""Names in memory: which of many a new one may mean, within milliseconds."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from graph import names
from graph.matching import known, words
from graph.matching import text as letters
from graph.matching.evidence import Named
from graph.matching.forms import form, keys
from graph.matching.quick import Quick
from graph.matching.score import POSSIBLE, SURE, Score, score
from graph.matching.why import Feature

# By so much a sure name beats the next: one letter by letter the same, one only in what tells.
_CLEARLY = 0.02
_PLACES = (None, "city", "region")
READ = 30  # names compared in full for one that is asked about
Entry = tuple[str, Named]  # id of a bearer, one of its names
_POSTINGS = 20_000  # entries of trigram lists looked at; the rarest trigrams come first


@dataclass(frozen=True)
class Match:
    """A bearer that a name may mean, by which of its names, and how surely."""

    id: str
    text: str
    score: Score


class Index:
    """Names with their bearers. Adding is cheap; lists are put in order when next asked.

    Not safe for writing from two threads at once; reading is.
    """

    def __init__(self) -> None:
        self._rows: list[Entry | None] = []
        self._exact: dict[str, list[int]] = {}
        self._refs: dict[str, list[int]] = {}
        self._further: dict[
            str, list[int]
        ] = {}  # names such as "Cork County" and "Aldo Group", by "cork", "aldo"
        self._where: dict[Hashable, int] = {}
        self._grams: dict[str, NDArray[np.int32]] = {}
        self._pending: dict[str, list[int]] = {}
        self._sizes = array("i")

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, entry: tuple[str, str]) -> bool:
        return entry in self._where

    def entries(self) -> list[tuple[str, str]]:
        """(id, text) of every name in it."""
        return [e for e in self._where if isinstance(e, tuple)]

    def add(self, id: str, named: Named) -> None:
        """Add a name of a bearer; one that is there already changes nothing."""
        if (id, named.text) in self._where:
            return
        row = len(self._rows)
        self._where[id, named.text] = row
        self._rows.append((id, named))
        for k in keys(named.text, named.kind):
            self._exact.setdefault(k, []).append(row)
        if named.kind in (
            "city",
            "eu_institution",
            "international_organisation",
            "network_secretariat",
            "state",
        ):
            for thing in known.find(named.text, named.kind, named.country):
                if thing.sure:
                    self._refs.setdefault(thing.ref, []).append(row)
        for bare in _bare_keys(named):
            self._further.setdefault(bare, []).append(row)
        grams = _grams(named.text, named.kind)
        self._sizes.append(max(1, len(grams)))
        for gram in grams:
            self._pending.setdefault(gram, []).append(row)

    def discard(self, id: str, text: str) -> None:
        """Forget a name of a bearer."""
        row = self._where.pop((id, text), None)
        if row is not None:
            self._rows[row] = None

    def match(self, asked: Named, most: int = 10, lowest: float = POSSIBLE) -> list[Match]:
        """The bearers that the name may mean, best first, each by its best name; none below `lowest`."""
        rows = self._candidates(asked)
        return self._judged(asked, self._scored(asked, rows, lowest))[:most]

    def alike(self, asked: Named, but: str, most: int = 10) -> list[Match]:
        """Other bearers than `but` that the name is possible for, best first, each by itself: what a name that is
        recorded for `but` has in common with others."""
        rows = self._candidates(asked)
        return [m for m in self._scored(asked, rows, POSSIBLE) if m.id != but][:most]

    def resolve(self, asked: Named) -> Match | None:
        """The one bearer that the name surely means, None when it is unsure; much faster than `match`.

        A sure score needs a key in common, so that no other names have to be compared.
        """
        found = self._judged(asked, self._scored(asked, self._by_key(asked), SURE))
        return found[0] if found and found[0].score.sure else None

    def _judged(self, asked: Named, matches: list[Match]) -> list[Match]:
        """Not sure where two could be meant: two that are alike, a city and its county, a company and its group."""
        if not matches or not matches[0].score.sure:
            return matches
        if self._has_further(asked, matches[0]):
            return [_asked_about(m) if m.score.sure else m for m in matches]
        return _none_sure_of_several(matches)

    def _has_further(self, asked: Named, first: Match) -> bool:
        """Whether "Cork" may be "Cork County", too, or "Aldo SA" the "Aldo Group".

        Not where the name stands letter by letter, nor where it says that it is a city.
        """
        if first.score.value >= 1.0 or asked.kind == "person":
            return False
        place = asked.kind in _PLACES
        taken = form(asked.text, "city" if place else asked.kind)
        rows = self._further.get(taken.key, [])
        if place and not words.SURELY_CITY.isdisjoint(taken.every):
            return False
        if not place and not words.WEAK.isdisjoint(taken.tokens):
            bare = _without(taken.tokens, words.WEAK)
            rows = [*self._further.get(bare, ()), *self._exact.get(bare, ())] if bare else []
        for row in rows:
            entry = self._rows[row]
            if entry is not None and entry[0] != first.id and _may_be_one(asked, entry[1]):
                return True
        return False

    def _candidates(self, asked: Named) -> dict[int, Score | None]:
        """Rows that are worth comparing, with the score that they have already, if any."""
        rows = self._by_key(asked)
        quick = Quick(asked.text, asked.kind)
        for row in self._near(asked):
            entry = self._rows[row]
            if row not in rows and entry is not None and quick.may_be(entry[1].text, entry[1].kind):
                rows[row] = None
        return rows

    def _scored(self, asked: Named, rows: dict[int, Score | None], lowest: float) -> list[Match]:
        best: dict[str, Match] = {}
        for row, floor in rows.items():
            entry = self._rows[row]
            if entry is None:
                continue
            id, named = entry
            found = score(asked, named)
            if floor is not None and found.value < floor.value:
                found = floor
            if found.value >= lowest and (id not in best or best[id].score.value < found.value):
                best[id] = Match(id, named.text, found)
        return sorted(best.values(), key=lambda m: (-m.score.value, m.text, m.id))

    def _by_key(self, asked: Named) -> dict[int, Score | None]:
        """Rows with a key in common, and those known to mean the same, with the score that they have by that."""
        out: dict[int, Score | None] = {}
        repairs = form(asked.text, asked.kind).repairs
        notes = tuple(Feature("repair_" + r.what, r.before, r.after) for r in repairs)
        forged = any(r.what in ("lookalike", "digits") for r in repairs)
        for thing in known.find(asked.text, asked.kind, asked.country):
            for row in self._refs.get(thing.ref, ()):
                value = 0.97 if thing.sure and not forged else 0.85
                label = f"{thing.name} ({thing.country})" if thing.country else thing.name
                out[row] = Score(value, (Feature("known", asked.text, label), *notes))
        for k in keys(asked.text, asked.kind):
            for row in self._exact.get(k, ())[:READ]:
                out.setdefault(row, None)
        if any(r.what == "mojibake" for r in repairs):
            # Somebody may be recorded under the garbled letters themselves, as other programs put them into ASCII.
            for row in self._exact.get(names.normalise(letters.latin(asked.text)), ())[:READ]:
                entry = self._rows[row]
                if entry is not None:
                    out[row] = Score(1.0, (Feature("same", asked.text, entry[1].text),))
        return out

    def _near(self, asked: Named) -> list[int]:
        grams = _grams(asked.text, asked.kind)
        self._settle(grams)
        lists = sorted((g for g in map(self._grams.get, grams) if g is not None), key=len)
        taken: list[NDArray[np.int32]] = []
        seen = 0
        for postings in lists:
            if taken and seen + len(postings) > _POSTINGS:
                break
            taken.append(postings)
            seen += len(postings)
        if not taken:
            return []
        rows, counts = np.unique(np.concatenate(taken), return_counts=True)
        sizes = np.array(self._sizes, dtype=np.int32)[rows]  # a copy: the array must stay free to grow
        likeness = 2.0 * counts / (sizes + len(grams))
        if len(rows) > 4 * READ:
            part = np.argpartition(-likeness, READ)[: 2 * READ]
            part.sort()
        else:
            part = np.arange(len(rows))
        first = part[np.argsort(-likeness[part], kind="stable")[:READ]]
        return [int(rows[i]) for i in first]

    def _settle(self, grams: Iterable[str]) -> None:
        for gram in grams:
            rows = self._pending.pop(gram, None)
            if rows is not None:
                new = np.asarray(rows, dtype=np.int32)
                old = self._grams.get(gram)
                self._grams[gram] = new if old is None else np.concatenate((old, new))


def match_many(
    entries: Sequence[Entry],
    asked: Sequence[Named],
    most: int = 10,
    lowest: float = POSSIBLE,
    processes: int = 1,
) -> list[list[Match]]:
    """`Index.match` for many names against these (id, name), in the order of `asked`.

    Args:
        processes: with two and more, each works on a part, with an index of its own; worth it from some thousands
            of names on.
    """
    if processes < 2 or len(asked) < 2:
        return _match_part(entries, asked, most, lowest)
    parts = [asked[n::processes] for n in range(processes)]
    # Not forked: the caller may hold threads, and a fork of them could wait forever.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        done = list(pool.map(_match_part, repeat(entries), parts, repeat(most), repeat(lowest)))
    out: list[list[Match]] = [[]] * len(asked)
    for n, part in enumerate(done):
        out[n::processes] = part
    return out


def _match_part(
    entries: Sequence[Entry], asked: Sequence[Named], most: int, lowest: float
) -> list[list[Match]]:
    index = Index()
    for id, named in entries:
        index.add(id, named)
    return [index.match(one, most, lowest) for one in asked]


def _grams(text: str, kind: str | None) -> set[str]:
    """Threes of letters of each word with its edges, and of the first letters."""
    out: set[str] = set()
    for token in form(text, kind).tokens:
        edged = f" {token} "
        out.update(edged[i : i + 3] for i in range(len(edged) - 2))
    return out


def _bare_keys(named: Named) -> list[str]:
    """The keys of what "Cork County", "Los Angeles County, CA" or "Aldo Group" is more than; none for other names."""
    if named.kind == "person":
        return []
    place = named.kind in _PLACES
    little = words.LEVEL if place else words.WEAK
    tokens = form(named.text, "city" if place else named.kind).tokens
    if little.isdisjoint(tokens):
        return []
    out = [_without(tokens, little)]
    if place:
        out.append(_without([t for t in tokens if not t.startswith("division")], little))
    return [k for k in dict.fromkeys(out) if k]


def _without(tokens: Iterable[str], little: frozenset[str]) -> str:
    return " ".join(sorted(t for t in tokens if t not in little))


def _may_be_one(asked: Named, other: Named) -> bool:
    """Whether kind and country leave room for the two to be one."""
    return not (
        (asked.country and other.country and asked.country != other.country)
        or (asked.kind and other.kind and asked.kind != other.kind)
    )


def _none_sure_of_several(matches: list[Match]) -> list[Match]:
    """Two bearers that a name could surely mean: then it is sure of neither.

    One whose country is unknown does not clearly beat one in the country that was asked about.
    """
    sure = [m for m in matches if m.score.value >= SURE]
    if len(sure) < 2:
        return matches
    here = [any(f.name == "country" for f in m.score.features) for m in sure[:2]]
    clearly = 2 * _CLEARLY if here == [False, True] else _CLEARLY
    if sure[0].score.value - sure[1].score.value >= clearly:
        return matches
    return [_asked_about(m) for m in matches]


def _asked_about(match: Match) -> Match:
    return Match(match.id, match.text, Score(min(match.score.value, SURE - 0.01), match.score.features))
