"""O1 overlap: two departments deal with one partner about one priority area within the window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from graph.rules.base import Found, Pair, Rule
from graph.rules.chains import Chains, Independence
from graph.rules.columns import Bools, Columns, Contacts, Ints, Ragged
from graph.rules.config import RuleSettings
from graph.rules.episodes import NEVER, Episodes, Spoken, found_episodes, ordered, told
from graph.rules.links import BLOCK, Line, Members, largest_gap, links_of, smallest_gap
from graph.rules.nearest import latest_of
from graph.rules.sweep import components, linked
from graph.rules.why import piece


def o1(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Overlaps by (partner, area)."""
    contacts = columns.contacts
    if not len(contacts):
        return
    group, row, window = by_partner_and_area(columns, settings)
    independence = Independence(contacts, Chains(columns.tree))
    place = ordered(contacts)
    found = found_episodes(contacts, group, row, window, independence, place)

    def speak(g: int) -> Spoken:
        p, a = divmod(g, len(columns.areas))
        pid, aid = columns.partners[p], columns.areas[a]
        where = {"kind": columns.partner_kind[p], "area": aid}
        numbers = {name: settings.number("O1", name, **where) for name in ("days", "partners_most")}
        return Spoken((pid, aid), pid, ("area", aid), numbers)

    yield from told("O1", columns, found, independence, place, speak, o1_levels, one_meeting)


def o1_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """Linked pairs of one overlap, by their first days; then those of the records listed as possible."""
    contacts = columns.contacts
    independence = Independence(contacts, Chains(columns.tree))
    place = ordered(contacts)
    number, row, window = _of_group(columns, settings, group)
    for episodes in found_episodes(contacts, number, row, window, independence, place):
        for k in range(len(episodes)):
            own = episodes.members.take(np.nonzero(episodes.members.group == k)[0])
            first = own.row[np.argmin(place[own.row])]
            if contacts.id[int(first)] != anchor:
                continue
            line = Line.of(own)
            for i, j in links_of(own, line, np.arange(len(own)), independence, block=BLOCK // 20):
                for a, b in zip(own.row[i[i < j]].tolist(), own.row[j[i < j]].tolist(), strict=True):
                    yield _pair(columns, a, b, int(episodes.window[k]))
            listed = np.array(sorted(set(episodes.possible.get(k, ()))), dtype=np.int64)
            for a, b in product(listed.tolist(), sorted(own.row.tolist(), key=place.__getitem__)):
                days = int(episodes.window[k])
                if smallest_gap(contacts, a, b) <= days < largest_gap(contacts, a, b) and bool(
                    independence(np.array([a]), np.array([b]))[0]
                ):
                    yield _pair(columns, a, b, days)
            return


def o1_compare(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], a: str, b: str
) -> Pair | None:
    """Two contacts of a partner and an area: their gap, the window, what they share; None if not linked."""
    contacts = columns.contacts
    _, row, window = _of_group(columns, settings, group)
    rows = {contacts.id[r]: (r, days) for r, days in zip(row.tolist(), window.tolist(), strict=True)}
    if a not in rows or b not in rows:
        return None
    (one, days), (other, _) = rows[a], rows[b]
    independence = Independence(contacts, Chains(columns.tree))
    free = bool(independence(np.array([one]), np.array([other]))[0])
    return _pair(columns, one, other, days) if free and smallest_gap(contacts, one, other) <= days else None


def _of_group(columns: Columns, settings: RuleSettings, group: tuple[str, ...]) -> tuple[Ints, Ints, Ints]:
    partner, area = columns.partners.index(group[0]), columns.areas.index(group[1])
    number, row, window = by_partner_and_area(columns, settings)
    own = number == partner * len(columns.areas) + area
    return number[own], row[own], window[own]


def _pair(columns: Columns, a: int, b: int, days: int) -> Pair:
    contacts = columns.contacts
    gap, widest = smallest_gap(contacts, a, b), largest_gap(contacts, a, b)
    topics = sorted(set(contacts.topics[a].tolist()) & set(contacts.topics[b].tolist()))
    people = set(contacts.persons[a].tolist()) & set(contacts.persons[b].tolist())
    between = (
        piece("gap", gap=gap, days=days)
        if gap == widest
        else piece("gap_range", gap=gap, widest=widest, days=days)
    )
    shared = piece("shared_topics", count=len(topics)) if topics else piece("no_shared_topic")
    return Pair(
        a=contacts.id[a],
        b=contacts.id[b],
        certain=widest <= days,
        severity="high" if topics else "medium",
        later=max(int(contacts.hi[a]), int(contacts.hi[b])),
        gap=gap,
        widest=widest,
        compared={
            "days": [[int(contacts.lo[x]), int(contacts.hi[x])] for x in (a, b)],
            "topics": [columns.topics[t] for t in topics],
            "persons": sorted(columns.persons[p] for p in people),
            "channels": [contacts.channel[a], contacts.channel[b]],
        },
        pieces=(between, shared),
    )


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


def paired(lists: Ragged, row: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """(row, value, other) for each value of the list of each row."""
    times = lists.lengths[row]
    inner = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return (
        np.repeat(row, times),
        lists.values[np.repeat(lists.offsets[row], times) + inner],
        np.repeat(other, times),
    )


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


def o1_levels(columns: Columns, episodes: Episodes, independence: Independence) -> dict[str, Ints]:
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


def one_meeting(
    columns: Columns, episodes: Episodes, independence: Independence
) -> dict[int, dict[str, Any]]:
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


RULE_O1 = Rule(
    name="O1",
    version=1,
    group=("partner", "area"),
    scope="partner",
    single=False,
    evaluate=o1,
    evidence=o1_evidence,
    compare=o1_compare,
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
