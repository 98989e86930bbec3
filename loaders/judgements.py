"""Judgements on names as a file: written here, read anywhere, all of it or nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph import names, persons
from graph.answers_names import Of
from graph.clusters import LABELS
from graph.directory import PartnerBook, PersonBook
from graph.errors import BadInput
from graph.judgements import JUDGING, VERDICTS, Judgement
from loaders import readers
from loaders.convert import shown
from loaders.tally import plain

if TYPE_CHECKING:
    from graph import Graph

HEADINGS = (
    "verdict",
    "a",
    "a name",
    "a country",
    "b",
    "b name",
    "b country",
    "keep",
    "why",
    "by",
    "at",
    "of",
    "a organisation",
    "b organisation",
)
MOST_NAMED = 10  # problems told in one refusal


def export_judgements(graph: Graph, path: Path) -> int:
    """Write the judgements that count as CSV; how many there are.

    Raises:
        BadInput: the file is there already or cannot be written.
    """
    rows = [(of, j) for of in LABELS for j in graph.judgements(of=of, limit=None).judgements if j.counts]
    country = {p: facts[1] for p, facts in graph.directory().partners.facts.items()}
    works_for = {
        row["id"]: next((name for _, name, _ in row["organisations"]), "")
        for row in graph.store.read(persons.ALL)
    }
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(HEADINGS)
            for of, j in reversed(rows):
                a, b = j.partners
                where = [country[x.id] if of == "partner" else "" for x in (a, b)]
                at = [works_for.get(x.id, "") if of == "person" else "" for x in (a, b)]
                cells = (a.id, a.name, where[0], b.id, b.name, where[1], j.keep, j.why, j.by, j.at, of, *at)
                out.writerow([plain(c) for c in (j.verdict, *cells)])
    except FileExistsError:
        raise BadInput(
            f"{path} is there already; give another name, so that nothing in it is lost."
        ) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from None
    return len(rows)


def import_judgements(graph: Graph, path: Path) -> int:
    """Take the judgements of a file; how many were new.

    Partners are found by id, else by name and country; persons by id, else by name and organisation.

    Raises:
        BadInput: a row that cannot be taken, or two that contradict each other; nothing is taken then.
    """
    graph.viewer.require("editor", JUDGING)
    needed = tuple((h,) for h in ("verdict", "a", "b"))
    table = readers.read(readers.Request(path, HEADINGS, needed))
    try:
        at = {str(h).strip().casefold(): i for i, h in enumerate(table.header)}
        rows = [(nr, cells) for batch in table.batches for nr, cells in batch]
    finally:
        table.close()
    book = graph.directory().partners
    known = PersonBook()
    for row in graph.store.read(persons.ALL):
        known.add(row["id"], row["name"], [names.normalise(name) for _, name, _ in row["organisations"]])
    counting = {
        (of, frozenset(p.id for p in j.partners)): j.verdict
        for of in LABELS
        for j in graph.judgements(of=of, limit=None).judgements
        if j.counts
    }
    problems: list[str] = []
    taken: dict[tuple[Of, frozenset[str]], tuple[int, str]] = {}
    new: list[Judgement] = []
    for number, cells in rows:

        def cell(name: str, cells: list[Any] = cells) -> str:
            i = at.get(name)
            text = shown(cells[i]).strip() if i is not None and i < len(cells) else ""
            return text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text

        of: Of = "person" if cell("of").casefold() == "person" else "partner"
        if of == "person":
            a, b = (_person(known, cell(x), cell(f"{x} name"), cell(f"{x} organisation")) for x in ("a", "b"))
        else:
            a, b = (_partner(book, cell(x), cell(f"{x} name"), cell(f"{x} country")) for x in ("a", "b"))
        verdict = cell("verdict").casefold()
        missing = [x for x, found in (("a", a), ("b", b)) if found is None]
        if cell("of").casefold() not in ("", *LABELS):
            problems.append(f"row {number}: {cell('of')!r} is none of {', '.join(LABELS)}")
        elif verdict not in VERDICTS:
            problems.append(f"row {number}: {verdict!r} is none of {', '.join(VERDICTS)}")
        elif missing:
            name = cell(f"{missing[0]} name") or cell(missing[0])
            problems.append(f"row {number}, column {missing[0]}: no one {of} is {name!r}")
        elif a == b:
            problems.append(f"row {number}: it judges one {of} against itself")
        else:
            pair = (of, frozenset((str(a), str(b))))
            first = taken.setdefault(pair, (number, verdict))
            if first[1] != verdict:
                problems.append(f"rows {first[0]} and {number} judge one pair as {first[1]} and as {verdict}")
            elif first[0] == number and counting.get(pair) != verdict:
                keep = {cell("a"): a, cell("b"): b}.get(cell("keep"), "") if cell("keep") else ""
                new.append(Judgement(str(a), str(b), verdict, cell("why"), keep or "", of=of))
    if problems:
        more = f"; and {len(problems) - MOST_NAMED} more" if len(problems) > MOST_NAMED else ""
        raise BadInput(
            f"{path.name}: nothing was taken, because of {'; '.join(problems[:MOST_NAMED])}{more}. Mend or delete "
            "these rows and import the file again."
        )
    if new:
        graph.judge_many(new)
    return len(new)


def _person(book: PersonBook, id: str, name: str, organisation: str) -> str | None:
    if id in book.works_for:
        return id
    return book.find(name, names.normalise(organisation) or None) if name else None


def _partner(book: PartnerBook, id: str, name: str, country: str) -> str | None:
    if id in book.facts:
        return id
    found = book.find(name, country or None) if name else None
    return found if isinstance(found, str) else None
