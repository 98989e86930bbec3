"""Columns that the rules read: plain arrays, no database, no time of their own.

Every id is an index into a list of this table ("department 3" is `departments[3]`). Days are proleptic
Gregorian ordinals (`datetime.date.toordinal`). Partners are canonical ones already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
FOREVER = 10**7  # a day after every real one: the open end of a validity
EMPTY: Ints = np.zeros(0, dtype=np.int64)
NONE: Bools = np.zeros(0, dtype=np.bool_)
NO_FLOATS: Floats = np.zeros(0, dtype=np.float64)


@dataclass(frozen=True)
class Ragged:
    """Lists of different length: row i is `values[offsets[i]:offsets[i + 1]]`; offsets has n + 1 entries."""

    offsets: Ints
    values: Ints

    @classmethod
    def empty(cls, rows: int = 0) -> Ragged:
        """Rows without values."""
        return cls(np.zeros(rows + 1, dtype=np.int64), EMPTY)

    def __getitem__(self, i: int) -> Ints:
        return self.values[self.offsets[i] : self.offsets[i + 1]]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        return np.diff(self.offsets)

    @property
    def rows(self) -> Ints:
        """For each value the row it belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)

    @classmethod
    def of(cls, lists: list[list[int]]) -> Ragged:
        offsets = np.zeros(len(lists) + 1, dtype=np.int64)
        np.cumsum([len(x) for x in lists], out=offsets[1:])
        return cls(offsets, np.array([v for x in lists for v in x], dtype=np.int64))

    @classmethod
    def of_pairs(cls, rows: int, row: Ints, value: Ints) -> Ragged:
        """Lists without repetition, each sorted, from pairs of a row and a value that is not negative."""
        width = int(value.max(initial=0)) + 1
        both = np.sort(row * width + value)
        row, value = np.divmod(both[np.diff(both, prepend=-1) != 0], width)
        offsets = np.zeros(rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(row, minlength=rows), out=offsets[1:])
        return cls(offsets, value)


def paired(lists: Ragged, row: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """(row, value, other) for each value of the list of each row."""
    times = lists.lengths[row]
    inner = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return (
        np.repeat(row, times),
        lists.values[np.repeat(lists.offsets[row], times) + inner],
        np.repeat(other, times),
    )


@dataclass(frozen=True)
class Tree:
    """The department tree over time.

    `parts` are the PART_OF edges as (child, parent, from day, to day) rows, both days inclusive, open ends as
    -FOREVER and FOREVER. `city` marks departments of level city: in a chain with themselves only.
    """

    size: int
    parts: list[tuple[int, int, int, int]]
    city: Bools


@dataclass(frozen=True)
class Contacts:
    """Counting contacts (planned or held) of one world; n rows, one a contact.

    Attributes:
        id: text ids.
        recorded: microseconds since 1970 UTC when each was recorded (the order of anchors, with id).
        lo, hi: first and last day, inclusive, as rules.md "Days of a contact" gives them.
        coarse: precision month. `yearly`: precision year, in no rule with a window.
        planned: status planned (else held). `theirs`: initiative theirs. `remote`: mode remote.
        channel, purposes: text as in the schema.
        joint: joint key or "".  approval: the approval named, or "".
        departments with `leads` aligned to `departments.values` (True leads, False takes part).
        partners, areas (those of its topics included), topics, persons: indexes.
        summary: text, "" for none; only D1 looks at it.
        told: the day on which the lead was told of it (told, or recorded as planned), FOREVER when it was not.
    """

    id: list[str]
    recorded: Ints
    lo: Ints
    hi: Ints
    coarse: Bools
    yearly: Bools
    planned: Bools
    theirs: Bools
    remote: Bools
    channel: list[str]
    purposes: list[tuple[str, ...]]
    joint: list[str]
    approval: list[str]
    departments: Ragged
    leads: Bools
    partners: Ragged
    areas: Ragged
    topics: Ragged
    persons: Ragged
    summary: list[str] = field(default_factory=list)
    told: Ints = field(default_factory=lambda: EMPTY)

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Positions:
    """Positions of one world; `holder` is a department index, or -1 for a partner's own stance.

    `start` and `end` are validity days (FOREVER when open). `stated_to`: partners of the contact it was
    stated in (canonical indexes), empty when none. `stated_lo`, `stated_hi`: the days on which it was stated
    (its first day, where it was stated in no contact); `stated_coarse`: on one of them, we do not know which.
    """

    id: list[str]
    recorded: Ints
    issue: Ints
    holder: Ints
    stance: list[str]
    start: Ints
    end: Ints
    stated_to: Ragged
    stated_lo: Ints = field(default_factory=lambda: EMPTY)
    stated_hi: Ints = field(default_factory=lambda: EMPTY)
    stated_coarse: Bools = field(default_factory=lambda: NONE)


@dataclass(frozen=True)
class Restrictions:
    """Restrictions; `limits` are canonical partner indexes, `exempts` department indexes; "" is "any"."""

    id: list[str]
    kind: list[str]
    country: list[str]
    partner_kind: list[str]
    channels: list[tuple[str, ...]]
    exempt_purposes: list[tuple[str, ...]]
    start: Ints
    end: Ints
    limits: Ragged
    exempts: Ragged


@dataclass(frozen=True)
class Commitments:
    """Commitments of one world, each made in a contact of the table.

    `contact`: row of that contact. `ours`: by us. `amount`, `promised`: NaN when none is given. `due`: FOREVER
    when open-ended. `resource`: index or -1. `replaces`: rows of this table.
    """

    id: list[str] = field(default_factory=list)
    recorded: Ints = field(default_factory=lambda: EMPTY)
    contact: Ints = field(default_factory=lambda: EMPTY)
    ours: Bools = field(default_factory=lambda: NONE)
    key: list[str] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    amount: Floats = field(default_factory=lambda: NO_FLOATS)
    currency: list[str] = field(default_factory=list)
    due: Ints = field(default_factory=lambda: EMPTY)
    status: list[str] = field(default_factory=list)
    replaces: Ragged = field(default_factory=Ragged.empty)
    resource: Ints = field(default_factory=lambda: EMPTY)
    promised: Floats = field(default_factory=lambda: NO_FLOATS)


@dataclass(frozen=True)
class Materials:
    """Core messages, one row for each issue that one is on."""

    id: list[str] = field(default_factory=list)
    recorded: Ints = field(default_factory=lambda: EMPTY)
    issue: Ints = field(default_factory=lambda: EMPTY)
    stance: list[str] = field(default_factory=list)
    start: Ints = field(default_factory=lambda: EMPTY)
    end: Ints = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True)
