"""Random small histories: refreshing as one goes equals rebuilding from nothing, and both equal the naive rules."""

from __future__ import annotations

import dataclasses
import importlib
import os
import random
from collections import Counter
from datetime import date
from typing import Any

import pytest

from graph import Graph
from graph.facts import Fact, Link
from graph.rules import RULES
from tests.conftest import TODAY, wipe
from tests.rules import naive
from tests.rules.forms import records
from tests.rules.worlds import World, random_world

HISTORIES = int(os.environ.get("KUMPPANI_HISTORIES", "7"))
SEEDS = [38, 33, *range(HISTORIES - 2)]  # the first two hold what small histories seldom do, a load
LATE = (
    "Contact", "Position", "Restriction", "Commitment", "Material", "Department-LEADS", "Partner-MEMBER_OF",
    "Department-MEMBER_OF",
)  # fmt: skip
_COMPARED = ("rule", "certain", "departments", "first", "last", "smallest_gap", "levels", "window")


def play(graph: Graph, world: World, rng: random.Random) -> None:
    """Write a world in pieces, refreshing now and then; some records come in a wrong form first."""
    # A key in the source, so that later content replaces the earlier whole.
    facts = [dataclasses.replace(f, source_key=f"t:{f.id}") for f in records(world)]
    words = [f for f in facts if f.label not in LATE]
    graph.write(words, load="l-words", source="test")
    contacts = [f for f in facts if f.label == "Contact"]
    gathered = [f.id for f in contacts if f.properties.get("joint") == "j2"]
    # The contacts of one trip are one effort, as those with one joint key are.
    contacts = [f if f.id not in gathered else _without(f, "joint") for f in contacts]
    # Positions and commitments in the order in which the world says they were recorded.
    order = {p.id: (p.recorded_at, p.id) for p in world.positions}
    others = [f for f in facts if f.label in LATE and f.label not in ("Contact", "Position", "Commitment")]
    rng.shuffle(others)
    others += sorted((f for f in facts if f.label == "Position"), key=lambda f: order[f.id])
    others += [f for f in facts if f.label == "Commitment"]
    trip = [Link("GATHERS", c) for c in gathered]
    if trip:
        others.append(Fact("Trip", "j2", "t:j2", {"title": "To them"}, tuple(trip)))
    rng.shuffle(contacts)
    stated = {
        link.target for f in others for link in f.links if link.edge in ("STATED_IN", "MADE_IN", "GATHERS")
    }
    contacts.sort(key=lambda f: f.id not in stated)
    others = [x for f in others for x in ((_wrong(f, rng), f) if rng.random() < 0.3 else (f,))]
    queue: list[Fact] = []
    for f in contacts:
        if rng.random() < 0.3:
            queue.append(_wrong(f, rng))
        queue.append(f)
    first = len([f for f in queue if f.id in stated])
    queue = queue[:first] + _mixed(queue[first:], others, rng)
    while queue:
        n = rng.randint(1, 5)
        part, queue = queue[:n], queue[n:]
        for fact in part:
            outcome = graph.write([fact], load=f"l-{len(queue)}", source="test")[0]
            assert outcome.outcome != "refused", outcome.reason
        if rng.random() < 0.5:
            graph.refresh()
    graph.refresh()


def _mixed(a: list[Fact], b: list[Fact], rng: random.Random) -> list[Fact]:
    """The facts of both, the order within each kept."""
    out: list[Fact] = []
    a, b = list(a), list(b)
    while a or b:
        source = a if not b or (a and rng.random() < 0.6) else b
        out.append(source.pop(0))
    return out


def _without(fact: Fact, name: str) -> Fact:
    properties = {k: v for k, v in fact.properties.items() if k != name}
    return dataclasses.replace(fact, properties=properties)


def _wrong(fact: Fact, rng: random.Random) -> Fact:
    """The same record as it was first recorded: another status, another level, another end."""
    properties = dict(fact.properties)
    if fact.label == "Contact":
        properties["status"] = rng.choice(["planned", "held", "cancelled"])
        properties["confidentiality"] = rng.choice(["internal", "confidential"])
        properties["joint"] = rng.choice([None, "j-9"])
    elif fact.label == "Commitment":
        properties["status"] = rng.choice(["open", "kept", "withdrawn"])
    elif fact.label == "Material":
        properties["stance"] = rng.choice(["support", "oppose"])
    elif fact.label == "Trip":
        return dataclasses.replace(fact, links=fact.links[:1])
    elif fact.label not in ("Position", "Restriction"):
        properties["to"] = "2026-12-31"
    return dataclasses.replace(fact, properties=properties)


