"""C4 restricted: a contact that meets a restriction on its partner."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.rules.base import Found, Pair, Rule
from graph.rules.columns import Bools, Columns
from graph.rules.config import RuleSettings
from graph.rules.episodes import Spoken, single


def c4(columns: Columns, settings: RuleSettings) -> Iterator[Found]:
    """Contacts against each restriction; a single contact is a finding."""
    contacts, restrictions = columns.contacts, columns.restrictions
    if not len(contacts) or not restrictions.id:
        return
    order = sorted(range(len(columns.partners)), key=lambda p: columns.partners[p])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    window = settings.number("C4", "days")
    for r, rid in enumerate(restrictions.id):
        hit = targets_of(columns, r)
        start, end = int(restrictions.start[r]), int(restrictions.end[r])
        meets = (contacts.hi >= start) & (contacts.lo <= end)
        touched = np.zeros(len(contacts), dtype=np.bool_)
        touched[contacts.partners.rows[hit[contacts.partners.values]]] = True
        for c in np.nonzero(meets & touched)[0].tolist():
            if not _applies(columns, r, c):
                continue
            partners = [int(p) for p in contacts.partners[c] if hit[p]]
            partner = columns.partners[min(partners, key=lambda p: int(rank[p]))]
            coarse = bool(contacts.coarse[c] or contacts.yearly[c])
            inside = start <= int(contacts.lo[c]) and int(contacts.hi[c]) <= end
            severity = "info" if contacts.theirs[c] else "block" if contacts.planned[c] else "high"
            said = Spoken((rid,), partner, ("restriction", rid), {})
            yield single(
                "C4",
                columns,
                c,
                said,
                certain=not coarse or inside,
                severity=severity,
                window=window,
                detail={"kind": restrictions.kind[r]},
            )


def c4_evidence(
    columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> Iterator[Pair]:
    """The one contact of a finding."""
    for found in c4(columns, settings):
        if found.group == group and found.records[0] == anchor:
            severity, day = next(iter(found.levels.items()))
            yield Pair(anchor, None, found.certain, severity, day, compared=found.detail)


def targets_of(columns: Columns, r: int) -> Bools:
    """Per partner whether it is a target: a partner and those beneath, a country, a kind in a country."""
    restrictions = columns.restrictions
    n = len(columns.partners)
    hit = np.zeros(n, dtype=np.bool_)
    country, kind = restrictions.country[r], restrictions.partner_kind[r]
    if country:
        hit |= np.array([c == country for c in columns.partner_country], dtype=np.bool_)
        if kind:
            hit &= np.array([k == kind for k in columns.partner_kind], dtype=np.bool_)
    limits = restrictions.limits[r]
    if len(limits):
        named = np.zeros(n + 1, dtype=np.bool_)
        named[limits] = True
        above = np.append(columns.partner_parent, -1)  # -1, "none above", leads to itself at the end
        up, steps = np.arange(n + 1), 0
        while (up[:-1] >= 0).any() and steps <= n:
            named[:-1] |= named[up[:-1]] & (up[:-1] >= 0)
            up, steps = above[up], steps + 1
        hit |= named[:-1]
    return hit


def _applies(columns: Columns, r: int, c: int) -> bool:
    """Whether nothing exempts the contact: its approval, its channel, all its leads, all its purposes."""
    contacts, restrictions = columns.contacts, columns.restrictions
    kind = restrictions.kind[r]
    if kind == "approval_needed" and contacts.approval[c]:
        return False
    if kind == "channel_only" and contacts.channel[c] in restrictions.channels[r]:
        return False
    a, b = int(contacts.departments.offsets[c]), int(contacts.departments.offsets[c + 1])
    leads = contacts.departments.values[a:b][contacts.leads[a:b]].tolist()
    if leads and set(leads) <= {int(d) for d in restrictions.exempts[r]}:
        return False
    purposes = contacts.purposes[c]
    return not (purposes and set(purposes) <= set(restrictions.exempt_purposes[r]))


RULE_C4 = Rule(
    name="C4",
    version=1,
    group=("restriction",),
    scope="restriction",
    single=True,
    evaluate=c4,
    evidence=c4_evidence,
    compare=lambda *_: None,
    title={"en": "Restricted", "fi": "Rajoitettu", "sv": "Begränsad"},
    doc={
        "en": "A contact, held or planned, whose days meet those of a restriction on its partner: on the "
        "partner itself or one above it, on its country, or on its kind in a country. “Suspended” always "
        "applies; “approval needed” applies unless the contact names its approval; “channel only” "
        "applies unless the contact's channel is allowed. It does not apply when all departments that "
        "lead the contact, or all of its purposes, are exempt. A contact known by month or year that "
        "lies only partly inside is possible. A planned contact is blocked, a held one is high, one on "
        "the partner's initiative is information. Each contact is a finding of its own. The rule never "
        "prevents recording what happened.",
        "fi": "Toteutunut tai suunniteltu yhteys, jonka päivät osuvat sen kumppania koskevaan "
        "rajoitukseen: rajoitus koskee kumppania itseään tai sen yläpuolella olevaa, kumppanin maata tai "
        "sen tyyppisiä kumppaneita maassa. ”Keskeytetty” koskee aina; ”vaatii luvan” koskee, ellei "
        "yhteydelle ole kirjattu lupaa; ”vain sallitut kanavat” koskee, ellei yhteyden kanava ole "
        "sallittu. Rajoitus ei koske yhteyttä, jonka kaikki johtavat organisaatiot tai kaikki "
        "tarkoitukset on vapautettu. Kuukauden tai vuoden tarkkuudella tiedetty yhteys, joka on vain "
        "osin rajoituksen aikana, on mahdollinen. Suunniteltu yhteys on estetty, toteutuneen vakavuus on "
        "korkea, ja kumppanin aloitteesta syntynyt on tieto. Jokainen yhteys on oma havaintonsa. Sääntö "
        "ei koskaan estä kirjaamasta sitä, mitä on tapahtunut.",
        "sv": "En genomförd eller planerad förbindelse vars dagar träffar en begränsning för dess "
        "partner: för partnern själv eller någon ovanför den, för dess land eller för partner av dess "
        "slag i ett land. ”Avbruten” gäller alltid; ”kräver tillstånd” gäller om förbindelsen inte anger "
        "sitt tillstånd; ”bara tillåtna kanaler” gäller om förbindelsens kanal inte är tillåten. Den "
        "gäller inte när alla enheter som leder förbindelsen, eller alla dess syften, är undantagna. En "
        "förbindelse känd på månaden eller året när som bara delvis ligger inom begränsningen är möjlig. "
        "En planerad förbindelse är spärrad, en genomförd är hög och en på partnerns initiativ är "
        "information. Varje förbindelse är ett eget fynd. Regeln hindrar aldrig att man antecknar det "
        "som har hänt.",
    },
)
