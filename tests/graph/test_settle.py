"""The life of findings: what people decide, what follows from it, and what resolves them."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from graph import Graph, Viewer
from graph.answers import FindingCard
from graph.errors import BadInput, Changed, NotAllowed, Unknown
from graph.facts import Fact, Link
from graph.settle import Act
from tests.conftest import TODAY

EDITOR = Viewer("editor", frozenset(), "editor")
SOON = "2027-03-01"


@pytest.fixture
def city(graph: Graph) -> Graph:
    graph.write(
        [
            Fact("Area", "climate", "", {"name": "Climate"}),
            Fact("Area", "culture", "", {"name": "Culture"}),
            Fact("Department", "city", "", {"name": "City", "level": "city"}),
            *(
                Fact(
                    "Department", d, "", {"name": d.title(), "level": "division"}, (Link("PART_OF", "city"),)
                )
                for d in ("transport", "office", "leisure")
            ),
            Fact("Partner", "p-tallinn", "", {"name": "Tallinn", "country": "EE", "kind": "city"}),
        ],
        load="l-1",
        source="test",
    )
    graph.write(
        [
            Fact(
                "Department-LEADS",
                "e-1",
                "",
                {"from": "2020-01-01"},
                (Link("start", "office"), Link("end", "p-tallinn", label="Partner")),
            )
        ],
        load="l-1",
        source="test",
    )
    contact(graph, "c-1", "2026-12-01", "transport")
    contact(graph, "c-2", "2026-12-20", "office")
    graph.refresh()
    return graph


def contact(graph: Graph, id: str, day: str, *departments: str, **more: Any) -> None:
    areas = more.pop("areas", ("climate",))
    links = (
        *(Link("MADE_BY", d) for d in departments),
        Link("WITH_PARTNER", more.pop("partner", "p-tallinn")),
        *(Link("ABOUT", a, label="Area") for a in areas),
        *(Link("ABOUT", t, label="Topic") for t in more.pop("topics", ())),
        *(Link("WITH_PERSON", h) for h in more.pop("persons", ())),
    )
    status = "planned" if day > TODAY.isoformat() else "held"
    outcome = graph.write(
        [Fact("Contact", id, "", {"date": day, "status": status, **more}, links)], load="l-1", source="test"
    )
    assert outcome[0].outcome == "loaded", outcome
    graph.refresh()


def only(graph: Graph, rule: str = "O1", **filters: Any) -> FindingCard:
    found = graph.findings(rule=rule, limit=None, **filters).findings
    assert len(found) == 1, found
    return found[0]


def do(graph: Graph, action: str, *, version: str = "*", **more: Any) -> Any:
    return graph.settle(only(graph).id, Act(action, **more), version=version)


def test_a_waiver_hides_nothing_new(city: Graph) -> None:
    done = do(city, "waive", reason="Agreed in November", expires=SOON)
    assert done.finding.finding.status == "waived"
    assert [(d.kind, d.author, d.in_force) for d in done.finding.decisions] == [("waive", "local", True)]
    assert only(city, status="waived").id == done.finding.finding.id
    assert city.findings(rule="O1", status="open").findings == []
    assert only(city.on(date(2027, 3, 1))).status == "waived"
    assert only(city.on(date(2027, 3, 2))).status == "open"  # expired
    contact(city, "c-3", "2026-12-24", "leisure")
    assert only(city).status == "open"  # a record outside joined
    city.delete("contacts", "c-3", version="*")
    assert only(city).status == "waived"
    assert city.store.read("MATCH (x:Change {label: 'Decision'}) RETURN x.by AS by, x.load AS load") == [
        {"by": "local", "load": "user:local"}
    ]
    before = city.canonical_dump(ids=True)
    city.rebuild()
    assert city.canonical_dump(ids=True) == before
    assert only(city).status == "waived"


def test_an_acknowledgement_follows_its_records(city: Graph) -> None:
    contact(city, "c-3", "2026-12-24", "leisure")
    assert do(city, "acknowledge").finding.finding.status == "acknowledged"
    city.delete("contacts", "c-3", version="*")  # it shrinks
    assert only(city).status == "acknowledged"
    contact(city, "c-0", "2026-12-02", "leisure", areas=("culture",))
    contact(city, "c-9", "2026-12-02", "transport", areas=("culture",))
    assert {f.status for f in city.findings(rule="O1", limit=None).findings} == {"acknowledged", "open"}


def test_a_standing_overlap_is_waived_for_its_departments(city: Graph) -> None:
    with pytest.raises(BadInput, match="not a standing one"):
        do(city, "waive", reason="x", expires=SOON, standing=True)
    for month in range(1, 12):
        contact(city, f"c-m{month}", f"2026-{month:02}-10", "transport" if month % 2 else "office")
    assert only(city).standing
    with pytest.raises(BadInput, match="twelve months"):
        do(city, "waive", reason="x", expires="2028-01-01", standing=True)
    assert (
        do(city, "waive", reason="Steady work", expires=SOON, standing=True).finding.finding.status
        == "waived"
    )
    contact(city, "c-20", "2027-01-10", "transport")
    assert only(city).status == "waived"  # the same departments
    contact(city, "c-21", "2027-01-11", "leisure")
    assert only(city).status == "open"


def test_withdrawing(city: Graph) -> None:
    waived = do(city, "waive", reason="x", expires=SOON).finding
    back = do(city, "withdraw", decision=waived.decisions[0].id, version=waived.version).finding
    assert back.finding.status == "open"
    assert [d.in_force for d in back.decisions] == [False]
    with pytest.raises(BadInput, match="no more"):
        do(city, "withdraw", decision=waived.decisions[0].id)


def test_ordinary_edits_resolve(city: Graph) -> None:
    id = only(city).id
    joined = do(city, "joint")
    assert joined.changed == ["c-1", "c-2"]
    assert joined.finding.finding.status == "resolved"
    assert joined.finding.decisions[0].action == "joint"
    assert city.findings(rule="O1").findings == []
    assert only(city, status="resolved").id == id
    city.change("contacts", "c-1", {"joint": None}, version="*")
    assert (only(city).id, only(city).status) == (id, "open")
    assert city.findings(status="resolved").findings == []
    handed = do(city, "hand_over", contacts=["c-1"])
    assert handed.finding.finding.status == "resolved"
    entry = city.entry("contacts", "c-1")
    assert [n.id for n in entry.links["departments"]] == ["office"]
    assert [n.id for n in entry.links["takes_part"]] == ["transport"]
    city.change("contacts", "c-1", {"departments": ["transport"], "takes_part": []}, version="*")
    assert do(city, "cancel", contacts=["c-2"]).finding.finding.status == "resolved"
    assert city.entry("contacts", "c-2").fields["status"] == "cancelled"


def test_an_edit_that_does_not_resolve_leaves_it_open(city: Graph) -> None:
    contact(city, "c-3", "2026-12-24", "leisure")
    done = do(city, "cancel", contacts=["c-2"])
    assert done.finding.finding.status == "open"
    assert done.finding.finding.contacts == 2


def test_an_id_whose_anchor_stands_elsewhere_leads_there(city: Graph) -> None:
    contact(city, "c-7", "2027-03-20", "leisure")
    contact(city, "c-8", "2027-04-01", "office")
    one, two = sorted(city.findings(rule="O1").findings, key=lambda f: f.first)
    city.settle(two.id, Act("comment", reason="Seen"), version="*")
    contact(city, "c-5", "2027-02-01", "leisure")  # joins both
    assert only(city).id == one.id
    assert city.finding(two.id).finding.id == one.id
    assert city.findings(status="resolved").findings == []


def test_two_people_at_once(city: Graph) -> None:
    id, version = only(city).id, city.finding(only(city).id).version
    outcomes: list[str] = []

    def decide(n: int) -> None:
        own = city.as_viewer(Viewer(f"person{n}", frozenset(), "editor"))
        try:
            own.settle(id, Act("waive", reason=f"by {n}", expires=SOON), version=version)
            outcomes.append("done")
        except Changed as error:
            outcomes.append(f"{'was first' in str(error)} {error.current.finding.status}")  # type: ignore[attr-defined]

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcomes) == ["True waived"] * 3 + ["done"]
    assert len(city.finding(id).decisions) == 1


def test_what_cannot_be_decided_is_said(city: Graph) -> None:
    for act, word in (
        (Act("waive", reason="x"), "until when"),
        (Act("waive", expires=SOON), "reason"),
        (Act("waive", reason="x", expires="2020-01-01"), "past"),
        (Act("comment"), "empty"),
        (Act("cancel"), "which one"),
        (Act("cancel", contacts=["c-zz"]), "c-zz"),
        (Act("withdraw"), "which"),
        (Act("forget"), "acknowledge"),
    ):
        with pytest.raises(BadInput, match=word):
            city.settle(only(city).id, act, version="*")
    with pytest.raises(Unknown):
        city.settle("f-none", Act("acknowledge"), version="*")
    with pytest.raises(NotAllowed):
        city.as_viewer(Viewer("reader")).settle(only(city).id, Act("acknowledge"), version="*")
    assert city.store.read("MATCH (d:Decision) RETURN count(d) AS n")[0]["n"] == 0


def test_a_decision_about_something_hidden_is_hidden(city: Graph) -> None:
    contact(city, "c-secret", "2026-12-10", "leisure", confidentiality="confidential")
    assert only(city).contacts == 3
    do(city, "waive", reason="Not to be told", expires=SOON)
    reader = city.as_viewer(EDITOR)
    assert only(reader).status == "open"
    assert reader.finding(only(reader).id).decisions == []
    reader.settle(only(reader).id, Act("acknowledge"), version="*")
    assert only(reader).status == "acknowledged"
    assert only(city).status == "waived"
    assert "Not to be told" not in repr([reader.finding(f.id) for f in reader.findings(limit=None).findings])


def test_findings_with_the_same_records_are_one_in_lists(city: Graph) -> None:
    contact(city, "c-3", "2026-08-01", "transport", areas=("climate", "culture"))
    contact(city, "c-4", "2026-08-05", "office", areas=("climate", "culture"))
    folded = [f for f in city.findings(rule="O1", limit=None).findings if f.also]
    assert [(f.contacts, [a.subject.id for a in f.also]) for f in folded] in (
        [(2, ["culture"])],
        [(2, ["climate"])],
    )
    other = city.finding(folded[0].also[0].id).finding
    assert sorted(other.records) == sorted(folded[0].records)
    city.settle(other.id, Act("acknowledge"), version="*")
    assert [f.status for f in city.findings(rule="O1", limit=None).findings if f.also] == ["acknowledged"]
