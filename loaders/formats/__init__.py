"""The formats of tables, one family a file, behind one lazy call: `tables(path, request)`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from loaders.formats import books, nested, packed, text
from loaders.formats.base import Refused, Request, Sheet

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "rar"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3", "sqlite"),
)
BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
JSON = (".json", ".jsonl", ".ndjson", ".geojson")
_PLAIN = (".csv", ".tsv", ".tab", ".psv", ".ssv", ".hxl")


def tables(path: Path, request: Request) -> Iterator[Sheet]:
    """The tables of a file, each opened when it is asked for.

    Raises:
        Refused: the file is not what its name says, is damaged, or holds no table; in words for its owner.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise Refused("The file is empty (0 bytes).")
    kind = next((name for magic, name in _MAGIC if start.startswith(magic)), "text")
    suffix = path.suffix.lower()
    if suffix == ".zip":
        if kind != "zip":
            raise Refused(f"The file is called .zip but is no archive: its content looks like {kind}.")
        if packed.is_book(path):
            raise Refused("The archive is a workbook: give it its right name, .xlsx or .ods.")
        return tables(packed.unpack(path, request), request)
    book = suffix in BOOKS
    if book and kind not in ("zip", "xls"):
        raise Refused(
            f"The file is called {suffix} but is no workbook: its content looks like {kind}. "
            "If it is a table as text, rename it to .csv and load it again."
        )
    if not book and kind != "text":
        what = (
            "a workbook" if kind == "xls" else "a workbook or an archive" if kind == "zip" else kind.upper()
        )
        raise Refused(
            f"The file is called {suffix or 'text'} but its content is {what}: give it its right name."
        )
    if book:
        return books.open_book(path, kind, request)
    first = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if suffix in JSON or (suffix not in _PLAIN and first[:1] in (b"{", b"[")):
        return iter([nested.open_json(path, request)])
    if first[:1] == b"<" and suffix not in _PLAIN:
        raise Refused(
            "The file is a web page or XML, no table: copy the table into a spreadsheet and save it as .xlsx or .csv."
        )
    return iter([text.open_text(path, request)])
