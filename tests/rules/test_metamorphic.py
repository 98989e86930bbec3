"""What must change no finding: other days for everything, other ids, another order, other partners' contacts."""

from __future__ import annotations

import dataclasses
import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from graph.rules import RULES, RuleSettings, evaluate, load_rules
from graph.rules.base import Found
from graph.rules.columns import FOREVER
from tests.rules.city import Contact, Partner, World
from tests.rules.forms import columns
from tests.rules.worlds import random_world

WORLDS = int(os.environ.get("KUMPPANI_EXAMPLES", "60"))
TODAY = date(2026, 5, 1)


def found(world: World, today: date = TODAY, settings: RuleSettings | None = None) -> list[Found]:
    own = settings or load_rules()
    return [f for name in ("open", "full") for f in evaluate(columns(world, name, today), own)]


def told(findings: list[Found], days: int = 0, plain: Callable[[str], str] = str) -> Counter[str]:
    """What findings say, with days moved back and ids as they were."""

    def day(value: int | None) -> int | None:
        return value if value is None or abs(value) >= FOREVER else value - days

    def name(id: str) -> str:
        return plain(id)

    return Counter(
        repr(
            (
                f.rule, tuple(map(name, f.group)), f.certain, tuple(map(name, f.records)),
                tuple(map(name, f.possible)), tuple(map(name, f.departments)), f.partner and name(f.partner),
                day(f.first), day(f.last), f.smallest_gap, {s: day(d) for s, d in f.levels.items()},
                day(f.planned_until), day(f.held_until), f.window, tuple(map(name, f.best)),
            )
        )
        for f in findings
    )  # fmt: skip


def _walked(value: Any, change: Callable[[Any], Any]) -> Any:
    """A record with every field changed, at any depth."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        own = {f.name: _walked(getattr(value, f.name), change) for f in dataclasses.fields(value)}
        return type(value)(**own)
    if isinstance(value, tuple):
        return tuple(_walked(v, change) for v in value)
    return change(value)


@pytest.mark.parametrize("days", [1, 366, 9 * 366])
def test_moving_all_days_moves_findings_and_changes_none(days: int) -> None:
    def moved(value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value + timedelta(days)
        return value

    own = load_rules()
    values = {rule: dict(v) for rule, v in own.values.items()}
    values["C5"]["live_from"] = (date.fromisoformat(values["C5"]["live_from"]) + timedelta(days)).isoformat()
    compared = 0
    for seed in range(WORLDS):
        world = random_world(seed, 15, later=True)
        # A month moved by a day is no month: months are known by the day here.
        world = dataclasses.replace(
            world, contacts=tuple(dataclasses.replace(c, precision="day") for c in world.contacts)
        )
        before = told(found(world))
        after = found(_walked(world, moved), TODAY + timedelta(days), RuleSettings(values))
        assert told(after, days) == before, f"seed {seed}"
        compared += sum(before.values())
    assert compared > WORLDS


def test_other_ids_in_the_same_order_change_no_finding() -> None:
    world = random_world(0, 15, later=True)
    kinds = ("departments", "partners", "contacts", "positions", "restrictions", "topics", "commitments",
             "materials", "networks", "memberships", "resources")  # fmt: skip
    for seed in range(WORLDS):
        world = random_world(seed, 15, later=True)
        ids = {r.id for kind in kinds for r in getattr(world, kind)}
        ids |= {*world.areas, *world.persons, *world.issues}

        def renamed(value: Any, ids: set[str] = ids) -> Any:
            return f"x-{value}-y" if isinstance(value, str) and value in ids else value

        def plain(id: str) -> str:
            return id.removeprefix("x-").removesuffix("-y")

        assert told(found(_walked(world, renamed)), plain=plain) == told(found(world)), f"seed {seed}"


def test_the_order_of_rows_changes_no_finding() -> None:
    for seed in range(WORLDS):
        world, rng = random_world(seed, 15, later=True), random.Random(seed)
        shuffled = {
            kind: tuple(rng.sample(getattr(world, kind), len(getattr(world, kind))))
            for kind in ("contacts", "positions", "restrictions", "commitments", "materials", "leads",
                         "memberships")
        }  # fmt: skip
        assert told(found(dataclasses.replace(world, **shuffled))) == told(found(world)), f"seed {seed}"


def test_contacts_of_other_partners_change_no_finding() -> None:
    for seed in range(WORLDS):
        world = random_world(seed, 15, later=True)
        stranger = Partner("zz-stranger", "company", "FI")
        lead = world.departments[-1].id
        others = tuple(
            Contact(
                f"zz-{i}", c.date, leads=(lead,), partners=(stranger.id,), areas=c.areas, channel=c.channel,
                summary=f"other {i}", purposes=c.purposes, initiative="theirs" if i % 3 else "ours",
                precision=c.precision,
            )
            for i, c in enumerate(world.contacts)
        )  # fmt: skip
        more = dataclasses.replace(
            world, partners=(*world.partners, stranger), contacts=(*others, *world.contacts)
        )
        known = told([f for f in found(more) if f.partner != stranger.id])
        assert known == told(found(world)), f"seed {seed}"


def test_every_rule_is_among_what_was_compared() -> None:
    rules = {f.rule for seed in range(WORLDS) for f in found(random_world(seed, 15, later=True))}
    assert rules >= set(RULES) - {"O5"}
