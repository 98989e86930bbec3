"""Rules that a check could not ask, and what they would need, in the asker's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.answers_acting import NotEvaluated
from graph.questions.asking import Asking
from graph.rules import RULES
from graph.schema import CHANNELS, PURPOSES

if TYPE_CHECKING:
    from graph.questions.check import Question, Understood

_WHY = {
    "area": {
        "en": "No area or topic was given: overlaps are looked for by area.",
        "fi": "Aluetta tai aihetta ei annettu: päällekkäisyyksiä etsitään alueittain.",
        "sv": "Inget område eller ämne angavs: överlappningar söks efter område.",
    },
    "purpose": {
        "en": "No purpose was given: say what it is for ({purposes}).",
        "fi": "Tarkoitusta ei annettu: kerro, mitä varten ({purposes}).",
        "sv": "Inget syfte angavs: säg vad det är till för ({purposes}).",
    },
    "person": {
        "en": "No counterpart person was given.",
        "fi": "Vastapuolen henkilöä ei annettu.",
        "sv": "Ingen person hos motparten angavs.",
    },
    "channel": {
        "en": "No channel was given: say how ({channels}).",
        "fi": "Kanavaa ei annettu: kerro, miten ({channels}).",
        "sv": "Ingen kanal angavs: säg hur ({channels}).",
    },
    "position": {
        "en": "A contact takes no position by itself; positions are entered with it, the core messages stand beside.",
        "fi": "Yhteys ei sinänsä ota kantaa; kannat kirjataan sen yhteydessä, ydinviestit näkyvät vieressä.",
        "sv": "En förbindelse tar inte ställning i sig; ståndpunkter antecknas med den, kärnbudskapen står bredvid.",
    },
    "commitment": {
        "en": "A contact promises nothing by itself; commitments are entered with it.",
        "fi": "Yhteys ei sinänsä lupaa mitään; sitoumukset kirjataan sen yhteydessä.",
        "sv": "En förbindelse lovar inget i sig; utfästelser antecknas med den.",
    },
    "off": {
        "en": "The rule is switched off in the settings.",
        "fi": "Sääntö on pois päältä asetuksissa.",
        "sv": "Regeln är avstängd i inställningarna.",
    },
}


def not_evaluated(asking: Asking, q: Question, meant: Understood) -> list[NotEvaluated]:
    """Rules that the question does not say enough for, and what they need."""
    missing = {
        "O1": ("area", not (meant.areas or meant.topics)),
        "O2": ("purpose", not q.purposes),
        "O3": ("person", not meant.persons),
        "O4": ("channel", not q.channel),
        "O6": ("area", not (meant.areas or meant.topics)),
        "C1": ("position", True),
        "C2": ("commitment", True),
        "C3": ("position", True),
    }

    def why(name: str) -> str:
        text = _WHY[name].get(q.language, _WHY[name]["en"])
        return text.format(purposes=", ".join(PURPOSES), channels=", ".join(CHANNELS))

    out = []
    for rule in RULES:
        if not asking.settings.on(rule):
            out.append(NotEvaluated(rule=rule, why=why("off")))
        elif rule in missing and missing[rule][1]:
            out.append(NotEvaluated(rule=rule, why=why(missing[rule][0])))
    return out
