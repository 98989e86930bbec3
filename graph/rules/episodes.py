"""From links to findings: connected components of certain links, then possible ones among what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.rules.base import Found
from graph.rules.columns import Bools, Columns, Ints
from graph.rules.links import Links, Members, components


@dataclass(frozen=True)
class Spoken:
    """What a rule says of one of its groups."""

    group: tuple[str, ...]
    partner: str | None
    subject: tuple[str, str]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Levels:
    """For each link the number of its severity in `names`."""

    names: tuple[str, ...]
    of: Ints


def episodes(
    rule: str,
    columns: Columns,
    rows: Members,
    links: Links,
    levels: Levels,
    speak: Callable[[int], Spoken],
    hint: Bools | None = None,
) -> Iterator[Found]:
    """The findings of all groups at once.

    Args:
        speak: tells of a group by its number in `rows.group`.
        hint: per link, whether its two contacts look like one meeting entered twice.
    """
    n = len(rows.group)
    sure = links.certain
    label = components(n, links.a[sure], links.b[sure])
    taken = np.zeros(n, dtype=np.bool_)
    taken[links.a[sure]] = True
    taken[links.b[sure]] = True
    open_a, open_b = ~taken[links.a], ~taken[links.b]
    among = ~sure & open_a & open_b
    rest = components(n, links.a[among], links.b[among])
    listed: dict[int, list[int]] = {}
    joins = np.nonzero(~sure & (open_a != open_b))[0]
    for k in joins.tolist():
        a, b = int(links.a[k]), int(links.b[k])
        single, other = (a, b) if open_a[k] else (b, a)
        listed.setdefault(int(label[other]), []).append(single)
    yield from _spoken(rule, columns, rows, links, levels, speak, hint, sure, label, listed, True)
    yield from _spoken(rule, columns, rows, links, levels, speak, hint, among, rest, {}, False)


def _spoken(
    rule: str,
    columns: Columns,
    rows: Members,
    links: Links,
    levels: Levels,
    speak: Callable[[int], Spoken],
    hint: Bools | None,
    which: Bools,
    label: Ints,
    listed: dict[int, list[int]],
    certain: bool,
) -> Iterator[Found]:
    chosen = np.nonzero(which)[0]
    if not len(chosen):
        return
    contacts = columns.contacts
    component = label[links.a[chosen]]
    # Newest link first, the closest of equals; the order of ids settles what is left.
    order = np.lexsort((links.b[chosen], links.a[chosen], links.gap[chosen], -links.later[chosen], component))
    chosen, component = chosen[order], component[order]
    starts = np.concatenate(([0], np.nonzero(np.diff(component))[0] + 1))
    smallest = np.minimum.reduceat(links.gap[chosen], starts)
    none = np.int64(-(10**9))
    latest = [
        np.maximum.reduceat(np.where(levels.of[chosen] == k, links.later[chosen], none), starts)
        for k in range(len(levels.names))
    ]
    hinted = None if hint is None else np.logical_or.reduceat(hint[chosen], starts)
    ends = np.concatenate((starts[1:], [len(chosen)]))
    inside = np.unique(np.concatenate((links.a[chosen], links.b[chosen])))
    inside = inside[np.lexsort((inside, label[inside]))]
    member_label = label[inside]
    first_of = np.searchsorted(member_label, component[starts], side="left")
    last_of = np.searchsorted(member_label, component[starts], side="right")
    for k, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        positions = inside[first_of[k] : last_of[k]]
        own = rows.contact[positions]
        root = int(component[start])
        newest = int(chosen[start])
        part = chosen[start:end]
        closest = int(part[int(np.argmin(links.gap[part]))])
        best = dict.fromkeys(
            contacts.id[int(rows.contact[p])]
            for link in (newest, closest)
            for p in (links.a[link], links.b[link])
        )
        said = speak(int(rows.group[positions[0]]))
        yield _found(
            columns,
            rule,
            own,
            said,
            certain=certain,
            best=tuple(best),
            gap=int(smallest[k]),
            levels={
                name: int(day[k]) for name, day in zip(levels.names, latest, strict=True) if day[k] != none
            },
            window=int(rows.window[positions[0]]),
            possible=tuple(sorted({contacts.id[int(rows.contact[p])] for p in listed.get(root, ())})),
            detail={"one_meeting": True} if hinted is not None and hinted[k] else {},
        )


def _found(
    columns: Columns,
    rule: str,
    own: Ints,
    said: Spoken,
    *,
    certain: bool,
    best: tuple[str, ...],
    gap: int | None,
    levels: dict[str, int],
    window: int,
    possible: tuple[str, ...],
    detail: dict[str, Any],
) -> Found:
    contacts = columns.contacts
    records = sorted((int(contacts.recorded[i]), contacts.id[i]) for i in own.tolist())
    offsets, values = contacts.departments.offsets, contacts.departments.values
    departments = {d for i in own.tolist() for d in values[offsets[i] : offsets[i + 1]].tolist()}
    planned = own[contacts.planned[own]]
    held = own[~contacts.planned[own]]
    return Found(
        rule=rule,
        group=said.group,
        certain=certain,
        records=tuple(id for _, id in records),
        recorded=tuple(moment for moment, _ in records),
        best=best,
        departments=tuple(sorted(columns.departments[d] for d in departments)),
        partner=said.partner,
        subject=said.subject,
        first=int(contacts.lo[own].min()),
        last=int(contacts.hi[own].max()),
        smallest_gap=gap,
        levels=levels,
        window=window,
        planned_until=int(contacts.hi[planned].max()) if len(planned) else None,
        held_until=int(contacts.hi[held].max()) if len(held) else None,
        settings=said.settings,
        possible=possible,
        detail=detail,
    )


def single(
    rule: str,
    columns: Columns,
    row: int,
    said: Spoken,
    *,
    certain: bool,
    severity: str,
    window: int,
    detail: dict[str, Any],
) -> Found:
    """A finding of one contact."""
    own = np.array([row], dtype=np.int64)
    return _found(
        columns,
        rule,
        own,
        said,
        certain=certain,
        best=(columns.contacts.id[row],),
        gap=None,
        levels={severity: int(columns.contacts.hi[row])},
        window=window,
        possible=(),
        detail=detail,
    )
