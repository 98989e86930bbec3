"""Records that few links join: positions, commitments, messages. Every link is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Two records (rows) that a rule links, and the days on which both stood."""

    a: int
    b: int
    certain: bool
    first: int
    last: int


def _joined(links: Sequence[Link]) -> Iterator[list[Link]]:
    component = {r: r for x in links for r in (x.a, x.b)}

    def root(r: int) -> int:
        while component[r] != r:
            component[r] = r = component[component[r]]
        return r

    for x in links:
        component[root(x.a)] = root(x.b)
    own: dict[int, list[Link]] = {}
    for x in links:
        own.setdefault(root(x.a), []).append(x)
    yield from own.values()


def components(links: Sequence[Link]) -> Iterator[tuple[list[Link], bool, set[int]]]:
    """(links, whether they are certain, records listed as possible) of each episode of one group."""
    certain = [x for x in links if x.certain]
    taken = {r for x in certain for r in (x.a, x.b)}
    for own in _joined(certain):
        members = {r for x in own for r in (x.a, x.b)}
        listed = {
            one
            for x in links
            for one, other in ((x.a, x.b), (x.b, x.a))
            if not x.certain and other in members and one not in taken
        }
        yield own, True, listed
    left = [x for x in links if not x.certain and x.a not in taken and x.b not in taken]
    for own in _joined(left):
        yield own, False, set()
