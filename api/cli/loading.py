"""Commands that bring records in, and take them back: demo, template, load, loads, undo, disagreements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import common
from api.cli.questions import Json

if TYPE_CHECKING:
    from graph.answers import LoadReport
    from graph.answers_undo import Undo

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
    leave_names: Annotated[
        bool,
        typer.Option(
            "--leave-names", help="Do not compare new partners with known ones: names find does it."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Load files. Every row ends as loaded, unchanged, repeated or quarantined, and the four add up.

    Exit code 0 when every row is accounted for, quarantined ones included; 2 when a file or the mapping
    cannot be used at all.
    """
    from loaders.load import load as run

    with common.opened() as graph, common.progress() as reporting:
        try:
            report = run(
                graph, files, mapping, dry_run=dry_run, progress=reporting, judge_names=not leave_names
            )
        except KeyboardInterrupt as stopped:
            common.say(str(stopped) or "The same command continues.")
            raise
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
    for f in report.files:
        if f.doubts:
            shown = common.table(
                "row",
                "column",
                "cell",
                "read as",
                "why",
                title=f"{f.name}: read with doubt",
                numbers=("row",),
            )
            for d in f.doubts[:SHOWN]:
                common.add(shown, d.row, d.column, d.cell, " | ".join(d.read_as), d.why)
            console.print(shown)
    made_new = ", ".join(f"{n:,} {label}" for label, n in sorted(report.created.items()) if n)
    console.print(f"New: {made_new or 'nothing'}.")
    console.print(f"Findings: {report.findings.opened:,} opened, {report.findings.closed:,} closed.")
    if report.names is not None and (report.names.joined or report.names.to_review):
        console.print(
            f"Pairs of names: {report.names.joined:,} surely mean one partner and were joined, "
            f"{report.names.to_review:,} for a person to judge (kumppani names review)."
        )
    for note in report.notes:
        console.print(common.printable(note))


def _title(report: LoadReport) -> str:
    return "Dry run: nothing was written" if report.dry_run else f"Load {report.load}"


def loads(
    load: Annotated[str | None, typer.Argument(help="Id of a load, to see its report again.")] = None,
    json: Json = False,
) -> None:
    """What was loaded, newest first; or the report of one load."""
    with common.opened() as graph:
        if load:
            report = graph.load(load)
            common.print_json(report) if json else _print_report(report)
            return
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


def set_aside(
    load: Annotated[str, typer.Argument(help="Id of the load, as kumppani loads shows it.")],
    file: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")],
) -> None:
    """Write the rows that a load set aside as a workbook, in their own columns and with the reasons beside them.

    Mend them and load the workbook by the same mapping.
    """
    from loaders.aside import write_aside

    with common.opened() as graph:
        write_aside(graph, load, file)
    common.say(f"{file} holds the rows to mend. Load it by the same mapping.")


def undo(
    load: Annotated[str, typer.Argument(help="Id of the load, as kumppani loads shows it.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; say what would happen.")
    ] = False,
    json: Json = False,
) -> None:
    """Undo a load: what it brought goes, what it overwrote comes back, what others use is kept.

    Exit code 1, and nothing changed, when somebody has changed or built on its records since: they are listed.
    """
    with common.opened() as graph, common.progress() as reporting:
        answer = graph.undo(load, dry_run=dry_run, progress=reporting)
    if json:
        common.print_json(answer)
    else:
        _print_undo(answer, dry_run)
    if answer.blockers:
        raise typer.Exit(1)


_WHY = {
    "changed": "changed since",
    "used": "used by a later record",
    "merged": "merged with another partner by a judgement",
    "leads_to_nothing": "led to a record before that is gone now",
}


def _print_undo(answer: Undo, dry_run: bool) -> None:
    console = common.console()
    if answer.blockers:
        made = common.table(
            "record", "what", "name", "why", "by", "when", "load", title="In the way: nothing was undone"
        )
        for b in answer.blockers:
            common.add(made, b.record, b.label, b.name, _WHY[b.why], b.by, (b.at or "")[:16], b.load)
        console.print(made)
        console.print("Undo or change those first, then undo this load again.")
        return
    console.print("Dry run: nothing was changed." if dry_run else f"Load {answer.load} is undone.")
    for what, counts in (("Removed", answer.removed), ("Restored", answer.restored)):
        console.print(f"{what}: {', '.join(f'{n:,} {label}' for label, n in counts.items()) or 'nothing'}.")
    if answer.kept:
        names = ", ".join(common.printable(k.name) for k in answer.kept[:SHOWN])
        more = f" and {len(answer.kept) - SHOWN:,} more" if len(answer.kept) > SHOWN else ""
        console.print(f"Kept, because other records use them: {names}{more}.")
    if answer.done:
        console.print(f"Findings: {answer.findings.opened:,} opened, {answer.findings.closed:,} closed.")


def disagreements(json: Json = False) -> None:
    """Where a file says otherwise than a person who corrected the record. The person's value stands."""
    with common.opened() as graph:
        answer = graph.disagreements()
    if json:
        common.print_json(answer)
        return
    made = common.table("id", "record", "field", "the person says", "by", "the file says", "load", "row")
    for d in answer.disagreements:
        common.add(made, d.id, d.record, d.field, _shown(d.ours), d.by, _shown(d.theirs), d.load, d.row or "")
    common.console().print(made)


def _shown(value: object) -> str:
    return (
        ", ".join(str(v) for v in value) if isinstance(value, list) else "" if value is None else str(value)
    )


def settle_disagreement(
    disagreement: Annotated[str, typer.Argument(help="Its id, as kumppani disagreements shows it.")],
    verdict: Annotated[str, typer.Argument(help="keep: the person is right. take: the file is right.")],
) -> None:
    """Settle a disagreement between a person's correction and a file."""
    from graph.errors import BadInput

    with common.opened() as graph:
        if verdict == "keep":
            settled = graph.settle_disagreement(disagreement, "keep")
        elif verdict == "take":
            settled = graph.settle_disagreement(disagreement, "take")
        else:
            raise BadInput(f"{verdict!r} is neither keep nor take.")
    value = settled.ours if verdict == "keep" else settled.theirs
    common.say(f"{settled.record}: {settled.field} is {_shown(value) or 'empty'}.")
