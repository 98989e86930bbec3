"""How surely two names mean the same, and why: pure, the same for everyone, with a version."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from graph.matching import align as alignment
from graph.matching import countries, words
from graph.matching import text as letters
from graph.matching.evidence import Named, beside
from graph.matching.forms import BRACKET, Form, country_in, form
from graph.matching.why import Feature, sentence

VERSION = "names-2"
SURE = 0.95  # from here on the machine takes it, and writes down that it did
POSSIBLE = 0.70  # from here on a person is asked
BELOW_SURE = 0.94
_SPACING = 0.99  # names that are equal but for what is written together
_LONG = 6  # letters from where on signs between them tell nothing: "C&A" is not "CA"
_EQUAL = 0.98  # names that are equal in what tells names apart, but not letter by letter


@dataclass(slots=True, unsafe_hash=True)  # not frozen, which costs three times as much to make
class Score:
    """0..1 with what it was made of; `features` keep both raw values."""

    value: float
    features: tuple[Feature, ...] = field(default=())

    @property
    def sure(self) -> bool:
        return self.value >= SURE

    @property
    def possible(self) -> bool:
        return self.value >= POSSIBLE

    def why(self, language: str = "en") -> str:
        """A sentence or two in fi, sv or en; an unknown language is answered in English."""
        return sentence(self.features, language)


def score(left: Named | str, right: Named | str, *, kind: str | None = None) -> Score:
    """Compare two names, with whatever else is known of their bearers.

    Args:
        kind: a kind of Partner or `person`, where the names themselves bring none. Persons are never sure on
            their name alone.
    """
    a = left if isinstance(left, Named) else Named(left, kind=kind)
    b = right if isinstance(right, Named) else Named(right, kind=kind)
    a, b = _located(a), _located(b)
    kinds = {k for k in (a.kind, b.kind) if k}
    of_kind = kinds.pop() if len(kinds) == 1 else None
    value, features = names_alone(a.text, b.text, of_kind)
    return Score(*beside(a, b, value, features, of_kind == "person"))


def _located(named: Named) -> Named:
    """With the country that the name itself says, where none is given."""
    if named.country or named.kind == "person" or not (code := country_in(named.text)):
        return named
    return replace(named, country=code)


@lru_cache(maxsize=50_000)
def names_alone(a: str, b: str, kind: str | None) -> tuple[float, tuple[Feature, ...]]:
    """(value, features) from the two names and nothing else."""
    left, right = form(a, kind), form(b, kind)
    notes = [Feature("repair_" + r.what, r.before, r.after) for f in (left, right) for r in f.repairs]
    if not left.tokens or not right.tokens:
        same = left.native == right.native and bool(left.native or left.text == right.text != "")
        return (1.0 if same and left.text else 0.0), (Feature("same" if same else "nothing", a, b), *notes)
    syllables = _syllables(left, right)
    if syllables is not None:
        return syllables, (
            Feature("same" if syllables == 1.0 else "other_signs", left.text, right.text),
            *notes,
        )
    value, features = _compare(left, right, kind)
    if value < POSSIBLE and kind not in ("person",):
        value, features = max((value, features), _acronym(left, right, value, features), key=lambda x: x[0])
    if value < POSSIBLE:
        value, features = max(
            (value, features), _skeletons(left, right), _together(left, right), key=lambda x: x[0]
        )
    if (
        value < POSSIBLE
        and left.scripts != right.scripts
        and letters.looks(left.text) == letters.looks(right.text)
    ):
        value, features = 0.8, [Feature("looks", left.text, right.text)]
    forged = any(r.what in ("lookalike", "digits") for f in (left, right) for r in f.repairs)
    if forged and left.native != right.native:
        value = min(value, BELOW_SURE)
    if kind == "person":
        value = min(value, BELOW_SURE)
    return round(value, 4), (*features, *notes)


def _compare(left: Form, right: Form, kind: str | None) -> tuple[float, list[Feature]]:
    person = kind == "person"
    if left.whole == right.whole and left.inside == right.inside:
        value = 1.0 if left.every == right.every else _SPACING
        return value, [Feature("same", left.text, right.text)]
    if left.native == right.native and len(left.native) >= _LONG:
        # "Citizens' Lobby" and "Citizen's Lobby", "ACEA (Cars)" and "ACEA – Cars": only punctuation differs.
        return _SPACING, [Feature("same", left.text, right.text)]
    found = alignment.align(left.tokens, right.tokens, person)
    features: list[Feature] = []
    cost = _spelling(found, left, right, features)
    if found.moved:
        cost += 0.02 if left.comma or right.comma else 0.06
        features.append(Feature("order", " ".join(left.tokens), " ".join(right.tokens)))
        if person and _child_of(left) & set(right.tokens) - _child_of(right):
            cost += 0.3
    rest_a, rest_b = _left_over(found, person)
    cost += _leftovers(found, rest_a, rest_b, person, features)
    if not person:
        cost += _legal(left, right, kind, features) + _inside(left, right, kind, features)
        if bool(left.city_words) != bool(right.city_words):
            features.append(Feature("city_word", left.text, right.text))
            cost += 0.01
    if not features:
        features.append(Feature("same", left.text, right.text))
    return max(0.0, min(_EQUAL, 1.0 - cost)), features


def _child_of(taken: Form) -> set[str]:
    """The names of fathers: what follows "bin" or "ben". A son and his father may bear the same two names."""
    pairs = pairwise(taken.tokens)
    return {name for word, name in pairs if word in ("bin", "ben", "ibn", "bint")}


def _spelling(found: alignment.Alignment, left: Form, right: Form, features: list[Feature]) -> float:
    matched = sum(len(link.left) for link in found.links)
    certain = True
    total = found.edits
    for link in found.links:
        if link.how not in ("same", "joined"):
            certain = False
        if link.how != "same":
            features.append(Feature(link.how, link.left, link.right))
    if not found.links:
        return 1.0
    length = max(matched, 4)
    cost = 0.07 * total + 0.6 * total / length
    return cost if certain else max(cost, 1 - BELOW_SURE)


def _left_over(found: alignment.Alignment, person: bool) -> tuple[list[str], list[str]]:
    """Words that no word of the other name stands for, without those that say nothing."""
    light = words.PARTICLES | words.SUFFIXES if person else frozenset()
    a = [w for w in found.left if w not in light]
    b = [w for w in found.right if w not in light]
    return a, b


def _leftovers(
    found: alignment.Alignment, a: list[str], b: list[str], person: bool, features: list[Feature]
) -> float:
    if not a and not b:
        return 0.01 * (len(found.left) + len(found.right))
    if a and b:
        features.append(Feature("differ", " ".join(a), " ".join(b)))
        return 0.35 + 0.1 * min(len(a), len(b))
    extra = a or b
    features.append(Feature("more", " ".join(a), " ".join(b)))
    if person:
        full = sum(
            len(k.left) > 1 and len(k.right) > 1 and k.left not in words.PARTICLES for k in found.links
        )
        if full < 2:
            return 0.32
        # A patronymic that only one of them gives is no difference; two that differ were dealt with above.
        return 0.06 + 0.09 * max(0, sum(not x.endswith(words.PATRONYMIC) for x in extra) - 1)
    heavy = [w for w in extra if w not in words.WEAK and w not in words.CORPORATE]
    return 0.1 * (len(extra) - len(heavy)) + (0.32 if heavy else 0.0)


def _legal(left: Form, right: Form, kind: str | None, features: list[Feature]) -> float:
    if set(left.legal) == set(right.legal):
        return 0.0
    features.append(Feature("legal", left.text, right.text))
    classes = [{words.LEGAL[x][0] for x in f.legal} for f in (left, right)]
    if classes[0] and classes[1]:
        apart = [c & words.APART for c in classes]
        if apart[0] != apart[1]:
            return 0.35
        return 0.06
    # "Stockholm Oy" may be no writing of "Stockholm" unless both are known to be companies.
    return 0.02 if kind == "company" else 0.06


def _inside(left: Form, right: Form, kind: str | None, features: list[Feature]) -> float:
    """What stands in brackets: an abbreviation of the name costs nothing, another place or part much."""
    a, b = (" ".join(f.inside) for f in (left, right))
    if a == b:
        return 0.0
    for own, other, of in ((left, right, a), (right, left, b)):
        if of and _initials(own, of.replace(" ", "")) and (not other.inside or of == " ".join(other.inside)):
            return 0.01
    features.append(Feature("brackets", a, b))
    two = len(a or b) == 2 and (kind == "city" or _in_order(a or b, left.whole))
    if not (a and b) and (two or (a or b).isdigit()):
        return 0.02  # the code of a province, the number of a register
    if a and b:
        near = alignment.align(tuple(a.split()), tuple(b.split()), False)
        return 0.07 * near.edits if not near.left and not near.right else 0.4
    return 0.2


def _initials(taken: Form, short: str) -> bool:
    """Whether a short text may abbreviate the name: its letters stand there in this order, the first one first.

    "MoF", "UM" for Ulkoministeriö; not the code of a country, which says where and not who.
    """
    if not 2 <= len(short) <= 6 or countries.names().get(short) or short[0] != taken.whole[:1]:
        return False
    if not taken.text.isascii() and not _own_letters(taken.text):
        return False
    return _in_order(short, taken.whole)


def _in_order(short: str, whole: str) -> bool:
    """Whether the letters of a short text stand in another one in this order, the first one first."""
    left = iter(whole)
    return short[:1] == whole[:1] and all(c in left for c in short)


def _own_letters(text: str) -> bool:
    """Whether the accents in brackets are the name's own: "Verband kommunaler Unternehmen (VKÖ)" is another one."""
    inside = {c for part in BRACKET.findall(text) for c in part.casefold() if c.isalpha() and not c.isascii()}
    return inside <= set(BRACKET.sub(" ", text).casefold())


