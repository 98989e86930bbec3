"""Connected components of linked members, without looking at every pair.

A standing overlap of 20,000 contacts has millions of links, and its component needs only enough of them. If
any two contacts were independent, neighbours in the order of days would do. They are not: a contact never
links with those of its own chain, but is joined with them by anyone independent near both. And "not
independent" is not transitive (two units are independent, their division is independent of neither), so
that the nearest independent neighbour alone may miss a joint. Hence two steps.

1. *Cheap links.* For each member the next independent one by start, and the independent one of the longest
   reach within the run just before it, found by jumping over runs of twins. Each is a true link, so what
   they join belongs together. A member whose search ends without any link has none at all, and drops out.
2. *What is left.* Members whose stretches of days do not meet cannot link; cut there, nearly every piece is
   one component already. In the few others every (member, class) is looked at: for a member i and a class c
   that is independent of it, the earlier member of c with the furthest reach, and the last member of c that
   starts within the reach of i. Those links suffice: take a link (x, b), x first, of classes A and C. Let m
   be the last of C within the reach of x, and y the one of A before b with the furthest reach. Both (x, m)
   and (y, b) are looked at. y reaches at least as far as x, so m, which starts within the reach of x and
   not before b, is near y, and (y, m) is a link of a member that reaches further than x (ties broken by
   position): by induction y and m are joined, hence x-m-y-b. With y = x or m = b nothing is to be shown.
   The cost is members times classes of the piece, not members squared.

Members that reach shorter than they start (coarse contacts in a window shorter than a month) break the
order of starts: they link only with members that last long, and few kinds of both exist, so they are
compared directly.
"""

from __future__ import annotations

import numpy as np

from graph.rules.columns import Bools, Ints
from graph.rules.links import Apart, Line, Members, links_of, representatives, united

JUMPS = 12  # runs of twins a search jumps over before it leaves the rest to the second step
_EDGES = 1_000_000  # links gathered before they are joined


def components(members: Members, apart: Apart) -> Ints:
    """For each member the smallest position of its component; its own position when it has no link."""
    label = np.arange(len(members), dtype=np.int64)
    if len(members) < 2:
        return label
    short = members.reach < members.start
    if not short.any():
        return _swept(members, apart)
    at = np.nonzero(~short)[0]
    if len(at) > 1:
        label[at] = at[_swept(members.take(at), apart)]
    return united(label, *_short_links(members, short, apart))


def linked(label: Ints) -> Bools:
    """Whether each member has a link at all: whether its component has two members."""
    return np.bincount(label, minlength=len(label))[label] > 1


def _swept(members: Members, apart: Apart) -> Ints:
    line = Line.of(members)
    run = np.concatenate(
        (
            [True],
            (members.klass[1:] != members.klass[:-1]) | (members.group[1:] != members.group[:-1]),
        )
    )
    after, sure_after = _next(members, line, run, apart)
    before, sure_before = _previous(members, line, run, apart)
    n = len(members)
    at = np.nonzero(after >= 0)[0]
    to = np.nonzero(before >= 0)[0]
    label = united(
        np.arange(n, dtype=np.int64), np.concatenate((at, to)), np.concatenate((after[at], before[to]))
    )
    alone = sure_after & sure_before & (after < 0) & (before < 0)
    rest = np.nonzero(~alone)[0]
    if not len(rest):
        return label
    # Cut where nobody before reaches the next start: pieces that no link can cross.
    furthest = np.maximum.accumulate(line.reach[rest])
    cut = np.concatenate(([True], line.start[rest][1:] > furthest[:-1]))
    starts = np.nonzero(cut)[0]
    own = label[rest]
    torn = np.minimum.reduceat(own, starts) != np.maximum.reduceat(own, starts)
    piece = np.cumsum(cut) - 1
    open_ = torn[piece]
    if open_.any():
        label = _by_class(members, line, rest[open_], piece[open_], label, apart)
    return label


def _next(members: Members, line: Line, run: Bools, apart: Apart) -> tuple[Ints, Bools]:
    """(the next independent near member or -1, whether the search came to its end)."""
    n = len(members)
    run_end = _run_ends(run)
    found = np.full(n, -1, dtype=np.int64)
    sure = np.ones(n, dtype=np.bool_)
    at = np.arange(n - 1, dtype=np.int64)
    to = at + 1
    for _ in range(JUMPS):
        near = line.start[to] <= line.reach[at]
        at, to = at[near], to[near]
        free = apart(members.row[at], members.row[to])
        found[at[free]] = to[free]
        at, to = at[~free], run_end[to[~free]]
        at, to = at[to < n], to[to < n]
        if not len(at):
            return found, sure
    sure[at] = False
    return found, sure


