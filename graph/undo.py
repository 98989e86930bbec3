"""Undoing a load: what it overwrote comes back, what it brought goes, unless others have built on it since.

First the whole plan is read and whatever stands in the way is listed; only a load without blockers is undone.
A small load goes in one transaction. A large one goes in several, each of which looks again for what stands
in its way; the load is marked as being undone first, so that the same command continues after a crash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graph import clock, facts, schema, undo_steps
from graph.answers import FindingsDelta, Named
from graph.answers_undo import Blocker, Undo
from graph.errors import Conflict, NotAllowed, Unknown
from graph.loads import alive
from graph.store import Store, Tx
from graph.undo_steps import NOT_OWN
from graph.viewer import Viewer

Progress = Callable[[int, int | None, str], None]

# Records that many speak of: one that others use is kept.
SHARED = facts.SLUGGED | {"Partner", "Person"}
AT_ONCE = 5_000  # records undone in one transaction
CHUNK = 1_000
LISTED = 1_000  # blockers named
_LABELS = tuple(x.name for x in schema.LABELS if x.fact)
_EDGES = tuple(f"{e.start}-{e.name}" for e in schema.EDGES if e.fact)


@dataclass
class _Plan:
    """What a load brought and changed; `kept` are ids of its records that others use, with whose they become."""

    created: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, dict[str, str]] = field(default_factory=dict)
    blockers: list[Blocker] = field(default_factory=list)
    judgements: list[str] = field(default_factory=list)

    def removed(self, label: str) -> list[str]:
        kept = self.kept.get(label, {})
        return [id for id in self.created.get(label, ()) if id not in kept]


def undo(
    store: Store, viewer: Viewer, load: str, *, dry_run: bool = False, progress: Progress | None = None
) -> Undo:
    """Undo a load; the derived graph is left stale, to be refreshed.

    Args:
        dry_run: change nothing and say what would happen.

    Returns:
        The answer, with `done` false and nothing changed where it names blockers.

    Raises:
        Unknown: no such load.
        NotAllowed: an editor may undo loads of their own, coordinators any.
        Conflict: the load is running, or undone already.
    """
    _check(store, viewer, load)
    plan = _planned(store, load)
    kept = [
        Named(id=row["id"], name=row["name"])
        for label, ids in sorted(plan.kept.items())
        for row in store.read(
            f"MATCH (n:{label}) WHERE n.id IN $ids RETURN n.id AS id, "
            f"coalesce(n.{schema.LABEL[label].caption}, n.id) AS name ORDER BY name, id",
            ids=sorted(ids),
        )
    ]
    removed = {la: len(plan.removed(la)) for la in plan.created if plan.removed(la)}
    restored = {la: len(ids) for la, ids in plan.changed.items() if ids}
    answer = Undo(
        load=load,
        done=not dry_run and not plan.blockers,
        removed={la.partition("-")[2] or la: n for la, n in sorted(removed.items())},
        restored={la.partition("-")[2] or la: n for la, n in sorted(restored.items())},
        kept=kept[:LISTED],
        blockers=_for(viewer, plan.blockers[:LISTED]),
        findings=FindingsDelta(opened=0, closed=0),
    )
    if answer.done:
        _work(store, viewer, load, plan, progress)
    return answer


def _check(store: Store, viewer: Viewer, load: str) -> None:
    viewer.require("editor", "undo loads")
    rows = store.read(
        "MATCH (l:Load {id: $id}) RETURN l.author AS author, l.status AS status, l.undone_at AS at, "
        "l.undone_by AS by, l.holder AS holder, l.beat AS beat",
        id=load,
    )
    if not rows:
        raise Unknown(f"There is no load {load!r}.")
    row = rows[0]
    if row["author"] != viewer.name and not viewer.sees_all:
        raise NotAllowed(f"{viewer.name} may undo loads of their own; this one is by {row['author']}.")
    if row["status"] == "undone":
        raise Conflict(
            f"The load {load} was undone on {row['at'][:16].replace('T', ' ')} by {row['by']}: there is nothing "
            "of it left to undo. To have its records again, load its files again."
        )
    if row["status"] == "running" and alive(load, row["holder"], row["beat"]):
        raise Conflict(f"The load {load} is running. Stop it, or wait until it has ended, and then undo it.")


# --- the plan ---


def _planned(store: Store, load: str) -> _Plan:
    plan = _Plan()
    for label in _LABELS:
        ids = store.read(f"MATCH (n:{label}) WHERE n.source = $load RETURN collect(n.id) AS ids", load=load)
        if ids[0]["ids"]:
            plan.created[label] = sorted(ids[0]["ids"])
    for label in _EDGES:
        edge = facts.edge_of(label)
        ids = store.read(
            f"MATCH (:{edge.start})-[n:{edge.name}]->() WHERE n.source = $load RETURN collect(n.id) AS ids",
            load=load,
        )
        if ids[0]["ids"]:
            plan.created[label] = sorted(ids[0]["ids"])
    own = {label: set(ids) for label, ids in plan.created.items()}
    for row in store.read(
        "MATCH (c:Change {load: $load}) WHERE c.undone_at IS NULL "
        "RETURN c.label AS label, collect(DISTINCT c.record) AS ids",
        load=load,
    ):
        plan.changed[row["label"]] = sorted(set(row["ids"]) - own.get(row["label"], set()))
    plan.judgements = store.read(
        "MATCH (j:Judgement) WHERE j.source = $load RETURN collect(j.id) AS ids", load=load
    )[0]["ids"]
    plan.kept = _kept(store, load, own)
    plan.blockers = _blockers(store, load, plan)
    return plan


def _kept(store: Store, load: str, own: dict[str, set[str]]) -> dict[str, dict[str, str]]:
    """label -> id -> source of the first user, for shared records that something else leads to."""
    kept: dict[str, dict[str, str]] = {}
    for label in sorted(SHARED & own.keys()):
        found: dict[str, tuple[int, str]] = {}
        for pattern in _uses(label):
            for row in store.read(
                f"MATCH {pattern} AND n.source = $load AND {NOT_OWN} "
                "RETURN n.id AS id, coalesce(x.source, '') AS source, min(coalesce(x.recorded_at, 0)) AS at",
                load=load,
            ):
                found[row["id"]] = min(found.get(row["id"], (2**62, "")), (row["at"], row["source"]))
        if found:
            kept[label] = {id: source for id, (_, source) in found.items()}
    # What a kept record is part of, or works for, is kept with it.
    fresh = {label: set(ids) for label, ids in kept.items()}
    while fresh:
        more: dict[str, set[str]] = {}
        for label, ids in fresh.items():
            for e in schema.edges_from(label):
                for end in e.ends if not e.fact else ():
                    if end not in own:
                        continue
                    for row in store.read(
                        f"MATCH (n:{label})-[:{e.name}]->(m:{end}) WHERE n.id IN $ids AND m.source = $load "
                        "RETURN n.id AS id, m.id AS above",
                        ids=sorted(ids),
                        load=load,
                    ):
                        if row["above"] not in kept.setdefault(end, {}):
                            kept[end][row["above"]] = kept[label][row["id"]]
                            more.setdefault(end, set()).add(row["above"])
        fresh = more
    return kept


def _uses(label: str) -> Iterator[str]:
    """A pattern, with the beginning of its condition, for each way in which some x can lead to a record n."""
    for e in schema.EDGES:
        if e.fact and e.start == label:
            yield f"(n:{label})-[x:{e.name}]->() WHERE true"
        if label not in e.ends:
            continue
        if e.name == "NAMES":
            # A further name is a use by whoever gave it.
            yield f"(n:{label})<-[x:NAMES]-(:Alias) WHERE x.source IS NOT NULL"
        elif e.fact:
            yield f"(n:{label})<-[x:{e.name}]-(:{e.start}) WHERE true"
        elif e.name == "JUDGES":
            # What a machine was not sure of is no use: it goes with the record.
            yield f"(n:{label})<-[:JUDGES]-(x:Judgement) WHERE (x.machine IS NULL OR x.verdict = 'same')"
        else:
            yield f"(n:{label})<-[:{e.name}]-(x:{e.start}) WHERE true"


def _blockers(store: Store, load: str, plan: _Plan) -> list[Blocker]:
    out: list[Blocker] = []
    removed = {label: set(plan.removed(label)) for label in plan.created}
    changed = {label: set(ids) for label, ids in plan.changed.items()}
    for row in store.read(
        "MATCH (c:Change {load: $load}) WHERE c.undone_at IS NULL WITH c.record AS record, min(c.at) AS own "
        "MATCH (x:Change {record: record}) WHERE x.undone_at IS NULL AND x.load <> $load AND x.at >= own "
        "RETURN x.record AS record, x.label AS label, x.by AS by, x.at AS at, x.load AS load ORDER BY at",
        load=load,
    ):
        if row["record"] in changed.get(row["label"], ()):
            out.append(_blocker("changed", **row))
    started = store.read("MATCH (l:Load {id: $id}) RETURN l.started_at AS at", id=load)[0]["at"]
    for row in store.read(
        "MATCH (x:Change) WHERE x.undone_at IS NULL AND x.load <> $load AND x.at >= $since "
        "RETURN x.record AS record, x.label AS label, x.by AS by, x.at AS at, x.load AS load ORDER BY at",
        load=load,
        since=clock.microseconds(started) - 3_600_000_000,
    ):
        if row["record"] in removed.get(row["label"], ()):
            out.append(_blocker("changed", **row))
    for label in removed:
        if label in SHARED or facts.is_edge(label):
            continue
        for pattern in _uses(label):
            for row in store.read(
                f"MATCH {pattern} AND n.source = $load AND {NOT_OWN} "
                "RETURN n.id AS record, x.author AS by, x.source AS load, x.recorded_at AS at "
                f"ORDER BY record LIMIT {LISTED}",
                load=load,
            ):
                out.append(_blocker("used", label=label, **row))
    for label in schema.CLUSTERED:
        for row in store.read(
            f"MATCH (p:{label})<-[:JUDGES]-(j:Judgement {{verdict: 'same'}}) WHERE p.source = $load "
            "AND coalesce(j.source, '') <> $load AND (p.canonical <> p.id OR "
            f"EXISTS {{ MATCH (q:{label} {{canonical: p.id}}) WHERE q.id <> p.id }}) "
            "RETURN DISTINCT p.id AS record",
            load=load,
        ):
            if row["record"] in removed.get(label, ()):
                out.append(_blocker("merged", label=label, by=None, at=None, load=None, **row))
    for label, ids in plan.changed.items():
        for chunk in _chunks(ids, CHUNK):
            out += [
                _blocker("leads_to_nothing", label=label, record=id, by=None, at=None, load=None)
                for id in store.snapshot(
                    lambda tx, label=label, chunk=chunk: undo_steps.lost_targets(tx, load, label, chunk)  # type: ignore[misc]
                )
            ]
    return _captioned(store, out)


def _blocker(
    why: Any, *, record: str, label: str, by: str | None, at: int | None, load: str | None
) -> Blocker:
    moment = clock.moment(at) if at else None
    return Blocker(record=record, label=label, name=record, why=why, by=by, at=moment, load=load)


def _captioned(store: Store, blockers: list[Blocker]) -> list[Blocker]:
    names: dict[tuple[str, str], str] = {}
    for label in {b.label for b in blockers if b.label in schema.LABEL}:
        for row in store.read(
            f"MATCH (n:{label}) WHERE n.id IN $ids RETURN n.id AS id, n.{schema.LABEL[label].caption} AS name",
            ids=sorted({b.record for b in blockers if b.label == label}),
        ):
            names[label, row["id"]] = row["name"] or row["id"]
    return [b.model_copy(update={"name": names.get((b.label, b.record), b.record)}) for b in blockers]


def _for(viewer: Viewer, blockers: list[Blocker]) -> list[Blocker]:
    """Others learn that a record of their load is in use, and not by what."""
    if viewer.sees_all:
        return blockers
    return [
        b.model_copy(update={"name": b.record, "load": None, "at": None, "by": None})
        if b.why == "used"
        else b.model_copy(update={"name": b.record})
        for b in blockers
    ]


# --- the work ---


def _work(store: Store, viewer: Viewer, load: str, plan: _Plan, progress: Progress | None) -> None:
    def mark(tx: Tx) -> None:
        tx.run(
            "MATCH (l:Load {id: $id}) SET l.status = 'undoing', l.undone_by = $by", id=load, by=viewer.name
        )

    def end(tx: Tx) -> None:
        tx.run(
            "MATCH (l:Load {id: $id}) SET l.status = 'undone', l.undone_at = $at, l.undone_by = $by",
            id=load,
            at=clock.now(),
            by=viewer.name,
        )

    steps = list(_steps(load, plan))
    total = sum(n for n, _ in steps)
    if total <= AT_ONCE:

        def whole(tx: Tx) -> None:
            for step in (mark, *(s for _, s in steps), end):
                step(tx)

        store.write(whole)
        return
    store.write(mark)
    done = 0
    for n, step in steps:
        store.write(step)
        done += n
        if progress:
            progress(done, total, "undo")
    store.write(end)


def _steps(load: str, plan: _Plan) -> Iterator[tuple[int, Callable[[Tx], None]]]:
    """(records, what to do) in the order in which nothing is missed: what came back first, shared ones last."""
    for chunk in _chunks(sorted(plan.judgements), CHUNK):
        kept = plan.kept.get("Partner", {})
        yield len(chunk), partial(undo_steps.unjudge, load=load, ids=chunk, kept=kept)
    for label, ids in sorted(plan.changed.items()):
        for chunk in _chunks(ids, CHUNK):
            yield len(chunk), partial(undo_steps.restore, load=load, label=label, ids=chunk)
    own = Counter({label: len(plan.removed(label)) for label in plan.created})
    for label in sorted(own, key=lambda la: (la in SHARED, not facts.is_edge(la), la)):
        kept = plan.kept.get(label, {})
        if kept:
            yield len(kept), partial(undo_steps.hand_on, load=load, label=label, kept=kept)
        uses = [] if facts.is_edge(label) else list(_uses(label))
        for chunk in _chunks(plan.removed(label), CHUNK):
            yield len(chunk), partial(undo_steps.remove, load=load, label=label, ids=chunk, uses=uses)
    yield 1, partial(undo_steps.clear, load=load)


def _chunks(ids: Sequence[str], n: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), n):
        yield list(ids[start : start + n])
