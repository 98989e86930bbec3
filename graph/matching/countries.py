"""Countries by code or by name in Finnish, Swedish or English, and parts of countries that are named instead."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from graph import schema

# What CLDR does not call them so, and parts of a country that stand for it in lists.
_ALSO = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "america": "US",
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "englanti": "GB", "skotlanti": "GB", "skottland": "GB",
    "isle of man": "IM", "republic of ireland": "IE", "eire": "IE", "viro": "EE", "czech republic": "CZ",
    "the czech republic": "CZ", "the netherlands": "NL", "holland": "NL", "hollanti": "NL", "turkey": "TR",
    "south korea": "KR", "republic of korea": "KR", "north korea": "KP", "ivory coast": "CI",
    "cote d'ivoire": "CI", "east timor": "TL", "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK",
    "moldavia": "MD", "republic of moldova": "MD", "russian federation": "RU", "burma": "MM", "myanmar": "MM",
    "palestine": "PS", "west bank": "PS", "gaza": "PS", "syria": "SY", "vietnam": "VN", "viet nam": "VN",
    "bosnia and herzegovina": "BA", "bosnia": "BA", "micronesia": "FM", "federated states of micronesia": "FM",
    "democratic republic of the congo": "CD", "dr congo": "CD", "republic of the congo": "CG", "congo": "CG",
    "trinidad and tobago": "TT", "antigua and barbuda": "AG", "saint kitts and nevis": "KN",
    "saint vincent and the grenadines": "VC", "sao tome and principe": "ST", "são tomé and príncipe": "ST",
    "saint lucia": "LC", "georgia (country)": "GE", "northern cyprus": "CY", "the gambia": "GM",
    "bahamas": "BS", "the bahamas": "BS", "the philippines": "PH", "belorussia": "BY", "valko-venäjä": "BY",
    "vitryssland": "BY", "kosovo": "XK", "xkx": "XK", "åland islands": "AX", "aland": "AX", "åland": "AX",
    "people's republic of china": "CN", "prc": "CN", "republic of china": "TW", "hong kong": "HK", "macau": "MO",
    "iran": "IR", "laos": "LA", "brunei": "BN", "tanzania": "TZ", "bolivia": "BO", "venezuela": "VE",
    "el": "GR", "hellas": "GR",
}  # fmt: skip


def plain(text: str) -> str:
    """How names of countries are compared: no case, no difference in spacing."""
    return " ".join(
        unicodedata.normalize("NFKC", text).casefold().replace("*", " ").replace("_", " ").split()
    )


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Code by every name and by the code itself."""
    out: dict[str, str] = {}
    for language in schema.LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                out.setdefault(plain(name), code)
                out[plain(code)] = code
    # FIN for FI: to CLDR, codes of three letters are other names of those of two.
    for other, codes in get_global("territory_aliases").items():
        if len(other) == 3 and other.isalpha() and len(codes) == 1 and len(codes[0]) == 2:
            out.setdefault(plain(other), codes[0])
    return {k: v for k, v in _ALSO.items() if len(k) > 2} | out | {"uk": "GB"}


@lru_cache(maxsize=8192)
def code(text: str) -> str | None:
    """ISO 3166-1 code of a country, or of the last part of "Ohio, United States"; None for what names none."""
    found = names().get(plain(text))
    if found is None and "," in text:
        found = names().get(plain(text.rsplit(",", 1)[1]))
    return found
