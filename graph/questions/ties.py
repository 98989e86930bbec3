"""All department-partner pairs, filtered and paged: the edges of every map."""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.answers import Named, PairTie, Ties
from graph.derive.ties import TieFacts
from graph.errors import BadInput
from graph.questions.asking import (
    Asking,
    Window,
    cursor_of,
    key_of,
    merged,
    page_size,
    partners_with_hidden,
    raw_ties,
    window,
)
from graph.questions.who import as_tie

_CHUNK = 2000  # partners whose contacts are read at once when a filter asks for counting


def ties(
    asking: Asking,
    *,
    department: str | None = None,
    partner: str | None = None,
    area: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    limit: int | None = 100,
    cursor: str | None = None,
) -> Ties:
    """Pairs in the order of (partner id, department id); `limit` None gives all of them.

    Args:
        department: a department id; those beneath it are not included.
        partner: a partner id, of any member of a cluster.
    """
    where = window(asking, since, until, area)
    after = key_of(cursor, 2)
    size = None if limit is None else page_size(limit)
    department = _find_department(asking, department) if department else None
    partner = _canonical(asking, partner) if partner else None
    if where.open:
        facts, more = _drawn(asking, department, partner, after, size)
    else:
        facts, more = _counted(asking, department, partner, after, size, where), False
    keys = sorted((p, d) for d, p in facts)
    if size is not None and len(keys) > size:
        keys, more = keys[:size], True
    captions = _captions(asking, {d for _, d in keys}, {p for p, _ in keys})
    today = asking.today.toordinal()
    out = []
    for p, d in keys:
        t = as_tie(d, captions[d], facts[d, p], today)
        out.append(
            PairTie(
                department=Named(id=d, name=captions[d]),
                partner=Named(id=p, name=captions[p]),
                held=t.held,
                planned=t.planned,
                first=t.first,
                last=t.last,
                next=t.next,
                areas=t.areas,
                topics=t.topics,
            )
        )
    return Ties(ties=out, next=cursor_of(keys[-1]) if more and keys else None)


def _drawn(
    asking: Asking, department: str | None, partner: str | None, after: list[Any] | None, size: int | None
) -> tuple[dict[tuple[str, str], TieFacts], bool]:
    """From the edges, with the viewer's confidential contacts laid over them."""
    conditions = []
    if department:
        conditions.append("d.id = $department")
    if partner:
        conditions.append("p.id = $partner")
    if after:
        conditions.append("p.id >= $p AND (p.id > $p OR d.id > $d)")
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    rows = asking.store.read(
        f"MATCH (d:Department)-[t:TALKS_TO]->(p:Partner) {where}"
        "WITH d.id AS d, p.id AS p, t ORDER BY p, d "
        + ("LIMIT $most " if size is not None else "")
        + "RETURN collect([d, p, t.held, t.planned, t.first, t.last, t.planned_lo, t.planned_hi, "
        "t.areas, t.topics]) AS edges",
        department=department,
        partner=partner,
        p=after[0] if after else "",
        d=after[1] if after else "",
        most=(size or 0) + 1,
    )[0]["edges"]
    facts = {
        (e[0], e[1]): TieFacts(e[2], e[3], e[4], e[5], list(e[6]), list(e[7]), set(e[8]), set(e[9]))
        for e in rows
    }
    more = size is not None and len(rows) > size
    last = (rows[-1][1], rows[-1][0]) if more else None
    hidden = partners_with_hidden(asking, partner)
    if hidden:
        for (d, p), tie in raw_ties(asking, hidden, Window(), only_hidden=True).items():
            inside = (not department or d == department) and (not after or (p, d) > (after[0], after[1]))
            if inside and (last is None or (p, d) <= last):
                facts[d, p] = merged(facts[d, p], tie) if (d, p) in facts else tie
    return facts, more


def _counted(
    asking: Asking,
    department: str | None,
    partner: str | None,
    after: list[Any] | None,
    size: int | None,
    where: Window,
) -> dict[tuple[str, str], TieFacts]:
    """From the contacts themselves, as a filter by day or area needs."""
    if partner:
        ids = [partner]
    else:
        ids = [
            row["id"]
            for row in asking.store.read(
                "MATCH (p:Partner)<-[:WITH_PARTNER]-(:Contact) WITH DISTINCT p.canonical AS id "
                "WHERE id >= $after RETURN id ORDER BY id",
                after=after[0] if after else "",
            )
        ]
    facts: dict[tuple[str, str], TieFacts] = {}
    for start in range(0, len(ids), _CHUNK):
        for (d, p), tie in raw_ties(asking, ids[start : start + _CHUNK], where).items():
            if (not department or d == department) and (not after or (p, d) > (after[0], after[1])):
                facts[d, p] = tie
        if size is not None and len(facts) > size:
            break
    return facts


def _captions(asking: Asking, departments: set[str], partners: set[str]) -> dict[str, str]:
    rows = asking.store.read(
        "CALL () { UNWIND $departments AS id MATCH (d:Department {id: id}) RETURN collect([id, d.name]) AS a } "
        "CALL () { UNWIND $partners AS id MATCH (p:Partner {id: id}) RETURN collect([id, p.name]) AS b } "
        "RETURN a + b AS names",
        departments=sorted(departments),
        partners=sorted(partners),
    )
    return dict(rows[0]["names"])


def _find_department(asking: Asking, text: str) -> str:
    from graph.directory import Words

    words = Words.read(asking.store.read, "Department")
    found = words.find(text)
    if found is None:
        near = ", ".join(words.nearest(text)) or "none is like it"
        raise BadInput(f"There is no department {text!r}. Nearest: {near}.")
    return found


def _canonical(asking: Asking, partner: str) -> str:
    """Canonical id of a partner given by id or by a name that leads to one partner only."""
    from graph.questions.partners import canonical_of

    return canonical_of(asking, partner)
