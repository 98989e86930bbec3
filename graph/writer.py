"""Putting facts into the store: one batch, one transaction, one operation id.

What a batch touches in the derived graph is marked there in the same transaction (`graph.scopes`), so that a
crash at any moment leaves either nothing or facts whose derived parts are known to be stale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from graph import clock, draft, facts, names, quiet, schema, scopes
from graph.changes import read_existing, record_changes
from graph.draft import Draft
from graph.errors import StoreError
from graph.facts import Fact, Written
from graph.prepared import Prepared, prepared
from graph.states import edge_properties
from graph.store import Again, Store, Tx

_ORDER = {label.name: n for n, label in enumerate(schema.LABELS)}


def write(
    store: Store,
    batch: Sequence[Fact | Prepared],
    *,
    load: str,
    source: str,
    author: str,
    operation: str | None = None,
) -> list[Written]:
    """Write a batch of facts; outcomes aligned with it. A replay of `operation` returns the first outcomes.

    A fact may link to one before it in the batch. A new Partner whose name is there already (and whose
    country does not speak against it) becomes that one: its Written.id differs from the id proposed.

    Args:
        batch: a Draft takes the transaction less time.
    """
    moment = clock.now()
    stamp = {"recorded_at": clock.microseconds(moment), "source": load or source}
    prepared_batch = (
        batch if isinstance(batch, Draft) else [x if isinstance(x, Prepared) else prepared(x) for x in batch]
    )
    first = [prepared_batch]
    given = [(item.fact, item.id) for item in first[0]]

    def work(tx: Tx) -> list[list[Any]]:
        # The steps below change what was prepared: a retry prepares it anew, with the same new ids.
        items = first.pop() if first else [prepared(fact, id) for fact, id in given]
        _Batch(tx, items, stamp, author, load).apply()
        # What a replay cannot know: most records of a large batch are new and have the id that was drawn here.
        return [
            [n, i.id, i.outcome, i.reason]
            for n, i in enumerate(items)
            if operation or i.outcome != "loaded" or i.id != given[n][1]
        ]

    out = [Written(id, "loaded") for _, id in given]
    for n, id, outcome, reason in store.write(work, operation=operation):
        out[n] = Written(id, outcome, reason)
    return out


def put(tx: Tx, batch: Sequence[Fact], *, source: str, author: str) -> tuple[list[Written], list[str] | None]:
    """The same inside a transaction of the caller's; also the scopes that it made stale, None for every one."""
    stamp = {"recorded_at": clock.microseconds(clock.now()), "source": source}
    done = _Batch(tx, [prepared(fact) for fact in batch], stamp, author, "")
    touched = done.apply()
    written = [Written(i.id, i.outcome, i.reason) for i in done.items]
    return written, None if touched is None else sorted(touched)


