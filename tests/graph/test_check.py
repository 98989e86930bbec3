"""Before you contact: what check foretells is what recording creates, and what it says when it cannot."""

from __future__ import annotations

import os
import random
import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from graph import Graph, Viewer
from graph.errors import BadInput, Changed, Conflict, NotAllowed, Unknown
from graph.facts import Fact, Link
from graph.questions import findings as listed
from graph.questions.check import Question
from graph.questions.finding_cards import cards, on_day
from graph.questions.naming import NameBook, book_of
from graph.rules import RULES
from graph.schema import CHANNELS, PURPOSES
from tests.conftest import TODAY
from tests.graph.test_settle import city, contact  # noqa: F401 - the fixture

FORETOLD = int(os.environ.get("KUMPPANI_FORETOLD", "40"))  # contacts drawn in all
A_CITY = 20  # of them in one city
EDITOR = Viewer("editor", frozenset(), "editor")


def ask(**more: Any) -> Question:
    given: dict[str, Any] = {
        "departments": ("transport",),
        "partner": "Tallinn",
        "date": "2026-12-10",
        "areas": ("climate",),
        "purposes": ("inform",),
        "channel": "meeting",
    }
    return Question(**{**given, **more})


def holding(graph: Graph, id: str) -> dict[str, tuple[Any, ...]]:
    """The findings that hold a contact, or list it as possible, as the viewer sees them in the store."""
    asking = graph._asking()
    today = asking.today.toordinal()
    rows = [
        row
        for row in listed.visible_rows(asking)
        if id in row["possible"] or id in listed.records_of(asking, row)
    ]
    return told(cards(asking, [(row, on_day(row, today)) for row in rows], "en"))


def told(findings: list[Any]) -> dict[str, tuple[Any, ...]]:
    return {
        f.id: (f.rule, f.certain, f.contacts, f.severity, f.first, f.last, f.smallest_gap_days)
        for f in findings
    }


def test_what_is_foretold_is_created(city: Graph) -> None:
    answer = city.check(ask())
    assert answer.verdict == "inform"
    assert [p.id for p in answer.planned] == ["c-1", "c-2"]
    assert [x.department.id for x in answer.lead] == ["office"]
    assert {n.rule for n in answer.not_evaluated} >= {"C1"}
    assert "O1" in {f.rule for f in answer.findings}
    kept = city.receipt(answer.receipt)
    assert (kept.answer, kept.contact, kept.author) == (answer, None, "local")
    done = city.record(answer.receipt)
    assert done.contact.fields["receipt"] == answer.receipt
    assert told(done.findings) == told(answer.findings) == holding(city, done.contact.id)
    assert city.receipt(answer.receipt).contact == done.contact.id
    assert city.receipt(answer.receipt).answer == answer  # what was known then
    with pytest.raises(Conflict, match=done.contact.id):
        city.record(answer.receipt)
    before = city.canonical_dump(ids=True)
    city.rebuild()
    assert city.canonical_dump(ids=True) == before


def test_what_a_recorded_contact_created_is_found_again_as_resolved(city: Graph) -> None:
    own = city.as_viewer(EDITOR)
    answer = own.check(ask(date="2026-11-28"))  # the lead cannot be told in time any more
    own.check(ask(departments=("leisure",)))  # never recorded: it names nothing
    done = own.record(answer.receipt)
    created = {f.id for f in answer.findings}
    assert own.findings(status="resolved", limit=None).findings == []
    own.change("contacts", done.contact.id, {"status": "cancelled"}, version="*")
    left = {f.id for f in own.findings(limit=None).findings}
    gone = {f.id for f in own.findings(status="resolved", limit=None).findings}
    assert gone == created - left != set()
    for id in gone:
        assert own.finding(id).finding.status == city.finding(id).finding.status == "resolved"
        with pytest.raises(Unknown):
            city.as_viewer(Viewer("reader")).finding(id)
    assert city.as_viewer(Viewer("reader")).findings(status="resolved", limit=None).findings == []
    own.change("contacts", done.contact.id, {"status": "planned"}, version="*")
    assert own.findings(status="resolved", limit=None).findings == []


# Rules whose findings are not made of contacts: a contact by itself creates none of them, and check says so of
# those that follow from what is said in it.
NAMED = {"C1", "C2", "C3"}
NEVER = {"O7", "G1"}


