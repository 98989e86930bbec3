"""Several names in one cell: stated rules, no guessing."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from graph.errors import BadInput
from graph.matching.forms import only_legal_form
from graph.matching.known import is_organisation
from graph.names import normalise

# "Oxfam (TR: 1414929419-24)", "Novartis, 91269481588-28", "STTK ry 907583825189-14"
REGISTER_ID = re.compile(
    r"[\s,|(\[]*(?:(?:EU[ -])?(?:TRN?|Transparency Reg\w*|Identification number|Registriernummer)"
    r"(?:\s*(?:no|number|n°|ID)\b\.?)?[\s:.-]*)?(?<!\d)(\d{5,14}-\d{2})(?!\d)\s*[)\]]?",
    re.IGNORECASE,
)
KNOWN = frozenset({"known-commas", "known-slashes"})  # rules that need to know what stands alone elsewhere
OFTEN = 2  # whole cells that make a name known
_ABBREVIATION = re.compile(r"[A-ZÅÄÖ]{2,6}")
_COMMA = re.compile(r",(?![^(\[]*[)\]])")  # not one inside brackets


class Doubt(NamedTuple):
    """A cell that a rule took apart, or left whole, on weak evidence."""

    cell: str
    parts: list[str]  # as it was read
    unsure: dict[str, str]  # part -> why it may be wrong


_BESIDE_ONE = "split at a comma beside one known name: this part is not known"
_TOGETHER = "kept together: none of the names between the commas is known"
_SHORT = "split at a slash, because each part is known or looks like an abbreviation: this one is not known"
_WHOLE = "kept whole at a slash: not every part is known"


def doubt_of(text: str, rules: Iterable[str], known: Counter[str] | None) -> Doubt | None:
    """What is unsure in how `split_cell` reads a cell; None where it is sure."""
    unsure: dict[str, str] = {}
    parts = split_cell(text, rules, known, unsure)
    unsure = {clean: why for part, why in unsure.items() if (clean := _clean(part)) in parts}
    return Doubt(text, parts, unsure) if unsure else None


def _clean(part: str) -> str:
    return part.strip().strip(";,").strip()


def split_cell(
    text: str, rules: Iterable[str], known: Counter[str] | None, unsure: dict[str, str] | None = None
) -> list[str]:
    """The values of a cell, in order, without empty ones and repetitions.

    Args:
        rules: single characters split; "lines" splits at line breaks; "list" reads a list such as
            "['IMCO', 'PETI']"; "known-commas" splits at a comma beside a known name, and after a
            Transparency Register id. Known is what stands alone in at least two cells of the file, and an
            organisation that is known from the start; what stands between two known names stays together, and a
            legal form ("Samsung Electronics Co., Ltd.") belongs to the name before it. "known-slashes" splits
            "LVM / SM" where every part is known or an abbreviation.
        known: how often each whole cell stands in the file, under its `counted` form.
        unsure: takes in the parts that rest on weak evidence, each with the reason.
    """
    unsure = {} if unsure is None else unsure
    parts = [text]
    for rule in rules:
        if rule == "list":
            parts = [x for p in parts for x in _listed(p)]
        elif rule == "lines":
            parts = [x for p in parts for x in p.splitlines()]
        elif rule == "known-commas":
            parts = [x for p in parts for x in _known(p, known or Counter(), unsure)]
        elif rule == "known-slashes":
            parts = [x for p in parts for x in _slashes(p, known or Counter(), unsure)]
        else:
            parts = [x for p in parts for x in p.split(rule)]
    return list(dict.fromkeys(x for p in parts if (x := _clean(p))))


def _listed(text: str) -> list[str]:
    text = text.strip()
    if not text.startswith("["):
        return [text]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise BadInput(f"{text[:60]!r} begins like a list but is none.") from None
    if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
        raise BadInput(f"{text[:60]!r} is not a list of texts.")
    return found


def _known(text: str, known: Counter[str], unsure: dict[str, str]) -> list[str]:
    if "," not in text:
        return [text]
    parts = [p for p in _COMMA.split(text) if p.strip()]
    if len(parts) < 2 or known[counted(text)] >= OFTEN:
        return [text]
    out: list[str] = []
    stands: list[str] = []  # by what each of them does: "known", "id", "one" unknown name, "several"
    joins = False  # whether the next part belongs to the one before it
    for part in parts:
        name, register = register_id(part)
        if name == part.strip() and register is not None:
            # The id alone: it belongs to what stands before it, and ends it.
            out[-1:] = [f"{out[-1]}, {part.strip()}" if out else part]
            stands[-1:] = ["several" if stands[-1:] == ["several"] else "id"]
            joins = False
            continue
        if out and only_legal_form(part):
            out[-1] += f",{part}"
            continue
        sure = _is_known(name, known)
        if joins and not sure:
            out[-1] += f",{part}"
            stands[-1] = "several"
        else:
            out.append(part)
            stands.append("known" if sure else "one" if register is None else "id")
        joins = not sure and register is None
    for at, (part, how) in enumerate(zip(out, stands, strict=True)):
        if how == "several":
            unsure[part] = _TOGETHER
        elif how == "one" and (at + 1 < len(out) or (at > 0 and stands[at - 1] != "id")):
            unsure[part] = _BESIDE_ONE
    return out


def _is_known(name: str, known: Counter[str]) -> bool:
    return known[counted(name)] >= OFTEN or is_organisation(name)


def _slashes(text: str, known: Counter[str], unsure: dict[str, str]) -> list[str]:
    parts = [p.strip() for p in text.split("/")]
    if len(parts) < 2:
        return [text]
    if all(_ABBREVIATION.fullmatch(p) or _is_known(p, known) for p in parts):
        unsure |= {p: _SHORT for p in parts if not _is_known(p, known)}
        return parts
    if not _is_known(register_id(text)[0], known):
        unsure[text] = _WHOLE
    return [text]


def counted(text: str) -> str:
    """What a cell is counted under: without its register id, and in one word, so that a space tells no names apart."""
    return normalise(register_id(text)[0]).replace(" ", "")


def register_id(text: str) -> tuple[str, str | None]:
    """(the name without a Transparency Register id, that id or None)."""
    hit = REGISTER_ID.search(text)
    if hit is None:
        return text, None
    rest = (text[: hit.start()] + " " + text[hit.end() :]).strip(" ,;|-")
    return (rest or text), hit.group(1)
