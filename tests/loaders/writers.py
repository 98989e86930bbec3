"""Tables written in every format, by programs that are not ours."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

from api.bench.nasty import MANIFEST

Table = list[list[Any]]  # the header and the rows


def as_text(value: Any) -> Any:
    """A value as a text format holds it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def as_cell(value: Any) -> Any:
    """A value as a workbook is read."""
    if value == "":
        return None
    return ["date", value.isoformat()] if isinstance(value, date) else value


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _csv(delimiter: str, encoding: str, quoting: int = csv.QUOTE_MINIMAL) -> Callable[[Table, Path], None]:
    def write(table: Table, path: Path) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(
                [[as_text(c) for c in r] for r in table]
            )  # type: ignore[arg-type]

    return write


def _xlsx(*, old_mac: bool = False) -> Callable[[Table, Path], None]:
    def write(table: Table, path: Path) -> None:
        book = xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False, "date_1904": old_mac}
        )
        sheet = book.add_worksheet("contacts")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for r, row in enumerate(table):
            for c, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(r, c, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, bool):
                    sheet.write_boolean(r, c, value)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write_number(r, c, value)
        book.close()

    return write


def _xls(table: Table, path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("contacts")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for r, row in enumerate(table):
        for c, value in enumerate(row):
            if isinstance(value, date):
                sheet.write(r, c, value, day)
            elif value not in (None, ""):
                sheet.write(r, c, value)
    book.save(str(path))


def _ods(table: Table, path: Path) -> None:
    names = "".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" '
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )

    def cell(value: Any) -> str:
        if value in (None, "") and not isinstance(value, bool | int):
            return "<table:table-cell/>"
        if isinstance(value, bool):
            kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
        elif isinstance(value, date):
            kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        elif isinstance(value, int | float):
            kind = f'office:value-type="float" office:value="{value}"'
        else:
            kind = 'office:value-type="string"'
        lines = "".join(
            f"<text:p>{escape(line).replace(' ', '<text:s/>')}</text:p>" for line in str(value).split("\n")
        )
        return f"<table:table-cell {kind}>{lines}</table:table-cell>"

    rows = "".join(f"<table:table-row>{''.join(cell(c) for c in row)}</table:table-row>" for row in table)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
            f'<office:spreadsheet><table:table table:name="contacts">{rows}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
        packed.writestr("META-INF/manifest.xml", MANIFEST)


def _records(table: Table) -> list[dict[str, Any]]:
    return [{h: as_json(c) for h, c in zip(table[0], row, strict=True)} for row in table[1:]]


def _json(table: Table, path: Path) -> None:
    path.write_text(json.dumps(_records(table), ensure_ascii=False, indent=1), encoding="utf-8")


def _jsonl(table: Table, path: Path) -> None:
    path.write_text("".join(json.dumps(r) + "\n" for r in _records(table)), encoding="utf-8")


def _zip(table: Table, path: Path) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[as_text(c) for c in row] for row in table])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inside/contacts.csv", out.getvalue().encode())


# name -> (file name, writer, how a value is read back)
FORMATS: dict[str, tuple[str, Callable[[Table, Path], None], Callable[[Any], Any]]] = {
    "csv": ("t.csv", _csv(",", "utf-8"), as_text),
    "csv ;": ("t.csv", _csv(";", "utf-8-sig"), as_text),
    "csv tab": ("t.tsv", _csv("\t", "utf-8"), as_text),
    "csv |": ("t.psv", _csv("|", "utf-8", csv.QUOTE_ALL), as_text),
    "csv utf-16": ("t.csv", _csv(",", "utf-16"), as_text),
    "xlsx": ("t.xlsx", _xlsx(), as_cell),
    "xlsx 1904": ("t.xlsx", _xlsx(old_mac=True), as_cell),
    "xls": ("t.xls", _xls, as_cell),
    "ods": ("t.ods", _ods, as_cell),
    "json": ("t.json", _json, as_json),
    "jsonl": ("t.jsonl", _jsonl, as_json),
    "zip": ("t.zip", _zip, as_text),
}
