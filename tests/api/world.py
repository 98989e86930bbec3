"""A small fixed city, which the goldens describe: fixed ids, fixed days, a finding of each rule."""

from __future__ import annotations

from datetime import date

from graph import Graph
from graph.answers import FileReport, FindingsDelta, LoadReport, Problem
from graph.facts import Fact, Link

TODAY = date(2026, 6, 15)
RECORDED = "2026-06-01T09:00:00.000000+00:00"
PROBLEM = Problem(
    row=7,
    column="department",
    value="Urban Enviroment",
    reason="No department is called that.",
    suggestion="Urban Environment Division",
)
HOSTILE = "<img src=x onerror=alert(1)>"


def _alias(text: str, target: str, label: str, language: str) -> Fact:
    return Fact(
        "Alias", properties={"text": text, "language": language}, links=(Link("NAMES", target, label=label),)
    )


def _department(id: str, name: str, fi: str, level: str, parent: str = "", abbreviation: str = "") -> Fact:
    properties = {"name": name, "name_en": name, "name_fi": fi, "level": level, "abbreviation": abbreviation}
    if level == "division":
        properties["mailbox"] = f"{id}@city.example"
    return Fact("Department", id, properties=properties, links=(Link("PART_OF", parent),) if parent else ())


def _contact(
    id: str, day: str, departments: str, partners: str, about: tuple[Link, ...] = (), **more: object
) -> Fact:
    links = [Link("MADE_BY", d) for d in departments.split()]
    links += [Link("WITH_PARTNER", p) for p in partners.split()]
    properties = {"date": day, "channel": "meeting", "summary": f"Contact {id}", **more}
    return Fact("Contact", id, properties=properties, links=(*links, *about))


