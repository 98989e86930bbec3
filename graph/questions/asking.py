"""What every question needs: who asks, what day it is, which contacts the asker may see, and pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph import clock
from graph.derive.read import Base, RawContacts, read_base, read_contacts
from graph.derive.ties import TieFacts, Ties, tally
from graph.errors import BadInput
from graph.rules import RuleSettings
from graph.store import Store
from graph.viewer import Viewer

LARGEST_PAGE = 1000

# A contact that the viewer may see; the parameters come from `Asking.eyes`.
VISIBLE = (
    "(c.confidentiality <> 'confidential' OR $sees_all OR $viewer IN coalesce(c.readers, []) "
    "OR EXISTS { (c)-[:MADE_BY]->(own:Department) WHERE own.id IN $own })"
)


@dataclass
class Asking:
    """A question on its way: the store, the viewer, the day and the rules' settings."""

    store: Store
    viewer: Viewer
    settings: RuleSettings
    today: date = field(default_factory=clock.today)
    _base: Base | None = None

    @property
    def eyes(self) -> dict[str, Any]:
        return {
            "sees_all": self.viewer.sees_all,
            "viewer": self.viewer.name,
            "own": sorted(self.viewer.departments),
        }

    @property
    def base(self) -> Base:
        if self._base is None:
            self._base = read_base(self.store.read)
        return self._base

    def topic_areas(self) -> dict[str, list[str]]:
        base = self.base
        return {
            t: [base.areas[a] for a in within]
            for t, within in zip(base.topics, base.topic_areas, strict=True)
        }


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
    condition = f"AND {VISIBLE} "
    if only_hidden:
        condition = f"AND c:Confidential {condition}"
    if where.since is not None:
        condition += "AND c.hi >= $since "
    if where.until is not None:
        condition += "AND c.lo <= $until "
    raw = read_contacts(
        asking.store.read,
        partners,
        condition=condition,
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
    match = (
        "MATCH (m:Partner {canonical: $partner})<-[:WITH_PARTNER]-(c:Confidential) "
        if partner
        else "MATCH (m:Partner)<-[:WITH_PARTNER]-(c:Confidential) "
    )
    rows = asking.store.read(
        f"{match} WHERE {VISIBLE} RETURN DISTINCT m.canonical AS id ORDER BY id",
        partner=partner,
        **asking.eyes,
    )
    return [row["id"] for row in rows]


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
