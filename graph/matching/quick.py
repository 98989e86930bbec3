"""Which names are not worth comparing in full: a look at their letters that never says no to one that is possible."""

from __future__ import annotations

from rapidfuzz import fuzz

from graph.matching import words
from graph.matching.forms import Form, form

_LEAST = 69.0  # rapidfuzz points; in the test sets nothing that is possible by its letters lies below it
_SHORT = 6  # letters up to where one letter more or less is too large a part
_LATIN = frozenset({"LATIN"})
_SAYS_LITTLE = words.WEAK | words.CORPORATE


class Quick:
    """One name that many others are held against."""

    def __init__(self, text: str, kind: str | None) -> None:
        self._form = form(text, kind)
        self._letters = _letters(self._form)
        # Initials, nicknames and other scripts are likenesses that the letters do not show.
        self._any = kind == "person" or _unlike_itself(self._form, self._letters[0])

    def may_be(self, text: str, kind: str | None) -> bool:
        """False when a full comparison would surely find the two names too different."""
        if self._any or kind == "person":
            return True
        other = form(text, kind)
        letters = _letters(other)
        if _unlike_itself(other, letters[0]):
            return True
        for mine, theirs in zip(self._letters, letters, strict=True):
            if fuzz.ratio(mine, theirs, score_cutoff=_LEAST):
                return True
        if fuzz.ratio(self._form.whole, other.whole, score_cutoff=90.0):
            return True  # words that run into their legal form
        return _abbreviates(self._form, other) or _abbreviates(other, self._form)


def _letters(taken: Form) -> tuple[str, str]:
    """The words that tell, as they stand and in order of the alphabet."""
    telling = [t for t in taken.tokens if t not in _SAYS_LITTLE] or list(taken.tokens)
    return "".join(telling), "".join(sorted(telling))


def _unlike_itself(taken: Form, letters: str) -> bool:
    return len(letters) <= _SHORT or not taken.scripts <= _LATIN


def _abbreviates(short: Form, long: Form) -> bool:
    first = short.tokens[0]
    return first in long.inside or (
        len(first) == len(long.tokens) and first == "".join(t[0] for t in long.tokens)
    )
