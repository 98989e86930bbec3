"""Undoing loads: what was before comes back, what others built on stays, and later edits stand in the way."""

from __future__ import annotations

import pytest

from graph import Graph, Viewer
from graph.answers import FindingsDelta, LoadReport
from graph.errors import Conflict, NotAllowed, Unknown
from graph.facts import Fact, Link

DEPARTMENTS = ("d-a", "d-b")


@pytest.fixture
def city(graph: Graph) -> Graph:
    words = [Fact("Department", d, "", {"name": d}) for d in DEPARTMENTS]
    words += [Fact("Area", "area", "", {"name": "Area"}), Fact("Network", "net", "", {"name": "Net"})]
    graph.write(words, load="", source="city")
    return graph


def partner(id: str, name: str, **properties: object) -> Fact:
    return Fact("Partner", id, "", {"name": name, **properties})


def contact(key: str, partner: str, day: str = "2026-05-01", department: str = "d-a", **more: object) -> Fact:
    links = (Link("MADE_BY", department), Link("WITH_PARTNER", partner), Link("ABOUT", "area", label="Area"))
    return Fact("Contact", "", f"t:{key}", {"date": day, **more}, links)


def load(graph: Graph, *facts: Fact) -> str:
    id = graph.open_load(mapping="test", files=["test.csv"])
    outcomes = graph.write(list(facts), load=id, source="test")
    assert all(o.outcome != "refused" for o in outcomes), outcomes
    graph.refresh()
    none = FindingsDelta(opened=0, closed=0)
    graph.close_load(id, LoadReport(load=id, files=[], created={}, findings=none))
    return id


def edit(graph: Graph, *facts: Fact) -> None:
    graph.write(list(facts), load="", source="user")
    graph.refresh()


def id_of(graph: Graph, key: str) -> str:
    return str(
        graph.store.read("MATCH (c:Contact {source_key: $k}) RETURN c.id AS id", k=f"t:{key}")[0]["id"]
    )


def test_what_a_load_brought_goes_and_what_it_overwrote_comes_back(city: Graph) -> None:
    first = load(
        city,
        partner("p-1", "Tallinn", country="EE"),
        contact("1", "p-1", summary="before"),
        contact("2", "p-1", department="d-b", day="2026-05-20"),
        Fact(
            "Partner-MEMBER_OF",
            "m-1",
            "t:m",
            {"from": "2020-01-01"},
            (Link("start", "p-1"), Link("end", "net")),
        ),
    )
    before = city.canonical_dump(ids=True)
    assert "Tallinn" in before
    second = load(
        city,
        partner("p-2", "Riga", country="LV"),
        Fact("Alias", properties={"text": "Tallinna"}, links=(Link("NAMES", "p-1", label="Partner"),)),
        contact("1", "p-2", summary="after", department="d-b", confidentiality="confidential"),
        contact("3", "p-1"),
        Fact(
            "Partner-MEMBER_OF",
            "m-1",
            "t:m",
            {"to": "2021-01-01"},
            (Link("start", "p-2"), Link("end", "net")),
        ),
    )
    assert city.canonical_dump(ids=True) != before
    dry = city.undo(second, dry_run=True)
    assert (dry.done, dry.removed, dry.restored) == (
        False, {"Contact": 1, "Partner": 1}, {"Contact": 1, "MEMBER_OF": 1},
    )  # fmt: skip
    undone = city.undo(second)
    assert undone.done
    assert undone.blockers == []
    assert city.canonical_dump(ids=True).splitlines() == before.splitlines()
    city.rebuild()
    assert city.canonical_dump(ids=True).splitlines() == before.splitlines()
    # The same content again is recognised as what it was before the load that was undone.
    again = city.write([contact("1", "p-1", summary="before")], load="l-x", source="test")
    assert again[0].outcome == "unchanged"
    assert city.undo(first).done
    assert "Tallinn" not in city.canonical_dump()
    status = {row.load: row.status for row in city.loads().loads}
    assert status == {first: "undone", second: "undone"}


