"""The nearest miss of a finding: what little would have to be different for it not to be there."""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.rules.base import Found
from graph.rules.counted import filled

_BY_GAP = ("O1", "O2", "O3", "O4", "O6")  # rules whose setting `days` is the largest gap that links
_LAST = date.max.toordinal()

MISSES: dict[str, dict[str, str]] = {
    "silent_at": {
        "en": "It would not fire at {days:day|days} or fewer.",
        "fi": "Havaintoa ei syntyisi, jos raja olisi enintään {days:päivä|päivää}.",
        "sv": "Det skulle inte bli något fynd med en gräns på högst {days:dag|dagar}.",
    },
    "always": {
        "en": "No smaller window would silence it: two contacts share a day.",
        "fi": "Pienempi raja ei poistaisi havaintoa: kahdella yhteydellä on yhteinen päivä.",
        "sv": "Ingen mindre gräns skulle ta bort fyndet: två förbindelser har en gemensam dag.",
    },
    "D1": {
        "en": "It would not fire if day, channel, topics or summary of one of the two were another.",
        "fi": "Havaintoa ei syntyisi, jos toisen kirjauksen päivä, kanava, aiheet tai tiivistelmä olisi toinen.",
        "sv": "Det skulle inte bli något fynd om dagen, kanalen, ämnena eller sammanfattningen i den ena vore en "
        "annan.",
    },
    "O5": {
        "en": "It would not fire if {contacts:contact|contacts} or more were needed.",
        "fi": "Havaintoa ei syntyisi, jos vaadittaisiin vähintään {contacts:yhteys|yhteyttä}.",
        "sv": "Det skulle inte bli något fynd om det krävdes minst {contacts:förbindelse|förbindelser}.",
    },
    "O7": {
        "en": "It would not fire if shared members had to be {union} per cent of all and {smaller} per cent of the "
        "smaller network.",
        "fi": "Havaintoa ei syntyisi, jos yhteisiä jäseniä pitäisi olla {union} prosenttia kaikista ja {smaller} "
        "prosenttia pienemmän verkoston jäsenistä.",
        "sv": "Det skulle inte bli något fynd om de gemensamma medlemmarna måste vara {union} procent av alla och "
        "{smaller} procent av det mindre nätverkets.",
    },
    "C1": {
        "en": "It would not fire if one of the positions had ended before {day}.",
        "fi": "Havaintoa ei syntyisi, jos toinen kanta olisi päättynyt ennen päivää {day}.",
        "sv": "Det skulle inte bli något fynd om den ena ståndpunkten hade upphört före {day}.",
    },
    "C2": {
        "en": "It would not fire if the later commitment replaced the earlier one, or said the same.",
        "fi": "Havaintoa ei syntyisi, jos myöhempi sitoumus korvaisi aiemman tai sanoisi samaa.",
        "sv": "Det skulle inte bli något fynd om det senare åtagandet ersatte det tidigare eller sade detsamma.",
    },
    "C2 resource": {
        "en": "It would not fire if together they took no more than there is.",
        "fi": "Havaintoa ei syntyisi, jos ne veisivät yhteensä enintään sen, mitä on.",
        "sv": "Det skulle inte bli något fynd om de tillsammans inte tog mer än vad som finns.",
    },
    "C3": {
        "en": "It would not fire if both said the same, or the core message had not been valid then.",
        "fi": "Havaintoa ei syntyisi, jos molemmat sanoisivat samaa tai ydinviesti ei olisi ollut silloin voimassa.",
        "sv": "Det skulle inte bli något fynd om båda sade detsamma eller om kärnbudskapet inte hade gällt då.",
    },
    "C4 suspended": {
        "en": "It would not fire if the restriction exempted the department or the purpose.",
        "fi": "Havaintoa ei syntyisi, jos rajoitus vapauttaisi organisaation tai tarkoituksen.",
        "sv": "Det skulle inte bli något fynd om begränsningen undantog enheten eller syftet.",
    },
    "C4 approval_needed": {
        "en": "It would not fire if the contact named its approval.",
        "fi": "Havaintoa ei syntyisi, jos yhteydelle olisi kirjattu lupa.",
        "sv": "Det skulle inte bli något fynd om förbindelsen angav sitt tillstånd.",
    },
    "C4 channel_only": {
        "en": "It would not fire if the contact were made by an allowed channel.",
        "fi": "Havaintoa ei syntyisi, jos yhteys olisi otettu sallittua kanavaa pitkin.",
        "sv": "Det skulle inte bli något fynd om förbindelsen togs genom en tillåten kanal.",
    },
    "C5": {
        "en": "It would not fire if the lead had been told on {day} or earlier.",
        "fi": "Havaintoa ei syntyisi, jos vastuutaholle olisi kerrottu viimeistään {day}.",
        "sv": "Det skulle inte bli något fynd om den huvudansvariga hade fått veta senast {day}.",
    },
    "G1 commitment": {
        "en": "It would not fire if the commitment were marked as kept, broken or withdrawn.",
        "fi": "Havaintoa ei syntyisi, jos sitoumus olisi merkitty pidetyksi, rikotuksi tai perutuksi.",
        "sv": "Det skulle inte bli något fynd om åtagandet var märkt som hållet, brutet eller återtaget.",
    },
    "G1 partner": {
        "en": "It would not fire after one held contact within {days:day|days}, or with one planned within {planned}.",
        "fi": "Havaintoa ei syntyisi, jos yksikin yhteys olisi toteutunut {days} päivän sisällä tai suunniteltu "
        "{planned} päivän sisälle.",
        "sv": "Det skulle inte bli något fynd med en enda förbindelse genomförd inom {days:dag|dagar} eller planerad "
        "inom {planned}.",
    },
}


def _iso(day: int) -> str:
    return date.fromordinal(min(max(day, 1), _LAST)).isoformat()


def nearest_miss(found: Found) -> dict[str, Any]:
    """The nearest miss as a piece: its name, values, and a sentence in each language."""
    values: dict[str, Any] = {}
    name = found.rule
    if name in _BY_GAP:
        gap = found.smallest_gap or 0
        name, values = ("silent_at", {"days": gap - 1}) if gap else ("always", {})
    elif name == "O5":
        values = {"contacts": int(found.detail["most"]) + 1}
    elif name == "O7":
        shared, union, smaller = (int(found.detail[k]) for k in ("shared", "union", "smaller"))
        values = {"union": 100 * shared // union + 1, "smaller": 100 * shared // smaller + 1}
    elif name == "C1":
        values = {"day": _iso(found.first)}
    elif name == "C2" and found.subject[0] == "resource":
        name = "C2 resource"
    elif name == "C4":
        name = f"C4 {found.detail['kind']}"
    elif name == "C5":
        values = {"day": _iso(found.first - int(found.settings["days"]))}
    elif name == "G1":
        name = f"G1 {found.subject[0]}"
        values = {k: found.settings[k] for k in ("days", "planned") if k in found.settings}
    texts = {language: filled(text, values) for language, text in MISSES[name].items()}
    return {"piece": name, "values": values, "text": texts}
