"""Records entered, changed and deleted by people, one at a time, each with its audit in Change.

A change names the version it was made from. When somebody else was first, nothing is written and `Changed`
says what the first did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from graph import clock, derive, forms, schema, scopes, writer
from graph.answers import Named
from graph.answers_acting import Deleted, Entered, Entry
from graph.errors import BadInput, Changed, Conflict, Unknown
from graph.facts import Fact, Link, new_id
from graph.questions.asking import Asking
from graph.store import Row, Tx

Run = Callable[..., list[Row]]
T = TypeVar("T")

USER = "user:"  # before the name of who entered a record by hand, in its source
ANY = "*"  # a version that fits every record
_OWN = ("lo", "hi", "n_partners")  # derived from the fields themselves


def entry(asking: Asking, kind: str, id: str) -> Entry:
    """A record with its history; Unknown for an id that is none, or hidden."""
    label = forms.label_of(kind)
    found = _read(asking.store.read, asking, label, id)
    if found is None:
        raise Unknown(f"There is no {label.lower()} {id!r}.")
    return found


def create(asking: Asking, kind: str, given: Mapping[str, Any], *, operation: str | None = None) -> Entry:
    """Enter a record; BadInput says what does not fit. A replay of `operation` enters nothing twice."""
    asking.viewer.require("editor", "enter records")
    label = forms.label_of(kind)
    fact = forms.fact_of(asking, label, _with_defaults(asking, label, given), id=new_id(label))

    def work(tx: Tx) -> list[Any]:
        return enter(tx, asking, fact)

    id, touched = asking.store.write(work, operation=operation)
    settle(asking, touched)
    return entry(asking, kind, id)


def enter(tx: Tx, asking: Asking, fact: Fact) -> list[Any]:
    """Write a new fact inside a transaction, with its audit; [id, scopes made stale or None for all]."""
    written, touched = writer.put(tx, [fact], source=source_of(asking), author=asking.viewer.name)
    if written[0].outcome == "refused":
        raise BadInput(written[0].reason)
    if written[0].outcome == "loaded":
        audit(
            tx,
            asking,
            fact.label,
            written[0].id,
            before=None,
            after=_stored(tx.run, fact.label, written[0].id),
        )
    return [written[0].id, touched]


def change(
    asking: Asking, kind: str, id: str, given: Mapping[str, Any], *, version: str, whole: bool = False
) -> Entry:
    """Change the fields that are given (an empty one is cleared); the others stay.

    Args:
        version: the one that the change was made from, or "*".
        whole: fields that are not given are cleared too.
    """
    asking.viewer.require("editor", "change records")
    label = forms.label_of(kind)

    def work(tx: Tx) -> list[str] | None:
        return alter(tx, asking, label, id, given, version=version, whole=whole)

    settle(asking, asking.store.write(work))
    return entry(asking, kind, id)


def alter(
    tx: Tx,
    asking: Asking,
    label: str,
    id: str,
    given: Mapping[str, Any],
    *,
    version: str = ANY,
    whole: bool = False,
) -> list[str] | None:
    """The same inside a transaction; the scopes made stale, None for all of them."""
    now = _locked(tx, asking, label, id, version)
    merged = dict(given) if whole else {**flat(now), **given}
    fact = forms.fact_of(asking, label, merged, id=id)
    kept = {name: now.fields[name] for name in forms.UNASKED if name in now.fields}
    links = (*fact.links, *_unseen_links(tx, label, now))
    fact = replace(fact, links=links, properties={**fact.properties, **kept})
    written, touched = writer.put(tx, [fact], source=source_of(asking), author=asking.viewer.name)
    if written[0].outcome == "refused":
        raise BadInput(written[0].reason)
    return touched


def _unseen_links(tx: Tx, label: str, now: Entry) -> list[Link]:
    """Links of the record that the viewer may not see: they stay as they are."""
    seen = {(f.edge, f.label, n.id) for f in forms.FORMS[label] for n in now.links[f.name]}
    own = {(f.edge, f.label) for f in forms.FORMS[label]}
    return [
        Link(edge, target, properties, label=end)
        for edge, end, target, properties in _stored(tx.run, label, now.id)["links"]
        if (edge, end) in own and (edge, end, target) not in seen
    ]


def delete(asking: Asking, kind: str, id: str, *, version: str) -> Deleted:
    """Delete a record; Change keeps what it was. Conflict while other records hang on it.

    A file that has it still does not bring it back (`graph.loads.deleted`).
    """
    asking.viewer.require("editor", "delete records")
    label = forms.label_of(kind)

    def work(tx: Tx) -> list[str] | None:
        now = _locked(tx, asking, label, id, version)
        _refuse_hanging(tx, label, id)
        targets = [(edge, t) for edge, _, t, _ in _stored(tx.run, label, id)["links"]]
        canonical = {
            row["id"]: row["canonical"]
            for row in tx.run(
                "UNWIND $ids AS id MATCH (p:Partner {id: id}) RETURN id, p.canonical AS canonical",
                ids=[t for _, t in targets],
            )
        }
        touched = scopes.touched_by(tx, [scopes.Touch(label, id, False, targets)], canonical)
        scopes.raise_all(tx, touched)
        key = tx.run(f"MATCH (n:{label} {{id: $id}}) RETURN n.source_key AS key", id=id)[0]["key"]
        before = {**_stored(tx.run, label, id), "kept": {"source_key": key}}
        audit(tx, asking, label, now.id, before=before, after=None)
        tx.run(f"MATCH (n:{label} {{id: $id}}) DETACH DELETE n", id=id)
        return None if touched is None else sorted(touched)

    settle(asking, asking.store.write(work))
    return Deleted(id=id, kind=kind, history=_history(asking.store.read, asking, label, id))


def settle(asking: Asking, touched: list[str] | None) -> None:
    """Bring what a write made stale up to date, so that its writer finds what follows from it."""
    derive.refresh_touched(asking.store, asking.settings, touched, asking.today)


def source_of(asking: Asking) -> str:
    """Where a record entered by this viewer says that it comes from."""
    return f"{USER}{asking.viewer.name}"


def audit(
    tx: Tx,
    asking: Asking,
    label: str,
    record: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """A Change by the viewer; `before` is None for a new record, `after` for one that is gone."""
    tx.run(
        "CREATE (n:Change) SET n = $row",
        row={
            "id": new_id("Change"),
            "record": record,
            "label": label,
            "at": clock.microseconds(clock.now()),
            "by": asking.viewer.name,
            "load": source_of(asking),
            "before": json.dumps(before),
            "after": json.dumps(after),
        },
    )


def _with_defaults(asking: Asking, label: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A contact that is to come is planned unless it says otherwise."""
    out = dict(given)
    if label == "Contact" and not out.get("status") and isinstance(out.get("date"), str):
        day = clock.ordinal(out["date"])
        out["status"] = "planned" if day > asking.today.toordinal() else "held"
    return out


