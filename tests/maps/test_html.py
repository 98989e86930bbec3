"""The HTML of a map: names are text, nothing is fetched, pyvis' own ways are shut."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser

import pytest

from graph.maps import notebook_html, render_html
from graph.maps.build import network_map
from graph.maps.drawing import draw
from graph.maps.pyvis_map import TamedNetwork
from tests.maps.ties import HOSTILE, SCRIPT, finding, tie

ALLOWED_NODE = {
    "id", "label", "full", "kind", "group_", "x", "y", "shape", "size", "color", "font", "borderWidth",
    "widthConstraint",
}  # fmt: skip
ALLOWED_EDGE = {"id", "from", "to", "areas", "finding", "width", "color", "dashes"}
TIES = [
    tie("d-1", "p-1", department_name=SCRIPT, partner_name=HOSTILE, areas=["<b>area</b>"]),
    tie("d-2", 'p-"><script>', partner_name="Tallinn"),
]


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script":
            self.scripts.append(data)


@pytest.mark.parametrize("standalone", [True, False])
def test_hostile_names_are_text(standalone: bool) -> None:
    page = render_html(
        network_map(TIES, [], SCRIPT, kinds={}), standalone=standalone, partner_url="/partners/"
    )
    elements = Elements(page)
    assert "img" not in {tag for tag, _ in elements.found}
    assert sum(tag == "script" for tag, _ in elements.found) == (3 if standalone else 1)
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    data = json.loads(next(s for s in elements.scripts if s.startswith('{"')))
    assert {n["full"] for n in data["nodes"]} == {SCRIPT, HOSTILE, "d-2", "Tallinn"}
    assert html.escape(HOSTILE) in page


def test_only_listed_fields_reach_the_page() -> None:
    drawing = draw(network_map(TIES, [finding("C4", "p-1", ["d-1"])], "t", kinds={}))
    assert all(set(n) <= ALLOWED_NODE for n in drawing.nodes)
    assert all(set(e) == ALLOWED_EDGE for e in drawing.edges)


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_a_file_names_no_other_host(language: str) -> None:
    page = render_html(network_map(TIES, [], "Tallinn", kinds={}), language=language)
    assert f'<html lang="{language}">' in page
    elements = Elements(page).found
    assert not [
        a for _, a in elements if a.get("src") or (a.get("href") or "").startswith(("http", "//", "/"))
    ]
    assert "sourceMappingURL" not in page
    policy = next(a["content"] for t, a in elements if t == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_a_notebook_gets_a_sandboxed_frame() -> None:
    shown = notebook_html(network_map(TIES, [], SCRIPT, kinds={}))
    markup = shown._repr_html_()
    (tag, attributes), *rest = Elements(markup).found
    assert (tag, rest) == ("iframe", [])
    assert attributes["sandbox"] == "allow-scripts"
    assert "src" not in attributes
    assert (attributes["srcdoc"] or "").startswith("<!doctype html>")
    assert attributes["title"] == SCRIPT


def test_long_names_are_shortened_on_the_map_only() -> None:
    name = "Long " * 2000
    drawing = draw(network_map([tie("d", "p", partner_name=name)], [], "t", kinds={}))
    partner = next(n for n in drawing.nodes if n["kind"] == "partner")
    assert len(partner["label"]) <= 48
    assert partner["full"] == name
    assert drawing.rows[0].end_name == name


def test_the_ways_of_pyvis_that_leak_are_shut() -> None:
    network = TamedNetwork(network_map(TIES, [], "t", kinds={}))
    for call in (network.from_nx, network.set_options, network.show, network.write_html):
        with pytest.raises(NotImplementedError):
            call("x")
    assert network.num_nodes() == 4
    assert network.generate_html() == render_html(network.network_map)


def test_the_table_holds_every_edge() -> None:
    drawn = network_map(TIES, [finding("O1", "p-1", ["d-1"])], "t", kinds={})
    body = render_html(drawn, standalone=False)
    assert len(re.findall(r"<tr data-edge=", body)) == len(drawn.edges) == 2
    assert "overlap, medium" in body
