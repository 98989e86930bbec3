"""The records behind a finding: what each says, and how it came about: who, when, to whom, what it replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from graph import clock
from graph.answers import Evidence, MonthCount, Named
from graph.entries import USER
from graph.questions.asking import VISIBLE, Asking
from graph.store import Row

# What all records have; `n` is the record.
_OWN = "n.id AS id, n.source AS source, n.row AS row, n.recorded_at AS recorded"
_TOLD = "[(k)-[:WITH_PARTNER]->(p:Partner) | [p.canonical, p.name]]"

_QUERIES = {
    "contact": (
        f"MATCH (n:Contact {{id: id}}) RETURN {_OWN}, n.date AS date, n.end_date AS end_date, "
        "n.summary AS summary, [(n)-[:MADE_BY]->(d:Department) | [d.id, d.name]] AS departments, "
        "[(n)-[:WITH_PARTNER]->(p:Partner) | [p.canonical, p.name]] AS told, null AS stated_in, [] AS replaced "
        "ORDER BY n.lo, id"
    ),
    "position": (
        f"MATCH (n:Position {{id: id}}) OPTIONAL MATCH (n)-[:STATED_IN]->(k:Contact) RETURN {_OWN}, "
        "n.from AS date, n.to AS end_date, n.stance + coalesce(': ' + n.text, '') AS summary, "
        "[(n)-[:HELD_BY]->(d:Department) | [d.id, d.name]] AS departments, "
        f"{_TOLD} AS told, k.id AS stated_in, "
        # The last line before this one by the same holder, if the reader may see it.
        "COLLECT { MATCH (n)-[:HELD_BY]->()<-[:HELD_BY]-(o:Position)-[:ON]->(:Issue)<-[:ON]-(n) "
        f"WHERE o.from < n.from AND NOT EXISTS {{ (o)-[:STATED_IN]->(c:Contact) WHERE NOT {VISIBLE} }} "
        "RETURN [o.id, o.from, o.stance] ORDER BY o.from DESC, o.id LIMIT 1 } AS replaced ORDER BY date, id"
    ),
    "commitment": (
        f"MATCH (n:Commitment {{id: id}})-[:MADE_IN]->(k:Contact) RETURN {_OWN}, k.date AS date, "
        "n.due AS end_date, coalesce(n.key + ': ', '') + coalesce(n.value, "
        "toString(n.amount) + coalesce(' ' + n.currency, ''), n.text, '') AS summary, "
        "[(k)-[:MADE_BY]->(d:Department) | [d.id, d.name]] AS departments, "
        f"{_TOLD} AS told, k.id AS stated_in, "
        "COLLECT { MATCH (n)-[:REPLACES]->(o:Commitment)-[:MADE_IN]->(c:Contact) "
        f"WHERE {VISIBLE} RETURN [o.id, c.date, coalesce(o.value, toString(o.amount), '')] }} AS replaced "
        "ORDER BY date, id"
    ),
    "material": (
        f"MATCH (n:Material {{id: id}}) RETURN {_OWN}, n.from AS date, n.to AS end_date, "
        "coalesce(n.stance + ': ', '') + n.title AS summary, [] AS departments, [] AS told, null AS stated_in, "
        "[] AS replaced ORDER BY date, id"
    ),
    "membership": (
        "MATCH (d:Department)-[n:MEMBER_OF]->(w:Network) WHERE n.id = id "
        f"RETURN {_OWN}, n.from AS date, n.to AS end_date, "
        "w.name + coalesce(': ' + toString(n.fee_eur) + ' EUR', '') AS summary, [[d.id, d.name]] AS departments, "
        "[] AS told, null AS stated_in, [] AS replaced ORDER BY date, id"
    ),
    "partner": (
        f"MATCH (n:Partner {{id: id}}) RETURN {_OWN}, n.key_since AS date, null AS end_date, n.name AS summary, "
        "[] AS departments, [] AS told, null AS stated_in, [] AS replaced ORDER BY id"
    ),
}
# Which kinds of records the findings of a rule are made of.
_KINDS = {
    "C1": ("position",),
    "C2": ("commitment",),
    "C3": ("position", "material"),
    "G1": ("commitment", "partner"),
    "O7": ("membership",),
}


def evidence(asking: Asking, rule: str, ids: Sequence[str]) -> list[Evidence]:
    """The records with these ids, newest last."""
    out: list[Evidence] = []
    for kind in _KINDS.get(rule, ("contact",)):
        rows = asking.store.read(f"UNWIND $ids AS id {_QUERIES[kind]}", ids=list(ids), **asking.eyes)
        loads = _loads(asking, {row["source"] for row in rows if row["source"]})
        out += [_evidence(kind, row, loads) for row in rows]
    return out


def _loads(asking: Asking, sources: set[str]) -> dict[str, tuple[list[str], str]]:
    """load -> its files and its author.

    Several files of one load are named to those who may read load reports: a row says only its number, and
    what else was loaded is no business of whoever sees this one record.
    """
    rows = asking.store.read(
        "UNWIND $ids AS id MATCH (l:Load {id: id}) RETURN id, l.files AS files, l.author AS author",
        ids=sorted(sources),
    )
    told = asking.viewer.may("editor")
    return {
        row["id"]: (list(row["files"] or ()) if told or len(row["files"] or ()) == 1 else [], row["author"])
        for row in rows
    }


def _evidence(kind: str, row: Row, loads: dict[str, tuple[list[str], str]]) -> Evidence:
    source = row["source"] or ""
    files, author = loads.get(source, ([], source.removeprefix(USER) if source.startswith(USER) else None))
    return Evidence(
        id=row["id"],
        kind=kind,
        date=row["date"],
        end_date=row["end_date"],
        summary=row["summary"],
        source=row["source"],
        row=row["row"],
        files=files,
        entered_by=author,
        entered_at=clock.moment(row["recorded"]) if row["recorded"] else None,
        recorded_on=clock.iso(clock.helsinki_day(row["recorded"])) if row["recorded"] else None,
        departments=_named(row["departments"]),
        told=_named(row["told"]),
        stated_in=row["stated_in"],
        replaced=[" ".join(str(x) for x in told if x) for told in row["replaced"]],
    )


def _named(pairs: Sequence[Sequence[str]]) -> list[Named]:
    return [Named(id=id, name=name) for id, name in sorted({(a, b) for a, b in pairs})]


def months(records: Sequence[Evidence]) -> list[MonthCount]:
    """How many records began in each month, in order: what makes a long finding readable."""
    counts = Counter(e.date[:7] for e in records if e.date)
    return [MonthCount(month=month, records=n) for month, n in sorted(counts.items())]
