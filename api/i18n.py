"""Languages of the pages: which one a request gets, its texts, its dates and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from gettext import NullTranslations
from pathlib import Path

from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from fastapi import Request

from graph.clock import HELSINKI
from graph.maps.texts import translations

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "kumppani"
LANGUAGES = {"fi": "suomi", "sv": "svenska", "en": "English"}
DEFAULT = "en"
COOKIE = "lang"


@dataclass(frozen=True)
class Language:
    """One language: its catalogue, and how it writes days, numbers and lists."""

    code: str

    @property
    def catalogue(self) -> NullTranslations:
        return translations(LOCALES, DOMAIN, self.code)

    def gettext(self, text: str) -> str:
        return self.catalogue.gettext(text) if text else ""

    def day(self, text: str | None) -> str:
        """An ISO day as this language writes it; nothing for None."""
        return format_date(date.fromisoformat(text), format="medium", locale=self.code) if text else ""

    def month(self, text: str) -> str:
        """A month given as year-month."""
        return format_skeleton("yMMMM", date.fromisoformat(f"{text[:7]}-01"), locale=self.code)

    def precise(self, text: str, precision: str) -> str:
        """A day that may be known by month or year only."""
        if precision == "year":
            return text[:4]
        return self.month(text) if precision == "month" else self.day(text)

    def moment(self, text: str | None) -> str:
        """A UTC moment in Helsinki time."""
        if not text:
            return ""
        local = datetime.fromisoformat(text).astimezone(HELSINKI).replace(tzinfo=None)
        return format_datetime(local, format="short", locale=self.code)

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.code)

    def euros(self, value: float | None) -> str:
        if value is None:
            return ""
        pattern = None if value % 1 else "#,##0\u00a0¤"
        return format_currency(
            value, "EUR", format=pattern, locale=self.code, currency_digits=bool(value % 1)
        )

    def listed(self, values: Sequence[str]) -> str:
        return format_list(list(values), locale=self.code)


def choose(request: Request) -> Language:
    """`?lang=`, else what was chosen before, else what the browser prefers, else English."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return Language(wanted)
    return Language(_preferred(request.headers.get("accept-language", "")))


def _preferred(header: str) -> str:
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            weighed.append((-weight, place, tag.strip()))
    found = negotiate_locale([tag for _, _, tag in sorted(weighed)], list(LANGUAGES), sep="-")
    return found or DEFAULT
