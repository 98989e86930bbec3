"""Records entered, changed and deleted by people: versions, audit, what follows from it, who may see it."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from graph import Graph, Viewer
from graph.errors import BadInput, Changed, Conflict, NotAllowed, Unknown
from graph.facts import Fact, Link

EDITOR = Viewer("editor", frozenset(), "editor")


@pytest.fixture
def city(graph: Graph) -> Graph:
    graph.write(
        [
            Fact("Area", "climate", "", {"name": "Climate"}),
            Fact("Area", "culture", "", {"name": "Culture"}),
            Fact("Issue", "tunnel", "", {"name": "Tunnel"}),
            Fact("Department", "city", "", {"name": "City", "level": "city"}),
            *(
                Fact(
                    "Department", d, "", {"name": d.title(), "level": "division"}, (Link("PART_OF", "city"),)
                )
                for d in ("transport", "office")
            ),
            Fact("Partner", "p-tallinn", "", {"name": "Tallinn", "country": "EE", "kind": "city"}),
            Fact("Partner", "p-moscow", "", {"name": "Moscow", "country": "RU", "kind": "city"}),
            Fact("Restriction", "r-ru", "", {"kind": "suspended", "country": "RU", "from": "2022-03-01"}),
        ],
        load="l-1",
        source="test",
    )
    graph.refresh()
    return graph


def _given(**more: Any) -> dict[str, Any]:
    return {
        "date": "2026-12-01",
        "departments": ["Transport"],
        "partners": ["Tallinn"],
        "areas": ["climate"],
        **more,
    }


def _rules(graph: Graph) -> list[str]:
    return sorted(f.rule for f in graph.findings(limit=None).findings)


def test_entering_changing_cancelling_deleting(city: Graph) -> None:
    first = city.enter("contacts", _given(summary="Tram"))
    assert first.fields["status"] == "planned"  # its day is to come
    assert first.links["departments"][0].id == "transport"
    assert [(h.by, h.before) for h in first.history] == [("local", None)]
    city.enter("contacts", _given(departments=["office"], date="2026-12-20"))
    assert _rules(city) == ["O1"]
    moved = city.change("contacts", first.id, {"date": "2026-10-01", "summary": ""}, version=first.version)
    assert moved.version != first.version
    assert "summary" not in moved.fields
    assert moved.fields["areas"] if "areas" in moved.fields else moved.links["areas"][0].id == "climate"
    assert _rules(city) == []
    last = moved.history[-1]
    assert (last.before, last.after) == (
        {"date": "2026-12-01", "summary": "Tram"},
        {"date": "2026-10-01"},
    )
    back = city.change("contacts", first.id, {"date": "2026-12-01"}, version=moved.version)
    assert _rules(city) == ["O1"]
    gone = city.change("contacts", first.id, {"status": "cancelled"}, version=back.version)
    assert _rules(city) == []
    done = city.delete("contacts", first.id, version=gone.version)
    assert done.history[-1].after is None
    assert done.history[-1].before is not None
    with pytest.raises(Unknown):
        city.entry("contacts", first.id)
    changes = city.store.read("MATCH (x:Change {record: $id}) RETURN x.load AS load, x.by AS by", id=first.id)
    assert len(changes) == 5
    assert {(c["load"], c["by"]) for c in changes} == {("user:local", "local")}
    before = city.canonical_dump(ids=True)
    city.rebuild()
    assert city.canonical_dump(ids=True) == before


def test_the_second_is_told_what_the_first_did(city: Graph) -> None:
    made = city.enter("contacts", _given())
    city.as_viewer(EDITOR).change("contacts", made.id, {"date": "2026-12-05"}, version=made.version)
    with pytest.raises(Changed, match=r"editor changed date at .* after you had read it") as said:
        city.change("contacts", made.id, {"date": "2026-12-09"}, version=made.version)
    assert said.value.current.fields["date"] == "2026-12-05"  # type: ignore[attr-defined]
    assert city.entry("contacts", made.id).fields["date"] == "2026-12-05"
    with pytest.raises(Changed):
        city.delete("contacts", made.id, version=made.version)


def test_of_many_at_once_one_is_first(city: Graph) -> None:
    made = city.enter("contacts", _given())
    outcomes: list[str] = []

    def edit(n: int) -> None:
        try:
            city.change("contacts", made.id, {"date": f"2026-12-{n + 2:02}"}, version=made.version)
            outcomes.append("done")
        except Changed:
            outcomes.append("changed")

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcomes) == ["changed"] * 5 + ["done"]
    assert len(city.entry("contacts", made.id).history) == 2


def test_a_restriction_is_met_and_left(city: Graph) -> None:
    made = city.enter("contacts", _given(partners=["Moscow"]))
    assert _rules(city) == ["C4"]
    city.change("contacts", made.id, {"partners": ["Tallinn"]}, version="*")
    assert _rules(city) == []


def test_what_belongs_to_a_contact_keeps_it(city: Graph) -> None:
    made = city.enter("contacts", _given())
    stance = {"issue": "Tunnel", "department": "transport", "stance": "support", "from": "2026-11-01"}
    position = city.enter("positions", {**stance, "contact": made.id})
    with pytest.raises(Conflict, match=position.id):
        city.delete("contacts", made.id, version="*")
    other = city.enter("positions", {**stance, "stance": "oppose", "department": "office"})
    assert _rules(city) == ["C1"]
    city.delete("positions", other.id, version=other.version)
    city.delete("positions", position.id, version="*")
    city.delete("contacts", made.id, version="*")
    assert _rules(city) == []


def test_commitments_resources_and_core_messages(city: Graph) -> None:
    made = city.enter("contacts", _given())
    ferry = city.enter("resources", {"name": "Ferry seats", "capacity": 100.0, "departments": ["office"]})
    promise = {"by": "us", "key": "seats", "value": "sixty", "contact": made.id, "resource": "Ferry seats"}
    first = city.enter("commitments", {**promise, "promised": 60.0})
    assert (first.fields["promised"], first.links["resource"][0].id) == (60.0, ferry.id)
    assert first.fields["status"] == "open"
    second = city.enter("commitments", {**promise, "value": "fifty", "replaces": [first.id]})
    assert [n.id for n in second.links["replaces"]] == [first.id]
    more = city.change("commitments", first.id, {"promised": 70.0}, version=first.version)
    assert more.history[-1].after == {"promised": 70.0}
    message = {"title": "Build it", "kind": "core_message", "stance": "support", "issues": ["tunnel"]}
    assert city.enter("materials", message).links["issues"][0].name == "Tunnel"
    with pytest.raises(BadInput, match="stance"):
        city.enter("materials", {**message, "stance": None})
    with pytest.raises(Conflict, match=first.id):
        city.delete("contacts", made.id, version="*")


def test_a_file_loaded_again_does_not_undo_an_edit(city: Graph) -> None:
    def row(day: str) -> Fact:
        links = (Link("MADE_BY", "office"), Link("WITH_PARTNER", "p-tallinn"))
        return Fact("Contact", source_key="file:1", properties={"date": day}, links=links)

    id = city.write([row("2026-05-01")], load="l-2", source="file")[0].id
    city.change("contacts", id, {"summary": "By telephone"}, version="*")
    assert city.write([row("2026-05-01")], load="l-3", source="file")[0].outcome == "unchanged"
    assert city.entry("contacts", id).fields["summary"] == "By telephone"
    assert city.write([row("2026-05-02")], load="l-4", source="file")[0].outcome == "updated"
    assert city.entry("contacts", id).fields["date"] == "2026-05-02"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"date": "14.3.2026"}, "14.3.2026"),
        ({"date": None}, "needs a date"),
        ({"date": "2026-12-01", "end_date": "2026-11-01"}, "before"),
        ({"departments": ["Transprt"]}, "Transport"),
        ({"departments": []}, "needs a department"),
        ({"partners": ["Tallin"]}, "Tallinn"),
        ({"channel": "pigeon"}, "meeting"),
        ({"areas": ["Weather"]}, "Climate"),
        ({"persons": ["Nobody"]}, "Nobody"),
        ({"colour": "red"}, "colour"),
        ({"date": "2026-12-01", "summary": 7}, ""),
    ],
)
def test_what_does_not_fit_is_named(city: Graph, given: dict[str, Any], word: str) -> None:
    before = city.canonical_dump(ids=True)
    if word:
        with pytest.raises(BadInput, match=word):
            city.enter("contacts", _given(**given))
        assert city.canonical_dump(ids=True) == before
    else:
        assert city.enter("contacts", _given(**given)).fields["summary"] == "7"


def test_readers_do_not_write_and_hidden_is_unknown(city: Graph) -> None:
    hidden = city.enter("contacts", _given(confidentiality="confidential"))
    stance = {"issue": "Tunnel", "department": "transport", "stance": "support", "from": "2026-11-01"}
    position = city.enter("positions", {**stance, "contact": hidden.id})
    for work in (
        lambda g: g.entry("contacts", hidden.id),
        lambda g: g.change("contacts", hidden.id, {"date": "2026-12-02"}, version="*"),
        lambda g: g.delete("contacts", hidden.id, version="*"),
        lambda g: g.entry("positions", position.id),
    ):
        with pytest.raises(Unknown, match="There is no") as said:
            work(city.as_viewer(EDITOR))
        assert "confidential" not in str(said.value)
    with pytest.raises(BadInput) as first:
        city.as_viewer(EDITOR).enter("positions", {**stance, "contact": hidden.id})
    with pytest.raises(BadInput) as second:
        city.as_viewer(EDITOR).enter("positions", {**stance, "contact": "c-none"})
    assert str(first.value).replace(hidden.id, "c-none") == str(second.value)
    with pytest.raises(NotAllowed):
        city.as_viewer(Viewer("reader")).enter("contacts", _given())
    with pytest.raises(Unknown, match="positions"):
        city.entry("opinions", "x")


def test_an_entry_survives_json(city: Graph) -> None:
    made = city.enter("contacts", _given(purposes=["invite", "inform"], readers=["a"]))
    again = type(made).model_validate_json(made.model_dump_json())
    assert again == made
    assert json.loads(made.model_dump_json())["links"]["partners"] == [{"id": "p-tallinn", "name": "Tallinn"}]


def test_an_edit_that_brings_back_what_was_first_said_is_made(city: Graph) -> None:
    id = city.enter("contacts", _given()).id
    for status in ("cancelled", "planned", "cancelled", "planned"):
        assert city.change("contacts", id, {"status": status}, version="*").fields["status"] == status
    assert len(city.entry("contacts", id).history) == 5
