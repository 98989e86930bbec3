"""The demo's files by themselves: complete, marked, joined up, and the same as their script makes them."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
import yaml

from graph import facts, names, schema
from graph.facts import Fact
from loaders.demo import make_contacts
from loaders.demo.tables import HERE, Table, tables


@pytest.fixture(scope="module")
def every() -> list[Table]:
    return list(tables())


def all_facts(every: list[Table]) -> list[Fact]:
    return [fact for table in every for row in table.rows for fact in row.facts]


def csv_rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_label(every: list[Table], label: str) -> dict[str, Fact]:
    return {fact.id: fact for fact in all_facts(every) if fact.label == label}


def test_every_record_fits_the_schema(every: list[Table]) -> None:
    for fact in all_facts(every):
        if facts.is_edge(fact.label):
            assert facts.checked(fact.label, fact.properties) is not None
        else:
            facts.stored_properties(fact)
            assert facts.checked_links(fact) or not fact.links


def test_every_id_is_used_once_and_every_link_leads_to_one_written_before(every: list[Table]) -> None:
    known: set[tuple[str, str]] = set()
    for fact in all_facts(every):
        edge_ends = {}
        if facts.is_edge(fact.label):
            edge = facts.edge_of(fact.label)
            edge_ends = {"start": edge.start, "end": edge.ends[0]}
        for link in fact.links:
            label = link.label or edge_ends.get(link.edge) or schema.edge(fact.label, link.edge).ends[0]
            assert (label, link.target) in known, f"{fact.id}: {link}"
        if fact.label != "Alias":
            assert (fact.label, fact.id) not in known, f"{fact.label} {fact.id} stands twice"
            known.add((fact.label, fact.id))


def test_headings_are_properties_or_known_columns() -> None:
    # A misspelt column would be left out in silence.
    others = {
        "networks.csv": {"id", "areas", "other_names"},
        "partners.csv": {"id", "part_of", "names_fi", "names_sv", "names_en", "other_names"},
        "persons.csv": {"id", "works_for"},
        "agreements.csv": {"id", "owners", "partners"},
        "restrictions.csv": {"id", "partners", "exempt_departments"},
        "positions.csv": {"id", "issue", "held_by", "stated_in"},
        "contacts.csv": {"id", "departments", "takes_part", "partners", "via", "persons", "areas", "topics"},
    }
    others["contacts_cases.csv"] = others["contacts.csv"]
    for name, extra in others.items():
        label = name.split("_")[0].removesuffix(".csv").removesuffix("s").capitalize()
        known = {p.name for p in schema.LABEL[label].properties} | extra
        assert set(csv_rows(name)[0]) <= known, name
    edge = {p.name for p in schema.edge("Partner", "MEMBER_OF").properties}
    assert set(csv_rows("memberships.csv")[0]) <= edge | {"id", "member", "network"}


def test_every_record_that_can_names_its_source(every: list[Table]) -> None:
    for fact in all_facts(every):
        owner = fact.label
        has = (
            any(p.name == "reference" for p in facts.edge_of(owner).properties)
            if facts.is_edge(owner)
            else schema.LABEL[owner].has("reference")
        )
        if has:
            assert fact.properties.get("reference"), f"{owner} {fact.id} has no reference"


def test_what_is_invented_says_so(every: list[Table]) -> None:
    for contact in of_label(every, "Contact").values():
        assert contact.properties["example"] is True
        assert contact.properties["reference"] == "Invented example"
    for person in of_label(every, "Person").values():
        title = person.properties["title"]
        assert person.properties["name"] == f"{title} (example)", "a role, never a human name"
    for position in of_label(every, "Position").values():
        assert position.properties["text"].startswith("Example: ")
    for issue in of_label(every, "Issue").values():
        assert issue.properties["name_fi"].startswith("Esimerkki: ")
        assert issue.properties["name_sv"].startswith("Exempel: ")
        assert issue.properties["name_en"].startswith("Example: ")
    sourced = re.compile(r"hel\.fi|HEL \d|nord\.news|Example: ")
    for label in ("Agreement", "Restriction"):
        for record in of_label(every, label).values():
            assert sourced.match(record.properties["reference"])
    for restriction in of_label(every, "Restriction").values():
        invented = restriction.properties["reference"].startswith("Example: ")
        assert restriction.properties["reason"].startswith("Example: ") == invented
    for fact in all_facts(every):
        if fact.label == "Partner-MEMBER_OF":
            assert fact.properties["reference"].startswith("Example: ")


def test_names_in_three_languages(every: list[Table]) -> None:
    for label in ("Department", "Area", "Goal", "Topic", "Issue", "Network"):
        for fact in of_label(every, label).values():
            assert all(fact.properties.get(f"name_{language}") for language in schema.LANGUAGES), fact.id
    areas = of_label(every, "Area")
    assert len(areas) == 8
    assert areas["inclusion"].properties["name_fi"] == "Eriytymisen ehkäisy ja osallisuus"
    assert len(of_label(every, "Goal")) == 3
    divisions = {f.properties["name_sv"] for f in of_label(every, "Department").values()
                 if f.properties["level"] == "division"}  # fmt: skip
    assert divisions == {
        "Stadskansliet", "Fostrans- och utbildningssektorn", "Kultur- och fritidssektorn",
        "Social-, hälsovårds- och räddningssektorn", "Stadsmiljösektorn",
    }  # fmt: skip


def test_no_name_leads_to_two_partners(every: list[Table]) -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for fact in all_facts(every):
        if fact.label == "Partner":
            named[names.normalise(fact.properties["name"])].add(fact.id)
        elif fact.label == "Alias" and fact.links[0].label == "Partner":
            named[names.normalise(fact.properties["text"])].add(fact.links[0].target)
    assert {text: ids for text, ids in named.items() if len(ids) > 1} == {}
    assert named["tukholma"] == named["stockholms stad"] == {"p-stockholm"}
    assert named["tallinna"] == {"p-tallinn"}
    assert named["kiova"] == {"p-kyiv"}
    assert named["pietari"] == {"p-st-petersburg"}


def test_partners_and_countries(every: list[Table]) -> None:
    partners = of_label(every, "Partner")
    assert 60 <= len(partners) <= 75
    for id, p in partners.items():
        country = p.properties.get("country")
        assert country is None or re.fullmatch("[A-Z]{2}", country), id
        assert country or p.properties["kind"] not in ("city", "region", "state", "university", "company"), id


def test_contacts_are_plausible(every: list[Table]) -> None:
    contacts = [c.properties for c in of_label(every, "Contact").values()]
    assert 380 <= len(contacts) <= 480
    days = [date.fromisoformat(c["date"]) for c in contacts]
    assert min(days) >= date(2024, 1, 1)
    assert max(days) <= date(2027, 3, 31)
    status = Counter(c["status"] for c in contacts)
    assert status["planned"] >= 20
    assert status["cancelled"] >= 5
    for c in contacts:
        if c["precision"] == "day":
            first, last = date.fromisoformat(c["date"]), date.fromisoformat(c.get("end_date", c["date"]))
            assert first <= last
            assert first.weekday() < 5, c
            assert last.weekday() < 5, c
    assert {c["channel"] for c in contacts} == set(schema.CHANNELS)


def test_contacts_csv_is_what_the_script_makes() -> None:
    assert csv_rows("contacts.csv") == [
        {column: row.get(column, "") for column in make_contacts.COLUMNS} for row in make_contacts.rows()
    ], "run: python -m loaders.demo.make_contacts"


def test_public_facts_are_all_there(every: list[Table]) -> None:
    memberships = {f.id: f.properties for f in all_facts(every) if f.label.endswith("-MEMBER_OF")}
    assert memberships["m-helsinki-metrex-1"]["to"] == "2015-12-31"
    assert memberships["m-helsinki-metrex-2"]["from"] == "2019-09-30"
    assert memberships["m-culture-wccf"]["fee_eur"] == 8500
    assert memberships["m-culture-wccf"]["from"] == "2018-10-22"
    restrictions = of_label(every, "Restriction")
    for city in ("moscow", "st-petersburg"):
        assert restrictions[f"r-{city}-suspended"].properties["from"] == "2022-03-01"
    signed = {a.properties["signed"] for a in of_label(every, "Agreement").values()}
    assert signed == {"2018-05-29", "2022-04-08", "2022-11-28", "2023-12-12"}
    ours = {f.links[1].target for f in all_facts(every) if f.label == "Department-MEMBER_OF"}
    assert set(of_label(every, "Network")) - ours == {"c40"}, "Helsinki is not in C40's member list"


def test_city_yaml_has_no_unknown_keys() -> None:
    words: dict[str, Any] = yaml.safe_load((HERE / "city.yaml").read_text(encoding="utf-8"))
    assert set(words) == {"goals", "areas", "references", "departments", "topics", "issues"}
    names_ = {"id", *schema.LANGUAGES}
    department = {*names_, "part_of", "level", "abbreviation", "mailbox", "reference"}
    for group, keys in (("goals", names_), ("areas", names_), ("departments", department),
                        ("topics", {*names_, "areas"}), ("issues", {*names_, "areas"})):  # fmt: skip
        for word in words[group]:
            assert set(word) <= keys, word["id"]
