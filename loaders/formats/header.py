"""Where a table's header is: below title rows, in one row or in several, in the first sheet that has it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from loaders.formats.base import HEADER_ROWS, Refused, Request, Row, Sheet, normal

DEEPEST = 3  # rows that a header may take
_SHOWN = 300  # characters of headings in a refusal


class Found:
    """A table that begins below its header."""

    def __init__(self, sheet: Sheet, head: list[Row], first: int, depth: int) -> None:
        self.sheet = sheet.name
        last = head[first + depth - 1]
        self.header_row = last[0]
        self.header = combined(head, first, depth, sheet) if depth > 1 else last[1]
        self.about = max(sheet.last - last[0], 0)
        self.rows: Iterator[Row] = chain(head[first + depth :], sheet.rows)
        self.blocks = sheet.blocks


def with_header(sheets: Iterator[Sheet], request: Request) -> tuple[Found, list[str]]:
    """The first sheet that has the expected headings, and the names of the others that have them too.

    Raises:
        Refused: no sheet has them. Its second argument is the headings of the likeliest row.
    """
    wanted = {normal(h) for h in request.headings}
    needed = [{normal(h) for h in group} for group in request.needed]
    found: Found | None = None
    others: list[str] = []
    own: set[str] = set()
    broken = ""
    seen: list[tuple[int, int, str, list[Any]]] = []
    for sheet in sheets:
        head = _head(sheet)
        if not head:
            continue
        broken = broken or next(
            (c[1] for _, row in head for c in row if isinstance(c, list) and c[0] == "broken"), ""
        )
        place = _guess(head) if request.guess else _place(head, sheet, wanted, needed)
        if place is not None:
            if found is None:
                found = Found(sheet, head, *place)
                own = wanted & _names(found.header)
                if not sheet.name or request.sheet:
                    break
            elif request.guess or (has := wanted & _names(Found(sheet, head, *place).header)) == own:
                others.append(sheet.name)
            elif len(has) > 1:
                request.notes.append(
                    f"The sheet {sheet.name!r} has only some of the columns of {found.sheet!r} and was not read; name it "
                    "in the mapping (file: {sheet: …}) to load it."
                )
            continue
        if not request.guess and any(_names(cells) for _, cells in head):
            likely = max(head, key=lambda row: (len(wanted & _names(row[1])), len(_names(row[1]))))
            seen.append((len(wanted & _names(likely[1])), likely[0], sheet.name, likely[1]))
    if found is not None:
        return found, others
    if not seen:
        raise Refused(
            f"The file holds no rows that can be read. {broken}" if broken else "The file holds no rows."
        )
    _, number, name, cells = max(seen, key=lambda x: x[0])
    there = _names(cells)
    missing = [
        " / ".join(names) for group, names in zip(needed, request.needed, strict=True) if not group & there
    ]
    where = f" (sheet {name!r})" if name else ""
    row = "The first row" if number == 1 else f"Row {number}" if number else "The records"
    headings = [str(c) for c in cells if c not in (None, "") and not isinstance(c, list)]
    raise Refused(
        f"Missing column: {', '.join(missing)}. {row}{where} has: {', '.join(headings)[:_SHOWN] or 'nothing'}.",
        headings,
    )


def _head(sheet: Sheet) -> list[Row]:
    head: list[Row] = []
    for row in sheet.rows:
        head.append(row)
        if len(head) >= HEADER_ROWS:
            break
    return head


def _names(cells: list[Any]) -> set[str]:
    return {normal(c) for c in cells if not isinstance(c, list)} - {""}


def _place(head: list[Row], sheet: Sheet, wanted: set[str], needed: list[set[str]]) -> tuple[int, int] | None:
    """(index in `head`, rows it takes) of the header; several rows only where they hold more headings."""
    best: tuple[int, int, int] | None = None
    for depth in range(1, DEEPEST + 1):
        for first in range(len(head) - depth + 1):
            rows = head[first : first + depth]
            if any(isinstance(c, list) and c[0] == "broken" for _, cells in rows for c in cells):
                continue
            names = _names(rows[0][1] if depth == 1 else combined(head, first, depth, sheet))
            if all(group & names for group in needed):
                score = len(wanted & names)
                if best is None or score > best[0]:
                    best = (score, first, depth)
    return best[1:] if best else None


def combined(head: list[Row], first: int, depth: int, sheet: Sheet) -> list[Any]:
    """The headings of several rows: "Contact" above "Name" is "Contact Name"; equal ones count once.

    An upper cell holds for the empty ones right of it, as far as it is merged where the file says so.
    """
    rows = head[first : first + depth]
    width = max(len(cells) for _, cells in rows)
    out: list[list[str]] = [[] for _ in range(width)]
    for n, (number, cells) in enumerate(rows):
        texts = [str(c) if c is not None and not isinstance(c, list) else "" for c in cells]
        texts += [""] * (width - len(texts))
        merged = [(a[1], b[1]) for a, b in sheet.merged if a[0] <= number - 1 <= b[0] and b[1] > a[1]]
        for left, right in merged:
            for column in range(left + 1, min(right + 1, width)):
                texts[column] = texts[column] or texts[left]
        if n < depth - 1 and not sheet.merged:
            for column in range(1, width):
                texts[column] = texts[column] or texts[column - 1]
        for column, text in enumerate(texts):
            if text.strip() and normal(text) not in [normal(t) for t in out[column]]:
                out[column].append(text.strip())
    return [" ".join(texts) for texts in out]


def _guess(head: list[Row]) -> tuple[int, int]:
    """Without a mapping: the first row that is about as wide as the widest and holds mostly different texts."""

    def texts(cells: list[Any]) -> list[str]:
        return [c.strip() for c in cells if isinstance(c, str) and c.strip()]

    widest = max((len([c for c in cells if c not in (None, "")]) for _, cells in head), default=0)
    for n, (_, cells) in enumerate(head):
        own = texts(cells)
        if own and len(set(own)) * 3 >= len(own) * 2 and len(own) * 3 >= widest * 2:
            return n, 1
    return next((n for n, (_, cells) in enumerate(head) if texts(cells)), 0), 1
