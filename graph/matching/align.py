"""Which word of one name stands for which word of the other, and what is left over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from graph.matching import words

# Spellings of one sound, in this order; what is equal after them was written down by another ear.
_SOUNDS = (
    ("tsch", "c"), ("sch", "s"), ("shch", "s"), ("dzh", "j"), ("zh", "j"), ("ch", "c"), ("kh", "h"), ("gh", "g"),
    ("ph", "f"), ("th", "t"), ("sh", "s"), ("ck", "k"), ("ks", "x"), ("oo", "u"), ("ou", "u"), ("ee", "i"),
    ("ij", "i"), ("iy", "i"), ("yi", "i"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("w", "v"), ("q", "k"), ("z", "s"),
    ("y", "i"), ("j", "i"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """How a word sounds, roughly."""
    if word.startswith("x"):
        word = "s" + word[1:]
    for spelt, heard in _SOUNDS:
        word = word.replace(spelt, heard)
    return _DOUBLED.sub(r"\1", word)


@dataclass(slots=True, unsafe_hash=True)  # not frozen, which costs three times as much to make
class Link:
    """Words of the one name that stand for words of the other."""

    left: str
    right: str
    edits: float  # letters that differ; 0.5 for words that sound the same
    how: str  # "same", "joined", "spelling", "sound", "initial", "nickname", "short"


@dataclass
class Alignment:
    links: list[Link]
    left: list[str]  # words without a counterpart
    right: list[str]
    moved: bool  # whether the order differs

    @property
    def edits(self) -> float:
        return sum(link.edits for link in self.links)


@lru_cache(maxsize=100_000)
def edits(a: str, b: str, most: float) -> float | None:
    """Letters that differ between two words, None when more than `most` or than words so short may differ by."""
    if a == b:
        return 0.0
    if a.isdigit() or b.isdigit():
        return (1.0 if a.isdigit() == b.isdigit() and len(a) == len(b) > 0 and sum(map(str.__ne__, a, b)) == 1
                else None)  # fmt: skip
    raw = float(OSA.distance(a, b, score_cutoff=2))
    if raw > 0 and min(len(a), len(b)) >= 3:
        heard_a, heard_b = sound(a), sound(b)
        if heard_a == heard_b:
            return 0.5
        if raw > 1 and min(len(heard_a), len(heard_b)) >= 4:
            raw = min(raw, 0.5 + OSA.distance(heard_a, heard_b, score_cutoff=2))
    return raw if raw <= most and raw <= 2.5 else None


def align(a: tuple[str, ...], b: tuple[str, ...], person: bool) -> Alignment:
    """The best counterpart of each word: the same first, then joined words, then near ones."""
    left, right = list(enumerate(a)), list(enumerate(b))
    links: list[Link] = []
    order: list[tuple[int, int]] = []

    def take(i: int, j: int, link: Link) -> None:
        links.append(link)
        order.append((left[i][0], right[j][0]))
        del left[i], right[j]

    for i in range(len(left) - 1, -1, -1):
        same = [j for j, (_, word) in enumerate(right) if word == left[i][1]]
        if same:
            # Of several equal words, the one that stands where this one does.
            j = min(same, key=lambda j: abs((len(a) - left[i][0]) - (len(b) - right[j][0])))
            take(i, j, Link(left[i][1], right[j][1], 0.0, "same"))
    _joined(left, right, links, False)
    _joined(right, left, links, True)
    if person:
        _run_together(left, right, links, False)
        _run_together(right, left, links, True)
    near: list[tuple[float, int, int, str]] = []
    for i, wa in left:
        for j, wb in right:
            found = _near(wa, wb, person)
            if found is not None:
                near.append((found[0], i, j, found[1]))
    for cost, i, j, how in sorted(near):
        at_i = next((n for n, (k, _) in enumerate(left) if k == i), None)
        at_j = next((n for n, (k, _) in enumerate(right) if k == j), None)
        if at_i is not None and at_j is not None:
            take(at_i, at_j, Link(left[at_i][1], right[at_j][1], cost, how))
    straight = sorted(order)
    moved = any(p[1] > q[1] for p, q in pairwise(straight))
    return Alignment(links, [w for _, w in left], [w for _, w in right], moved)


def _near(a: str, b: str, person: bool) -> tuple[float, str] | None:
    short, long = sorted((a, b), key=len)
    if person:
        if len(short) == 1 and long.startswith(short):
            return 0.6, "initial"
        if a in words.NICKNAME and words.NICKNAME[a] == words.NICKNAME.get(b):
            return 0.8, "nickname"
    most = 0 if len(short) < 2 else 1 if len(long) < 4 else 2
    if person and len(long) == 3 and len(short) == 3:
        most = 2
    elif not person and (len(long) <= 3 or len(long) == 5):
        most = 1
    cost = edits(a, b, most)
    if cost is not None:
        return cost, "sound" if cost == 0.5 else "spelling"
    if person and len(short) >= 2 and long.startswith(short) and not _told_apart(short, long):
        return 1.2, "short"
    return None


def _told_apart(short: str, long: str) -> bool:
    """A particle is short for nothing, and a first name is not the patronymic made of it."""
    return short in words.PARTICLES or long.endswith(words.PATRONYMIC)


def _joined(many: list[tuple[int, str]], one: list[tuple[int, str]], links: list[Link], turned: bool) -> None:
    """Two or three words on one side that are one word on the other ("Good Will", "Goodwill")."""
    for size in (4, 3, 2):
        i = 0
        while i + size <= len(many):
            parts = [w for _, w in many[i : i + size]]
            joined = "".join(parts)
            hit = None
            if many[i + size - 1][0] - many[i][0] == size - 1:
                for j, (_, word) in enumerate(one):
                    cost = edits(joined, word, 1 if len(joined) < 7 else 2) if len(joined) >= 2 else None
                    if cost is not None and (hit is None or cost < hit[1]):
                        hit = (j, cost)
            if hit is None:
                i += 1
                continue
            j, cost = hit
            pair = (" ".join(parts), one[j][1])
            links.append(Link(*(pair[::-1] if turned else pair), cost + 0.2, "joined"))
            del many[i : i + size]
            del one[j]


def _run_together(
    initials: list[tuple[int, str]], full: list[tuple[int, str]], links: list[Link], turned: bool
) -> None:
    """ "JC" for "Jean Claude": two or three initials written as one word."""
    for i in range(len(initials) - 1, -1, -1):
        word = initials[i][1]
        if not 2 <= len(word) <= 3:
            continue
        for j in range(len(full) - len(word) + 1):
            parts = [w for _, w in full[j : j + len(word)]]
            if "".join(w[0] for w in parts) == word and all(len(w) > 2 for w in parts):
                pair = (word, " ".join(parts))
                links.append(Link(*(pair[::-1] if turned else pair), 0.9, "initial"))
                del initials[i], full[j : j + len(word)]
                break
