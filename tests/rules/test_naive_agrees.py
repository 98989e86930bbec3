"""graph/rules against the naive implementation, on random worlds.

KUMPPANI_EXAMPLES sets how many worlds hypothesis tries for each rule, 500 by default (and a quarter of that seeded ones);
the default is the same 500 every time, a number of one's own draws anew.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.derive.findings import first_seen
from graph.rules import RULES, RuleSettings, evaluate, is_live, is_standing, load_rules, severity_on
from graph.rules.base import Found
from graph.rules.columns import FOREVER
from tests.rules import naive
from tests.rules.worlds import World, columns, random_world, smallest, today_of, worlds

EXAMPLES = int(os.environ.get("KUMPPANI_EXAMPLES", "500"))
STORED = {"O1", "C1", "C4"}  # rules whose facts the other form of the world holds
FIELDS = (
    "records", "possible", "departments", "partner", "subject", "first", "last", "smallest_gap", "levels",
    "window", "severity", "live", "standing", "planned_until", "first_seen",
)  # fmt: skip

Key = tuple[str, tuple[str, ...], bool, str]


def ours(
    world: World, world_name: str, rule: str, today: date, own: RuleSettings | None = None
) -> dict[Key, dict[str, Any]]:
    """What graph/rules finds, in the words of the naive implementation."""
    found = evaluate(columns(world, world_name, today), own or load_rules(), only=[rule])
    day = today.toordinal()
    return _keyed([_told(f, day) for f in found])


def _told(f: Found, today: int) -> dict[str, Any]:
    return {
        "rule": f.rule,
        "group": f.group,
        "certain": f.certain,
        "records": frozenset(f.records),
        "possible": frozenset(f.possible),
        "departments": f.departments,
        "partner": f.partner,
        "subject": f.subject,
        "first": f.first,
        "last": f.last,
        "smallest_gap": f.smallest_gap,
        "levels": f.levels,
        "window": f.window,
        "severity": severity_on(f.levels, f.window, today),
        "live": is_live(f.held_until, f.planned_until, f.window, today),
        "standing": is_standing(f.first, f.last),
        "planned_until": f.planned_until,
        "anchor": f.records[0],
        "first_seen": first_seen(f),
    }


def _keyed(found: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    out = {(f["rule"], f["group"], f["certain"], f["anchor"]): f for f in found}
    assert len(out) == len(found), "two findings of one rule and group share an anchor"
    return out


def differences(
    world: World,
    world_name: str,
    rule: str,
    today: date,
    own: RuleSettings | None = None,
    numbers: dict[str, int] | None = None,
) -> list[str]:
    """Each difference as a line; empty when both find the same. `own` and `numbers` are the same settings."""
    mine = ours(world, world_name, rule, today, own)
    theirs = _keyed(naive.findings(world, world_name, rule, today, numbers))
    out = [f"only graph/rules finds {key}: {_brief(mine[key])}" for key in mine.keys() - theirs.keys()]
    out += [f"only the naive one finds {key}: {_brief(theirs[key])}" for key in theirs.keys() - mine.keys()]
    for key in mine.keys() & theirs.keys():
        for name in FIELDS:
            a, b = mine[key][name], theirs[key][name]
            if a != b:
                out.append(f"{key} {name}: graph/rules {_day(name, a)}, naive {_day(name, b)}")
    return sorted(out)


def _brief(found: dict[str, Any]) -> str:
    return f"records {sorted(found['records'])}, gap {found['smallest_gap']}, levels {found['levels']}"


def _day(name: str, value: Any) -> str:
    if name in ("first", "last", "planned_until", "first_seen") and value and abs(value) < FOREVER:
        return f"{value} ({date.fromordinal(value)})"
    return repr(sorted(value) if isinstance(value, frozenset) else value)


def told(world: World, world_name: str, today: date, lines: list[str]) -> str:
    """A world and its differences, to be read by a person."""
    recorded = [
        *world.departments, *world.partners, *world.topics, *world.contacts, *world.positions,
        *world.restrictions, *world.leads, *world.networks, *world.memberships, *world.resources,
        *world.commitments, *world.materials,
    ]  # fmt: skip
    return "\n".join([f"{world_name} world on {today}:", *map(str, recorded), "differ:", *lines])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_rules_agree_with_the_naive_implementation(rule: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="KUMPPANI_EXAMPLES" not in os.environ,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        world = data.draw(worlds(later=rule not in STORED), label="world")
        today = data.draw(today_of(world), label="today")
        for name in ("open", "full"):
            lines = differences(world, name, rule, today)
            if lines:
                pytest.fail(told(world, name, today, lines), pytrace=False)

    agree()


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize(("size", "share"), [(10, 0.2), (50, 0.04)])
def test_rules_agree_on_seeded_worlds(rule: str, size: int, share: float) -> None:
    found = 0
    for seed in range(max(10, int(EXAMPLES * share))):
        world = random_world(seed, size, later=rule not in STORED)
        today = date(2026, 3, 1) + timedelta(seed * 7 % 400)
        for name in ("open", "full"):
            if differences(world, name, rule, today):
                world = smallest(world, lambda w: bool(differences(w, name, rule, today)))  # noqa: B023
                lines = differences(world, name, rule, today)
                pytest.fail(told(world, name, today, [f"from seed {seed}:", *lines]), pytrace=False)
            found += len(naive.findings(world, name, rule, today))
    assert found, "no world held a finding: nothing was compared"


def test_overlaps_agree_when_settings_differ_by_partner_kind_and_area(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(
        "O1: {days: 30, partner_kinds: {state: {days: 91}}, areas: {climate: {days: 13}}}\n", encoding="utf-8"
    )
    own = load_rules(file)
    numbers = {"days": 30, "days with state": 91, "days about climate": 13}
    changed = 0
    for seed in range(EXAMPLES):
        world, today = random_world(seed, 12), date(2026, 5, 1)
        lines = differences(world, "full", "O1", today, own, numbers)
        assert not lines, told(world, "full", today, [f"from seed {seed}:", *lines])
        # The built-in numbers must not agree with these, else this compares nothing.
        changed += bool(differences(world, "full", "O1", today, None, numbers))
    assert changed
