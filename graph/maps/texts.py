"""Translated texts straight from .po files: compiled in memory, so there is no build step to forget."""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent / "locale"
DOMAIN = "maps"


@lru_cache(maxsize=32)
def translations(folder: Path, domain: str, language: str) -> NullTranslations:
    """The catalogue `folder/language/LC_MESSAGES/domain.po`; empty texts fall back to English.

    A language without a catalogue answers with the English texts that stand in the code.
    """
    path = folder / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def map_texts(language: str) -> NullTranslations:
    """The texts of the map in a language (fi, sv, en; English for any other)."""
    return translations(HERE, DOMAIN, language)
