"""What a feature of a score says, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True, unsafe_hash=True)  # not frozen, which costs three times as much to make
class Feature:
    """One thing that two names have in common or apart: its name and both raw values."""

    name: str
    left: str
    right: str


SENTENCES: dict[str, dict[str, str]] = {
    "same": {
        "en": "{left!r} and {right!r} are the same in what tells names apart.",
        "fi": "{left!r} ja {right!r} ovat samat siinä, mikä erottaa nimet.",
        "sv": "{left!r} och {right!r} är lika i det som skiljer namn åt.",
    },
    "known": {
        "en": "{left!r} is a known name of {right}.",
        "fi": "{left!r} on tunnettu nimi kohteelle {right}.",
        "sv": "{left!r} är ett känt namn på {right}.",
    },
    "nothing": {
        "en": "There are no letters to compare in {left!r} and {right!r}.",
        "fi": "Teksteissä {left!r} ja {right!r} ei ole verrattavia kirjaimia.",
        "sv": "Det finns inga bokstäver att jämföra i {left!r} och {right!r}.",
    },
    "spelling": {
        "en": "{left!r} and {right!r} differ by a letter or two.",
        "fi": "{left!r} ja {right!r} eroavat yhden tai kahden kirjaimen verran.",
        "sv": "{left!r} och {right!r} skiljer sig åt på en eller två bokstäver.",
    },
    "sound": {
        "en": "{left!r} and {right!r} sound the same.",
        "fi": "{left!r} ja {right!r} kuulostavat samalta.",
        "sv": "{left!r} och {right!r} låter lika.",
    },
    "joined": {
        "en": "{left!r} and {right!r} are written together or apart.",
        "fi": "{left!r} ja {right!r} on kirjoitettu yhteen tai erikseen.",
        "sv": "{left!r} och {right!r} är skrivna ihop eller isär.",
    },
    "initial": {
        "en": "{left!r} and {right!r} agree as far as the initial goes.",
        "fi": "{left!r} ja {right!r} täsmäävät alkukirjaimen osalta.",
        "sv": "{left!r} och {right!r} stämmer så långt initialen räcker.",
    },
    "nickname": {
        "en": "{left!r} and {right!r} are forms of one first name.",
        "fi": "{left!r} ja {right!r} ovat saman etunimen muotoja.",
        "sv": "{left!r} och {right!r} är former av samma förnamn.",
    },
    "short": {
        "en": "{left!r} may be short for {right!r}, or the other way round.",
        "fi": "{left!r} voi olla lyhenne nimestä {right!r} tai toisinpäin.",
        "sv": "{left!r} kan vara en förkortning av {right!r}, eller tvärtom.",
    },
    "order": {
        "en": "The words stand in another order.",
        "fi": "Sanat ovat eri järjestyksessä.",
        "sv": "Orden står i en annan ordning.",
    },
    "differ": {
        "en": "{left!r} stands where the other has {right!r}.",
        "fi": "Toisessa on {left!r}, toisessa {right!r}.",
        "sv": "Det ena har {left!r}, det andra {right!r}.",
    },
    "more": {
        "en": "Only one of them has {both!r}.",
        "fi": "Vain toisessa on {both!r}.",
        "sv": "Bara det ena har {both!r}.",
    },
    "legal": {
        "en": "The legal forms in {left!r} and {right!r} are written differently.",
        "fi": "Nimissä {left!r} ja {right!r} yritysmuodot on merkitty eri tavoin.",
        "sv": "Företagsformerna i {left!r} och {right!r} skrivs olika.",
    },
    "city_word": {
        "en": "One of {left!r} and {right!r} says that it is a city.",
        "fi": "Toinen nimistä {left!r} ja {right!r} kertoo olevansa kaupunki.",
        "sv": "Ett av {left!r} och {right!r} säger att det är en stad.",
    },
    "brackets": {
        "en": "What stands in brackets differs: {left!r} and {right!r}.",
        "fi": "Suluissa oleva eroaa: {left!r} ja {right!r}.",
        "sv": "Det som står inom parentes skiljer sig: {left!r} och {right!r}.",
    },
    "acronym": {
        "en": "{left!r} may be the abbreviation of {right!r}.",
        "fi": "{left!r} voi olla lyhenne nimestä {right!r}.",
        "sv": "{left!r} kan vara förkortningen av {right!r}.",
    },
    "consonants": {
        "en": "{left!r} and {right!r} were compared by their consonants, because one is written without vowels.",
        "fi": "{left!r} ja {right!r} on verrattu konsonanteista, koska toinen on kirjoitettu ilman vokaaleja.",
        "sv": "{left!r} och {right!r} jämfördes på konsonanterna, eftersom det ena skrivs utan vokaler.",
    },
    "other_signs": {
        "en": "{left!r} and {right!r} differ in at least one sign, which stands for a whole syllable.",
        "fi": "{left!r} ja {right!r} eroavat ainakin yhdessä merkissä, joka vastaa kokonaista tavua.",
        "sv": "{left!r} och {right!r} skiljer sig i minst ett tecken, som står för en hel stavelse.",
    },
    "looks": {
        "en": "{left!r} and {right!r} look alike but are written in letters of different scripts.",
        "fi": "{left!r} ja {right!r} näyttävät samalta, mutta ne on kirjoitettu eri kirjaimistoilla.",
        "sv": "{left!r} och {right!r} ser lika ut men är skrivna med bokstäver ur olika skriftsystem.",
    },
    "repair_mojibake": {
        "en": "{left!r} was garbled and is read as {right!r}.",
        "fi": "{left!r} oli merkistöltään rikki, ja se luetaan muodossa {right!r}.",
        "sv": "{left!r} var förvanskat och läses som {right!r}.",
    },
    "repair_invisible": {
        "en": "There are invisible characters in {left!r}; it is read as {right!r}.",
        "fi": "Tekstissä {left!r} on näkymättömiä merkkejä; se luetaan muodossa {right!r}.",
        "sv": "Det finns osynliga tecken i {left!r}; det läses som {right!r}.",
    },
    "repair_lookalike": {
        "en": "{left!r} mixes scripts by letters that look alike; it is read as {right!r}.",
        "fi": "{left!r} sekoittaa kirjaimistoja samannäköisillä kirjaimilla; se luetaan muodossa {right!r}.",
        "sv": "{left!r} blandar skriftsystem med bokstäver som ser lika ut; det läses som {right!r}.",
    },
    "repair_digits": {
        "en": "{left!r} has digits for letters; it is read as {right!r}.",
        "fi": "Sanassa {left!r} on numeroita kirjainten paikalla; se luetaan muodossa {right!r}.",
        "sv": "{left!r} har siffror i stället för bokstäver; det läses som {right!r}.",
    },
    "country": {
        "en": "Both are in {left}.",
        "fi": "Molempien maa on {left}.",
        "sv": "Båda finns i {left}.",
    },
    "country_differs": {
        "en": "The countries differ: {left} and {right}.",
        "fi": "Maat eroavat: {left} ja {right}.",
        "sv": "Länderna skiljer sig: {left} och {right}.",
    },
    "kind_differs": {
        "en": "The kinds differ: {left} and {right}.",
        "fi": "Lajit eroavat: {left} ja {right}.",
        "sv": "Slagen skiljer sig: {left} och {right}.",
    },
    "register": {
        "en": "Both carry the register id {left}.",
        "fi": "Molemmilla on rekisteritunnus {left}.",
        "sv": "Båda har registernumret {left}.",
    },
    "register_differs": {
        "en": "Their ids in one register differ: {left} and {right}.",
        "fi": "Tunnukset samassa rekisterissä eroavat: {left} ja {right}.",
        "sv": "Numren i samma register skiljer sig: {left} och {right}.",
    },
    "domain": {
        "en": "Both are at {left}.",
        "fi": "Molemmat ovat verkkotunnuksessa {left}.",
        "sv": "Båda finns på {left}.",
    },
    "parent": {
        "en": "Both belong to {left}.",
        "fi": "Molemmat kuuluvat: {left}.",
        "sv": "Båda hör till {left}.",
    },
    "parent_differs": {
        "en": "They belong to different bodies: {left} and {right}.",
        "fi": "Ne kuuluvat eri tahoille: {left} ja {right}.",
        "sv": "De hör till olika organ: {left} och {right}.",
    },
    "title": {
        "en": "The title is the same: {left}.",
        "fi": "Titteli on sama: {left}.",
        "sv": "Titeln är densamma: {left}.",
    },
    "title_differs": {
        "en": "The titles are {left} and {right}.",
        "fi": "Tittelit ovat {left} ja {right}.",
        "sv": "Titlarna är {left} och {right}.",
    },
}


def sentence(features: Iterable[Feature], language: str = "en", most: int = 6) -> str:
    """What the features say, the first ones first, each once."""
    out: dict[str, None] = {}
    for feature in features:
        texts = SENTENCES[feature.name]
        text = texts.get(language, texts["en"])
        left, right = feature.left, feature.right
        out[text.format(left=_Quoted(left), right=_Quoted(right), both=_Quoted(left or right))] = None
    return " ".join(list(out)[:most])


class _Quoted(str):
    """A name in a sentence: {x!r} puts it into quotation marks without escaping its letters."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"“{self}”" if len(self) <= 120 else f"“{self[:119]}…”"