def test_an_undone_load_cannot_be_undone_and_an_unknown_one_neither(city: Graph) -> None:
    id = load(city, partner("p-1", "Tallinn"))
    city.undo(id)
    before = city.canonical_dump(ids=True)
    with pytest.raises(Conflict, match=r"was undone on .* by local: there is nothing of it left"):
        city.undo(id)
    with pytest.raises(Unknown, match="no load 'l-nowhere'"):
        city.undo("l-nowhere")
    assert city.canonical_dump(ids=True) == before


def test_later_edits_are_named_and_nothing_is_changed(city: Graph) -> None:
    id = load(city, partner("p-1", "Tallinn"), contact("1", "p-1"), contact("2", "p-1"))
    edited = id_of(city, "2")
    edit(city, Fact("Contact", edited, "", {"date": "2026-05-03"}, contact("2", "p-1").links))
    before = city.canonical_dump(ids=True)
    answer = city.undo(id)
    assert not answer.done
    assert [(b.record, b.why, b.by) for b in answer.blockers] == [(edited, "changed", "local")]
    assert city.canonical_dump(ids=True) == before
    assert city.loads().loads[0].status == "done"


def test_a_later_load_stands_in_the_way_until_it_is_undone_itself(city: Graph) -> None:
    empty = city.canonical_dump(ids=True)
    first = load(city, partner("p-1", "Tallinn"), contact("1", "p-1", summary="a"))
    second = load(city, contact("1", "p-1", summary="b"))
    assert [b.load for b in city.undo(first).blockers] == [second]
    assert city.undo(second).done
    assert city.undo(first).done
    assert city.canonical_dump(ids=True) == empty


def test_what_others_use_is_kept_and_goes_with_its_last_user(city: Graph) -> None:
    empty = city.canonical_dump(ids=True)
    first = load(
        city,
        partner("p-1", "Tallinn"),
        partner("p-2", "Riga"),
        Fact("Alias", properties={"text": "Tallinna"}, links=(Link("NAMES", "p-1", label="Partner"),)),
        Fact("Person", "h-1", "", {"name": "Head of office"}, (Link("WORKS_FOR", "p-2", label="Partner"),)),
        contact("1", "p-1"),
    )
    person = Link("WITH_PERSON", "h-1")
    other = contact("2", "p-1")
    second = load(city, Fact("Contact", "", "t:2", other.properties, (*other.links, person)))
    answer = city.undo(first)
    assert answer.done
    assert [(k.id, k.name) for k in answer.kept] == [
        ("p-2", "Riga"),
        ("p-1", "Tallinn"),
        ("h-1", "Head of office"),
    ]
    assert answer.removed == {"Contact": 1}
    found = city.who_talks_to("Tallinna").partner
    assert found is not None
    assert found.id == "p-1"
    assert city.undo(second).done
    assert city.canonical_dump(ids=True) == empty


def test_a_record_of_ones_own_that_others_build_on_is_named(city: Graph) -> None:
    first = load(city, partner("p-1", "Tallinn"), contact("1", "p-1"))
    city.write([Fact("Issue", "issue", "", {"name": "Issue"})], load="", source="city")
    stated = id_of(city, "1")
    second = load(
        city,
        Fact(
            "Position", "s-1", "", {"stance": "support", "from": "2026-01-01"},
            (Link("ON", "issue"), Link("HELD_BY", "d-a", label="Department"), Link("STATED_IN", stated)),
        ),
    )  # fmt: skip
    before = city.canonical_dump(ids=True)
    (blocker,) = city.undo(first).blockers
    assert (blocker.record, blocker.why, blocker.load) == (stated, "used", second)
    # An editor learns that something stands in the way, and not what.
    editor = Viewer("local", frozenset(), "editor")
    (shown,) = city.as_viewer(editor).undo(first).blockers
    assert (shown.record, shown.why, shown.load, shown.by) == (stated, "used", None, None)
    assert city.canonical_dump(ids=True) == before


def test_whose_loads_may_be_undone(city: Graph) -> None:
    id = load(city, partner("p-1", "Tallinn"))
    with pytest.raises(NotAllowed):
        city.as_viewer(Viewer("somebody", frozenset(), "editor")).undo(id)
    with pytest.raises(NotAllowed):
        city.as_viewer(Viewer("local", frozenset(), "reader")).undo(id)
    assert city.as_viewer(Viewer("coordinator", frozenset(), "coordinator")).undo(id).done


