"""Why not: the conditions together say what the rule itself says of two contacts."""

from __future__ import annotations

from itertools import combinations

import pytest

from graph import Graph, Viewer
from graph.errors import BadInput, Unknown
from graph.questions import why_not as asking_why
from graph.rules import RULES
from tests.graph.test_check import setting
from tests.graph.test_settle import city, contact  # noqa: F401 - the fixture


def test_the_conditions_are_those_of_the_rule(city: Graph) -> None:
    setting(city)
    contact(city, "c-a", "2026-12-01", "transport", purposes=["request"], channel="visit_out", joint="j")
    contact(city, "c-b", "2026-12-20", "office", purposes=["invite"], channel="delegation_out", joint="j")
    contact(city, "c-c", "2026-12-18", "leisure", purposes=["fund"], channel="visit_out", areas=("culture",))
    contact(city, "c-d", "2026-12-18", "leisure", purposes=["fund"], channel="visit_out", areas=("culture",))
    contact(city, "c-e", "2027-02-20", "unit", purposes=["request"], initiative="theirs", mode="remote")
    ids = [r["id"] for r in city.store.read("MATCH (c:Contact) RETURN c.id AS id ORDER BY id")]
    asking = city._asking()
    linked = 0
    for a, b in combinations(ids, 2):
        for rule in asking_why.CONDITIONS:
            said = city.why_not(rule, a, b)
            assert {m.text for m in said.conditions if not m.text} == set()
            table = asking_why._read(asking, rule, a, b).table
            found = [
                f for f in RULES[rule].evaluate(table, city.rules) if {a, b} <= {*f.records, *f.possible}
            ]
            assert said.linked == bool(found), (rule, a, b, said)
            if found:
                linked += 1
                assert said.certain == any(f.certain for f in found), (rule, a, b)
    assert linked >= 10
    gap = city.why_not("O1", "c-1", "c-e", language="fi").conditions[-1]
    assert (gap.holds, gap.by) == (False, 21)
    assert gap.text == "Niiden väli on 81 päivää; sääntö katsoo enintään 60 päivän välejä."


def test_what_is_hidden_is_unknown(city: Graph) -> None:
    contact(city, "c-s", "2026-12-03", "leisure", confidentiality="confidential")
    reader = city.as_viewer(Viewer("reader"))
    for id in ("c-s", "c-none"):
        with pytest.raises(Unknown, match="There is no contact"):
            reader.why_not("O1", "c-1", id)
    for rule, other in (("Z9", "c-2"), ("O1", "c-1")):
        with pytest.raises(BadInput):
            city.why_not(rule, "c-1", other)
