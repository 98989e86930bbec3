"""The measurements: each figure beside its yardstick from the same run, and the ratio that is aimed at."""

from __future__ import annotations

import json
import platform
import statistics
import sys
import tempfile
import urllib.parse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil
from rich.console import Console

from api.bench import check, hidden, importer, naming, rules
from api.bench.city import BARE, City, bare_rows, changed, city, partner_id, prepare, write_csv
from api.bench.figures import ASKED, Line, show, timed, times
from api.bench.loading import in_process
from api.bench.served import Served, bare_question
from api.cli.common import run_steadily
from graph import Graph, open_graph
from graph.facts import Fact, Link
from graph.names import alias_id
from graph.settings import Settings

SIZES = (10_000, 200_000)
BATCH = 2_000
CHANGES = 15  # refreshes timed
UNTIMED = 5  # refreshes before them: the first ones find statements that have not been planned yet
WARMING = 20_000  # contacts written before anything is measured
CHANGED = 100  # rows that a later file changes
AIMED = 200_000  # contacts from where on figures have an aim: of few, starting and asking cost more than records do


def run(sizes: Sequence[int] = SIZES, out: Path | None = None) -> list[Line]:
    """Measure cities of these sizes in a store of the run's own and print the tables.

    Args:
        out: also write the figures there as JSON.
    """
    console = Console(width=None if sys.stdout.isatty() else 160)
    everything: list[Line] = []
    by_size: dict[int, list[Line]] = {}
    with tempfile.TemporaryDirectory(prefix="kumppani-bench-") as folder:
        settings = Settings(data=Path(folder), neo4j_uri="", store_idle_minutes=1)
        with open_graph(settings=settings) as graph:
            run_steadily()
            version = graph.store.read("CALL dbms.components() YIELD versions RETURN versions[0] AS v")[0][
                "v"
            ]
            console.print(
                f"{platform.machine()}, {psutil.cpu_count()} cores, {psutil.virtual_memory().total >> 30} GiB, "
                f"Python {platform.python_version()}, Neo4j {version}"
            )
            with console.status("warming up"):
                # Otherwise the first thing that is measured pays for the start of the Java machine: both ways of
                # loading, and a later file, go through it once.
                small = city(WARMING)
                prepare(graph, small)
                _bare(graph, small)
                wipe(graph)
                prepare(graph, small)
                for warming in (small, changed(small, CHANGED)):
                    in_process(graph, write_csv(warming, Path(folder) / "warming.csv"))
            for size in sizes:
                lines = _city(graph, size, Path(folder), console)
                if size < AIMED:
                    lines = [replace(line, aim=None) for line in lines]
                show(console, f"{size:,} contacts", lines)
                everything += lines
                by_size[size] = lines
            if grown := _growth(by_size):
                show(console, "growth", grown)
                everything += grown
            with console.status(f"{naming.PARTNERS:,} names: asking, matching, merging"):
                wipe(graph)
                lines = naming.lines(graph)
            show(console, f"{naming.PARTNERS:,} partners", lines)
            everything += lines
        from graph.local import stop

        stop(settings)
    if out is not None:
        out.write_text(json.dumps([line.__dict__ for line in everything], indent=1), encoding="utf-8")
    return everything


def _growth(by_size: dict[int, list[Line]]) -> list[Line]:
    """What the largest city takes, against the smallest of those that have aims."""
    sizes = sorted(size for size in by_size if size >= AIMED)
    if len(sizes) < 2:
        return []
    few, many = sizes[0], sizes[-1]
    out = []
    for what, per_contact, aim in (
        (rules.FIRST_BUILD, True, 1.0),
        ("who-talks-to over HTTP, p50", False, 1.5),
        ("who-talks-to over HTTP, p99", False, 1.5),
    ):
        small, large = (next(x for x in by_size[size] if x.what.startswith(what)) for size in (few, many))
        times_as_long = float(large.figure.split()[0]) / float(small.figure.split()[0])
        out.append(
            Line(
                f"{what}{', a contact' if per_contact else ''}, at {many:,} against {few:,}",
                large.figure,
                small.figure,
                times_as_long * few / many if per_contact else times_as_long,
                aim,
            )
        )
    return out


