"""Finding partners: the list, the search, and which partner an id or name stands for."""

from __future__ import annotations

from typing import Any

from graph import clock, names
from graph.answers import PartnerRow, Partners
from graph.errors import BadInput, Unknown
from graph.matching import Named
from graph.questions import candidates, naming
from graph.questions.asking import (
    Asking,
    Window,
    cursor_of,
    key_of,
    page_size,
    partners_with_hidden,
    raw_ties,
)

_ROW = """
OPTIONAL MATCH (p)<-[t:TALKS_TO]-(d:Department)
WITH p, count(t) AS departments, sum(t.held) AS held, sum(t.planned) AS planned, max(t.last) AS last,
     collect([t.planned_lo, t.planned_hi]) AS plans
RETURN p.id AS id, p.name AS name, p.kind AS kind, p.country AS country, departments, held, planned, last, plans
"""


def canonical_of(asking: Asking, text: str) -> str:
    """Canonical id of the partner with this id or name.

    Raises:
        Unknown: nothing has this id or name. BadInput: several have it.
    """
    rows = asking.store.read(
        "OPTIONAL MATCH (p:Partner {id: $id}) "
        "RETURN p.canonical AS id, "
        "COLLECT { MATCH (a:Alias {id: $alias})-[:NAMES]->(m:Partner) RETURN DISTINCT m.canonical } AS named",
        id=text,
        alias=names.alias_id("Partner", text),
    )
    if rows[0]["id"]:
        return str(rows[0]["id"])
    if len(rows[0]["named"]) == 1:
        return str(rows[0]["named"][0])
    if rows[0]["named"]:
        raise BadInput(
            f"{len(rows[0]['named'])} partners are called {text!r}: ask by id, or with its country."
        )
    raise Unknown(f"There is no partner {text!r}.")


def partners(
    asking: Asking,
    query: str = "",
    *,
    kind: str | None = None,
    country: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Partners:
    """Partners by name; with a query the best hits first, without one in the order of their names."""
    size = page_size(limit)
    if names.clean(query):
        after = key_of(cursor, 1)
        start = int(after[0]) if after else 0
        ids = _search(asking, query, start + size + 1)
        rows = _rows_of(asking, ids, kind, country)[start : start + size + 1]
        more = len(rows) > size
        next_cursor = cursor_of([start + size]) if more else None
    else:
        after = key_of(cursor, 2)
        rows = _listed(asking, kind, country, after, size + 1)
        more = len(rows) > size
        next_cursor = cursor_of([rows[size - 1]["name"], rows[size - 1]["id"]]) if more else None
    rows = rows[:size]
    return Partners(partners=_with_hidden(asking, rows), next=next_cursor)


def _search(asking: Asking, query: str, most: int) -> list[str]:
    text = names.clean(query)[: names.LONGEST]
    lucene = candidates.full_text_query(text)
    if not lucene:
        return []
    rows = asking.store.read(
        "CALL () { MATCH (p:Partner {id: $text}) RETURN p.canonical AS id, p.name AS text, 1000.0 AS score "
        "UNION ALL "
        "CALL db.index.fulltext.queryNodes('alias_text', $lucene, {limit: 1000}) YIELD node, score "
        "MATCH (node)-[:NAMES]->(m:Partner) RETURN m.canonical AS id, node.text AS text, score } "
        "RETURN id, text, score",
        text=text,
        lucene=lucene,
    )
    best: dict[str, tuple[float, float]] = {}
    for row in rows:
        rank = (names.similarity(text, row["text"]) if row["text"] else 0.0, row["score"])
        if row["score"] >= 1000.0:
            rank = (2.0, row["score"])
        if row["id"] not in best or best[row["id"]] < rank:
            best[row["id"]] = rank
    for match, *_ in naming.matches(asking, Named(text)):
        rank = (match.score.value, 0.0)
        best[match.id] = max(best.get(match.id, rank), rank)
    ordered = sorted(best, key=lambda id: (-best[id][0], -best[id][1], id))
    return ordered[: max(most, 1)]


def _rows_of(asking: Asking, ids: list[str], kind: str | None, country: str | None) -> list[dict[str, Any]]:
    rows = asking.store.read(
        "UNWIND $ids AS pid MATCH (p:Partner {id: pid}) "
        "WHERE ($kind IS NULL OR p.kind = $kind) AND ($country IS NULL OR p.country = $country) " + _ROW,
        ids=ids,
        kind=kind,
        country=country,
    )
    by_id = {row["id"]: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def _listed(
    asking: Asking, kind: str | None, country: str | None, after: list[Any] | None, most: int
) -> list[dict[str, Any]]:
    rows = asking.store.read(
        "MATCH (p:Partner) WHERE p.name >= $name AND p.canonical = p.id "
        "AND (p.name > $name OR p.id > $id) "
        "AND ($kind IS NULL OR p.kind = $kind) AND ($country IS NULL OR p.country = $country) "
        "WITH p ORDER BY p.name, p.id LIMIT $most " + _ROW,
        name=after[0] if after else "",
        id=after[1] if after else "",
        kind=kind,
        country=country,
        most=most,
    )
    return sorted(rows, key=lambda row: (row["name"], row["id"]))


def _with_hidden(asking: Asking, rows: list[dict[str, Any]]) -> list[PartnerRow]:
    shown = {row["id"] for row in rows}
    hidden = [p for p in partners_with_hidden(asking) if p in shown]
    extra: dict[str, list[tuple[str, Any]]] = {}
    if hidden:
        for (d, p), tie in raw_ties(asking, hidden, Window(), only_hidden=True).items():
            extra.setdefault(p, []).append((d, tie))
    today = asking.today.toordinal()
    out = []
    for row in rows:
        plans = [(lo, hi) for los, his in row["plans"] if los for lo, hi in zip(los, his, strict=True)]
        held, planned, last, departments = row["held"], row["planned"], row["last"], row["departments"]
        if row["id"] in extra:
            own = {
                r["d"]
                for r in asking.store.read(
                    "MATCH (:Partner {id: $id})<-[:TALKS_TO]-(d:Department) RETURN d.id AS d", id=row["id"]
                )
            }
            departments = len(own | {d for d, _ in extra[row["id"]]})
            for _, tie in extra[row["id"]]:
                held, planned = held + tie.held, planned + tie.planned
                last = max((x for x in (last, tie.last) if x is not None), default=None)
                plans += list(zip(tie.planned_lo, tie.planned_hi, strict=True))
        out.append(
            PartnerRow(
                id=row["id"],
                name=row["name"],
                kind=row["kind"],
                country=row["country"],
                departments=departments,
                held=held,
                planned=planned,
                last=clock.iso(last),
                next_contact=clock.iso(min((lo for lo, hi in plans if hi >= today), default=None)),
            )
        )
    return out