class Leads:
    """Which department leads which partner from day to day; `area` is -1 for all areas."""

    department: Ints = field(default_factory=lambda: EMPTY)
    partner: Ints = field(default_factory=lambda: EMPTY)
    area: Ints = field(default_factory=lambda: EMPTY)
    start: Ints = field(default_factory=lambda: EMPTY)
    end: Ints = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True)
class Memberships:
    """Members of networks. `department` is an index, or -1 for a partner's; `fee` is NaN when unknown."""

    id: list[str] = field(default_factory=list)
    recorded: Ints = field(default_factory=lambda: EMPTY)
    department: Ints = field(default_factory=lambda: EMPTY)
    member: list[str] = field(default_factory=list)  # id of the department or canonical partner
    network: Ints = field(default_factory=lambda: EMPTY)
    fee: Floats = field(default_factory=lambda: NO_FLOATS)
    start: Ints = field(default_factory=lambda: EMPTY)
    end: Ints = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True)
class Columns:
    """All that a rule may look at. Tables a rule does not need may be empty.

    `today` is the day that C5, G1 and O7 are judged on. `key_since`: since when each partner is a key partner,
    FOREVER when it is none.
    """

    world: str
    departments: list[str]
    partners: list[str]
    partner_kind: list[str]
    partner_country: list[str]
    partner_parent: Ints  # canonical index of the partner it is PART_OF, -1 when none
    areas: list[str]
    topics: list[str]
    persons: list[str]
    issues: list[str]
    tree: Tree
    contacts: Contacts
    positions: Positions
    restrictions: Restrictions
    today: int = 0
    key_since: Ints = field(default_factory=lambda: EMPTY)
    resources: list[str] = field(default_factory=list)
    capacity: Floats = field(default_factory=lambda: NO_FLOATS)  # NaN: only one can have it
    commitments: Commitments = field(default_factory=Commitments)
    materials: Materials = field(default_factory=Materials)
    leads: Leads = field(default_factory=Leads)
    networks: list[str] = field(default_factory=list)
    network_areas: Ragged = field(default_factory=Ragged.empty)
    memberships: Memberships = field(default_factory=Memberships)
    # What several rules work out of these columns, kept for the next one.
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
