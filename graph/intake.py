"""What loaders hold the graph by: loads, what is known already, what was set aside, undoing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from graph import answers, answers_undo, aside, clock, ending, loads, sourced
from graph.aside import AsideFile, AsideRow
from graph.store import Store
from graph.viewer import Viewer

if TYPE_CHECKING:
    from graph.derive import RefreshReport

Progress = Callable[[int, int | None, str], None]


class Intake:
    """The part of `graph.Graph` that brings files in and takes them back."""

    store: Store
    viewer: Viewer
    _today: date | None

    if TYPE_CHECKING:

        def refresh(self, progress: Progress | None = None) -> RefreshReport: ...

    def known(self, label: str, source_keys: Sequence[str]) -> dict[str, tuple[str, int]]:
        """source key -> (id, digest) of the records of a label (or edge fact) that are there already."""
        return sourced.known(self.store, label, source_keys)

    def open_load(self, *, mapping: str, files: Sequence[str]) -> str:
        """Record that a load begins; its id."""
        return self.begin_load(mapping=mapping, files=files).id

    def begin_load(self, *, mapping: str, files: Sequence[str], content: str = "") -> loads.Opened:
        """Record that a load begins, or take up an interrupted one of the same content."""
        return loads.open_load(self.store, self.viewer, mapping=mapping, files=files, content=content)

    def close_load(
        self, load: str, report: answers.LoadReport, status: Literal["done", "failed"] = "done"
    ) -> None:
        """Record how a load ended."""
        loads.close_load(self.store, load, report, status)

    def loads(self) -> answers.Loads:
        """Every load, newest first."""
        return loads.all_loads(self.store, self.viewer)

    def load(self, load: str) -> answers.LoadReport:
        """The report of one load."""
        return loads.one_load(self.store, self.viewer, load)

    def undo(
        self, load: str, *, dry_run: bool = False, progress: Progress | None = None
    ) -> answers_undo.Undo:
        """Undo a load and refresh what is derived; with blockers nothing is changed. See `graph.undo`."""
        from graph.undo import undo

        answer = undo(self.store, self.viewer, load, dry_run=dry_run, progress=progress)
        if not answer.done:
            return answer
        done = self.refresh(progress)
        return answer.model_copy(
            update={"findings": answers.FindingsDelta(opened=done.opened, closed=done.closed)}
        )

    def disagreements(self, *, load: str | None = None) -> answers_undo.Disagreements:
        """Where files say otherwise than persons who corrected records, not yet settled."""
        from graph.disagreements import disagreements

        return disagreements(self.store, self.viewer, load=load)

    def settle_disagreement(
        self, disagreement: str, verdict: Literal["keep", "take"]
    ) -> answers_undo.Disagreement:
        """Settle a disagreement: keep the person's value, or take the file's."""
        from graph.disagreements import settle

        settled = settle(self.store, self.viewer, disagreement, verdict)
        self.refresh()
        return settled

    def makers(self, source_keys: Sequence[str]) -> dict[str, tuple[str, int, list[str]]]:
        """source key -> (id, digest, departments) of the contacts that are there already."""
        return sourced.makers(self.store, source_keys)

    def digests(self, label: str, source: str, load: str = "") -> tuple[list[int], list[int]]:
        """Digests of all records of a source, and of those among them that this load wrote."""
        return sourced.digests(self.store, label, source, load)

    def sourced(self, label: str, source: str) -> list[tuple[str, str, int]]:
        """(id, source key, digest) of all records of a source."""
        return sourced.sourced(self.store, label, source)

    def deleted(self, source: str) -> dict[str, tuple[str, int]]:
        """source key -> (who, when) of the records of a source that persons deleted."""
        return loads.deleted(self.store, source)

    def end_records(self, label: str, ids: Sequence[str], *, load: str) -> int:
        """Mark records as ended today, because their source has them no longer; how many were not so before."""
        self.viewer.require("editor", "change records")
        day = self._today or clock.today()
        return ending.end_records(self.store, label, ids, load=load, author=self.viewer.name, day=day)

    def brought(self, load: str) -> dict[str, int]:
        """How many records a load has brought so far, by label."""
        return loads.brought(self.store, load)

    def beat(self, load: str) -> None:
        """Say that a load is still being worked on."""
        loads.beat(self.store, load)

    def leave_load(self, load: str) -> None:
        """This process works on the load no more, whether or not it ended."""
        loads.leave_load(load)

    def keep_aside(
        self, load: str, file: str, header: Sequence[Any], part: int, rows: Sequence[AsideRow]
    ) -> None:
        """Keep rows that could not be taken, as they were read."""
        aside.keep_aside(self.store, load, file, header, part, rows)

    def forget_aside(self, load: str) -> None:
        """Forget what an interrupted run of a load had set aside."""
        aside.forget_aside(self.store, load)

    def mark_doubts(self, load: str, doubts: Mapping[str, str]) -> None:
        """Keep with partners that this load brought (id -> text) that their names were read with doubt."""
        loads.mark_doubts(self.store, load, doubts)

    def aside(self, load: str) -> list[AsideFile]:
        """The rows that a load set aside, file by file."""
        return aside.read_aside(self.store, self.viewer, load)
