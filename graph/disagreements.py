"""What a person corrected stays, and a file that says otherwise is a disagreement to settle.

A correction is a Change by a person (its `load` names no Load). The fields it changed are the person's from
then on, until somebody settles a disagreement for the file.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from graph import clock
from graph.answers_undo import Disagreement, Disagreements
from graph.errors import BadInput, Conflict, Unknown
from graph.facts import LinkRow, new_id
from graph.states import Content, State, overwrite, parsed, read_states, written
from graph.store import Store, Tx
from graph.viewer import Viewer

_COMPUTED = {"lo", "hi", "n_partners", "planned_on"}
# Fields that only make sense together: who corrects one of them has said the others too.
_TOGETHER = (frozenset({"date", "end_date", "precision"}), frozenset({"from", "to"}))


def changed_fields(before: State, after: State) -> set[str]:
    """Names of the properties and edges in which two states differ."""
    out = {
        name
        for name in before.properties.keys() | after.properties.keys()
        if name not in _COMPUTED and before.properties.get(name) != after.properties.get(name)
    }
    edges = {link[0] for link in (*before.links, *after.links)}
    return out | {e for e in edges if _of(before, e) != _of(after, e)}


def _of(state: State, edge: str) -> list[str]:
    return sorted(json.dumps([la, t, p], sort_keys=True) for e, la, t, p in state.links if e == edge)


def _value(state: State, field: str) -> Any:
    """A field's value as it is shown: of an edge, what it leads to."""
    if field.isupper() or field in ("start", "end"):
        return sorted(t for e, _, t, _ in state.links if e == field)
    return state.properties.get(field)


def corrections(tx: Tx, label: str, ids: Sequence[str]) -> dict[str, dict[str, tuple[str, int]]]:
    """record -> field -> (who, when) for the fields that a person corrected last."""
    out: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for row in tx.run(
        "UNWIND $ids AS id MATCH (x:Change {record: id}) WHERE x.label = $label AND x.undone_at IS NULL "
        "OPTIONAL MATCH (l:Load {id: x.load}) WITH id, x, l ORDER BY x.at, x.id "
        "RETURN id, x.at AS at, x.by AS by, l IS NOT NULL AS loaded, x.before AS before, x.after AS after",
        ids=list(ids),
        label=label,
    ):
        before, after = parsed(row["before"]), parsed(row["after"])
        if before is None or after is None:
            continue  # entered or deleted: nothing of a file was corrected
        held = out[row["id"]]
        for field in _grown(changed_fields(before, after)):
            if row["loaded"]:
                held.pop(field, None)
            else:
                held[field] = (row["by"], row["at"])
    return {id: held for id, held in out.items() if held}


def _grown(fields: set[str]) -> set[str]:
    return fields.union(*(group for group in _TOGETHER if group & fields))


def keep_corrections(
    tx: Tx,
    label: str,
    before: Mapping[str, State],
    contents: Mapping[str, Content],
    load: str,
    rows: Mapping[str, int],
) -> None:
    """Put what persons corrected back into the new contents; what differs is listed as a disagreement."""
    differing = []
    for id, held in corrections(tx, label, sorted(contents)).items():
        old, new = before[id], contents[id].state
        for field in sorted(held.keys() & changed_fields(old, new)):
            by, at = held[field]
            differing.append(
                {
                    "record": id,
                    "field": field,
                    "ours": json.dumps(_value(old, field)),
                    "theirs": json.dumps(_value(new, field)),
                    "content": written(State({field: new.properties.get(field)}, _links(new, field), {})),
                    "by": by,
                    "corrected_at": at,
                    "row": rows.get(id, 0),
                }
            )
        for field in held:
            _put(new, field, old)
        _compute(label, new)
    if differing:
        _list(tx, label, differing, load)


def _links(state: State, field: str) -> list[LinkRow]:
    return [link for link in state.links if link[0] == field]


def _put(state: State, field: str, source: State) -> None:
    """Give a state one field of another one."""
    if field.isupper() or field in ("start", "end"):
        state.links[:] = sorted(
            [*(x for x in state.links if x[0] != field), *_links(source, field)], key=repr
        )
    elif source.properties.get(field) is None:
        state.properties.pop(field, None)
    else:
        state.properties[field] = source.properties[field]


def _compute(label: str, state: State) -> None:
    """What follows from the fields; BadInput where they do not go together."""
    own = state.properties
    if label == "Contact":
        own["n_partners"] = sum(link[0] == "WITH_PARTNER" for link in state.links)
        own["lo"], own["hi"] = clock.days_of(own["date"], own.get("end_date"), own["precision"])
    if own.get("from") and own.get("to") and own["to"] < own["from"]:
        raise BadInput(f"The end {own['to']} would be before the beginning {own['from']}.")


