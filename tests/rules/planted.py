"""A generated city with planted cases: what must be found, near misses that must not, and noise.

Deterministic by seed. The truth is written beside each case as it is planted, never computed by a rule. Every
case has partners, persons, issues of its own; the noise is made so that it holds nothing: each of its partners
is dealt with by one department. `python -m tests.rules.planted` prints the table (`make planted`).
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graph.rules import RULES, evaluate, load_rules
from tests.rules.city import Contact, Department, Part, Partner, Topic, World
from tests.rules.forms import columns
from tests.rules.planted_cases import CASES

TODAY = date(2027, 6, 1)
START, DAYS = date(2026, 2, 1), 400  # every planted day lies well between, and after the built-in live_from
AREAS = tuple(f"area{i}" for i in range(8))
SIZES, SEEDS = (10_000,), 10
Key = tuple[str, tuple[str, ...], frozenset[str], bool]  # rule, group, records, certain


@dataclass
class Planter:
    """Plants cases; `truth` by world, and the name of the case that planted each key."""

    rng: random.Random
    world: World
    records: dict[str, list[Any]] = field(default_factory=dict)
    truth: dict[str, dict[Key, str]] = field(default_factory=lambda: {"open": {}, "full": {}})
    case: str = ""
    number: int = 0

    def id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number:07d}"

    def add(self, kind: str, record: Any) -> Any:
        self.records.setdefault(kind, []).append(record)
        return record

    def partner(self, **facts: Any) -> str:
        made: Partner = self.add("partners", Partner(self.id("p"), **facts))
        return made.id

    def day(self) -> date:
        return START + timedelta(self.rng.randrange(30, DAYS - 130))

    def two(self) -> tuple[str, str]:
        """Two departments in no common chain: services of different divisions."""
        a, b = self.rng.sample(range(6), 2)
        return f"s{a}{self.rng.randrange(4)}", f"s{b}{self.rng.randrange(4)}"

    def contact(self, lead: str, partner: str | tuple[str, ...], day: date, **facts: Any) -> str:
        partners = (partner,) if isinstance(partner, str) else partner
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.number)
        made = Contact(
            self.id("c"), day, leads=(lead,), partners=partners, recorded_at=moment, summary=f"n{self.number}"
        )
        self.add("contacts", replace(made, **facts))
        return made.id

    def expect(
        self, rule: str, group: tuple[str, ...], *records: str, certain: bool = True, only_full: bool = False
    ) -> None:
        for name in ("full",) if only_full else ("open", "full"):
            self.truth[name][rule, group, frozenset(records), certain] = self.case

    def built(self) -> World:
        own = {kind: (*getattr(self.world, kind), *made) for kind, made in self.records.items()}
        return replace(self.world, **own)  # type: ignore[arg-type]


def _city() -> World:
    """One city, six divisions, four services each, with a unit beneath the first service of each."""
    departments = [Department("city", "city")]
    for d in range(6):
        departments.append(Department(f"d{d}", "division", (Part("city"),)))
        departments += [Department(f"s{d}{s}", "service", (Part(f"d{d}"),)) for s in range(4)]
        departments.append(Department(f"u{d}", "unit", (Part(f"s{d}0"),)))
    topics = tuple(Topic(f"t{i}", (AREAS[i % len(AREAS)],)) for i in range(16))
    return World(tuple(departments), areas=AREAS, topics=topics)


def planted(size: int, seed: int) -> tuple[World, dict[str, dict[Key, str]]]:
    """(a city of about `size` contacts, the truth by world: key -> the case that planted it).

    Args:
        size: 1,000 to 1,000,000; a tenth of the contacts or less belongs to planted cases.
    """
    p = Planter(random.Random(seed), _city())
    while True:
        for name, plant in CASES.items():
            p.case = name
            plant(p)
        if len(p.records["contacts"]) * 12 > size:
            break
    _noise(p, size - len(p.records["contacts"]))
    p.rng.shuffle(p.records["contacts"])
    return p.built(), p.truth


def _noise(p: Planter, size: int) -> None:
    """Contacts that hold nothing: each partner has one department, which enters nothing twice."""
    partners = [(p.partner(), f"s{n % 6}{n % 4}") for n in range(max(20, size // 40))]
    for _ in range(max(size, 0)):
        partner, lead = partners[min(int(p.rng.paretovariate(0.6)) - 1, len(partners) - 1)]
        p.contact(
            lead,
            partner,
            p.day(),
            areas=(p.rng.choice(AREAS),),
            topics=(),
            initiative=p.rng.choice(("ours", "ours", "theirs")),
            channel=p.rng.choice(("meeting", "call", "visit_out", "letter")),
            purposes=p.rng.choice(((), ("inform",), ("request",))),
            status=p.rng.choice(("held", "held", "planned", "cancelled")),
        )


def found_in(world: World, name: str) -> Counter[Key]:
    found = evaluate(columns(world, name, TODAY), load_rules())
    return Counter((f.rule, f.group, frozenset(f.records), f.certain) for f in found)


@dataclass
class Score:
    """Counts of one rule; `misses` are lines to read."""

    planted: int = 0
    found: int = 0
    right: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.planted if self.planted else 0.0


def scores(size: int, seeds: int) -> dict[str, Score]:
    """Planted and found over both worlds of each seed, by rule."""
    out = {rule: Score() for rule in RULES}
    for seed in range(seeds):
        world, truth = planted(size, seed)
        for name in ("open", "full"):
            found = found_in(world, name)
            for key, case in truth[name].items():
                score = out[key[0]]
                score.planted += 1
                if not found[key]:
                    score.misses.append(f"missed: {_told(key)}, planted by {case}, {name} world, seed {seed}")
            for key, times in found.items():
                score = out[key[0]]
                score.found += times
                score.right += key in truth[name]
                if key not in truth[name] or times > 1:
                    score.misses.append(f"not planted: {_told(key)}, {name} world, seed {seed}")
    return out


def _told(key: Key) -> str:
    rule, group, records, certain = key
    return f"{rule} {' '.join(group)} of {', '.join(sorted(records))}{'' if certain else ' (possible)'}"


def table(made: dict[str, Score]) -> Iterator[str]:
    """A row a rule: name, planted, found, precision, recall; then every miss."""
    yield f"{'rule':<28}{'planted':>9}{'found':>9}{'precision':>11}{'recall':>8}"
    for rule, s in made.items():
        title = f"{rule} {RULES[rule].title['en']}"
        yield f"{title:<28}{s.planted:>9,}{s.found:>9,}{s.precision:>11.4f}{s.recall:>8.4f}"
    misses = [line for s in made.values() for line in s.misses]
    yield f"{len(misses)} misses"
    yield from misses


def main(arguments: list[str], say: Callable[[str], Any] = print) -> int:
    sizes = [int(a) for a in arguments[:1]] or list(SIZES)
    seeds = int(arguments[1]) if len(arguments) > 1 else SEEDS
    wrong = 0
    for size in sizes:
        say(f"{size:,} contacts, {seeds} seeds, open and full world:")
        made = scores(size, seeds)
        for line in table(made):
            say(line)
        wrong += sum(len(s.misses) for s in made.values())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
