"""JSON and JSON Lines: records in records, flattened into columns by their paths.

`{"name": "A", "seat": {"city": "Turku"}, "tags": ["x", "y"]}` has the columns `name`, `seat.city` and `tags`; a
list of texts is one cell of several values, a list of records gives `members.name` the names of all. Where the
mapping names a list (`file: {rows: activities}`), each of its elements is a row, beside the fields of the
record around it. Row 1 is the first record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loaders.formats import encodings
from loaders.formats.base import MOST_COLUMNS, TICK, Refused, Request, Row, Sheet, text_cell

CHUNK = 1 << 20  # characters
DEEPEST = 40  # records inside records
_TWICE = "\x00twice"
_LONGEST_NUMBER = 400  # digits


class _Bad(Exception):
    """A record that is not what it should be; the text says why."""


def open_json(path: Path, request: Request) -> Sheet:
    """The records of a file as one table; its header is the paths that any of them has, in order."""
    encoding = encodings.encoding_of(path, request)
    columns: dict[str, None] = {}
    last, tables = 0, False
    try:
        for last, record in _rows(path, request, encoding):
            if isinstance(record, list):
                tables = True
            elif isinstance(record, dict):
                columns.update(dict.fromkeys(record))
            if len(columns) > MOST_COLUMNS:
                raise Refused(f"The records have over {MOST_COLUMNS:,} different fields: that is no table.")
            if last % TICK == 0:
                request.tick(last)
    except UnicodeDecodeError as error:
        raise encodings.not_in(path, encoding, error) from None
    except LookupError:
        raise Refused(f"There is no encoding {encoding!r}.") from None
    if tables and columns:
        raise Refused("The file mixes lists and records; the rows of a table are of one kind.")
    if tables:
        return Sheet("", last, _listed(path, request, encoding))
    return Sheet("", last, _with_columns(path, request, encoding, list(columns)))


def _listed(path: Path, request: Request, encoding: str) -> Iterator[Row]:
    for number, record in _rows(path, request, encoding):
        if isinstance(record, _Bad):
            yield number, [["broken", str(record)]]
        else:
            yield number, [_cell(v) for v in record]


def _with_columns(path: Path, request: Request, encoding: str, columns: list[str]) -> Iterator[Row]:
    yield 0, list(columns)
    for number, record in _rows(path, request, encoding):
        if isinstance(record, _Bad):
            yield number, [["broken", str(record)]]
        else:
            yield number, [record.get(c) for c in columns]


def _rows(path: Path, request: Request, encoding: str) -> Iterator[tuple[int, Any]]:
    """(number, a flat record, a list of cells, or _Bad) of each row, after the list that holds the rows."""
    number = 0
    steps = request.rows.split(".") if request.rows else []
    for record in _records(path, encoding, encodings.errors_of(request), whole=not steps):
        if isinstance(record, _Bad):
            number += 1
            yield number, record
            continue
        for row in _exploded(record, steps):
            number += 1
            if isinstance(row, list | _Bad):
                yield number, row
            elif isinstance(row, dict):
                flat: dict[str, Any] = {}
                try:
                    _flatten(row, "", flat)
                except _Bad as error:
                    yield number, error
                else:
                    yield number, {k: _joined(v) for k, v in flat.items()}
            else:
                yield number, _Bad(f"The row is no record but {json.dumps(row)[:60]}.")


def _exploded(record: Any, steps: list[str]) -> Iterator[Any]:
    """The rows of a record: itself, or one for each element of the list that `steps` leads to."""
    if not steps:
        yield record
        return
    name, rest = steps[0], steps[1:]
    if not isinstance(record, dict):
        yield _Bad(f"The record is no record but {json.dumps(record)[:60]}, so it has no {name!r}.")
        return
    inside = record.get(name)
    if inside is None:
        return
    around = {k: v for k, v in record.items() if k != name}
    for element in inside if isinstance(inside, list) else [inside]:
        if rest:
            for row in _exploded(element, rest):
                yield {**around, name: row} if not isinstance(row, list | _Bad) else row
        elif isinstance(element, list):
            yield element
        else:
            yield {**around, name: element}


class _Many(list[Any]):
    """Several values of one column."""


def _flatten(value: Any, path: str, out: dict[str, Any], depth: int = 0, *, many: bool = False) -> None:
    if depth > DEEPEST:
        raise _Bad(f"The record is nested more than {DEEPEST} deep.")
    if isinstance(value, dict):
        if _TWICE in value:
            raise _Bad(f"The record has {value[_TWICE]!r} twice.")
        for name, inside in value.items():
            _flatten(inside, f"{path}.{name}" if path else name, out, depth + 1, many=many)
    elif isinstance(value, list):
        if not any(isinstance(element, dict) for element in value):
            out.setdefault(path, _Many())
        for element in value:
            if isinstance(element, dict):
                _flatten(element, path, out, depth + 1, many=True)
            else:
                out.setdefault(path, _Many()).append(_cell(element))
    elif many:
        out.setdefault(path, _Many()).append(_cell(value))
    else:
        out[path] = _cell(value)


def _joined(value: Any) -> Any:
    """Several values as one cell."""
    return ["list", [v for v in value if v is not None and v != ""]] if isinstance(value, _Many) else value


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, list | dict):
        return text_cell(json.dumps(value, ensure_ascii=False))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


# --- the file ---


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        made[_TWICE] = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
    return made


def _number(text: str) -> Any:
    """A number that a table can hold, else its text: 1e400 is not infinity."""
    if len(text) > _LONGEST_NUMBER:
        return text
    value = float(text)
    return text if value in (float("inf"), float("-inf")) else value


def _whole(text: str) -> Any:
    return int(text) if len(text) < 19 else text


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_number, parse_int=_whole, parse_constant=lambda name: name
)


def _records(path: Path, encoding: str, errors: str, *, whole: bool) -> Iterator[Any]:
    """Each record of a JSON array, of a single value, or of JSON Lines; `whole`: warn of a list in a record."""
    with path.open(encoding=encoding, errors=errors) as file:
        start = file.read(CHUNK).lstrip()
        if not start:
            raise Refused("The file holds no records.")
        if start.startswith("["):
            yield from _array(_Buffer(file, start))
            return
        file.seek(0)
        lines = _lines(file)
        first = next(lines, None)
        if first is not None and not isinstance(first[1], _Bad):
            yield first[1]
            if (second := next(lines, None)) is not None:
                yield second[1]
                for _, record in lines:
                    yield record
            elif whole and isinstance(first[1], dict):
                _say_which(first[1])
            return
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            file.seek(0)
            for _, record in _lines(file):
                yield record
            return
        file.seek(0)
        buffer = _Buffer(file, file.read(CHUNK))
        buffer.skip()
        value = buffer.value()
        buffer.end()
        if whole and isinstance(value, dict):
            _say_which(value)
        yield value


def _say_which(record: dict[str, Any]) -> None:
    lists = [k for k, v in record.items() if isinstance(v, list) and v and isinstance(v[0], dict | list)]
    if lists:
        raise Refused(
            f"The file is one record that holds {'a list' if len(lists) == 1 else 'lists'}: "
            f"{', '.join(repr(k) for k in lists[:5])}. Say in the mapping which one holds the rows "
            f"(file: {{rows: {lists[0]}}})."
        )


def _lines(file: Any) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, start=1):
        text = line.strip()
        if not text:
            continue
        try:
            yield number, _DECODER.decode(text)
        except RecursionError:
            yield number, _Bad(f"Line {number} is nested too deeply.")
        except ValueError as error:
            yield number, _Bad(f"Line {number} is no JSON: {error}.")


class _Buffer:
    """A window on a JSON text that grows until the value at its beginning is complete."""

    def __init__(self, file: Any, text: str) -> None:
        self.file = file
        self.text = text
        self.at = 0
        self.passed = 0  # characters before the window
        self.ended = False

    def more(self) -> bool:
        """Read on; what is behind is forgotten, and the window doubles so that long values cost no square."""
        if self.ended:
            return False
        read = self.file.read(max(CHUNK, len(self.text) - self.at))
        self.ended = not read
        self.passed += self.at
        self.text, self.at = self.text[self.at :] + read, 0
        return not self.ended

    def skip(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def value(self) -> Any:
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except RecursionError:
                raise Refused("The records are nested too deeply: that is no table.") from None
            except ValueError as error:
                if self.more():
                    continue
                place = self.passed + getattr(error, "pos", self.at)
                what = getattr(error, "msg", str(error))
                raise Refused(f"The file is no JSON: {what} (character {place + 1:,}).") from None
            # A number may go on behind the window.
            if end == len(self.text) and not self.ended and self.more():
                continue
            self.at = end
            return value

    def end(self) -> None:
        if self.skip():
            raise Refused(
                f"The file is no JSON: text follows its end (character {self.passed + self.at + 1:,})."
            )


def _array(buffer: _Buffer) -> Iterator[Any]:
    buffer.at = 1
    if buffer.skip() == "]":
        buffer.at += 1
        buffer.end()
        return
    while True:
        buffer.skip()
        yield buffer.value()
        mark = buffer.skip()
        buffer.at += 1
        if mark == "]":
            buffer.end()
            return
        if mark != ",":
            raise Refused(
                f"The file is no JSON: a comma or ] is missing (character {buffer.passed + buffer.at:,})."
                if mark
                else "The file is cut off: its list is not closed. Fetch it again."
            )