def _city(graph: Graph, size: int, folder: Path, console: Console) -> list[Line]:
    with console.status(f"{size:,} contacts: making the city"):
        made = city(size)
        file = write_csv(made, folder / f"contacts-{size}.csv")
    with console.status(f"{size:,} contacts: bare UNWIND + CREATE"):
        wipe(graph)
        prepare(graph, made)
        bare = timed(lambda: _bare(graph, made))
    with console.status(f"{size:,} contacts: loading the file"):
        wipe(graph)
        prepare(graph, made)
        first = in_process(graph, file)
        again = in_process(graph, file)
        later = in_process(graph, write_csv(changed(made, CHANGED), folder / f"later-{size}.csv"))
        read = timed(lambda: _read(file))
    taken = first.seconds
    lines = [
        Line(
            "load from CSV, derived graph included",
            f"{taken:.1f} s",
            f"bare UNWIND + CREATE {bare:.1f} s",
            taken / bare,
            2.5,
        ),
        Line("pandas.read_csv alone", f"{read:.1f} s", f"first load {taken:.1f} s", read / taken),
        Line(
            "a row at the end, against one at the beginning",
            f"{1e6 * first.late:.0f} µs",
            f"{1e6 * first.early:.0f} µs",
            first.late / first.early if first.early else None,
            1.3,
        ),
        Line("derived graph at the end of the load", f"{first.derive:.1f} s", "", first.derive, 60.0, "s"),
        Line("memory of the loading process at most", f"{first.peak:.0f} MB", "", first.peak, 700.0, "MB"),
        Line(
            "the same file again",
            f"{again.seconds:.1f} s",
            f"first load {taken:.1f} s",
            again.seconds / taken,
        ),
        Line(
            f"a file with {later.changed:,} of {later.rows:,} rows changed",
            f"{later.seconds:.1f} s",
            f"first load {taken:.1f} s",
            later.seconds / taken,
            0.05,
        ),
    ]
    with console.status(f"{size:,} contacts: rebuilding, refreshing"):
        graph.rebuild()
        rebuild = graph.rebuild()
        pandas = timed(lambda: _pandas(file))
        lines.append(
            Line(
                f"full rebuild ({rebuild.ties:,} ties, {rebuild.findings:,} findings)",
                f"{rebuild.seconds:.1f} s",
                f"pandas read_csv + groupby {pandas:.1f} s",
                rebuild.seconds,
                10.0,
                "s",
            )
        )
        lines += _refreshes(graph, made)
        lines += rules.lines(graph, file)
    with console.status(f"{size:,} contacts: asking over HTTP"):
        lines += _questions(graph, made)
    with console.status(f"{size:,} contacts: writing hidden ones"):
        lines += _hidden(graph, made)
    if size >= AIMED:
        # Last: the disk and the memory of the store are busy with it for a while.
        with console.status(f"{size:,} contacts: Neo4j's own importer"):
            lines += importer.lines(graph, folder, taken)
    return lines


def _hidden(graph: Graph, made: City) -> list[Line]:
    """How far the answers of one who may not see them move when the busiest partner gets many hidden contacts."""
    partner = partner_id(made.partners[0])
    return [
        Line(
            f"{line.what}, {hidden.HIDDEN:,} hidden contacts later",
            f"{1000 * line.after:.1f} ms",
            f"before {1000 * line.before:.1f} ms; of another partner {line.machine:.2f} times as long",
            1 + line.moved,
            1 + hidden.MOST,
        )
        for line in hidden.hidden(
            graph,
            partner=partner,
            other=partner_id(made.partners[1]),
            department="department-00",
            area="area-0",
            day=graph.day(),
        )
    ]


def wipe(graph: Graph) -> None:
    for query in (
        "MATCH ()-[r]->() WITH r LIMIT 20000 DELETE r RETURN count(*) AS n",
        "MATCH (n) WHERE NOT n:Schema WITH n LIMIT 10000 DELETE n RETURN count(*) AS n",
    ):
        while graph.store.admin(query)[0]["n"]:
            pass


def _bare(graph: Graph, made: City) -> None:
    rows = bare_rows(made)
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        graph.store.write(lambda tx, part=part: tx.run(BARE, rows=part))  # type: ignore[misc]


def _pandas(file: Path) -> None:
    import pandas as pd

    frame = pd.read_csv(file)
    frame.groupby(["Departments", "Partners", "Status"])["Date"].agg(["count", "min", "max"])


def _read(file: Path) -> None:
    import pandas as pd

    pd.read_csv(file)


