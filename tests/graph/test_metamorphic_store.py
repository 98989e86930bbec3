"""What must change no finding in the store: how facts were loaded, partners merged and unmerged, other partners."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from graph import Graph
from graph.facts import Fact, Link
from graph.rules import RULES
from tests.conftest import TODAY, wipe
from tests.rules.forms import records
from tests.rules.worlds import random_world

SEEDS = (33, 2)


def found(graph: Graph, *, without: str = "") -> Counter[str]:
    """What the findings of both worlds say, whatever moment their records were written at."""
    columns = ("rule", "world", "in_full", "group", "certain", "departments", "first", "last", "gap", "contacts",
               "levels", "level_days", "planned_until", "held_until")  # fmt: skip
    rows = graph.store.read(
        f"MATCH (f:Finding) WHERE $without = '' OR coalesce(f.partner, '') <> $without RETURN {', '.join(f'f.{c} AS {c}' for c in columns)}",
        without=without,
    )
    return Counter(repr(sorted(row.items())) for row in rows)


def loaded(graph: Graph, facts: list[Fact], rng: random.Random | None = None) -> None:
    """The facts as one load, or as many, with what follows derived after each."""
    if rng is None:
        assert {w.outcome for w in graph.write(facts, load="l-one", source="test")} == {"loaded"}
    else:
        number = 0
        while facts:
            n = rng.randint(1, 25)
            part, facts = facts[:n], facts[n:]
            outcomes = graph.write(part, load=f"l-{number}", source="test")
            assert {w.outcome for w in outcomes} == {"loaded"}, outcomes
            number += 1
            graph.refresh()
    graph.refresh()


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_loads_merges_and_strangers_change_no_finding(graph: Graph, seed: int) -> None:
    world = random_world(seed, 14, later=True)
    loaded(graph, records(world), random.Random(seed))
    many = found(graph)
    ids = {row["id"] for row in graph.store.read("MATCH (f:Finding) RETURN f.id AS id")}
    assert many

    # Two partners merged and parted again: the same findings, under their old ids.
    first, second = world.partners[0].id, "p-stranger"
    stranger = Fact("Partner", second, properties={"name": "Stranger", "kind": "company"})
    graph.write([stranger], load="l-more", source="test")
    lead = world.departments[-1].id
    graph.write(
        [
            Fact(
                "Contact",
                f"zz-{n}",
                properties={"date": c.date.isoformat(), "status": "held", "initiative": "theirs", "summary": f"{n}"},
                links=(
                    Link("MADE_BY", lead),
                    Link("WITH_PARTNER", second),
                    *(Link("ABOUT", a, label="Area") for a in c.areas),
                ),
            )
            for n, c in enumerate(world.contacts)
            if c.precision == "day"
        ],
        load="l-more",
        source="test",
    )  # fmt: skip
    graph.refresh()
    assert found(graph, without=second) == many, "contacts of another partner changed a finding"
    graph.judge(first, second, "same", why="To see.")
    graph.refresh()
    merged = found(graph, without=second)
    graph.judge(first, second, "different", why="Seen.")
    graph.refresh()
    assert found(graph, without=second) == many, "a merge left something behind"
    assert ids <= {row["id"] for row in graph.store.read("MATCH (f:Finding) RETURN f.id AS id")}
    assert merged != many or seed != SEEDS[0], "merging changed nothing: nothing was compared"

    wipe(graph)
    loaded(graph, records(world))
    assert found(graph) == many, "one load and many gave different findings"


def test_the_worlds_hold_many_rules() -> None:
    from graph.rules import evaluate, load_rules
    from tests.rules.forms import columns

    rules = {
        f.rule
        for seed in SEEDS
        for f in evaluate(
            columns(random_world(seed, 14, later=True), "full", TODAY), load_rules(), only=list(RULES)
        )
    }
    assert len(rules) >= 9, rules
