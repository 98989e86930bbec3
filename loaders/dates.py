"""Days in cells: written as the mapping says, never guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from graph.errors import BadInput

_PART = {"YYYY": r"(?P<y>\d{4})", "MM": r"(?P<m>\d{1,2})", "DD": r"(?P<d>\d{1,2})", "M": r"(?P<m>\d{1,2})",
         "D": r"(?P<d>\d{1,2})"}  # fmt: skip
_TOKEN = re.compile(r"YYYY|MM|DD|M|D")
ISO = "YYYY-MM-DD"
ORDERS = ("DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "DD.MM.YYYY", "YYYY-MM-DD", "YYYY/MM/DD")


# The number of a day in a spreadsheet. 60 is a day that Excel invented, so what comes before is not taken.
SERIALS = {"SERIAL": date(1899, 12, 30), "SERIAL1904": date(1904, 1, 1)}
_SERIAL = re.compile(r"\d{2,7}(?:\.\d+)?")


@lru_cache(maxsize=64)
def pattern(form: str) -> re.Pattern[str]:
    """A regular expression for a form such as DD-MM-YYYY; BadInput for one without day, month and year."""
    if form in SERIALS:
        return _SERIAL
    out, at = "", 0
    for token in _TOKEN.finditer(form):
        out += re.escape(form[at : token.start()]) + _PART[token.group()]
        at = token.end()
    out += re.escape(form[at:])
    try:
        made = re.compile(out)
    except re.error:
        made = re.compile("")
    if set(made.groupindex) != {"y", "m", "d"}:
        raise BadInput(f"the date form {form!r} needs YYYY, MM and DD once each, such as DD.MM.YYYY.")
    return made


def fits(text: str, form: str) -> date | None:
    """The day that a text is in a form, None when it is none."""
    hit = pattern(form).fullmatch(text)
    if hit is None:
        return None
    if form in SERIALS:
        number = int(float(text))
        if (form == "SERIAL" and number <= 60) or number > 2_900_000:
            return None
        return SERIALS[form] + timedelta(days=number)
    try:
        return date(int(hit["y"]), int(hit["m"]), int(hit["d"]))
    except ValueError:
        return None


@lru_cache(maxsize=20_000)
def day(text: str, forms: tuple[str, ...]) -> str:
    """ISO text of a day written in one of the forms.

    Raises:
        BadInput: no form fits, two fit with different days, or the day does not exist; names what would.
    """
    text = text.strip()
    if len(text) >= 19 and text[10] in "T " and text[11:19] == "00:00:00":
        text = text[:10]
    found = {d for form in forms if (d := fits(text, form)) is not None}
    if len(found) == 1:
        return found.pop().isoformat()
    if found:
        options = " or ".join(sorted(d.isoformat() for d in found))
        raise BadInput(f"{text!r} fits two date forms ({options}); write it as year-month-day.")
    other = {d: form for form in ORDERS if form not in forms and (d := fits(text, form)) is not None}
    if len(other) > 1:
        options = " or ".join(sorted(d.isoformat() for d in other))
        raise BadInput(f"{text!r} could be {options}; write it as year-month-day.")
    if other:
        only = next(iter(other))
        raise BadInput(f"{text!r} is not written as {' or '.join(forms)}; is it {only.isoformat()}?")
    if any(pattern(form).fullmatch(text) for form in forms):
        raise BadInput(f"{text!r} is a day that does not exist.")
    raise BadInput(f"{text!r} is not a day written as {' or '.join(forms)}.")
