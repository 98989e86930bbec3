"""Workbooks to fill in: headings, notes, drop-down lists and an example row, made from the built-in mappings."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from graph.errors import BadInput
from loaders.fields import KINDS
from loaders.mapping import Mapping, Rule, open_mapping
from loaders.whole import workbook

ROWS = 1_000  # rows that get drop-down lists
_LISTED = 250  # characters that a workbook takes in a list of choices
_YES_NO = ("yes", "no")


def write_template(kind: str, path: Path | str) -> Path:
    """Write an empty workbook for a kind of record; the built-in mapping of the same name loads it.

    The first row holds the headings (a required one ends with *), the second an example, whose key is EXAMPLE
    and which is not loaded.

    Raises:
        BadInput: no such kind, another suffix than .xlsx, or the file is there already or cannot be written.
    """
    if kind not in KINDS:
        raise BadInput(f"There is no template {kind!r}. There are: {', '.join(KINDS)}.")
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise BadInput(f"The template is a workbook: give it a name that ends with .xlsx, not {path.name!r}.")
    if path.exists():
        raise BadInput(f"{path} is there already; give another name, so that nothing in it is lost.")
    mapping = open_mapping(kind)
    with workbook(path) as book:
        _write(mapping, book)
    return path


def _write(mapping: Mapping, book: xlsxwriter.Workbook) -> None:
    head = book.add_format({"bold": True, "bg_color": "#0000BF", "font_color": "#FFFFFF", "text_wrap": True})
    needed = book.add_format(
        {"bold": True, "bg_color": "#8A3C72", "font_color": "#FFFFFF", "text_wrap": True}
    )
    example = book.add_format({"italic": True, "font_color": "#666666", "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(mapping.kind)
    notes = book.add_worksheet("notes")
    notes.write_row(0, 0, ["Column", "Needed", "What it holds", "Allowed", "Other headings"], head)
    for column, rule in enumerate(mapping.rules):
        name = rule.columns[0]
        sheet.write_string(
            0, column, f"{name}*" if rule.required else name, needed if rule.required else head
        )
        if rule.example:
            sheet.write_string(1, column, rule.example, example)
        is_day = rule.field.type == "day"
        sheet.set_column(column, column, max(12, min(34, len(name) + 6)), day if is_day else text)
        choices = _choices(rule)
        hint = rule.note or (f"One of: {', '.join(choices)}" if choices else "")
        if hint:
            sheet.write_comment(0, column, hint)
        if choices and rule.field.type != "choices" and len(",".join(choices)) <= _LISTED:
            sheet.data_validation(2, column, ROWS, column, {"validate": "list", "source": list(choices)})
        form = "a day: 2026-03-14, or 14.3.2026 as text" if is_day else ""
        notes.write_row(
            column + 1,
            0,
            [
                name,
                "yes" if rule.required else "",
                rule.note or form,
                ", ".join(choices),
                ", ".join(rule.columns[1:]),
            ],
        )
    sheet.freeze_panes(1, 0)
    notes.write_string(
        len(mapping.rules) + 2, 0, "The example row (its first cell says EXAMPLE) is not loaded."
    )
    notes.set_column(0, 0, 24)
    notes.set_column(2, 4, 48)


def _choices(rule: Rule) -> tuple[str, ...]:
    return _YES_NO if rule.field.type == "bool" else rule.field.choices
