"""Writes contacts.csv from ties.csv: python -m loaders.demo.make_contacts

The contacts of the demo are invented. A line of ties.csv says who deals with whom about what, how often and
how; this script lays it out over days. The same ties.csv always gives the same contacts.csv, which is
committed and is what the demo loads; a person may edit either.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = (
    "id", "date", "end_date", "precision", "status", "channel", "mode", "initiative", "purposes", "place",
    "summary", "confidentiality", "joint", "approval", "departments", "takes_part", "partners", "via",
    "persons", "areas", "topics", "example", "reference",
)  # fmt: skip

# What is dated later is planned. Fixed, so that the demo is the same on every day.
PLANNED_FROM = date(2026, 12, 1)
SUMMARIES = {
    "meeting": ("Meeting on {about}", "Working meeting: {about}", "Follow-up meeting on {about}"),
    "call": ("Call on {about}", "Video call: {about}", "Short call about {about}"),
    "letter": ("Letter on {about}", "Formal letter: {about}"),
    "message": ("Material sent: {about}", "Exchange of messages on {about}"),
    "event": ("Seminar: {about}", "Speech at an event on {about}", "Panel on {about}"),
    "visit_out": ("Study visit: {about}",),
    "visit_in": ("Visitors received: {about}",),
    "delegation_out": ("Delegation abroad: {about}",),
    "delegation_in": ("Delegation received: {about}",),
}
RECEIVED = {
    "call": ("Call received on {about}",),
    "letter": ("Letter received on {about}",),
    "message": ("Material received: {about}",),
}
REMOTE = {"call", "message"}
THEIRS = {"visit_in", "delegation_in"}
LONG = {"visit_out", "visit_in", "delegation_out", "delegation_in"}


def working_day(day: date) -> date:
    """The next day on which a city office would hold a meeting: not at a weekend, in July or at Christmas."""
    if day.month == 7:
        day = day.replace(month=6 if day.day < 13 else 8, day=3 + day.day // 2)
    elif (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6):
        day = date(day.year + (day.month == 12), 1, 9 + day.day // 4)
    while day.weekday() >= 5 or (day.month, day.day) in ((5, 1), (12, 6)):
        day += timedelta(days=1)
    return day


def initials(department: str) -> str:
    return "".join(word[0] for word in department.split("-"))


def contacts_of(tie: dict[str, str], cities: dict[str, str]) -> Iterator[dict[str, str]]:
    """The contacts of one line of ties.csv, in the order of their days."""
    partner, topic, department = tie["partner"], tie["topic"], tie["department"]
    chance = random.Random(f"{department} {partner} {topic}")
    channels = tie["channels"].split("|")
    purposes = tie["purposes"].split("|")
    day, end, every = date.fromisoformat(tie["start"]), date.fromisoformat(tie["end"]), int(tie["every"])
    number = 0
    while day <= end:
        number += 1
        held = working_day(day)
        channel = channels[(number - 1) % len(channels)]
        coarse = channel in ("message", "letter") and held < PLANNED_FROM and chance.random() < 0.25
        planned = held >= PLANNED_FROM
        called_off = chance.random() < 0.03
        # No visit is left over a weekend: it would end on a day when offices are closed.
        length = chance.choice((0, 1, 1, 2)) if channel in LONG else 0
        last = held + timedelta(days=min(length, 4 - held.weekday()))
        theirs = channel in THEIRS or (channel in ("letter", "message", "call") and chance.random() < 0.25)
        texts = RECEIVED.get(channel, SUMMARIES[channel]) if theirs else SUMMARIES[channel]
        abroad = channel in ("visit_out", "delegation_out")
        yield {
            "id": f"c-{partner.removeprefix('p-')}-{initials(department)}-{topic}-{number}",
            "date": held.replace(day=1).isoformat() if coarse else held.isoformat(),
            "end_date": last.isoformat() if last > held else "",
            "precision": "month" if coarse else "day",
            "status": "cancelled" if called_off else "planned" if planned else "held",
            "channel": channel,
            "mode": "" if channel == "letter" else "remote" if channel in REMOTE else "in_person",
            "initiative": "theirs" if theirs else "ours",
            "purposes": purposes[(number - 1) % len(purposes)],
            "place": cities.get(partner, "") if abroad else "Helsinki" if channel in THEIRS else "",
            "summary": chance.choice(texts).format(about=tie["about"]),
            "confidentiality": "public" if channel in ("event", *LONG) else "internal",
            "departments": department,
            "takes_part": tie["takes_part"] or ("international-affairs" if "delegation" in channel else ""),
            "partners": partner,
            "topics": topic,
            "example": "yes",
            "reference": "Invented example",
        }
        day += timedelta(days=round(every * chance.uniform(0.8, 1.2)))


def rows() -> list[dict[str, str]]:
    """All generated contacts, in the order of their days."""
    with (HERE / "partners.csv").open(encoding="utf-8", newline="") as file:
        cities = {r["id"]: r["name"] for r in csv.DictReader(file) if r["kind"] == "city"}
    with (HERE / "ties.csv").open(encoding="utf-8", newline="") as file:
        made = [c for tie in csv.DictReader(file) for c in contacts_of(tie, cities)]
    for contact in made:
        if contact["takes_part"] == contact["departments"]:
            contact["takes_part"] = ""
    return sorted(made, key=lambda c: (c["date"], c["id"]))


def main() -> None:
    with (HERE / "contacts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    main()