def test_a_running_load_is_not_undone(city: Graph) -> None:
    id = city.open_load(mapping="test", files=["test.csv"])
    with pytest.raises(Conflict, match="is running"):
        city.undo(id)


# --- what a person corrected ---


def correct(graph: Graph, key: str, **properties: object) -> str:
    """A person changes a contact."""
    id = id_of(graph, key)
    fact = contact(key, "p-1", **properties)  # type: ignore[arg-type]
    edit(graph, Fact("Contact", id, "", fact.properties, fact.links))
    return id


def told(graph: Graph, key: str) -> dict[str, object]:
    rows = graph.store.read(
        "MATCH (c:Contact {source_key: $k}) RETURN c.date AS date, c.summary AS summary, c.place AS place, "
        "[(c)-[:MADE_BY]->(d) | d.id] AS departments",
        k=f"t:{key}",
    )
    return rows[0]


def test_an_older_file_does_not_overwrite_a_correction(city: Graph) -> None:
    rows = contact("1", "p-1", summary="first", place="Tallinn")
    load(city, partner("p-1", "Tallinn"), rows)
    id = correct(city, "1", summary="corrected", place="Tallinn")
    again = load(city, rows)
    assert told(city, "1")["summary"] == "corrected"
    (d,) = city.disagreements().disagreements
    assert (d.record, d.field, d.ours, d.theirs, d.by, d.load) == (
        id, "summary", "corrected", "first", "local", again,
    )  # fmt: skip
    # What the person did not touch follows the file; the same disagreement is not listed twice.
    load(city, contact("1", "p-1", summary="first", place="Narva"))
    assert told(city, "1") == {
        "date": "2026-05-01", "summary": "corrected", "place": "Narva", "departments": ["d-a"],
    }  # fmt: skip
    assert len(city.disagreements().disagreements) == 1
    city.settle_disagreement(d.id, "keep")
    load(city, contact("1", "p-1", summary="first", place="Tartu"))
    assert city.disagreements().disagreements == []
    assert told(city, "1")["summary"] == "corrected"


def test_a_disagreement_is_settled_for_the_file(city: Graph) -> None:
    load(city, partner("p-1", "Tallinn"), contact("1", "p-1"))
    correct(city, "1", department="d-b", day="2026-06-01")
    load(city, contact("1", "p-1", department="d-a"))
    found = {d.field: d for d in city.disagreements().disagreements}
    assert {f: (d.ours, d.theirs) for f, d in found.items()} == {
        "MADE_BY": (["d-b"], ["d-a"]),
        "date": ("2026-06-01", "2026-05-01"),
    }
    city.settle_disagreement(found["MADE_BY"].id, "take")
    assert told(city, "1")["departments"] == ["d-a"]
    assert [d.id for d in city.who_talks_to("Tallinn").departments] == ["d-a"]
    assert told(city, "1")["date"] == "2026-06-01"
    with pytest.raises(Unknown):
        city.settle_disagreement(found["MADE_BY"].id, "keep")
    # From now on the record follows the file in what was settled for it.
    load(city, contact("1", "p-1", department="d-b"))
    assert told(city, "1")["departments"] == ["d-b"]
    refreshed = city.canonical_dump(ids=True)
    city.rebuild()
    assert city.canonical_dump(ids=True) == refreshed


def test_who_sees_disagreements(city: Graph) -> None:
    load(city, partner("p-1", "Tallinn"), contact("1", "p-1", summary="a"), contact("2", "p-1", summary="a"))
    correct(city, "1", summary="b")
    correct(city, "2", summary="b", confidentiality="confidential")
    load(city, contact("1", "p-1", summary="a"), contact("2", "p-1", summary="a"))

    def seen(viewer: Viewer) -> int:
        return len(city.as_viewer(viewer).disagreements().disagreements)

    assert seen(Viewer("anyone", frozenset(), "coordinator")) == 3
    assert seen(Viewer("local", frozenset(), "editor")) == 1
    assert seen(Viewer("other", frozenset(), "editor")) == 0
    with pytest.raises(NotAllowed):
        seen(Viewer("local", frozenset(), "reader"))
