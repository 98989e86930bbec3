"""Evidence and explanation, computed again on demand."""

from __future__ import annotations

from itertools import combinations

from graph.rules import RULES, evaluate, evidence, explain, load_rules, why
from graph.rules.misses import nearest_miss
from tests.rules.forms import columns as planted_columns
from tests.rules.planted import TODAY as PLANTED_TODAY
from tests.rules.planted import planted
from tests.rules.table import C, P, R, Table, changed, columns, day

CHAIN = Table(
    contacts=[
        C("a", "2026-01-01", "kymp", topics="trams"),
        C("b", "2026-01-11", "sote", topics="trams", persons="ann", channel="call"),
        C("c", "2026-03-11", "kasko", persons="ann"),
        C("m", "2026-05", "liike"),
        C("z", "2027-01-01", "kymp"),
    ]
)


def test_evidence_lists_every_link_then_the_possible_ones() -> None:
    pairs = list(evidence("O1", columns(CHAIN), load_rules(), ("p02-tallinn", "climate"), "a"))
    assert [(p.a, p.b, p.gap, p.widest, p.certain, p.severity, p.later) for p in pairs] == [
        ("a", "b", 10, 10, True, "high", day("2026-01-11")),
        ("b", "c", 59, 59, True, "medium", day("2026-03-11")),
        ("m", "c", 51, 81, False, "medium", day("2026-05-31")),
    ]


def test_evidence_stops_at_its_limit_and_knows_no_other_finding() -> None:
    where = ("p02-tallinn", "climate")
    assert len(list(evidence("O1", columns(CHAIN), load_rules(), where, "a", limit=1))) == 1
    assert list(evidence("O1", columns(CHAIN), load_rules(), where, "b")) == []
    assert list(evidence("O1", columns(CHAIN), load_rules(), ("p02-tallinn", "growth"), "a")) == []


def test_evidence_of_a_standing_overlap_comes_bit_by_bit() -> None:
    rows = [
        C(f"c{k:04d}", f"2026-03-{k % 30 + 1:02d}", ("kymp", "sote")[k % 2], recorded=k) for k in range(2000)
    ]
    table = columns(Table(contacts=rows))
    pairs = list(evidence("O1", table, load_rules(), ("p02-tallinn", "climate"), "c0000", limit=500))
    assert len({(p.a, p.b) for p in pairs}) == 500


def test_evidence_agrees_with_the_finding() -> None:
    rows = [
        C(f"c{k}", f"2026-{k * 5 % 12 + 1:02d}-{k * 7 % 28 + 1:02d}", ("kymp", "sote", "maka")[k % 3])
        for k in range(40)
    ]
    table = columns(Table(contacts=rows))
    for f in evaluate(table, load_rules(), only=["O1"]):
        pairs = list(evidence("O1", table, load_rules(), f.group, f.records[0]))
        assert {x for p in pairs for x in (p.a, p.b)} == set(f.records)
        assert min(p.gap for p in pairs if p.gap is not None) == f.smallest_gap
        levels = {s: max(p.later for p in pairs if p.severity == s) for s in {p.severity for p in pairs}}
        assert levels == f.levels


def test_explain_names_values_threshold_and_nearest_miss() -> None:
    told = explain("O1", columns(CHAIN), load_rules(), ("p02-tallinn", "climate"), "a")
    assert told is not None
    assert told["threshold"] == {"days": 60, "partners_most": 10}
    assert told["silent_at"] == 9
    assert told["pairs"] == [
        {
            "records": ["c", "b"],
            "certain": True,
            "severity": "medium",
            "gap": 59,
            "widest": 59,
            "compared": {
                "days": [[day("2026-03-11")] * 2, [day("2026-01-11")] * 2],
                "topics": [],
                "persons": ["ann"],
                "channels": ["meeting", "call"],
            },
        },
        {
            "records": ["b", "a"],
            "certain": True,
            "severity": "high",
            "gap": 10,
            "widest": 10,
            "compared": {
                "days": [[day("2026-01-11")] * 2, [day("2026-01-01")] * 2],
                "topics": ["trams"],
                "persons": [],
                "channels": ["call", "meeting"],
            },
        },
    ]
    english = [p["text"]["en"] for p in told["pieces"]]
    assert english == [
        "59 days lie between the two; the rule looks at 60 days or fewer.",
        "They share no topic.",
        "10 days lie between the two; the rule looks at 60 days or fewer.",
        "They share 1 topic.",
        "It would not fire at 9 days or fewer.",
    ]
    where = ("p02-tallinn", "climate")
    assert not evaluate(columns(CHAIN), changed("O1", days=9), only=["O1"])
    assert explain("O1", columns(CHAIN), changed("O1", days=9), where, "a") is None


