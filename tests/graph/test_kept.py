"""Contacts of busy partners that are kept between refreshes are what reading them anew gives."""

from __future__ import annotations

import importlib
import random
from typing import Any

import pytest

from graph import Graph, open_graph
from graph.derive import kept as keeping
from graph.derive.kept import Mark, kept_of
from graph.derive.read import LINKS, LISTS, RawContacts, read_contacts
from graph.facts import Fact, Link
from graph.settings import Settings
from tests.graph.test_joining import AREAS, DEPARTMENTS, busy, contacts  # noqa: F401 - the fixture

BUSY = "p-busy"


def content(raw: RawContacts) -> dict[str, Any]:
    """What is known of each contact, whatever order they stand in."""
    led_to: list[list[Any]] = [[] for _ in raw.id]
    for name in LINKS:
        links = getattr(raw, name)
        more = links.leads.tolist() if name == "departments" else [None] * len(list(links))
        for (row, id), leads in zip(links, more, strict=True):
            led_to[row].append((name, id, leads))
    own = zip(*(getattr(raw, name) for name in (*LISTS, "confidential")), strict=True)
    return {x[0]: (x, sorted(links, key=repr)) for x, links in zip(own, led_to, strict=True)}


def mark_of(graph: Graph, partner: str = BUSY) -> Mark:
    row = graph.store.read(
        "MATCH (s:Scope {id: $id}) RETURN s.seen AS seen, s.changed AS changed, s.whole AS whole",
        id=f"partner:{partner}",
    )[0]
    return Mark(row["seen"], row["changed"] or (), bool(row["whole"]))


def kept(graph: Graph) -> RawContacts | None:
    return kept_of(graph.store).get(BUSY, mark_of(graph))


def same(graph: Graph) -> bool:
    """Whether what is kept is what is read; False where nothing is kept."""
    own = kept(graph)
    return own is not None and content(own) == content(read_contacts(graph.store.read, [BUSY], persons=True))