def flat(now: Entry) -> dict[str, Any]:
    """An entry as a filled-in form: fields, and ids of what it leads to."""
    own = {name: value for name, value in now.fields.items() if name not in forms.UNASKED}
    return {**own, **{name: [n.id for n in named] for name, named in now.links.items()}}


def _locked(tx: Tx, asking: Asking, label: str, id: str, version: str) -> Entry:
    """The record, locked; Unknown when there is none to be seen, Changed when it is another version."""
    tx.run(f"MATCH (n:{label} {{id: $id}}) SET n._lock = true REMOVE n._lock", id=id)
    now = _read(tx.run, asking, label, id)
    if now is None:
        raise Unknown(f"There is no {label.lower()} {id!r}.")
    if version not in (ANY, now.version):
        last = now.history[-1] if now.history else None
        raise Changed(f"{_who_did(last)} Look at it again before you repeat yours.", now)
    return now


def _who_did(last: Entered | None) -> str:
    if last is None:
        return "It is not the version that you changed."
    fields = sorted({*(last.before or {}), *(last.after or {})})
    did = "entered it" if last.before is None else f"changed {', '.join(fields)}"
    return f"{last.by} {did} at {last.at[:16].replace('T', ' ')} UTC, after you had read it."


def _refuse_hanging(tx: Tx, label: str, id: str) -> None:
    """Conflict when facts lead to the record."""
    known = [e.name for e in schema.EDGES if label in e.ends and e.start not in ("Decision", "Alias")]
    rows = tx.run(
        f"MATCH (n:{label} {{id: $id}})<-[r]-(m) WHERE type(r) IN $known "
        "RETURN labels(m)[0] AS label, m.id AS id ORDER BY label, id LIMIT 6",
        id=id,
        known=known,
    )
    if rows:
        named = ", ".join(f"{row['label'].lower()} {row['id']}" for row in rows[:5])
        more = ", and others" if len(rows) > 5 else ""
        way = " Cancel it instead, or delete those first." if label == "Contact" else " Delete those first."
        raise Conflict(f"Other records belong to it: {named}{more}.{way}")


# --- reading ---


def _columns(label: str) -> str:
    names = [p.name for p in schema.LABEL[label].properties]
    parts = [f"n{{{', '.join(f'.`{name}`' for name in names)}}} AS properties"]
    for f in forms.FORMS[label]:
        caption = f"coalesce(t.{schema.LABEL[f.label].caption}, t.id)"
        where = [forms.seen(f.label, "t")]
        if "role" in f.properties:
            where.append(f"r.role = '{f.properties['role']}'")
        extra = ", r.amount" if f.amount else ""
        parts.append(
            f"[(n)-[r:{f.edge}]->(t:{f.label}) WHERE {' AND '.join(where)} | [t.id, {caption}{extra}]] AS `{f.name}`"
        )
    return ", ".join(parts)


