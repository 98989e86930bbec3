"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, read by calamine.

A value that is merged over several rows stands in each of them; one that is merged over several columns stands
in the first, and over all of them in a header. A formula that no spreadsheet has calculated is marked as such.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from loaders.formats.base import (
    MOST_COLUMNS,
    MOST_UNPACKED,
    Range,
    Refused,
    Request,
    Row,
    Sheet,
    number_cell,
    text_cell,
)

_PARTS = {"xl/workbook.xml", "content.xml", "xl/workbook.bin"}


def open_book(path: Path, kind: str, request: Request) -> Iterator[Sheet]:
    """The visible sheets, or the one that is asked for, in order."""
    if kind == "zip":
        _check_zip(path)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError) as error:
        if "assword" in str(error) or "ncrypt" in str(error):
            raise Refused("The workbook is protected by a password: save it without one.") from None
        raise Refused(
            f"The workbook is damaged and cannot be opened ({_short(error)}). Open it in a spreadsheet and save it anew."
        ) from None
    names = book.sheet_names
    if request.sheet and request.sheet not in names:
        raise Refused(f"The workbook has no sheet {request.sheet!r}; it has {', '.join(names)}.")
    for meta in book.sheets_metadata:
        if request.sheet and meta.name != request.sheet:
            continue
        if not request.sheet and meta.visible != python_calamine.SheetVisibleEnum.Visible:
            continue
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            opened = book.get_sheet_by_name(meta.name)
        except python_calamine.CalamineError as error:
            raise Refused(
                f"The sheet {meta.name!r} is damaged and cannot be read ({_short(error)})."
            ) from None
        merged = _merged(opened)
        empty = _uncalculated(path, meta.name) if kind == "zip" else set()
        yield Sheet(meta.name, opened.total_height, _rows(opened, merged, empty), merged)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            size = sum(entry.file_size for entry in entries)
            names = {entry.filename for entry in entries}
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused("The workbook is protected by a password: save it without one.")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise Refused(
            "The workbook is cut off or damaged: it cannot be unpacked. Fetch or save it again."
        ) from None
    if size > MOST_UNPACKED or (size > 1_000_000 and size > 300 * path.stat().st_size):
        raise Refused(
            f"The workbook would unpack to {size / 1e6:,.0f} MB: that is no table a department made. "
            "Copy the rows that matter into a new workbook."
        )
    if not _PARTS & names:
        raise Refused("The file is a zip archive but no workbook: unpack it and load the table inside.")


def _merged(opened: Any) -> tuple[Range, ...]:
    return tuple(opened.merged_cell_ranges or ())


def _rows(opened: Any, merged: tuple[Range, ...], empty: set[tuple[int, int]]) -> Iterator[Row]:
    start = opened.start
    if start is None:
        return
    top, left = start
    if opened.width > MOST_COLUMNS:
        raise Refused(
            f"The sheet is {opened.width:,} columns wide. Delete what stands far to the right of the table."
        )
    down = sorted(
        ((first, last) for first, last in merged if last[0] > first[0]), key=lambda r: r[0], reverse=True
    )
    open_ones: list[tuple[int, int, Any]] = []  # last row, column, value
    pad: list[Any] = [None] * left
    for offset, values in enumerate(opened.iter_rows()):
        row = top + offset
        cells = pad + [_cell(c) for c in values]
        if empty:
            for column in range(len(cells)):
                if (row, column) in empty:
                    cells[column] = ["formula", ""]
        open_ones = [o for o in open_ones if o[0] >= row]
        for _, column, value in open_ones:
            if cells[column] in (None, ""):
                cells[column] = value
        while down and down[-1][0][0] <= row:
            first, last = down.pop()
            if first[0] == row and first[1] < len(cells):
                open_ones.append((last[0], first[1], cells[first[1]]))
        yield row + 1, cells


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, float):
        return number_cell(value)
    if isinstance(value, datetime):
        return ["date", value.date().isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)


# --- formulas without a value ---

_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(<v\s*/>|<v></v>)?\s*</c>'
)
_TAG = re.compile(rb"<sheet\b[^>]*>")
_REL = re.compile(rb"<Relationship\b[^>]*>")
_MOST_SHEET = 400_000_000  # bytes of a sheet looked through


def _uncalculated(path: Path, sheet: str) -> set[tuple[int, int]]:
    """(row, column), from 0, of formulas that no program has calculated: to calamine they are empty cells."""
    out: set[tuple[int, int]] = set()
    with zipfile.ZipFile(path) as packed:
        part = _part(packed, sheet)
        if part is None or packed.getinfo(part).file_size > _MOST_SHEET:
            return out
        try:
            with packed.open(part) as file:
                left = b""
                while chunk := file.read(1 << 20):
                    window = left + chunk
                    end = 0
                    if b"<f" in window:
                        for hit in _CELL.finditer(window):
                            # A calculated empty text is an empty text.
                            if not (hit[4] and b't="str"' in hit[3]):
                                out.add((int(hit[2]) - 1, _column(hit[1])))
                            end = hit.end()
                    cut = max(window.rfind(b"<c "), end)
                    left = window[cut:] if len(window) - cut < (1 << 16) else b""
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zipfile.LargeZipFile):
            return out
    return out


def _part(packed: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of an XLSX that holds a sheet."""
    try:
        book = packed.read("xl/workbook.xml")
        relations = packed.read("xl/_rels/workbook.xml.rels")
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, ValueError):
        return None
    from html import unescape

    for tag in _TAG.findall(book):
        text = tag.decode("utf-8", "replace")
        if unescape(_attribute(text, "name")) != sheet:
            continue
        id = _attribute(text, "r:id")
        for relation in _REL.findall(relations):
            other = relation.decode("utf-8", "replace")
            if _attribute(other, "Id") == id:
                target = _attribute(other, "Target")
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                return part if part in packed.namelist() else None
    return None


def _attribute(tag: str, name: str) -> str:
    hit = re.search(rf'\s{re.escape(name)}="([^"]*)"', tag)
    return hit[1] if hit else ""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
