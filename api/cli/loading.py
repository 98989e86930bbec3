"""Commands that bring records in: demo, template, load, loads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import common
from api.cli.questions import Json

if TYPE_CHECKING:
    from graph.answers import LoadReport

SHOWN = 20  # problems of a file that are printed; all of them are in the report as JSON


def demo(json: Json = False) -> None:
    """Load Helsinki's public facts and example contacts. A second time changes nothing."""
    from loaders.demo import load_demo

    with common.opened() as graph, common.progress() as reporting:
        report = load_demo(graph, reporting)
    if json:
        common.print_json(report)
    else:
        _print_report(report)


def template(
    kind: Annotated[str, typer.Argument(help="contacts, partners, departments, persons, …")],
    file: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")],
) -> None:
    """Write a workbook to fill in: headings with notes, drop-down lists, an example row."""
    from graph.errors import BadInput
    from loaders.template import write_template

    if file.suffix.lower() != ".xlsx":
        raise BadInput(f"{file.name!r} does not end in .xlsx.")
    write_template(kind, file)
    common.say(f"{file} is ready to be filled in. Load it with: kumppani load {file} --mapping {kind}")


def load(
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX files.")],
    mapping: Annotated[str, typer.Option(help="A built-in mapping, or a YAML file with one.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would happen.")] = False,
    json: Json = False,
) -> None:
    """Load files. Every row ends as loaded, unchanged, repeated or quarantined, and the four add up.

    Exit code 0 when every row is accounted for, quarantined ones included; 2 when a file or the mapping
    cannot be used at all.
    """
    from loaders.load import load as run

    with common.opened() as graph, common.progress() as reporting:
        report = run(graph, files, mapping, dry_run=dry_run, progress=reporting)
    if json:
        common.print_json(report)
    else:
        _print_report(report)


def _print_report(report: LoadReport) -> None:
    console = common.console()
    numbers = ("rows", "loaded", "unchanged", "repeated", "quarantined")
    made = common.table("file", *numbers, title=_title(report), numbers=numbers)
    for f in report.files:
        common.add(made, f.name, *(f"{getattr(f, n):,}" for n in numbers))
    console.print(made)
    for f in report.files:
        if not f.problems:
            continue
        shown = common.table("row", "column", "value", "why", "nearest", title=f.name, numbers=("row",))
        for p in f.problems[:SHOWN]:
            common.add(shown, p.row, p.column, p.value, p.reason, p.suggestion)
        console.print(shown)
        if len(f.problems) > SHOWN:
            console.print(f"{len(f.problems) - SHOWN:,} more: --json has them.")
    made_new = ", ".join(f"{n:,} {label}" for label, n in sorted(report.created.items()) if n)
    console.print(f"New: {made_new or 'nothing'}.")
    console.print(f"Findings: {report.findings.opened:,} opened, {report.findings.closed:,} closed.")
    for note in report.notes:
        console.print(common.printable(note))


def _title(report: LoadReport) -> str:
    return "Dry run: nothing was written" if report.dry_run else f"Load {report.load}"


def loads(json: Json = False) -> None:
    """What was loaded, newest first."""
    with common.opened() as graph:
        answer = graph.loads()
    if json:
        common.print_json(answer)
        return
    numbers = ("rows", "loaded", "unchanged", "repeated", "quarantined")
    made = common.table("load", "started", "mapping", "files", "by", "status", *numbers, numbers=numbers)
    for x in answer.loads:
        counts = (f"{getattr(x, n):,}" for n in numbers)
        started = x.started_at[:16].replace("T", " ")
        common.add(made, x.load, started, x.mapping, ", ".join(x.files), x.author, x.status, *counts)
    common.console().print(made)
