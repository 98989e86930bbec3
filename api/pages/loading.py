"""Loading files from the browser: the form, the wait, the report, and every load there was."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.pages.render import page
from api.routes.common import graph_of
from graph import Graph
from graph.answers import LoadReport
from graph.errors import BadInput, KumppaniError, Unknown
from graph.names import clean

router = APIRouter(include_in_schema=False)

KEPT_JOBS = 50


@dataclass
class Job:
    """One load under way or ended, as its author watches it."""

    author: str
    files: list[str]
    mapping: str
    dry_run: bool
    done: Future[LoadReport]
    rows: int = 0
    step: str = ""


class Jobs:
    """The loads started from pages. One at a time: two would only wait for each other's locks."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="load")

    def start(self, graph: Graph, folder: Path, paths: list[Path], mapping: str, dry_run: bool) -> str:
        """Begin, or queue, a load of files in a folder of their own, which is removed in the end."""
        token = secrets.token_urlsafe(12)
        job = Job(graph.viewer.name, [p.name for p in paths], mapping, dry_run, Future())

        def progress(rows: int, total: int | None, step: str) -> None:
            job.rows, job.step = rows, step

        def run() -> None:
            from loaders.load import load

            try:
                job.done.set_result(load(graph, paths, mapping, dry_run=dry_run, progress=progress))
            except Exception as error:  # noqa: BLE001 (handed to the page that waits for it, which raises it)
                job.done.set_exception(error)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

        with self._lock:
            ended = [t for t, j in self._jobs.items() if j.done.done()]
            for old in ended[: max(0, len(self._jobs) - KEPT_JOBS + 1)]:
                del self._jobs[old]
            self._jobs[token] = job
        self._pool.submit(run)
        return token

    def get(self, token: str, author: str) -> Job:
        """A job of this author; Unknown otherwise."""
        job = self._jobs.get(token)
        if job is None or job.author != author:
            raise Unknown("This load is not being watched here any more. The list of loads has its report.")
        return job


@router.get("/load")
def form(request: Request) -> HTMLResponse:
    """Choose a file."""
    graph = graph_of(request)
    graph.viewer.require("editor", "load files")
    return page(request, "load.html", examples=graph.has_examples(), **_form())


def _form(complaint: str = "", mapping: str = "contacts", dry_run: bool = True) -> dict[str, Any]:
    from loaders.mapping import names

    return {"mappings": names(), "mapping": mapping, "dry_run": dry_run, "complaint": complaint}


@router.post("/load")
def start(
    request: Request,
    file: Annotated[list[UploadFile] | None, Form()] = None,
    mapping: Annotated[str, Form()] = "",
    dry_run: Annotated[bool, Form()] = False,
) -> Response:
    """Take the files and begin."""
    from loaders.mapping import names

    graph = graph_of(request)
    graph.viewer.require("editor", "load files")
    sent = [f for f in file or [] if f.filename]
    if mapping not in names() or not sent:
        why = BadInput("No file was chosen.") if mapping in names() else BadInput("There is no such mapping.")
        shown = _form(str(why), mapping, dry_run)
        return page(request, "load.html", 400, examples=graph.has_examples(), **shown)
    folder = Path(tempfile.mkdtemp(prefix="kumppani-"))
    paths = [_kept(f, folder / str(nr)) for nr, f in enumerate(sent)]
    token = jobs(request).start(graph, folder, paths, mapping, dry_run)
    return RedirectResponse(f"/load/{token}", status_code=303)


def jobs(request: Request) -> Jobs:
    """The jobs of this application."""
    found: Jobs = request.app.state.load_jobs
    return found


def _kept(file: UploadFile, folder: Path) -> Path:
    """The uploaded file in a folder of its own, under its own name without any folders."""
    sent = Path(clean((file.filename or "").replace("\\", "/").rpartition("/")[2]).strip(". ") or "file")
    # A file system takes names of 255 bytes; the ending tells what is in the file.
    path = folder / (sent.stem.encode()[:150].decode(errors="ignore") + sent.suffix[:20])
    folder.mkdir()
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out, 1024 * 1024)
    return path


@router.get("/load/{token}")
def watch(request: Request, token: str) -> Response:
    """The wait, and then the report."""
    graph = graph_of(request)
    job = jobs(request).get(token, graph.viewer.name)
    examples = graph.has_examples()
    if not job.done.done():
        return page(request, "loading.html", job=job, examples=examples)
    try:
        report = job.done.result()
    except KumppaniError as error:
        if not isinstance(error, BadInput):
            raise
        shown = _form(str(error), job.mapping, job.dry_run)
        return page(request, "load.html", 400, examples=examples, **shown)
    if report.load and not report.dry_run:
        return RedirectResponse(f"/loads/{report.load}", status_code=303)
    return page(request, "load_report.html", report=report, row=None, examples=examples)


@router.get("/loads")
def loads(request: Request) -> HTMLResponse:
    """Every load, newest first."""
    graph = graph_of(request)
    return page(request, "loads.html", loads=graph.loads().loads, examples=graph.has_examples())


@router.get("/loads/{id}/undo")
def ask_undo(request: Request, id: str) -> HTMLResponse:
    """What undoing would do, or what stands in its way."""
    graph = graph_of(request)
    answer = graph.undo(id, dry_run=True)
    return page(request, "undo.html", answer=answer, examples=graph.has_examples())


@router.post("/loads/{id}/undo")
def undo(request: Request, id: str) -> Response:
    """Undo a load; with blockers nothing is changed and they are shown."""
    graph = graph_of(request)
    answer = graph.undo(id)
    if answer.blockers:
        return page(request, "undo.html", 409, answer=answer, examples=graph.has_examples())
    return RedirectResponse(f"/loads/{id}", status_code=303)


@router.get("/disagreements")
def disagreements(request: Request) -> HTMLResponse:
    """Where a file says otherwise than a person who corrected the record."""
    graph = graph_of(request)
    found = graph.disagreements().disagreements
    return page(request, "disagreements.html", disagreements=found, examples=graph.has_examples())


@router.post("/disagreements/{id}")
def settle(request: Request, id: str, verdict: Annotated[Literal["keep", "take"], Form()]) -> Response:
    """Settle one of them."""
    graph_of(request).settle_disagreement(id, verdict)
    return RedirectResponse("/disagreements", status_code=303)


@router.get("/loads/{id}")
def load_report(request: Request, id: str) -> HTMLResponse:
    """The report of one load."""
    graph = graph_of(request)
    report = graph.load(id)
    row = next((r for r in graph.loads().loads if r.load == id), None)
    return page(request, "load_report.html", report=report, row=row, examples=graph.has_examples())
