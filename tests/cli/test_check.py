"""The check from the command line, and single records: exit codes, JSON, sentences."""

from __future__ import annotations

import json

from graph import Graph
from tests.cli.conftest import Run

FAR = "2190-03-01"


def test_exit_codes(city: Graph, kumppani: Run) -> None:
    clear = kumppani("check", "--department", "abroad", "--partner", "Tallinna", "--date", FAR, "--json")
    assert clear.code == 0, clear.err
    assert json.loads(clear.out)["verdict"] == "clear"
    blocked = kumppani("check", "--department", "KYMP", "--partner", "Saint Petersburg", "--date", FAR)
    assert blocked.code == 4
    assert "Blocked." in blocked.out
    done = kumppani("record", json.loads(clear.out)["receipt"])
    assert done.code == 0, done.err
    assert "as the check foretold" in done.err
    found = kumppani(
        "check", "--department", "KUVA", "--partner", "Tallinna", "--date", FAR, "--area", "Ilmasto", "--json"
    )
    other = kumppani("record", json.loads(found.out)["receipt"], "--json")
    assert other.code == 0
    joins = kumppani(
        "check",
        "--department",
        "abroad",
        "--partner",
        "Tallinna",
        "--date",
        FAR,
        "--area",
        "Ilmasto",
        "--json",
    )
    assert joins.code == 3, joins.out
    assert json.loads(joins.out)["verdict"] == "inform"
    unsure = kumppani("check", "--department", "KYMP", "--partner", "Tallnn", "--date", FAR)
    assert unsure.code == 2
    assert "p-tallinn" in unsure.out
    past = kumppani("check", "--department", "KYMP", "--partner", "Tallinna", "--date", "2020-01-01")
    assert past.code == 2
    assert "is past" in past.err


def test_why_not(city: Graph, kumppani: Run) -> None:
    said = kumppani("why-not", "O1", "c-01", "c-03")
    assert said.code == 0, said.err
    assert "no   Both are about the same priority area." in said.out
    assert "The rule does not find this." in said.out
    found = kumppani("why-not", "C1", "s-for", "s-against", "--json")
    assert json.loads(found.out)["linked"]
    assert kumppani("why-not", "C1", "c-01", "c-03").code == 2


def test_single_records(city: Graph, kumppani: Run) -> None:
    made = kumppani(
        "enter", "contacts", f"date={FAR}", "departments=KYMP", "partners=Tallinna", "purposes=inform",
        "purposes=learn", "--json",
    )  # fmt: skip
    assert made.code == 0, made.err
    entry = json.loads(made.out)
    assert entry["fields"]["purposes"] == ["inform", "learn"]
    changed = kumppani("change", "contacts", entry["id"], "channel=call", "--if-match", entry["version"])
    assert changed.code == 0, changed.err
    late = kumppani("change", "contacts", entry["id"], "channel=letter", "--if-match", entry["version"])
    assert late.code == 1
    assert "local changed channel" in late.err
    assert kumppani("cancel", entry["id"]).code == 0
    shown = kumppani("show", "contacts", entry["id"], "--json")
    assert json.loads(shown.out)["fields"]["status"] == "cancelled"
    gone = kumppani("delete", "contacts", entry["id"])
    assert gone.code == 0
    assert kumppani("show", "contacts", entry["id"]).code == 2
    for arguments, word in (
        (("enter", "contacts", "date"), "FIELD=VALUE"),
        (("enter", "contacts", f"date={FAR}", "date=2026-01-01"), "twice"),
        (("enter", "resources", "name=Seats", "capacity=many"), "not a number"),
        (("enter", "opinions", "a=b"), "positions"),
        (("enter", "contacts", f"date={FAR}", "departments=Nowhere", "partners=Tallinna"), "Nowhere"),
    ):
        said = kumppani(*arguments)
        assert said.code == 2, said
        assert word in said.err
