"""Pairs of contacts of one group within a window, as arrays.

Within a group sorted by first day, the partners of a contact in the window come right after it: those whose
first day is at most its last day plus the window. They are listed by position, a block at a time, so memory
stays bounded however many pairs a standing overlap has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.rules.columns import Bools, Contacts, Ints

BLOCK = 3_000_000  # pairs looked at together


@dataclass(frozen=True)
class Members:
    """Contacts by group, sorted by (group, lo): `group` numbers rise, `contact` are rows of the table."""

    group: Ints
    contact: Ints
    window: Ints  # days, aligned


@dataclass(frozen=True)
class Links:
    """Links as arrays: positions in Members, gaps, whether certain, the later day of the two."""

    a: Ints
    b: Ints
    gap: Ints
    certain: Bools
    later: Ints

    def __len__(self) -> int:
        return len(self.a)

    def take(self, mask: Bools) -> Links:
        return Links(self.a[mask], self.b[mask], self.gap[mask], self.certain[mask], self.later[mask])


def members(group: Ints, contact: Ints, window: Ints, contacts: Contacts) -> Members:
    """Rows sorted by group and first day; groups of one are left out."""
    order = np.lexsort((contact, contacts.lo[contact], group))
    group, contact, window = group[order], contact[order], window[order]
    if len(group):
        same = group[1:] == group[:-1]
        alone = ~np.concatenate(([False], same)) & ~np.concatenate((same, [False]))
        group, contact, window = group[~alone], contact[~alone], window[~alone]
    return Members(group, contact, window)


def candidate_pairs(rows: Members, contacts: Contacts) -> Iterator[tuple[Ints, Ints]]:
    """Blocks of position pairs (i < j) of one group whose smallest gap is inside the window."""
    n = len(rows.group)
    if n == 0:
        return
    lo, hi = contacts.lo[rows.contact], contacts.hi[rows.contact]
    # One sorted key for all groups: days are far smaller than this step between groups.
    step = int(hi.max() - lo.min()) + int(rows.window.max()) + 2
    first = lo.min()
    number = np.concatenate(([0], np.cumsum(rows.group[1:] != rows.group[:-1])))
    key = number * step + (lo - first)
    reach = number * step + np.minimum(hi - first + rows.window, step - 1)
    end = np.searchsorted(key, reach, side="right")
    count = end - np.arange(n) - 1
    total = np.cumsum(count)
    start = 0
    while start < n:
        done = int(total[start - 1]) if start else 0
        stop = max(int(np.searchsorted(total, done + BLOCK, side="right")), start + 1)
        part = count[start:stop]
        i = np.repeat(np.arange(start, stop), part)
        offset = np.arange(len(i)) - np.repeat(np.cumsum(part) - part, part)
        yield i, i + 1 + offset
        start = stop


def gaps(rows: Members, contacts: Contacts, i: Ints, j: Ints) -> tuple[Ints, Ints]:
    """(smallest, largest) gap possible of pairs of positions, in whole days."""
    a, b = rows.contact[i], rows.contact[j]
    lo_a, hi_a, lo_b, hi_b = contacts.lo[a], contacts.hi[a], contacts.lo[b], contacts.hi[b]
    coarse_a, coarse_b = contacts.coarse[a], contacts.coarse[b]
    smallest = np.maximum(0, np.maximum(lo_b - hi_a, lo_a - hi_b))
    # A coarse contact was on one of its days; an exact one occupies all of them.
    both = np.maximum(hi_a - lo_b, hi_b - lo_a)
    one = np.where(coarse_a, np.maximum(lo_b - lo_a, hi_a - hi_b), np.maximum(lo_a - lo_b, hi_b - hi_a))
    largest = np.where(coarse_a & coarse_b, both, np.where(coarse_a | coarse_b, np.maximum(one, 0), smallest))
    return smallest, largest


def components(n: int, a: Ints, b: Ints) -> Ints:
    """For each of n positions the smallest position of its connected component."""
    label = np.arange(n, dtype=np.int64)
    while len(a):
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        while True:
            up = label[label]
            if (up == label).all():
                break
            label = up
        if (label == before).all():
            break
        apart = label[a] != label[b]
        a, b = a[apart], b[apart]
    return label
