"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli import checking, entering, loading, mapping, naming, questions, serving, upkeep

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Kumppani: who among us already talks to this partner, and where dealings overlap or conflict.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"kumppani {version('kumppani')}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command()(serving.serve)
app.command()(loading.demo)
app.command()(loading.template)
app.command()(loading.load)
app.add_typer(mapping.app, name="mapping")
app.command()(loading.loads)
app.command()(loading.set_aside)
app.command()(loading.undo)
app.command()(loading.disagreements)
app.command()(loading.settle_disagreement)
app.command("who-talks-to")(questions.who_talks_to)
app.command()(questions.findings)
app.command("map")(questions.map_)
app.command()(questions.export)
app.command()(checking.check)
app.command()(checking.record)
app.command("why-not")(checking.why_not)
app.command()(entering.enter)
app.command()(entering.show)
app.command()(entering.change)
app.command()(entering.cancel)
app.command()(entering.delete)
app.add_typer(naming.names, name="names")
app.command()(upkeep.rebuild)
app.add_typer(upkeep.store, name="store")
app.command()(upkeep.doctor)
app.command()(upkeep.bench)
