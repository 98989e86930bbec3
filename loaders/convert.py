"""From a row's cells to checked values, field by field; every complaint names its column."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any, NamedTuple

from graph import names
from graph.errors import BadInput
from loaders.countries import country
from loaders.dates import ISO, day
from loaders.formats.base import normal
from loaders.mapping import Mapping, Rule
from loaders.splitting import split_cell

EXAMPLE = {"example", "esimerkki", "exempel"}
_KEPT, _SHORT = 20_000, 200  # how many converted cells of a column are kept, and up to how many characters
_ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"}
_YES = {"yes", "kyllä", "ja", "true", "1", "x", "on"}
_NO = {"no", "ei", "nej", "false", "0", "off"}


class CellError(BadInput):
    """A cell that cannot be taken."""

    def __init__(
        self, column: str, value: str, reason: str, suggestion: str | None = None, *, waits: bool = False
    ) -> None:
        super().__init__(reason)
        self.waits = waits  # for a record that may stand further down
        self.column, self.value, self.reason, self.suggestion = column, value[:200], reason, suggestion


class Cell(NamedTuple):
    """A value with where it came from."""

    value: Any
    column: str


class Converter:
    """Turns the rows of one table into fields."""

    def __init__(self, mapping: Mapping, header: list[Any]) -> None:
        self.mapping = mapping
        self.header = [str(h or "") for h in header]
        index: dict[str, int] = {}
        for i, h in enumerate(header):
            name = normal(h)
            if not name:
                continue
            if name in index and any(name == normal(x) for x in mapping.headings):
                raise BadInput(f"The column {h!r} stands twice in the header; rename or delete one of them.")
            index.setdefault(name, i)
        self.index = index
        self.places: list[tuple[Rule, int | None]] = []
        for rule in mapping.rules:
            at = next((index[normal(c)] for c in rule.columns if normal(c) in index), None)
            self.places.append((rule, at))
        joined = {index[normal(c)] for r in mapping.rules for c in r.join if normal(c) in index}
        self.used = sorted({at for _, at in self.places if at is not None} | joined)
        # A key column that a rule reads may be left out with it; one that only the key reads may not.
        read = {normal(c) for r in mapping.rules for c in r.columns}
        missing = [k for k in mapping.key if normal(k) not in index and normal(k) not in read]
        if missing:
            raise BadInput(f"Missing column: {', '.join(missing)}, which the mapping's key needs.")
        self.key_at = [self._key_place(k) for k in mapping.key]
        self.apart_at = [self._key_place(k) for k in mapping.tell_apart]
        self.forms = {
            at: rule.dates or (ISO,)
            for rule, at in self.places
            if at is not None and rule.field.type == "day"
        }
        self.joined = {
            rule.field.name: [(index[normal(c)]) for c in rule.join if normal(c) in index]
            for rule in mapping.rules
        }
        self._done: list[dict[str, Cell]] = [{} for _ in self.places]
        self._columns = [
            self.header[at] if at is not None else (rule.columns[0] if rule.columns else "")
            for rule, at in self.places
        ]
        own = {normal(c) for r in mapping.rules if r.field.name in ("key", "id") for c in r.columns}
        self.own_key = bool(mapping.key) and normal(mapping.key[0]) in own

    def _key_place(self, heading: str) -> int | None:
        """A key column may stand under any heading of the rule that reads it."""
        if normal(heading) in self.index:
            return self.index[normal(heading)]
        for rule, at in self.places:
            if at is not None and normal(heading) in {normal(c) for c in rule.columns}:
                return at
        return None

    def unused(self) -> list[str]:
        """Headings that the mapping reads nothing from."""
        read = {*self.used, *self.key_at, *self.apart_at}
        return [h for i, h in enumerate(self.header) if normal(h) and i not in read]

    def is_example(self, cells: list[Any]) -> bool:
        """Whether the row is the template's own: its first cell says so."""
        for first in cells:
            if first is not None and first != "":
                return isinstance(first, str) and first[:1] in "eE*" and normal(first) in EXAMPLE
        return False

    def raw(self, cells: list[Any]) -> tuple[str, ...]:
        """The mapped cells as clean text: what decides whether two rows are the same."""
        n = len(cells)
        clean = names.clean
        return tuple(
            [
                (clean(c) if isinstance(c := cells[i], str) else clean(shown(c))) if i < n else ""
                for i in self.used
            ]
        )

    def key(self, cells: list[Any]) -> tuple[str, ...]:
        """Key cells as they are compared, all empty when the row names none.

        The owner's own reference goes alone.
        """
        if self.own_key and (own := self._compared(self.key_at[0], cells)):
            return (own,)
        return tuple([self._compared(i, cells) for i in self.key_at])

    def apart(self, cells: list[Any]) -> tuple[str, ...]:
        """The cells that tell rows with the same key apart."""
        return tuple([self._compared(i, cells) for i in self.apart_at])

    def _compared(self, at: int | None, cells: list[Any]) -> str:
        if at is None or at >= len(cells):
            return ""
        text = shown(cells[at])
        forms = self.forms.get(at)
        if forms and text:
            # One day in two forms is one day.
            with contextlib.suppress(BadInput):
                return day(text, forms)
        return key_text(text)

    def check_width(self, cells: list[Any]) -> None:
        if len(cells) <= len(self.header):
            return
        extra = [c for c in cells[len(self.header) :] if c not in (None, "")]
        if extra:
            raise CellError(
                "",
                shown(extra[0]),
                f"The row has {len(cells)} cells and the header {len(self.header)}: perhaps a separator inside a "
                "cell is not quoted.",
            )

    def values(self, cells: list[Any], known: Counter[str] | None) -> dict[str, Cell]:
        """Fields that have a value; CellError for the first cell that cannot be taken."""
        self.check_width(cells)
        out: dict[str, Cell] = {}
        n = len(cells)
        for (rule, at), done, column in zip(self.places, self._done, self._columns, strict=True):
            cell = cells[at] if at is not None and at < n else None
            if rule.join:
                texts = [names.clean(shown(c)) for c in (cell, *self._joined(rule, cells))]
                cell = " · ".join(dict.fromkeys(t for t in texts if t))
            if isinstance(cell, str):
                # Most cells of a table repeat: what one became, the next one becomes too.
                if (before := done.get(cell)) is not None:
                    out[rule.field.name] = before
                    continue
                cell = cell.strip()
            if cell is None or cell == "":
                cell = rule.constant if rule.constant is not None else rule.default
            if cell is None or cell == "":
                if rule.required:
                    raise CellError(column, "", f"{column} is empty; every row needs it.")
                continue
            try:
                made = out[rule.field.name] = Cell(converted(rule, cell, known), column)
            except CellError:
                raise
            except BadInput as error:
                raise CellError(column, shown(cell), str(error), getattr(error, "suggestion", None)) from None
            if isinstance(cell, str) and len(cell) < _SHORT and len(done) < _KEPT:
                done[cell] = made
        return out

    def _joined(self, rule: Rule, cells: list[Any]) -> list[Any]:
        return [cells[i] for i in self.joined[rule.field.name] if i < len(cells)]


