"""Blocks of rows that were read before are passed over, and nothing of a load's outcome depends on it."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph import Graph
from graph.errors import BadInput
from loaders import readers, remembered
from loaders.load import load
from loaders.mapping import open_mapping
from loaders.opening import request_of
from tests.conftest import TODAY, wipe
from tests.loaders.contacts import HEADER, numbered, prepare, table

ROWS = 420  # one batch of rows
Content = list[list[str]]
Step = Callable[[Graph, Content], None]


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.run.MANY", 1)
    monkeypatch.setattr("loaders.remembered.MANY", 1)


@pytest.fixture
def own(graph: Graph, tmp_path: Path) -> Graph:
    """A city whose data folder is of this test alone."""
    mine = graph.on(TODAY)
    mine.data = tmp_path / "data"
    prepare(mine)
    return mine


class Given:
    """How many rows came as rows, and how many in blocks that were known."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = self.blocks = 0
        real = remembered._part

        def part(message: list[Any]) -> remembered.Part:
            out = real(message)
            self.rows += len(out.rows)
            self.blocks += out.index >= 0
            return out

        monkeypatch.setattr(remembered, "_part", part)

    def take(self) -> tuple[int, int]:
        out, self.rows, self.blocks = (self.rows, self.blocks), 0, 0
        return out


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    return Given(monkeypatch)


def rows(n: int = ROWS) -> Content:
    return numbered(n, "item")  # blocks are cut by their content, and tests count on where


def cache(city: Graph) -> list[Path]:
    assert city.data is not None
    return sorted((city.data / "cache" / "rows").glob("*"))


def outcome(city: Graph, path: Path, mapping: str = "contacts", **more: Any) -> dict[str, Any]:
    report = load(city, [path], mapping, **more)
    for file in report.files:
        assert file.rows == file.loaded + file.unchanged + file.repeated + file.quarantined
    return report.model_dump(exclude={"load"}) | {"dump": city.canonical_dump()}


# --- what a file and the store go through ---


def changed(at: int, text: str = "other") -> Step:
    return lambda city, content: content[at].__setitem__(5, text)


def put_in(at: int, row: list[str]) -> Step:
    return lambda city, content: content.insert(at, list(row))


def taken_out(at: int) -> Step:
    return lambda city, content: content.__delitem__(at)


def moved(source: int, target: int) -> Step:
    return lambda city, content: content.insert(target, content.pop(source))


def doubled(start: int, end: int, at: int) -> Step:
    return lambda city, content: content.__setitem__(slice(at, at), [list(r) for r in content[start:end]])


def contradicted(of: int, at: int, text: str = "against") -> Step:
    return lambda city, content: content.insert(at, [*content[of][:5], text])


def edited(nth: int) -> Step:
    def step(city: Graph, content: Content) -> None:
        found = city.store.read(
            "MATCH (c:Contact) RETURN c.id AS id ORDER BY c.summary, c.date SKIP $n LIMIT 1", n=nth
        )
        entry = city.entry("contacts", found[0]["id"])
        city.change("contacts", entry.id, {"summary": f"corrected {nth}"}, version=entry.version)

    return step


def deleted(nth: int) -> Step:
    def step(city: Graph, content: Content) -> None:
        found = city.store.read(
            "MATCH (c:Contact) RETURN c.id AS id ORDER BY c.summary, c.date SKIP $n LIMIT 1", n=nth
        )
        entry = city.entry("contacts", found[0]["id"])
        city.delete("contacts", entry.id, version=entry.version)

    return step


def undone(city: Graph, content: Content) -> None:
    city.undo(city.loads().loads[0].load)


STEPS: list[list[Step]] = [
    [],
    [changed(150)],
    [put_in(300, ["new", "2026-05-01", "Department 1", "Partner 1", "Area", "new"])],
    [taken_out(20), moved(250, 90)],
    [doubled(200, 360, 380)],
    [contradicted(350, 340), contradicted(100, 440, "later")],
    [taken_out(440), taken_out(340)],
    [put_in(350, ["bad", "2026-13-45", "Department 1", "Partner 1", "Area", "no day"]), put_in(351, [])],
    [edited(77), deleted(88)],
    [undone],
    [],
]


def told(
    city: Graph, folder: Path, content: Content, steps: list[list[Step]], mode: str
) -> list[dict[str, Any]]:
    """What each load says of the file after each step."""
    wipe(city)
    prepare(city)
    city.data = None if mode == "none" else folder / mode
    out = [outcome(city, table(folder / "contacts.csv", content))]
    for together in steps:
        for step in together:
            step(city, content)
        if mode == "emptied":
            shutil.rmtree(folder / mode)
        out.append(outcome(city, table(folder / "contacts.csv", content)))
    return out


