"""What became of rows that were written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from graph.facts import Fact, Link, Written
from graph.prepared import Prepared
from loaders.seen import Row
from loaders.tally import Tally


def relinked(item: Prepared, moved: dict[str, str]) -> Fact | Prepared:
    """A partner proposed here may have been made by another load meanwhile."""
    fact = item.fact
    if not any(link.target in moved for link in fact.links):
        return item
    links = tuple(Link(x.edge, moved.get(x.target, x.target), x.properties, x.label) for x in fact.links)
    return replace(fact, links=links)


def settle(rows: list[Row], outcomes: list[list[Written]], tally: Tally, created: Counter[str]) -> None:
    """Count what became of rows, and of their facts by label."""
    for row, own in zip(rows, outcomes, strict=True):
        of_main: str = own[-1].outcome
        if row.facts and row.facts.main is None:
            new = any(o.outcome in ("loaded", "updated") for f, o in zip(row.all, own, strict=True))
            of_main = "loaded" if new else "unchanged"
        for fact, outcome in zip(row.all, own, strict=True):
            if outcome.outcome == "loaded":
                created[fact.label.partition("-")[2] or fact.label] += 1
            if row.facts and fact is row.facts.main:
                of_main = outcome.outcome
        refused = next((o for o in own if o.outcome == "refused"), None)
        if refused is not None:
            tally.refuse(row.number, refused.reason, cells=row.cells)
        elif of_main == "unchanged":
            tally.unchanged += 1
        else:
            tally.loaded += 1
            tally.updated += of_main == "updated"


def would(row: Row) -> list[Written]:
    """What writing a row would come to."""
    existing = row.there or bool(row.facts and row.facts.exists)
    main = row.facts.main if row.facts else None
    return [Written(f.id, "updated" if f is main and existing else "loaded") for f in row.all]
