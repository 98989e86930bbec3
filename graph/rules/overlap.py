"""O1 overlap: two departments deal with one partner about one priority area within the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graph.rules.base import Rule
from graph.rules.chains import Apartness
from graph.rules.columns import Bools, Columns, Contacts, Ints, Ragged, paired
from graph.rules.config import RuleSettings
from graph.rules.episodes import NEVER, Episodes, Spoken
from graph.rules.links import Members
from graph.rules.nearest import latest_of
from graph.rules.pairs import Linking, Part, independent_part, of_number, shared
from graph.rules.sweep import components, linked
from graph.rules.why import piece


def o1_parts(columns: Columns, settings: RuleSettings, only: tuple[str, ...] | None) -> Iterator[Part]:
    """Contacts by (partner, area)."""
    found = by_partner_and_area(columns, settings)
    if only is not None:
        number = columns.partners.index(only[0]) * len(columns.areas) + columns.areas.index(only[1])
        found = of_number(found, number)

    def speak(g: int) -> Spoken:
        p, a = divmod(g, len(columns.areas))
        pid, aid = columns.partners[p], columns.areas[a]
        where = {"kind": columns.partner_kind[p], "area": aid}
        numbers = {name: settings.number("O1", name, **where) for name in ("days", "partners_most")}
        return Spoken((pid, aid), pid, ("area", aid), numbers)

    yield independent_part(columns, found, speak)


def _severity(columns: Columns, a: int, b: int) -> str:
    return "high" if shared(columns.contacts.topics, columns.topics, a, b) else "medium"


def _compared(columns: Columns, a: int, b: int) -> dict[str, Any]:
    contacts = columns.contacts
    return {
        "topics": shared(contacts.topics, columns.topics, a, b),
        "persons": shared(contacts.persons, columns.persons, a, b),
        "channels": [contacts.channel[a], contacts.channel[b]],
    }


def _pieces(columns: Columns, a: int, b: int) -> tuple[dict[str, Any], ...]:
    topics = shared(columns.contacts.topics, columns.topics, a, b)
    return (piece("shared_topics", count=len(topics)) if topics else piece("no_shared_topic"),)


def by_partner_and_area(columns: Columns, settings: RuleSettings) -> tuple[Ints, Ints, Ints]:
    """(group, row, window): each usable contact under each of its partners and each of its areas.

    The group is `partner * number of areas + area`.
    """
    contacts = columns.contacts
    row, area = contacts.areas.rows, contacts.areas.values
    keep = ~contacts.yearly[row]
    row, area = row[keep], area[keep]
    row, partner, area = paired(contacts.partners, row, area)
    group = partner * len(columns.areas) + area
    codes, back = np.unique(group, return_inverse=True)
    numbers = {}
    for name in ("days", "partners_most"):
        if settings.overridden("O1"):
            numbers[name] = np.array(
                [
                    settings.number(
                        "O1",
                        name,
                        kind=columns.partner_kind[g // len(columns.areas)],
                        area=columns.areas[g % len(columns.areas)],
                    )
                    for g in codes.tolist()
                ],
                dtype=np.int64,
            )[back]
        else:
            numbers[name] = np.full(len(group), settings.number("O1", name), dtype=np.int64)
    few = contacts.partners.lengths[row] <= numbers["partners_most"]
    return group[few], row[few], numbers["days"][few]


def share_any(lists: Ragged, a: Ints, b: Ints) -> Bools:
    """For rows a[i] and b[i] whether their lists share a value."""
    out = np.zeros(len(a), dtype=np.bool_)
    lengths = lists.lengths
    if not len(a) or not lengths.any():
        return out
    for p in range(int(lengths[a].max())):
        has_p = lengths[a] > p
        value = lists.values[np.where(has_p, lists.offsets[a] + p, 0)]
        for q in range(int(lengths[b].max())):
            has_q = has_p & (lengths[b] > q)
            out |= has_q & (value == lists.values[np.where(has_q, lists.offsets[b] + q, 0)])
    return out


def o1_levels(columns: Columns, episodes: Episodes, independence: Apartness) -> dict[str, Ints]:
    """Latest later day of links that share a topic (high) and of those that share none (medium)."""
    contacts, own = columns.contacts, episodes.members
    hi = contacts.hi[own.row]
    high = np.full(len(episodes), NEVER, dtype=np.int64)
    at, topic, _ = paired(contacts.topics, own.row, np.arange(len(own)))
    position = np.repeat(np.arange(len(own)), contacts.topics.lengths[own.row])
    if len(topic):
        # Links that share a topic are the links among the records of an episode that have that topic.
        part = own.group[position] * len(columns.topics) + topic
        _, part, size = np.unique(part, return_inverse=True, return_counts=True)
        several = size[part] > 1
        order = np.argsort(part[several], kind="stable")
        position, part = position[several][order], part[several][order]
        hit = linked(components(own.take(position, part), independence))
        np.maximum.at(high, own.group[position[hit]], hi[position[hit]])
    # The later day of an episode's latest link is the last day of its last record.
    medium = np.full(len(episodes), NEVER, dtype=np.int64)
    np.maximum.at(medium, own.group, hi)
    tied = np.nonzero(high == medium)[0]
    if len(tied):
        # The latest link shares a topic: look for the latest that does not.
        number = np.full(len(episodes), -1, dtype=np.int64)
        number[tied] = np.arange(len(tied))
        some = np.nonzero(number[own.group] >= 0)[0]
        part_of = own.take(some, number[own.group[some]])

        def unlike(a: Ints, b: Ints) -> Bools:
            free = independence(a, b)
            free[free] = ~share_any(contacts.topics, a[free], b[free])
            return free

        at = _without_common_topic(contacts, part_of, len(columns.topics))
        medium[tied] = latest_of(part_of, hi[some], at, len(tied), NEVER, unlike)
    return {"medium": medium, "high": high}


def _without_common_topic(contacts: Contacts, episodes: Members, topics: int) -> Ints:
    """Positions of members that lack the most common topic of their episode: two that have it share it."""
    row, topic, position = paired(contacts.topics, episodes.row, np.arange(len(episodes)))
    if not len(row):
        return np.arange(len(episodes))
    codes, count = np.unique(episodes.group[position] * topics + topic, return_counts=True)
    order = np.lexsort((codes, count))
    common = np.full(int(episodes.group[-1]) + 1, -1, dtype=np.int64)
    common[codes[order] // topics] = codes[order] % topics  # the last assignment, the most frequent, wins
    has = np.zeros(len(episodes), dtype=np.bool_)
    has[position[topic == common[episodes.group[position]]]] = True
    return np.nonzero(~has)[0]


def one_meeting(columns: Columns, episodes: Episodes, independence: Apartness) -> dict[int, dict[str, Any]]:
    """Exact days, channel and a counterpart person agree in some link: perhaps one meeting entered twice."""
    contacts, own = columns.contacts, episodes.members
    at = np.nonzero(~contacts.coarse[own.row] & (contacts.persons.lengths[own.row] > 0))[0]
    if not len(at):
        return {}
    row, person, position = paired(contacts.persons, own.row[at], at)
    code = {"": -1}
    channel = np.array(
        [code.setdefault(contacts.channel[r], len(code)) for r in row.tolist()], dtype=np.int64
    )
    keys = (person, channel, contacts.hi[row], contacts.lo[row], own.group[position])
    order = np.lexsort((position, *keys))
    order = order[channel[order] >= 0]
    if len(order) < 2:
        return {}
    new = np.zeros(len(order), dtype=np.bool_)
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    meeting = np.cumsum(new)
    size = np.bincount(meeting)[meeting]
    several = size > 1
    # Positions within an equal group, day, channel and person keep the order that members have.
    same = own.take(position[order[several]], meeting[several].astype(np.int64))
    hit = linked(components(same, independence))
    return {k: {"one_meeting": True} for k in np.unique(own.group[position[order[several]][hit]]).tolist()}


LINKING_O1 = Linking("O1", o1_parts, o1_levels, _severity, one_meeting, _compared, _pieces)

RULE_O1 = Rule(
    name="O1",
    version=1,
    group=("partner", "area"),
    scope="partner",
    single=False,
    evaluate=LINKING_O1.evaluate,
    evidence=LINKING_O1.evidence,
    compare=LINKING_O1.compare,
    title={"en": "Overlap", "fi": "Päällekkäisyys", "sv": "Överlappning"},
    doc={
        "en": "Two contacts with the same partner about the same priority area overlap when they lie "
        "close together (60 days apart or fewer, unless set otherwise) and are independent: no "
        "department that leads one is the same as, above or beneath any department of the other. A "
        "department that only takes part in both silences nothing. All contacts that are linked in this "
        "way, one after the other, are one finding. It is medium; it is high when two of them share a "
        "topic. Contacts with a common joint key are one effort and do not overlap. A contact whose day "
        "is known by month only gives a possible overlap when it depends on the day. Contacts known by "
        "year only, and those with more than ten partners, take no part. An overlap is information, not "
        "a fault.",
        "fi": "Kaksi yhteyttä samaan kumppaniin samasta painopistealueesta on päällekkäin, kun ne ovat "
        "lähellä toisiaan (väli enintään 60 päivää, ellei toisin ole asetettu) ja toisistaan "
        "riippumattomia: mikään toista yhteyttä johtava organisaatio ei ole sama kuin toisen "
        "organisaatio eikä sen ylä- tai alapuolella. Pelkkä osallistuminen molempiin ei poista "
        "päällekkäisyyttä. Näin toisiinsa ketjuuntuvat yhteydet ovat yksi havainto. Vakavuus on "
        "keskitaso, ja korkea, kun kahdella yhteydellä on sama aihe. Yhteisellä tunnuksella merkityt "
        "yhteydet ovat samaa työtä eivätkä mene päällekkäin. Yhteys, jonka päivä tiedetään vain "
        "kuukauden tarkkuudella, antaa mahdollisen päällekkäisyyden, kun tulos riippuu päivästä. Vain "
        "vuoden tarkkuudella tiedetyt ja yli kymmenen kumppanin yhteydet eivät ole mukana. "
        "Päällekkäisyys on tieto, ei virhe.",
        "sv": "Två förbindelser med samma partner om samma prioriterade område överlappar varandra när "
        "de ligger nära varandra (högst 60 dagar isär, om inget annat är inställt) och är oberoende: "
        "ingen enhet som leder den ena är densamma som, över eller under någon enhet i den andra. Att en "
        "enhet bara deltar i båda tar inte bort överlappningen. Förbindelser som på detta sätt hänger "
        "ihop, den ena med den andra, är ett fynd. Det är medelsvårt, och högt när två av dem har ett "
        "gemensamt ämne. Förbindelser med en gemensam nyckel är en och samma insats och överlappar inte. "
        "En förbindelse vars dag är känd bara på månaden när ger en möjlig överlappning när det beror på "
        "dagen. Förbindelser kända bara på året när och förbindelser med fler än tio partner är inte "
        "med. En överlappning är information, inte ett fel.",
    },
)
