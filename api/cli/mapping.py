"""Commands about mappings: a draft from a file, and what a mapping would make of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import common

app = typer.Typer(help="Mappings: a draft from a file, and what one makes of a file.", no_args_is_help=True)


@app.command()
def suggest(file: Annotated[Path, typer.Argument(help="A table in any format that can be loaded.")]) -> None:
    """Write a commented draft of a mapping from a file's headings (Finnish, Swedish, English) and values."""
    from loaders.suggest import suggest as draft

    typer.echo(draft(file), nl=False)


@app.command()
def check(
    mapping: Annotated[str, typer.Argument(help="A built-in mapping, or a YAML file with one.")],
    files: Annotated[list[Path], typer.Argument(help="The file, and those that it looks values up in.")],
) -> None:
    """Say what each column of a file would become, with examples. Nothing is written, no store is needed."""
    from loaders.mapping import open_mapping
    from loaders.suggest import explain

    used = open_mapping(mapping)
    fields, unused, rows = explain(used, files)
    numbers = ("filled", "taken", "refused")
    made = common.table(
        "field", "column", *numbers, "examples", title=f"{used.kind}: {rows:,} rows", numbers=numbers
    )
    for f in fields:
        common.add(
            made, f.name, f.column, f"{f.filled:,}", f"{f.taken:,}", f"{f.refused:,}", "\n".join(f.examples)
        )
    console = common.console()
    console.print(made)
    for f in fields:
        for problem in f.problems:
            console.print(common.printable(f"{f.name}: {problem}"))
    if unused:
        console.print(common.printable(f"Not used: {', '.join(unused)}."))
