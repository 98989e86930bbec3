"""What would meet fewer findings than the contact that is thought of."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_date

from graph import clock
from graph.answers import Named
from graph.answers_acting import Check, Suggestion
from graph.questions import foretell as foretelling
from graph.questions.asking import Asking
from graph.questions.foretell import Around, Foretold, Proposed

MOST_READ = 300  # contacts around another day; where there are more, no day is likely to be clear

_TEXT = {
    "join": {
        "en": "{department} meets them on {day}; join?",
        "fi": "{department} tapaa heidät {day}; liittyisitkö mukaan?",
        "sv": "{department} träffar dem {day}; vill du vara med?",
    },
    "date": {
        "en": "On {day} nothing would overlap.",
        "fi": "Päivänä {day} mikään ei menisi päällekkäin.",
        "sv": "Den {day} skulle inget överlappa.",
    },
    "fewer": {
        "en": "On {day} fewer dealings would overlap.",
        "fi": "Päivänä {day} päällekkäisyyksiä olisi vähemmän.",
        "sv": "Den {day} skulle färre förbindelser överlappa.",
    },
    "lead": {
        "en": "{department} leads the cooperation: tell them, or let them make the contact.",
        "fi": "{department} vastaa yhteistyöstä: kerro heille tai anna heidän ottaa yhteyttä.",
        "sv": "{department} leder samarbetet: berätta för dem, eller låt dem ta kontakten.",
    },
}


@lru_cache(maxsize=4_000)
def _long(day: str, language: str) -> str:
    return format_date(date.fromisoformat(day), format="long", locale=language)


def suggestions(
    asking: Asking,
    contact: Proposed,
    near: Around,
    foretold: Foretold,
    answer: Check,
    language: str,
) -> list[Suggestion]:
    """Joining what is planned near the day, another day, the lead department; none when all is clear."""
    if not foretold.rows:
        return []
    known = language if language in ("en", "fi", "sv") else "en"
    own = {d for d, _ in contact.departments}
    days = foretelling.reach(asking.settings)

    def said(kind: str, text: str, **more: object) -> Suggestion:
        day = more.get("date")
        department = more.get("department")
        name = ""
        if isinstance(department, Named):
            name = asking.base.called("Department", department.id, language) or department.name
        shown = _long(day, known) if isinstance(day, str) else ""
        sentence = _TEXT[text][known].format(department=name, day=shown)
        return Suggestion.model_validate(
            {"kind": kind, "date": None, "contact": None, "department": None, "text": sentence, **more}
        )

    out = []
    for plan in answer.planned:
        others = [d for d in plan.departments if d.id not in own]
        close = abs(clock.ordinal(plan.date) - contact.lo) <= days
        if others and close and len(others) == len(plan.departments):
            out.append(said("join", "join", date=plan.date, contact=plan.id, department=others[0]))
    out += [
        said("lead", "lead", department=lead.department)
        for lead in answer.lead
        if any(f.rule == "C5" for f in answer.findings) and lead.department.id not in own
    ]
    for day, left in _other_days(asking, contact, near, foretold):
        out.append(said("date", "date" if not left else "fewer", date=clock.iso(day)))
    return out


def _other_days(asking: Asking, contact: Proposed, near: Around, foretold: Foretold) -> list[tuple[int, int]]:
    """(day, findings left) for the first day after and the last one before all that it would be linked with."""
    pairs = [row for row in foretold.rows if row["contacts"] > 1 or row["possible"]]
    if not pairs or max(len(foretold.raw.id), *(row["contacts"] for row in pairs)) > MOST_READ:
        return []
    days = foretelling.reach(asking.settings, foretelling.concerned(asking.settings, contact, near))
    length = contact.hi - contact.lo
    windows = [row["window"] for row in pairs]
    linked = [
        (lo, hi)
        for lo, hi in zip(foretold.raw.lo, foretold.raw.hi, strict=True)
        if hi >= contact.lo - days and lo <= contact.hi + days
    ]
    if not linked:
        return []
    after = max(hi for _, hi in linked) + max(windows) + 1
    before = min(lo for lo, _ in linked) - max(windows) - 1 - length
    out = []
    for day in (before, after):
        if day <= asking.today.toordinal():
            continue
        since, until = day - 2 * days, day + length + 2 * days
        if foretelling.open_ones(asking, near.family, since, until) > MOST_READ:
            continue
        raw = foretelling.read_window(asking, near.family, contact.persons, since, until)
        left = foretelling.again(asking, contact.moved(day), near, raw)
        if len(left) < len(foretold.rows):
            out.append((day, len(left)))
    return out
