"""Countries by two-letter code or by name in Finnish, Swedish or English."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from graph.errors import BadInput
from graph.matching import countries


@lru_cache(maxsize=4096)
def country(text: str) -> str:
    """ISO 3166-1 code of a country; BadInput (with `suggestion`) for a word that names none."""
    found = countries.names().get(countries.plain(text))
    if found is not None:
        return found
    # Codes are like one another, so it is names among which the nearest one is looked for.
    long = [n for n in countries.names() if len(n) > 3]
    near = get_close_matches(countries.plain(text)[:100], long, n=1, cutoff=0.75)
    error = BadInput(f"{text[:60]!r} is no country: write its two-letter code, such as SE.")
    error.suggestion = countries.names()[near[0]] if near else None  # type: ignore[attr-defined]
    raise error
