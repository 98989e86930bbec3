"""A contact that joins a long load: what is told without reading the load is what reading all of it tells."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from graph import Graph, Viewer
from graph.facts import Fact, Link
from graph.questions import check, joining
from graph.questions import foretell as foretelling
from graph.questions.check import Question
from graph.schema import CHANNELS, PURPOSES
from tests.conftest import TODAY

DEPARTMENTS = ("transport", "transport-unit", "office", "leisure", "harbour", "culture-house")
AREAS = ("climate", "culture", "digital")
CONTACTS = 170


@pytest.fixture
def busy(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """A city with a partner that several departments meet in bursts; loads of eight are long here."""
    monkeypatch.setattr(joining, "LONG", 8)
    facts = [Fact("Area", a, "", {"name": a.title()}) for a in AREAS]
    facts += [
        Fact("Topic", "tram", "", {"name": "Tram"}, (Link("WITHIN", "climate"),)),
        Fact("Department", "city", "", {"name": "City", "level": "city"}),
        Fact("Partner", "p-busy", "", {"name": "Busy", "kind": "city", "country": "EE"}),
        Fact("Restriction", "r-ee", "", {"kind": "approval_needed", "country": "EE", "from": "2026-06-01"}),
    ]
    for d in DEPARTMENTS:
        above = "transport" if d == "transport-unit" else "city"
        level = "unit" if d == "transport-unit" else "division"
        facts.append(
            Fact("Department", d, "", {"name": d.title(), "level": level}, (Link("PART_OF", above),))
        )
    graph.write(facts, load="l-1", source="test")
    return graph


def contacts(rng: random.Random, quiet: set[int]) -> Iterator[Fact]:
    """Contacts over some 16 months with pauses; some last long, some are entered twice, theirs, or one effort."""
    day = -260
    for n in range(CONTACTS):
        day += rng.choice((0, 0, 1, 2, 3, 5)) if n not in quiet else rng.choice((20, 31, 45))
        start = TODAY + timedelta(day)
        department, channel = rng.choice(DEPARTMENTS), rng.choice(CHANNELS)
        links = [
            Link("MADE_BY", department),
            Link("WITH_PARTNER", "p-busy"),
            *(Link("ABOUT", a, label="Area") for a in rng.sample(AREAS, rng.choice((0, 1, 1, 2)))),
        ]
        if rng.random() < 0.2:
            links.append(Link("ABOUT", "tram", label="Topic"))
        if rng.random() < 0.15:
            links.append(Link("MADE_BY", rng.choice(DEPARTMENTS), {"role": "takes_part"}))
        end = rng.choice((None, None, None, None, 1, 3, 40))
        properties = {
            "date": start.isoformat(),
            "end_date": (start + timedelta(end)).isoformat() if end else None,
            "status": "planned" if start > TODAY else "held",
            "channel": channel,
            "initiative": "theirs" if rng.random() < 0.1 else None,
            "joint": "effort" if rng.random() < 0.1 else None,
            "purposes": rng.sample(PURPOSES, rng.choice((0, 1, 2))),
            "summary": f"Matter {rng.randrange(3)}",
        }
        for twice in range(2 if rng.random() < 0.05 else 1):
            yield Fact("Contact", f"c-{n:03d}-{twice}", "", properties, tuple(links))


def drawn(rng: random.Random) -> Question:
    start = TODAY + timedelta(rng.randrange(0, 260))
    return Question(
        departments=tuple(rng.sample(DEPARTMENTS, rng.choice((1, 1, 2)))),
        partner="p-busy",
        date=start.isoformat(),
        end_date=(start + timedelta(rng.choice((1, 5, 45)))).isoformat() if rng.random() < 0.2 else None,
        areas=tuple(rng.sample(AREAS, rng.choice((0, 1, 2)))),
        topics=("tram",) if rng.random() < 0.2 else (),
        purposes=tuple(rng.sample(PURPOSES, rng.choice((0, 1)))),
        channel=rng.choice((None, *CHANNELS)),
        mode=rng.choice((None, None, "remote")),
        summary=f"Matter {rng.randrange(3)}",
    )


def both_ways(graph: Graph, question: Question) -> str:
    """Foretell with and without what stands; tells which way was taken."""
    asking = graph._asking()
    meant = check.understood(asking, question)
    contact = check.proposed(asking, question, meant, "p-busy")
    about = check._about(asking, "p-busy", meant)
    near = foretelling.around(asking, "p-busy", foretelling.family_of("p-busy", about), about["lead"])
    standing = joining.standing_of(asking, about)
    if standing is None:
        return "not told"
    quick = joining._joined(asking, contact, near, standing)
    whole = foretelling.foretell(asking, contact, near)
    if quick is None:
        return "whole"
    in_order = [sorted(x.rows, key=lambda row: str(row["id"])) for x in (quick, whole)]
    assert in_order[0] == in_order[1]
    loads = [row for row in quick.rows if row["rule"] == "O5"]
    known = {row["id"] for row, _ in standing.findings}
    return "grown" if any(row["id"] in known for row in loads) else "new load" if loads else "no load"


@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_of_a_long_load_is_what_all_of_it_tells(busy: Graph, seed: int) -> None:
    rng = random.Random(seed)
    quiet = set(rng.sample(range(60, CONTACTS), 6))
    outcomes = busy.write(list(contacts(rng, quiet)), load="l-1", source="test")
    assert {o.outcome for o in outcomes} == {"loaded"}
    busy.refresh()
    ways = Counter(both_ways(busy, drawn(rng)) for _ in range(60))
    assert ways["grown"] > 10 and ways["no load"] > 0, ways
    # Recording compares again with everything that is there by then.
    for _ in range(5):
        question = drawn(rng)
        answer = busy.check(question)
        assert {f.id for f in busy.record(answer.receipt).findings} == {f.id for f in answer.findings}
    before = busy.canonical_dump(ids=True)
    busy.rebuild()
    assert busy.canonical_dump(ids=True) == before


def test_where_what_stands_may_not_be_all_everything_is_read(busy: Graph) -> None:
    rng = random.Random(9)
    busy.write(list(contacts(rng, set())), load="l-1", source="test")
    busy.refresh()
    question = drawn(rng)
    assert both_ways(busy, question) != "not told"
    hidden = Fact(
        "Contact",
        "c-hidden",
        "",
        {"date": "2026-12-01", "status": "planned", "confidentiality": "confidential"},
        (Link("MADE_BY", "office"), Link("WITH_PARTNER", "p-busy")),
    )
    busy.write([hidden], load="l-1", source="test")
    assert both_ways(busy, question) == "not told"  # not derived yet
    busy.refresh()
    assert both_ways(busy, question) == "not told"  # the viewer sees a contact that stands in no open finding
    reader = busy.as_viewer(Viewer("reader", frozenset(), "reader"))
    assert both_ways(reader, question) != "not told"
