"""A finding in a sentence that a coordinator reads, in Finnish, Swedish or English."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from graph.answers import FindingCard
from graph.clock import ordinal
from graph.rules.counted import filled

_TEXT = {
    "O1": {
        "en": "{departments} have dealt with {partner} about {subject}: {contacts:contact|contacts} between {first} and "
        "{last}, the closest {gap:day|days} apart (the rule looks at {days:day|days} or fewer).",
        "fi": "{departments}: yhteyksiä kumppaniin {partner} aiheesta {subject}. {contacts:yhteys|yhteyttä} ajalla "
        "{first}–{last}, lähimmillään {gap} päivän välein (raja {days:päivä|päivää}).",
        "sv": "{departments}: förbindelser med {partner} om {subject}. {contacts:förbindelse|förbindelser} {first}–{last}, "
        "som närmast med {gap:dags|dagars} mellanrum (gränsen är {days:dag|dagar}).",
    },
    "D1": {
        "en": "{departments} has entered the same dealing with {partner} ({span}) {contacts:time|times}.",
        "fi": "{departments} on kirjannut saman yhteyden kumppaniin {partner} ({span}) {contacts:kerran|kertaa}.",
        "sv": "{departments} har fört in samma förbindelse med {partner} ({span}) {contacts:gång|gånger}.",
    },
    "O2": {
        "en": "{departments} each ask {partner} for something: {contacts:contact|contacts} between {first} and {last}, the "
        "closest {gap:day|days} apart (the rule looks at {days:day|days} or fewer).",
        "fi": "{departments}: kukin pyytää jotakin kumppanilta {partner}. {contacts:yhteys|yhteyttä} ajalla "
        "{first}–{last}, lähimmillään {gap} päivän välein (raja {days:päivä|päivää}).",
        "sv": "{departments}: var och en ber {partner} om något. {contacts:förbindelse|förbindelser} {first}–{last}, som "
        "närmast med {gap:dags|dagars} mellanrum (gränsen är {days:dag|dagar}).",
    },
    "O3": {
        "en": "{departments} have dealt with the same person, {subject}: {contacts:contact|contacts} between {first} and "
        "{last}, the closest {gap:day|days} apart (the rule looks at {days:day|days} or fewer).",
        "fi": "{departments}: yhteyksiä samaan henkilöön, {subject}. {contacts:yhteys|yhteyttä} ajalla {first}–{last}, "
        "lähimmillään {gap} päivän välein (raja {days:päivä|päivää}).",
        "sv": "{departments}: förbindelser med samma person, {subject}. {contacts:förbindelse|förbindelser} {first}–{last}, "
        "som närmast med {gap:dags|dagars} mellanrum (gränsen är {days:dag|dagar}).",
    },
    "O4": {
        "en": "Parallel visits of {departments} and {partner}: {contacts} between {first} and {last}, the closest "
        "{gap:day|days} apart (the rule looks at {days:day|days} or fewer).",
        "fi": "{departments} ja {partner}: rinnakkaisia vierailuja {contacts} ajalla {first}–{last}, lähimmillään "
        "{gap} päivän välein (raja {days:päivä|päivää}).",
        "sv": "{departments} och {partner}: parallella besök, {contacts} under {first}–{last}, som närmast med "
        "{gap:dags|dagars} mellanrum (gränsen är {days:dag|dagar}).",
    },
    "O5": {
        "en": "{departments} load {partner}: {contacts:contact|contacts} between {first} and {last}, up to {most} of them "
        "within {days:day|days}.",
        "fi": "{departments} kuormittavat kumppania {partner}: {contacts:yhteys|yhteyttä} ajalla {first}–{last}, "
        "enimmillään {most:yhteys|yhteyttä} {days} päivän aikana.",
        "sv": "{departments} belastar {partner}: {contacts:förbindelse|förbindelser} {first}–{last}, som mest {most} inom "
        "{days:dag|dagar}.",
    },
    "O6": {
        "en": "{departments} have dealt with the family of {partner} about {subject}: {contacts:contact|contacts} between "
        "{first} and {last}, the closest {gap:day|days} apart (the rule looks at {days:day|days} or fewer).",
        "fi": "{departments}: yhteyksiä kumppaniperheeseen {partner} aiheesta {subject}. {contacts:yhteys|yhteyttä} "
        "ajalla {first}–{last}, lähimmillään {gap} päivän välein (raja {days:päivä|päivää}).",
        "sv": "{departments}: förbindelser med partnerfamiljen {partner} om {subject}. {contacts:förbindelse|förbindelser} "
        "{first}–{last}, som närmast med {gap:dags|dagars} mellanrum (gränsen är {days:dag|dagar}).",
    },
    "O7": {
        "en": "{departments} pay for {subject}, whose members are much the same: {shared} of {union} are in both.",
        "fi": "{departments}: maksullinen jäsenyys verkostoissa {subject}, joiden jäsenet ovat pitkälti samat: "
        "{shared}/{union} on molemmissa.",
        "sv": "{departments} betalar för {subject}, som till stor del har samma medlemmar: {shared} av {union} är "
        "med i båda.",
    },
    "C2": {
        "en": "Commitments of {departments} do not go together: {subject} ({contacts:commitment|commitments}).",
        "fi": "{departments}: sitoumukset eivät sovi yhteen, {subject} ({contacts:sitoumus|sitoumusta}).",
        "sv": "{departments}: åtaganden som inte går ihop, {subject} ({contacts:åtagande|åtaganden}).",
    },
    "C3": {
        "en": "{departments} spoke against the core message on {subject} ({span}).",
        "fi": "{departments}: ydinviestistä poikkeava kanta asiassa {subject} ({span}).",
        "sv": "{departments}: en ståndpunkt mot kärnbudskapet i frågan {subject} ({span}).",
    },
    "C3 bank": {
        "en": "Core messages on {subject} disagree on the same days.",
        "fi": "Ydinviestit asiassa {subject} ovat samoina päivinä eri mieltä.",
        "sv": "Kärnbudskapen i frågan {subject} är oense under samma dagar.",
    },
    "C5": {
        "en": "A contact of {departments} with {partner} ({span}) passes by the lead, who was not told {days:day|days} "
        "before.",
        "fi": "{departments}: yhteys kumppaniin {partner} ({span}) ohittaa vastuutahon, jolle ei kerrottu {days} "
        "päivää ennen.",
        "sv": "{departments}: en förbindelse med {partner} ({span}) går förbi den huvudansvariga, som inte fick "
        "veta {days:dag|dagar} i förväg.",
    },
    "G1 us": {
        "en": "A commitment of ours ({subject}) was due on {first} and is still open.",
        "fi": "Sitoumuksemme ({subject}) määräpäivä oli {first}, ja se on yhä avoin.",
        "sv": "Ett åtagande av oss ({subject}) förföll {first} och är fortfarande öppet.",
    },
    "G1 them": {
        "en": "A commitment of {partner} ({subject}) was due on {first} and is still open.",
        "fi": "Kumppanin {partner} sitoumuksen ({subject}) määräpäivä oli {first}, ja se on yhä avoin.",
        "sv": "Ett åtagande av {partner} ({subject}) förföll {first} och är fortfarande öppet.",
    },
    "G1": {
        "en": "Nobody has met the key partner {partner} within {days:day|days}, and nothing is planned.",
        "fi": "Avainkumppania {partner} ei ole tavattu {days} päivään, eikä mitään ole suunniteltu.",
        "sv": "Ingen har träffat nyckelpartnern {partner} på {days:dag|dagar}, och inget är planerat.",
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
    variant = "bank" if detail.get("bank") else str(detail.get("by", ""))
    texts = _TEXT.get(f"{card.rule} {variant}") or _TEXT.get(card.rule)
    if texts is None:
        return ""

    def day(text: str) -> str:
        if ordinal(text) >= _FOREVER:
            return "…"
        return format_date(_date(text), format="medium", locale=language)

    values = {
        "departments": format_list([d.name for d in card.departments], locale=language),
        "partner": card.partner.name if card.partner else "",
        "subject": card.subject.name,
        "contacts": card.contacts,
        "first": day(card.first),
        "last": day(card.last),
        "span": day(card.first) if card.first == card.last else f"{day(card.first)}–{day(card.last)}",
        "gap": card.smallest_gap_days,
        "days": settings.get("days", ""),
        "most": detail.get("most", ""),
        "shared": detail.get("shared", ""),
        "union": detail.get("union", ""),
    }
    sentence = filled(texts[language], values)
    if not card.certain:
        sentence += _POSSIBLE[language]
    if detail.get("one_meeting"):
        sentence += _JOINT[language]
    return sentence


def _date(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)