def shown(cell: Any) -> str:
    """A cell as its owner sees it."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, list):
        return str(cell[1])
    return str(cell)


def converted(rule: Rule, cell: Any, known: Counter[str] | None) -> Any:
    """A cell as a value of its field's type; BadInput says what would do."""
    kind = rule.field.type
    if isinstance(cell, str) and cell in _ERRORS:
        raise BadInput(f"The cell holds the error {cell} of a formula.")
    if isinstance(cell, list) and cell[0] == "long":
        raise BadInput(f"The cell has {cell[1]:,} characters; the most is 100,000.")
    if kind == "day":
        if isinstance(cell, list):
            return cell[1]
        if not isinstance(cell, str):
            raise BadInput(f"{cell!r} is a number, not a day; write it as year-month-day.")
        return day(cell, rule.dates or (ISO,))
    text = names.clean(shown(cell)) if kind != "texts" and not rule.split else shown(cell)
    if kind == "int":
        try:
            return int(text)
        except ValueError:
            raise BadInput(f"{text!r} is not a whole number.") from None
    if kind == "number":
        try:
            return float(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))
        except ValueError:
            raise BadInput(f"{text!r} is not a number.") from None
    if kind == "bool":
        word = normal(rule.values.get(normal(text), text))
        if word in _YES | _NO:
            return word in _YES
        raise BadInput(f"{text!r} is not yes or no.")
    if kind in ("texts", "choices", "refs"):
        parts = [names.clean(p) for p in split_cell(text, rule.split or (";",), known)]
        parts = [p for p in parts if p]
        if not parts and (rule.required or kind == "refs"):
            if rule.required:
                raise BadInput(f"{text!r} holds no name.")
            return []
        return [_choice(rule, p) for p in parts] if kind == "choices" else parts
    if kind == "choice":
        return _choice(rule, text)
    if rule.field.name == "country":
        return country(rule.values.get(normal(text), text))
    return rule.values.get(normal(text), text)


def key_text(text: str) -> str:
    """Keys are compared without case and superfluous spaces."""
    return names.clean(text).casefold()


def _choice(rule: Rule, text: str) -> str:
    word = rule.values.get(normal(text))
    if word is not None:
        return word
    plain = normal(text).replace(" ", "_")
    if plain in rule.field.choices:
        return plain
    from difflib import get_close_matches

    error = BadInput(f"{text!r} is none of {', '.join(rule.field.choices)}.")
    near = get_close_matches(plain, rule.field.choices, n=1)
    error.suggestion = near[0] if near else None  # type: ignore[attr-defined]
    raise error