def test_of_every_rule_check_foretells_or_says_that_it_does_not(city: Graph) -> None:
    setting(city)
    others = {"persons": ("h-1",), "topics": ("tram",), "purposes": ["request"], "channel": "visit_out"}
    for n, department in enumerate(("leisure", "office", "leisure", "transport")):
        contact(city, f"c-m{n}", f"2026-12-{10 + n}", department, **others)
    contact(city, "c-p", "2026-12-10", "leisure", partner="p-port", **others)
    before = {f.id for f in city.findings(limit=None).findings}
    foretold: set[str] = set()
    asked = ask(
        date="2026-12-13", topics=("tram",), persons=("h-1",), purposes=("request",), channel="visit_out"
    )
    # Of the last one the lead cannot be told in time any more.
    for question in (asked, replace(asked, partner="p-moscow"), replace(asked, date="2026-11-28")):
        answer = city.check(question)
        assert {n.rule for n in answer.not_evaluated} == NAMED
        assert told(city.record(answer.receipt).findings) == told(answer.findings)
        foretold |= {f.rule for f in answer.findings}
        now = {f.id for f in city.findings(limit=None).findings}
        assert now - before <= {f.id for f in answer.findings}  # nothing else came of it
        before = now
    assert foretold == set(RULES) - NAMED - NEVER
    # What is not said in the question is named; D1, O5, C4 and C5 need nothing more than a check always has.
    bare = city.check(Question(departments=("leisure",), partner="Tallinn", date="2026-12-13"))
    assert {n.rule for n in bare.not_evaluated} == NAMED | {"O1", "O2", "O3", "O4", "O6"}


def test_who_meets_them_is_told_in_the_language_of_whoever_asks(city: Graph) -> None:
    called = {"name": "Transport", "name_fi": "Liikennelaitos", "level": "division"}
    city.write(
        [Fact("Department", "transport", "", called, (Link("PART_OF", "city"),))], load="", source="test"
    )
    city.refresh()
    for language, start in (("fi", "Liikennelaitos tapaa heidät"), ("en", "Transport meets them")):
        said = city.check(ask(departments=("leisure",), date="2026-12-21", language=language)).suggestions
        assert any(s.text.startswith(start) for s in said if s.contact == "c-1"), [s.text for s in said]


def test_clear_blocked_and_joining(city: Graph) -> None:
    clear = city.check(ask(date="2027-09-01", departments=("office",)))
    assert (clear.verdict, clear.findings, clear.suggestions) == ("clear", [], [])
    joined = city.check(ask(departments=("leisure",), date="2026-12-21"))
    assert {(s.kind, s.contact) for s in joined.suggestions} >= {("join", "c-1"), ("join", "c-2")}
    days = [s.date for s in joined.suggestions if s.kind == "date"]
    for day in days:
        later = city.check(ask(departments=("leisure",), date=day))
        assert len(later.findings) < len(joined.findings)
    city.write(
        [
            Fact(
                "Restriction",
                "r-1",
                "",
                {"kind": "approval_needed", "from": "2026-01-01"},
                (Link("LIMITS", "p-tallinn"),),
            )
        ],
        load="l-1",
        source="test",
    )
    city.refresh()
    blocked = city.check(ask(date="2027-09-01", departments=("office",)))
    assert blocked.verdict == "blocked"
    assert [r.id for r in blocked.restrictions] == ["r-1"]
    assert city.check(ask(date="2027-09-01", departments=("office",), approval="§ 7")).verdict == "clear"
    done = city.record(blocked.receipt)
    assert told(done.findings) == told(blocked.findings) == holding(city, done.contact.id)


