"""Commands that look after the store and what is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import common

if TYPE_CHECKING:
    from graph.settings import Settings

store = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The local Neo4j that Kumppani runs for itself."
)


def rebuild() -> None:
    """Compute everything that is derived again from the facts."""
    with common.progress() as report, common.opened() as graph:
        done = graph.rebuild(progress=report)
    common.say(
        f"Rebuilt {done.scopes:,} scopes in {done.seconds:.1f} s: "
        f"{done.ties:,} ties, {done.findings:,} findings."
    )


@store.command("start")
def start() -> None:
    """Start the local Neo4j, or find that it runs."""
    with common.opened() as graph:
        typer.echo(f"The graph database answers at {graph.store.uri}.")


@store.command("stop")
def stop() -> None:
    """Stop the local Neo4j at once, whoever uses it."""
    from graph import local

    chosen = _own()
    typer.echo("Stopped." if local.stop(chosen) else "It was not running.")


@store.command("status")
def status() -> None:
    """Say whether the local Neo4j runs, where, and for whom. Exit code 1 when it does not run."""
    from graph import local

    chosen = common.settings()
    if chosen.neo4j_uri:
        typer.echo(
            f"KUMPPANI_NEO4J_URI is set: the graph database is {chosen.neo4j_uri}, not one of Kumppani's own."
        )
        return
    said = local.status(chosen)
    typer.echo(str(said))
    if not said.running:
        raise typer.Exit(1)


def _own() -> Settings:
    from graph.errors import BadInput

    chosen = common.settings()
    if chosen.neo4j_uri:
        raise BadInput(
            f"KUMPPANI_NEO4J_URI is set: the graph database at {chosen.neo4j_uri} is not Kumppani's to stop."
        )
    return chosen


def doctor() -> None:
    """Check store, schema and derived graph; exit code 1 when something is not as it should be."""
    from api import logs

    with common.opened() as graph:
        checks = graph.doctor()
    made = common.table("", "check", "detail")
    for check in checks:
        common.add(made, "ok" if check.ok else "NOT OK", check.name, check.detail)
    common.add(made, "", "data folder", common.settings().data)
    common.add(made, "", "logs", logs.folder(common.settings().data))
    common.console().print(made)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def bench(
    size: Annotated[
        list[int] | None, typer.Option(help="Contacts in a generated city; may be given several times.")
    ] = None,
) -> None:
    """Measure loading, who-talks-to, refresh and rebuild on generated cities, with p50 and p99."""
    from api.bench import run

    run(sizes=size or [10_000, 200_000])