def test_nothing_depends_on_what_is_remembered(own: Graph, tmp_path: Path, given: Given) -> None:
    by_mode, came = {}, {}
    for mode in ("cache", "none"):
        by_mode[mode] = told(own, tmp_path, rows(), STEPS, mode)
        came[mode] = given.take()
    for nth, (a, b) in enumerate(zip(*by_mode.values(), strict=True)):
        assert a == b, nth
    assert sum(r["files"][0]["quarantined"] for r in by_mode["cache"]) > 0
    assert came["cache"][1] > 2 * len(STEPS), "blocks were known"
    assert came["none"] == (0, 0)


def test_nor_with_any_edits_in_files_of_several_batches(own: Graph, tmp_path: Path, given: Given) -> None:
    """The same random edits with what is remembered and without it."""
    kinds: list[Callable[[random.Random, int], Step]] = [
        lambda r, n: changed(r.randrange(n), f"other {r.random()}"),
        lambda r, n: put_in(
            r.randrange(n), [f"n{r.random()}", "2026-05-01", "Department 1", "Oslo", "Area", "x"]
        ),
        lambda r, n: put_in(r.randrange(n), r.choice([[], ["EXAMPLE"], ["b", "2026-13-01", "Department 1"]])),
        lambda r, n: taken_out(r.randrange(n)),
        lambda r, n: moved(r.randrange(n), r.randrange(n)),
        lambda r, n: doubled(a := r.randrange(n - 200), a + r.randrange(1, 150), r.randrange(n)),
        lambda r, n: contradicted(r.randrange(n), r.randrange(n), f"against {r.random()}"),
        lambda r, n: edited(r.randrange(200)),
        lambda r, n: deleted(r.randrange(200)),
        lambda r, n: undone,
    ]
    rng = random.Random(7)
    steps = [[rng.choice(kinds)(rng, 1000) for _ in range(rng.randrange(1, 6))] for _ in range(10)]
    cached = told(own, tmp_path, rows(1100), steps, "cache")
    came = given.take()
    plain = told(own, tmp_path, rows(1100), steps, "emptied")
    for nth, (a, b) in enumerate(zip(cached, plain, strict=True)):
        assert a == b, nth
    assert came[1] > 30, "blocks were known"
    assert given.take()[1] == 0


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-3], lambda b: b"", lambda b: b[:50] + b"x" + b[51:], lambda b: b"x" * 99]
)
def test_a_damaged_file_harms_nothing(
    own: Graph, tmp_path: Path, given: Given, harm: Callable[[bytes], bytes]
) -> None:
    path = table(tmp_path / "contacts.csv", rows(300))
    outcome(own, path)
    first = outcome(own, path)
    (kept,) = cache(own)
    kept.write_bytes(harm(kept.read_bytes()))
    given.take()
    assert outcome(own, path) == first
    assert given.take() == (300, 0)
    assert outcome(own, path) == first
    assert given.take()[1] > 2, "it was made anew"


