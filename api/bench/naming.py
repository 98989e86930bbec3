"""Names: one asked about over HTTP, many at once beside rapidfuzz's `cdist`, and two busy partners merged."""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
from rapidfuzz import fuzz, process, utils

from api.bench import city
from api.bench.figures import Line, times
from api.bench.served import Served, bare_question
from graph import Graph
from graph.facts import Fact
from graph.matching import Named
from graph.matching.index import match_many
from loaders.bench_names.speed import made_up, one_letter_off

PARTNERS = 100_000
INCOMING = 50_000
CONTACTS = 20_000  # of each of the two that are merged
PROCESSES = 2
SAMPLE = 200  # incoming names that `cdist` compares: all of them would take it too long
_BATCH = 2_000


@dataclass(frozen=True)
class Took:
    """Seconds on the wall and of the processors, children's too; resident megabytes at most, of all together."""

    wall: float
    processor: float
    peak: float


def lines(graph: Graph, partners: int = PARTNERS) -> list[Line]:
    """Measure in a graph that holds nothing; it holds partners afterwards."""
    names = made_up(partners)
    for start in range(0, len(names), _BATCH):
        facts = [
            Fact("Partner", f"p-{n}", "", {"name": names[n], "kind": "company"})
            for n in range(start, min(start + _BATCH, len(names)))
        ]
        graph.write(facts, load="", source="bench")
    return [*_one(graph, names), *_many(names), *_merge(graph)]


def misspelt(names: Sequence[str], size: int, seed: int = 7) -> list[str]:
    """So many of the names, each with a letter left out."""
    chance = random.Random(seed)
    return [one_letter_off(chance, chance.choice(names)) for _ in range(size)]


def _one(graph: Graph, names: list[str]) -> list[Line]:
    asked = misspelt(names, 1_000)
    kinds = {"one letter off": asked, "as recorded, in capitals": [name.upper() for name in names[:1_000]]}
    out = []
    one = times(lambda k: bare_question(graph))
    with Served(graph) as app:
        began = time.perf_counter()
        app.get(_path(asked[0]))
        waited = time.perf_counter() - began
        for what, texts in kinds.items():
            p50, p99 = times(lambda k, texts=texts: app.get(_path(texts[k % len(texts)])))  # type: ignore[misc]
            title = f"names/match over HTTP, {what}"
            for at, took, aim, bare in (("p50", p50, 5.0, one[0]), ("p99", p99, 25.0, one[1])):
                beside = f"bare RETURN 1 {bare:.1f} ms, first question {waited:.1f} s"
                out.append(Line(f"{title}, {at}", f"{took:.1f} ms", beside, took, aim, "ms"))
    return out


def _path(text: str) -> str:
    return "/api/v1/names/match?kind=company&text=" + urllib.parse.quote(text)


def _many(names: list[str]) -> list[Line]:
    incoming = misspelt(names, INCOMING)
    found, ours = _measured(lambda: _matched(names, incoming))
    sample = incoming[:SAMPLE]
    plain = [utils.default_process(name) for name in names]
    few = [utils.default_process(name) for name in sample]
    _, theirs = _measured(lambda: list(process.cdist(few, plain, scorer=fuzz.WRatio, workers=PROCESSES)))
    whole = theirs.processor * len(incoming) / len(sample)
    hits = sum(bool(matches) for matches in found) / len(found)
    what = f"{len(incoming):,} names against {len(names):,}"
    beside = (
        f"{ours.processor:.0f} s of processor, {hits:.1%} found; rapidfuzz cdist by WRatio {whole:,.0f} s of "
        f"processor (from {len(sample)} names)"
    )
    return [
        Line(f"{what}, {PROCESSES} processes", f"{ours.wall:.0f} s", beside, ours.wall, 60.0, "s"),
        Line(
            f"{what}, processor against cdist",
            f"{ours.processor:.0f} s",
            beside,
            ours.processor / whole if whole else None,
        ),
        Line(f"{what}, memory", f"{ours.peak:.0f} MB", "all processes", ours.peak, 1500.0, "MB"),
    ]


def _matched(names: Sequence[str], incoming: Sequence[str]) -> list[Any]:
    entries = [(str(n), Named(name, "company")) for n, name in enumerate(names)]
    return match_many(entries, [Named(text, "company") for text in incoming], processes=PROCESSES)


def _measured(work: Callable[[], list[Any]]) -> tuple[list[Any], Took]:
    """What the work answers and what it took, its processes included."""
    own = psutil.Process()
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            there = 0
            for one in (own, *own.children(recursive=True)):
                try:
                    there += 0 if "java" in one.name() else one.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], there / 1e6)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    before, began = os.times(), time.perf_counter()
    try:
        out = work()
    finally:
        wall, after = time.perf_counter() - began, os.times()
        over.set()
        watcher.join()
    return out, Took(wall, sum(after[:4]) - sum(before[:4]), peak[0])


def _merge(graph: Graph, rounds: int = 3) -> list[Line]:
    made = city.city(2 * CONTACTS, partners=("Busy a", "Busy b"))
    city.prepare(graph, made)
    facts = [city.fact(row) for row in made.rows]
    for start in range(0, len(facts), _BATCH):
        graph.write(facts[start : start + _BATCH], load="", source="bench")
    graph.rebuild()
    pair = [city.partner_id(name) for name in made.partners]
    took: dict[str, list[float]] = {"merged": [], "taken apart again": []}
    for _ in range(rounds):
        for what, work in (
            ("merged", lambda: graph.merge(*pair)),
            ("taken apart again", lambda: graph.unmerge(pair[1])),
        ):
            began = time.perf_counter()
            work()
            took[what].append(time.perf_counter() - began)
    return [
        Line(
            f"two partners of {CONTACTS:,} contacts each {what}",
            f"{statistics.median(seconds):.2f} s",
            f"of {rounds}: {min(seconds):.2f} to {max(seconds):.2f} s",
            statistics.median(seconds),
            2.0,
            "s",
        )
        for what, seconds in took.items()
    ]
