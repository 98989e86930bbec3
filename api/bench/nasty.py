"""Files that no reader should fall over: each written small, each a table of contacts gone wrong."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

HEADER = ("Key", "Date", "Departments", "Partners", "Areas", "Summary")
GOOD = ("K-1", "2026-05-20", "Urban Environment Division", "Tallinn", "Climate", "A visit")
MEGA = 1_000_000
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)


def _csv(*rows: tuple[str, ...]) -> bytes:
    return "".join(",".join(row) + "\n" for row in (HEADER, *rows)).encode()


def _book(rows: str, *, dimension: str = "A1:F2", shared: str = "") -> bytes:
    """A workbook by hand, so that it can say what no program would write."""
    out = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        )
        start = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        packed.writestr(
            "_rels/.rels",
            f'{start}<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{start}<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="contacts" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        packed.writestr(
            "xl/sharedStrings.xml",
            shared or f'<?xml version="1.0"?><sst xmlns="{main}"><si><t>x</t></si></sst>',
        )
        packed.writestr(
            "xl/worksheets/sheet1.xml",
            f'<?xml version="1.0"?><worksheet xmlns="{main}"><dimension ref="{dimension}"/><sheetData>'
            f"{rows}</sheetData></worksheet>",
        )
    return out.getvalue()


def _cells(number: int, cells: tuple[str, ...]) -> str:
    inner = "".join(
        f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{c}</t></is></c>' for i, c in enumerate(cells)
    )
    return f'<row r="{number}">{inner}</row>'


_ROWS = _cells(1, HEADER) + _cells(2, GOOD)


def far_cell() -> bytes:
    return _book(_ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def low_cell() -> bytes:
    """No wide row to be refused by: a million rows of six columns, all but three of them empty."""
    return _book(_ROWS + '<row r="1048576"><c r="F1048576"><v>1</v></c></row>')


def zip_bomb() -> bytes:
    return _book(_ROWS + " " * (200 * MEGA))


def zip_bomb_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("contacts.csv", b"," * (200 * MEGA))
    return out.getvalue()


def empty_rows() -> bytes:
    return _csv(GOOD) + b"\n" * (3 * MEGA) + ",".join(GOOD).replace("K-1", "K-2").encode() + b"\n"


def empty_rows_ods() -> bytes:
    names = "".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" '
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )

    def row(cells: tuple[str, ...]) -> str:
        inner = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in cells
        )
        return f"<table:table-row>{inner}</table:table-row>"

    empty = '<table:table-row table:number-rows-repeated="3000000"><table:table-cell/></table:table-row>'
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="contacts">{row(HEADER)}{row(GOOD)}{empty}{row(GOOD)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    return out.getvalue()


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return _book(
        _cells(1, HEADER) + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>',
        shared=f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "laugh">{levels}]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&l9;</t></si></sst>',
    )


def truncated() -> bytes:
    whole = _book(_ROWS)
    return whole[: len(whole) // 2]


def false_dimension() -> bytes:
    return _book(_ROWS, dimension="A1:XFD1048576")


def small_dimension() -> bytes:
    return _book(_ROWS, dimension="A1:A1")


def deep_json() -> bytes:
    return b'[{"Key": ' + b"[" * 200_000 + b"]" * 200_000 + b"}]"


def deep_records() -> bytes:
    return b'[{"Key": ' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}]"


def numbers() -> bytes:
    record = json.dumps(dict(zip(HEADER, GOOD, strict=True)))
    bad = [record.replace('"K-1"', value) for value in ("NaN", "1e400", "-Infinity", "1" * 5_000)]
    return f"[{record}, {', '.join(bad)}]".encode()


def twenty_megabytes() -> bytes:
    return _csv(GOOD, ("K-2", *GOOD[1:5], "x" * (20 * MEGA)))


def twenty_megabytes_book() -> bytes:
    # Text that does not shrink to nothing, so that it is the cell that is judged and not the packing.
    text = "".join(f"{n * 2_654_435_761 % 2**32:08x}" for n in range(20 * MEGA // 8))
    return _book(_ROWS + _cells(3, ("K-2", *GOOD[1:5], text)))


def twenty_megabytes_json() -> bytes:
    rows = (GOOD, ("K-2", *GOOD[1:5], "x" * (20 * MEGA)))
    return json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows]).encode()


NASTY: dict[str, Callable[[], bytes]] = {
    "far-cell.xlsx": far_cell,
    "low-cell.xlsx": low_cell,
    "zip-bomb.xlsx": zip_bomb,
    "zip-bomb.zip": zip_bomb_archive,
    "empty-rows.csv": empty_rows,
    "empty-rows.ods": empty_rows_ods,
    "entity-bomb.xlsx": entity_bomb,
    "truncated.xlsx": truncated,
    "truncated.zip": truncated,
    "csv-named.xlsx": lambda: _csv(GOOD),
    "false-dimension.xlsx": false_dimension,
    "small-dimension.xlsx": small_dimension,
    "nul-bytes.csv": lambda: _csv(GOOD, ("K-2", "\x00\x00", *GOOD[2:])),
    "unclosed-quote.csv": lambda: _csv(GOOD, ("K-2", '"2026-05-20', *GOOD[2:])) * 3,
    "ragged.csv": lambda: _csv(GOOD, ("K-2", "2026-05-21"), (*GOOD, "more", "and more"), ()),
    "duplicate-headers.csv": lambda: _csv(GOOD).replace(b"Areas", b"Date"),
    "deep.json": deep_json,
    "deep-records.json": deep_records,
    "numbers.json": numbers,
    "20-megabytes.csv": twenty_megabytes,
    "20-megabytes.xlsx": twenty_megabytes_book,
    "20-megabytes.json": twenty_megabytes_json,
}


def write(folder: Path, name: str) -> Path:
    """Write one of the files into a folder."""
    path = folder / name
    path.write_bytes(NASTY[name]())
    return path
