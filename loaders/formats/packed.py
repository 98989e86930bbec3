"""Archives: a zip with tables in it is so many tables."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from loaders.formats.base import MOST_UNPACKED, Refused, Request

MOST_MEMBERS = 200
_SUFFIXES = {
    ".csv", ".tsv", ".tab", ".psv", ".ssv", ".txt", ".hxl", ".json", ".jsonl", ".ndjson", ".geojson",
    ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods",
}  # fmt: skip


def is_book(path: Path) -> bool:
    """Whether a zip archive is a workbook."""
    try:
        with zipfile.ZipFile(path) as packed:
            return bool({"xl/workbook.xml", "content.xml", "xl/workbook.bin"} & set(packed.namelist()))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return False


def members(path: Path) -> list[str]:
    """The tables in an archive, by name; Refused when it holds none, or cannot be opened."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise Refused("The archive is cut off or damaged: it cannot be unpacked. Fetch it again.") from None
    size = sum(entry.file_size for entry in entries)
    if size > MOST_UNPACKED or (size > 1_000_000 and size > 300 * path.stat().st_size):
        raise Refused(
            f"The archive would unpack to {size / 1e6:,.0f} MB from {path.stat().st_size / 1e6:,.1f} MB: that is no "
            "table a department made. Unpack it, look at it, and load the table inside."
        )
    found = [e for e in entries if not e.is_dir() and _is_table(e.filename)]
    if not found:
        inside = ", ".join(e.filename for e in entries[:5]) or "nothing"
        raise Refused(f"The archive holds no table; it holds {inside}.")
    if len(found) > MOST_MEMBERS:
        raise Refused(f"The archive holds {len(found):,} tables; the most is {MOST_MEMBERS}.")
    if any(e.flag_bits & 1 for e in found):
        raise Refused("The archive is protected by a password: unpack it and load the table inside.")
    if len({e.filename for e in found}) != len(found):
        raise Refused("The archive holds two files of the same name: unpack it and tell them apart.")
    return [e.filename for e in found]


def unpack(path: Path, request: Request) -> Path:
    """The member that is asked for, or the first one, as a file in the scratch folder."""
    names = members(path)
    name = request.member or names[0]
    if name not in names:
        raise Refused(f"The archive holds no table {name!r}; it holds {', '.join(names[:10])}.")
    # The name of a member is the archive's and no path of ours: of it the suffix is kept.
    out = Path(request.scratch) / f"member{PurePosixPath(name).suffix.lower()}"
    try:
        with zipfile.ZipFile(path) as packed, packed.open(name) as source, out.open("wb") as target:
            total = 0
            while chunk := source.read(1 << 20):
                total += len(chunk)
                if total > MOST_UNPACKED:
                    raise Refused(f"{name!r} in the archive unpacks to over {MOST_UNPACKED / 1e9:.0f} GB.")
                target.write(chunk)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
        raise Refused(f"{name!r} in the archive is damaged and cannot be unpacked ({error}).") from None
    except Exception as error:
        if type(error).__module__ not in ("zlib", "lzma", "_lzma", "bz2"):
            raise
        raise Refused(f"{name!r} in the archive is damaged and cannot be unpacked ({error}).") from None
    return out


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not hidden and path.suffix.lower() in _SUFFIXES
