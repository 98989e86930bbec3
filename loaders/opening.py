"""The tables of a load: every sheet and every file of an archive that the mapping fits, each looked at first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.errors import BadInput
from loaders import readers
from loaders.fields import KINDS
from loaders.formats.base import normal
from loaders.mapping import Mapping, names, open_mapping


@dataclass
class Source:
    """A table of the load; `table` is set while it stands open, ready to be read."""

    request: readers.Request
    table: readers.Table | None = None

    def take(self) -> readers.Table:
        """The table, opened."""
        table, self.table = self.table or readers.read(self.request), None
        return table

    def close(self) -> None:
        if self.table is not None:
            self.table.close()
            self.table = None


@dataclass
class Sources:
    """All tables of a load, in order, and what is worth saying of the files."""

    tables: list[Source] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def close(self) -> None:
        for source in self.tables:
            source.close()


def request_of(path: Path, mapping: Mapping) -> readers.Request:
    """What is asked of a file by a mapping."""
    return readers.Request(
        path,
        mapping.headings,
        mapping.needed,
        sheet=mapping.file.sheet,
        encoding=mapping.file.encoding,
        delimiter=mapping.file.delimiter,
        stray=mapping.file.stray_bytes,
        quote=mapping.file.quote,
        escape=mapping.file.escape,
        rows=mapping.file.rows,
    )


def sources(
    paths: Sequence[Path],
    mapping: Mapping,
    asked: Callable[[readers.Request], readers.Request] = lambda request: request,
) -> Sources:
    """Open every table once, so that a file that cannot be used is known before anything of any is taken.

    Args:
        asked: changes what is asked of each file.

    Raises:
        BadInput: a file cannot be read, or has other columns; then the mapping that would fit is named.
    """
    out = Sources()
    try:
        for path in paths:
            _add(out, path, mapping, asked)
    except BaseException:
        out.close()
        raise
    return out


def _add(
    out: Sources, path: Path, mapping: Mapping, asked: Callable[[readers.Request], readers.Request]
) -> None:
    inside = readers.members(path)
    fitting, misfits = 0, []
    for member in inside or [""]:
        request = replace(asked(request_of(path, mapping)), member=member if len(inside) > 1 else None)
        try:
            table = readers.read(request)
        except readers.Misfit as error:
            misfits.append(error)
            continue
        fitting += 1
        out.notes += [f"{request.name}: {note}" for note in table.notes]
        stamped = replace(request, stamp=table.stamp)
        if table.others:
            stamped = replace(stamped, sheet=table.sheet)
        # One child at a time: the others are opened again when their turn comes.
        keep = not out.tables
        out.tables.append(Source(stamped, table if keep else None))
        if not keep:
            table.close()
        out.tables += [Source(replace(stamped, sheet=sheet)) for sheet in table.others]
    if not fitting:
        raise _told(misfits[0], mapping)
    out.notes += [f"{error} It was left out." for error in misfits]


def _told(error: readers.Misfit, mapping: Mapping) -> BadInput:
    """The refusal, with the mapping that would fit; or how an old template is renewed."""
    there = {normal(h) for h in error.headings}
    fits = []
    for name in names():
        other = open_mapping(name)
        groups = [{normal(c) for c in group} for group in other.needed]
        if name != mapping.name and groups and all(group & there for group in groups):
            known = len(there & {normal(h) for h in other.headings})
            fits.append((known / max(1, len(there)), name))
    if fits and max(fits)[0] >= 0.5:
        return BadInput(f"{error} The mapping {max(fits)[1]!r} would fit this file.")
    template = {normal(h) for h in mapping.headings}
    if mapping.name in KINDS and len(there & template) * 2 >= len(there):
        return BadInput(
            f"{error} If the workbook was made from an older template, make a new one "
            f"(kumppani template {mapping.name} new.xlsx) and copy the rows into it."
        )
    return error