def test_what_was_begun_beforehand_is_what_is_asked_afterwards(
    city: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether nobody was known by the name, its bearer, or one that has been joined with another meanwhile."""

    def answers() -> list[dict[str, Any]]:
        asked = (ask(), ask(partner="p-tallinn"), ask(areas=("Climate",)), ask(areas=("Climate", "climate")))
        # A finding bears the id of the contact that it would be made by, which is drawn anew.
        drawn = {"receipt": True, "findings": {"__all__": {"id", "records"}}}
        return [city.check(q).model_dump(exclude=drawn) for q in asked]

    def unknown() -> list[dict[str, Any]]:
        with monkeypatch.context() as here:
            here.setattr(NameBook, "bearer", lambda *_: None)
            return answers()

    city.warm_names()
    assert book_of(city.store).bearer("tallinn") == book_of(city.store).bearer("p-tallinn") == "p-tallinn"
    assert answers() == unknown()
    city.write(
        [Fact("Partner", "p-riga", "", {"name": "Riga", "country": "LV", "kind": "city"})],
        load="",
        source="test",
    )
    city.merge("p-tallinn", "p-riga", keep="p-riga")
    assert book_of(city.store).bearer("Tallinn") == "p-tallinn"
    assert [a["partner"]["id"] for a in answers()] == ["p-riga"] * 4
    assert answers() == unknown()


def test_what_changed_in_between_is_said(city: Graph) -> None:
    answer = city.check(ask(departments=("leisure",)))
    contact(city, "c-9", "2026-12-11", "leisure", "office")
    with pytest.raises(Changed, match="Something changed since the check") as said:
        city.record(answer.receipt)
    fresh = said.value.current
    assert city.store.read("MATCH (c:Contact {receipt: $r}) RETURN c.id AS id", r=answer.receipt) == []
    done = city.record(fresh.receipt)  # type: ignore[attr-defined]
    assert told(done.findings) == told(fresh.findings) == holding(city, done.contact.id)  # type: ignore[attr-defined]


def test_of_two_that_meet_one_is_told(city: Graph) -> None:
    """Both were checked before either was recorded, and each overlaps with the other."""
    answers = [city.check(ask(departments=(d,), date="2027-06-01")) for d in ("leisure", "transport")]
    assert [{f.rule for f in a.findings} - {"C5"} for a in answers] == [set(), set()]
    outcomes: list[str] = []

    def record(receipt: str) -> None:
        try:
            city.record(receipt)
            outcomes.append("recorded")
        except Changed:
            outcomes.append("told")

    threads = [threading.Thread(target=record, args=(a.receipt,)) for a in answers]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcomes) == ["recorded", "told"]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"date": "2026-11-24"}, "past"),
        ({"date": ""}, "which day"),
        ({"date": "soon"}, "soon"),
        ({"end_date": "2026-12-01"}, "before"),
        ({"departments": ()}, "which department"),
        ({"departments": ("Transprt",)}, "Transport"),
        ({"partner": " "}, "which partner"),
        ({"areas": ("Weather",)}, "Climate"),
        ({"purposes": ("",)}, "purpose is empty; choose of inform"),
        ({"purposes": ("spy",)}, "negotiate"),
        ({"channel": "pigeon"}, "meeting"),
        ({"persons": ("Nobody",)}, "Nobody"),
    ],
)
def test_what_is_needed_is_said(city: Graph, more: dict[str, Any], word: str) -> None:
    with pytest.raises(BadInput, match=word):
        city.check(ask(**more))
    assert city.store.read("MATCH (r:Receipt) RETURN count(r) AS n")[0]["n"] == 0


def test_a_name_that_fits_several_partners(city: Graph) -> None:
    for n in range(5):
        city.write(
            [Fact("Partner", f"p-{n}", "", {"name": "Springfield", "country": f"A{n}"})],
            load="l-1",
            source="test",
        )
    answer = city.check(ask(partner="Springfield"))
    assert (answer.partner, answer.verdict) == (None, "inform")
    assert sorted(c.id for c in answer.candidates) == [f"p-{n}" for n in range(5)]
    with pytest.raises(BadInput, match="candidates"):
        city.record(answer.receipt)
    assert city.check(ask(partner="p-3")).partner is not None


def test_a_receipt_is_its_authors_and_coordinators(city: Graph) -> None:
    answer = city.as_viewer(EDITOR).check(ask())
    assert city.receipt(answer.receipt).author == "editor"
    with pytest.raises(Unknown):
        city.as_viewer(Viewer("other", frozenset(), "editor")).receipt(answer.receipt)
    reader = city.as_viewer(Viewer("reader"))
    with pytest.raises(NotAllowed):
        reader.record(reader.check(ask()).receipt)


def test_confidential_contacts_are_foretold_to_those_who_see_them(city: Graph) -> None:
    contact(city, "c-secret", "2026-12-12", "leisure", confidentiality="confidential")
    for viewer in (city.viewer, EDITOR, Viewer("member", frozenset({"leisure"}), "editor")):
        for confidential in (False, True):
            own = city.as_viewer(viewer)
            answer = own.check(ask(departments=("transport",), confidential=confidential))
            assert ("c-secret" in answer.model_dump_json()) == (viewer is not EDITOR and bool(answer.planned))
            done = own.record(answer.receipt)
            assert told(done.findings) == told(answer.findings) == holding(own, done.contact.id), viewer
            city.delete("contacts", done.contact.id, version="*")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(-(-FORETOLD // A_CITY)))
def test_random_contacts_are_foretold(city: Graph, seed: int) -> None:
    """Each drawn contact is checked and recorded; what it created is what was foretold."""
    assert foretold_exactly(city, seed, contacts=A_CITY) > 0


def foretold_exactly(graph: Graph, seed: int, *, contacts: int) -> int:
    """How many findings were foretold in all; an AssertionError where one was not created, or the other way."""
    rng = random.Random(seed)
    setting(graph)
    total = 0
    for _ in range(contacts):
        day = TODAY + timedelta(rng.choice((0, 1, 13, 14, 15, 30, 59, 60, 61, 89, 90, 91, 120, 300)))
        answer = graph.check(
            Question(
                departments=tuple(
                    rng.sample(("transport", "office", "leisure", "unit"), rng.choice((1, 1, 2)))
                ),
                partner=rng.choice(("p-tallinn", "p-tallinn", "p-port", "p-moscow")),
                date=day.isoformat(),
                end_date=(day + timedelta(40)).isoformat() if rng.random() < 0.1 else None,
                areas=tuple(rng.sample(("climate", "culture"), rng.choice((0, 1, 1, 2)))),
                topics=("tram",) if rng.random() < 0.4 else (),
                persons=("h-1",) if rng.random() < 0.4 else (),
                purposes=tuple(rng.sample(PURPOSES, rng.choice((0, 1, 2)))),
                channel=rng.choice((None, *CHANNELS)),
                confidential=rng.random() < 0.15,
            )
        )
        done = graph.record(answer.receipt)
        assert told(done.findings) == told(answer.findings)
        assert told(answer.findings) == holding(graph, done.contact.id)
        total += len(answer.findings)
    before = graph.canonical_dump(ids=True)
    graph.rebuild()
    assert graph.canonical_dump(ids=True) == before
    return total


def setting(graph: Graph) -> None:
    """A unit beneath a division, a part of a partner, a person, a restriction; and contacts of several kinds."""
    graph.write(
        [
            Fact("Topic", "tram", "", {"name": "Tram"}, (Link("WITHIN", "climate"),)),
            Fact(
                "Department", "unit", "", {"name": "Unit", "level": "unit"}, (Link("PART_OF", "transport"),)
            ),
            Fact(
                "Partner", "p-port", "", {"name": "Port", "kind": "company"}, (Link("PART_OF", "p-tallinn"),)
            ),
            Fact("Partner", "p-moscow", "", {"name": "Moscow", "country": "RU", "kind": "city"}),
            Fact("Person", "h-1", "", {"name": "Mayor"}, (Link("WORKS_FOR", "p-tallinn", label="Partner"),)),
            Fact("Restriction", "r-ru", "", {"kind": "suspended", "country": "RU", "from": "2022-03-01"}),
        ],
        load="l-1",
        source="test",
    )
    contact(graph, "c-month", "2027-01-01", "leisure", precision="month")
    contact(graph, "c-long", "2026-11-01", "office", end_date="2027-01-20")
    contact(graph, "c-year", "2026-01-01", "office", precision="year")
    contact(graph, "c-shut", "2026-12-06", "leisure", confidentiality="confidential")


def test_a_chain_longer_than_the_window_is_followed(city: Graph) -> None:
    for n in range(12):
        day = date(2027, 1, 1) + timedelta(50 * n)
        contact(city, f"c-l{n}", day.isoformat(), "leisure" if n % 2 else "transport")
    answer = city.check(ask(date="2027-01-03", departments=("office",)))
    o1 = [f for f in answer.findings if f.rule == "O1"]
    assert [f.contacts for f in o1] == [15]
    done = city.record(answer.receipt)
    assert told(done.findings) == holding(city, done.contact.id)
