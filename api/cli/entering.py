"""Commands that enter, change, cancel and delete single records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import common
from api.cli.questions import Json

if TYPE_CHECKING:
    from graph.answers_acting import Entry

Kind = Annotated[str, typer.Argument(help="contacts, positions, commitments, resources or materials.")]
Id = Annotated[str, typer.Argument(help="The record's id.")]
Given = Annotated[
    list[str],
    typer.Argument(
        metavar="FIELD=VALUE…",
        help="date=2026-03-14 departments=KYMP partners=Tallinn …; a field that takes several is repeated.",
    ),
]
Version = Annotated[
    str, typer.Option("--if-match", help="The version that you read; the command is refused for another one.")
]


def fields_of(label: str, given: list[str]) -> dict[str, Any]:
    """FIELD=VALUE arguments as the fields of a form; an empty value clears a field."""
    from graph import forms, schema
    from graph.errors import BadInput

    kinds = {p.name: p.kind for p in schema.LABEL[label].properties}
    for f in forms.FORMS[label]:
        kinds[f.name] = "texts" if f.many else "text"
        if f.amount:
            kinds[f.amount] = "number"
    out: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"{text!r} is no field with its value; write it as FIELD=VALUE.")
        if kinds.get(name) in ("texts", "choices"):
            out.setdefault(name, []).extend([value] if value else [])
        elif name in out:
            raise BadInput(f"{name} is given twice.")
        else:
            out[name] = typed(name, kinds.get(name, "text"), value)
    return out


def typed(name: str, kind: str, value: str) -> Any:
    """A value as the schema takes it, from text."""
    from graph.errors import BadInput

    if not value:
        return None
    try:
        if kind == "int":
            return int(value)
        if kind == "number":
            return float(value.replace(",", "."))
    except ValueError:
        raise BadInput(f"{name} is {value!r}, not a number.") from None
    if kind == "bool":
        if value not in ("yes", "no"):
            raise BadInput(f"{name} is {value!r}; it takes yes or no.")
        return value == "yes"
    return value


def enter(kind: Kind, fields: Given, json: Json = False) -> None:
    """Enter one record by hand."""
    from graph.forms import label_of

    given = fields_of(label_of(kind), fields)
    with common.opened() as graph:
        _print(graph.enter(kind, given), json)


def show(kind: Kind, id: Id, json: Json = False) -> None:
    """Show one record with its version and its history."""
    with common.opened() as graph:
        _print(graph.entry(kind, id), json)


def change(kind: Kind, id: Id, fields: Given, if_match: Version = "*", json: Json = False) -> None:
    """Change fields of one record. FIELD= clears one."""
    from graph.forms import label_of

    given = fields_of(label_of(kind), fields)
    with common.opened() as graph:
        _print(graph.change(kind, id, given, version=if_match), json)


def cancel(id: Id, if_match: Version = "*", json: Json = False) -> None:
    """Cancel one contact: it stays on record and counts for no rule."""
    with common.opened() as graph:
        _print(graph.change("contacts", id, {"status": "cancelled"}, version=if_match), json)


def delete(kind: Kind, id: Id, if_match: Version = "*", json: Json = False) -> None:
    """Delete one record. Its history stays."""
    with common.opened() as graph:
        gone = graph.delete(kind, id, version=if_match)
    if json:
        common.print_json(gone)
    else:
        common.say(f"{gone.id} is deleted; its history has {len(gone.history)} changes.")


def _print(entry: Entry, json: bool) -> None:
    if json:
        common.print_json(entry)
        return
    made = common.table("field", "value", title=common.printable(f"{entry.kind} {entry.id}"))
    for name, value in entry.fields.items():
        common.add(made, name, ", ".join(value) if isinstance(value, list) else value)
    for name, named in entry.links.items():
        if named:
            common.add(made, name, ", ".join(f"{n.name} ({n.id})" for n in named))
    common.add(made, "source", entry.source)
    common.add(made, "version", entry.version)
    console = common.console()
    console.print(made)
    if entry.history:
        changes = common.table("when", "who", "before", "after", title="History")
        for h in entry.history:
            common.add(changes, h.at[:19].replace("T", " "), h.by, _said(h.before), _said(h.after))
        console.print(changes)


def _said(side: dict[str, Any] | None) -> str:
    if side is None:
        return "–"
    return "; ".join(f"{k}={v}" for k, v in sorted(side.items()))
