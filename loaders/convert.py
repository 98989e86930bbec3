"""From a row's cells to checked values, field by field; every complaint names its column."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph import names, schema
from graph.errors import BadInput
from loaders.dates import ISO, day
from loaders.formats.base import normal
from loaders.mapping import Also, Mapping, Rule
from loaders.splitting import KNOWN, Doubt, doubt_of, split_cell
from loaders.values import Find, Named, converted, key_text, prepared, shown

__all__ = ["Cell", "CellError", "Converter", "key_text", "shown"]

EXAMPLE = {"example", "esimerkki", "exempel"}
FAR = 1 << 60
_KEPT, _SHORT = 20_000, 200  # how many converted cells of a column are kept, and up to how many characters


class CellError(BadInput):
    """A cell that cannot be taken."""

    def __init__(
        self,
        column: str,
        value: str,
        reason: str,
        suggestion: str | None = None,
        *,
        waits: bool = False,
        several: bool = False,
    ) -> None:
        super().__init__(reason)
        self.waits = waits  # for a record that may stand further down
        self.several = several  # a name fits several partners, which may turn out to be one
        self.column, self.value, self.reason, self.suggestion = column, value[:200], reason, suggestion


class Cell(NamedTuple):
    """A value with where it came from."""

    value: Any
    column: str
    doubt: Doubt | None = None


@dataclass(frozen=True)
class Place:
    """Where a rule finds its cells in a table: indexes of columns, None for one that the table lacks."""

    rule: Rule
    at: int | None
    column: str
    otherwise: tuple[int, ...] = ()
    join: tuple[int, ...] = ()
    country: Place | None = None
    kind: Place | None = None

    @property
    def used(self) -> set[int]:
        inner = [p.used for p in (self.country, self.kind) if p is not None]
        own = {self.at} if self.at is not None else set()
        return own.union(self.otherwise, self.join, *inner)

    @property
    def never(self) -> bool:
        """Whether it has no value in any row, and none is asked for: the table has no column of it."""
        rule = self.rule
        return (
            self.at is None
            and not (self.otherwise or self.join or rule.required)
            and rule.constant is None
            and rule.default is None
        )

    @property
    def same(self) -> bool:
        """Whether equal cells become equal values: nothing but the cell counts."""
        return not (self.otherwise or self.country or self.kind)


@dataclass(frozen=True)
class Further:
    """A further record of the row: where `each` stands, and how its fields are filled."""

    also: Also
    converter: Converter
    at: int | None


class Converter:
    """Turns the rows of one table into fields."""

    def __init__(self, mapping: Mapping, header: list[Any], find: Find | None = None) -> None:
        self.mapping = mapping
        self.find = find
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
        self._clean: dict[str, str] = {}  # what cells are as clean text: most cells of a table repeat
        self.places = [self._place(rule) for rule in mapping.rules]
        self.further: list[Further] = [
            Further(a, Converter(a.mapping, header, find), self._first(a.each)) for a in mapping.also
        ]
        used: set[int] = set()
        for place in self.places:
            used |= place.used
        for further in self.further:
            used |= set(further.converter.used) | ({further.at} if further.at is not None else set())
        self.used: list[int] = sorted(used)
        # A key column that a rule reads may be left out with it; one that only the key reads may not.
        read = {normal(c) for r in mapping.rules for c in r.columns}
        missing = [k for k in mapping.key if normal(k) not in index and normal(k) not in read]
        if missing:
            raise BadInput(f"Missing column: {', '.join(missing)}, which the mapping's key needs.")
        self.key_at = [self._key_place(k) for k in mapping.key]
        self.apart_at = [self._key_place(k) for k in mapping.tell_apart]
        self.forms = {
            p.at: p.rule.dates or (ISO,)
            for p in self.places
            if p.at is not None and p.rule.field.type == "day"
        }
        # Of each rule: where its cell stands (beyond any row where it is made of several), its field, what cells became.
        self.steps: list[tuple[int, str, dict[str, Cell], Place]] = [
            (FAR if p.at is None or p.join else p.at, p.rule.field.name, {}, p)
            for p in self.places
            if not p.never
        ]
        own = {normal(c) for r in mapping.rules if r.field.name in ("key", "id") for c in r.columns}
        self.own_key = bool(mapping.key) and normal(mapping.key[0]) in own

    def _first(self, columns: tuple[str, ...]) -> int | None:
        return next((self.index[normal(c)] for c in columns if normal(c) in self.index), None)

    def _place(self, rule: Rule) -> Place:
        at = self._first(rule.columns)
        return Place(
            rule,
            at,
            self.header[at] if at is not None else (rule.columns[0] if rule.columns else ""),
            tuple(self.index[normal(c)] for c in rule.otherwise if normal(c) in self.index),
            tuple(self.index[normal(c)] for c in rule.join if normal(c) in self.index),
            self._place(rule.country) if rule.country else None,
            self._place(rule.kind) if rule.kind else None,
        )

    def _key_place(self, heading: str) -> int | None:
        """A key column may stand under any heading of the rule that reads it."""
        if normal(heading) in self.index:
            return self.index[normal(heading)]
        for p in self.places:
            if p.at is not None and normal(heading) in {normal(c) for c in p.rule.columns}:
                return p.at
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
        n, kept = len(cells), self._clean
        out = []
        for i in self.used:
            cell = cells[i] if i < n else ""
            clean = kept.get(cell) if type(cell) is str else None
            if clean is None:
                clean = names.clean(cell if isinstance(cell, str) else shown(cell))
                if isinstance(cell, str) and len(cell) < _SHORT and len(kept) < _KEPT:
                    kept[cell] = clean
            out.append(clean)
        return tuple(out)

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
        for at, name, done, place in self.steps:
            # Most cells of a table repeat: what one became, the next one becomes too.
            made = done.get(cell) if at < n and type(cell := cells[at]) is str else None
            if made is None:
                made = self.value(place, done, cells, known)
                if made is None:
                    continue
            if name in out:
                # Several rules fill one list.
                made = Cell([*out[name].value, *made.value], out[name].column, made.doubt or out[name].doubt)
            out[name] = made
        return out

    def elements(self, further: Further, cells: list[Any]) -> list[tuple[str, list[Any]]]:
        """(the value of `each`, the row with it in its place) of every further record of a row."""
        if not further.also.each:
            return [("", cells)]
        at = further.at
        cell = cells[at] if at is not None and at < len(cells) else None
        if at is None or cell is None or cell == "":
            return []
        if isinstance(cell, list) and cell[0] == "list":
            parts = [x for c in cell[1] for x in split_cell(shown(c), further.also.split, None)]
        else:
            parts = split_cell(shown(cell), further.also.split, None)
        parts = [p for p in dict.fromkeys(parts) if p not in further.also.mapping.empty]
        return [(p, [*cells[:at], p, *cells[at + 1 :]]) for p in parts]

    def lacks(self, cells: list[Any]) -> bool:
        """Whether a column that every record needs is empty in this row."""
        return any(
            p.rule.required
            and p.at is not None
            and not p.otherwise
            and p.rule.default is None
            and (p.at >= len(cells) or empty(cells[p.at]) or cells[p.at] in self.mapping.empty)
            for p in self.places
            if p.at is None or p.at >= len(cells) or not isinstance(cells[p.at], list) or empty(cells[p.at])
        )

    def value(
        self, place: Place, done: dict[str, Cell], cells: list[Any], known: Counter[str] | None
    ) -> Cell | None:
        rule, n, column = place.rule, len(cells), place.column
        cell = cells[place.at] if place.at is not None and place.at < n else None
        if place.join:
            texts = [names.clean(shown(c)) for c in (cell, *(cells[i] for i in place.join if i < n))]
            cell = " · ".join(dict.fromkeys(t for t in texts if t))
            if (before := done.get(cell)) is not None:
                return before
        text = cell
        if isinstance(cell, str):
            cell = cell.strip()
            if cell in self.mapping.empty:
                cell = None
        for other in place.otherwise:
            if not empty(cell):
                break
            if other < n:
                cell, column = cells[other], self.header[other]
        if empty(cell):
            cell = rule.constant if rule.constant is not None else rule.default
        if empty(cell):
            if rule.required:
                raise CellError(column, "", f"{column} is empty; every row needs it.")
            return None
        try:
            value = self._narrowed(place, self._converted(rule, cell, known), cells, known)
            doubt = None
            if isinstance(cell, str) and not KNOWN.isdisjoint(rule.split):
                doubt = doubt_of(cell, rule.split, known)
            made = Cell(value, column, doubt)
        except CellError:
            raise
        except BadInput as error:
            raise CellError(column, shown(cell), str(error), getattr(error, "suggestion", None)) from None
        if made.value == "":
            return None
        if isinstance(text, str) and text and place.same and len(text) < _SHORT and len(done) < _KEPT:
            done[text] = made
        return made

    def _converted(self, rule: Rule, cell: Any, known: Counter[str] | None) -> Any:
        cell = prepared(rule, cell, self.find)
        return "" if cell == "" else converted(rule, cell, known)

    def _narrowed(self, place: Place, value: Any, cells: list[Any], known: Counter[str] | None) -> Any:
        """A partner's name with its country and kind, where the mapping says where they stand."""
        if (place.country is None and place.kind is None) or value == "":
            return value
        country = self.value(place.country, {}, cells, known) if place.country else None
        kind = self.value(place.kind, {}, cells, known) if place.kind else None
        narrow = (country.value if country else None, kind.value if kind else None)
        if isinstance(value, list):
            return [Named.of(v, *narrow) for v in value]
        return Named.of(value, *narrow)


def empty(cell: Any) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or cell == "" or (isinstance(cell, list) and cell[:1] == ["list"] and not cell[1])


_OWNED = {label.name: frozenset(p.name for p in label.properties) for label in schema.LABELS}


def own(label: str, values: dict[str, Cell]) -> dict[str, Any]:
    """The values that are properties of the label itself."""
    owned = _OWNED[label]
    return {name: cell.value for name, cell in values.items() if name in owned}


def get(values: dict[str, Cell], name: str) -> Any:
    """The value of a field, None where it has none."""
    return values[name].value if name in values else None