def _read(run: Run, asking: Asking, label: str, id: str) -> Entry | None:
    rows = run(
        f"MATCH (n:{label} {{id: $id}}) WHERE {forms.seen(label)} "
        f"RETURN n.recorded_at AS recorded_at, n.source AS source, n.row AS row, {_columns(label)}",
        id=id,
        **asking.eyes,
    )
    if not rows:
        return None
    row = rows[0]
    kept = {k: v for k, v in row["properties"].items() if v not in (None, [])}
    links: dict[str, list[Named]] = {}
    for f in forms.FORMS[label]:
        found = sorted(row[f.name])
        links[f.name] = [Named(id=x[0], name=x[1]) for x in found]
        if f.amount and found and found[0][2] is not None:
            kept[f.amount] = found[0][2]
    content = [kept, {name: [n.id for n in named] for name, named in links.items()}]
    digest = hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=12).hexdigest()
    where = str(row["source"] or "")
    return Entry(
        id=id,
        kind=next(kind for kind, own in forms.KINDS.items() if own == label),
        version=digest,
        fields=kept,
        links=links,
        recorded_at=clock.moment(row["recorded_at"]),
        source=f"{where}, row {row['row']}" if row["row"] else where,
        history=_history(run, asking, label, id),
    )


def _stored(run: Run, label: str, id: str) -> dict[str, Any]:
    """What a Change keeps of a record: properties and links, as the writer's own changes have them."""
    names = [p.name for p in schema.LABEL[label].properties] + (list(_OWN) if label == "Contact" else [])
    edges = sorted({e.name for e in schema.edges_from(label) if not e.fact})
    row = run(
        f"MATCH (n:{label} {{id: $id}}) RETURN n{{{', '.join(f'.`{name}`' for name in names)}}} AS properties, "
        "[(n)-[r]->(t) WHERE type(r) IN $edges | [type(r), labels(t)[0], t.id, properties(r)]] AS links",
        id=id,
        edges=edges,
    )[0]
    return {
        "properties": {k: v for k, v in row["properties"].items() if v is not None},
        "links": sorted(row["links"], key=repr),
    }


def _history(run: Run, asking: Asking, label: str, id: str) -> list[Entered]:
    rows = run(
        "MATCH (x:Change {record: $id}) WHERE x.label = $label "
        "RETURN x.id AS id, x.at AS at, x.by AS by, x.before AS before, x.after AS after "
        "ORDER BY at, before <> 'null', after = 'null', id",
        id=id,
        label=label,
    )
    if not rows:
        return []
    sides = [(row, _fields(label, row["before"]), _fields(label, row["after"])) for row in rows]
    hidden = _hidden_targets(run, asking, label, [s for _, *both in sides for s in both if s])
    out = []
    for row, before, after in sides:
        for side in (before, after):
            for f in forms.FORMS[label]:
                if side and f.name in side:
                    side[f.name] = [x for x in side[f.name] if (f.label, x) not in hidden]
        if before is not None and after is not None:
            names = {k for k in {*before, *after} if before.get(k) != after.get(k)}
            before = {k: v for k, v in before.items() if k in names}
            after = {k: v for k, v in after.items() if k in names}
        out.append(
            Entered(id=row["id"], at=clock.moment(row["at"]), by=row["by"], before=before, after=after)
        )
    return out


def _fields(label: str, text: str) -> dict[str, Any] | None:
    """One side of a Change as fields of the form."""
    kept = json.loads(text)
    if kept is None:
        return None
    out = {k: v for k, v in kept["properties"].items() if k not in _OWN and v is not None}
    for f in forms.FORMS[label]:
        own = [
            (target, p)
            for edge, end, target, p in kept["links"]
            if edge == f.edge and end == f.label and p.get("role") == f.properties.get("role")
        ]
        if own:
            out[f.name] = sorted(target for target, _ in own)
        if f.amount and own and own[0][1].get("amount") is not None:
            out[f.amount] = own[0][1]["amount"]
    return out


def _hidden_targets(
    run: Run, asking: Asking, label: str, sides: list[dict[str, Any]]
) -> set[tuple[str, str]]:
    """(label, id) of what a history names and the viewer may not see."""
    out: set[tuple[str, str]] = set()
    for end in {f.label for f in forms.FORMS[label] if forms.seen(f.label) != "true"}:
        ids = {
            x for side in sides for f in forms.FORMS[label] if f.label == end for x in side.get(f.name, ())
        }
        if ids:
            rows = run(
                f"UNWIND $ids AS id MATCH (n:{end} {{id: id}}) WHERE {forms.seen(end)} RETURN id",
                ids=sorted(ids),
                **asking.eyes,
            )
            out |= {(end, id) for id in ids - {row["id"] for row in rows}}
    return out
