"""A finding in a sentence that a coordinator reads, in Finnish, Swedish or English."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from graph.answers import FindingCard
from graph.clock import ordinal

_TEXT = {
    "O1": {
        "en": "{departments} have dealt with {partner} about {subject}: {contacts} contacts between {first} and "
        "{last}, the closest {gap} days apart (the rule looks at {days} days or fewer).",
        "fi": "{departments}: yhteyksiä kumppaniin {partner} aiheesta {subject}. {contacts} yhteyttä ajalla "
        "{first}–{last}, lähimmillään {gap} päivän välein (raja {days} päivää).",
        "sv": "{departments}: förbindelser med {partner} om {subject}. {contacts} förbindelser {first}–{last}, "
        "som närmast med {gap} dagars mellanrum (gränsen är {days} dagar).",
    },
    "C1": {
        "en": "{departments} hold opposite positions on {subject} that are valid on the same days "
        "({first} to {last}).",
        "fi": "{departments}: vastakkaiset kannat asiassa {subject}, voimassa samoina päivinä "
        "({first}–{last}).",
        "sv": "{departments}: motsatta ståndpunkter i frågan {subject}, giltiga samma dagar ({first}–{last}).",
    },
    "C4": {
        "en": "A contact of {departments} with {partner} ({span}) meets a restriction: {subject}.",
        "fi": "{departments}: yhteys kumppaniin {partner} ({span}) osuu rajoitukseen: {subject}.",
        "sv": "{departments}: en förbindelse med {partner} ({span}) berörs av en begränsning: {subject}.",
    },
}
_POSSIBLE = {
    "en": " Possible: some days are known by month only.",
    "fi": " Mahdollinen: osa päivistä tiedetään vain kuukauden tarkkuudella.",
    "sv": " Möjlig: en del av dagarna är kända bara på månaden när.",
}
_JOINT = {
    "en": " One meeting? Mark the contacts as joint.",
    "fi": " Sama tapaaminen? Merkitse yhteydet yhteisiksi.",
    "sv": " Samma möte? Märk förbindelserna som gemensamma.",
}
_FOREVER = 3_650_000


def explanation(card: FindingCard, settings: dict[str, Any], detail: dict[str, Any], language: str) -> str:
    """The sentence; English where the language or the rule has none of its own."""
    language = language if language in _POSSIBLE else "en"
    texts = _TEXT.get(card.rule)
    if texts is None:
        return ""

    def day(text: str) -> str:
        if ordinal(text) >= _FOREVER:
            return "…"
        return format_date(_date(text), format="medium", locale=language)

    sentence = texts[language].format(
        departments=format_list([d.name for d in card.departments], locale=language),
        partner=card.partner.name if card.partner else "",
        subject=card.subject.name,
        contacts=card.contacts,
        first=day(card.first),
        last=day(card.last),
        span=day(card.first) if card.first == card.last else f"{day(card.first)}–{day(card.last)}",
        gap=card.smallest_gap_days,
        days=settings.get("days", ""),
    )
    if not card.certain:
        sentence += _POSSIBLE[language]
    if detail.get("one_meeting"):
        sentence += _JOINT[language]
    return sentence


def _date(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)
