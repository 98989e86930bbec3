"""Why not, of every rule that looks at more than two contacts side by side: what is linked is what the rule finds."""

from __future__ import annotations

import random
from itertools import combinations, product

import pytest

from graph import Graph, Viewer
from graph.errors import BadInput, Unknown
from graph.questions import why_not as of_contacts
from graph.questions import why_not_records as of_records
from graph.rules import RULES, evaluate, evidence, load_rules
from graph.rules.columns import Columns
from tests.conftest import TODAY
from tests.graph.test_histories import play
from tests.graph.test_why_not import city  # noqa: F401 - the fixture
from tests.rules.city import World
from tests.rules.forms import columns
from tests.rules.worlds import random_world

SEEDS = (33, 2, 6)  # together they hold a finding of each rule
Linked = dict[tuple[str, str], bool]  # records -> whether that is certain


def linked(rule: str, table: Columns) -> Linked:
    """What the rule itself links in a world that never was in a store."""
    out: Linked = {}
    settings = load_rules()
    for found in evaluate(table, settings, only=[rule]):
        if rule == "O7":
            out[found.group[0], found.group[1]] = found.certain
        elif rule in ("C4", "C5"):
            out[found.records[0], found.group[0]] = found.certain
        elif rule == "G1":
            out[found.records[0], ""] = found.certain
        else:
            for pair in evidence(rule, table, settings, found.group, found.records[0]):
                key = (pair.a, pair.b or "")
                out[key] = out.get(key, False) or pair.certain
    return out


def asked(rule: str, w: World) -> list[tuple[str, str]]:
    """Pairs of records to ask about."""
    contacts, positions = [c.id for c in w.contacts], [p.id for p in w.positions]
    materials, commitments = [m.id for m in w.materials], [m.id for m in w.commitments]
    partners = [p.id for p in w.partners]
    return {
        "O5": list(combinations(contacts, 2)),
        "O7": list(combinations(sorted(n.id for n in w.networks), 2)),
        "C1": list(combinations(positions, 2)),
        "C2": list(combinations(commitments, 2)),
        "C3": [*product(positions, materials), *combinations(materials, 2)],
        "C4": list(product(contacts, [r.id for r in w.restrictions])),
        "C5": list(product(contacts, partners)),
        "G1": [(x, "") for x in (*commitments, *partners)],
    }[rule]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_conditions_are_those_of_the_rule(graph: Graph, seed: int) -> None:
    world = random_world(seed, 12, later=True)
    play(graph, world, random.Random(seed))
    table = columns(world, "full", TODAY)
    rng = random.Random(seed)
    seen: set[str] = set()
    for rule in of_records.KINDS:
        expected = linked(rule, table)
        pairs = asked(rule, world)
        others = [p for p in pairs if p not in expected and p[::-1] not in expected]
        for a, b in [*expected, *rng.sample(others, min(25, len(others)))]:
            said = graph.why_not(rule, a, b, language="sv")
            assert said.linked == ((a, b) in expected), (rule, a, b, said)
            assert said.linked or not all(c.holds for c in said.conditions)
            assert all(c.text and "{" not in c.text for c in said.conditions)
            if said.linked:
                seen.add(rule)
                assert said.certain == expected[a, b], (rule, a, b, said)
    assert seen, "nothing was linked"


def test_the_worlds_hold_a_finding_of_each_rule() -> None:
    tables = [columns(random_world(seed, 12, later=True), "full", TODAY) for seed in SEEDS]
    assert {r for r in of_records.KINDS for t in tables if linked(r, t)} == set(of_records.KINDS)


def test_every_rule_can_be_asked() -> None:
    assert {*of_contacts.CONDITIONS, *of_records.KINDS} == set(RULES)


def test_what_does_not_fit_is_said(city: Graph) -> None:
    for rule, a, b, error, word in (
        ("C4", "c-1", "", BadInput, "name a contact and a restriction"),
        ("C4", "c-1", "c-2", Unknown, "no restriction 'c-2'"),
        ("C1", "c-1", "c-2", Unknown, "no position"),
        ("G1", "p-tallinn", "c-2", BadInput, "Leave the second one out"),
        ("O5", "c-1", "c-1", BadInput, "two different"),
        ("O1", "c-1", "", BadInput, "two different"),
        ("Z9", "c-1", "c-2", BadInput, "The rules are"),
    ):
        with pytest.raises(error, match=word):
            city.why_not(rule, a, b)


def test_a_hidden_contact_is_unknown(city: Graph) -> None:
    from tests.graph.test_settle import contact

    contact(city, "c-s", "2026-12-03", "leisure", confidentiality="confidential")
    reader = city.as_viewer(Viewer("reader"))
    for id in ("c-s", "c-none"):
        with pytest.raises(Unknown, match="There is no contact"):
            reader.why_not("C5", id, "p-tallinn")
        with pytest.raises(Unknown, match="There is no contact"):
            reader.why_not("O5", "c-1", id)
