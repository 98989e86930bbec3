"""The demo's data files as facts: one table a file, one or more facts a row.

Columns that are named like a property of the record are that property; the others name what it is linked to,
by id. Cells with several values separate them by "|".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from graph import schema
from graph.errors import BadInput
from graph.facts import Fact, Link

HERE = Path(__file__).parent
YES = {"yes": True, "no": False}


@dataclass(frozen=True)
class Row:
    """A row as the file numbers it (0 in city.yaml, which has no rows) and the facts it makes."""

    number: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Table:
    """A data file, its rows in the order of writing."""

    name: str
    rows: list[Row] = field(default_factory=list)


def tables() -> Iterator[Table]:
    """Every data file of the demo, what is linked to before what links to it."""
    yield Table("city.yaml", [Row(0, (fact,)) for fact in city()])
    for name, make in (
        ("networks.csv", network),
        ("partners.csv", partner),
        ("persons.csv", person),
        ("memberships.csv", membership),
        ("agreements.csv", agreement),
        ("restrictions.csv", restriction),
        ("contacts_cases.csv", contact),
        ("contacts.csv", contact),
        ("positions.csv", position),
    ):
        yield Table(name, [Row(number, make(number, row)) for number, row in _csv(name)])


def _csv(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            if None in row or None in row.values():
                raise BadInput(f"{name}, row {reader.line_num}: it has not as many cells as the heading.")
            yield reader.line_num, row


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _value(kind: schema.Kind, cell: str) -> Any:
    if kind in ("texts", "choices"):
        return _split(cell)
    if kind == "bool":
        return YES[cell]
    if kind == "int":
        return int(cell)
    return float(cell) if kind == "number" else cell


def _properties(known: Iterable[schema.Property], row: Mapping[str, str]) -> dict[str, Any]:
    return {p.name: _value(p.kind, row[p.name]) for p in known if row.get(p.name)}


def _links(edge: str, cell: str, label: str = "", **properties: Any) -> list[Link]:
    return [Link(edge, target, properties, label) for target in _split(cell)]


def _fact(label: str, number: int, row: Mapping[str, str], *links: list[Link]) -> Fact:
    properties = _properties(schema.LABEL[label].properties, row)
    together = tuple(link for group in links for link in group)
    return Fact(label, id=row["id"], properties=properties, links=together, row=number)


def _aliases(label: str, number: int, row: Mapping[str, str], columns: Mapping[str, str]) -> list[Fact]:
    """One alias a spelling; `columns` gives the language of each column, "" for none in particular."""
    return [
        Fact("Alias", properties={"text": text, "language": language}, links=(link,), row=number)
        for column, language in columns.items()
        for text in _split(row[column])
        for link in _links("NAMES", row["id"], label)
    ]


# --- city.yaml ---


def city() -> list[Fact]:
    """Goals, areas, departments (the tree from its root), topics and issues."""
    words = yaml.safe_load((HERE / "city.yaml").read_text(encoding="utf-8"))
    references = words["references"]
    out = [_word("Goal", w) for w in words["goals"]]
    out += [_word("Area", w) for w in words["areas"]]
    for w in words["departments"]:
        own = {k: w[k] for k in ("abbreviation", "level", "mailbox") if k in w}
        above = _links("PART_OF", w.get("part_of", ""))
        out.append(_word("Department", w, above, reference=references[w["reference"]], **own))
    for label, group in (("Topic", "topics"), ("Issue", "issues")):
        out += [_word(label, w, [Link("WITHIN", area) for area in w["areas"]]) for w in words[group]]
    return out


def _word(label: str, w: Mapping[str, Any], links: Iterable[Link] = (), **more: Any) -> Fact:
    names = {f"name_{language}": w[language] for language in schema.LANGUAGES}
    return Fact(label, id=w["id"], properties={"name": w["en"], **names, **more}, links=tuple(links))


# --- the tables ---


def network(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    made = _fact("Network", number, row, _links("ABOUT", row["areas"]))
    return (made, *_aliases("Network", number, row, {"other_names": ""}))


def partner(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    made = _fact("Partner", number, row, _links("PART_OF", row["part_of"]))
    columns = {f"names_{language}": language for language in schema.LANGUAGES}
    return (made, *_aliases("Partner", number, row, {**columns, "other_names": ""}))


def _side(id: str) -> str:
    """Partners' ids begin with p-, departments' are words."""
    return "Partner" if id.startswith("p-") else "Department"


def person(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    return (_fact("Person", number, row, _links("WORKS_FOR", row["works_for"], _side(row["works_for"]))),)


def membership(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    start = _side(row["member"])
    properties = _properties(schema.edge(start, "MEMBER_OF").properties, row)
    ends = (Link("start", row["member"]), Link("end", row["network"]))
    return (Fact(f"{start}-MEMBER_OF", id=row["id"], properties=properties, links=ends, row=number),)


def agreement(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    owners, partners = _links("OWNED_BY", row["owners"]), _links("WITH_PARTNER", row["partners"])
    return (_fact("Agreement", number, row, owners, partners),)


def restriction(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    limits, exempts = _links("LIMITS", row["partners"]), _links("EXEMPTS", row["exempt_departments"])
    return (_fact("Restriction", number, row, limits, exempts),)


def contact(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    return (
        _fact(
            "Contact",
            number,
            row,
            _links("MADE_BY", row["departments"], role="leads"),
            _links("MADE_BY", row["takes_part"], role="takes_part"),
            _links("WITH_PARTNER", row["partners"]),
            _links("VIA", row["via"]),
            _links("WITH_PERSON", row["persons"]),
            _links("ABOUT", row["areas"], "Area"),
            _links("ABOUT", row["topics"], "Topic"),
        ),
    )


def position(number: int, row: dict[str, str]) -> tuple[Fact, ...]:
    on, stated = _links("ON", row["issue"]), _links("STATED_IN", row["stated_in"])
    return (
        _fact("Position", number, row, on, stated, _links("HELD_BY", row["held_by"], _side(row["held_by"]))),
    )
