"""O1 overlap: two departments deal with one partner about one priority area within the window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.rules.base import Found, Rule
from graph.rules.chains import Chains, Independence
from graph.rules.columns import Bools, Columns, Contacts, Ints, Ragged
from graph.rules.config import RuleSettings
from graph.rules.episodes import Levels, Spoken, episodes
from graph.rules.links import Links, Members, candidate_pairs, gaps, members


def o1(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Overlaps by (partner, area)."""
    contacts = columns.contacts
    if not len(contacts):
        return
    usable = ~contacts.yearly & (contacts.partners.lengths <= settings.number("O1", "partners_most"))
    contact, partner, area = _by_partner_and_area(contacts, usable)
    group = partner * len(columns.areas) + area
    window = np.full(len(group), settings.number("O1", "days"), dtype=np.int64)
    if settings.overridden("O1"):
        codes, back = np.unique(group, return_inverse=True)
        days = [
            settings.number(
                "O1",
                "days",
                kind=columns.partner_kind[g // len(columns.areas)],
                area=columns.areas[g % len(columns.areas)],
            )
            for g in codes.tolist()
        ]
        window = np.array(days, dtype=np.int64)[back]
    rows = members(group, contact, window, contacts)
    links = linked(rows, contacts, Independence(contacts, Chains(columns.tree)))
    shared = share_any(contacts.topics, rows.contact[links.a], rows.contact[links.b])

    def speak(g: int) -> Spoken:
        p, a = divmod(g, len(columns.areas))
        pid, aid = columns.partners[p], columns.areas[a]
        days = settings.number("O1", "days", kind=columns.partner_kind[p], area=aid)
        return Spoken((pid, aid), pid, ("area", aid), {"days": days})

    hint = one_meeting(contacts, rows.contact[links.a], rows.contact[links.b])
    levels = Levels(("medium", "high"), shared.astype(np.int64))
    yield from episodes("O1", columns, rows, links, levels, speak, hint)


def _by_partner_and_area(contacts: Contacts, usable: Bools) -> tuple[Ints, Ints, Ints]:
    """One row for each usable contact, each of its partners, each of its areas."""
    contact, area = contacts.areas.rows, contacts.areas.values
    keep = usable[contact]
    contact, area = contact[keep], area[keep]
    times = contacts.partners.lengths[contact]
    start = np.repeat(contacts.partners.offsets[contact], times)
    inner = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(contact, times), contacts.partners.values[start + inner], np.repeat(area, times)


def linked(rows: Members, contacts: Contacts, independent: Independence) -> Links:
    """Links of independent contacts inside the window, certain and possible ones."""
    parts: list[Links] = []
    for i, j in candidate_pairs(rows, contacts):
        free = independent(rows.contact[i], rows.contact[j])
        i, j = i[free], j[free]
        smallest, largest = gaps(rows, contacts, i, j)
        later = np.maximum(contacts.hi[rows.contact[i]], contacts.hi[rows.contact[j]])
        inside = smallest <= rows.window[i]
        part = Links(i, j, smallest, largest <= rows.window[i], later)
        parts.append(part if inside.all() else part.take(inside))
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return Links(empty, empty, empty, np.zeros(0, dtype=np.bool_), empty)
    return Links(
        np.concatenate([p.a for p in parts]),
        np.concatenate([p.b for p in parts]),
        np.concatenate([p.gap for p in parts]),
        np.concatenate([p.certain for p in parts]),
        np.concatenate([p.later for p in parts]),
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


def one_meeting(contacts: Contacts, a: Ints, b: Ints) -> Bools:
    """Exact days, channel and a counterpart person agree: perhaps one meeting entered twice."""
    code = {"": -1}
    channel = np.array([code.setdefault(c, len(code)) for c in contacts.channel], dtype=np.int64)
    same = (contacts.lo[a] == contacts.lo[b]) & (contacts.hi[a] == contacts.hi[b])
    same &= ~contacts.coarse[a] & ~contacts.coarse[b] & (channel[a] == channel[b]) & (channel[a] >= 0)
    at = np.nonzero(same)[0]
    out = np.zeros(len(a), dtype=np.bool_)
    out[at] = share_any(contacts.persons, a[at], b[at])
    return out


RULE_O1 = Rule(
    name="O1",
    version=1,
    group=("partner", "area"),
    scope="partner",
    single=False,
    evaluate=o1,
    title={"en": "Overlap", "fi": "Päällekkäisyys", "sv": "Överlappning"},
    doc={
        "en": "Two contacts with the same partner about the same priority area, made by departments of which "
        "neither is beneath the other, overlap when they are 60 days apart or fewer. All contacts that are "
        "linked in this way, one after the other, are one finding. It is medium, and high when the two share a "
        "topic. Contacts with a common joint key are one effort and do not overlap. A contact known by its month "
        "gives a possible overlap when it depends on the day. Contacts known by their year, and those with more "
        "than ten partners, take no part. An overlap is information, not a fault.",
        "fi": "Kaksi yhteyttä samaan kumppaniin samasta painopisteestä on päällekkäin, kun niiden väli on enintään "
        "60 päivää eikä kumpikaan toimialoista tai yksiköistä kuulu toisen alle. Näin ketjuuntuvat yhteydet ovat "
        "yksi havainto. Vakavuus on keskitaso, ja korkea, kun yhteyksillä on sama aihe. Yhteiseksi merkityt "
        "yhteydet ovat yhtä työtä eivätkä mene päällekkäin. Kuukauden tarkkuudella tiedetty yhteys antaa "
        "mahdollisen päällekkäisyyden, kun tulos riippuu päivästä. Vuoden tarkkuudella tiedetyt ja yli kymmenen "
        "kumppanin yhteydet eivät ole mukana. Päällekkäisyys on tieto, ei virhe.",
        "sv": "Två förbindelser med samma partner om samma prioriterade område överlappar när de ligger högst 60 "
        "dagar från varandra och ingen av enheterna hör under den andra. Förbindelser som länkas så, en efter en, "
        "är ett fynd. Det är medelsvårt, och högt när de har ett gemensamt ämne. Förbindelser som märkts som "
        "gemensamma är ett arbete och överlappar inte. En förbindelse känd på månaden när ger en möjlig "
        "överlappning när det beror på dagen. Förbindelser kända på året när och sådana med över tio partner är "
        "inte med. En överlappning är information, inte ett fel.",
    },
)