def facts() -> list[list[Fact]]:
    """The city's facts, a list of batches in the order in which they must be written."""
    climate, ferries = Link("ABOUT", "climate", label="Area"), Link("ABOUT", "ferries", label="Topic")
    return [
        [
            _department("helsinki", "City of Helsinki", "Helsingin kaupunki", "city"),
            Fact(
                "Area", "climate", properties={"name": "Climate", "name_en": "Climate", "name_fi": "Ilmasto"}
            ),
            Fact(
                "Area",
                "culture",
                properties={"name": "Culture", "name_en": "Culture", "name_fi": "Kulttuuri"},
            ),
            Fact(
                "Network", "eurocities", properties={"name": "Eurocities", "kind": "general", "founded": 1986}
            ),
        ],
        [
            _department(
                "urban",
                "Urban Environment Division",
                "Kaupunkiympäristön toimiala",
                "division",
                "helsinki",
                "KYMP",
            ),
            _department(
                "leisure",
                "Culture and Leisure Division",
                "Kulttuurin ja vapaa-ajan toimiala",
                "division",
                "helsinki",
                "KUVA",
            ),
            _department("abroad", "International Affairs", "Kansainväliset asiat", "unit", "helsinki"),
            Fact(
                "Topic",
                "ferries",
                properties={"name": "Ferries", "name_fi": "Lautat"},
                links=(Link("WITHIN", "climate"),),
            ),
            Fact(
                "Issue",
                "ferry-ticket",
                properties={"name": "Joint ferry ticket"},
                links=(Link("WITHIN", "climate"),),
            ),
            Fact("Partner", "p-stockholm", properties={"name": "Stockholm", "kind": "city", "country": "SE"}),
            Fact(
                "Partner",
                "p-tallinn",
                properties={"name": "Tallinn", "kind": "city", "country": "EE", "key_partner": True},
            ),
            Fact(
                "Partner",
                "p-saintpetersburg",
                properties={"name": "Saint Petersburg", "kind": "city", "country": "RU"},
            ),
            Fact(
                "Partner",
                "p-hostile",
                properties={"name": HOSTILE, "kind": "company", "country": "FI", "example": True},
            ),
            Fact(
                "Partner",
                "p-formula",
                properties={"name": "=1+1", "kind": "company", "country": "FI", "example": True},
            ),
        ],
        [
            _alias("Tukholma", "p-stockholm", "Partner", "fi"),
            _alias("Stockholms stad", "p-stockholm", "Partner", "sv"),
            _alias("Tallinna", "p-tallinn", "Partner", "fi"),
            Fact(
                "Person",
                "h-mayor",
                properties={"name": "Deputy mayor", "title": "Deputy mayor"},
                links=(Link("WORKS_FOR", "p-tallinn", label="Partner"),),
            ),
            Fact(
                "Partner-MEMBER_OF",
                "m-tallinn",
                properties={"from": "2001-01-01", "role": "member", "fee_eur": 17000.0},
                links=(Link("start", "p-tallinn"), Link("end", "eurocities", label="Network")),
            ),
            Fact(
                "Department-LEADS",
                "e-tallinn",
                properties={"from": "2020-01-01"},
                links=(Link("start", "abroad"), Link("end", "p-tallinn", label="Partner")),
            ),
            Fact(
                "Agreement",
                "a-twin",
                properties={
                    "title": "Twin city",
                    "kind": "memorandum",
                    "signed": "2015-05-06",
                    "from": "2015-05-06",
                    "to": "2027-12-31",
                    "status": "in_force",
                },
                links=(Link("OWNED_BY", "abroad"), Link("WITH_PARTNER", "p-tallinn")),
            ),
            Fact(
                "Restriction",
                "r-suspended",
                properties={"kind": "suspended", "from": "2022-03-01", "reason": "Cooperation is suspended"},
                links=(Link("LIMITS", "p-saintpetersburg"),),
            ),
            _contact("c-01", "2026-04-01", "urban", "p-tallinn", (ferries,), purposes=["negotiate"]),
            _contact("c-02", "2026-04-20", "leisure", "p-tallinn", (ferries, climate)),
            _contact(
                "c-03",
                "2026-09-10",
                "abroad",
                "p-tallinn",
                (Link("ABOUT", "culture", label="Area"),),
                status="planned",
                channel="visit_out",
            ),
            _contact("c-04", "2025-02-03", "urban", "p-stockholm", (climate,)),
            _contact("c-05", "2026-03-01", "abroad", "p-stockholm p-tallinn", precision="month"),
            _contact("c-06", "2026-07-01", "leisure", "p-saintpetersburg", status="planned"),
            _contact("c-07", "2026-05-05", "urban", "p-hostile p-formula", summary="@SUM(A1:A9)"),
            _contact("c-08", "2026-05-06", "leisure", "p-stockholm", confidentiality="confidential"),
        ],
        [
            Fact(
                "Position",
                "s-for",
                properties={"stance": "support", "text": "One ticket for both cities", "from": "2026-01-10"},
                links=(
                    Link("ON", "ferry-ticket"),
                    Link("HELD_BY", "urban", label="Department"),
                    Link("STATED_IN", "c-01"),
                ),
            ),
            Fact(
                "Position",
                "s-against",
                properties={"stance": "oppose", "text": "Tickets stay apart", "from": "2026-02-01"},
                links=(
                    Link("ON", "ferry-ticket"),
                    Link("HELD_BY", "leisure", label="Department"),
                    Link("STATED_IN", "c-02"),
                ),
            ),
        ],
    ]


def build(graph: Graph) -> None:
    """Write the city and derive what follows; the caller has pinned `graph.clock.now`."""
    load = graph.open_load(mapping="world", files=["world.csv"])
    rows = 0
    for batch in facts():
        rows += len(batch)
        for written in graph.write(batch, load=load, source="world"):
            if written.outcome != "loaded":
                raise AssertionError(f"{written.id}: {written.outcome} {written.reason}")
    done = graph.refresh()
    graph.judge("p-stockholm", "p-tallinn", "different", why="Two cities.")
    graph.store.write(lambda tx: tx.run("MATCH (j:Judgement) SET j.id = 'j-world1'"))
    file = FileReport(
        name="world.csv",
        rows=rows + 1,
        loaded=rows,
        unchanged=0,
        repeated=0,
        quarantined=1,
        problems=[PROBLEM],
    )
    delta = FindingsDelta(opened=done.opened, closed=done.closed)
    graph.close_load(load, LoadReport(load=load, files=[file], created={"Partner": 5}, findings=delta))
