"""W|v, drawn: pairs of cities that differ only in what is hidden from a viewer answer that viewer byte for byte alike.

Every route, page, export and check is asked. What a hidden contact may differ in is everything but its notice:
the partner, the division and the month of the first one. KUMPPANI_WORLDS sets how many pairs are drawn.
"""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from graph import Graph, Viewer, clock, entries
from graph.facts import Fact, Link
from graph.questions import check as checking
from graph.schema import CHANNELS
from tests.api.conftest import client_of
from tests.conftest import wipe

PAIRS = int(os.environ.get("KUMPPANI_WORLDS", "2"))
TODAY = date(2026, 7, 1)
RECORDED = "2026-06-01T09:00:00.000000+00:00"
DIVISIONS = ("transport", "culture", "office")
PARTNERS = ("p-tallinn", "p-port", "p-moscow")
VIEWERS = (
    Viewer("reader", frozenset(), "editor"),
    Viewer("member", frozenset({"transport"}), "editor"),
)
SECRET = "Zeppelin"  # stands in every hidden text


@dataclass(frozen=True)
class Drawn:
    """What a contact may have, without its partner, departments and month."""

    day: int
    area: str
    topic: bool
    status: str
    channel: str
    purpose: str
    person: bool
    said: str  # a stance stated in it, or none
    promised: float  # of the resource, 0 for nothing
    more: int  # how many others follow later, as hidden


contents = st.builds(
    Drawn,
    day=st.integers(1, 28),
    area=st.sampled_from(("climate", "mobility", "")),
    topic=st.booleans(),
    status=st.sampled_from(("planned", "held", "cancelled", "held")),
    channel=st.sampled_from(CHANNELS),
    purpose=st.sampled_from(("request", "invite", "inform")),
    person=st.booleans(),
    said=st.sampled_from(("", "support", "oppose")),
    promised=st.sampled_from((0.0, 40.0, 70.0)),
    more=st.integers(0, 2),
)
places = st.tuples(st.sampled_from(PARTNERS), st.sampled_from(DIVISIONS), st.sampled_from((5, 6, 7, 8)))
opened = st.lists(st.tuples(places, contents), min_size=3, max_size=6)
own = st.lists(st.tuples(st.sampled_from(PARTNERS), contents), max_size=1)
hidden = st.lists(
    st.tuples(st.sampled_from(PARTNERS), st.sampled_from(("culture", "office")), st.sampled_from((5, 6, 7, 8)), contents, contents),
    min_size=1,
    max_size=3,
    unique_by=lambda x: (x[0], x[1]),
)  # fmt: skip


def _rich(day: int, said: str = "", **more: Any) -> Drawn:
    return Drawn(day, "climate", True, "planned", "visit_out", "request", True, said, 70.0, 1, **more)


# A city in which nearly every rule finds something, with and without what is hidden.
RICH: dict[str, Any] = {
    "shared": [
        (("p-tallinn", "transport", 7), _rich(10, "support")),
        (("p-tallinn", "transport", 7), _rich(10)),
        (("p-tallinn", "culture", 7), _rich(12, "oppose")),
        (("p-tallinn", "office", 7), _rich(14)),
        (("p-port", "culture", 7), _rich(11)),
        (("p-moscow", "office", 8), _rich(3)),
    ],
    "mine": [("p-tallinn", _rich(20))],
    "secret": [
        ("p-tallinn", "office", 6, _rich(28, "oppose"), _rich(2, "support")),
        (
            "p-moscow",
            "culture",
            8,
            _rich(5),
            Drawn(9, "mobility", False, "held", "call", "inform", False, "", 0.0, 0),
        ),
    ],
}


def common() -> list[list[Fact]]:
    names: list[Fact] = [Fact("Area", a, "", {"name": a.title()}) for a in ("climate", "mobility")]
    names += [Fact("Issue", "tunnel", "", {"name": "Tunnel"}), Fact("Resource", "hall", "", {"name": "Hall", "capacity": 100.0})]  # fmt: skip
    names += [Fact("Topic", "tram", "", {"name": "Tram"}, (Link("WITHIN", "climate"),))]
    names += [
        Fact("Network", n, "", {"name": n.title()}, (Link("ABOUT", "climate"),)) for n in ("ring", "belt")
    ]
    names += [Fact("Department", "city", "", {"name": "City", "level": "city"})]
    for d in DIVISIONS:
        properties = {"name": d.title(), "level": "division", "mailbox": f"{d}@example.org"}
        names.append(Fact("Department", d, "", properties, (Link("PART_OF", "city"),)))
    names.append(Fact("Partner", "p-tallinn", "", {"name": "Tallinn", "country": "EE", "kind": "city", "key_partner": True, "key_since": "2020-01-01"}))  # fmt: skip
    names.append(
        Fact("Partner", "p-port", "", {"name": "Port", "kind": "company"}, (Link("PART_OF", "p-tallinn"),))
    )
    names.append(Fact("Partner", "p-moscow", "", {"name": "Moscow", "country": "RU", "kind": "city"}))
    names.append(
        Fact("Person", "h-1", "", {"name": "Mayor"}, (Link("WORKS_FOR", "p-tallinn", label="Partner"),))
    )
    names.append(
        Fact("Restriction", "r-ru", "", {"kind": "suspended", "country": "RU", "from": "2022-03-01"})
    )
    names.append(Fact("Material", "k-1", "", {"title": "Build it", "kind": "core_message", "stance": "support"}, (Link("ON", "tunnel"),)))  # fmt: skip
    lead = (Link("start", "office"), Link("end", "p-tallinn", label="Partner"))
    stance = (Link("ON", "tunnel"), Link("HELD_BY", "transport", label="Department"))
    return [
        names,
        [
            Fact("Department-LEADS", "e-1", "", {"from": "2020-01-01"}, lead),
            Fact("Position", "s-open", "", {"stance": "support", "from": "2026-01-01"}, stance),
        ],
    ]


