"""The forms of a name: what of it tells it from others, in letters that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from graph import names
from graph.matching import countries, words
from graph.matching import text as letters

_TOKEN = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile(r"['’ʼʹ`´′]")
BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_ELIDED = re.compile(r"\b(l|d|dell|all|nell|dall|sull)['’](?=\w)")
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?){1,5}[a-z]?\b\.?")
_LAST_PART = re.compile(r"^(.*\S)\s*(?:,\s*([^,]+)|\(([^()]*)\))\s*$")
_PLAN_YEAR = re.compile(r"20[2-5]0")
_DIVISION = re.compile(r"[A-Z]{2,3}")
_POSSESSIVE = re.compile(r"(?<=[a-z]{3})['’]s\b")
_PHRASES: dict[tuple[str, ...], str] = {}
for _form, (_, _, _spellings) in words.LEGAL.items():
    for _spelling in _spellings:
        _PHRASES[tuple(_TOKEN.findall(_spelling.replace("'", "")))] = _form
_LONGEST_PHRASE = max(map(len, _PHRASES))
# Joined by chance they would be too many: only these are taken away from the middle of a name.
_MIDDLE = frozenset(k for k in _PHRASES if len(k) > 1)
_NEVER_FIRST = frozenset({"co", "company", "as", "se", "pc"})  # "PC World", "SE Banken"


@dataclass(frozen=True)
class Form:
    """A name taken apart. `tokens` are lower-case ASCII words without legal forms, articles and city words."""

    text: str
    tokens: tuple[str, ...]
    legal: tuple[str, ...]  # forms of words.LEGAL
    city_words: tuple[str, ...]  # "kaupunki", "city": what was left out because it says only what kind it is
    inside: tuple[str, ...]  # texts in brackets, which `tokens` leave out
    comma: bool  # "Last, First"
    repairs: tuple[letters.Repair, ...]
    scripts: frozenset[str]
    native: str  # the letters as they are, case folded, without spaces: for scripts of syllables
    every: tuple[str, ...]  # all words outside brackets, legal forms and articles too

    @property
    def whole(self) -> str:
        return "".join(self.every)

    @property
    def squeezed(self) -> str:
        return "".join(self.tokens)

    @property
    def key(self) -> str:
        """The tokens in order of the alphabet: equal for names that differ only in what does not tell."""
        return " ".join(sorted(self.tokens))


@lru_cache(maxsize=200_000)
def form(text: str, kind: str | None = None) -> Form:
    """The form of a name of this kind (`person`, or a kind of Partner, or unknown).

    Raises nothing: a name of punctuation only has no tokens.
    """
    fixed, notes = letters.repaired(text[: names.LONGEST])
    plain, more = letters.unmixed(fixed)
    there = frozenset(letters.scripts(plain))
    if kind == "city":
        plain = _without_country(plain)
    ascii_text = letters.latin(plain)
    inside = tuple(t for t in (s.strip() for s in BRACKET.findall(ascii_text)) if t)
    outside = BRACKET.sub(" ", ascii_text) if inside else ascii_text
    if not _TOKEN.search(outside):
        outside, inside = ascii_text, ()
    if kind != "person":
        outside = _ELIDED.sub(r"\1 ", outside)
    tokens = _tokens(outside)
    every = tokens
    comma = "," in outside
    legal: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    if kind == "person":
        tokens = _person(tokens)
    elif kind == "city":
        tokens, city = _without_city(tokens)
    else:
        tokens, legal = _without_legal(tokens)
        stripped, city = _without_city(tokens, certain=True) if kind is None else (tokens, ())
        # Unknown kind: "City of X" is read as a city's name only when it says so.
        tokens = stripped if city and not legal else _without_links(tokens)
        city = city if not legal else ()
    if kind != "person":
        tokens = _numbers(tuple(x for t in tokens for x in words.SAME.get(t, t).split()))
    native = "".join(c for c in fixed.casefold() if c.isalnum())
    return Form(fixed, tokens, legal, city, inside, comma, notes + more, there, native, every)


def _without_country(text: str) -> str:
    """Without a country's name at the end ("Mérida, Spain"), and with a division's code kept whole ("Columbus, IN")."""
    end = _LAST_PART.match(text)
    if end is None:
        return text
    rest, part = end.group(1), end.group(2) or end.group(3)
    if country_in(text):
        return rest
    if end.group(3) is not None:
        return text
    return f"{rest} division{part.casefold()}" if _DIVISION.fullmatch(part) else text


@lru_cache(maxsize=50_000)
def country_in(text: str) -> str | None:
    """The country that a name says at its end, after a comma or in brackets."""
    end = _LAST_PART.match(text)
    part = (end.group(2) or end.group(3) or "") if end else ""
    # A code may be that of a division: "Chiyoda, GUM" is not on Guam.
    return countries.names().get(countries.plain(part)) if len(part) > 3 or part in ("UK", "USA") else None


def _tokens(text: str) -> tuple[str, ...]:
    text = _POSSESSIVE.sub("", text)
    text = _APOSTROPHE.sub("", text)
    text = _DOTTED.sub(lambda m: re.sub(r"[.\s]", "", m.group()) + " ", text)
    return tuple(_TOKEN.findall(text.replace("&", " and ")))


def _without_legal(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Legal forms at either end, and long ones anywhere; a name that is only a legal form is left alone."""
    found: list[str] = []
    rest = list(tokens)
    changed = True
    while changed and len(rest) > 1:
        changed = False
        for size in range(min(_LONGEST_PHRASE, len(rest) - 1), 0, -1):
            if (tail := tuple(rest[-size:])) in _PHRASES:
                found.append(_PHRASES[tail])
                del rest[-size:]
                changed = True
                break
            if (head := tuple(rest[:size])) in _PHRASES and (size > 1 or head[0] not in _NEVER_FIRST):
                found.append(_PHRASES[head])
                del rest[:size]
                changed = True
                break
        if rest and rest[-1] in words.AND and changed:
            rest.pop()
    for size in range(min(_LONGEST_PHRASE, len(rest) - 1), 1, -1):
        for at in range(len(rest) - size, -1, -1):
            if len(rest) > size and (phrase := tuple(rest[at : at + size])) in _MIDDLE:
                found.append(_PHRASES[phrase])
                del rest[at : at + size]
    return tuple(rest), tuple(found)


