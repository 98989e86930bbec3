"""From linked contacts to findings: components of certain links, then possible ones among what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from graph.rules.base import Found
from graph.rules.chains import Apartness
from graph.rules.columns import Bools, Columns, Contacts, Ints
from graph.rules.links import Line, Members, links_of, representatives
from graph.rules.nearest import Pairs, closest, closest_coarse, nearer, newest
from graph.rules.sweep import components, linked

NEVER = -(10**9)  # a day before all others: "no such link"


@dataclass(frozen=True)
class Spoken:
    """What a rule says of one of its groups."""

    group: tuple[str, ...]
    partner: str | None
    subject: tuple[str, str]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Episodes:
    """Findings to be, as arrays: member k of `members` (sorted by group, which is the episode) is a record.

    `origin` is the group each episode is of; `certain` says which kind of link joins them; `possible` lists,
    by episode, the rows that are linked with it only possibly.
    """

    members: Members
    origin: Ints
    window: Ints
    certain: bool
    possible: dict[int, list[int]]

    def __len__(self) -> int:
        return len(self.origin)


Judge = Callable[[Columns, Episodes, Apartness], dict[str, Ints]]  # severity -> latest day by episode
Hint = Callable[[Columns, Episodes, Apartness], dict[int, dict[str, Any]]]  # episode -> detail


def ordered(contacts: Contacts) -> Ints:
    """The place of each contact by (recorded, id), the order of anchors."""
    try:
        ids = np.array(contacts.id, dtype=np.bytes_)
    except UnicodeEncodeError:
        ids = np.array([x.encode() for x in contacts.id], dtype=np.bytes_)  # UTF-8 sorts as its characters do
    width = -(-ids.dtype.itemsize // 8) * 8
    words = ids.astype(f"S{width}").view(">u8").reshape(len(ids), -1)
    order = np.lexsort((*(words[:, k] for k in reversed(range(words.shape[1]))), contacts.recorded))
    place = np.empty(len(ids), dtype=np.int64)
    place[order] = np.arange(len(ids))
    return place


def places_of(columns: Columns) -> Ints:
    """`ordered` of the contacts of this table, worked out once."""
    found = columns.kept.get("places")
    if found is None:
        found = columns.kept["places"] = ordered(columns.contacts)
    return cast(Ints, found)


def placed(
    contacts: Contacts, group: Ints, row: Ints, window: Ints, klass: Ints, twins: Ints, *, certain: bool
) -> Members:
    """Members whose near pairs are exactly those with a gap inside the window.

    A coarse contact was on one of its days and an exact one occupies all of its own, so the largest possible
    gap is `max(0, s_b − e_a, s_a − e_b)` with (s, e) = (lo, hi) of an exact contact and (hi, lo) of a coarse
    one: the same arithmetic as the smallest gap, with the two days of coarse contacts exchanged.

    Args:
        twins: the place of each contact by (class, recorded, id).
        certain: nearness by the largest gap possible, else by the smallest.
    """
    lo, hi = contacts.lo[row], contacts.hi[row]
    if certain:
        coarse = contacts.coarse[row]
        lo, hi = np.where(coarse, hi, lo), np.where(coarse, lo, hi)
    order = _sorted(group, lo - lo.min(initial=0), twins[row], len(contacts))
    row = row[order]
    return Members(group[order], row, klass[row], lo[order], (hi + window)[order])


def _sorted(group: Ints, day: Ints, third: Ints, size: int) -> Ints:
    """The order by (group, day, third), with one sort of one number where that fits into 63 bits."""
    days = int(day.max(initial=0)) + 1
    if (int(group.max(initial=0)) + 1) * days * size < 2**63:
        return np.argsort((group * days + day) * size + third)
    return np.lexsort((third, day, group))


def worth_looking(group: Ints, row: Ints, klass: Ints, independence: Apartness) -> Ints:
    """Positions of members whose group has two members that may be independent, by a quick look."""
    _, number, size = np.unique(group, return_inverse=True, return_counts=True)
    low = np.full(len(size), np.iinfo(np.int64).max)
    high = np.full(len(size), -1, dtype=np.int64)
    np.minimum.at(low, number, klass[row])
    np.maximum.at(high, number, klass[row])
    # Twins of a class that is not independent of itself never link.
    free = independence(row, row)
    itself = np.bincount(number[free], minlength=len(size)) > 0
    return np.nonzero(((size > 1) & ((low != high) | itself))[number])[0]


def found_episodes(
    contacts: Contacts, group: Ints, row: Ints, window: Ints, independence: Apartness, place: Ints
) -> list[Episodes]:
    """The certain and the possible episodes of all groups.

    Args:
        group, row, window: which contact (row) stands in which group, and the group's window in days.
        place: order of contacts, see `ordered`.
    """
    at = worth_looking(group, row, independence.klass, independence)
    if not len(at):
        return []
    group, row, window = group[at], row[at], window[at]
    klass = independence.klass
    used = np.unique(row)
    twins = np.zeros(len(contacts), dtype=np.int64)
    twins[used[np.lexsort((place[used], klass[used]))]] = np.arange(len(used))
    windows = Windows.of(group, window)
    sure = placed(contacts, group, row, window, klass, twins, certain=True)
    certain, taken = _gathered(sure, windows, independence, certain=True)
    if not contacts.coarse[row].any():
        return [certain]
    rest = np.nonzero(~taken)[0]
    left = sure.group[rest]
    loose = placed(contacts, left, sure.row[rest], windows[left], klass, twins, certain=False)
    possible, _ = _gathered(loose, windows, independence, certain=False)
    _list_possible(contacts, certain, loose, windows, independence, twins)
    return [certain, possible]


@dataclass(frozen=True)
class Windows:
    """The window of each group, in days."""

    groups: Ints
    days: Ints

    @classmethod
    def of(cls, group: Ints, window: Ints) -> Windows:
        groups, first = np.unique(group, return_index=True)
        return cls(groups, window[first])

    def __getitem__(self, group: Ints) -> Ints:
        return self.days[np.searchsorted(self.groups, group)]


def _gathered(
    members: Members, windows: Windows, independence: Apartness, *, certain: bool
) -> tuple[Episodes, Bools]:
    label = components(members, independence)
    taken = linked(label)
    at = np.nonzero(taken)[0]
    roots, number = np.unique(label[at], return_inverse=True)
    own = members.take(at).regrouped(number.astype(np.int64))
    origin = members.group[roots]
    return Episodes(own, origin, windows[origin], certain, {}), taken


def _list_possible(
    contacts: Contacts,
    certain: Episodes,
    loose: Members,
    windows: Windows,
    independence: Apartness,
    twins: Ints,
) -> None:
    """Enter into the certain episodes the left-over records that are possibly linked with them.

    One of such a pair is coarse, else the link would be certain. Twins on the same days have the same links.
    """
    own = certain.members
    if not len(own) or not len(loose):
        return
    origin = certain.origin[own.group]
    rows = np.concatenate((own.row, loose.row))
    groups = np.concatenate((origin, loose.group))
    episode = np.concatenate((own.group, np.full(len(loose), -1, dtype=np.int64)))
    touched = np.isin(groups, np.intersect1d(origin, loose.group))
    rows, groups, episode = rows[touched], groups[touched], episode[touched]
    if not len(rows):
        return
    # `placed` sorts, so the episode travels along as part of the look-up (group, row).
    both = placed(contacts, groups, rows, windows[groups], independence.klass, twins, certain=False)
    key = groups * len(contacts) + rows
    order = np.argsort(key)
    episode = episode[order][np.searchsorted(key[order], both.group * len(contacts) + both.row)]
    day_known = contacts.coarse[both.row].astype(np.int64)
    first, kind = representatives(both.reach, both.start, day_known, both.klass, episode, both.group)
    few_at = np.sort(first)
    few = both.take(few_at)
    few_episode, coarse = episode[few_at], contacts.coarse[few.row]
    alike: dict[int, list[int]] = {}
    for p in np.nonzero(episode < 0)[0].tolist():
        alike.setdefault(int(kind[p]), []).append(int(both.row[p]))
    of = np.nonzero(few_episode < 0)[0]
    pairs: set[tuple[int, int]] = set()
    line = Line.of(few)
    for k, j in links_of(few, line, of, independence):
        some = (few_episode[j] >= 0) & (coarse[of[k]] | coarse[j])
        pairs.update(zip(few_episode[j[some]].tolist(), kind[few_at[of[k[some]]]].tolist(), strict=True))
    for number, kind_of in sorted(pairs):
        certain.possible.setdefault(number, []).extend(alike[kind_of])


def told(
    rule: str,
    columns: Columns,
    all_episodes: list[Episodes],
    independence: Apartness,
    place: Ints,
    speak: Callable[[int], Spoken],
    judge: Judge,
    hint: Hint,
) -> Iterator[Found]:
    """The findings of all episodes."""
    for episodes in all_episodes:
        if len(episodes):
            yield from _told(rule, columns, episodes, independence, place, speak, judge, hint)


def best_pairs(
    contacts: Contacts, episodes: Episodes, independence: Apartness, place: Ints
) -> tuple[Pairs, Pairs]:
    """(newest pair, closest pair) of each episode."""
    own = episodes.members
    lo, hi = contacts.lo[own.row], contacts.hi[own.row]
    latest = newest(own, lo, hi, place, independence)
    coarse = contacts.coarse[own.row]
    if not episodes.certain or not coarse.any():
        return latest, closest(own, hi, np.arange(len(own)), len(episodes), independence)
    exact = closest(own, hi, np.nonzero(~coarse)[0], len(episodes), independence)
    return latest, nearer(exact, closest_coarse(own, lo, hi, coarse, exact, independence))


def _told(
    rule: str,
    columns: Columns,
    episodes: Episodes,
    independence: Apartness,
    place: Ints,
    speak: Callable[[int], Spoken],
    judge: Judge,
    hint: Hint,
) -> Iterator[Found]:
    contacts, own = columns.contacts, episodes.members
    late, close = best_pairs(contacts, episodes, independence, place)
    levels = judge(columns, episodes, independence)
    hints = hint(columns, episodes, independence)
    starts = np.nonzero(np.concatenate(([True], own.group[1:] != own.group[:-1])))[0]
    by_age = own.row[np.lexsort((place[own.row], own.group))]
    planned = contacts.planned[by_age]
    hi = contacts.hi[by_age]
    first = np.minimum.reduceat(contacts.lo[by_age], starts).tolist()
    last = np.maximum.reduceat(hi, starts).tolist()
    planned_until = np.maximum.reduceat(np.where(planned, hi, NEVER), starts).tolist()
    held_until = np.maximum.reduceat(np.where(planned, NEVER, hi), starts).tolist()
    ids = [contacts.id[i] for i in by_age.tolist()]
    moments = contacts.recorded[by_age].tolist()
    departments = departments_by(columns, own)
    days = [(name, day.tolist()) for name, day in levels.items()]
    pairs = np.stack((late.a, late.b, close.a, close.b), axis=1)
    best = own.row[pairs].tolist()
    gaps = close.gap.tolist()
    said: dict[int, Spoken] = {}
    bounds = [*starts.tolist(), len(own)]
    window = episodes.window.tolist()
    for k, group in enumerate(episodes.origin.tolist()):
        spoken = said.get(group) or said.setdefault(group, speak(group))
        a, b = bounds[k], bounds[k + 1]
        yield Found(
            rule=rule,
            group=spoken.group,
            certain=episodes.certain,
            records=tuple(ids[a:b]),
            recorded=tuple(moments[a:b]),
            best=tuple(dict.fromkeys([contacts.id[i] for i in best[k]])),
            departments=departments[k],
            partner=spoken.partner,
            subject=spoken.subject,
            first=first[k],
            last=last[k],
            smallest_gap=gaps[k],
            levels={name: day[k] for name, day in days if day[k] != NEVER},
            window=window[k],
            planned_until=planned_until[k] if planned_until[k] != NEVER else None,
            held_until=held_until[k] if held_until[k] != NEVER else None,
            settings=dict(spoken.settings),
            possible=tuple(sorted({contacts.id[i] for i in episodes.possible.get(k, ())})),
            detail=hints.get(k, {}),
        )


def departments_by(columns: Columns, members: Members) -> list[tuple[str, ...]]:
    """For each group of members the ids of all departments of its contacts, sorted."""
    by_id = sorted(range(len(columns.departments)), key=columns.departments.__getitem__)
    names = [columns.departments[d] for d in by_id]
    rank = np.empty(len(by_id), dtype=np.int64)
    rank[by_id] = np.arange(len(by_id))
    lists = columns.contacts.departments
    lengths = lists.lengths[members.row]
    group = np.repeat(members.group, lengths)
    inner = np.arange(len(group)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    value = lists.values[np.repeat(lists.offsets[members.row], lengths) + inner]
    size = max(len(names), 1)
    code = np.unique(group * size + rank[value])
    count = int(members.group[-1]) + 1
    ends = np.searchsorted(code, np.arange(1, count + 1) * size).tolist()
    listed = [names[c] for c in (code % size).tolist()]
    out, start = [], 0
    for end in ends:
        out.append(tuple(listed[start:end]))
        start = end
    return out


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
    contacts = columns.contacts
    id, hi, planned = contacts.id[row], int(contacts.hi[row]), bool(contacts.planned[row])
    return Found(
        rule=rule,
        group=said.group,
        certain=certain,
        records=(id,),
        recorded=(int(contacts.recorded[row]),),
        best=(id,),
        departments=tuple(sorted({columns.departments[d] for d in contacts.departments[row].tolist()})),
        partner=said.partner,
        subject=said.subject,
        first=int(contacts.lo[row]),
        last=hi,
        smallest_gap=None,
        levels={severity: hi},
        window=window,
        planned_until=hi if planned else None,
        held_until=None if planned else hi,
        settings=said.settings,
        possible=(),
        detail=detail,
    )