@pytest.fixture
def known(busy: Graph, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """The contacts of a partner, which are many here, written and kept."""
    monkeypatch.setattr(keeping, "LEAST", 5)
    # Each partner by itself, also where a contact is with two.
    monkeypatch.setattr(importlib.import_module("graph.derive.refresh"), "CHUNK_SCOPES", 1)
    persons = [Fact("Person", p, "", {"name": p.title()}) for p in ("mari", "jaan")]
    other = [Fact("Partner", "p-other", "", {"name": "Other", "kind": "city", "country": "EE"})]
    busy.write([*persons, *other, *contacts(random.Random(1), set())], load="l-1", source="test")
    busy.refresh()
    assert same(busy)
    return busy


def write(graph: Graph, *facts: Fact) -> None:
    for done in graph.write(list(facts), load="", source="test"):
        assert done.outcome != "refused", done.reason
    graph.refresh()


def drawn(rng: random.Random, id: str) -> Fact:
    """A contact as somebody might enter it, or enter it again."""
    links = [Link("MADE_BY", d) for d in rng.sample(DEPARTMENTS, rng.choice((1, 1, 2)))]
    links += [Link("WITH_PARTNER", p) for p in rng.choice(([BUSY], [BUSY], [BUSY, "p-other"], ["p-other"]))]
    links += [Link("ABOUT", a, label="Area") for a in rng.sample(AREAS, rng.choice((0, 1, 2)))]
    links += [Link("WITH_PERSON", h) for h in rng.sample(("mari", "jaan"), rng.choice((0, 1)))]
    day = f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    status = rng.choice(("held", "planned", "cancelled"))
    properties = {
        "date": day,
        "status": status,
        "channel": rng.choice(("meeting", "call")),
        "summary": f"Matter {rng.randrange(3)}",
        "place": rng.choice((None, "Tallinn")),
        "joint": rng.choice((None, None, "effort")),
        "confidentiality": rng.choice(("internal", "internal", "confidential")),
    }
    return Fact("Contact", id, f"t:{id}", properties, tuple(links))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_is_read(known: Graph, seed: int) -> None:
    rng = random.Random(seed)
    used = 0
    for _ in range(25):
        facts = {
            f.id: f for f in (drawn(rng, f"c-{rng.randrange(12)}") for _ in range(rng.choice((1, 1, 2))))
        }
        before = mark_of(known)
        write(known, *facts.values())
        used += before.seen is not None and mark_of(known).seen is not None
        assert same(known) or kept(known) is None
    assert used > 10  # otherwise nothing was compared
    refreshed = known.canonical_dump(ids=True)
    known.rebuild()
    assert known.canonical_dump(ids=True) == refreshed


def test_a_change_that_makes_nothing_stale_is_read_with_the_next_one(known: Graph) -> None:
    write(known, drawn(random.Random(3), "c-1"))
    here = known.store.read("MATCH (c:Contact {id: 'c-1'}) RETURN c.date AS date, c.status AS status")[0]
    fact = drawn(random.Random(3), "c-1")
    seen = mark_of(known)
    known.write(
        [Fact("Contact", "c-1", "t:c-1", {**fact.properties, "summary": "Other words"}, fact.links)],
        load="",
        source="test",
    )
    assert here["date"] == fact.properties["date"]
    assert mark_of(known) == Mark(seen.seen, ["c-1"], False)
    write(known, drawn(random.Random(4), "c-2"))
    own = kept(known)
    assert own is not None and same(known)


def test_what_another_program_refreshed_is_read_whole(known: Graph, server_settings: Settings) -> None:
    before = mark_of(known)
    with open_graph(settings=server_settings) as other:
        write(other, drawn(random.Random(5), "c-1"))
        assert same(other)
    assert mark_of(known).seen != before.seen and kept(known) is None
    write(known, drawn(random.Random(6), "c-2"))
    assert same(known)


def test_whatever_else_is_written_has_all_read_again(known: Graph) -> None:
    """A lead, a merger: of these a scope does not say which contacts they change."""
    known.write(
        [
            Fact(
                "Department-LEADS",
                "",
                "",
                {"from": "2026-01-01"},
                (Link("start", "office"), Link("end", BUSY)),
            )
        ],
        load="",
        source="test",
    )
    assert mark_of(known).whole
    known.refresh()
    assert same(known)
    known.merge(BUSY, "p-other", keep=BUSY)
    assert same(known)
    known.unmerge("p-other")
    assert same(known)


def test_many_changes_are_not_listed(known: Graph) -> None:
    rng = random.Random(7)
    facts = [drawn(rng, f"c-{n}") for n in range(60)]
    known.write(facts[:40], load="", source="test")
    assert len(mark_of(known).changed) == 40
    known.write(facts[40:], load="", source="test")
    assert mark_of(known) == Mark(mark_of(known).seen, (), True)
    known.refresh()
    assert same(known)


def test_what_was_kept_first_goes_first(known: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    own = kept(known)
    assert own is not None
    monkeypatch.setattr(keeping, "MOST", len(own.id))
    held = keeping.Kept()
    for partner in ("a", "b"):
        held.put(partner, "mark", own)
    assert held.get("a", Mark("mark", (), False)) is None
    assert held.get("b", Mark("mark", (), False)) is own
    assert held.get("b", Mark("another", (), False)) is None


def test_a_refresh_that_fails_leaves_what_was_kept_right(
    known: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read in a transaction that came to nothing bears a mark that no scope has."""

    def broken(*_: object) -> None:
        raise RuntimeError("the power failed")

    known.write([drawn(random.Random(3), "c-1")], load="", source="test")
    with monkeypatch.context() as here:
        here.setattr(importlib.import_module("graph.derive.refresh"), "write_findings", broken)
        with pytest.raises(RuntimeError):
            known.refresh()
    assert kept(known) is None
    known.refresh()
    assert same(known)