def only_legal_form(text: str) -> bool:
    """Whether a text says nothing but a legal form: "Ltd.", "S.A. de C.V."."""
    tokens = _tokens(letters.latin(text))
    return bool(tokens) and tokens in _PHRASES


def _without_links(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Without articles and the words that join two others: at the beginning of a name ("Fur Europe", "JA FRSEA") and
    at its end ("ENTSO-E", "IPPF EN") none joins."""

    def says_nothing(at: int, token: str) -> bool:
        if at == 0:
            return token in words.ARTICLES and len(tokens) > 1
        return token in words.LINKS and at < len(tokens) - 1

    rest = tuple(t for at, t in enumerate(tokens) if not says_nothing(at, t))
    return rest if any(len(t) > 1 for t in rest) else tokens


def _without_city(
    tokens: tuple[str, ...], *, certain: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Without the words by which cities say that they are cities; all of them when nothing else is left.

    Args:
        certain: only words that are said of little but cities, at either end: "Council of Europe" is no city, nor
            is "Österreichischer Gemeinde- und Städtebund".
    """
    if certain:
        ends = {0, len(tokens) - 1}
        says = [n in ends and t in words.SURELY_CITY for n, t in enumerate(tokens)]
    else:
        says = [_says_city(t) for t in tokens]
    taken = tuple(t for t, city in zip(tokens, says, strict=True) if city)
    rest = tuple(t for t, city in zip(tokens, says, strict=True) if not city)
    bare = tuple(t for t in rest if t not in words.LINKS)
    if len(bare) > 1 and _PLAN_YEAR.fullmatch(bare[-1]):
        bare = bare[:-1]  # "Massa Lombarda 2030" is what a city calls its plan
    if not bare:
        return tokens, ()
    return bare, taken


_LONG_CITY_WORDS = tuple(w for w in words.CITY if len(w) >= 9)


@lru_cache(maxsize=50_000)
def _says_city(token: str) -> bool:
    """A city word, or a long one with one letter wrong ("municiplaity")."""
    if token in words.CITY:
        return True
    return len(token) >= 8 and any(
        token[0] == w[0] and OSA.distance(token, w, score_cutoff=1) == 1 for w in _LONG_CITY_WORDS
    )


def _person(tokens: tuple[str, ...]) -> tuple[str, ...]:
    rest = [t for t in tokens if t not in words.TITLES]
    while len(rest) > 2 and (rest[-1],) in _PHRASES and rest[-1] not in words.PARTICLES:
        rest.pop()
    return tuple(rest) or tokens


def _numbers(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Number words as digits: "forty four" and "44" are one."""
    if not any(t in words.NUMBER for t in tokens):
        return tokens
    out: list[str] = []
    open_tens = 0
    for token in tokens:
        value = words.NUMBER.get(token, int(token) if token.isdigit() and len(token) == 1 else None)
        if value is None:
            out.append(token)
            open_tens = 0
        elif open_tens and 0 < value < 10:
            out[-1] = str(open_tens + value)
            open_tens = 0
        else:
            out.append(str(value) if token in words.NUMBER else token)
            open_tens = value if token in words.NUMBER and value >= 20 else 0
    return tuple(out)


def keys(text: str, kind: str | None = None) -> list[str]:
    """Keys under which a name is found exactly, the strictest first, without repetitions.

    The normal form; the tokens in order; their letters without spaces; all letters; what stands in brackets ("(UM)"). In a city's
    name also the nominatives that a Finnish or Swedish genitive may come from ("Tampereen", "Stockholms").
    """
    taken = form(text, kind)
    out = [names.normalise(taken.text)]
    if taken.tokens:
        out += [" ".join(taken.tokens), taken.key, taken.squeezed, taken.native]
    out += [" ".join(_tokens(inside)) for inside in taken.inside]
    if taken.city_words and taken.tokens:
        head = " ".join(taken.tokens)
        out += nominatives(head, taken.city_words)
    return list(dict.fromkeys(k for k in out if k))


def nominatives(word: str, beside: tuple[str, ...]) -> list[str]:
    """What a genitive before "kaupunki" or "stad" may be the genitive of: guesses, to be looked up, never shown."""
    out: list[str] = []
    if word.endswith("n") and any(b.startswith(("kaupun", "kun")) for b in beside) and len(word) > 3:
        stem = word[:-1]
        stems = [stem]
        if stem[-1] == "e":
            stems += [stem[:-1] + "i", stem[:-1]]
        for strong, weak in (("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("mp", "mm"), ("t", "d"),
                             ("p", "v"), ("kk", "k"), ("pp", "p"), ("tt", "t")):  # fmt: skip
            at = stem.rfind(weak)
            if at > 0 and at >= len(stem) - len(weak) - 2:
                hard = stem[:at] + strong + stem[at + len(weak) :]
                stems += [hard, hard[:-1] + "i"] if hard[-1] == "e" else [hard]
        for at in (len(stem) - 1, len(stem) - 2):
            if at > 1 and stem[at:] in ("u", "o", "a", "i", "y"):
                stems.append(stem[:at] + "k" + stem[at:])
        out += stems
    elif word.endswith("s") and any(b.startswith(("stad", "kommun")) for b in beside):
        out.append(word[:-1])
    return out