def test_a_folder_that_cannot_be_written_harms_nothing(own: Graph, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    own.data = tmp_path / "file"
    path = table(tmp_path / "contacts.csv", rows(200))
    outcome(own, path)
    assert outcome(own, path)["files"][0]["unchanged"] == 200


def test_other_mappings_and_headers_remember_for_themselves(own: Graph, tmp_path: Path, given: Given) -> None:
    content = rows(300)
    path = table(tmp_path / "contacts.csv", content)
    outcome(own, path)
    assert given.take() == (300, 0)
    outcome(own, path)
    came, blocks = given.take()
    assert came < 150, "the first rows are given, for the header stands there"
    assert blocks > 2
    mapping = tmp_path / "mine.yaml"
    text = Path("loaders/mappings/contacts.yaml").read_text(encoding="utf-8")
    mapping.write_text(text.replace("held, toteutunut", "held").replace("{suunniteltu: planned, ", "{"))
    outcome(own, path, str(mapping))
    assert given.take() == (300, 0)
    # Under this header the same cells mean something else: summary and partners have changed places.
    header = [*HEADER[:3], "Summary", "Areas", "Partners"]
    other = outcome(own, table(tmp_path / "other.csv", content, header))
    assert given.take()[0] >= 300
    assert other["files"][0]["unchanged"] == 0


def test_a_dry_run_says_the_same_and_an_interrupted_load_looks_at_every_row(
    own: Graph, tmp_path: Path, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = rows()
    path = table(tmp_path / "contacts.csv", content)
    outcome(own, path)
    content[200][5] = "other"
    table(path, content)
    given.take()
    dry = outcome(own, path, dry_run=True)["files"]
    assert given.take()[1] > 2
    real = own.write

    def stopped(*args: object, **kwargs: object) -> object:
        real(*args, **kwargs)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(own, "write", stopped)
    with pytest.raises(KeyboardInterrupt, match="the same command continues"):
        load(own, [path], "contacts")
    monkeypatch.setattr(own, "write", real)
    # What it had written before it was interrupted counts as loaded by it.
    assert outcome(own, path)["files"] == dry
    assert dry[0]["loaded"] == 1


def test_only_so_many_files_are_kept(own: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_FILES", 2)
    monkeypatch.setattr(remembered, "MOST_ROWS", 150)
    path = table(tmp_path / "contacts.csv", rows(200))
    outcome(own, path)
    (kept,) = cache(own)
    for n in range(3):
        (kept.parent / f"{n}.blocks").write_bytes(b"older")
    for _ in range(2):
        outcome(own, table(path, rows(300)))
    assert len(cache(own)) == 2
    assert kept in cache(own)


def test_a_complete_file_is_ended_by_what_it_lacks(own: Graph, tmp_path: Path, given: Given) -> None:
    mapping = tmp_path / "networks.yaml"
    mapping.write_text(
        "kind: memberships\ncomplete: true\nkey: [Who]\n"
        "fields:\n  partner: Who\n  network: {column: Net, create: {}}\n  from: {column: Since}\n"
    )
    header = ["Who", "Net", "Since"]
    full = [[f"Member {chr(65 + n % 26)}{n}", "Eurocities", f"20{n % 20:02d}-01-01"] for n in range(300)]
    path = tmp_path / "members.csv"
    said = {}
    for mode in ("cache", "emptied"):
        wipe(own)
        prepare(own)
        own.data = tmp_path / mode
        said[mode] = []
        for content in (full, full, [*full[:120], *full[125:]], full, full[::-1], full):
            if mode == "emptied":
                shutil.rmtree(own.data, ignore_errors=True)
            said[mode].append(outcome(own, table(path, content, header), str(mapping), judge_names=False))
        assert (given.take()[1] > 0) is (mode == "cache")
    for a, b in zip(said["cache"], said["emptied"], strict=True):
        assert a == b
    assert "5 records that the files no longer have were marked as ended." in said["cache"][2]["notes"]


def test_workbooks_are_known_by_their_cells(own: Graph, tmp_path: Path, given: Given) -> None:
    path = tmp_path / "contacts.xlsx"
    book = openpyxl.Workbook()
    for row in [HEADER, *rows(300)]:
        book.active.append(row)
    book.save(path)
    outcome(own, path)
    first = outcome(own, path)
    came, blocks = given.take()
    assert came < 400
    assert blocks > 2
    book.active.cell(200, 6).value = 7
    book.save(path)
    second = outcome(own, path)
    assert given.take()[1] > 0
    assert (second["files"][0]["loaded"], second["files"][0]["unchanged"]) == (1, 299)
    book.active.cell(200, 6).value = "7"
    book.save(path)
    assert outcome(own, path)["files"][0]["unchanged"] == 300
    assert first["files"][0]["unchanged"] == 300


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_rows_are_the_same_in_blocks_and_without(tmp_path: Path, encoding: str) -> None:
    """Line breaks and quotation marks in cells, lines that end in three ways, empty rows, rows that are broken."""
    rng = random.Random(encoding)
    cells = ['"a\nb"', '"say ""x"""', '5" pipe', "plain", "", "ä", '"a\r\nb\rc"', '"br"oken', " "]
    mapping = open_mapping("contacts")
    refused: list[str] = []
    for nth in range(9):
        usual = cells if nth % 3 else [c for c in cells if "5" not in c and "br" not in c]
        lines = [",".join(HEADER)]
        for n in range(rng.randrange(5, 900)):
            line = f"k{n},2026-05-01,Department 1,{rng.choice(usual)},Area,{rng.choice(usual)}"
            lines.append("" if rng.random() < 0.02 else line)
        end = rng.choice(["\n", "\r\n", "\r"])
        path = tmp_path / f"{nth}.csv"
        path.write_bytes(end.join([*lines, ""][: len(lines) + nth % 2]).encode(encoding))
        request = request_of(path, mapping)
        try:
            whole = [list(r) for batch in readers.read(request).batches for r in batch]
        except BadInput as error:
            refused.append(str(error))
            with pytest.raises(BadInput, match=re.escape(str(error))):
                readers.read(replace(request, blocks=True))
            continue
        blocks = readers.read(replace(request, blocks=True))
        assert [r for m in blocks.parts for p in m for r in p[3]] == whole
    assert len(refused) < 6, refused
