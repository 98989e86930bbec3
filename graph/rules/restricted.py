"""C4 restricted: a contact that meets a restriction on its partner."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.rules.base import Found, Rule
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
        hit = _targets(columns, r)
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


def _targets(columns: Columns, r: int) -> Bools:
    """Per partner whether the restriction is about it: a partner and those beneath, a country, a kind there."""
    restrictions = columns.restrictions
    n = len(columns.partners)
    hit = np.zeros(n, dtype=np.bool_)
    limits = {int(p) for p in restrictions.limits[r]}
    country, kind = restrictions.country[r], restrictions.partner_kind[r]
    parents = columns.partner_parent.tolist()
    for p in range(n):
        if country and columns.partner_country[p] == country and kind in ("", columns.partner_kind[p]):
            hit[p] = True
        q, steps = p, 0
        while not hit[p] and limits and q >= 0 and steps <= n:
            hit[p] = q in limits
            q, steps = parents[q], steps + 1
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
    title={"en": "Restricted", "fi": "Rajoitettu", "sv": "Begränsad"},
    doc={
        "en": "A contact, held or planned, whose days meet a restriction on its partner: on the partner or one it "
        "is beneath, on its country, or on its kind in that country. “Suspended” always applies; “approval needed” "
        "unless the contact names its approval; “channel only” unless the channel is allowed. Not for departments "
        "and purposes that the restriction exempts (all that lead the contact, all its purposes). A contact known "
        "by month or year that lies only partly inside is possible. A planned contact is blocked, a held one high, "
        "one on their initiative info. The rule never prevents recording what happened.",
        "fi": "Toteutunut tai suunniteltu yhteys, jonka päivät osuvat kumppania koskevaan rajoitukseen: rajoitus "
        "koskee kumppania tai sitä, jonka alle kumppani kuuluu, sen maata tai sen tyyppisiä kumppaneita maassa. "
        "”Keskeytetty” koskee aina; ”vaatii luvan”, ellei yhteydelle ole kirjattu lupaa; ”vain kanava”, ellei "
        "kanava ole sallittu. Rajoitus ei koske sen vapauttamia yksiköitä eikä tarkoituksia (kaikki johtavat "
        "yksiköt, kaikki tarkoitukset). Kuukauden tai vuoden tarkkuudella tiedetty, vain osin rajoitukseen osuva "
        "yhteys on mahdollinen. Suunniteltu yhteys on estetty, toteutunut vakava, kumppanin aloitteesta tehty tieto. "
        "Sääntö ei koskaan estä kirjaamasta tapahtunutta.",
        "sv": "En genomförd eller planerad förbindelse vars dagar berörs av en begränsning för partnern: för "
        "partnern eller den som partnern hör under, för landet, eller för partner av det slaget i landet. ”Avbruten” "
        "gäller alltid; ”kräver tillstånd” om inget tillstånd nämns; ”bara kanal” om kanalen inte är tillåten. Inte "
        "för enheter och syften som begränsningen undantar (alla som leder, alla syften). En förbindelse känd på "
        "månaden eller året när som bara delvis berörs är möjlig. En planerad är spärrad, en genomförd hög, en på "
        "deras initiativ information. Regeln hindrar aldrig att det som hänt antecknas.",
    },
)
