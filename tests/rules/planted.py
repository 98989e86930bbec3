"""A generated city with planted cases: what must be found, near misses that must not, and noise.

Deterministic by seed. The truth is written beside each case as it is planted, never computed by a rule. Every
case has partners, persons, issues of its own; the noise is made so that it holds nothing: each of its partners
is dealt with by one department. Some findings of each rule are waived, some by a waiver that has expired or
names only part of their records. `python -m tests.rules.planted` prints the table (`make planted`).
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graph.decisions import Decided, status_of
from graph.derive.findings import scope_of, stored
from graph.rules import RULES, evaluate, load_rules
from tests.rules import planted_others as others
from tests.rules import planted_overlaps as overlaps
from tests.rules.city import Contact, Department, Part, Partner, Topic, Waiver, World
from tests.rules.forms import columns

TODAY = date(2027, 6, 1)
START, DAYS = date(2026, 2, 1), 400  # every planted day lies well between, and after the built-in live_from
AREAS = tuple(f"area{i}" for i in range(8))
SIZES, SEEDS = (10_000,), 10
Key = tuple[str, tuple[str, ...], frozenset[str], bool, bool]  # rule, group, records, certain, waived


@dataclass
class Planter:
    """Plants cases; `truth` by world, and the name of the case that planted each key.

    `near` counts near misses by rule and name; those of the name "hidden" are found in the full world only.
    """

    rng: random.Random
    world: World
    records: dict[str, list[Any]] = field(default_factory=dict)
    truth: dict[str, dict[Key, str]] = field(default_factory=lambda: {"open": {}, "full": {}})
    near: Counter[tuple[str, str]] = field(default_factory=Counter)
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
            self.truth[name][rule, group, frozenset(records), certain, False] = self.case

    def judge(
        self, miss: str, rule: str, group: tuple[str, ...], *records: str, certain: bool = True
    ) -> None:
        """What must fire when `miss` is empty; else a near miss of that name."""
        if miss:
            self.near[rule, miss] += 1
        if miss in ("", "hidden"):
            self.expect(rule, group, *records, certain=certain, only_full=miss == "hidden")

    def waive(self, key: Key, records: Sequence[str], expires: date) -> None:
        """A waiver for a planted finding; it is waived when all its records are named and it has not expired."""
        rule, group, named, certain, _ = key
        self.add("waivers", Waiver(self.id("v"), rule, tuple(records), expires))
        if set(records) >= named and expires >= TODAY:
            self.near[rule, "waived"] += 1
            for truth in self.truth.values():
                if key in truth:
                    truth[rule, group, named, certain, True] = truth.pop(key)
        else:
            self.near[rule, "waived in part" if expires >= TODAY else "waiver expired"] += 1

    def built(self) -> World:
        own = {kind: (*getattr(self.world, kind), *made) for kind, made in self.records.items()}
        return replace(self.world, **own)


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
    p = plant(size, seed)
    return p.built(), p.truth


def plant(size: int, seed: int) -> Planter:
    p = Planter(random.Random(seed), _city())
    while True:
        earlier = set(p.truth["full"])
        for name, case in CASES.items():
            p.case = name
            case(p)
        _waive(p, [key for key in p.truth["full"] if key not in earlier])
        if len(p.records["contacts"]) * 12 > size:
            break
    _noise(p, size - len(p.records["contacts"]))
    p.rng.shuffle(p.records["contacts"])
    return p


def _waive(p: Planter, planted: list[Key]) -> None:
    """Of each rule one finding is waived, one by all of its records but one, one until yesterday."""
    for rule in RULES:
        own = [key for key in planted if key[0] == rule]
        first = own.pop(0)
        p.waive(first, sorted(first[2]), TODAY)
        for key in own:
            if len(key[2]) > 1:
                p.waive(key, sorted(key[2])[1:], TODAY)
                own.remove(key)
                break
        if own:
            p.waive(own[0], sorted(own[0][2]), TODAY - timedelta(1))


CASES: dict[str, Callable[[Planter], None]] = {
    "D1": overlaps.d1, "O1": overlaps.o1, "O2": overlaps.o2, "O3": overlaps.o3, "O4": overlaps.o4,
    "O5": overlaps.o5, "O6": overlaps.o6, "O7": overlaps.o7,
    "C1": others.c1, "C2": others.c2, "C3": others.c3, "C4": others.c4, "C5": others.c5, "G1": others.g1,
}  # fmt: skip


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
    """What the rules find, each with whether it is waived."""
    naming: dict[str, list[Decided]] = defaultdict(list)
    for waiver in world.waivers:
        for record in waiver.records:
            naming[record].append(_decided(waiver))
    out: Counter[Key] = Counter()
    for f in evaluate(columns(world, name, TODAY), load_rules()):
        row = stored(f, name, scope_of(f))
        status = status_of(row, naming[row["anchor"]], TODAY, f.records.__iter__)
        out[f.rule, f.group, frozenset(f.records), f.certain, status == "waived"] += 1
    return out


def _decided(waiver: Waiver) -> Decided:
    scope = {"rule": waiver.rule, "standing": False, "row": {"records_hash": ""}}
    expires = waiver.expires.isoformat()
    records = frozenset(waiver.records)
    return Decided(waiver.id, "waive", "planter", "planted", "2026-06-01", expires, "", scope, records)


@dataclass
class Score:
    """Counts of one rule; `near` near misses that were planted; `misses` are lines to read."""

    near: int = 0
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
        p = plant(size, seed)
        world, truth = p.built(), p.truth
        for (rule, _), times in p.near.items():
            out[rule].near += times
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
    rule, group, records, certain, waived = key
    more = f"{'' if certain else ' (possible)'}{' (waived)' if waived else ''}"
    return f"{rule} {' '.join(group)} of {', '.join(sorted(records))}{more}"


def table(made: dict[str, Score]) -> Iterator[str]:
    """A row a rule: name, planted, found, precision, recall, near misses; then every miss."""
    yield f"{'rule':<28}{'planted':>9}{'found':>9}{'precision':>11}{'recall':>8}{'near':>8}"
    for rule, s in made.items():
        title = f"{rule} {RULES[rule].title['en']}"
        yield f"{title:<28}{s.planted:>9,}{s.found:>9,}{s.precision:>11.4f}{s.recall:>8.4f}{s.near:>8,}"
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
