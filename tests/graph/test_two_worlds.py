"""Two cities that differ only in what is hidden from a viewer give that viewer the same answers, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from graph import Graph, Viewer, clock
from graph.errors import Unknown
from graph.facts import Fact, Link
from tests.conftest import wipe

READER = Viewer("reader")
MEMBER = Viewer("member", frozenset({"transport"}))
NAMED = Viewer("named", frozenset({"culture"}))


def _contact(
    id: str, day: str, departments: tuple[str, ...], partner: str, *about: str, **properties: Any
) -> Fact:
    links = (
        *(Link("MADE_BY", d) for d in departments),
        Link("WITH_PARTNER", partner),
        *(Link("ABOUT", a, label="Area") for a in about),
    )
    return Fact("Contact", id, "", {"date": day, **properties}, links)


def _common() -> list[Fact]:
    return [
        Fact("Area", "climate", "", {"name": "Climate"}),
        Fact("Area", "mobility", "", {"name": "Mobility"}),
        Fact("Issue", "tunnel", "", {"name": "Tunnel"}),
        Fact("Department", "city", "", {"name": "City", "level": "city"}),
        *(
            Fact(
                "Department",
                d,
                "",
                {"name": d.title(), "level": "division", "mailbox": f"{d}@example.org"},
                (Link("PART_OF", "city"),),
            )
            for d in ("transport", "culture", "office")
        ),
        Fact("Partner", "p-tallinn", "", {"name": "Tallinn", "country": "EE", "kind": "city"}),
        Fact("Partner", "p-moscow", "", {"name": "Moscow", "country": "RU", "kind": "city"}),
        Fact("Restriction", "r-ru", "", {"kind": "suspended", "country": "RU", "from": "2022-03-01"}),
        _contact("c-1", "2026-05-01", ("transport",), "p-tallinn", "climate"),
        _contact("c-2", "2026-05-20", ("culture",), "p-tallinn", "climate"),
        _contact("c-3", "2026-09-20", ("office",), "p-tallinn", "mobility"),
        _contact(
            "c-own",
            "2026-06-10",
            ("transport",),
            "p-tallinn",
            "mobility",
            confidentiality="confidential",
            readers=["named"],
        ),
        _contact("c-near", "2026-06-20", ("culture",), "p-tallinn", "mobility"),
        Fact(
            "Position",
            "s-1",
            "",
            {"stance": "support", "from": "2026-01-01"},
            (Link("ON", "tunnel"), Link("HELD_BY", "transport", label="Department")),
        ),
    ]


def _hidden_a() -> list[Fact]:
    return [
        _contact("c-h1", "2026-07-03", ("office",), "p-tallinn", "climate", confidentiality="confidential"),
        _contact("c-h2", "2026-07-02", ("office",), "p-moscow", confidentiality="confidential"),
        Fact("Position", "s-h", "", {"stance": "oppose", "from": "2026-02-01"},
             (Link("ON", "tunnel"), Link("HELD_BY", "office", label="Department"), Link("STATED_IN", "c-h1"))),
    ]  # fmt: skip


def _hidden_b() -> list[Fact]:
    """Other days of the same first month, other areas, statuses, ids, one more contact, another stance."""
    return [
        _contact("c-x9", "2026-07-29", ("office",), "p-tallinn", "mobility", confidentiality="confidential",
                 status="planned", summary="about something else"),
        _contact("c-x8", "2026-11-30", ("office",), "p-tallinn", "climate", confidentiality="confidential"),
        _contact("c-x7", "2026-07-30", ("office",), "p-moscow", confidentiality="confidential", status="planned",
                 initiative="theirs"),
        Fact("Position", "s-y", "", {"stance": "neutral", "from": "2026-03-01"},
             (Link("ON", "tunnel"), Link("HELD_BY", "office", label="Department"), Link("STATED_IN", "c-x8"))),
    ]  # fmt: skip


QUESTIONS: dict[str, Callable[[Graph], Any]] = {
    "who-talks-to": lambda g: g.who_talks_to("Tallinn"),
    "who-talks-to by area": lambda g: g.who_talks_to("Tallinn", area="climate"),
    "who-talks-to by day": lambda g: g.who_talks_to("Moscow", since="2026-07-01", until="2026-07-31"),
    "who-talks-to many": lambda g: g.who_talks_to_many(["Tallinn", "Moscow", "Talinn", "nobody"]),
    "ties": lambda g: g.ties(),
    "ties paged": lambda g: g.ties(limit=1),
    "ties by area": lambda g: g.ties(area="mobility"),
    "partners": lambda g: g.partners(),
    "partner search": lambda g: g.partners("tall"),
    "partner": lambda g: g.partner("p-tallinn"),
    "partner without open contacts": lambda g: g.partner("p-moscow"),
    "contacts": lambda g: g.contacts(),
    "contacts of a department": lambda g: g.contacts(department="office"),
    "findings": lambda g: g.findings(),
    "finding details": lambda g: [g.finding(f.id) for f in g.findings(limit=None).findings],
    "map": lambda g: g.map(),
    "ego map": lambda g: g.map(partner="p-tallinn", hops=3),
    "network": lambda g: sorted(map(str, g.network().edges(data=True))),
    "ties frame": lambda g: g.ties_frame().to_json(date_format="iso"),
    "contacts frame": lambda g: g.contacts_frame().to_json(date_format="iso"),
    "findings frame": lambda g: g.findings_frame().to_json(date_format="iso"),
    "departments": lambda g: g.departments(),
    "areas": lambda g: g.areas(),
    "topics": lambda g: g.topics(),
    "examples": lambda g: g.has_examples(),
}


def _answers(graph: Graph, viewer: Viewer) -> dict[str, str]:
    own = graph.as_viewer(viewer).on(graph._today)  # type: ignore[arg-type]

    def text(value: Any) -> str:
        if isinstance(value, list):
            return json.dumps(
                [json.loads(v.model_dump_json()) if hasattr(v, "model_dump_json") else v for v in value]
            )
        return str(value.model_dump_json()) if hasattr(value, "model_dump_json") else repr(value)

    return {name: text(ask(own)) for name, ask in QUESTIONS.items()}


def _city(graph: Graph, hidden: list[Fact]) -> None:
    wipe(graph)
    outcomes = graph.write(_common() + hidden, load="l-1", source="test")
    assert {o.outcome for o in outcomes} == {"loaded"}
    graph.refresh()


@pytest.mark.parametrize("viewer", [READER, MEMBER, NAMED], ids=lambda v: v.name)
def test_what_is_hidden_changes_no_answer(
    graph: Graph, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both worlds are entered at one moment, which explanations tell.
    monkeypatch.setattr(clock, "now", lambda: "2026-11-25T09:30:00.000000+00:00")
    _city(graph, _hidden_a())
    first = _answers(graph, viewer)
    _city(graph, _hidden_b())
    second = _answers(graph, viewer)
    for name in QUESTIONS:
        assert second[name] == first[name], name


def test_the_two_worlds_differ_for_those_who_may_see(graph: Graph) -> None:
    """Otherwise nothing was hidden, and the test above shows nothing."""
    coordinator = Viewer("coordinator", frozenset(), "coordinator")
    _city(graph, _hidden_a())
    first = _answers(graph, coordinator)
    _city(graph, _hidden_b())
    second = _answers(graph, coordinator)
    for name in ("who-talks-to", "ties", "partner", "contacts", "findings", "map"):
        assert second[name] != first[name], name


def test_notices_say_division_month_and_mailbox_only(graph: Graph) -> None:
    _city(graph, _hidden_b())
    answer = graph.as_viewer(READER).who_talks_to("Tallinn", area="climate")
    assert [n.model_dump() for n in answer.notices] == [
        {"division": "Office", "month": "2026-07", "mailbox": "office@example.org"},
        {"division": "Transport", "month": "2026-06", "mailbox": "transport@example.org"},
    ]
    assert graph.who_talks_to("Tallinn").notices == []


def test_a_member_gets_findings_over_what_it_may_see(graph: Graph) -> None:
    """The member's own confidential contact overlaps with an open one; nobody else is told."""
    _city(graph, _hidden_a())
    key = lambda g: {(f.rule, f.subject.id, f.contacts) for f in g.findings(limit=None).findings}  # noqa: E731
    assert ("O1", "mobility", 2) in key(graph.as_viewer(MEMBER))
    assert ("O1", "mobility", 2) in key(graph.as_viewer(NAMED))
    assert ("O1", "mobility", 2) not in key(graph.as_viewer(READER))
    for f in graph.as_viewer(MEMBER).findings(limit=None).findings:
        if f.subject.id == "mobility":
            with pytest.raises(Unknown):
                graph.as_viewer(READER).finding(f.id)
            assert {e.id for e in graph.as_viewer(MEMBER).finding(f.id).evidence} == {"c-own", "c-near"}
