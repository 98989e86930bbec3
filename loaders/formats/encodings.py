"""In which encoding a text file is: by its mark, by the mapping, or by bytes that leave no doubt."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from loaders.formats.base import Refused, Request

LOOKED_AT = 8_000_000  # bytes in which the older encodings are told apart
CANDIDATES = ("cp1252", "mac_roman")
# What western languages write; whatever else a candidate makes of a byte speaks against it.
_NORTHERN = set("ÅÄÖåäöÆØæøÉéÜüßÕõŠšŽž")
_SOUTHERN = [
    set(low + low.upper()) for low in ("éèêëàâçùûüîïôœæ", "áéíóúñü", "áéíóúâêôãõàçü", "àèéìòùó", "àéèíïóòúüç")
]
_LETTERS = _NORTHERN.union(*_SOUTHERN) | {"ß"}
_MOST = 0.8  # of the letters, where they are of several languages: Baltic text reads as letters, but of all of them
_SIGNS = set("’‘“”„«»‹›–—…€£§©®°·•´¡¿ªº²³½¼¾×\u00a0\u00ad")
_INSIDE = set("’´·–—\u00a0\u00ad")  # signs that may stand between letters
_RUN = re.compile(r"[^\x00-\x7f]+")


def encoding_of(path: Path, request: Request) -> str:
    """The encoding; what the mapping states gives way only to a mark at the file's beginning."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if request.encoding:
        return request.encoding
    if len(start) >= 4:
        half = len(start) // 2
        if start[1::2].count(0) > half // 2 and start[0::2].count(0) < half // 8:
            return "utf-16-le"
        if start[0::2].count(0) > half // 2 and start[1::2].count(0) < half // 8:
            return "utf-16-be"
    return "utf-8"


def errors_of(request: Request) -> str:
    """The name of what takes care of stray bytes: Python's `errors` argument."""
    if not request.stray:
        return "strict"
    stray = request.stray

    def take(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        return error.object[error.start : error.end].decode(stray), error.end

    codecs.register_error("stray", take)
    return "stray"


def older(path: Path, request: Request) -> str | None:
    """The one older encoding in which the file's bytes read as western text; None where two do, or none."""
    with path.open("rb") as file:
        data = file.read(LOOKED_AT)
    fitting = [name for name in CANDIDATES if _reads_well(data, name)]
    if len(fitting) != 1:
        return None
    request.notes.append(f"The file is not UTF-8; its bytes read as {fitting[0]}, and it was read so.")
    return fitting[0]


def _reads_well(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    letters = [c for hit in _RUN.finditer(text) for c in hit.group() if c in _LETTERS]
    northern = sum(c in _NORTHERN for c in letters)
    if northern < _MOST * len(letters) and not any(set(letters) <= language for language in _SOUTHERN):
        return False
    for hit in _RUN.finditer(text):
        run = hit.group()
        if len(run) > 3:
            return False
        before, after = text[hit.start() - 1 : hit.start()], text[hit.end() : hit.end() + 1]
        for i, c in enumerate(run):
            left = run[i - 1] if i else before
            right = run[i + 1] if i + 1 < len(run) else after
            if c in _LETTERS:
                # KaupunkiympŠristš: no capital follows a small letter, no small one stands among capitals.
                if (c.isupper() and left.islower()) or (c.islower() and left.isupper() and right.isupper()):
                    return False
            elif c not in _SIGNS or (left.isalpha() and right.isalpha() and c not in _INSIDE):
                return False
    return True


def line_of(path: Path, encoding: str) -> str:
    """Where the first byte stands that is not in the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return f"line {number:,}"
    return "the last line"


def not_in(path: Path, encoding: str, error: UnicodeDecodeError) -> Refused:
    """The refusal of a file that is not in its encoding, with what the likely ones make of the place."""
    byte = error.object[error.start]
    around = error.object[max(0, error.start - 12) : error.start + 12]
    readings = []
    for name in CANDIDATES:
        seen = " ".join(around.decode(name, "replace").split())
        readings.append(f"{seen!r} as {name}")
    return Refused(
        f"The file is not {encoding} text: the byte {byte:#04x} in {line_of(path, encoding)} does not belong. It "
        f"reads {', '.join(readings)}. If it comes from an older program, name its encoding in the mapping "
        "(file: {encoding: cp1252})."
    )
