"""The pairs that show an episode best, and the latest day of links of a kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.rules.columns import Bools, Ints
from graph.rules.links import Apart, Line, Members, links_of, near_ranges, representatives

FAR = 10**9  # a gap larger than all others: "no such pair"


@dataclass(frozen=True)
class Pairs:
    """One pair of positions for each episode, with the smallest gap possible between its two."""

    a: Ints
    b: Ints
    gap: Ints


def newest(episodes: Members, lo: Ints, hi: Ints, place: Ints, apart: Apart) -> Pairs:
    """The newest record of each episode, and the newest linked with it, by (hi, lo, recorded, id)."""
    order = np.lexsort((place[episodes.row], lo, hi, episodes.group))
    age = np.empty(len(order), dtype=np.int64)
    age[order] = np.arange(len(order))
    ends = np.searchsorted(episodes.group, np.arange(int(episodes.group[-1]) + 1), side="right")
    top = order[ends - 1]
    other = np.full(len(top), -1, dtype=np.int64)
    for k, j in links_of(episodes, Line.of(episodes), top, apart):
        np.maximum.at(other, k, age[j])
    second = order[other]
    return Pairs(top, second, _gap(lo, hi, top, second))


def _gap(lo: Ints, hi: Ints, a: Ints, b: Ints) -> Ints:
    gap: Ints = np.maximum(0, np.maximum(lo[b] - hi[a], lo[a] - hi[b]))
    return gap


def closest(episodes: Members, hi: Ints, at: Ints, count: int, apart: Apart) -> Pairs:
    """The pair with the smallest gap in each episode, of the members `at`, whose starts are their first days.

    The gap to a later one is its first day less our last, so the next independent one by first day is the
    closest of all later ones. Of pairs with the same gap the last is taken.

    Args:
        hi: last day of every member.
        count: number of episodes.
    """
    best = np.full(count, FAR, dtype=np.int64)
    pair_a, pair_b = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    if len(at) < 2:
        return Pairs(pair_a, pair_b, best)
    own = episodes.take(at)
    last = hi[at]
    line = Line.of(own)
    new = (own.klass[1:] != own.klass[:-1]) | (own.group[1:] != own.group[:-1])
    starts = np.concatenate(([0], np.nonzero(new)[0] + 1, [len(own)]))
    run_end = starts[np.concatenate(([1], np.cumsum(new) + 1))]
    next_of = np.full(len(own), -1, dtype=np.int64)
    gap_of = np.full(len(own), FAR, dtype=np.int64)
    i = np.arange(len(own) - 1, dtype=np.int64)
    j = i + 1
    while len(i):
        near = line.start[j] <= line.reach[i]
        i, j = i[near], j[near]
        gap = np.maximum(0, own.start[j] - last[i])
        # What is already wider than the best of its episode need not be followed.
        hope = gap <= best[own.group[i]]
        i, j, gap = i[hope], j[hope], gap[hope]
        free = apart(own.row[i], own.row[j])
        next_of[i[free]], gap_of[i[free]] = j[free], gap[free]
        np.minimum.at(best, own.group[i[free]], gap[free])
        i, j = i[~free], run_end[j[~free]]
        i, j = i[j < len(own)], j[j < len(own)]
    top = np.nonzero((next_of >= 0) & (gap_of == best[own.group]))[0]
    # Later assignments win: the last pair of each episode.
    pair_a[own.group[top]], pair_b[own.group[top]] = at[top], at[next_of[top]]
    return Pairs(pair_a, pair_b, best)


def closest_coarse(episodes: Members, lo: Ints, hi: Ints, coarse: Bools, exact: Pairs, apart: Apart) -> Pairs:
    """The pair with the smallest gap that has a coarse member, where the exact ones left a gap to improve on.

    Twins on the same days count once, so a member has few coarse ones to be compared with.
    """
    best = np.full(len(exact.gap), FAR, dtype=np.int64)
    pair_a, pair_b = np.zeros(len(best), dtype=np.int64), np.zeros(len(best), dtype=np.int64)
    open_ = np.nonzero((exact.gap > 0)[episodes.group])[0]
    if len(open_):
        own = episodes.take(open_)
        # Twins that are independent of each other (nobody leads) may be the pair: they stay apart.
        own_kind = np.where(apart(own.row, own.row), np.arange(len(own)), -1)
        few_at = open_[np.sort(representatives(own_kind, own.reach, own.start, own.klass, own.group)[0])]
        few = episodes.take(few_at)
        of = np.nonzero(coarse[few_at])[0]
        if len(of):
            for k, j in links_of(few, Line.of(few), of, apart):
                a, b = few_at[of[k]], few_at[j]
                gap = _gap(lo, hi, a, b)
                group = episodes.group[a]
                order = np.lexsort((b, a, gap, group))
                new = np.ones(len(order), dtype=np.bool_)
                new[1:] = group[order][1:] != group[order][:-1]
                first = order[new]
                first = first[gap[first] < best[group[first]]]
                best[group[first]] = gap[first]
                pair_a[group[first]], pair_b[group[first]] = a[first], b[first]
    return Pairs(pair_a, pair_b, best)


def nearer(one: Pairs, other: Pairs) -> Pairs:
    """For each episode the pair with the smaller gap, `one` of equals."""
    better = other.gap < one.gap
    return Pairs(
        np.where(better, other.a, one.a), np.where(better, other.b, one.b), np.minimum(one.gap, other.gap)
    )


def latest_of(episodes: Members, hi: Ints, at: Ints, count: int, none: int, apart: Apart) -> Ints:
    """For each episode the later day of its latest link that `apart` allows and one of whose two is in `at`.

    Looks at the newest members first and stops as soon as no other can be in a later link.

    Args:
        apart: independent, and of the kind that is asked for.
        none: what to say for an episode without such a link.
    """
    out = np.full(count, none, dtype=np.int64)
    line = Line.of(episodes)
    highest = np.full(count, none, dtype=np.int64)
    np.maximum.at(highest, episodes.group, hi)
    # No link of a member ends later than the longest of those that start within its reach.
    so_far = np.maximum.accumulate(hi - hi.min() + episodes.group * (int(hi.max() - hi.min()) + 1))
    so_far = so_far - episodes.group * (int(hi.max() - hi.min()) + 1) + hi.min()
    _, stop = near_ranges(line, at)
    bound = np.maximum(hi[at], so_far[np.maximum(stop, 1) - 1])
    order = np.lexsort((-hi[at], -bound, episodes.group[at]))
    at, bound = at[order], bound[order]
    group = episodes.group[at]
    turn = np.arange(len(at)) - np.searchsorted(group, group, side="left")
    done, size = 0, 2
    while True:
        ahead = (turn >= done) & (bound > out[group]) & (out[group] < highest[group])
        if not ahead.any():
            return out
        of = at[ahead & (turn < done + size)]
        for k, j in links_of(episodes, line, of, apart):
            np.maximum.at(out, episodes.group[j], np.maximum(hi[of[k]], hi[j]))
        done, size = done + size, size * 4
