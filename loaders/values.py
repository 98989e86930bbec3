"""From a cell to a value of its field's type; every refusal says what would do."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any, Protocol

from graph import names
from graph.errors import BadInput
from loaders.countries import country
from loaders.dates import ISO, SERIALS, day
from loaders.formats.base import normal
from loaders.mapping import Rule
from loaders.splitting import split_cell

_ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"}
_YES = {"yes", "kyllä", "ja", "true", "1", "x", "on"}
_NO = {"no", "ei", "nej", "false", "0", "off"}
_YEAR = re.compile(r"[\s_-]*(?:19|20)\d\d(?:[-/](?:\d\d){1,2})?$")
LARGEST = 2**63  # of a whole number in the store


class Find(Protocol):
    """Look-up, value, column -> values; `digest` is of all that can be found."""

    digest: int

    def __call__(self, name: str, value: str, give: str, /) -> list[Any]: ...


class Named(str):
    """A partner's name with what narrows it."""

    __slots__ = ("country", "kind")
    country: str | None
    kind: str | None

    @classmethod
    def of(cls, text: str, country: str | None, kind: str | None) -> Named:
        named = cls(text)
        named.country, named.kind = country, kind
        return named


def shown(cell: Any) -> str:
    """A cell as its owner sees it."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, list):
        return "; ".join([shown(c) for c in cell[1]]) if cell[0] == "list" else str(cell[1])
    return str(cell)


def prepared(rule: Rule, cell: Any, find: Find | None) -> Any:
    """The cell after what the mapping says of it before it is read: looked up, picked, cut.

    BadInput for a value that is looked up in vain, and for several values where the field takes one.
    """
    several = isinstance(cell, list) and cell[0] == "list"
    if not (several or rule.lookup or rule.pick or rule.prefix or rule.after_last or rule.year_apart):
        return cell
    parts = list(cell[1]) if several else [cell]
    if not several and rule.split and isinstance(cell, str):
        parts = list(split_cell(cell, rule.split, None))
    if rule.lookup:
        if find is None:
            raise BadInput(f"There is nothing to look {shown(cell)!r} up in.")
        parts = [v for p in parts for v in _picked(rule, find(rule.lookup.name, shown(p), rule.lookup.give))]
    else:
        parts = _picked(rule, parts)
    if rule.after_last or rule.prefix or rule.year_apart:
        parts = [_cut(rule, shown(p)) for p in parts]
    parts = list(dict.fromkeys(p if not isinstance(p, list) else shown(p) for p in parts))
    if rule.field.type in ("texts", "choices", "refs"):
        return ["list", parts]
    if len(parts) > 1:
        if rule.field.type == "text":
            return "; ".join(shown(p) for p in parts)
        raise BadInput(
            f"{shown(cell)[:100]!r} holds {len(parts)} values and the field takes one; say in the mapping which (pick)."
        )
    return parts[0] if parts else ""


def _picked(rule: Rule, parts: list[Any]) -> list[Any]:
    if not rule.pick or not parts:
        return parts
    if rule.pick in ("first", "last"):
        return [parts[0 if rule.pick == "first" else -1]]
    numbers = all(isinstance(p, int | float) for p in parts)
    choose = min if rule.pick == "smallest" else max
    return [choose(parts) if numbers else choose(parts, key=shown)]


def _cut(rule: Rule, text: str) -> str:
    if rule.after_last:
        text = text.rpartition(rule.after_last)[2].strip()
    if rule.year_apart:
        text = _YEAR.sub("", text) or text
    return f"{rule.prefix}{text}" if text else text


def converted(rule: Rule, cell: Any, known: Counter[str] | None) -> Any:
    """A cell as a value of its field's type; BadInput says what would do."""
    kind = rule.field.type
    if isinstance(cell, str) and cell in _ERRORS:
        raise BadInput(f"The cell holds the error {cell} of a formula.")
    if isinstance(cell, list) and cell[0] == "long":
        raise BadInput(f"The cell has {cell[1]:,} characters; the most is 100,000.")
    if isinstance(cell, list) and cell[0] == "formula":
        raise BadInput(
            "The cell holds a formula that was never calculated: open the workbook in a spreadsheet and save it."
        )
    if kind == "day":
        if isinstance(cell, list) and cell[0] == "date":
            return cell[1]
        if not isinstance(cell, str) and not set(rule.dates) & set(SERIALS):
            raise BadInput(f"{shown(cell)!r} is a number, not a day; write it as year-month-day.")
        return day(shown(cell), rule.dates or (ISO,))
    if isinstance(cell, list) and cell[0] == "list" and kind in ("texts", "choices", "refs"):
        texts = [names.clean(shown(c)) for c in cell[1]]
        return _several(rule, shown(cell), [t for t in texts if t])
    text = names.clean(shown(cell)) if kind != "texts" and not rule.split else shown(cell)
    if kind == "int":
        try:
            number = int(text)
        except ValueError:
            raise BadInput(f"{text[:60]!r} is not a whole number.") from None
        if abs(number) >= LARGEST:
            raise BadInput(f"{text[:60]} is larger than any number that can be kept.")
        return number
    if kind == "number":
        try:
            amount = float(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))
        except ValueError:
            raise BadInput(f"{text[:60]!r} is not a number.") from None
        if not math.isfinite(amount):
            raise BadInput(f"{text[:60]!r} is not a number that can be kept.")
        return amount
    if kind == "bool":
        word = normal(rule.values.get(normal(text), text))
        if word in _YES | _NO:
            return word in _YES
        raise BadInput(f"{text!r} is not yes or no.")
    if kind in ("texts", "choices", "refs"):
        parts = [names.clean(p) for p in split_cell(text, rule.split or (";",), known)]
        return _several(rule, text, [p for p in parts if p])
    if kind == "choice":
        return _choice(rule, text)
    if rule.field.name == "country":
        return country(rule.values.get(normal(text), text))
    return rule.values.get(normal(text), text)


def _several(rule: Rule, text: str, parts: list[str]) -> list[str]:
    if not parts:
        if rule.required:
            raise BadInput(f"{text!r} holds no name.")
        return []
    if rule.field.type == "choices":
        return [_choice(rule, p) for p in parts]
    return [rule.values.get(normal(p), p) for p in parts] if rule.values else parts


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