class _Batch:
    """The steps of one transaction, in the order that takes locks before it reads what they guard."""

    def __init__(self, tx: Tx, items: list[Prepared], stamp: dict[str, Any], author: str, load: str) -> None:
        self.load = load
        self.tx = tx
        self.items = items
        self.draft = items if isinstance(items, Draft) else None  # until something in it is not new
        self.stamp = stamp
        self.author = author
        self.renamed: dict[str, str] = {}
        self.canonical: dict[str, str] = {}

    def apply(self) -> set[str] | None:
        seen = scopes.judged(self.tx)
        self._join_partners()
        self._find()
        self._check_targets()
        self._classify()
        self._check_draft()
        touching = self.draft.touches if self.draft else draft.touches(self.items)
        silent, before = ({}, {}) if self.draft else quiet.changes(self.tx, self.items, self.canonical)
        touched = self._touched([t for t in touching if t.id not in silent])
        # What a silent change belongs to is locked as well: nobody may write a twin meanwhile.
        held = set() if touched is None else self._touched([t for t in touching if t.id in silent]) or set()
        contacts = [t.id for t in touching] if all(t.label == "Contact" for t in touching) else None
        if scopes.raise_all(self.tx, touched, held - (touched or set()), contacts) != seen:
            # Partners were merged or taken apart meanwhile: what is touched may be another's by now.
            raise Again("Partners were merged or taken apart while this was written.")
        if touched is not None and (twins := quiet.with_twins(self.tx, list(silent.values()))):
            more = self._touched([t for t in touching if t.id in twins]) or set()
            scopes.raise_all(self.tx, more - touched, contacts=contacts)
            touched |= more
        self._create_nodes()
        updated = [i for i in self.items if i.outcome == "updated"]
        record_changes(self.tx, updated, self.stamp, self.author, self.load, before)
        self._create_edges()
        self._add_aliases()
        return touched

    def _touched(self, touching: Sequence[scopes.Touch]) -> set[str] | None:
        return scopes.touched_by(self.tx, touching, self.canonical)

    def _check_draft(self) -> None:
        """Whether what was worked out beforehand still holds."""
        if self.renamed or any(i.outcome != "loaded" for i in self.items):
            self.draft = None

    # --- finding ---

    def _join_partners(self) -> None:
        """A new partner whose name exists becomes the existing one; the alias is the lock for it."""
        new = [
            i
            for i in self.items
            if i.fact.label == "Partner" and i.outcome == "loaded" and not i.fact.source_key
        ]
        if not new:
            return
        keys = sorted({names.alias_id("Partner", i.properties["name"]) for i in new})
        self.tx.run(
            "UNWIND $keys AS key MERGE (a:Alias {id: key}) SET a._lock = true REMOVE a._lock", keys=keys
        )
        rows = self.tx.run(
            "UNWIND $keys AS key MATCH (a:Alias {id: key})-[:NAMES]->(p:Partner) "
            "RETURN key, p.id AS id, p.country AS country, p.canonical AS canonical ORDER BY p.id <> p.canonical, id",
            keys=keys,
        )
        known: dict[str, list[tuple[str, str | None, str]]] = defaultdict(list)
        for row in rows:
            known[row["key"]].append((row["id"], row["country"], row["canonical"]))
        for item in new:
            country = item.properties.get("country")
            options = known[names.alias_id("Partner", item.properties["name"])]
            same = [o for o in options if o[0] == item.id]
            fitting = same or [o for o in options if not country or not o[1] or o[1] == country]
            stands = {o[2] for o in fitting}
            if len(stands) == 1 and not same:
                self.renamed[item.id] = fitting[0][0]
                item.id, item.outcome = fitting[0][0], "unchanged"
            elif not fitting:
                options.append((item.id, country, item.id))
            elif len(stands) > 1:
                item.outcome, item.reason = (
                    "refused",
                    f"The name {item.properties['name']!r} fits {len(stands)} partners; give its country.",
                )
        if self.renamed:
            for item in self.items:
                item.links = [(e, la, self.renamed.get(t, t), p) for e, la, t, p in item.links]
                item.ends = (
                    self.renamed.get(item.ends[0], item.ends[0]),
                    self.renamed.get(item.ends[1], item.ends[1]),
                )

    def _find(self) -> None:
        """Which facts are there already, by source key, else by id."""
        by_label: dict[str, list[Prepared]] = defaultdict(list)
        for item in self.items:
            if item.outcome == "loaded":
                by_label[item.fact.label].append(item)
        for label, items in by_label.items():
            if label == "Alias":
                continue
            found = read_existing(
                self.tx,
                label,
                [i.fact.source_key for i in items if i.fact.source_key],
                # A random id that was made here is nobody else's.
                [i.id for i in items if i.fact.id or i.fact.label in facts.SLUGGED],
            )
            for item in items:
                item.found = found.by_key.get(item.fact.source_key) or found.by_id.get(item.id)
                if item.found:
                    item.id = item.found.id

    def _check_targets(self) -> None:
        self._check_draft()
        wanted = self.draft.targets if self.draft else draft.targets(self.items)
        present: dict[str, set[str]] = {}
        missing = False
        if wanted:
            # One question and one row with lists: many of either cost more than what they find.
            parts = [
                f"CALL () {{ MATCH (n:{label}) WHERE n.id IN $`{label}` "
                f"RETURN collect([n.id, {'n.canonical' if label == 'Partner' else 'null'}]) AS `of{label}` }}"
                for label in sorted(wanted)
            ]
            found = self.tx.run(
                f"{' '.join(parts)} RETURN *", **{label: sorted(ids) for label, ids in wanted.items()}
            )[0]
            for label in wanted:
                present[label] = {id for id, _ in found[f"of{label}"]}
                missing |= len(present[label]) < len(wanted[label])
            self.canonical.update(found.get("ofPartner", ()))
        for item in self.items:
            if item.outcome != "loaded":
                continue
            for _, label, target, _ in item.links if missing else ():
                if target not in present[label]:
                    item.outcome, item.reason = "refused", f"There is no {label.lower()} {target!r}."
                    break
            else:
                if not facts.is_edge(item.fact.label):
                    present.setdefault(item.fact.label, set()).add(item.id)
                    if item.fact.label == "Partner":
                        self.canonical.setdefault(item.id, item.id)

    def _classify(self) -> None:
        seen: dict[tuple[str, str], Prepared] = {}
        for item in self.items:
            if item.outcome != "loaded" or item.fact.label == "Alias":
                continue
            item.fingerprint = draft.fingerprint_of(item)
            first = seen.setdefault((item.fact.label, item.id), item)
            if first is not item:
                same = first.fingerprint == item.fingerprint
                item.outcome = "unchanged" if same else "refused"
                item.reason = "" if same else f"The record {item.id} stands twice in this batch."
            elif item.found:
                item.outcome = "unchanged" if item.found.fingerprint == item.fingerprint else "updated"

    # --- writing ---

    def _stored(self, item: Prepared) -> dict[str, Any]:
        return {**self.stamp, **draft.stored(item, self._today())}

    def _today(self) -> str | None:
        return clock.iso(clock.helsinki_day(self.stamp["recorded_at"]))

    def _create_nodes(self) -> None:
        """New nodes, together with their edges where many have the same shape: one statement a shape."""
        # In the order of the schema, where contacts come after all that they lead to.
        shapes = self.draft.shapes if self.draft else draft.by_shape(self.items)
        for shape, items in sorted(shapes.items(), key=lambda x: (_ORDER[x[0][0]], x[0][1])):
            label = shape[0]
            if not draft.many(shape, items):
                rows = [self._stored(i) for i in items]
                self.tx.run(f"UNWIND $rows AS row CREATE (n:{label}) SET n = row", rows=rows)
                continue
            ready = self.draft.creations[shape] if self.draft else draft.creation(shape, items, self._today())
            made = self.tx.run(ready.query, **ready.parameters, **self.stamp)
            if made[0]["n"] != len(items):
                raise StoreError(
                    f"{len(items) - made[0]['n']} of {len(items)} {label} records found no target."
                )
            for item in items:
                item.joined = True
        hidden = [
            i.id
            for i in self.items
            if i.fact.label == "Contact" and i.writes and i.properties["confidentiality"] == "confidential"
        ]
        if hidden:
            self.tx.run("UNWIND $ids AS id MATCH (c:Contact {id: id}) SET c:Confidential", ids=hidden)

    def _create_edges(self) -> None:
        rows: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for item in self.items:
            # Changed records have been given their edges together with their content.
            if item.outcome != "loaded" or item.joined or item.fact.label == "Alias":
                continue
            if facts.is_edge(item.fact.label):
                edge = facts.edge_of(item.fact.label)
                rows[edge.start, edge.name, item.links[1][1]].append(
                    {"a": item.ends[0], "b": item.ends[1], "p": self._stored(item)}
                )
                continue
            for link in item.links:
                own = edge_properties(item.fact.label, item.properties, link)
                rows[item.fact.label, link[0], link[1]].append({"a": item.id, "b": link[2], "p": own})
        for (start, name, end), edges in sorted(rows.items(), key=lambda x: x[0]):
            made = self.tx.run(
                f"UNWIND $rows AS row MATCH (a:{start} {{id: row.a}}) MATCH (b:{end} {{id: row.b}}) "
                f"CREATE (a)-[r:{name}]->(b) SET r = row.p RETURN count(*) AS n",
                rows=edges,
            )
            if made[0]["n"] != len(edges):
                raise StoreError(f"{len(edges) - made[0]['n']} of {len(edges)} {name} edges found no end.")

    def _add_aliases(self) -> None:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in self.items:
            if item.fact.label == "Alias" and item.outcome == "loaded":
                for _, label, target, _ in item.links:
                    rows[label].append(_alias(item.properties, label, target))
            elif item.fact.label in ("Partner", "Department", "Network") and item.writes:
                for text, language in _own_names(item.properties):
                    rows[item.fact.label].append(
                        _alias({"text": text, "language": language}, item.fact.label, item.id)
                    )
        for label, aliases in rows.items():
            aliases.sort(key=lambda a: str(a["id"]))
            done = self.tx.run(
                "UNWIND $rows AS row MERGE (a:Alias {id: row.id}) "
                "ON CREATE SET a.text = row.text, a.norm = row.norm, a.language = row.language, "
                "a.source = $source, a.recorded_at = $at "
                # The lock of _join_partners may have made the node bare.
                "SET a.text = coalesce(a.text, row.text), a.norm = coalesce(a.norm, row.norm), "
                "a.language = coalesce(a.language, row.language), a.source = coalesce(a.source, $source), "
                "a.recorded_at = coalesce(a.recorded_at, $at) "
                f"WITH a, row MATCH (n:{label} {{id: row.target}}) "
                "OPTIONAL MATCH (a)-[had:NAMES]->(n) WITH a, n, row, count(had) AS had "
                "MERGE (a)-[r:NAMES]->(n) ON CREATE SET r.source = $source RETURN row.nr AS nr, had",
                rows=[{**a, "nr": nr} for nr, a in enumerate(aliases)],
                source=self.stamp["source"],
                at=self.stamp["recorded_at"],
            )
            had = {row["nr"]: row["had"] for row in done}
            present = {(a["id"], a["target"]) for nr, a in enumerate(aliases) if had.get(nr)}
            for item in self.items:
                if item.fact.label == "Alias" and item.outcome == "loaded" and item.links[0][1] == label:
                    keys = {(names.alias_id(label, item.properties["text"]), t) for _, _, t, _ in item.links}
                    if keys <= present:
                        item.outcome = "unchanged"


def _own_names(properties: dict[str, Any]) -> Iterable[tuple[str, str | None]]:
    yield properties["name"], None
    for language in schema.LANGUAGES:
        if properties.get(f"name_{language}"):
            yield properties[f"name_{language}"], language
    if properties.get("abbreviation"):
        yield properties["abbreviation"], None


def _alias(properties: dict[str, Any], label: str, target: str) -> dict[str, Any]:
    text = properties["text"]
    return {
        "id": names.alias_id(label, text),
        "text": text,
        "norm": names.normalise(text),
        "language": properties.get("language"),
        "target": target,
    }
