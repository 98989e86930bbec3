"""docs/model.md says what graph/schema.py says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from graph import schema

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_model", DOCS / "make_model.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_what_the_schema_makes(maker: ModuleType) -> None:
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    assert maker.page(text) == text, "run: python docs/make_model.py"


def test_page_names_every_label_property_and_relationship(maker: ModuleType) -> None:
    sections = dict(
        part.split("\n", 1) for part in maker.made().split("### ")[1:]
    )  # by label, independent of how a row is written
    assert set(sections) == set(schema.LABEL)
    for label in schema.LABELS:
        for p in label.properties:
            assert f"`{p.name}`" in sections[label.name]
            assert all(f"`{choice}`" in sections[label.name] for choice in p.choices)
        for e in schema.edges_from(label.name):
            assert f"`{e.name}`" in sections[label.name]


def test_lost_marker_is_an_error(maker: ModuleType) -> None:
    with pytest.raises(ValueError, match="marker"):
        maker.page("a page without its markers")