def as_recorded(graph: Graph, world: World) -> World:
    """The world with what the store adds: the day since when a contact has been known as planned."""
    planned = {
        row["id"]: date.fromisoformat(row["day"])
        for row in graph.store.read(
            "MATCH (c:Contact) WHERE c.planned_on IS NOT NULL RETURN c.id AS id, c.planned_on AS day"
        )
    }
    contacts = tuple(dataclasses.replace(c, planned_on=planned.get(c.id)) for c in world.contacts)
    return dataclasses.replace(world, contacts=contacts)


def stored_findings(graph: Graph, world: str) -> Counter[str]:
    condition = "f.world = 'open'" if world == "open" else "(f.world = 'full' OR f.in_full)"
    rows = graph.store.read(
        f"MATCH (f:Finding) WHERE {condition} RETURN f.rule AS rule, f.group AS group, f.certain AS certain, "
        "f.departments AS departments, f.partner AS partner, f.first AS first, f.last AS last, "
        "f.gap AS smallest_gap, f.levels AS levels, f.level_days AS days, f.window AS window, "
        "f.contacts AS contacts, size(f.possible) AS possible"
    )
    return Counter(
        _line(
            row | {"levels": dict(zip(row["levels"], row["days"], strict=True))}, row["group"], row["partner"]
        )
        for row in rows
    )


def naive_findings(world: World, name: str) -> Counter[str]:
    found = [f for rule in RULES for f in naive.findings(world, name, rule, TODAY)]
    return Counter(
        _line(f | {"contacts": len(f["records"]), "possible": len(f["possible"])}, f["group"], f["partner"])
        for f in found
    )


def _line(f: dict[str, Any], group: Any, partner: Any) -> str:
    compared = [(name, f[name]) for name in (*_COMPARED, "contacts", "possible")]
    plain = [
        (n, sorted(v.items()) if isinstance(v, dict) else list(v) if isinstance(v, tuple) else v)
        for n, v in compared
    ]
    return repr((list(group), partner, plain))


@pytest.mark.parametrize("seed", SEEDS)
def test_refreshed_equals_rebuilt_equals_naive(
    graph: Graph, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What depends on a partner is found in one of two ways: half of the histories take that of busy ones.
    refresh = importlib.import_module("graph.derive.refresh")
    monkeypatch.setattr(refresh, "BUSY", 1_000 * (seed % 2) - 1)
    if seed % 2 == 0:
        # So are their contacts, each partner's by itself.
        monkeypatch.setattr("graph.derive.kept.LEAST", 0)
        monkeypatch.setattr(refresh, "CHUNK_SCOPES", 1)
    rng = random.Random(seed)
    world = random_world(seed, 25, later=True)
    play(graph, world, rng)
    world = as_recorded(graph, world)
    refreshed = graph.canonical_dump(ids=True)
    graph.store.write(
        lambda tx: (
            tx.run("MATCH (f:Finding) DETACH DELETE f")
            + tx.run("MATCH ()-[t:TALKS_TO|TALKS_IN_CONFIDENCE]->() DELETE t")
            + tx.run("MATCH (s:Scope) DELETE s")
        )
    )
    graph.rebuild()
    assert graph.canonical_dump(ids=True).splitlines() == refreshed.splitlines()
    for name in ("open", "full"):
        assert stored_findings(graph, name) == naive_findings(world, name), f"{name} world of seed {seed}"


def test_the_histories_hold_findings_of_every_rule(graph: Graph) -> None:
    """Otherwise the comparison above would compare nothing."""
    rules = {
        f["rule"]
        for s in SEEDS
        for r in RULES
        for f in naive.findings(random_world(s, 25, later=True), "full", r, TODAY)
    }
    assert rules == set(RULES)


def test_an_empty_graph_rebuilds_to_nothing(graph: Graph) -> None:
    wipe(graph)
    report = graph.rebuild()
    assert (report.scopes, report.ties, report.findings) == (0, 0, 0)
    assert graph.canonical_dump() == ""
