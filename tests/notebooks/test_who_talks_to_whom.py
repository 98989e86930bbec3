"""The notebook, as script and as .ipynb: one and the same, both run, and they show what the graph says."""

from __future__ import annotations

import copy
import importlib.util
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from graph import Graph
from graph.facts import Fact, Link

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCRIPT = NOTEBOOKS / "who_talks_to_whom.py"
PAIRED = SCRIPT.with_suffix(".ipynb")
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_notebooks", NOTEBOOKS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def paired() -> nbformat.NotebookNode:
    return nbformat.read(PAIRED, as_version=4)


def shown(notebook: nbformat.NotebookNode, source: str, mime: str) -> str:
    """The output of the cell that contains `source`."""
    (cell,) = [c for c in notebook.cells if c.cell_type == "code" and source in c.source]
    return str(next(o["data"][mime] for o in cell.outputs if mime in o.get("data", {})))


class Tags(HTMLParser):
    """Every element of a page with its attributes, the rows of its tables, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def table(notebook: nbformat.NotebookNode, source: str) -> list[dict[str, str]]:
    """The rows of the DataFrame that a cell shows, by column; its index is the column ""."""
    heading, *rows = [row for row in Tags(shown(notebook, source, "text/html")).rows if any(row)]
    return [dict(zip(heading, row, strict=True)) for row in rows]


# --- as it is committed ---


def test_script_and_notebook_are_one(make: ModuleType, paired: nbformat.NotebookNode) -> None:
    def cells(notebook: nbformat.NotebookNode) -> list[tuple[str, str, list[str], str]]:
        return [(c.cell_type, c.source, c.metadata.get("tags", []), c.id) for c in notebook.cells]

    assert cells(make.pair(SCRIPT)) == cells(paired), "run: python notebooks/make.py"


def test_committed_outputs_are_small_whole_and_without_paths(paired: nbformat.NotebookNode) -> None:
    text = PAIRED.read_text(encoding="utf-8")
    assert len(text) < 400_000
    code = [c for c in paired.cells if c.cell_type == "code"]
    big = [c for c in code if "big-output" in c.metadata.get("tags", [])]
    assert len(big) == 1
    assert big[0].outputs == []
    assert [c.execution_count for c in code if c not in big] == [
        n for n, c in enumerate(code, 1) if c not in big
    ]
    outputs = [o for c in code for o in c.outputs]
    assert {o.output_type for o in outputs} <= {"execute_result", "display_data"}, "no errors, no warnings"
    shown_text = "\n".join(str(o["data"].get(m, "")) for o in outputs for m in ("text/plain", "text/html"))
    assert not re.search(r"(?<![<\w])/(home|Users|root|tmp|usr|opt|work)/|[A-Z]:\\|site-packages", shown_text)
    assert not re.search(r"0x[0-9a-f]{6,}", shown_text), "an address in memory differs on every run"


# --- as it runs ---


@pytest.mark.slow
def test_script_runs(graph: Graph, store_environment: dict[str, str]) -> None:
    environment = {**os.environ, **store_environment, "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, SCRIPT.name],
        cwd=NOTEBOOKS,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert graph.has_examples(), "it filled the empty graph with the demo"
    before = graph.canonical_dump(ids=True)
    again = subprocess.run(
        [sys.executable, SCRIPT.name],
        cwd=NOTEBOOKS,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert again.returncode == 0, again.stderr
    assert graph.canonical_dump(ids=True) == before


@pytest.mark.slow
def test_notebook_runs_and_shows_what_the_graph_says(
    graph: Graph,
    make: ModuleType,
    paired: nbformat.NotebookNode,
    store_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in store_environment.items():
        monkeypatch.setenv(name, value)
    run = make.executed(copy.deepcopy(paired))
    g = graph.on(date(2026, 11, 25))

    asked = g.who_talks_to("Tukholma")
    assert asked.partner is not None
    stockholm = table(run, 'departments(answers["Tukholma"])')
    assert {row["name"]: (row["held"], row["planned"]) for row in stockholm} == {
        d.name: (str(d.held), str(d.planned)) for d in asked.departments
    }
    climate = table(run, "departments(climate)")
    since = g.who_talks_to("Tallinn", area="climate", since="2026-01-01")
    assert {row["name"] for row in climate} == {d.name for d in since.departments}
    assert "'Stockholm', 'alias'" in shown(run, "answers.items()", "text/plain")
    assert "(None," in shown(run, "unsure.partner", "text/plain")

    # The first row names the index.
    counts = {row["severity"]: row for row in table(run, "findings.groupby")[1:]}
    findings = Counter((f.rule, f.severity) for f in g.findings(limit=None).findings)
    assert {
        (rule, severity): int(n)
        for rule, row in counts.items()
        for severity, n in row.items()
        if severity != "severity" and n != "0"
    } == dict(findings)

    assert "Tallinn" in {row["name"] for row in table(run, "betweenness_centrality")}
    assert len(shown(run, "by_month.plot.bar", "image/png")) > 10_000
    assert len(shown(run, "overlaps.partner", "image/png")) > 5_000

    frames = Tags(shown(run, "notebook_html(g.map", "text/html"))
    (frame,) = frames.named("iframe")
    assert frame["sandbox"] == "allow-scripts"
    page = Tags(frame["srcdoc"] or "")
    outside = re.compile(r"^(https?:)?//")
    assert not [a for _, attributes in page.elements for a in attributes.values() if outside.match(a or "")]
    assert "Tallinn" in page.text


def test_graph_with_records_is_left_as_it_is(
    graph: Graph,
    make: ModuleType,
    paired: nbformat.NotebookNode,
    store_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in store_environment.items():
        monkeypatch.setenv(name, value)
    one_contact(graph, "Tallinn")
    before = graph.canonical_dump(ids=True)
    opening = next(n for n, c in enumerate(paired.cells) if "open_graph()" in c.source)
    part = nbformat.v4.new_notebook(
        cells=[*paired.cells[: opening + 1], nbformat.v4.new_code_cell("store.close()")]
    )
    make.executed(part)
    assert graph.canonical_dump(ids=True) == before


def test_hostile_name_is_text(
    graph: Graph, make: ModuleType, store_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in store_environment.items():
        monkeypatch.setenv(name, value)
    one_contact(graph, HOSTILE)
    cells = [
        "from graph import open_graph\nfrom graph.maps import notebook_html\ng = open_graph()",
        "notebook_html(g.map())",
        "g.ties_frame()",
        "g.close()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    run = make.executed(notebook)
    frames = Tags(shown(run, "notebook_html(g", "text/html"))
    assert [tag for tag, _ in frames.elements] == ["iframe"]
    page = Tags(frames.named("iframe")[0]["srcdoc"] or "")
    assert page.named("img") == []
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    ties = Tags(shown(run, "ties_frame", "text/html"))
    assert ties.named("img") == []
    assert HOSTILE in ties.text


def one_contact(graph: Graph, partner: str) -> Any:
    """A department, a partner of this name and a contact of the two."""
    load = graph.open_load(mapping="test", files=["test.csv"])
    made_by, with_partner = Link("MADE_BY", "d-one"), Link("WITH_PARTNER", "p-one")
    graph.write(
        [
            Fact("Department", id="d-one", properties={"name": "One", "level": "division"}),
            Fact("Partner", id="p-one", properties={"name": partner}),
            Fact("Contact", id="c-one", properties={"date": "2026-03-02"}, links=(made_by, with_partner)),
        ],
        load=load,
        source="test",
    )
    graph.refresh()
