"""From a row's cells to checked values, field by field; every complaint names its column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from graph import names
from graph.errors import BadInput
from loaders.child import normal
from loaders.dates import ISO, day
from loaders.mapping import Mapping, Rule
from loaders.splitting import split_cell

EXAMPLE = {"example", "esimerkki", "exempel"}
_YES = {"yes", "kyllä", "ja", "true", "1", "x", "on"}
_NO = {"no", "ei", "nej", "false", "0", "off"}


class CellError(BadInput):
    """A cell that cannot be taken."""

    def __init__(self, column: str, value: str, reason: str, suggestion: str | None = None) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason, self.suggestion = column, value[:200], reason, suggestion


@dataclass(frozen=True)
class Cell:
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
        self.used = sorted({at for _, at in self.places if at is not None})
        # A key column that a rule reads may be left out with it; one that only the key reads may not.
        read = {normal(c) for r in mapping.rules for c in r.columns}
        missing = [k for k in mapping.key if normal(k) not in index and normal(k) not in read]
        if missing:
            raise BadInput(f"Missing column: {', '.join(missing)}, which the mapping's key needs.")
        self.key_at = [self._key_place(k) for k in mapping.key]
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

    def is_example(self, cells: list[Any]) -> bool:
        first = next((c for c in cells if c not in (None, "")), "")
        return isinstance(first, str) and normal(first) in EXAMPLE

    def raw(self, cells: list[Any]) -> tuple[str, ...]:
        """The mapped cells as text: what decides whether two rows are the same."""
        n = len(cells)
        return tuple([shown(cells[i]) if i < n else "" for i in self.used])

    def key(self, cells: list[Any]) -> tuple[str, ...]:
        """Normalised key cells, all empty when the row names none; the owner's own reference goes alone."""
        n = len(cells)
        parts = tuple(
            [names.normalise(shown(cells[i])) if i is not None and i < n else "" for i in self.key_at]
        )
        return parts[:1] if self.own_key and parts[0] else parts

    def check_width(self, cells: list[Any]) -> None:
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
        for rule, at in self.places:
            column = self.header[at] if at is not None else (rule.columns[0] if rule.columns else "")
            cell = cells[at] if at is not None and at < len(cells) else None
            if isinstance(cell, str):
                cell = cell.strip()
            if cell is None or cell == "":
                cell = rule.constant if rule.constant is not None else rule.default
            if cell is None or cell == "":
                if rule.required:
                    raise CellError(column, "", f"{column} is empty; every row needs it.")
                continue
            try:
                out[rule.field.name] = Cell(converted(rule, cell, known), column)
            except CellError:
                raise
            except BadInput as error:
                raise CellError(column, shown(cell), str(error), getattr(error, "suggestion", None)) from None
        return out


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
    return rule.values.get(normal(text), text)


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
