"""Everything about one partner that fits on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.answers import (
    AgreementCard,
    LeadCard,
    MembershipCard,
    Named,
    PartnerCard,
    PartnerRecord,
    PersonCard,
    RestrictionCard,
)
from graph.derive.positions import applies_to, read_partners, read_restrictions
from graph.errors import Unknown
from graph.forms import seen
from graph.questions import contacts as contact_list
from graph.questions import findings as finding_list
from graph.questions.asking import Asking
from graph.questions.judgements import cluster
from graph.questions.waiting import doubts, may_be
from graph.questions.who import who_talks_to
from graph.store import Row

NEWEST = 20
MOST_FINDINGS = 50

_FACTS = """
MATCH (asked:Partner {id: $id}) MATCH (p:Partner {id: asked.canonical})
RETURN p.id AS id, p.name AS name, p.kind AS kind, p.country AS country, p.status AS status,
  coalesce(p.key_partner, false) AS key_partner, coalesce(p.example, false) AS example, p.reference AS reference,
  COLLECT { MATCH (m:Partner {canonical: p.id})<-[:NAMES]-(a:Alias) RETURN DISTINCT a.text ORDER BY a.text }
    AS aliases,
  head([(p)-[:PART_OF]->(q:Partner) | [q.id, q.name]]) AS part_of,
  COLLECT { MATCH (m:Partner {canonical: p.id})<-[l:LEADS]-(d:Department)
            RETURN [d.id, d.name, l.area, l.from, l.to] ORDER BY l.from, d.name } AS lead,
  COLLECT { MATCH (m:Partner {canonical: p.id}) MATCH (a:Agreement)-[w:WITH_PARTNER]->(:Partner)
            WHERE w.agreed = m.id
            RETURN DISTINCT [a.id, a.title, a.kind, a.signed, a.from, a.to, a.notice_by, a.status, a.reference,
                    [(a)-[:OWNED_BY]->(d:Department) | [d.id, d.name]]] AS row ORDER BY row[3], row[0] } AS agreements,
  COLLECT { MATCH (m:Partner {canonical: p.id})-[r:MEMBER_OF]->(n:Network)
            RETURN [n.id, n.name, r.role, r.fee_eur, r.from, r.to, r.decision, r.reference]
            ORDER BY n.name, r.from } AS memberships
"""

# Whoever stands for a person may be known otherwise by now, until what is derived is brought up to date.
_PERSONS = f"""
MATCH (m:Partner {{canonical: $id}})<-[:WORKS_FOR]-(h:Person) WHERE {seen("Person", "h")}
OPTIONAL MATCH (s:Person {{id: h.canonical}}) WHERE {seen("Person", "s")}
WITH DISTINCT coalesce(s, h) AS x
RETURN x.id AS id, x.name AS name, x.title AS title ORDER BY name, id
"""


def partner_card(asking: Asking, id: str, *, language: str = "en") -> PartnerCard:
    """The card of the partner that this id stands for; Unknown for an id that names none."""
    rows = asking.store.read(_FACTS, id=id)
    if not rows:
        raise Unknown(f"There is no partner {id!r}.")
    row = rows[0]
    pid = row["id"]
    return PartnerCard(
        id=pid,
        name=row["name"],
        kind=row["kind"],
        country=row["country"],
        status=row["status"],
        key_partner=row["key_partner"],
        example=row["example"],
        reference=row["reference"],
        aliases=[a for a in row["aliases"] if a != row["name"]],
        records=[PartnerRecord(**record) for record in cluster(asking.store, pid)],
        may_be=may_be(asking, pid),
        doubts=doubts(asking, pid),
        part_of=Named(id=row["part_of"][0], name=row["part_of"][1]) if row["part_of"] else None,
        talks=who_talks_to(asking, pid),
        lead=[
            LeadCard(department=Named(id=d, name=name), area=area, valid_from=start, valid_to=end)
            for d, name, area, start, end in row["lead"]
        ],
        agreements=[agreement_card(a) for a in row["agreements"]],
        restrictions=restrictions_on(asking, pid),
        memberships=[
            MembershipCard(
                network=Named(id=n[0], name=n[1]),
                role=n[2],
                fee_eur=n[3],
                valid_from=n[4],
                valid_to=n[5],
                decision=n[6],
                reference=n[7],
            )
            for n in row["memberships"]
        ],
        persons=[
            PersonCard(id=h["id"], name=h["name"], title=h["title"])
            for h in asking.store.read(_PERSONS, id=pid, **asking.eyes)
        ],
        contacts=contact_list.contacts(asking, partner=pid, limit=NEWEST).contacts,
        findings=finding_list.findings(asking, partner=pid, limit=MOST_FINDINGS, language=language).findings,
    )


def agreement_card(a: list[Any]) -> AgreementCard:
    """A card from a row in the order of `_FACTS`."""
    return AgreementCard(
        id=a[0],
        title=a[1],
        kind=a[2],
        signed=a[3],
        valid_from=a[4],
        valid_to=a[5],
        notice_by=a[6],
        status=a[7],
        reference=a[8],
        departments=[Named(id=d, name=name) for d, name in sorted(a[9])],
    )


def restrictions_on(asking: Asking, partner: str) -> list[RestrictionCard]:
    """The restrictions with this canonical partner as a target, ended ones too."""
    own, above = read_partners(asking.store.read, [partner])
    facts = next(p for p in own if p.id == partner)
    ids = [r.id for r in read_restrictions(asking.store.read) if applies_to(r, facts, above[partner])]
    return restriction_cards(asking, ids)


def restriction_cards(asking: Asking, ids: Sequence[str]) -> list[RestrictionCard]:
    """The cards of these restrictions, by their first day."""
    if not ids:
        return []
    rows = asking.store.read(
        "UNWIND $ids AS id MATCH (r:Restriction {id: id}) RETURN r.id AS id, r.kind AS kind, "
        "r.country AS country, r.partner_kind AS partner_kind, coalesce(r.channels, []) AS channels, "
        "coalesce(r.exempt_purposes, []) AS exempt_purposes, r.from AS start, r.to AS end, "
        "r.decision AS decision, r.reason AS reason, r.reference AS reference, "
        "[(r)-[:LIMITS]->(p:Partner) | p.name] AS limits ORDER BY start, id",
        ids=list(ids),
    )
    return [_restriction(row) for row in rows]


def _restriction(row: Row) -> RestrictionCard:
    target = ", ".join(sorted(row["limits"])) or " ".join(
        x for x in (row["partner_kind"], row["country"]) if x
    )
    return RestrictionCard(
        id=row["id"],
        kind=row["kind"],
        target=target,
        channels=row["channels"],
        exempt_purposes=row["exempt_purposes"],
        valid_from=row["start"],
        valid_to=row["end"],
        decision=row["decision"],
        reason=row["reason"],
        reference=row["reference"],
    )
