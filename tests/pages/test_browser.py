"""The pages in a real Chromium: no violation, no other host, no error, no overflow; names are text."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from graph import Graph
from graph.maps import notebook_html, render_html
from tests.pages.conftest import HOSTILE, Open, Watched, served

pytestmark = pytest.mark.browser

URLS = (
    "/",
    "/?q=Tukholma",
    "/?q=Stockhom",
    "/partners/p-tallinn",
    "/partners/p-hostile",
    "/map",
    "/map?partner=Tallinn&hops=2",
    "/findings",
    "/load",
    "/loads",
    "/review",
)
DRAWN = "[data-map][data-drawn]"


def visit(watched: Watched, url: str) -> None:
    watched.page.goto(url, wait_until="load")
    if "/map" in url:
        watched.page.wait_for_selector(DRAWN)


@pytest.mark.parametrize("language", ["en", "fi"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_clean_and_fits(city: Graph, open_page: Open, language: str, width: int) -> None:
    finding = city.findings().findings[0].id
    load = city.loads().loads[0].load
    with served(city) as base:
        host = base.removeprefix("http://")
        for url in (*URLS, f"/findings/{finding}", f"/loads/{load}"):
            watched = open_page(width, language)
            visit(watched, base + url)
            page = watched.page
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url
            assert page.get_attribute("html", "lang") == language
            assert page.locator("h1").count() == 1, url
            assert page.locator("main").count() == page.locator("header").count() == 1
            unnamed = page.evaluate(
                "[...document.querySelectorAll('input:not([type=hidden]),select')]"
                ".filter(e => !e.labels.length).map(e => e.outerHTML)"
            )
            assert unnamed == [], url
            watched.assert_clean(host)
            page.close()


def test_a_page_that_is_not_there(city: Graph, open_page: Open) -> None:
    with served(city) as base:
        watched = open_page(320)
        watched.page.goto(base + "/nothing")
        assert watched.page.locator("[data-error='404']").is_visible()
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 320
        # The one complaint is the browser's own about the status.
        assert [c for c in watched.complaints if "404" not in c] == []


def test_hostile_names_are_text_everywhere(city: Graph, open_page: Open) -> None:
    with served(city) as base:
        host = base.removeprefix("http://")
        for url in (
            "/",
            f"/?q={HOSTILE}",
            "/partners/p-hostile",
            "/map",
            "/map?partner=p-hostile",
            "/findings",
        ):
            watched = open_page()
            visit(watched, base + url)
            assert watched.page.get_by_text(HOSTILE).count() > 0, url
            assert watched.page.locator("img:not([src^='/static/'])").count() == 0
            watched.assert_clean(host)
            watched.page.close()
        watched = open_page()
        visit(watched, base + "/map")
        watched.page.fill("#km-search", HOSTILE)
        watched.page.press("#km-search", "Enter")
        watched.page.wait_for_selector("[data-details] h4")
        assert watched.page.inner_text("[data-details] h4") == HOSTILE
        watched.assert_clean(host)


def test_the_map_file_stands_alone(city: Graph, open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(render_html(city.map(), language="fi"), encoding="utf-8")
    watched = open_page()
    watched.page.goto(path.as_uri())
    watched.page.wait_for_selector(DRAWN)
    assert watched.page.get_by_text(HOSTILE).count() > 0
    assert watched.page.locator("img").count() == 0
    assert watched.requests == [path.as_uri()]
    watched.assert_clean("")


def test_the_notebook_frame(city: Graph, open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><p>cell</p>{notebook_html(city.map())}", encoding="utf-8")
    watched = open_page()
    watched.page.goto(path.as_uri())
    frame = watched.page.frame_locator("iframe")
    frame.locator(DRAWN).wait_for()
    assert frame.get_by_text(HOSTILE).count() > 0
    assert frame.locator("img").count() == 0
    inside = watched.page.frames[1]
    assert inside.evaluate("window.origin") == "null"
    assert inside.evaluate("window.violations") == []
    assert [r for r in watched.requests if not r.startswith(("file:", "about:", "data:", "blob:"))] == []
    assert watched.complaints == []


def test_map_and_table_stay_in_step(city: Graph, open_page: Open) -> None:
    with served(city) as base:
        watched = open_page()
        visit(watched, base + "/map")
        page = watched.page
        rows = page.locator("tr[data-edge]:visible")
        whole = rows.count()
        ties = city.ties(limit=None).ties
        assert whole == len(ties)
        page.select_option("#km-department", "urban")
        assert rows.count() == sum(t.department.id == "urban" for t in ties)
        page.check("#km-findings")
        assert 0 < rows.count() < whole
        assert page.inner_text("[data-status]") == f"{rows.count()} of {whole} rows"
        page.locator("[data-tools] button[type=reset]").click()
        expect(rows).to_have_count(whole)
        page.locator("tr[data-end='p-tallinn'] [data-focus]").first.click()
        assert rows.count() == sum(t.partner.id == "p-tallinn" for t in ties)
        assert page.inner_text("[data-details] h4") == "Tallinn"
        assert page.get_attribute("[data-details] a", "href") == "/partners/p-tallinn"
        page.keyboard.press("Escape")
        assert rows.count() == whole
        page.locator("[data-sort=held]").click()
        held = [
            int(x)
            for x in page.eval_on_selector_all(
                "tr[data-edge]", "r => r.map(x => x.children[2].dataset.value)"
            )
        ]
        assert held == sorted(held)
        watched.assert_clean(base.removeprefix("http://"))


def test_the_keyboard_alone(city: Graph, open_page: Open) -> None:
    with served(city) as base:
        watched = open_page()
        page = watched.page
        visit(watched, base + "/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("Tallinna")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-answer='p-tallinn']")
        visit(watched, base + "/map")
        page.focus("#km-search")
        page.keyboard.type("tall")
        page.keyboard.press("Enter")
        assert page.inner_text("[data-details] h4") == "Tallinn"
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    "(({dataset: d, id}) => d.zoom || d.sort || d.focus || id || '')(document.activeElement)"
                )
            )
        assert {"in", "out", "fit", "held", "finding", "p-tallinn"} <= reached
        watched.assert_clean(base.removeprefix("http://"))


def test_without_javascript_the_table_is_there(city: Graph, open_page: Open) -> None:
    with served(city) as base:
        watched = open_page(java_script_enabled=False)
        watched.page.goto(base + "/map")
        assert watched.page.locator("tr[data-edge]:visible").count() == len(city.ties(limit=None).ties)
        assert watched.page.get_by_text("needs JavaScript").is_visible()


def test_loading_in_the_browser(city: Graph, open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "kumppanit.csv"
    path.write_text("Name,Kind\nOulu,city\nTurku,town\n", encoding="utf-8")
    with served(city) as base:
        watched = open_page(320, "fi")
        page = watched.page
        visit(watched, base + "/load")
        page.set_input_files("#file", str(path))
        page.select_option("#mapping", "partners")
        page.uncheck("#dry_run")
        page.get_by_role("button", name="Aloita").click()
        page.wait_for_selector("[data-quarantined]")
        assert page.get_attribute("[data-file]", "data-quarantined") == "1"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        watched.assert_clean(base.removeprefix("http://"))
