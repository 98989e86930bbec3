"""Exports: the same rows as the answers, whole, as CSV, JSON or GraphML.

CSV is RFC 4180 with a byte order mark, so that spreadsheets read its UTF-8; a text that a spreadsheet would
run as a formula is led by an apostrophe. GraphML holds no character that XML 1.0 forbids.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, get_args
from xml.sax.saxutils import escape, quoteattr

from graph.errors import BadInput

if TYPE_CHECKING:
    from graph import Graph
    from graph.answers import Answer

Format = Literal["csv", "json", "graphml"]
What = Literal["ties", "partners", "contacts", "findings"]
FORMATS: tuple[str, ...] = get_args(Format)
WHATS: tuple[str, ...] = get_args(What)
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "graphml": "application/graphml+xml; charset=utf-8",
}

_CHUNK = 64 * 1024  # characters gathered before they are sent on
_PAGE = 1000
_FILTERS = {
    "ties": {"department", "partner", "area", "since", "until"},
    "contacts": {"department", "partner", "area", "since", "until"},
    "partners": {"kind", "country"},
    "findings": {"rule", "department", "partner", "severity", "status"},
}
# What starts a formula in one spreadsheet or another, the full-width forms included.
_FORMULA = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export(graph: Graph, format: str, what: str = "ties", **filters: Any) -> Iterator[bytes]:
    """The export in pieces; the first piece is made only after the first rows were read.

    Args:
        format: csv, json or graphml (which holds ties).
        filters: of the question that `what` names; None means no filter.

    Raises:
        BadInput: an unknown format, subject or filter.
    """
    if format not in FORMATS:
        raise BadInput(f"There is no export format {format!r}. The formats are: {', '.join(FORMATS)}.")
    if what not in WHATS:
        raise BadInput(f"There is no export of {what!r}. There are: {', '.join(WHATS)}.")
    if format == "graphml" and what != "ties":
        raise BadInput("GraphML is a network: it holds ties only. Take CSV or JSON for the rest.")
    filters = {k: v for k, v in filters.items() if v is not None}
    strange = sorted(set(filters) - _FILTERS[what])
    if strange:
        raise BadInput(
            f"{strange[0]} narrows no export of {what}; what does: {', '.join(sorted(_FILTERS[what]))}."
        )
    rows = _rows(graph, what, filters)
    first = next(rows, None)
    everything = rows if first is None else chain([first], rows)
    makers: dict[str, Callable[[str, Iterator[Any]], Iterator[str]]]
    makers = {"csv": _csv, "json": _json, "graphml": _graphml}
    pieces = makers[format](what, everything)
    return _gathered(pieces)


def _gathered(pieces: Iterator[str]) -> Iterator[bytes]:
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    yield "".join(held).encode("utf-8", "replace")


def _rows(graph: Graph, what: str, filters: dict[str, Any]) -> Iterator[Answer]:
    if what == "ties":
        yield from graph.ties(limit=None, **filters).ties
        return
    if what == "findings":
        yield from graph.findings(limit=None, **filters).findings
        return
    ask: Callable[..., Any] = graph.contacts if what == "contacts" else graph.partners
    cursor: str | None = None
    while True:
        page = ask(limit=_PAGE, cursor=cursor, **filters)
        yield from getattr(page, what)
        cursor = page.next
        if cursor is None:
            return


# --- CSV ---

_COLUMNS = {
    "ties": (
        "department_id", "department", "partner_id", "partner", "held", "planned", "first", "last", "next",
        "areas", "topics",
    ),
    "partners": ("id", "name", "kind", "country", "departments", "held", "planned", "last", "next_contact"),
    "contacts": (
        "id", "date", "end_date", "precision", "status", "channel", "initiative", "purposes", "summary",
        "confidentiality", "department_ids", "departments", "partner_ids", "partners", "areas", "topics",
        "example", "reference",
    ),
    "findings": (
        "id", "rule", "version", "severity", "certain", "status", "partner_id", "partner", "subject_kind",
        "subject_id", "subject", "department_ids", "departments", "contacts", "records", "first", "last",
        "smallest_gap_days", "live", "standing", "explanation",
    ),
}  # fmt: skip


def cell(value: Any) -> str | int | float:
    """A value as a CSV cell: lists joined by `; `, yes/no as true/false, formulas made harmless."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = "; ".join(str(v) for v in value) if isinstance(value, list) else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row with what is named (partner, departments …) split into ids and names."""
    out: dict[str, Any] = {}
    for key, value in row.items():
        if key in ("partner", "department", "subject"):
            value = value or {}
            out[f"{key}_id"], out[key] = value.get("id"), value.get("name")
            if key == "subject":
                out["subject_kind"] = value.get("kind")
        elif key in ("partners", "departments") and isinstance(value, list):
            out[f"{key[:-1]}_ids"], out[key] = [v["id"] for v in value], [v["name"] for v in value]
        else:
            out[key] = value
    return out


def _csv(what: str, rows: Iterator[Answer]) -> Iterator[str]:
    columns = _COLUMNS[what]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield "\ufeff"
    writer.writerow(columns)
    for row in rows:
        values = flat(row.model_dump())
        writer.writerow([cell(values[c]) for c in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _json(what: str, rows: Iterator[Answer]) -> Iterator[str]:
    yield f'{{"{what}":['
    for nr, row in enumerate(rows):
        yield ("," if nr else "") + row.model_dump_json()
    yield '],"next":null}'


# --- GraphML ---

_KEYS = (
    ("node", "name", "string"),
    ("node", "kind", "string"),
    ("edge", "held", "int"),
    ("edge", "planned", "int"),
    ("edge", "first", "string"),
    ("edge", "last", "string"),
    ("edge", "next", "string"),
    ("edge", "areas", "string"),
    ("edge", "topics", "string"),
)


def _xml(text: Any) -> str:
    return escape(_NOT_XML.sub("\ufffd", str(text)))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))


def _data(key: str, value: Any) -> str:
    if value is None:
        return ""
    text = "; ".join(value) if isinstance(value, list) else value
    return f'<data key="{key}">{_xml(text)}</data>'


def _graphml(_: str, rows: Iterator[Any]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for where, name, kind in _KEYS:
        yield f'<key id="{where}-{name}" for="{where}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph id="kumppani" edgedefault="undirected">\n'
    seen: set[str] = set()
    for row in rows:
        ends = []
        for kind, named in (("department", row.department), ("partner", row.partner)):
            # A department and a partner may carry the same id; a node of GraphML may not.
            node = f"{kind}:{named.id}"
            ends.append(node)
            if node not in seen:
                seen.add(node)
                yield (
                    f"<node id={_attribute(node)}>{_data('node-name', named.name)}"
                    f"{_data('node-kind', kind)}</node>\n"
                )
        values = row.model_dump(include={name for where, name, _ in _KEYS if where == "edge"})
        data = "".join(_data(f"edge-{k}", v) for k, v in values.items())
        yield f"<edge source={_attribute(ends[0])} target={_attribute(ends[1])}>{data}</edge>\n"
    yield "</graph>\n</graphml>\n"
