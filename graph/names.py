"""Names: what is stored, what is compared, and how alike two of them are."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz, utils

LONGEST = 1000  # characters of a name; a longer one is no name but a text in the wrong column

# Cc control, Cf format (zero-width and direction marks), Cs lone surrogates, Co private use, Cn unassigned.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+")


def clean(text: str) -> str:
    """What is stored: NFC, without control, zero-width and direction marks, single spaces."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = unicodedata.normalize("NFC", text)
    if not text.isascii() or not text.isprintable():
        text = "".join(
            " " if c in "\t\n\r\v\f\x85\u2028\u2029" else c
            for c in text
            if c in "\t\n\r\v\f\x85\u2028\u2029" or unicodedata.category(c) not in _UNSEEN
        )
    return _SPACE.sub(" ", text).strip()


def normalise(text: str) -> str:
    """What is compared: NFKC, case folded, punctuation to spaces; never empty for a visible name."""
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    words = _NOT_WORD.sub(" ", folded).strip()
    return words or folded


def alias_id(label: str, text: str) -> str:
    """Key of the alias node that stands for every spelling with the same normal form."""
    return f"{label.lower()}|{normalise(text)}"


def slug(text: str) -> str:
    """A readable id: ASCII where it can be, else the normal form with hyphens."""
    plain = unicodedata.normalize("NFKD", normalise(text))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOT_WORD.sub("-", plain).strip("-")[:80]


def similarity(a: str, b: str) -> float:
    """0..1, how alike two names are; order of words counts little, length counts."""
    left, right = utils.default_process(normalise(a)), utils.default_process(normalise(b))
    if not left or not right:
        return 0.0
    return max(fuzz.ratio(left, right), 0.95 * fuzz.token_sort_ratio(left, right)) / 100
