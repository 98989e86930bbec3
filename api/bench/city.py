"""A generated city for measuring: deterministic by seed, partners busy by Zipf's law."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from graph import Graph
from graph.facts import Fact, Link
from graph.names import normalise
from loaders.bench_names.speed import made_up

DEPARTMENTS, DIVISIONS, AREAS, YEARS = 60, 6, 8, 7
STRANGERS = 0.004  # of the contacts: made by a department that has nothing to do with the partner otherwise
START = date(2020, 1, 1)
CHANNELS = ("meeting", "call", "letter", "event", "visit_out", "visit_in")


@dataclass(frozen=True)
class City:
    """What a generated city is made of; `rows` are the contacts as a department's file holds them."""

    partners: list[str]
    rows: list[dict[str, str]]


def city(size: int, seed: int = 1, partners: Sequence[str] = ()) -> City:
    """A city of `size` contacts: departments with an area of their own, partners drawn by rank ** -1.

    Partners bear names of places, or of two. A partner is dealt with by a few departments, each in its own area;
    now and then a stranger steps in, which puts 5 to 10 % of the contacts into an overlap (the bench prints how many).

    Args:
        partners: names of those there are, each as busy as the others, instead of one for every forty contacts.
    """
    rng = random.Random(seed)
    weights = [1.0] * len(partners)
    if not partners:
        partners = _names(max(50, size // 40))
        weights = [1 / rank for rank in range(1, len(partners) + 1)]
    drawn = rng.choices(range(len(partners)), weights, k=size)
    regular = [_regular(rng, 1 + min(7, 200 // (n + 25))) for n in range(len(partners))]
    rows = []
    for number, p in enumerate(drawn):
        d = rng.randrange(DEPARTMENTS) if rng.random() < STRANGERS else rng.choice(regular[p])
        day = START + timedelta(rng.randrange(365 * YEARS))
        rows.append(
            {
                "Key": f"c{number:07d}",
                "Date": day.isoformat(),
                "Status": "planned" if day > date(2026, 11, 1) else "held",
                "Departments": f"Department {d:02d}",
                "Partners": partners[p],
                "Areas": f"Area {d % AREAS}",
                "Channel": CHANNELS[number % len(CHANNELS)],
                "Summary": f"About matter {number % 977}",
            }
        )
    return City(list(partners), rows)


def _names(n: int) -> list[str]:
    """So many names of places that differ in more than accents, and that nobody would take apart."""
    plain = [name for name in made_up(n + n // 5 + 10) if all(c.isalpha() or c in " -'" for c in name)]
    return list({normalise(name): name for name in reversed(plain)}.values())[-n:][::-1]


def fact(row: dict[str, str]) -> Fact:
    """A contact of a city as the loader would make it of its row, without what tells where it comes from."""
    links = (
        Link("MADE_BY", "department-" + row["Departments"][-2:]),
        Link("WITH_PARTNER", partner_id(row["Partners"])),
        Link("ABOUT", "area-" + row["Areas"][-1], label="Area"),
    )
    same = {
        "date": row["Date"],
        "status": row["Status"],
        "channel": row["Channel"],
        "summary": row["Summary"],
    }
    return Fact("Contact", "c-" + row["Key"], "", same, links)


def _regular(rng: random.Random, n: int) -> list[int]:
    """n departments, no two of them with the same area."""
    return [
        rng.randrange((DEPARTMENTS - a - 1) // AREAS + 1) * AREAS + a for a in rng.sample(range(AREAS), n)
    ]


def changed(made: City, n: int) -> City:
    """The same city with another summary in n of its rows, spread over the file."""
    step = max(1, len(made.rows) // n)
    rows = [
        {**row, "Summary": f"{row['Summary']}, again"} if nr % step == step // 2 and nr // step < n else row
        for nr, row in enumerate(made.rows)
    ]
    return City(made.partners, rows)


def write_csv(made: City, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, fieldnames=list(made.rows[0]))
        out.writeheader()
        out.writerows(made.rows)
    return path


def prepare(graph: Graph, made: City) -> None:
    """The city's own words and its partners, which both ways of loading find in place."""
    facts = [Fact("Area", f"area-{n}", "", {"name": f"Area {n}"}) for n in range(AREAS)]
    facts.append(Fact("Department", "city", "", {"name": "City", "level": "city"}))
    for n in range(DIVISIONS):
        facts.append(
            Fact(
                "Department",
                f"division-{n}",
                "",
                {"name": f"Division {n}", "level": "division"},
                (Link("PART_OF", "city"),),
            )
        )
    for n in range(DEPARTMENTS):
        facts.append(
            Fact(
                "Department",
                f"department-{n:02d}",
                "",
                {"name": f"Department {n:02d}", "level": "unit"},
                (Link("PART_OF", f"division-{n % DIVISIONS}"),),
            )
        )
    graph.write(facts, load="", source="bench")
    partners = [
        Fact("Partner", partner_id(p), "", {"name": p, "country": "SE", "kind": "city"})
        for p in made.partners
    ]
    for start in range(0, len(partners), 1000):
        graph.write(partners[start : start + 1000], load="", source="bench")


def partner_id(name: str) -> str:
    return f"p-{name}"


def bare_rows(made: City) -> list[dict[str, object]]:
    """The same records as parameters of one plain UNWIND + CREATE."""
    out: list[dict[str, object]] = []
    for row in made.rows:
        day = date.fromisoformat(row["Date"]).toordinal()
        out.append(
            {
                "p": {
                    "id": row["Key"],
                    "date": row["Date"],
                    "lo": day,
                    "hi": day,
                    "status": row["Status"],
                    "channel": row["Channel"],
                    "summary": row["Summary"],
                    "precision": "day",
                    "initiative": "ours",
                    "confidentiality": "internal",
                },
                "d": "department-" + row["Departments"][-2:],
                "t": partner_id(row["Partners"]),
                "a": "area-" + row["Areas"][-1],
                "day": day,
            }
        )
    return out


BARE = (
    "UNWIND $rows AS row MATCH (d:Department {id: row.d}) MATCH (p:Partner {id: row.t}) MATCH (a:Area {id: row.a}) "
    "CREATE (c:Contact) SET c = row.p CREATE (c)-[:MADE_BY {role: 'leads'}]->(d) "
    "CREATE (c)-[:WITH_PARTNER {partner: row.t, day: row.day}]->(p) CREATE (c)-[:ABOUT]->(a)"
)
"""The yardstick: the records of a batch with nothing kept about them and nothing derived."""
