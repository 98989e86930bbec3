"""Commands that ask: who-talks-to, findings, map, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import common

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.answers import Findings, WhoTalksTo

Since = Annotated[str | None, typer.Option(help="First day, year-month-day.")]
Until = Annotated[str | None, typer.Option(help="Last day, year-month-day.")]
Area = Annotated[str | None, typer.Option(help="A priority area: its id or any of its names.")]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, the same as over HTTP.")]
PartnerName = Annotated[str | None, typer.Option(help="A partner: id or name.")]
DepartmentName = Annotated[str | None, typer.Option(help="A department: id or name.")]


def who_talks_to(
    name: Annotated[str, typer.Argument(help="The partner's name in any spelling on record, or its id.")],
    since: Since = None,
    until: Until = None,
    area: Area = None,
    json: Json = False,
) -> None:
    """Who among us already talks to this partner."""
    with common.opened() as graph:
        answer = graph.who_talks_to(name, since=since, until=until, area=area)
    if json:
        common.print_json(answer)
    else:
        _print_who(answer, name)


def _print_who(answer: WhoTalksTo, name: str) -> None:
    console = common.console()
    if answer.partner is None:
        if not answer.candidates:
            console.print(
                common.printable(f"No partner is called {name!r}, and no recorded name is like it.")
            )
            return
        made = common.table("id", "name", "country", "score", "why", title="Did you mean", numbers=("score",))
        for c in answer.candidates:
            common.add(made, c.id, c.name, c.country, f"{c.score:.0%}", c.why)
        console.print(made)
        return
    title = f"{answer.partner.name} ({answer.partner.id})"
    columns = ("department", "held", "planned", "first", "last", "next", "areas")
    made = common.table(*columns, title=common.printable(title), numbers=("held", "planned"))
    for d in answer.departments:
        common.add(made, d.name, d.held, d.planned, d.first, d.last, d.next, ", ".join(d.areas))
    console.print(made)
    if not answer.departments:
        console.print("Nobody, as far as the records and the filters show.")
    for n in answer.notices:
        ask = f"; ask {n.mailbox}" if n.mailbox else ""
        console.print(common.printable(f"{n.division}: something confidential since {n.month}{ask}"))


def findings(
    rule: Annotated[str | None, typer.Option(help="O1, C1, C4, …")] = None,
    partner: PartnerName = None,
    department: DepartmentName = None,
    severity: Annotated[str | None, typer.Option(help="This severity or a higher one.")] = None,
    status: Annotated[str | None, typer.Option(help="open, acknowledged, waived or resolved.")] = None,
    what_if: Annotated[
        str | None,
        typer.Option(
            help="Thresholds to try, such as O1.days=30: counts by rule and month, nothing is stored."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    language: Annotated[str, typer.Option(help="en, fi or sv.")] = "en",
    json: Json = False,
) -> None:
    """Overlaps and conflicts, live and severe ones first. An overlap is information, not a fault."""
    if what_if is not None:
        _what_if(what_if, [rule, partner, department, severity, status, cursor], json)
        return
    with common.opened() as graph:
        answer = graph.findings(
            rule=rule,
            partner=partner,
            department=department,
            severity=severity,
            status=status,
            limit=limit,
            cursor=cursor,
            language=language,
        )
    if json:
        common.print_json(answer)
    else:
        _print_findings(answer)


def _what_if(text: str, narrowed: list[str | None], json: bool) -> None:
    from graph.errors import BadInput

    if any(narrowed):
        raise BadInput("What-if counts all findings: leave out the other options.")
    with common.opened() as graph:
        answer = graph.what_if(text)
    if json:
        common.print_json(answer)
        return
    tried = ", ".join(f"{name} = {value}" for name, value in answer.what_if.items())
    made = common.table("rule", "month", "now", "then", title=f"What if {tried}", numbers=("now", "then"))
    for rule in answer.rules:
        common.add(made, rule.rule, "all", rule.now, rule.then)
        for month in answer.months:
            if month.rule == rule.rule and month.now != month.then:
                common.add(made, "", month.month, month.now, month.then)
    common.console().print(made)


def _print_findings(answer: Findings) -> None:
    console = common.console()
    if not answer.findings:
        console.print("No findings.")
        return
    columns = ("rule", "severity", "certain", "live", "partner", "first", "last", "contacts", "explanation")
    made = common.table(*columns, numbers=("contacts",))
    for f in answer.findings:
        common.add(
            made,
            f.rule,
            f.severity,
            "yes" if f.certain else "possible",
            "yes" if f.live else "no",
            f.partner.name if f.partner else f.subject.name,
            f.first,
            f.last,
            f.contacts,
            f.explanation,
        )
    console.print(made)
    if answer.next:
        console.print(f"There are more: --cursor {answer.next}")


def map_(
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.")],
    partner: PartnerName = None,
    hops: Annotated[int, typer.Option(help="How far around the partner.")] = 1,
    department: DepartmentName = None,
    area: Area = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(help="Nodes drawn one by one at most.")] = 200,
    language: Annotated[str, typer.Option(help="en, fi or sv.")] = "en",
) -> None:
    """Draw the network into one HTML file that needs nothing else."""
    from graph import maps

    _refuse_folder(output)
    with common.opened() as graph:
        answer = graph.map(
            partner=partner,
            hops=hops,
            department=department,
            area=area,
            since=since,
            until=until,
            limit=limit,
            language=language,
        )
        areas = {a["id"]: a.get(f"name_{language}") or a["name"] for a in graph.areas()}
        page = maps.render_html(answer, language=language, area_names=areas)
    write_whole(output, iter([page.encode()]))
    common.say(f"{len(answer.nodes):,} nodes and {len(answer.edges):,} edges are in {output}.")


def export(
    file: Annotated[
        Path, typer.Argument(help="The file to write: .csv, .json or .graphml; or a new folder.")
    ],
    neo4j_admin: Annotated[
        bool,
        typer.Option(
            "--neo4j-admin",
            help="Write the whole graph into a new folder, as files of Neo4j's own offline importer.",
        ),
    ] = False,
    what: Annotated[str, typer.Option(help="ties, partners, contacts or findings.")] = "ties",
    partner: PartnerName = None,
    department: DepartmentName = None,
    area: Area = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write ties, partners, contacts or findings into a file; GraphML holds ties."""
    from api.exports import FORMATS, export
    from graph.errors import BadInput

    filters: dict[str, Any] = {
        "partner": partner, "department": department, "area": area, "since": since, "until": until,
    }  # fmt: skip
    if neo4j_admin:
        if what != "ties" or any(filters.values()):
            raise BadInput(
                "--neo4j-admin writes the whole graph: it takes no --what and nothing that narrows it."
            )
        _offline(file)
        return
    _refuse_folder(file)
    format = file.suffix.removeprefix(".").lower()
    if format not in FORMATS:
        raise BadInput(
            f"{file.name!r} does not end as an export does: it needs one of .csv, .json and .graphml."
        )
    with common.opened() as graph:
        size = write_whole(file, export(graph, format, what, **filters))
    common.say(f"{size:,} bytes are in {file}.")


def _offline(folder: Path) -> None:
    with common.opened() as graph, common.progress() as reporting:
        done = graph.export_offline(folder, reporting)
    common.say(
        f"{done.nodes:,} nodes and {done.relationships:,} relationships are in {done.files} files in {folder}. With "
        "the store of your own stopped and empty, run in that folder, on its machine:"
    )
    print(done.command)


def _refuse_folder(path: Path) -> None:
    from graph.errors import BadInput

    if path.is_dir():
        raise BadInput(f"{path} is a folder; give the name of a file in it.")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}.")


def write_whole(path: Path, pieces: Iterator[bytes]) -> int:
    """Write a file that is either whole or not there; its size in bytes."""
    import os
    import tempfile

    if path.exists() and not path.is_file():
        # A device or a pipe is written to; replacing it would take it away from everybody.
        with path.open("wb") as file:
            return sum(file.write(piece) for piece in pieces)
    handle, name = tempfile.mkstemp(prefix=".kumppani-", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            size = sum(file.write(piece) for piece in pieces)
        # mkstemp makes it for its owner alone; a file asked for by name gets the usual mode.
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return size
