"""Bring the catalogues up to date with the texts in code and templates: `python -m api.translations`.

New texts come in empty, changed ones marked fuzzy, and the tests fail until somebody has translated them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.i18n import DEFAULT, LANGUAGES, LOCALES
from api.i18n import DOMAIN as PAGES
from graph.maps.texts import DOMAIN as MAPS
from graph.maps.texts import HERE as MAP_LOCALES

ROOT = Path(__file__).parents[1]
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract")]


@dataclass(frozen=True)
class Domain:
    """One set of catalogues and the folders whose texts it holds."""

    name: str
    locales: Path
    folders: tuple[Path, ...]

    def path(self, language: str) -> Path:
        return self.locales / language / "LC_MESSAGES" / f"{self.name}.po"


DOMAINS = (
    Domain(PAGES, LOCALES, (ROOT / "api" / "pages", ROOT / "api" / "templates")),
    Domain(MAPS, MAP_LOCALES, (ROOT / "graph" / "maps",)),
)


def extracted(domain: Domain) -> Catalog:
    """Every text of the domain, with the files it stands in."""
    catalog = Catalog(project="Kumppani", charset="utf-8")
    for folder in domain.folders:
        for name, _, message, comments, context in extract_from_dir(
            folder, _METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
        ):
            # Lines are left out: they would change with every edit.
            place = (folder / name).relative_to(ROOT).as_posix()
            places: Any = [(place, None)]
            catalog.add(message, locations=places, auto_comments=comments, context=context)
    return catalog


def read(domain: Domain, language: str) -> Catalog:
    """The catalogue as it stands; an empty one where there is no file."""
    path = domain.path(language)
    if not path.is_file():
        return Catalog(locale=language, project="Kumppani", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def texts_of(message: Message) -> list[str]:
    """What a message is translated to: one text, or one per plural form."""
    string: Any = message.string
    return [string] if isinstance(string, str) else list(string or [""])


def updated(domain: Domain, language: str) -> Catalog:
    """The catalogue with just the texts that there are now."""
    catalog = read(domain, language)
    catalog.update(extracted(domain), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if language == DEFAULT:
        for message in catalog:
            if message.id and not all(texts_of(message)):
                message.string = message.id
    return catalog


def main() -> None:
    """Write every catalogue anew, sorted, so that a change shows as what it is."""
    for domain in DOMAINS:
        for language in LANGUAGES:
            path = domain.path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalog = updated(domain, language)
            with path.open("wb") as file:
                # No header: it holds a date, and all else in it follows from the language.
                write_po(file, catalog, sort_output=True, width=110, omit_header=True, include_lineno=False)


if __name__ == "__main__":
    main()
