"""`python -m loaders.bench_names [FOLDER]`: the tables, from the folder of public data sets."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from loaders.bench_names import cities, meetings, pairs, speed


def main(argv: list[str]) -> int:
    named = argv[0] if argv else os.environ.get("KUMPPANI_TEST_DATA", "")
    folder = Path(named)
    if not named or not (folder / pairs.FILE).is_file():
        print(f"{named or 'KUMPPANI_TEST_DATA'} is no folder with {pairs.FILE} in it.", file=sys.stderr)
        return 2
    console = Console(width=110)
    _pairs(console, folder)
    _counts(console, "City names of twin-towns-world", cities.twin_towns(folder)[0])
    counts, odd = cities.climactor(folder)
    _counts(console, "ClimActor's dictionary: variants", counts)
    _counts(console, "ClimActor's dictionary: what it calls wrong", cities.looked_at(odd))
    for title, lines in (
        ("Partners of eu-mep-meetings", meetings.lines(meetings.found(folder))),
        ("Known names", speed.sizes()),
        ("Speed", speed.speed()),
    ):
        made = Table(title=title, show_header=False)
        for line in lines:
            made.add_row(*line)
        console.print(made)
    return 0


def _pairs(console: Console, folder: Path) -> None:
    read = pairs.read(folder)
    scored = {name: (at, [(scorer(p), p) for p in read]) for name, at, scorer in pairs.matchers()}
    if len(scored) == 2:
        console.print("nomenklatura is not installed (pip install nomenklatura): left out.")
    parts = {
        "all": read,
        "guided by": [p for p in read if not p.held_out],
        "only scored": [p for p in read if p.held_out],
        **{s: [p for p in read if p.schema == s] for s in sorted({p.schema for p in read})},
    }
    made = Table("pairs", "matcher", "precision", "recall", "F1", "best F1", "at", title="Pairs of names")
    for part, members in parts.items():
        inside = set(map(id, members))
        for name, (at, values) in scored.items():
            here = [(value, p.same) for value, p in values if id(p) in inside]
            default, top = pairs.outcome(here, at), pairs.best(here)
            figures = (default.precision, default.recall, default.f1, top.f1)
            made.add_row(
                f"{part} ({len(members)})", name, *(f"{x:.3f}" for x in figures), f"{top.threshold:.2f}"
            )
        made.add_section()
    console.print(made)


def _counts(console: Console, title: str, counts: Counter[str]) -> None:
    total = sum(counts.values())
    made = Table("outcome", "names", "share", title=f"{title} ({total:,})")
    for what, count in sorted(counts.items()):
        made.add_row(what, f"{count:,}", f"{count / total:.2%}")
    console.print(made)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
