"""Changes of contacts that nothing derived looks at: another place or reference, and most other summaries.

Such a change makes nothing stale. A summary is looked at by one rule alone, D1, and only where a contact without
topics has a twin on the same day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from graph.prepared import Prepared
from graph.states import State, read_states
from graph.store import Tx

UNSEEN = {"place", "reference"}


@dataclass(frozen=True)
class Quiet:
    """Such a change of a contact; `summaries`: before and after, where D1 may look at them.

    Attributes:
        day: its first day, an ordinal.
        departments: ids of those that make it.
    """

    id: str
    day: int
    channel: str = ""
    departments: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()


def changes(
    tx: Tx, items: Iterable[Prepared], canonical: Mapping[str, str]
) -> tuple[dict[str, Quiet], dict[str, State]]:
    """Those of these facts, and how every contact that they change stands; by id. These contacts are locked.

    Args:
        canonical: id -> canonical id of the partners that the facts link to.
    """
    contacts = [i for i in items if i.fact.label == "Contact" and i.writes]
    known = [i.id for i in contacts if i.outcome == "updated"]
    if not known:
        return {}, {}
    before = read_states(tx, "Contact", sorted(known), lock=True)
    # Of two in one batch each would be compared with what the other one was.
    beside = Counter(key for i in contacts for key in _days(i, canonical))
    out = {}
    for item in contacts:
        if item.id in before and all(beside[key] == 1 for key in _days(item, canonical)):
            quiet = _quiet(item, before[item.id])
            if quiet is not None:
                out[item.id] = quiet
    return out, before


def _days(item: Prepared, canonical: Mapping[str, str]) -> set[tuple[str, int]]:
    """(canonical partner, first day) of a contact."""
    day: int = item.properties["lo"]
    return {(canonical.get(t, t), day) for edge, _, t, _ in item.links if edge == "WITH_PARTNER"}


def _quiet(item: Prepared, old: State) -> Quiet | None:
    new = dict(item.properties)
    if "planned_on" in old.properties:
        # Kept where the new content is silent about it.
        new.setdefault("planned_on", old.properties["planned_on"])
    whole = item.found is not None and item.found.source_key == item.fact.source_key
    differing = {name for name in {*new, *old.properties} if new.get(name) != old.properties.get(name)}
    if (
        not whole
        or "confidential" in (new["confidentiality"], old.properties["confidentiality"])
        or (new["status"] == "planned" and "planned_on" not in new)
        or sorted(item.links, key=repr) != old.links
        or not differing <= {*UNSEEN, "summary"}
    ):
        return None
    # What D1 compares where a contact has topics are those.
    looked_at = "summary" in differing and not any(label == "Topic" for _, label, _, _ in item.links)
    summaries = (old.properties.get("summary") or "", new.get("summary") or "") if looked_at else ()
    departments = tuple(t for edge, _, t, _ in item.links if edge == "MADE_BY")
    return Quiet(item.id, new["lo"], new.get("channel") or "", departments, summaries)


def with_twins(tx: Tx, changes: Sequence[Quiet]) -> set[str]:
    """Ids of those contacts that D1 may take for the same entry as another one, before the change or after it.

    The scopes of their partners must be locked, so that nobody else writes a twin meanwhile. Where a partner has
    confidential contacts too, which are not found by their day, every one is taken for one.
    """
    rows = [asdict(c) for c in changes if c.summaries]
    if not rows:
        return set()
    found = tx.run(
        "UNWIND $rows AS row MATCH (:Contact {id: row.id})-[:WITH_PARTNER]->(p:Partner) "
        "MATCH (m:Partner {canonical: p.canonical}) WITH DISTINCT row, m.id AS mid "
        "WHERE EXISTS { MATCH ()-[w:WITH_PARTNER]->() WHERE w.hidden = mid } "
        "OR EXISTS { MATCH (x:Contact)-[w:WITH_PARTNER]->(:Partner) WHERE w.partner = mid AND w.day = row.day "
        "AND x.id <> row.id AND coalesce(x.summary, '') IN row.summaries AND coalesce(x.channel, '') = row.channel "
        "AND EXISTS { MATCH (x)-[:MADE_BY]->(d:Department) WHERE d.id IN row.departments } } "
        "RETURN DISTINCT row.id AS id",
        rows=rows,
    )
    return {row["id"] for row in found}
