"""Labelled pairs of names: precision, recall and F1 of ours and of others, guided by and only scored."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, utils

from graph.matching import POSSIBLE, score

FILE = Path("name-matching") / "nomenklatura_name_bench_cases.csv"
KINDS = {"Person": "person", "Company": "company", "Organization": "other", "Vessel": "other"}
Scorer = Callable[["Pair"], float]


@dataclass(frozen=True)
class Pair:
    """Two names, what they are names of, and whether people call them the same."""

    schema: str
    left: str
    right: str
    same: bool

    @property
    def held_out(self) -> bool:
        """A fifth, by hash: it is scored and was never looked at."""
        digest = hashlib.sha256(f"{self.left}\n{self.right}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % 5 == 0


@dataclass(frozen=True)
class Outcome:
    """Shares 0..1 at one threshold."""

    threshold: float
    precision: float
    recall: float
    f1: float


def read(folder: Path) -> list[Pair]:
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        return [
            Pair(row["schema"], row["name1"], row["name2"], row["is_match"] == "true")
            for row in csv.DictReader(file)
        ]


def ours(pair: Pair) -> float:
    """A match is what a person would be asked about: POSSIBLE and more."""
    return score(pair.left, pair.right, kind=KINDS.get(pair.schema)).value


def wratio(pair: Pair) -> float:
    return fuzz.WRatio(pair.left, pair.right, processor=utils.default_process) / 100


def matchers() -> Iterator[tuple[str, float, Scorer]]:
    """(name, default threshold, scorer); those of nomenklatura only where it is installed."""
    yield "kumppani", POSSIBLE, ours
    yield "rapidfuzz WRatio", 0.85, wratio
    try:
        from followthemoney import model
        from nomenklatura.matching import get_algorithm
    except ImportError:
        return

    def entity(schema: str, name: str) -> Any:
        data = {"id": "x", "schema": schema, "properties": {"name": [name]}}
        return model.get_proxy(data)

    for name in ("logic-v1", "logic-v2", "name-based", "regression-v1"):
        algorithm = get_algorithm(name)
        if algorithm is None:
            continue
        config = algorithm.default_config()

        def compare(pair: Pair, algorithm: Any = algorithm, config: Any = config) -> float:
            sides = (entity(pair.schema, pair.left), entity(pair.schema, pair.right))
            return float(algorithm.compare(*sides, config).score)

        yield f"nomenklatura {name}", 0.7, compare


def outcome(scored: Sequence[tuple[float, bool]], threshold: float) -> Outcome:
    hits = sum(value >= threshold and same for value, same in scored)
    taken = sum(value >= threshold for value, _ in scored)
    there = sum(same for _, same in scored)
    precision = hits / taken if taken else 0.0
    recall = hits / there if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return Outcome(threshold, precision, recall, f1)


def best(scored: Sequence[tuple[float, bool]]) -> Outcome:
    return max((outcome(scored, t / 100) for t in range(30, 100)), key=lambda o: o.f1)
