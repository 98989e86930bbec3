"""Loads over HTTP: what was loaded, and loading files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Form, Request, UploadFile
from pydantic import Field
from starlette.responses import FileResponse, Response

from api.problems import Problem
from api.routes.common import Asked, described, graph_of, reply
from graph import answers, answers_undo
from graph.errors import BadInput
from graph.names import clean

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = APIRouter(prefix="/api/v1", tags=["loads"])


class AskedLoad(Asked):
    """A load: files and the mapping that says what their columns mean."""

    file: list[UploadFile] = Field(description="One or more CSV or XLSX files.")
    mapping: str = Field("", description="Name of a built-in mapping.", examples=["contacts"])
    mapping_file: UploadFile | None = Field(None, description="Or a mapping of one's own, as YAML.")
    dry_run: bool = Field(False, description="Write nothing and say what would happen.")
    leave_names: bool = Field(False, description="Do not compare new partners with known ones.")


class AskedUndo(Asked):
    """A load to undo."""

    load: str = Field(description="Id of the load.", examples=["l-world1"])
    dry_run: bool = Field(False, description="Change nothing and say what would happen.")


class AskedSettlement(Asked):
    """How a disagreement ends."""

    verdict: Literal["keep", "take"] = Field(
        description="keep: what the person said stands. take: the file is right.", examples=["keep"]
    )


@router.get("/loads", response_model=answers.Loads, responses=described("loads", problems=(403, 503)))
def loads(request: Request) -> Response:
    """Every load, newest first."""
    return reply(request, graph_of(request).loads())


@router.get(
    "/loads/{id}", response_model=answers.LoadReport, responses=described("load", problems=(403, 404, 503))
)
def load(request: Request, id: str) -> Response:
    """The report of one load."""
    return reply(request, graph_of(request).load(id))


@router.post(
    "/loads",
    response_model=answers.LoadReport,
    responses=described("load", problems=(400, 403, 413, 422, 503, 507)),
)
def load_files(
    request: Request, asked: Annotated[AskedLoad, Form(media_type="multipart/form-data")]
) -> Response:
    """Load files. Each row ends as loaded, unchanged, repeated or quarantined; the four add up."""
    from loaders.load import load as run
    from loaders.mapping import names

    graph = graph_of(request)
    graph.viewer.require("editor", "load files")
    with tempfile.TemporaryDirectory(prefix="kumppani-") as folder:
        if asked.mapping_file is not None:
            if asked.mapping:
                raise BadInput("Give a mapping's name or a mapping file, not both.")
            mapping = str(_kept(asked.mapping_file, Path(folder, "mapping"), ".yaml"))
        elif asked.mapping in names():
            mapping = asked.mapping
        else:
            # Only by name: a path would be one of this machine's own files.
            raise BadInput(f"There is no mapping {asked.mapping!r}. Built in: {', '.join(names())}.")
        paths = [_kept(file, Path(folder, str(nr))) for nr, file in enumerate(asked.file)]
        report = run(graph, paths, mapping, dry_run=asked.dry_run, judge_names=not asked.leave_names)
    return reply(request, report)


@router.get("/loads/{id}/set-aside", response_class=FileResponse, include_in_schema=False)
def set_aside(request: Request, id: str, background: BackgroundTasks) -> Response:
    """The rows that a load set aside, as a workbook to mend and to load again."""
    from loaders.aside import write_aside

    folder = Path(tempfile.mkdtemp(prefix="kumppani-"))
    background.add_task(shutil.rmtree, folder, ignore_errors=True)
    try:
        path = write_aside(graph_of(request), id, folder / f"{id}.xlsx")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(path, media_type=WORKBOOK, filename=f"to-mend-{id}.xlsx", background=background)


@router.post(
    "/undo", response_model=answers_undo.Undo, responses=described("undo", problems=(403, 404, 409, 422, 503))
)
def undo(request: Request, asked: AskedUndo) -> Response:
    """Undo a load. Where later work stands in the way nothing is changed: a 409 that lists the blockers."""
    answer = graph_of(request).undo(asked.load, dry_run=asked.dry_run)
    if answer.blockers and not asked.dry_run:
        extra = {"blockers": [b.model_dump() for b in answer.blockers]}
        return Problem(409, "blocked", blocked(answer), extra).response()
    return reply(request, answer)


def blocked(answer: answers_undo.Undo) -> str:
    """Why nothing was undone, in a sentence."""
    n = len(answer.blockers)
    return (
        f"The load {answer.load} was not undone, and nothing was changed: {n:,} "
        f"{'thing stands' if n == 1 else 'things stand'} in the way. Undo or change those first."
    )


@router.get(
    "/disagreements",
    response_model=answers_undo.Disagreements,
    responses=described("disagreements", problems=(403, 503)),
)
def disagreements(request: Request) -> Response:
    """Where a file says otherwise than a person who corrected the record; the person's value stands."""
    return reply(request, graph_of(request).disagreements())


@router.post(
    "/disagreements/{id}",
    response_model=answers_undo.Disagreement,
    responses=described("disagreement", problems=(403, 404, 409, 422, 503)),
)
def settle(request: Request, id: str, asked: AskedSettlement) -> Response:
    """Settle a disagreement: keep what the person said, or take what the file says."""
    return reply(request, graph_of(request).settle_disagreement(id, asked.verdict))


def _kept(file: UploadFile, folder: Path, suffix: str = "") -> Path:
    """The uploaded file in a folder of its own, under its own name without any folders."""
    sent = clean((file.filename or "").replace("\\", "/").rpartition("/")[2])
    name = Path(sent if sent.strip(". ") else "file")
    # A file system takes names of 255 bytes; the ending tells what is in the file.
    short = name.stem.encode()[:150].decode(errors="ignore") + (suffix or name.suffix[:20])
    folder.mkdir()
    path = folder / short
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out, 1024 * 1024)
    return path