def _acronym(left: Form, right: Form, value: float, features: list[Feature]) -> tuple[float, list[Feature]]:
    for short, long in ((left, right), (right, left)):
        token = short.tokens[0]
        if 3 <= len(token) <= 6 and len(long.tokens) >= 3 and _initials_of(long) == token:
            rest = short.tokens[1:]
            if not rest or alignment.align(rest, long.tokens, False).left == []:
                return 0.78, [Feature("acronym", short.text, long.text)]
        if token in long.inside and len(short.tokens) == 1:
            return 0.85, [Feature("acronym", short.text, long.text)]
    return value, features


def _initials_of(taken: Form) -> str:
    return "".join(t[0] for t in taken.tokens)


def _syllables(left: Form, right: Form) -> float | None:
    """Names written in signs for syllables: one sign off is another name. None for all others."""
    both = left.scripts & right.scripts & letters.SYLLABIC
    if not both or (left.scripts | right.scripts) - letters.SYLLABIC:
        return None
    if left.native == right.native:
        return 1.0
    if sorted(left.native) == sorted(right.native):
        return 0.8
    return 0.5 * (1.0 - OSA.normalized_distance(left.native, right.native))


def _together(left: Form, right: Form) -> tuple[float, list[Feature]]:
    """Everything without spaces, for names whose words run into their legal form ("SiemensAG")."""
    short = min(len(left.whole), len(right.whole))
    cost = alignment.edits(left.whole, right.whole, 1) if short >= 6 else None
    if cost is None or left.inside != right.inside:
        return 0.0, []
    return 0.9 - 0.12 * cost, [Feature("joined", left.text, right.text)]


def _skeletons(left: Form, right: Form) -> tuple[float, list[Feature]]:
    """A name in Arabic or Hebrew letters beside one in others: only the consonants can be compared."""
    abjad = [bool(f.scripts & letters.ABJAD) for f in (left, right)]
    if abjad[0] == abjad[1]:
        return 0.0, []
    a, b = (" ".join(x for t in f.tokens if (x := letters.consonants(t))) for f in (left, right))
    if len(a.replace(" ", "")) < 4 or len(b.replace(" ", "")) < 4:
        return 0.0, []
    found = OSA.normalized_distance(a.replace(" ", ""), b.replace(" ", ""))
    return (0.85 - found), [Feature("consonants", left.text, right.text)]
