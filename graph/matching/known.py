"""What a name is known to mean before anything is recorded: cities, organisations, countries.

Two names that are known to mean the same thing share a reference, such as "place:2673730" or "org:who".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graph.matching import countries
from graph.matching.forms import form
from graph.matching.places import places

ORGANISATIONS = Path(__file__).parent / "shipped" / "organisations.csv"
_SURE_ABBREVIATION = 3  # letters; shorter ones stand for too many things
_CITY_KINDS = (None, "city")
_STATE_KINDS = (None, "state")


@dataclass(frozen=True)
class Known:
    """A thing that a name may mean.

    Args:
        ref: the same for every name of one thing.
        name: what it is usually called in English.
        sure: whether the name means this and nothing else that is known.
    """

    ref: str
    name: str
    country: str | None
    kind: str
    sure: bool


@dataclass(frozen=True)
class _Organisation:
    ref: str
    name: str
    kind: str
    names: tuple[str, ...]
    abbreviations: tuple[str, ...]


@lru_cache(maxsize=1)
def organisations() -> tuple[_Organisation, ...]:
    """Every organisation of the file, in its order."""
    out = []
    with ORGANISATIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            full = [row["en"], row["fi"], row["sv"], *row["also"].split("|")]
            out.append(
                _Organisation(
                    "org:" + form(row["en"], row["kind"]).key.replace(" ", "-"),
                    row["en"],
                    row["kind"],
                    tuple(dict.fromkeys(n for n in full if n)),
                    tuple(a for a in row["abbreviations"].split("|") if a),
                )
            )
    return tuple(out)


@lru_cache(maxsize=1)
def _by_key() -> dict[str, list[tuple[_Organisation, bool]]]:
    out: dict[str, dict[str, tuple[_Organisation, bool]]] = {}
    for organisation in organisations():
        for text in organisation.names:
            for k in _keys(text):
                out.setdefault(k, {})[organisation.ref] = (organisation, True)
        for text in organisation.abbreviations:
            k = _keys(text)[0]
            out.setdefault(k, {}).setdefault(organisation.ref, (organisation, len(k) >= _SURE_ABBREVIATION))
    return {k: list(found.values()) for k, found in out.items()}


def _keys(text: str) -> list[str]:
    taken = form(text, "other")
    return [" ".join(taken.tokens) or taken.native]


def find(text: str, kind: str | None = None, country: str | None = None) -> list[Known]:
    """What the name may mean, the likeliest first, at most ten; nothing for a person's name."""
    if kind == "person":
        return []
    out = [] if kind in ("city", "region") else list(_organisations(text, kind))
    if kind in _STATE_KINDS and (code := countries.names().get(countries.plain(text))) and len(text) > 2:
        out.append(Known(f"country:{code}", text.strip(), code, "state", kind == "state"))
    if kind in _CITY_KINDS:
        out += _places(text, country, sure=not out)
    if len({k.ref for k in out if k.sure}) > 1:
        out = [Known(k.ref, k.name, k.country, k.kind, False) for k in out]
    return sorted(out, key=lambda k: not k.sure)[:10]


def is_organisation(text: str) -> bool:
    """Whether the text surely names an organisation that is known from the start."""
    return any(k.sure for k in _organisations(text, None))


def _organisations(text: str, kind: str | None) -> Iterable[Known]:
    taken = form(text, "other")
    # "World Health Organization (WHO)": what stands in brackets is another name of the same.
    hits: dict[str, tuple[_Organisation, bool]] = {}
    for k in (*_keys(text), *(i for i in taken.inside if len(i) >= _SURE_ABBREVIATION)):
        for organisation, sure in _by_key().get(k, ()):
            before = hits.get(organisation.ref)
            hits[organisation.ref] = (organisation, sure or bool(before and before[1]))
    for organisation, sure in hits.values():
        yield Known(organisation.ref, organisation.name, None, organisation.kind, sure and len(hits) == 1)


def _places(text: str, country: str | None, *, sure: bool) -> list[Known]:
    found = places().find(text, country)
    out = []
    for place in found.candidates:
        is_sure = sure and found.place is not None and found.place.id == place.id
        out.append(Known(f"place:{place.id}", place.name, place.country, "city", is_sure))
    return out
