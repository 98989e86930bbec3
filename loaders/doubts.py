"""Partners whose name was read with doubt, marked where they were made, so that a person finds them later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graph.names import normalise
from loaders.convert import Cell
from loaders.splitting import register_id
from loaders.tally import Tally

if TYPE_CHECKING:
    from graph import Graph

MOST = 20_000  # partners that are marked; all rows are counted


def doubtful(values: dict[str, Cell]) -> list[Cell]:
    """The cells among these that were read with doubt."""
    return [cell for cell in values.values() if cell.doubt is not None]


class Doubts:
    """The names of a load that were read with doubt, each with the first cell that it was read from."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, str]] = {}  # name in normal form -> the name, what is said of it

    def see(self, number: int, cells: Sequence[Cell], tally: Tally) -> None:
        """A row that is taken, with its cells that were read with doubt."""
        if not cells:
            return
        tally.doubt(number, cells)
        for doubt in (c.doubt for c in cells if c.doubt):
            for part, why in doubt.unsure.items():
                name = register_id(part)[0]
                if len(self._first) < MOST:
                    said = f"{tally.name}, row {number}: “{doubt.cell[:200]}” was {why}."
                    self._first.setdefault(normalise(name), (name, said))

    def mark(self, graph: Graph, load: str) -> None:
        """Mark the partners that the load brought under these names."""
        book = graph.directory().partners if self._first else None
        if book is not None:
            found = ((book.find(name), said) for name, said in self._first.values())
            graph.mark_doubts(load, {id: said for id, said in found if isinstance(id, str)})
