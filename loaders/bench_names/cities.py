"""City names of public sets: how many are resolved rightly, wrongly, or left to a person."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.matching import Named, countries
from graph.matching.forms import form
from graph.matching.index import Index
from graph.matching.places import key, places

NEAR = 30.0  # km between the place taken and the coordinates of the set
LOOKED_AT = Path(__file__).parent / "looked_at.csv"
LOOKED_AT_CLIMACTOR = Path(__file__).parent / "looked_at_climactor.csv"
EUROPE = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BA",
        "BE",
        "BG",
        "BY",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "RU",
        "SE",
        "SI",
        "SK",
        "SM",
        "UA",
        "VA",
        "XK",
    ]
)


@dataclass(frozen=True)
class Taken:
    """A name that was resolved, and to what; `far` is the distance in km to the set's own coordinates, if any."""

    name: str
    country: str
    place: str
    id: int
    far: float | None
    elsewhere: bool  # the set's coordinates lie in another country than the set says


def twin_towns(folder: Path) -> tuple[Counter[str], list[Taken]]:
    """Counts by outcome over every city and country, and what disagrees with the set's own coordinates.

    right: within 30 km of the coordinates. looked at: further, judged one by one by a person (`looked_at.csv`).
    elsewhere: the coordinates lie in another country, so that they say nothing.
    """
    here = folder / "twin-towns-world"
    where: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in _rows(here / "twin_cities_geocoded.csv"):
        for side in "12":
            if row[f"lat{side}"]:
                spot = (float(row[f"lat{side}"]), float(row[f"lng{side}"]))
                where[row[f"city{side}"], row[f"country{side}"]].append(spot)
    asked = {
        (row[f"city{side}"], row[f"country{side}"])
        for row in _rows(here / "twin_cities_raw.csv")
        for side in "12"
    }
    verdicts = {(r["city"], r["country"], int(r["geonames"])): r["verdict"] for r in _rows(LOOKED_AT)}
    nearest = _Nearest()
    counts: Counter[str] = Counter()
    odd: list[Taken] = []
    for city, country in sorted(asked):
        code = countries.code(country) if country else None
        if country and code is None:
            counts["left: country unreadable"] += 1
            continue
        found = places().find(city, code)
        if found.place is None:
            counts["left: candidates" if found.candidates else "left: nothing known"] += 1
            continue
        spots = where.get((city, country))
        if not spots:
            counts["taken, no coordinates"] += 1
            continue
        far = min(_km(found.place.latitude, found.place.longitude, *spot) for spot in spots)
        if far <= NEAR:
            counts["right"] += 1
            continue
        there = nearest.country(*spots[0])
        taken = Taken(
            city, country, found.place.name, found.place.id, far, code is not None and there != code
        )
        odd.append(taken)
        verdict = verdicts.get((city, country, found.place.id))
        if verdict is not None:
            counts[f"looked at: {verdict}"] += 1
        else:
            counts["coordinates in another country" if taken.elsewhere else "disagrees, not looked at"] += 1
    return counts, odd


def climactor(folder: Path) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Counts by outcome over the dictionary's variants, and (variant, right, taken) of what it calls wrong.

    What it calls wrong was looked at one by one, too; `looked_at` counts those verdicts.

    The dictionary's right names are the partners. Double entries that differ only in city words, articles or legal
    form are one;
    a variant with several right names is recorded for each of them, and has to stay with a person.
    """
    here = folder / "climactor-city-networks"
    iso = {r["iso"]: r["iso2"] for r in _rows(here / "country_dict_Oct2023.csv") if r["iso2"]}
    iso["NAM"] = "NA"
    kinds = {"City": "city", "Company": "company", "Investor": "company", "Region": "region"}
    rows = [
        (r["wrong"], r["right"], iso.get(r["iso"]), kinds.get(r["entity_type"], "other"))
        for r in _rows(here / "key_dict_v100_names.csv")
    ]

    def bearer(right: str, country: str | None, kind: str) -> str:
        return f"{key(right) if kind == 'city' else form(right, kind).key or right}|{country}|{kind}"

    meant: dict[tuple[str, str | None, str], set[str]] = defaultdict(set)
    index = Index()
    for wrong, right, country, kind in rows:
        meant[wrong, country, kind].add(bearer(right, country, kind))
        index.add(bearer(right, country, kind), Named(right, kind, country))
    several = {asked for asked, bearers in meant.items() if len(bearers) > 1}
    for wrong, country, kind in several:
        for id in meant[wrong, country, kind]:
            index.add(id, Named(wrong, kind, country))
    counts: Counter[str] = Counter()
    odd: list[tuple[str, str, str]] = []
    for wrong, right, country, kind in rows:
        if wrong == right:
            continue
        found = index.resolve(Named(wrong, kind, country))
        group = "cities in Europe" if country in EUROPE and kind == "city" else "cities elsewhere"
        group = group if kind == "city" else "companies, regions and others"
        if (wrong, country, kind) in several:
            counts["of several meanings: " + ("left" if found is None else "taken")] += 1
        elif found is None:
            counts[f"{group}: left"] += 1
        elif found.id == bearer(right, country, kind):
            counts[f"{group}: right"] += 1
        else:
            counts[f"{group}: wrong"] += 1
            odd.append((" ".join(wrong.split()), right, found.text))
    return counts, odd


def looked_at(odd: list[tuple[str, str, str]]) -> Counter[str]:
    """Verdicts by a person on what the dictionary calls wrong; "not looked at" for one without."""
    verdicts = {(r["variant"], r["right"], r["taken"]): r["verdict"] for r in _rows(LOOKED_AT_CLIMACTOR)}
    return Counter(f"looked at: {verdicts.get(one, 'not yet')}" for one in odd)


class _Nearest:
    """The country of the known place nearest to a spot."""

    def __init__(self) -> None:
        self._grid: dict[tuple[int, int], list[tuple[float, float, str]]] = defaultdict(list)
        for nr in range(len(places())):
            p = places().place(nr)
            self._grid[round(p.latitude), round(p.longitude)].append((p.latitude, p.longitude, p.country))

    def country(self, latitude: float, longitude: float) -> str | None:
        around = [
            spot
            for up in (-1, 0, 1)
            for along in (-1, 0, 1)
            for spot in self._grid.get((round(latitude) + up, round(longitude) + along), ())
        ]
        if not around:
            return None
        return min(around, key=lambda spot: _km(latitude, longitude, spot[0], spot[1]))[2]


def _km(a: float, b: float, c: float, d: float) -> float:
    across = math.radians(d - b) * math.cos(math.radians((a + c) / 2))
    return 6371 * math.hypot(math.radians(c - a), across)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)
