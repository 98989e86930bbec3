"""docs/rules.md says what the rules say of themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.rules import RULES, load_rules

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def sections() -> dict[str, str]:
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.split()[0]: part for part in parts}


def test_there_is_a_section_for_each_rule_in_order() -> None:
    assert list(sections()) == list(RULES)


@pytest.mark.parametrize("name", list(RULES))
def test_a_section_has_the_title_the_explanation_and_the_numbers(name: str) -> None:
    rule, section = RULES[name], sections()[name]
    assert section.startswith(f"{name} {rule.title['en']}\n")
    assert rule.doc["en"] in re.sub(r"\s+", " ", section)
    rows = dict(re.findall(r"^\| (\w+) \| ([\w-]+) \|", section, flags=re.MULTILINE))
    rows.pop("setting")
    values = load_rules().values[name]
    assert rows == {k: str(v).lower() for k, v in values.items() if not isinstance(v, dict)}
    for kind, numbers in values.get("partner_kinds", {}).items():
        assert f"`{kind}`" in section
        assert all(f"{key} {number}" in section for key, number in numbers.items())
    assert f"Grouped by {' and '.join(rule.group)}." in section


def test_the_example_on_the_page_is_a_rules_file(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    path = tmp_path / "rules.yaml"
    path.write_text(example, encoding="utf-8")
    settings = load_rules(path)
    assert settings.number("O1", "days", kind="eu_institution") == 30
    assert settings.number("O1", "days", kind="eu_institution", area="carbon-neutral") == 90
    assert settings.number("O1", "days") == 45
    assert not settings.on("C4")
