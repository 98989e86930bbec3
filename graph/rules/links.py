"""Members of groups on a line of days, and who is near whom.

A member stands for a contact (or a position) in one group. It has a `start` and a `reach`: two members of
one group are *near* when each starts no later than the other reaches. With start = first day and reach =
last day + window that is exactly "gap ≤ window", the smallest gap possible; for the largest possible gap a
coarse contact has its two days exchanged (see `graph.rules.episodes`), which may make its reach lie before
its start. A *link* is a near pair that is independent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from graph.rules.columns import Bools, Contacts, Ints

BLOCK = 2_000_000  # pairs looked at together
Apart = Callable[[Ints, Ints], Bools]  # rows a[i], b[i] of the table -> may they link


@dataclass(frozen=True)
class Members:
    """Sorted by (group, start, klass, rank); all arrays aligned.

    `klass`: members of one class are twins (see `graph.rules.chains.Independence`). Sorting by class within a
    day keeps twins together, which is what the sweep jumps over, and makes the order depend on content only.
    """

    group: Ints
    row: Ints
    klass: Ints
    start: Ints
    reach: Ints

    def __len__(self) -> int:
        return len(self.group)

    def take(self, at: Ints, group: Ints | None = None) -> Members:
        """The members at these positions, in this order; `group` renumbers their groups."""
        return Members(
            self.group[at] if group is None else group,
            self.row[at],
            self.klass[at],
            self.start[at],
            self.reach[at],
        )

    def regrouped(self, group: Ints) -> Members:
        """The same members by other groups, sorted again."""
        at = np.argsort(group, kind="stable")
        return self.take(at, group[at])


@dataclass(frozen=True)
class Line:
    """Starts and reaches of all groups on one line, a stretch of its own for each group.

    `start` rises; `furthest` is the largest reach so far in the group, on the same line, so it rises too.
    """

    start: Ints
    reach: Ints
    furthest: Ints

    @classmethod
    def of(cls, members: Members) -> Line:
        base = min(int(members.start.min()), int(members.reach.min()))
        step = max(int(members.start.max()), int(members.reach.max())) - base + 1
        number = np.concatenate(([0], np.cumsum(members.group[1:] != members.group[:-1]))) * step - base
        reach = number + members.reach
        return cls(number + members.start, reach, np.maximum.accumulate(reach))


def near_ranges(line: Line, of: Ints) -> tuple[Ints, Ints]:
    """For members at positions `of` a range of positions outside of which nobody is near them.

    Those before the range reach too short, those after it start too late. Inside, each has to be tested.
    """
    first = np.searchsorted(line.furthest, line.start[of], side="left")
    stop = np.searchsorted(line.start, line.reach[of], side="right")
    return first, np.maximum(first, stop)


def expanded(first: Ints, stop: Ints, block: int = BLOCK) -> Iterator[tuple[Ints, Ints]]:
    """Blocks of (k, j): each number k of a range with each position j in it."""
    count = stop - first
    total = np.cumsum(count)
    k = 0
    while k < len(count):
        done = int(total[k - 1]) if k else 0
        end = max(int(np.searchsorted(total, done + block, side="right")), k + 1)
        part = count[k:end]
        number = np.repeat(np.arange(k, end), part)
        yield number, first[number] + np.arange(len(number)) - np.repeat(np.cumsum(part) - part, part)
        k = end


def links_of(
    members: Members, line: Line, of: Ints, apart: Apart, block: int = BLOCK
) -> Iterator[tuple[Ints, Ints]]:
    """Blocks of (k, j): of[k] is linked with the member at j."""
    for k, j in expanded(*near_ranges(line, of), block=block):
        i = of[k]
        near = (i != j) & (members.start[i] <= members.reach[j]) & (members.start[j] <= members.reach[i])
        k, i, j = k[near], i[near], j[near]
        free = apart(members.row[i], members.row[j])
        yield k[free], j[free]


def united(label: Ints, a: Ints, b: Ints) -> Ints:
    """Labels after joining a[i] with b[i]; a label is the smallest position of its component.

    Args:
        label: for each position the smallest one it is already joined with (`arange` for none).
    """
    label = label.copy()
    while True:
        a, b = label[a], label[b]
        apart = a != b
        if not apart.any():
            return label
        a, b = a[apart], b[apart]
        np.minimum.at(label, np.maximum(a, b), np.minimum(a, b))
        while True:
            up = label[label]
            if np.array_equal(up, label):
                break
            label = up


def representatives(*keys: Ints) -> tuple[Ints, Ints]:
    """(position of the first of each kind, for each member the number of its kind); a kind has equal keys."""
    order = np.lexsort((np.arange(len(keys[0])), *keys))
    new = np.zeros(len(order), dtype=np.bool_)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    kind = np.empty(len(order), dtype=np.int64)
    kind[order] = np.cumsum(new) - 1
    return order[new], kind


def smallest_gap(contacts: Contacts, a: int, b: int) -> int:
    """Whole days between two contacts; with a coarse one the fewest possible."""
    lo, hi = contacts.lo, contacts.hi
    return max(0, int(lo[b] - hi[a]), int(lo[a] - hi[b]))


def largest_gap(contacts: Contacts, a: int, b: int) -> int:
    """Whole days between two contacts; with a coarse one, which was on one of its days, the most possible."""
    (lo_a, hi_a), (lo_b, hi_b) = (
        (int(contacts.hi[x]), int(contacts.lo[x]))
        if contacts.coarse[x]
        else (int(contacts.lo[x]), int(contacts.hi[x]))
        for x in (a, b)
    )
    return max(0, lo_b - hi_a, lo_a - hi_b)