def contact(id: str, day: date, department: str, partner: str, x: Drawn, confidentiality: str) -> list[Fact]:
    """A contact with what was said and promised in it."""
    links = [Link("MADE_BY", department), Link("WITH_PARTNER", partner)]
    links += [Link("ABOUT", x.area, label="Area")] if x.area else []
    links += [Link("ABOUT", "tram", label="Topic")] if x.topic else []
    links += [Link("WITH_PERSON", "h-1")] if x.person else []
    text = SECRET if confidentiality == "confidential" else "Open"
    properties = {
        "date": day.isoformat(), "status": x.status, "channel": x.channel, "purposes": [x.purpose],
        "summary": f"{text} {id}", "confidentiality": confidentiality,
    }  # fmt: skip
    out = [Fact("Contact", id, "", properties, tuple(links))]
    if x.said:
        stance = {"stance": x.said, "from": day.isoformat(), "text": f"{text} {id}"}
        held = (Link("ON", "tunnel"), Link("HELD_BY", department, label="Department"), Link("STATED_IN", id))
        out.append(Fact("Position", f"s-{id}", "", stance, held))
    if x.promised:
        made = (Link("MADE_IN", id), Link("PROMISES", "hall", {"amount": x.promised}))
        promise = {"by": "us", "key": "hall", "value": f"{text} {x.promised}", "due": "2026-08-30"}
        out.append(Fact("Commitment", f"m-{id}", "", promise, made))
    return out


def facts(shared: Any, mine: Any, secret: Any, side: int) -> list[list[Fact]]:
    out = common()
    batch: list[Fact] = []
    for n, ((partner, department, month), x) in enumerate(shared):
        batch += contact(f"c-{n}", date(2026, month, x.day), department, partner, x, "internal")
    for n, (partner, x) in enumerate(mine):
        batch += contact(f"c-own{n}", date(2026, 6, x.day), "transport", partner, x, "confidential")
    for n, (partner, department, month, *sides) in enumerate(secret):
        x = sides[side]
        first = date(2026, month, x.day)
        batch += contact(f"c-h{side}{n}", first, department, partner, x, "confidential")
        for k in range(x.more):
            later = first.replace(day=28) + timedelta(5 + 20 * k + x.day)
            batch += contact(f"c-h{side}{n}{k}", later, department, partner, x, "confidential")
    return [*out, batch]


def answers(graph: Graph, viewer: Viewer) -> dict[str, str]:
    """Everything that the viewer is told, by what was asked."""
    out: dict[str, str] = {}
    with client_of(graph, lambda request: viewer) as client:
        found = [f.id for f in graph.as_viewer(viewer).on(TODAY).findings(limit=None).findings]
        for method, path, body in _questions(found):
            out[f"{method} {path} {body or ''}"] = _told(client, method, path, body)
    return out


def _told(client: TestClient, method: str, path: str, body: Any) -> str:
    if path == "/check" and body:
        got = client.post(path, data=body)
    else:
        got = client.request(method, path, json=body)
    kept = {k: v for k, v in got.headers.items() if k in ("etag", "content-type", "location")}
    assert got.status_code < 500, got.text
    return f"{got.status_code} {kept} {got.text}"