def _previous(members: Members, line: Line, run: Bools, apart: Apart) -> tuple[Ints, Bools]:
    """(an earlier independent near member or -1, whether the search came to its end)."""
    n = len(members)
    run_start = np.maximum.accumulate(np.where(run, np.arange(n), 0))
    # The member of furthest reach in the run so far: if it is not near, none of the run is.
    step = int(line.reach.max() - line.reach.min()) + 1
    value = np.cumsum(run) * step + line.reach - line.reach.min()
    longest = np.maximum.accumulate(np.where(value >= np.maximum.accumulate(value), np.arange(n), 0))
    found = np.full(n, -1, dtype=np.int64)
    sure = np.ones(n, dtype=np.bool_)
    at = np.arange(1, n, dtype=np.int64)
    to = at - 1
    for _ in range(JUMPS):
        near = line.furthest[to] >= line.start[at]
        at, to = at[near], to[near]
        best = longest[to]
        free = line.reach[best] >= line.start[at]
        free[free] = apart(members.row[at[free]], members.row[best[free]])
        found[at[free]] = best[free]
        at, to = at[~free], run_start[to[~free]] - 1
        at, to = at[to >= 0], to[to >= 0]
        if not len(at):
            return found, sure
    sure[at] = False
    return found, sure


def _run_ends(run: Bools) -> Ints:
    """For each position the first one after its run."""
    starts = np.append(np.nonzero(run)[0], len(run))
    return starts[np.cumsum(run)]


def _by_class(members: Members, line: Line, at: Ints, piece: Ints, label: Ints, apart: Apart) -> Ints:
    """Labels after the second step over the members `at`; `piece` numbers rise."""
    piece = np.cumsum(np.concatenate(([0], (piece[1:] != piece[:-1]).astype(np.int64))))
    first_of, kind = representatives(members.klass[at], piece)
    first_kind = np.searchsorted(piece[first_of], np.arange(int(piece[-1]) + 1))
    local = kind - first_kind[piece]
    kinds = np.diff(np.append(first_kind, len(first_of)))
    # Reaches as ranks: unique, and a piece's ranks are exactly its positions, so they also tell pieces apart.
    by_reach = np.lexsort((np.arange(len(at)), line.reach[at], piece))
    rank = np.empty(len(at), dtype=np.int64)
    rank[by_reach] = np.arange(len(at))
    opens = np.searchsorted(piece, piece, side="left")
    alive = np.arange(len(at), dtype=np.int64)
    a: list[Ints] = []
    b: list[Ints] = []
    gathered = 0
    for c in range(int(kinds.max())):
        alive = alive[kinds[piece[alive]] > c]
        mine = local[alive] == c
        twin = at[first_of[first_kind[piece[alive]] + c]]
        so_far = np.maximum.accumulate(np.where(mine, rank[alive], -1))
        so_far = np.concatenate(([-1], so_far[:-1]))
        free = apart(members.row[at[alive]], members.row[twin])
        who, best = alive[free], so_far[free]
        has = best >= opens[who]
        i, j = at[who[has]], at[by_reach[best[has]]]
        near = (line.reach[j] >= line.start[i]) & (label[i] != label[j])
        a.append(i[near])
        b.append(j[near])
        own = at[alive[mine]]
        i = at[who]
        last = np.searchsorted(line.start[own], line.reach[i], side="right") - 1
        j = own[np.maximum(last, 0)]
        later = (last >= 0) & (j > i) & (label[i] != label[j])
        a.append(i[later])
        b.append(j[later])
        gathered += int(near.sum()) + int(later.sum())
        if gathered > _EDGES:
            label, a, b, gathered = united(label, np.concatenate(a), np.concatenate(b)), [], [], 0
    return united(label, np.concatenate(a), np.concatenate(b)) if a else label


def _short_links(members: Members, short: Bools, apart: Apart) -> tuple[Ints, Ints]:
    """Links between members that reach shorter than they start and those long enough to hold them."""
    needed = int((members.start - members.reach)[short].min())
    at = np.nonzero(short | (members.reach - members.start >= needed))[0]
    some = members.take(at)
    first, kind = representatives(some.reach, some.start, some.klass, some.group)
    first = np.sort(first)
    number = np.empty(
        len(at), dtype=np.int64
    )  # for each of `some` the position of its representative in `few`
    number[first] = np.arange(len(first))
    by_kind = np.empty(len(first), dtype=np.int64)
    by_kind[kind[first]] = number[first]
    few = some.take(first)
    of = np.nonzero(few.reach < few.start)[0]
    a, b = [at[:0]], [at[:0]]
    met = np.zeros(len(few), dtype=np.bool_)
    for k, j in links_of(few, Line.of(few), of, apart):
        a.append(at[first[of[k]]])
        b.append(at[first[j]])
        met[of[k]] = True
        met[j] = True
    # Twins on the same days have the same links.
    own = by_kind[kind]
    same = met[own]
    a.append(at[same])
    b.append(at[first[own[same]]])
    return np.concatenate(a), np.concatenate(b)