def _list(tx: Tx, label: str, differing: list[dict[str, Any]], load: str) -> None:
    at = clock.now()
    for row in differing:
        row["id"] = new_id("Disagreement")
    tx.run(
        "UNWIND $rows AS row OPTIONAL MATCH (had:Disagreement {record: row.record, field: row.field}) "
        "WHERE had.theirs = row.theirs AND had.status IN ['open', 'kept'] "
        "WITH row, count(had) AS had WHERE had = 0 "
        "CREATE (n:Disagreement) SET n = row, n.label = $label, n.load = $load, n.at = $at, n.status = 'open'",
        rows=differing,
        label=label,
        load=load,
        at=at,
    )


def disagreements(store: Store, viewer: Viewer, *, load: str | None = None) -> Disagreements:
    """Those not yet settled, oldest first; of one load only where `load` is given.

    Coordinators see all of them, others those of their own loads that are about no confidential contact.
    """
    viewer.require("editor", "see disagreements")
    rows = store.read(
        "MATCH (n:Disagreement {status: 'open'}) WHERE ($load IS NULL OR n.load = $load) "
        "OPTIONAL MATCH (l:Load {id: n.load}) WITH n, l WHERE $all OR (l.author = $viewer "
        "AND NOT EXISTS { MATCH (c:Confidential {id: n.record}) } "
        "AND NOT EXISTS { MATCH (:Position {id: n.record})-[:STATED_IN]->(:Confidential) }) "
        "RETURN n.id AS id, n.record AS record, n.label AS label, n.field AS field, n.ours AS ours, "
        "n.theirs AS theirs, n.by AS by, n.corrected_at AS corrected_at, n.load AS load, n.row AS row "
        "ORDER BY n.at, n.id",
        load=load,
        all=viewer.sees_all,
        viewer=viewer.name,
    )
    return Disagreements(
        disagreements=[
            Disagreement(
                **{
                    **row,
                    "ours": json.loads(row["ours"]),
                    "theirs": json.loads(row["theirs"]),
                    "corrected_at": clock.moment(row["corrected_at"]),
                }
            )
            for row in rows
        ]
    )


def settle(store: Store, viewer: Viewer, id: str, verdict: Literal["keep", "take"]) -> Disagreement:
    """Settle a disagreement: keep the person's value, or take the file's.

    Raises:
        Unknown: no such disagreement, or none that this viewer may settle.
        Conflict: it is settled already, or what the file led to is gone.
    """
    if verdict not in ("keep", "take"):
        raise BadInput(f"{verdict!r} is neither keep nor take.")
    mine = [d for d in disagreements(store, viewer).disagreements if d.id == id]
    if not mine:
        raise Unknown(f"There is no open disagreement {id!r}.")

    def work(tx: Tx) -> bool:
        rows = tx.run(
            "MATCH (n:Disagreement {id: $id}) SET n._lock = true REMOVE n._lock "
            "RETURN n.status AS status, n.label AS label, n.record AS record, n.field AS field, "
            "n.content AS content, n.load AS load",
            id=id,
        )
        if rows[0]["status"] != "open":
            return False
        if verdict == "take":
            _take(tx, rows[0], viewer.name)
        tx.run(
            "MATCH (n:Disagreement {id: $id}) SET n.status = $status, n.settled_by = $by, n.settled_at = $at",
            id=id,
            status="kept" if verdict == "keep" else "taken",
            by=viewer.name,
            at=clock.now(),
        )
        return True

    if not store.write(work):
        raise Conflict(f"The disagreement {id} has been settled meanwhile.")
    return mine[0]


def _take(tx: Tx, row: dict[str, Any], author: str) -> None:
    from graph import scopes
    from graph.changes import write_changes

    label, record, field = row["label"], row["record"], row["field"]
    theirs = parsed(row["content"]) or State({}, [], {})
    targets = [(link[0], link[2]) for link in theirs.links]
    scopes.raise_all(tx, scopes.touched_by(tx, [scopes.Touch(label, record, False, targets)], {}))
    state = read_states(tx, label, [record]).get(record)
    if state is None:
        raise Conflict(f"The record {record} is gone; keep the disagreement's other side.")
    old = State(dict(state.properties), list(state.links), dict(state.kept))
    _put(state, field, theirs)
    _compute(label, state)
    overwrite(tx, label, [Content(record, state, [field] if field.isupper() else [])])
    # As a change of the load: from now on the record follows the file in this field again.
    stamp = {"recorded_at": clock.microseconds(clock.now()), "source": row["load"]}
    write_changes(tx, label, [(record, old, state)], stamp, author)
