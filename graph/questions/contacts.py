"""Contacts one by one, newest first, as far as the viewer may see them."""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.answers import ContactCard, Contacts, Named
from graph.questions.asking import (
    CONFIDENTIAL,
    VISIBLE,
    Asking,
    Window,
    cursor_of,
    key_of,
    page_size,
    window,
)
from graph.store import Row

COLUMNS = """
RETURN c.id AS id, c.lo AS lo, c.date AS date, c.end_date AS end_date, c.precision AS precision,
  c.status AS status, c.channel AS channel, c.initiative AS initiative, coalesce(c.purposes, []) AS purposes,
  c.summary AS summary, c.confidentiality AS confidentiality, coalesce(c.example, false) AS example,
  c.reference AS reference,
  [(c)-[:MADE_BY]->(d:Department) | [d.id, d.name]] AS departments,
  [(c)-[:WITH_PARTNER]->(p:Partner) | [p.id, p.name]] AS partners,
  [(c)-[:ABOUT]->(a:Area) | a.id] AS areas,
  [(c)-[:ABOUT]->(t:Topic) | t.id] AS topics
"""
LAST_DAY = date.max.toordinal()
# The newest open ones are read in the order of their index, and no further.
_OF_PARTNER = f"""
CALL () {{
  MATCH (m:Partner {{canonical: $partner}}) CALL (m) {{
    MATCH (c:Contact)-[w:WITH_PARTNER]->(:Partner) WHERE w.partner = m.id AND w.day <= $lo AND FITS
    RETURN c ORDER BY w.partner DESC, w.day DESC, c.id LIMIT $most
  }} RETURN c
  UNION MATCH (m:Partner {{canonical: $partner}}) {CONFIDENTIAL} AND FITS RETURN c
}}
"""


def contacts(
    asking: Asking,
    *,
    partner: str | None = None,
    person: str | None = None,
    department: str | None = None,
    area: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> Contacts:
    """Contacts in the order of (first day descending, id); filters as in who-talks-to.

    Args:
        person: the id of a counterpart, instead of a partner.
    """
    from graph.questions.ties import _canonical, _find_department

    size = page_size(limit)
    where = window(asking, since, until, area)
    after = key_of(cursor, 2)
    rows = _rows(
        asking,
        _canonical(asking, partner) if partner else None,
        None if partner else person,
        _find_department(asking, department) if department else None,
        where,
        after,
        size + 1,
    )
    more = len(rows) > size
    rows = rows[:size]
    last = [rows[-1]["lo"], rows[-1]["id"]] if more else None
    return Contacts(contacts=[card(row) for row in rows], next=cursor_of(last) if last else None)


def _rows(
    asking: Asking,
    partner: str | None,
    person: str | None,
    department: str | None,
    where: Window,
    after: list[Any] | None,
    most: int,
) -> list[Row]:
    conditions = [VISIBLE]
    if partner:
        match = _OF_PARTNER  # whose conditions come inside
    elif person:
        match = (
            "MATCH (asked:Person {id: $person}) MATCH (m:Person {canonical: asked.canonical}) "
            "MATCH (m)<-[:WITH_PERSON]-(c:Contact) "
        )
    elif department:
        match = "MATCH (:Department {id: $department})<-[:MADE_BY]-(c:Contact) "
    else:
        match = "MATCH (c:Contact) "
    if (partner or person) and department:
        conditions.append("EXISTS { (c)-[:MADE_BY]->(:Department {id: $department}) }")
    if where.since is not None:
        conditions.append("c.hi >= $since")
    if where.until is not None:
        conditions.append("c.lo <= $until")
    if where.area:
        conditions.append(
            "(EXISTS { (c)-[:ABOUT]->(:Area {id: $area}) } "
            "OR EXISTS { (c)-[:ABOUT]->(:Topic)-[:WITHIN]->(:Area {id: $area}) })"
        )
    if after:
        conditions.append("c.lo <= $lo AND (c.lo < $lo OR c.id > $id)")
    fits = " AND ".join(conditions)
    match = match.replace("FITS", fits) if partner else f"{match} WHERE {fits} "
    return asking.store.read(
        f"{match} WITH DISTINCT c ORDER BY c.lo DESC, c.id LIMIT $most " + COLUMNS + " ORDER BY lo DESC, id",
        partner=partner,
        person=person,
        department=department,
        since=where.since,
        until=where.until,
        area=where.area,
        lo=after[0] if after else LAST_DAY,
        id=after[1] if after else "",
        most=most,
        **asking.eyes,
    )


def card(row: Row) -> ContactCard:
    """A contact's card from a row with the columns of `COLUMNS`."""

    def named(pairs: list[list[str]]) -> list[Named]:
        return [Named(id=id, name=name) for id, name in sorted(pairs)]

    return ContactCard(
        id=row["id"],
        date=row["date"],
        end_date=row["end_date"],
        precision=row["precision"],
        status=row["status"],
        channel=row["channel"],
        initiative=row["initiative"],
        purposes=row["purposes"],
        summary=row["summary"],
        confidentiality=row["confidentiality"],
        departments=named(row["departments"]),
        partners=named(row["partners"]),
        areas=sorted(row["areas"]),
        topics=sorted(row["topics"]),
        example=row["example"],
        reference=row["reference"],
    )
