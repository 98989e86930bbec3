"""Letters: what is unseen, garbled or written in another script, made comparable and said."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from graph import names

# Letters that look like a Latin one: those that stand in names, after Unicode's confusables.
_LOOKS = (
    dict(zip("аеорсухіјѕһԁԛԝ", "aeopcyxijshdqw", strict=True))
    | dict(zip("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS", strict=True))
    | dict(zip("οανρυικχ", "oavpuikx", strict=True))
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
    | dict(zip("օսոցհԼՏՕ", "ounghLSO", strict=True))
    | {"ӏ": "l", "Ӏ": "I", "ɡ": "g", "ѵ": "v"}
)
_TO_CYRILLIC = dict(zip("aeopcyxijsABEKMHOPCTYXIJS", "аеорсухіјѕАВЕКМНОРСТУХІЈЅ", strict=True))
_DIGITS = dict(zip("01345", "oieas", strict=True))
_ESCAPED = re.compile(r"(?:<[0-9a-fA-F]{2}>)+")
_CODED = re.compile(r"<U\+([0-9A-F]{4,6})>")
_MARKS = "’‘“”–—"
_GARBLED = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_WORD = re.compile(r"[^\W_]+")
SYLLABIC = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})  # one sign is a syllable or a word
ABJAD = frozenset({"ARABIC", "HEBREW"})  # written without vowels


@dataclass(frozen=True)
class Repair:
    """Something about the letters of a name that a reader cannot see: what, as it came, as it is read."""

    what: str  # "mojibake", "invisible", "lookalike", "digits"
    before: str
    after: str


@lru_cache(maxsize=65536)
def script(character: str) -> str:
    """The script of a letter by its Unicode name ("LATIN", "CYRILLIC", …), "" for what is no letter."""
    if character.isascii():
        return "LATIN" if character.isalpha() else ""
    if not unicodedata.category(character).startswith(("L", "M")):
        return ""
    first = unicodedata.name(character, "").split(" ", 1)[0]
    return "" if first == "COMBINING" else first.split("-")[0]


def scripts(text: str) -> set[str]:
    return {s for c in text if (s := script(c))}


def repaired(text: str) -> tuple[str, tuple[Repair, ...]]:
    """The text as it was meant, and every change that was made; nothing is changed unless it is certain."""
    notes: list[Repair] = []
    fixed = _escapes(text)
    fixed = _mojibake(fixed)
    if fixed != text:
        notes.append(Repair("mojibake", text, fixed))
    unseen = names.clean(fixed)
    if any(unicodedata.category(c) == "Cf" for c in fixed):
        shown = "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c) == "Cf" else c for c in fixed)
        notes.append(Repair("invisible", shown, unseen))
    return unseen, tuple(notes)


def _escapes(text: str) -> str:
    """ "Lule<c3><a5>", "Ia<U+0219>i": bytes or code points written out, when they are those of letters."""

    def letters(match: re.Match[str]) -> str:
        raw = bytes.fromhex(match.group().replace("<", "").replace(">", ""))
        try:
            read = raw.decode("utf-8")
        except UnicodeDecodeError:
            return match.group()
        return read if _lettered(read) else match.group()

    def coded(match: re.Match[str]) -> str:
        number = int(match.group(1), 16)
        read = chr(number) if number < 0x110000 else ""
        unseen = bool(read) and unicodedata.category(read) == "Cf"
        return read if read and (unseen or _lettered(read)) else match.group()

    return _CODED.sub(coded, _ESCAPED.sub(letters, text))


def _lettered(text: str) -> bool:
    return all(c.isalpha() or c in _MARKS or unicodedata.category(c) == "Mn" for c in text)


def _mojibake(text: str) -> str:
    """UTF-8 that was read as Windows-1252, read again. Certain: every byte fits, and only letters come of it."""
    for _ in range(2):
        if not _GARBLED.search(text):
            return text
        try:
            read = _windows_bytes(text).decode("utf-8")
        except ValueError:
            return text
        grown = [c for c in read if not c.isascii()]
        if not grown or not _lettered("".join(grown)):
            return text
        text = read
    return text


def _windows_bytes(text: str) -> bytes:
    """As Windows-1252 with its five holes filled as browsers fill them; ValueError for anything else."""
    out = bytearray()
    for c in text:
        try:
            out += c.encode("cp1252")
        except UnicodeEncodeError:
            if ord(c) > 0xFF:
                raise
            out.append(ord(c))
    return bytes(out)


def unmixed(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Words that mix scripts by letters that look alike, put into one script; a whole foreign word is left."""
    if text.isascii() and not any(c.isdigit() for c in text):
        return text, ()
    notes: list[Repair] = []

    def word(match: re.Match[str]) -> str:
        found = match.group()
        read = _one_script(found)
        what = "lookalike"
        if read == found:
            read, what = _no_digits(found), "digits"
        if read != found:
            notes.append(Repair(what, found, read))
        return read

    return _WORD.sub(word, text), tuple(notes)


def _one_script(word: str) -> str:
    there = scripts(word)
    if len(there) < 2 or "LATIN" not in there:
        return word
    foreign = [c for c in word if script(c) not in ("", "LATIN")]
    if all(c in _LOOKS for c in foreign):
        return "".join(_LOOKS.get(c, c) for c in word)
    if there == {"LATIN", "CYRILLIC"}:
        latin = [c for c in word if script(c) == "LATIN"]
        if all(c in _TO_CYRILLIC for c in latin):
            return "".join(_TO_CYRILLIC.get(c, c) for c in word)
    return word


def _no_digits(word: str) -> str:
    """Zero for O and the like, inside a word whose other signs are mostly letters: "Ig0r", not "2a" or "A320"."""
    inside = word[1:-1]
    digits = sum(c.isdigit() for c in word)
    if not digits or digits != sum(c in _DIGITS for c in inside) or len(word) - digits < 3:
        return word
    return "".join(_DIGITS.get(c, c) for c in word)


def looks(text: str) -> str:
    """How a text looks to a Latin reader: each look-alike as the Latin letter it resembles."""
    return "".join(_LOOKS.get(c, c) for c in text).casefold()


@lru_cache(maxsize=65536)
def latin(text: str) -> str:
    """Lower-case ASCII. Letters of other scripts become the sounds they usually stand for."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return anyascii(folded).lower()


def consonants(word: str) -> str:
    """The skeleton that Arabic and Hebrew writing keeps of a word in Latin letters."""
    for a, b in (("kh", "h"), ("gh", "g"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("ch", "s"), ("ph", "f")):
        word = word.replace(a, b)
    word = word.translate(str.maketrans("qcvpzjx", "kkbbsgs"))
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouyw`'h]", "", word))
