"""The page about loading: the mapping that it shows is one, and loads."""

from __future__ import annotations

import re
from pathlib import Path

from graph import Graph
from graph.facts import Fact
from loaders.load import load
from loaders.mapping import SPLITS

PAGE = Path(__file__).parents[2] / "docs" / "loading.md"


def test_the_example_on_the_page_loads(graph: Graph, tmp_path: Path) -> None:
    graph.write([Fact("Department", "urban", "", {"name": "Urban"})], load="l", source="test")
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "my-register.yaml").write_text(example, encoding="utf-8")
    text = "Ref;Day;Toimiala;Partner;State;Title;Dossier\n17;4.3.2026;Urban;Malmö;peruttu;Harbour;H-1\n"
    (tmp_path / "register.csv").write_bytes(text.encode("cp1252"))
    (file,) = load(graph, [tmp_path / "register.csv"], str(tmp_path / "my-register.yaml")).files
    assert (file.rows, file.loaded) == (1, 1), file.problems
    (contact,) = graph.contacts().contacts
    assert (contact.date, contact.status, contact.summary) == ("2026-03-04", "cancelled", "Harbour · H-1")
    assert [p.name for p in contact.partners] == ["Malmö"]


def test_every_way_to_split_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{way}` |" in text for way in SPLITS)
