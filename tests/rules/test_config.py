"""rules.yaml: what it holds, and how a mistake in one's own is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graph.errors import BadInput
from graph.rules import RULES, load_rules


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_numbers_are_those_of_the_rules() -> None:
    settings = load_rules()
    assert set(settings.values) == set(RULES)
    assert all(settings.on(rule) for rule in RULES)
    assert settings.number("O1", "days") == 60
    assert settings.number("O1", "partners_most") == 10
    assert settings.number("O5", "contacts") == 4
    assert settings.number("O5", "contacts", kind="state") == 8
    assert settings.number("C5", "live_from") == date(2026, 1, 1).toordinal()


def test_overrides_of_one_s_own_stand_beside_the_built_in_ones(tmp_path: Path) -> None:
    own = load_rules(
        written(
            tmp_path,
            "O5:\n  partner_kinds:\n    city: {contacts: 6}\n    state: {departments: 7}\n"
            "C5: {live_from: 2025-05-01}\n",
        )
    )
    assert [own.number("O5", "contacts", kind=k) for k in ("city", "state", "eu_institution")] == [6, 8, 8]
    assert own.number("O5", "departments", kind="state") == 7
    assert own.number("C5", "live_from") == date(2025, 5, 1).toordinal()
    assert load_rules().number("O5", "departments", kind="state") == 5


@pytest.mark.parametrize("value", ["tomorrow", "7", "2026-02-30", "2026-01-01 10:00:00", "-3", "[1]"])
def test_a_day_that_is_none_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadInput, match=r"line 2: live_from is .* it takes a day, such as 2026-01-01"):
        load_rules(written(tmp_path, f"C5:\n  live_from: {value}\n"))


def test_one_s_own_file_is_laid_over_the_built_in_one(tmp_path: Path) -> None:
    own = load_rules(
        written(
            tmp_path,
            "O1:\n  days: 30\n  partner_kinds:\n    state: {days: 90}\n  areas:\n    climate: {days: 7}\n"
            "C1:\n  on: false\n",
        )
    )
    assert own.number("O1", "days") == 30
    assert own.number("O1", "days", kind="state") == 90
    assert own.number("O1", "days", kind="state", area="climate") == 7
    assert own.number("O1", "partners_most", kind="state") == 10
    assert not own.on("C1")
    assert own.on("C4")
    assert load_rules().number("O1", "days") == 60
    assert load_rules().on("C1")


@pytest.mark.parametrize("text", ["C1:\n  on: no\n", 'C1:\n  "on": false\n', "C1: {on: False}\n"])
def test_a_rule_is_switched_off_however_it_is_written(tmp_path: Path, text: str) -> None:
    assert not load_rules(written(tmp_path, text)).on("C1")


def test_the_fingerprint_changes_with_every_setting(tmp_path: Path) -> None:
    texts = [
        "O1:\n  days: 60\n",
        "O1:\n  days: 30\n",
        "O1:\n  on: false\n",
        "O1:\n  areas: {climate: {days: 60}}\n",
    ]
    prints = [load_rules(written(tmp_path, text)).fingerprint for text in texts]
    assert prints[0] == load_rules().fingerprint
    assert len(set(prints)) == 4
    assert len({hash(load_rules(written(tmp_path, text))) for text in texts}) >= 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("O1:\n  days: 30\nO9:\n  days: 3\n", 3, "there is no rule 'O9'"),
        ("O1:\n  dais: 30\n", 2, "did you mean 'days'? Allowed: on, days, partners_most."),
        ("O1:\n  days: -1\n", 2, "days is -1; it takes a whole number 0 to 36500."),
        ("O1:\n  days: 1.5\n", 2, "days is 1.5; it takes a whole number"),
        ("O1:\n  days: thirty\n", 2, "days is 'thirty'; it takes a whole number"),
        ("O1:\n  days: true\n", 2, "days is True; it takes a whole number"),
        ("O1:\n  days: [1]\n", 2, "days is [1]; it takes a whole number"),
        ("O1:\n  days: 2026-02-30\n", 2, "days is '2026-02-30'; it takes a whole number"),
        ("O1:\n  days:\n", 2, "days is None; it takes a whole number"),
        ("O1:\n  days: 36501\n", 2, "it takes a whole number 0 to 36500."),
        ("O1:\n  on: 1\n", 2, "on is 1; it takes true or false."),
        ("O1: 30\n", 1, "O1 needs settings beneath it"),
        ("O1:\n  days: 30\n  days: 40\n", 3, "days is given already in line 2."),
        ("O1:\n  days: 30\nO1:\n  days: 40\n", 3, "O1 is given already in line 1."),
        ("O1:\n  [a]: 30\n", 2, "a name is needed here"),
        ("O1:\n  partner_kinds:\n    town:\n      days: 3\n", 3, "there is no partner kind 'town'; "),
        ("O1:\n  partner_kinds: 4\n", 2, "partner_kinds needs names with settings beneath them."),
        ("O1:\n  areas:\n    climate: 3\n", 3, "climate needs settings beneath it."),
        ("O1:\n  areas:\n    climate:\n      days: -3\n", 4, "days is -3"),
        ("O1:\n  areas:\n    climate:\n      on: false\n", 4, "there is no setting 'on' here"),
        ("O1:\n  days: 30\n bad\n", 3, "is not YAML"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        load_rules(path)
    assert f"line {line}" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"), [("", "must name rules"), ("- O1\n", "must name rules"), ("7", "must name rules")]
)
def test_a_file_without_rules_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        load_rules(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_rules(tmp_path / "nowhere.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("O1: {days: 3} # ä".encode("latin-1"))
    with pytest.raises(BadInput, match="not UTF-8"):
        load_rules(path)
