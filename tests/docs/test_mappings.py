"""The reference of mappings is what the code that checks them makes, and its examples are mappings."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from loaders import settings
from loaders.mapping import open_mapping

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_mappings", DOCS / "make_mappings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_what_the_settings_make(maker: ModuleType) -> None:
    text = (DOCS / "mappings.md").read_text(encoding="utf-8")
    assert maker.page() == text, "run: python docs/make_mappings.py"
    for described in (settings.TOP, settings.FILE, settings.RULE, settings.LOOKUP, settings.ALSO):
        assert all(f"| `{name}` |" in text for name in described)


def test_the_examples_on_the_page_are_mappings(maker: ModuleType, tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", maker.page(), re.DOTALL)
    assert len(examples) == 2
    for n, example in enumerate(examples):
        path = tmp_path / f"e{n}.yaml"
        path.write_text(example, encoding="utf-8")
        made = open_mapping(str(path))
        assert made.also or made.lookups