def _refreshes(graph: Graph, made: City) -> list[Line]:
    counts: dict[str, int] = {}
    for row in made.rows:
        counts[row["Partners"]] = counts.get(row["Partners"], 0) + 1
    ranked = sorted(counts, key=lambda p: -counts[p])
    out = []
    for what, partner, aim in (
        ("an ordinary partner", ranked[len(ranked) // 2], 50.0),
        ("the busiest partner", ranked[0], 500.0),
    ):
        pid = partner_id(partner)
        took = []
        for n in range(UNTIMED + CHANGES):
            links = (
                Link("MADE_BY", f"department-{n:02d}"),
                Link("WITH_PARTNER", pid),
                Link("ABOUT", "area-1", label="Area"),
            )
            graph.write(
                [Fact("Contact", properties={"date": "2026-01-15"}, links=links)], load="", source="bench"
            )
            took.append(1000 * timed(graph.refresh))
        took = took[UNTIMED:]
        p50 = statistics.median(took)
        out.append(
            Line(
                f"refresh after one new contact, {what} ({counts[partner]:,} contacts)",
                f"p50 {p50:.0f} ms, worst {max(took):.0f} ms",
                "",
                p50,
                aim,
                "ms",
            )
        )
    return out


# --- questions over HTTP ---


_COUNT = (
    "MATCH (a:Alias {id: $alias})-[:NAMES]->(p:Partner)<-[:WITH_PARTNER]-(c:Contact)-[:MADE_BY]->(d:Department) "
    "RETURN d.id AS id, d.name AS name, count(CASE c.status WHEN 'held' THEN 1 END) AS held, "
    "count(CASE c.status WHEN 'planned' THEN 1 END) AS planned, min(c.lo) AS first, max(c.hi) AS last"
)


_WHO = "/api/v1/who-talks-to?name="


def _questions(graph: Graph, made: City) -> list[Line]:
    # Every fourth question is about one of the busiest, the rest go through all ranks.
    step = max(1, len(made.partners) // ASKED)
    names = [made.partners[0] if k % 8 == 0 else made.partners[1] if k % 8 == 4 else made.partners[k * step % len(made.partners)]
             for k in range(ASKED)]  # fmt: skip
    one = times(lambda k: bare_question(graph))
    count = times(lambda k: graph.store.read(_COUNT, alias=alias_id("Partner", names[k])))
    with Served(graph) as served:
        http_times = times(lambda k: served.get(_WHO + urllib.parse.quote(names[k])))
        misspelt = naming.misspelt(names, ASKED)
        unheard = times(lambda k: served.get(_WHO + urllib.parse.quote(misspelt[k])))
        checks = check.measured(graph, names, served.get)
        memory = served.memory()
    return [
        Line(
            "who-talks-to over HTTP, p50",
            f"{http_times[0]:.1f} ms",
            f"bare RETURN 1 {one[0]:.1f} ms",
            http_times[0] / one[0],
            4.0,
        ),
        Line(
            "who-talks-to over HTTP, p99",
            f"{http_times[1]:.1f} ms",
            f"bare RETURN 1 {one[1]:.1f} ms",
            http_times[1] / one[1],
            4.0,
        ),
        Line(
            "who-talks-to over HTTP, p99, against the Cypher count over contacts",
            f"{http_times[1]:.1f} ms",
            f"count p50 {count[0]:.1f}, p99 {count[1]:.1f} ms",
            http_times[1] / count[1],
            0.25,
        ),
        *(
            Line(
                f"who-talks-to over HTTP by an unheard-of spelling, {at}",
                f"{took:.1f} ms",
                f"bare RETURN 1 {bare:.1f} ms",
                took / bare,
                4.0,
            )
            for at, took, bare in zip(("p50", "p99"), unheard, one, strict=True)
        ),
        Line(
            "check over HTTP, p50",
            f"{checks['check'][0]:.1f} ms",
            f"RETURN 1 {one[0]:.1f} ms, plain Cypher for the days around {checks['plain'][0]:.1f} ms",
            checks["check"][0],
            15.0,
            "ms",
        ),
        Line(
            "check over HTTP, p99",
            f"{checks['check'][1]:.1f} ms",
            f"RETURN 1 {one[1]:.1f} ms, plain Cypher for the days around {checks['plain'][1]:.1f} ms",
            checks["check"][1],
            60.0,
            "ms",
        ),
        Line("memory of the app process", f"{memory:.0f} MB", "", memory, 500.0, "MB"),
    ]
