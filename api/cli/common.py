"""What the commands share: opening the graph, printing answers, errors in words."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.table import Table

    from graph import Graph
    from graph.answers import Answer
    from graph.settings import Settings

    Progress = Callable[[int, int | None, str], None]


def say(sentence: str) -> None:
    """A sentence on stderr."""
    print(f"kumppani: {printable(sentence)}", file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Text that cannot steer a terminal, in whatever its encoding can hold."""
    text = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def settings() -> Settings:
    """The settings; BadInput for a variable that does not fit."""
    from pydantic import ValidationError

    from graph.errors import BadInput
    from graph.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "KUMPPANI_" + "_".join(str(x) for x in first["loc"]).upper()
        raise BadInput(f"The setting {name} does not fit: {first['msg']}.") from None


@contextlib.contextmanager
def opened(log: str = "cli") -> Iterator[Graph]:
    """The graph, open; the local Neo4j is started when need be, with progress on stderr."""
    from api import logs
    from graph import open_graph

    chosen = settings()
    logs.configure(chosen.data, log)
    with progress() as report, open_graph(settings=chosen, progress=report) as graph:
        report(0, None, "")
        run_steadily()
        yield graph


def run_steadily() -> None:
    """Set this process up for batches of records: for one that is this program's own, never for a library's caller.

    Garbage in circles is looked for seldom, since records are many objects and hold none, and never in what has
    been imported. Threads take turns 25 times as often, since one that waits for the store has little to do and is
    what the others wait for.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(0.0002)


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """A way to report progress: a bar on a terminal, else a line now and then; quiet work shows nothing."""
    if sys.stderr.isatty():
        bar = _Bar()
        try:
            yield bar
        finally:
            bar.stop()
    else:
        yield _Lines()


class _Bar:
    """A rich bar that appears with the first report and changes its name with the step."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, done: int, total: int | None, what: str) -> None:
        if not what:
            self.stop()
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(what, total=total)
        self._bar.update(self._task, description=what, completed=done, total=total)

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class _Lines:
    """A line when a step begins, and at each fifth of it."""

    def __init__(self) -> None:
        self._said: tuple[str, int] = ("", -1)

    def __call__(self, done: int, total: int | None, what: str) -> None:
        fifth = done * 5 // total if total else 0
        if what and (what, fifth) != self._said:
            self._said = (what, fifth)
            print(f"{what}: {done:,} of {total:,}" if total else what, file=sys.stderr, flush=True)


def exit_code(error: Exception) -> int:
    """Say what went wrong and give the exit code that stands for it."""
    from typer.exceptions import Abort, Exit, TyperException

    from graph.errors import BadInput, KumppaniError, Unknown

    if isinstance(error, Exit):
        return int(error.exit_code)
    if isinstance(error, Abort):
        say("Stopped.")
        return 130
    if isinstance(error, TyperException):
        # Usage errors know how to show themselves, with the usage line of their command.
        show = getattr(error, "show", None)
        if show is not None:
            show()
        else:
            say(str(error))
        return int(error.exit_code)
    if isinstance(error, KumppaniError):
        say(str(error))
        return 2 if isinstance(error, BadInput | Unknown) else 1
    if isinstance(error, OSError):
        say(_os_sentence(error))
        return 1
    return _incident(error)


def _os_sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"The system said no: {error.strerror or error}{where}."


def _incident(error: Exception) -> int:
    import secrets

    from api import logs
    from graph.errors import KumppaniError

    incident = secrets.token_hex(6)
    try:
        path = logs.configure(settings().data, "cli", console=100)
    except KumppaniError:
        # Settings that do not fit must not hide what went wrong.
        path = None
    if path is not None:
        import structlog

        structlog.get_logger("kumppani.cli").error("unexpected error", incident=incident, exc_info=error)
        say(f"Something went wrong that nobody foresaw: incident {incident} in {path}.")
    else:
        say(f"Something went wrong that nobody foresaw: {type(error).__name__}: {error}")
    return 1


# --- output ---


def print_json(answer: Answer) -> None:
    """The same text as the body of the HTTP answer, in UTF-8 whatever the locale."""
    write(answer.model_dump_json() + "\n")


def write(text: str) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def console() -> Console:
    """Where tables are printed; outside a terminal wide enough that nothing is cut."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False, width=None if sys.stdout.isatty() else 200)


def table(*columns: str, title: str = "", numbers: tuple[str, ...] = ()) -> Table:
    """An empty table; cells are put in with `add`."""
    from rich import box
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", box=box.SIMPLE, pad_edge=False)
    for name in columns:
        made.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    return made


def add(table: Table, *cells: object) -> None:
    """A row; no cell is read as markup, and none can steer the terminal."""
    from rich.text import Text

    table.add_row(*(Text("" if c is None else printable(str(c))) for c in cells))
