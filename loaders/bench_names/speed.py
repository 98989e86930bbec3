"""Size and load time of the known names, and one name against 100,000, beside rapidfuzz in the same run."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from rapidfuzz import fuzz, process, utils

from graph.matching import Named, known
from graph.matching.index import Index
from graph.matching.places import FILE, Places, places

PARTNERS = 100_000
ASKED = 200


def sizes() -> list[tuple[str, str]]:
    """(what, figure) about the names that ship."""
    began = time.perf_counter()
    loaded = Places(FILE.read_bytes())
    took = time.perf_counter() - began
    return [
        ("places", f"{len(loaded):,}"),
        ("names of places", f"{loaded.names:,}"),
        ("file", f"{FILE.stat().st_size / 1e6:.1f} MB"),
        ("loaded in", f"{took:.2f} s"),
        ("organisations", f"{len(known.organisations()):,}"),
    ]


def speed(partners: int = PARTNERS, asked: int = ASKED) -> list[tuple[str, str]]:
    """(what, figure): names with a letter missing against so many partners, in processor time."""
    chance = random.Random(6)
    names = made_up(partners)
    began = time.process_time()
    index = Index()
    for nr, name in enumerate(names):
        index.add(str(nr), Named(name, "company"))
    built = time.process_time() - began
    questions = [one_letter_off(chance, chance.choice(names)) for _ in range(asked)]
    index.match(Named(questions[0], "company"))
    mine = _times(lambda name: index.match(Named(name, "company")), questions)
    plain = [utils.default_process(name) for name in names]
    theirs = _times(
        lambda name: process.extract(utils.default_process(name), plain, scorer=fuzz.WRatio, limit=10),
        questions[:20],
    )
    return [
        (f"{partners:,} names put in order", f"{built:.1f} s"),
        ("one name, p50", f"{statistics.median(mine):.1f} ms"),
        ("one name, p99", f"{sorted(mine)[int(len(mine) * 0.99)]:.1f} ms"),
        ("rapidfuzz extract by WRatio, p50", f"{statistics.median(theirs):.1f} ms"),
        ("times faster than rapidfuzz", f"{statistics.median(theirs) / statistics.median(mine):.0f}x"),
    ]


def _times(ask: Callable[[str], object], names: list[str]) -> list[float]:
    out = []
    for name in names:
        began = time.process_time()
        ask(name)
        out.append((time.process_time() - began) * 1000)
    return out


def made_up(size: int, seed: int = 6) -> list[str]:
    """So many different names: of places, then of two places each."""
    chance = random.Random(seed)
    stock = [places().place(nr).name for nr in chance.sample(range(len(places())), min(size, len(places())))]
    out = dict.fromkeys(stock)
    while len(out) < size:
        out[f"{chance.choice(stock)} {chance.choice(stock)}"] = None
    return list(out)


def one_letter_off(chance: random.Random, name: str) -> str:
    """The name with a letter left out; itself where nothing else would be left."""
    at = chance.randrange(len(name))
    return name[:at] + name[at + 1 :] or name
