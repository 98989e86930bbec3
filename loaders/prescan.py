"""What must be known of a whole file before its first row is taken: a first reading, where one is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from graph.errors import BadInput
from loaders import readers
from loaders.convert import Converter, Place
from loaders.dates import ISO, ORDERS, fits
from loaders.splitting import KNOWN, counted
from loaders.values import shown

SHOWN = 3  # rows named in a question
# A day on which every two forms that can be taken for one another disagree.
_PROBE = (date(2003, 4, 5), date(2003, 5, 4))


@dataclass
class _Form:
    """The rows of a column that one form alone fits."""

    count: int = 0
    rows: list[str] = field(default_factory=list)

    def add(self, number: int, text: str) -> None:
        self.count += 1
        if len(self.rows) < SHOWN:
            self.rows.append(f"row {number} ({text})")


@dataclass
class _Days:
    """How the days of one column are written."""

    place: Place
    forms: tuple[str, ...]
    only: dict[str, _Form] = field(default_factory=dict)
    both: _Form = field(default_factory=_Form)
    between: tuple[str, str] | None = None

    def see(self, number: int, text: str) -> None:
        found = {form: day for form in self.forms if (day := fits(text, form)) is not None}
        if len(set(found.values())) > 1:
            self.both.add(number, text)
            if self.between is None:
                self.between = next((a, b) for a, b in combinations(found, 2) if found[a] != found[b])
        elif len(found) == 1:
            self.only.setdefault(next(iter(found)), _Form()).add(number, text)

    def question(self, file: str) -> BadInput | None:
        """The question that a person must answer; None when no cell fits two forms."""
        if self.between is None:
            return None
        column = self.place.column
        parts = []
        for form in self.between:
            seen = self.only.get(form, _Form())
            parts.append(
                f"only {form} fits {seen.count:,} rows"
                + (f", such as {', '.join(seen.rows)}" if seen.rows else "")
            )
        return BadInput(
            f"{file}: how are the days in {column!r} written, as {self.between[0]} or as {self.between[1]}? Both fit "
            f"{self.both.count:,} rows, such as {', '.join(self.both.rows)}, with different days; {'; '.join(parts)}. Say it "
            f"in the mapping ({self.place.rule.field.name}: {{column: {column}, dates: [{self.between[0]}]}}) and load again; "
            "nothing was taken."
        )


def scan(again: Callable[[], readers.Table], converter: Converter, file: str) -> Counter[str] | None:
    """For known-commas and known-slashes, how often each name stands alone in a cell of the file.

    Raises:
        BadInput: a day fits two forms that the mapping allows (or any two, where it says none).
    """
    at = [p.at for p in converter.places if KNOWN.intersection(p.rule.split) and p.at is not None]
    days = [d for p in _all(converter) if (d := _asks(p)) is not None]
    if not at and not days:
        return None
    out: Counter[str] = Counter()
    table = again()
    try:
        for batch in table.batches:
            for number, cells in batch:
                for i in at:
                    if i < len(cells):
                        out[counted(shown(cells[i]))] += 1
                for d in days:
                    i = d.place.at or 0
                    if i < len(cells) and isinstance(cells[i], str) and (text := cells[i].strip()):
                        d.see(number, text)
    finally:
        table.close()
    for d in days:
        if (question := d.question(file)) is not None:
            raise question
    return out if at else None


def _all(converter: Converter) -> list[Place]:
    return [*converter.places, *(p for f in converter.further for p in f.converter.places)]


def _asks(place: Place) -> _Days | None:
    """What is to be seen of a column of days; None where no two of its forms can be taken for one another."""
    if place.at is None or place.rule.field.type != "day":
        return None
    forms = place.rule.dates or tuple(dict.fromkeys((ISO, *ORDERS)))
    return _Days(place, forms) if any(_clash(a, b) for a, b in combinations(forms, 2)) else None


def _clash(a: str, b: str) -> bool:
    """Whether a text can be one day in one form and another day in the other."""
    for day in _PROBE:
        text = a.replace("YYYY", f"{day.year}")
        for token, value in (("MM", day.month), ("DD", day.day), ("M", day.month), ("D", day.day)):
            text = text.replace(token, f"{value:02d}" if len(token) == 2 else str(value))
        if (other := fits(text, b)) is not None and other != fits(text, a):
            return True
    return False
