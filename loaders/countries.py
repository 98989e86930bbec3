"""Countries by two-letter code or by name in Finnish, Swedish or English."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from babel import Locale

from graph import schema
from graph.errors import BadInput
from loaders.formats.base import normal

_ALSO = {
    "uk": "GB",
    "england": "GB",
    "usa": "US",
    "viro": "EE",
    "czech republic": "CZ",
    "the netherlands": "NL",
}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    out: dict[str, str] = {}
    for language in schema.LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                out.setdefault(normal(name), code)
                out[normal(code)] = code
    return _ALSO | out | {"uk": "GB"}


@lru_cache(maxsize=4096)
def country(text: str) -> str:
    """ISO 3166-1 code of a country; BadInput (with `suggestion`) for a word that names none."""
    found = _codes().get(normal(text))
    if found is not None:
        return found
    near = get_close_matches(normal(text)[:100], [n for n in _codes() if len(n) > 2], n=1)
    error = BadInput(f"{text[:60]!r} is no country: write its two-letter code, such as SE.")
    error.suggestion = _codes()[near[0]] if near else None  # type: ignore[attr-defined]
    raise error