def _questions(found: list[str]) -> list[tuple[str, str, Any]]:
    api = "/api/v1"
    paths = [
        f"{api}/who-talks-to?name=Tallinn", f"{api}/who-talks-to?name=Moscow&since=2026-06-01&until=2026-07-31",
        f"{api}/who-talks-to?name=Port&area=climate", f"{api}/ties", f"{api}/ties?limit=1", f"{api}/partners",
        f"{api}/partners?query=tal", f"{api}/contacts", f"{api}/contacts?department=office", f"{api}/findings",
        f"{api}/findings?status=open&severity=high", f"{api}/findings?status=resolved",
        f"{api}/findings?what_if=O1.days:20", f"{api}/findings?what_if=O2.days:5,C5.days:1", f"{api}/map",
        f"{api}/map?partner=Tallinn&hops=2", f"{api}/loads", f"{api}/checks/q-none", "/", "/?q=tallin", "/map",
        "/findings", "/what-if?threshold=O1.days&value=10", "/check?partner=p-tallinn", "/enter", "/loads",
        "/commitments/new", "/positions/new", f"{api}/why-not?rule=O5&a=c-0&b=c-1", f"{api}/why-not?rule=O1&a=c-0&b=c-h00",
        f"{api}/why-not?rule=C5&a=c-h10&b=p-tallinn", f"{api}/why-not?rule=C1&a=s-open&b=s-c-h00",
        f"{api}/why-not?rule=C2&a=m-c-0&b=m-c-1", f"{api}/why-not?rule=C3&a=s-open&b=k-1",
        f"{api}/why-not?rule=C4&a=c-5&b=r-ru", f"{api}/why-not?rule=G1&a=p-tallinn", f"{api}/why-not?rule=O7&a=belt&b=ring",
        "/why-not?rule=O1&a=c-0&b=c-h00", "/why-not?rule=G1&a=p-tallinn",
    ]  # fmt: skip
    paths += [f"{prefix}/partners/{p}" for p in PARTNERS for prefix in (api, "")]
    paths += [f"{prefix}/findings/{f}" for f in found for prefix in (api, "")]
    paths += [f"{prefix}/contacts/{c}" for c in ("c-0", "c-h00", "c-h10", "c-own0") for prefix in (api, "")]
    paths += [f"{api}/positions/s-c-h{n}0" for n in (0, 1)] + [f"{api}/commitments/m-c-h{n}0" for n in (0, 1)]
    for what in ("ties", "partners", "contacts", "findings"):
        paths += [f"{api}/export?what={what}&format={form}" for form in ("csv", "json")]
    paths.append(f"{api}/export?format=graphml")
    asked: list[tuple[str, str, Any]] = [("GET", path, None) for path in paths]
    for partner in PARTNERS:
        for day in ("2026-07-05", "2026-08-20"):
            question = {
                "department": ["transport"], "partner": partner, "date": day, "area": ["climate", "mobility"],
                "topic": ["tram"], "person": ["h-1"], "purpose": ["request"], "channel": "visit_out",
            }  # fmt: skip
            asked.append(("POST", f"{api}/check", question))
        asked.append(("POST", "/check", {"partner": partner, "department": "culture", "date": "2026-07-20", "area": "climate"}))  # fmt: skip
    asked.append(("POST", f"{api}/positions", {"issue": "tunnel", "department": "city", "stance": "neutral", "from": "2026-01-01", "contact": "c-h00"}))  # fmt: skip
    return asked


@pytest.mark.slow
def test_every_answer_is_a_function_of_what_may_be_seen(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: RECORDED)
    city = graph.on(TODAY)
    rules: set[str] = set()
    differed: set[str] = set()

    @settings(max_examples=PAIRS, deadline=None, suppress_health_check=list(HealthCheck), derandomize="KUMPPANI_WORLDS" not in os.environ, database=None, phases=(Phase.explicit, Phase.generate))  # fmt: skip
    @given(shared=opened, mine=own, secret=hidden)
    @example(**RICH)
    def drawn(shared: Any, mine: Any, secret: Any) -> None:
        told: list[dict[str, dict[str, str]]] = []
        for side in (0, 1):
            wipe(graph)
            numbers = itertools.count()
            # What is made up while answering is made up alike on both sides.
            for module in (checking, entries):
                monkeypatch.setattr(module, "new_id", lambda label: f"{label[:1].lower()}-new{next(numbers)}")  # noqa: B023
            for batch in facts(shared, mine, secret, side):
                outcomes = city.write(batch, load="l-1", source="test")
                assert {o.outcome for o in outcomes} == {"loaded"}, outcomes
            city.refresh()
            full = city.findings(limit=None).model_dump_json()
            rules.update(re.findall(r'"rule":"(\w+)"', full))
            told.append({v.name: answers(city, v) for v in VIEWERS} | {"": {"full": full}})
        for viewer in VIEWERS:
            first, second = (side[viewer.name] for side in told)
            assert first.keys() == second.keys(), viewer.name
            for question in first:
                assert second[question] == first[question], (viewer.name, question)
                if viewer.name == "reader":
                    assert SECRET not in first[question], question
        if told[0][""] != told[1][""]:
            differed.add("findings")

    drawn()
    # Otherwise nothing was hidden that mattered, and nothing was shown.
    assert differed
    assert len(rules) >= 10, rules
