"""Days and moments. Days are ISO text outside and ordinals (`date.toordinal`) inside."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from graph.errors import BadInput

HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> str:
    """This moment, UTC, to the microsecond, in a form whose text order is the order in time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def microseconds(moment: str) -> int:
    """Microseconds since 1970 of a moment written by `now`."""
    delta = datetime.fromisoformat(moment) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment(microseconds_utc: int | None) -> str:
    """The text of a moment in microseconds since 1970 UTC, as `now` writes it; "" for None."""
    if microseconds_utc is None:
        return ""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (epoch + timedelta(microseconds=microseconds_utc)).isoformat(timespec="microseconds")


def today() -> date:
    """Today in Helsinki."""
    return datetime.now(HELSINKI).date()


def ordinal(text: str | date) -> int:
    """The ordinal of a day given as ISO text; BadInput otherwise."""
    if isinstance(text, date):
        return text.toordinal()
    try:
        return date.fromisoformat(text).toordinal()
    except (TypeError, ValueError):
        raise BadInput(
            f"{text!r} is not a day: write it as year-month-day, for example 2026-03-14."
        ) from None


def iso(day: int | None) -> str | None:
    """ISO text of an ordinal, None for None; a day beyond the calendar (an open end) is its last day."""
    if day is None:
        return None
    return date.fromordinal(min(max(day, 1), date.max.toordinal())).isoformat()


def helsinki_day(microseconds_utc: int) -> int:
    """Ordinal of the Helsinki day of a moment in microseconds since 1970 UTC."""
    return datetime.fromtimestamp(microseconds_utc / 1e6, HELSINKI).date().toordinal()


@lru_cache(maxsize=50_000)
def days_of(start: str, end: str | None, precision: str) -> tuple[int, int]:
    """`[lo, hi]` of a contact as rules.md defines: its days, or its month, or its year."""
    day = date.fromisoformat(start)
    last = date.fromisoformat(end) if end else day
    if last < day:
        raise BadInput(f"The end date {end} is before the date {start}.")
    if precision == "month":
        return (
            day.replace(day=1).toordinal(),
            last.replace(day=calendar.monthrange(last.year, last.month)[1]).toordinal(),
        )
    if precision == "year":
        return date(day.year, 1, 1).toordinal(), date(last.year, 12, 31).toordinal()
    return day.toordinal(), last.toordinal()
