"""What every question needs: who asks, what day it is, which contacts the asker may see, and pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph import clock
from graph.derive.base import BASE, BASE_COLUMNS, Base, base_of, read_base
from graph.derive.read import RawContacts, read_contacts
from graph.derive.ties import TieFacts, Ties, tally
from graph.errors import BadInput
from graph.rules import RuleSettings
from graph.soon import soon
from graph.store import Row, Store
from graph.viewer import Viewer

LARGEST_PAGE = 1000

# A contact that the viewer may see; the parameters come from `Asking.eyes`.
VISIBLE = (
    "(c.confidentiality <> 'confidential' OR $sees_all OR $viewer IN coalesce(c.readers, []) "
    "OR EXISTS { (c)-[:MADE_BY]->(own:Department) WHERE own.id IN $own })"
)
# The same of what is derived from such contacts, as `k`; see graph.derive.confidence.
SEEN = "($sees_all OR $viewer IN k.readers OR any(x IN k.own WHERE x IN $own))"
# Cypher that goes on from records `m` of partners to the confidential contacts `c` of theirs that may be looked at
# one by one; of partners where the viewer sees none, none is touched, so that their number does not tell in the time.
CONFIDENTIAL = (
    f"MATCH (k_of:Partner {{id: m.canonical}}) WHERE $sees_all "
    f"OR EXISTS {{ (k_of)<-[k:TALKS_IN_CONFIDENCE]-(:Department) WHERE {SEEN} }} "
    # Where confidential contacts were few when the statement was planned, they would be looked at first.
    f"WITH DISTINCT m MATCH (c:Contact)-[:WITH_PARTNER {{hidden: m.id}}]->() WHERE {VISIBLE} "
)
# How many open contacts a record of a partner has, by the name that Cypher knows it under.
OPEN_COUNT = "COUNT {{ MATCH ()-[w:WITH_PARTNER]->() WHERE w.partner = {0}.id AND w.day IS NOT NULL }}"
# Contacts `c` of canonical partners `pid`, in ways that no contact hidden from the viewer is touched.
_OPEN = (
    "MATCH (m:Partner {canonical: pid}) WITH m.id AS mid MATCH (c:Contact)-[w:WITH_PARTNER]->(:Partner) "
    "WHERE w.partner = mid AND w.day IS NOT NULL RETURN c"
)
_OWN = f"MATCH (m:Partner {{canonical: pid}}) {CONFIDENTIAL} RETURN c"
OPEN_ONES = f"UNWIND $partners AS pid CALL (pid) {{ {_OPEN} }} WITH pid, c WHERE c.status <> 'cancelled' "
OWN_ONES = f"UNWIND $partners AS pid CALL (pid) {{ {_OWN} }} WITH pid, c WHERE c.status <> 'cancelled' "
VISIBLE_ONES = f"UNWIND $partners AS pid CALL (pid) {{ {_OPEN} UNION {_OWN} }} WITH pid, c WHERE c.status <> 'cancelled' "


@dataclass
class Asking:
    """A question on its way: the store, the viewer, the day and the rules' settings."""

    store: Store
    viewer: Viewer
    settings: RuleSettings
    today: date = field(default_factory=clock.today)
    _base: Base | None = None
    _ahead: Future[Row] | None = None

    @property
    def eyes(self) -> dict[str, Any]:
        return self.viewer.eyes

    @property
    def base(self) -> Base:
        if self._base is None:
            self._base = base_of(self._ahead.result()) if self._ahead else read_base(self.store.read)
        return self._base

    def called(self, label: str, id: str, language: str) -> str | None:
        """What a department or area is called, where that has been read for this question."""
        return self._base.called(label, id, language) if self._base else None

    def read_ahead(self, query: str = f"{BASE} RETURN {BASE_COLUMNS}", **parameters: Any) -> Future[Row]:
        """Begin to read `base`, which is going to be needed, while something else is asked.

        Args:
            query: one that asks for more besides `BASE_COLUMNS`; its row is returned.
        """
        self._ahead = soon(lambda: self.store.read(query, **parameters)[0])
        return self._ahead

    def topic_areas(self) -> dict[str, list[str]]:
        base = self.base
        return {
            t: [base.areas[a] for a in within]
            for t, within in zip(base.topics, base.topic_areas, strict=True)
        }

    def areas_with(self, areas: Iterable[str], topics: Iterable[str]) -> set[str]:
        """These areas and those of these topics."""
        within = self.topic_areas()
        return {*areas, *(a for t in topics for a in within.get(t, ()))}


