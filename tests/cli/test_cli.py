"""Commands: what they print, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from graph import Graph
from tests.api import world
from tests.cli.conftest import COMMAND, Run

CONTACTS = (
    "Key,Date,Departments,Partners\n"
    "k1,2026-05-20,Urban Environment Division,Tallinn\n"
    "k2,2026-05-20,Urban Enviroment Division,Tallinn\n"
)


def test_help_names_every_command(kumppani: Run) -> None:
    said = kumppani("--help")
    assert said.code == 0
    for name in (
        "serve", "demo", "template", "load", "loads", "who-talks-to", "findings", "map", "export", "rebuild",
        "store", "doctor", "bench",
    ):  # fmt: skip
        assert f"  {name} " in said.out
    assert kumppani("--version").out.startswith("kumppani ")


def test_help_brings_nothing_slow_along() -> None:
    code = (
        "import sys; from api.cli import run; run(['--help']); run(['load', '--help']);"
        "slow = {'pandas', 'pyvis', 'neo4j', 'fastapi', 'networkx', 'rich', 'structlog'} & set(sys.modules);"
        "sys.exit(f'imported: {slow}' if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_who_talks_to(kumppani: Run, city: Graph) -> None:
    said = kumppani("who-talks-to", "Tallinna")
    assert said.code == 0
    assert said.err == ""
    assert "Tallinn (p-tallinn)" in said.out
    assert "Culture and Leisure Division" in said.out
    narrowed = kumppani(
        "who-talks-to", "Tallinna", "--since", "2026-04-10", "--until", "2026-04-30", "--json"
    )
    answer = json.loads(narrowed.out)
    assert [d["id"] for d in answer["departments"]] == ["leisure"]
    near = kumppani("who-talks-to", "Talinn")
    assert "Did you mean" in near.out
    assert "p-tallinn" in near.out
    assert kumppani("who-talks-to", "Xyzzy Qwerty").code == 0


def test_names_are_text_and_no_markup(kumppani: Run, city: Graph) -> None:
    assert world.HOSTILE in kumppani("who-talks-to", world.HOSTILE).out
    said = kumppani("who-talks-to", "[red]x[/red]\x1b[31m")
    assert "[red]x[/red]" in said.out
    assert "\x1b" not in said.out + said.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["who-talks-to"], "name"),
        (["who-talks-to", " "], "empty"),
        (["who-talks-to", "x" * 10_000], "10,000"),
        (["who-talks-to", "Tallinn", "--since", "yesterday"], "yesterday"),
        (["who-talks-to", "Tallinn", "--area", "Weather"], "Climate"),
        (["findings", "--rule", "Z9"], "O1"),
        (["findings", "--severity", "awful"], "critical"),
        (["findings", "--limit", "0"], "1000"),
        (["export", "ties.pdf"], ".graphml"),
        (["export", "nowhere/ties.csv"], "nowhere"),
        (["export", "."], "folder"),
        (["export", "x.graphml", "--what", "contacts"], "GraphML"),
        (["export", "all", "--neo4j-admin", "--partner", "Tallinn"], "whole graph"),
        (["export", ".", "--neo4j-admin"], "there already"),
        (["map", "-o", "."], "folder"),
        (["load", "none.csv", "--mapping", "contacts"], "none.csv"),
        (["load", "none.csv", "--mapping", "contcts"], "contacts"),
        (["template", "contcts", "x.xlsx"], "contacts"),
        (["template", "contacts", "x.pdf"], ".xlsx"),
        (["serve", "--port", "99999"], "99999"),
        (["serve", "--port", "0", "--host", "no.such.host.invalid"], "no.such.host.invalid"),
        (["serve", "--port", "0", "--host", "0.0.0.0"], "--trust-network"),
        (["store", "stop"], "KUMPPANI_NEO4J_URI"),
        (["nonsense"], "nonsense"),
        (["load", "--nonsense"], "nonsense"),
    ],
)
def test_bad_input_is_exit_code_2_and_a_sentence(
    kumppani: Run, city: Graph, arguments: list[str], word: str
) -> None:
    said = kumppani(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert word in said.err
    assert "Traceback" not in said.err


def test_bytes_that_are_no_text(env: dict[str, str], city: Graph) -> None:
    done = subprocess.run([*COMMAND, "who-talks-to", b"T\xff"], env=env, capture_output=True, timeout=120)
    assert done.returncode == 2, done.stderr
    assert b"Traceback" not in done.stderr


def test_findings(kumppani: Run, city: Graph) -> None:
    everything = json.loads(kumppani("findings", "--json").out)
    assert {f["rule"] for f in everything["findings"]} == {"O1", "C1", "C4", "C5"}
    only = json.loads(kumppani("findings", "--rule", "O1", "--partner", "Tallinn", "--json").out)
    assert [f["rule"] for f in only["findings"]] == ["O1"]
    said = kumppani("findings", "--limit", "1")
    assert said.code == 0
    assert "--cursor" in said.out
    assert "No findings" in kumppani("findings", "--status", "waived").out


@pytest.mark.parametrize("what", ["ties", "partners", "contacts", "findings"])
def test_export_by_suffix(kumppani: Run, city: Graph, tmp_path: Path, what: str) -> None:
    for suffix in ("csv", "json"):
        said = kumppani("export", f"x.{suffix}", "--what", what)
        assert said.code == 0, said.err
    assert json.loads((tmp_path / "x.json").read_text())[what]
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not [f for f in tmp_path.iterdir() if f.name.startswith(".kumppani-")]


def test_an_export_that_fails_leaves_the_old_file(kumppani: Run, city: Graph, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old")
    assert kumppani("export", "x.csv", "--department", "Nobody").code == 2
    assert (tmp_path / "x.csv").read_text() == "old"
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["x.csv"]


def test_the_whole_graph_for_the_offline_importer(kumppani: Run, city: Graph, tmp_path: Path) -> None:
    said = kumppani("export", "all", "--neo4j-admin")
    assert said.code == 0, said.err
    assert said.out == "neo4j-admin database import full neo4j @import.args\n"
    assert "--nodes=./Partner.csv" in (tmp_path / "all" / "import.args").read_text()
    assert '"p-tallinn"' in (tmp_path / "all" / "Contact-WITH_PARTNER-Partner.csv").read_text()


def test_graphml_and_map(kumppani: Run, city: Graph, tmp_path: Path) -> None:
    assert kumppani("export", "x.GraphML").code == 0
    assert b"partner:p-tallinn" in (tmp_path / "x.GraphML").read_bytes()
    said = kumppani("map", "--partner", "Tallinn", "--hops", "2", "-o", "map.html")
    assert said.code == 0, said.err
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "p-tallinn" in page
    assert world.HOSTILE not in page
    kumppani("map", "-o", "whole.html")
    assert world.HOSTILE not in (tmp_path / "whole.html").read_text(encoding="utf-8")


def test_load_reports_and_repeats(kumppani: Run, city: Graph, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(CONTACTS)
    dry = json.loads(kumppani("load", "c.csv", "--mapping", "contacts", "--dry-run", "--json").out)
    assert dry["dry_run"] is True
    said = kumppani("load", "c.csv", "--mapping", "contacts")
    # Quarantined rows are accounted for: that is no failure.
    assert said.code == 0, said.err
    assert "Urban Enviroment Division" in said.out
    assert "Urban Environment Division" in said.out
    again = json.loads(kumppani("load", "c.csv", "--mapping", "contacts", "--json").out)["files"][0]
    assert (again["rows"], again["unchanged"], again["quarantined"]) == (2, 1, 1)
    listed = json.loads(kumppani("loads", "--json").out)["loads"]
    assert len(listed) == 3
    assert "c.csv" in kumppani("loads").out


def test_template_is_a_workbook(kumppani: Run, tmp_path: Path) -> None:
    said = kumppani("template", "contacts", "contacts.xlsx")
    assert said.code == 0, said.err
    assert (tmp_path / "contacts.xlsx").read_bytes()[:2] == b"PK"
    # What somebody filled in is not written over.
    assert kumppani("template", "contacts", "contacts.xlsx").code == 2


def test_rebuild_and_doctor(kumppani: Run, city: Graph) -> None:
    before = city.canonical_dump()
    said = kumppani("rebuild")
    assert said.code == 0, said.err
    assert "5 findings" in said.err
    assert city.canonical_dump() == before
    said = kumppani("doctor")
    assert said.code == 0, said.out
    assert "NOT OK" not in said.out


def test_a_store_that_is_gone_is_exit_code_1(kumppani: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUMPPANI_NEO4J_URI", "bolt://127.0.0.1:1")
    monkeypatch.setenv("KUMPPANI_DEADLINE_SECONDS", "0.2")
    said = kumppani("who-talks-to", "Tallinn")
    assert said.code == 1
    assert "cannot be reached" in said.err
    assert "Traceback" not in said.err


def test_a_setting_that_does_not_fit(kumppani: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUMPPANI_NEO4J_PORT", "many")
    said = kumppani("doctor")
    assert said.code == 2
    assert "KUMPPANI_NEO4J_PORT" in said.err


def test_what_nobody_foresaw_is_an_incident(kumppani: Run, tmp_path: Path, city: Graph) -> None:
    city.store.admin("MATCH (p:Partner {id: 'p-tallinn'}) SET p.name = 7 RETURN 1")
    try:
        said = kumppani("who-talks-to", "p-tallinn")
    finally:
        city.store.admin("MATCH (p:Partner {id: 'p-tallinn'}) SET p.name = 'Tallinn' RETURN 1")
    assert said.code == 1
    assert "incident" in said.err
    assert "Traceback" not in said.err
    assert "Traceback" in (tmp_path / "data" / "logs" / "cli.log").read_text()


def test_a_reader_that_goes_away(env: dict[str, str], city: Graph) -> None:
    command = subprocess.Popen(
        [*COMMAND, "findings", "--json"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.close()
    said = command.stderr.read()
    assert command.wait(timeout=120) == 0
    assert said == b""
