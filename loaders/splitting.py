"""Several names in one cell: stated rules, no guessing."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable

from graph.errors import BadInput
from graph.names import normalise

REGISTER_ID = re.compile(r"[(\[]?\s*\b(\d{8,14}-\d{2})\b\s*[)\]]?")


def split_cell(text: str, rules: Iterable[str], known: Counter[str] | None) -> list[str]:
    """The values of a cell, in order, without empty ones and repetitions.

    Args:
        rules: single characters split; "lines" splits at line breaks; "list" reads a list such as
            "['IMCO', 'PETI']"; "known-commas" splits at commas if every part is a whole cell elsewhere in
            the file and the whole cell is rarer than each part.
        known: how often each normalised whole cell stands in the file (for known-commas).
    """
    parts = [text]
    for rule in rules:
        if rule == "list":
            parts = [x for p in parts for x in _listed(p)]
        elif rule == "lines":
            parts = [x for p in parts for x in p.splitlines()]
        elif rule == "known-commas":
            parts = [x for p in parts for x in _known(p, known or Counter())]
        else:
            parts = [x for p in parts for x in p.split(rule)]
    return list(dict.fromkeys(x for p in parts if (x := p.strip().strip(";,").strip())))


def _listed(text: str) -> list[str]:
    text = text.strip()
    if not text.startswith("["):
        return [text]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise BadInput(f"{text[:60]!r} begins like a list but is none.") from None
    if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
        raise BadInput(f"{text[:60]!r} is not a list of texts.")
    return found


def _known(text: str, known: Counter[str]) -> list[str]:
    if "," not in text:
        return [text]
    parts = [p for p in text.split(",") if p.strip()]
    whole = known[normalise(text)]
    if len(parts) > 1 and all(known[normalise(p)] > whole for p in parts):
        return parts
    return [text]


def register_id(text: str) -> tuple[str, str | None]:
    """(the name without a Transparency Register id, that id or None)."""
    hit = REGISTER_ID.search(text)
    if hit is None:
        return text, None
    rest = (text[: hit.start()] + " " + text[hit.end() :]).strip(" ,-()[]")
    return (rest or text), hit.group(1)
