"""Commands about names: which records are one partner, or one person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import common
from api.cli.questions import Json

if TYPE_CHECKING:
    from graph import Graph
    from graph.answers_names import Contradiction, Judgements, Of

names = typer.Typer(no_args_is_help=True, help="Which records are one partner, or one person.")

Why = Annotated[str, typer.Option(help="The reason, for whoever looks at it later.")]
Persons = Annotated[bool, typer.Option("--persons", help="Of persons instead of partners.")]


@names.command()
def match(
    text: Annotated[str, typer.Argument(help="A name as it was written.")],
    kind: Annotated[str | None, typer.Option(help="city, company, …, where that is known.")] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1, two letters.")] = None,
    language: Annotated[str, typer.Option(help="en, fi or sv.")] = "en",
    limit: Annotated[int, typer.Option(help="How many at most.")] = 10,
    json: Json = False,
) -> None:
    """The partners that a name may mean, how surely and why."""
    with common.opened() as graph:
        found = graph.match_name(text, kind=kind, country=country, language=language, limit=limit)
    if json:
        common.print_json(found)
        return
    for note in found.notes:
        common.say(note)
    made = common.table("id", "name", "country", "score", "sure", "why", numbers=("score",))
    for m in found.matches:
        common.add(made, m.id, m.name, m.country, f"{m.score:.0%}", "yes" if m.sure else "", m.why)
    if found.matches:
        common.console().print(made)
    else:
        common.console().print(common.printable(f"No partner is called anything like {found.read_as!r}."))
    for k in found.known:
        where = f" ({k.country})" if k.country else ""
        common.say(f"Known: {k.name}{where}" + ("" if k.sure else ", perhaps"))


@names.command()
def merge(
    a: Annotated[str, typer.Argument(help="A partner: its id, or a name that leads to one record.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    why: Why = "",
    keep: Annotated[str, typer.Option(help="Which of the two stands for both.")] = "",
    persons: Persons = False,
    json: Json = False,
) -> None:
    """Two records are one partner, or one person. Nothing moves; `names unmerge` takes them apart again."""
    with common.opened() as graph:
        found = _finder(graph, persons)
        ids = [found(text) for text in (a, b)]
        kept = found(keep) if keep else ""
        done = graph.merge(*ids, why=why, keep=kept, of=_of(persons))
    if json:
        common.print_json(done)
        return
    first, second = done.partners
    stands = done.stands_for[0]
    common.console().print(
        common.printable(
            f"{first.name} and {second.name} are one {done.of} now: {stands.name} ({stands.id})."
        )
    )
    _print_contradictions(done.contradictions)


@names.command()
def unmerge(
    record: Annotated[str, typer.Argument(help="The record to take out: its id, or a name of its own.")],
    why: Why = "",
    persons: Persons = False,
    json: Json = False,
) -> None:
    """Take a record out of its cluster; it stands as if it had never been merged."""
    with common.opened() as graph:
        id = _finder(graph, persons)(record)
        done = graph.unmerge(id, why=why, of=_of(persons))
    if json:
        common.print_json(done)
    else:
        name = next(p.name for j in done.judgements for p in j.partners if p.id == id)
        common.console().print(common.printable(f"{name} ({id}) stands by itself again."))


@names.command()
def find(persons: Persons = False, json: Json = False) -> None:
    """Look for partners, or persons, recorded twice: sure ones are joined, possible ones wait in `names review`."""
    with common.opened() as graph, common.progress() as report:
        found = graph.find_duplicates(report, of=_of(persons))
        report(0, None, "")
    if json:
        common.print_json(found)
        return
    common.console().print(
        f"{found.partners:,} {found.of}s looked at ({found.machine}): {found.joined:,} joined, "
        f"{found.to_review:,} to review."
    )


@names.command()
def review(
    rule: Annotated[str | None, typer.Option(help="Only pairs that differ in just this.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    language: Annotated[str, typer.Option(help="en, fi or sv.")] = "en",
    persons: Persons = False,
    json: Json = False,
) -> None:
    """Partners, or persons, that may be one, strongest and busiest first; the page Names is where to judge them."""
    with common.opened() as graph:
        queue = graph.review(of=_of(persons), rule=rule, limit=limit, cursor=cursor, language=language)
    if json:
        common.print_json(queue)
        return
    made = common.table("score", "a", "b", "contacts", "why", numbers=("score", "contacts"))
    for p in queue.pairs:
        a, b = (f"{r.name} ({r.id})" for r in p.records)
        common.add(made, f"{p.score:.0%}", a, b, sum(r.contacts for r in p.records), p.why)
    common.console().print(made)
    common.console().print(f"{queue.waiting:,} wait, {queue.judged:,} judged by a person.")


@names.command()
def judgements(
    partner: Annotated[str | None, typer.Option(help="Only those on this partner: its id.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 100,
    cursor: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    persons: Persons = False,
    json: Json = False,
) -> None:
    """Judgements, newest first, and where they contradict each other."""
    with common.opened() as graph:
        found = graph.judgements(of=_of(persons), partner=partner, limit=limit, cursor=cursor)
    if json:
        common.print_json(found)
    else:
        _print(found)


@names.command()
def export(file: Annotated[Path, typer.Argument(help="A CSV file to write.")]) -> None:
    """The judgements that count as CSV, which `names import` takes anywhere."""
    from loaders.judgements import export_judgements

    with common.opened() as graph:
        count = export_judgements(graph, file)
    common.console().print(f"{count:,} judgements written.")


@names.command("import")
def import_(file: Annotated[Path, typer.Argument(help="A CSV file of `names export`.")]) -> None:
    """Take judgements from a file: all of them or, when one cannot be taken, none."""
    from loaders.judgements import import_judgements

    with common.opened() as graph:
        count = import_judgements(graph, file)
    common.console().print(f"{count:,} judgements taken; the others were here already.")


def _of(persons: bool) -> Of:
    return "person" if persons else "partner"


def _finder(graph: Graph, persons: bool) -> Callable[[str], str]:
    """From what the user wrote to the id of a record."""
    if persons:
        return graph.person_named
    book = graph.directory().partners
    return lambda text: _record(book.find(text), text)


def _record(found: object, text: str) -> str:
    from graph.directory import Ambiguous
    from graph.errors import BadInput, Unknown

    if isinstance(found, str):
        return found
    if isinstance(found, Ambiguous):
        options = "; ".join(
            f"{id} ({name}, {country or 'country unknown'})" for id, name, country in found.candidates
        )
        raise BadInput(f"{text!r} fits several partners; name one by its id: {options}.")
    raise Unknown(f"There is no partner {text!r}.")


def _print(found: Judgements) -> None:
    made = common.table("verdict", "a", "b", "by", "at", "why", "counts")
    for j in found.judgements:
        a, b = (f"{p.name} ({p.id})" for p in j.partners)
        common.add(made, j.verdict, a, b, j.machine or j.by, j.at, j.why, "yes" if j.counts else "")
    common.console().print(made)
    _print_contradictions(found.contradictions)


def _print_contradictions(found: list[Contradiction]) -> None:
    for c in found:
        a, b = c.partners
        common.say(f"Contradiction: {a.name} and {b.name} are judged different, and others join them.")
