"""The child process that opens a file: whatever the file does, it does it here, under limits.

Reads a request (one JSON line) from standard input and writes JSON lines: `{"header": [...], "row": n,
"sheet": s, "rows_about": n}`, then `{"rows": [[n, [cells]], ...]}`, at last `{"end": rows}`; or
`{"error": sentence}`. Dates of a workbook come as `["date", "2026-03-14"]`, so that they cannot be taken for
text; a row that cannot be read as `[["broken", sentence]]`. A text file is read through once before its first
row is given, so that what is wrong with the file as a whole is known before anything of it is taken.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MEMORY = 1 << 30  # bytes of address space
BATCH = 1000
LONGEST_CELL = 100_000
MOST_COLUMNS = 2_000
MOST_UNPACKED = 1 << 30
HEADER_ROWS = 30  # title rows looked past in search of the header
Row = tuple[int, list[Any]]
Sheet = tuple[str, int, Iterator[Row]]


class Refused(Exception):
    """The file cannot be read; the text is for its owner."""


def normal(heading: Any) -> str:
    """Headings are compared without case, accents of spacing, or a mark for "required"."""
    text = unicodedata.normalize("NFKC", str(heading or "")).casefold()
    return " ".join(text.replace("*", " ").replace("_", " ").split())


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout
    try:
        request = json.loads(sys.stdin.readline())
        path = Path(request["path"])
        batch: list[list[Any]] = []
        count = 0
        header_row, header, sheet, about, rest = _with_header(_tables(path, request), request)
        _say(out, {"header": header, "row": header_row, "sheet": sheet, "rows_about": about})
        for number, cells in rest:
            if all(c is None or c == "" for c in cells):
                continue
            count += 1
            batch.append([number, cells])
            if len(batch) >= BATCH:
                _say(out, {"rows": batch})
                batch = []
        if batch:
            _say(out, {"rows": batch})
        _say(out, {"end": count})
    except Refused as error:
        _say(out, {"error": str(error)})
    except MemoryError:
        return 77
    except OSError as error:
        _say(out, {"error": f"The file cannot be read: {error.strerror or error}."})
    return 0


def _say(out: Any, message: dict[str, Any]) -> None:
    out.write(json.dumps(message, ensure_ascii=True))
    out.write("\n")
    out.flush()


def _kind(path: Path, start: bytes) -> str:
    """What the bytes say a file is."""
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    for magic, kind in (
        (b"%PDF", "pdf"),
        (b"\x89PNG", "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x1f\x8b", "gzip"),
    ):
        if start.startswith(magic):
            return kind
    return "text"


def _tables(path: Path, request: dict[str, Any]) -> Iterator[Sheet]:
    """(sheet name, row number of its last row, its rows) of each in turn; a CSV file has one, called ""."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Refused("The file is empty (0 bytes).")
    kind = _kind(path, start)
    suffix = path.suffix.lower()
    book = suffix in (".xlsx", ".xlsm", ".xls", ".ods")
    if book and kind not in ("zip", "xls"):
        raise Refused(
            f"The file is called {suffix} but is no workbook: its content looks like {kind}. "
            "If it is a table as text, rename it to .csv and load it again."
        )
    if not book and kind != "text":
        what = "a workbook" if kind in ("zip", "xls") else kind.upper()
        raise Refused(
            f"The file is called {suffix or 'text'} but its content is {what}: give it its right name."
        )
    if book:
        yield from _book(path, kind, request.get("sheet"))
    else:
        yield "", *_csv(path, request)


# --- workbooks ---


def _book(path: Path, kind: str, sheet: str | None) -> Iterator[Sheet]:
    if kind == "zip":
        _check_zip(path)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError) as error:
        if "assword" in str(error) or "ncrypt" in str(error):
            raise Refused("The workbook is protected by a password: save it without one.") from None
        raise Refused(
            f"The workbook is damaged and cannot be opened ({error}). Open it in a spreadsheet and save it anew."
        ) from None
    names = book.sheet_names
    if sheet and sheet not in names:
        raise Refused(f"The workbook has no sheet {sheet!r}; it has {', '.join(names)}.")
    for meta in book.sheets_metadata:
        if sheet and meta.name != sheet:
            continue
        if not sheet and meta.visible != python_calamine.SheetVisibleEnum.Visible:
            continue
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            opened = book.get_sheet_by_name(meta.name)
        except python_calamine.CalamineError as error:
            raise Refused(f"The sheet {meta.name!r} is damaged and cannot be read ({error}).") from None
        yield meta.name, opened.total_height, _sheet(opened)


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Refused(
            "The workbook is cut off or damaged: it cannot be unpacked. Fetch or save it again."
        ) from None
    if size > MOST_UNPACKED or (size > 1_000_000 and size > 300 * path.stat().st_size):
        raise Refused(
            f"The workbook would unpack to {size / 1e6:,.0f} MB: that is no table a department made. "
            "Copy the rows that matter into a new workbook."
        )
    if not {"xl/workbook.xml", "content.xml", "xl/workbook.bin"} & names:
        raise Refused("The file is a zip archive but no workbook: unpack it and load the table inside.")