def test_explain_of_a_common_day_knows_no_smaller_window() -> None:
    table = columns(Table(contacts=[C("a", "2026-01-01", "kymp"), C("b", "2026-01-01", "sote")]))
    told = explain("O1", table, load_rules(), ("p02-tallinn", "climate"), "a")
    assert told is not None
    assert told["silent_at"] is None
    assert told["pieces"][-1]["piece"] == "always"


def test_explain_of_days_known_by_month_gives_both_gaps() -> None:
    table = columns(Table(contacts=[C("a", "2026-03", "kymp"), C("b", "2026-04-20", "sote")]))
    told = explain("O1", table, load_rules(), ("p02-tallinn", "climate"), "a")
    assert told is not None
    assert told["pieces"][0]["values"] == {"gap": 20, "widest": 50, "days": 60}


def test_positions_explain_their_common_days() -> None:
    table = columns(
        Table(
            positions=[
                P("a", "kymp", "support", "2026-01-01", "2026-01-31", told="p02-tallinn"),
                P("b", "sote", "oppose", "2026-01-22", told="p02-tallinn p03-tartu"),
            ]
        )
    )
    (pair,) = evidence("C1", table, load_rules(), ("tunnel",), "a")
    assert pair.compared == {
        "stances": ["support", "oppose"],
        "departments": ["kymp", "sote"],
        "common_days": [day("2026-01-22"), day("2026-01-31")],
        "both_told": ["p02-tallinn"],
    }
    told = explain("C1", table, load_rules(), ("tunnel",), "a")
    assert told is not None
    assert [p["text"]["en"] for p in told["pieces"]] == [
        "Both are valid on 10 common days.",
        "It would not fire if one of the positions had ended before 2026-01-22.",
    ]


def test_a_restricted_contact_is_its_own_evidence() -> None:
    table = columns(
        Table(contacts=[C("a", "2026-03-10", "kymp")], restrictions=[R("r", limits="p02-tallinn")])
    )
    (pair,) = evidence("C4", table, load_rules(), ("r",), "a")
    assert (pair.a, pair.b, pair.severity, pair.compared) == ("a", None, "high", {"kind": "suspended"})
    told = explain("C4", table, load_rules(), ("r",), "a")
    assert told is not None
    assert [p["piece"] for p in told["pieces"]] == ["single", "C4 suspended"]


def test_every_rule_tells_its_nearest_miss_in_three_languages() -> None:
    """Of whatever the planted cases make each rule find."""
    world, _ = planted(1_000, 0)
    table, settings = planted_columns(world, "full", PLANTED_TODAY), load_rules()
    told: dict[str, set[str]] = {}
    for found in evaluate(table, settings):
        miss = nearest_miss(found)
        assert set(miss["text"]) == {"en", "fi", "sv"}
        assert not any("{" in text for text in miss["text"].values())
        told.setdefault(found.rule, set()).add(miss["piece"])
        explained = why.explained(RULES[found.rule], table, settings, found)
        assert miss in explained["pieces"]
        assert explained["threshold"] == found.settings
        pairs = list(evidence(found.rule, table, settings, found.group, found.records[0]))
        assert pairs, f"{found.rule} has no evidence for {found.records}"
    assert set(told) == set(RULES)
    assert told["C4"] == {"C4 suspended", "C4 approval_needed", "C4 channel_only"}
    assert told["O1"] == {"silent_at", "always"}


def test_every_rule_speaks_three_languages() -> None:
    for rule in RULES.values():
        assert set(rule.title) == set(rule.doc) == {"en", "fi", "sv"}
        for one, other in combinations(("en", "fi", "sv"), 2):
            assert rule.doc[one] != rule.doc[other]