@dataclass(frozen=True)
class Window:
    """Days asked about, inclusive, and an area id; all None asks about everything."""

    since: int | None = None
    until: int | None = None
    area: str | None = None

    @property
    def open(self) -> bool:
        return self.since is None and self.until is None and self.area is None


def window(asking: Asking, since: str | date | None, until: str | date | None, area: str | None) -> Window:
    """Check and translate the filters of a question; BadInput names what does not fit."""
    start = None if since in (None, "") else clock.ordinal(since)
    end = None if until in (None, "") else clock.ordinal(until)
    if start is not None and end is not None and end < start:
        raise BadInput(f"The last day asked about, {until}, is before the first one, {since}.")
    return Window(start, end, find_area(asking, area) if area else None)


def find_area(asking: Asking, text: str) -> str:
    """Id of an area by id or any of its names; BadInput lists the areas there are."""
    from graph.directory import Words

    words = Words.read(asking.store.read, "Area")
    found = words.find(text)
    if found is None:
        there = ", ".join(words.captions()) or "none yet"
        raise BadInput(f"There is no priority area {text!r}. The areas are: {there}.")
    return found


def raw_ties(asking: Asking, partners: Sequence[str], where: Window, *, only_hidden: bool = False) -> Ties:
    """Ties counted from the contacts that the viewer may see, for these canonical partners."""
    match = OWN_ONES if only_hidden else VISIBLE_ONES
    if where.since is not None:
        match += "AND c.hi >= $since "
    if where.until is not None:
        match += "AND c.lo <= $until "
    raw = read_contacts(
        asking.store.read,
        partners,
        match=match,
        by_partner=True,
        since=where.since,
        until=where.until,
        **asking.eyes,
    )
    topic_areas = asking.topic_areas()
    return tally(raw, rows_in_area(raw, where.area, topic_areas), set(partners), topic_areas)


def visible_contacts(asking: Asking, ids: Sequence[str]) -> RawContacts:
    """Those of these contacts that the viewer may see, cancelled ones too, in no order."""
    return read_contacts(
        asking.store.read,
        (),
        match=f"UNWIND $ids AS id MATCH (c:Contact {{id: id}}) WHERE {VISIBLE}",
        persons=True,
        ids=list(ids),
        **asking.eyes,
    )


def rows_in_area(raw: RawContacts, area: str | None, topic_areas: dict[str, list[str]]) -> Iterable[int]:
    if area is None:
        return range(len(raw.id))
    inside = {c for c, a in raw.areas if a == area}
    return inside | {c for c, t in raw.topics if area in topic_areas.get(t, ())}


def partners_with_hidden(asking: Asking, partner: str | None = None) -> list[str]:
    """Canonical partners with confidential contacts that the viewer may see."""
    end = "(p:Partner {id: $partner})" if partner else "(p:Partner)"
    rows = asking.store.read(
        f"MATCH {end}<-[k:TALKS_IN_CONFIDENCE]-(:Department) WHERE {SEEN} RETURN DISTINCT p.id AS id ORDER BY id",
        partner=partner,
        **asking.eyes,
    )
    return [row["id"] for row in rows]


def confidential_seen(asking: Asking) -> set[str]:
    """Ids of the confidential contacts that the viewer may see."""
    partners = partners_with_hidden(asking)
    if not partners:
        return set()
    rows = asking.store.read(f"{OWN_ONES} RETURN DISTINCT c.id AS id", partners=partners, **asking.eyes)
    return {row["id"] for row in rows}


def merged(a: TieFacts, b: TieFacts) -> TieFacts:
    """Two parts of one tie together."""
    days = [d for d in (a.first, b.first) if d is not None]
    lasts = [d for d in (a.last, b.last) if d is not None]
    return TieFacts(
        held=a.held + b.held,
        planned=a.planned + b.planned,
        first=min(days, default=None),
        last=max(lasts, default=None),
        planned_lo=a.planned_lo + b.planned_lo,
        planned_hi=a.planned_hi + b.planned_hi,
        areas=a.areas | b.areas,
        topics=a.topics | b.topics,
    )


# --- pages ---


def page_size(limit: int) -> int:
    if not 1 <= limit <= LARGEST_PAGE:
        raise BadInput(f"The page size {limit} is outside 1 to {LARGEST_PAGE}.")
    return limit


def cursor_of(key: Sequence[Any]) -> str:
    """An opaque cursor that begins the next page after `key`."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def key_of(cursor: str | None, length: int) -> list[Any] | None:
    """The key in a cursor; BadInput for one that this question never gave."""
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = None
    if not isinstance(key, list) or len(key) != length:
        raise BadInput("That cursor is not one of this list; ask for the first page again, without a cursor.")
    return key
