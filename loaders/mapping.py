"""Mappings: YAML files that say which column becomes which field. Checked on opening, with the line.

kind: contacts              # what a row is (see loaders.fields)
source: my-register         # its name in the keys of records
key: [reference]            # the columns that identify a row; all of `fields` by default
complete: true              # what the files no longer have is marked as ended; left alone by default
fields:
  date: {column: Date, dates: [D.M.YYYY]}
  departments: {column: [Department, Toimiala], split: ";"}
  status: {column: State, values: {toteutunut: held}, default: held}
  partners:
    - {column: City 1, country: Country 1}
    - {column: City 2, country: Country 2}
also:                       # further records of the same row
  - kind: persons
    fields: {name: Contact person, title: Title}

All settings are described in loaders.settings, and in docs/mappings.md, which is made from there.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graph.errors import BadInput
from loaders.fields import Field

SPLITS = ("lines", "list", "known-commas", "known-slashes")
BUILT_IN = Path(__file__).with_name("mappings")


@dataclass(frozen=True)
class Lookup:
    """Values found in another file of the same load: the column `give` of the row whose `key` is the value."""

    name: str
    give: str


@dataclass(frozen=True)
class Rule:
    """How one field is filled.

    Attributes:
        columns: headings it may stand under, the first one being its proper name.
        otherwise: columns taken where that one is empty.
        split: separators of several values in a cell; "list" reads ['A', 'B'], "known-commas" splits at
            commas beside a name that stands alone elsewhere in the file (docs/loading.md).
        join: columns whose texts are put behind that of the first one.
        create: properties of a record that is made when the name is not known; "id" may be a pattern over the
            row's columns ("mep-{epid}"); {} makes a bare one.
        country, kind: for partners, what narrows the name.
    """

    field: Field
    columns: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    constant: Any = None
    dates: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    required: bool = False
    default: Any = None
    create: dict[str, str] | None = None
    note: str = ""
    example: str = ""
    otherwise: tuple[str, ...] = ()
    lookup: Lookup | None = None
    pick: str = ""
    prefix: str = ""
    after_last: str = ""
    year_apart: bool = False
    cut_off: str = ""
    country: Rule | None = None
    kind: Rule | None = None

    @property
    def read(self) -> tuple[str, ...]:
        """Every heading that the rule reads from."""
        inner = [c for r in (self.country, self.kind) if r is not None for c in r.read]
        return (*self.columns, *self.join, *self.otherwise, *inner)


@dataclass(frozen=True)
class File:
    """How the file is written, where that is not plain (loaders.settings)."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    stray_bytes: str | None = None
    quote: str | None = None
    escape: str | None = None
    rows: str | None = None


@dataclass(frozen=True)
class Other:
    """Another file of the load in which values are looked up: its names as a pattern, its key column."""

    name: str
    file: str
    key: str
    rows: str | None = None


@dataclass(frozen=True)
class Mapping:
    """A checked mapping."""

    name: str
    kind: str
    source: str
    key: tuple[str, ...]
    tell_apart: tuple[str, ...]
    rules: tuple[Rule, ...]
    file: File
    fingerprint: int
    title: str = ""
    join_same: bool = False
    empty: frozenset[str] = frozenset()
    lookups: tuple[Other, ...] = ()
    also: tuple[Also, ...] = ()
    complete: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        read = [c for r in self.rules for c in r.read]
        further = [c for a in self.also for c in (*a.each, *a.mapping.headings)]
        return tuple(dict.fromkeys([*read, *self.key, *self.tell_apart, *further]))

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Groups of headings of which the header must hold one each."""
        return tuple(r.columns for r in self.rules if r.required and r.columns)


@dataclass(frozen=True)
class Also:
    """A further record of the same row, or one for each value of the column `each`."""

    mapping: Mapping
    each: tuple[str, ...] = ()
    split: tuple[str, ...] = ()


def names() -> list[str]:
    """The built-in mappings."""
    return sorted(p.stem for p in BUILT_IN.glob("*.yaml"))


def open_mapping(name: str) -> Mapping:
    """A built-in mapping by name, or the one in a YAML file.

    Raises:
        BadInput: no such mapping (nearest ones named), or a mistake in it (with its line).
    """
    from loaders.mapping_check import checked

    path = BUILT_IN / f"{name}.yaml"
    if name not in names():
        path = Path(name)
        if path.suffix not in (".yaml", ".yml") or not path.is_file():
            near = get_close_matches(name, names(), n=2)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise BadInput(
                f"There is no mapping {name!r}.{hint} Built in: {', '.join(names())}; or give a .yaml file."
            )
    return checked(path)