def _sheet(opened: Any) -> Iterator[Row]:
    start = opened.start
    if start is None:
        return
    top, left = start
    if opened.width > MOST_COLUMNS:
        raise Refused(
            f"The sheet is {opened.width:,} columns wide. Delete what stands far to the right of the table."
        )
    pad: list[Any] = [None] * left
    for offset, cells in enumerate(opened.iter_rows()):
        yield top + offset + 1, pad + [_cell(c) for c in cells] if left else [_cell(c) for c in cells]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            return ["long", len(value)]
        return value
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return ["date", value.date().isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)


# --- text ---


def _encoding(path: Path, stated: str | None) -> str:
    start = path.open("rb").read(4096)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if stated:
        return stated
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    return "utf-8"


def _csv(path: Path, request: dict[str, Any]) -> tuple[int, Iterator[Row]]:
    """(rows in the file, the rows); the first reading finds what is wrong with the file as a whole."""
    encoding = _encoding(path, request.get("encoding"))
    csv.field_size_limit(LONGEST_CELL * 10)
    try:
        with path.open(encoding=encoding, newline="") as file:
            delimiter = request.get("delimiter") or _delimiter(file.read(65536), request)
        last = max((number for number, _ in _parsed(path, encoding, delimiter)), default=0)
    except UnicodeDecodeError as error:
        raise Refused(
            f"The file is not {encoding} text: the byte {error.object[error.start]:#04x} in {_line_of(path, encoding)} "
            "does not belong. If it comes from an older program, name its encoding in the mapping "
            "(file: {encoding: cp1252})."
        ) from None
    except LookupError:
        raise Refused(f"There is no encoding {encoding!r}.") from None
    return last, _parsed(path, encoding, delimiter)


def _line_of(path: Path, encoding: str) -> str:
    """Where the first byte stands that is not in the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return f"line {number:,}"
    return "the last line"


def _parsed(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    number = 0
    with path.open(encoding=encoding, newline="") as file:
        # Strict, for otherwise a quotation mark that is never closed swallows the rest in silence.
        reader = csv.reader(_lines(file), delimiter=delimiter, strict=True)
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field larger" in str(error):
                    raise Refused(
                        f"A cell in row {number} has over {LONGEST_CELL * 10:,} characters. Perhaps a quotation "
                        "mark before it is not closed."
                    ) from None
                if "unexpected end" in str(error):
                    raise Refused(
                        f"A quotation mark that opens in row {number} is never closed, so the rest of the file "
                        "would be one cell. Close it and load again."
                    ) from None
                yield number, [["broken", _BROKEN]]
                continue
            if len(cells) > MOST_COLUMNS:
                raise Refused(f"Row {number} has {len(cells):,} cells: that is no row of a table.")
            yield number, [c if len(c) <= LONGEST_CELL else ["long", len(c)] for c in cells]


_BROKEN = (
    "The row cannot be read: text follows the quotation mark that ends a cell. A quotation mark inside a cell is "
    "written twice."
)


def _lines(file: io.TextIOBase) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        if "\x00" in line:
            raise Refused(f"Line {number} holds a NUL byte: this is no text file, or a damaged one.")
        yield line


def _delimiter(head: str, request: dict[str, Any]) -> str:
    """The delimiter with which the first rows hold most of the headings that are expected."""
    wanted = {normal(h) for h in request["headings"]}

    def hits(delimiter: str) -> tuple[int, int]:
        best = (0, 0)
        for cells in list(csv.reader(io.StringIO(head), delimiter=delimiter))[:HEADER_ROWS]:
            best = max(best, (len(wanted & {normal(c) for c in cells}), len(cells)))
        return best

    return max((",", ";", "\t", "|"), key=hits)


# --- header ---


def _with_header(
    sheets: Iterator[Sheet], request: dict[str, Any]
) -> tuple[int, list[Any], str, int, Iterator[Row]]:
    """The row that holds the expected headings, in the first sheet that has it."""
    wanted = {normal(h) for h in request["headings"]}
    needed = [{normal(h) for h in group} for group in request["needed"]]
    seen: list[tuple[int, str, list[Any]]] = []
    for sheet, last, rows in sheets:
        head: list[Row] = []
        best: tuple[int, int] | None = None
        for row in rows:
            head.append(row)
            found = {normal(c) for c in row[1]}
            if all(group & found for group in needed):
                score = len(wanted & found)
                if best is None or score > best[0]:
                    best = (score, len(head) - 1)
            if len(head) >= HEADER_ROWS:
                break
        if best is not None:
            number, cells = head[best[1]]
            return number, cells, sheet, max(last - number, 0), _chained(head[best[1] + 1 :], rows)
        if any(normal(c) for _, cells in head for c in cells):
            seen.append(
                (max(len(wanted & {normal(c) for c in cells}) for _, cells in head), sheet, head[0][1])
            )
    if not seen:
        raise Refused("The file holds no rows.")
    _, sheet, first = max(seen, key=lambda x: x[0])
    there = {normal(c) for c in first}
    missing = [
        " / ".join(names) for group, names in zip(needed, request["needed"], strict=True) if not group & there
    ]
    where = f" (sheet {sheet!r})" if sheet else ""
    headings = ", ".join(str(c) for c in first if c not in (None, ""))[:300]
    raise Refused(f"Missing column: {', '.join(missing)}. The first row{where} has: {headings or 'nothing'}.")


def _chained(head: list[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from head
    yield from rest


if __name__ == "__main__":
    sys.exit(main())
