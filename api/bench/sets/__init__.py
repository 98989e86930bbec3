"""Every file of the public data sets loaded twice, in one table: `python -m api.bench.sets FOLDER`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from graph import Graph, open_graph
from graph.answers import LoadReport
from graph.errors import BadInput
from graph.settings import Settings
from loaders import readers
from loaders.formats.base import normal
from loaders.load import load

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Set:
    """Files of one folder that are loaded in this order, each with its mapping and what it looks values up in."""

    folder: str
    files: tuple[tuple[str, str, tuple[str, ...]], ...]


def _own(name: str) -> str:
    return str(HERE / f"{name}.yaml")


SETS = (
    Set(
        "eu-mep-meetings",
        (
            ("mepmeetings_snapshot_2020-11-19.csv", "eu-mep-meetings", ()),
            ("mepmeetings.csv", "eu-mep-meetings", ()),
        ),
    ),
    Set(
        "fi-avoimuusrekisteri",
        (
            ("companies.json", "fi-avoimuus-organisations", ()),
            ("companies.json", "fi-avoimuus-memberships", ()),
            ("targets.json", "fi-avoimuus-targets", ()),
            ("activities_sample.json", "fi-avoimuus-activities", ("targets.json",)),
            ("company_stats.json", _own("company-stats"), ()),
            ("target_stats.json", _own("target-stats"), ()),
        ),
    ),
    Set(
        "twin-towns-world",
        (
            ("twin_cities_raw.csv", "twin-towns-world", ()),
            ("twin_cities_geocoded.csv", "twin-towns-world", ()),
            ("missing_cities.csv", _own("missing-cities"), ()),
        ),
    ),
    Set(
        "climactor-city-networks",
        (
            ("subnational_contextuals_database_Dec2022.csv", "climactor-actors", ()),
            ("key_dict_v100_names.csv", "climactor-names", ()),
            ("country_dict_Oct2023.csv", _own("country-names"), ()),
        ),
    ),
    Set("city-aliases-geonames", (("city_aliases_europe.csv", "city-aliases", ()),)),
    Set("name-matching", (("nomenklatura_name_bench_cases.csv", _own("name-pairs"), ()),)),
)


@dataclass(frozen=True)
class Line:
    """What became of a file's rows, the first time and the second; or why it was refused."""

    file: str
    mapping: str
    rows: int = 0
    loaded: int = 0
    unchanged: int = 0
    repeated: int = 0
    quarantined: int = 0
    again: int = 0  # rows that a second load took: none
    refused: str = ""

    @property
    def adds_up(self) -> bool:
        return self.rows == self.loaded + self.unchanged + self.repeated + self.quarantined


def run(folder: Path, only: str = "", *, page: bool = False) -> list[Line]:
    """Load all sets of a folder (or one) into a store of the run's own, and print the table (or as a page's)."""
    out: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="kumppani-sets-") as name:
        settings = Settings(data=Path(name), neo4j_uri="", store_idle_minutes=1)
        with open_graph(settings=settings) as graph:
            for one in SETS:
                if only in ("", one.folder) and (folder / one.folder).is_dir():
                    empty(graph)
                    out += lines(graph, folder, one)
            if only in ("", "torture"):
                empty(graph)
                out += torture(graph, folder / "torture", Path(name))
        from graph.local import stop

        stop(settings)
    if page:
        print(_page(out))
    else:
        _print(out)
    return out


def lines(graph: Graph, folder: Path, one: Set) -> Iterator[Line]:
    """The files of a set, each loaded twice, in order."""
    for file, mapping, beside in one.files:
        paths = [folder / one.folder / f for f in (file, *beside)]
        began = time.monotonic()
        yield _twice(graph, f"{one.folder}/{file}", paths, mapping)
        print(f"{file} ({Path(mapping).stem}): {time.monotonic() - began:.0f} s", file=sys.stderr)


def _twice(graph: Graph, file: str, paths: list[Path], mapping: str) -> Line:
    first, second = load(graph, paths, mapping), load(graph, paths, mapping)

    def total(report: LoadReport, name: str) -> int:
        return sum(int(getattr(f, name)) for f in report.files)

    return Line(
        file,
        Path(mapping).stem,
        total(first, "rows"),
        total(first, "loaded"),
        total(first, "unchanged"),
        total(first, "repeated"),
        total(first, "quarantined"),
        again=total(second, "loaded"),
    )


def torture(graph: Graph, folder: Path, scratch: Path) -> Iterator[Line]:
    """The parser fixtures: by the mapping of their set, or one that takes a column of texts for partners' names."""
    for path in sorted(p for p in folder.glob("*/*") if p.suffix != ".md"):
        name = f"torture/{path.parent.name}/{path.name}"
        try:
            if path.parent.name == "libhxl":
                try:
                    yield _twice(graph, name, [path], "libhxl-3w")
                    continue
                except BadInput:
                    pass  # a sheet without tags, or of another kind
            mapping = scratch / "first column.yaml"
            mapping.write_text(yaml.safe_dump(_by_first_column(path), allow_unicode=True), encoding="utf-8")
            yield _twice(graph, name, [path], str(mapping))
        except BadInput as error:
            yield Line(name, "", refused=str(error))


def _by_first_column(path: Path) -> dict[str, object]:
    table = readers.read(readers.Request(path, (), (), guess=True))
    batch = next(iter(table.batches), [])
    table.close()
    texts = [
        str(h)
        for i, h in enumerate(table.header)
        if normal(h) and (not batch or any(i < len(c) and isinstance(c[i], str) for _, c in batch))
    ]
    heading = next(iter(texts), str(next(h for h in table.header if normal(h))))
    fields = {"name": {"column": heading, "required": True}}
    return {"kind": "partners", "source": path.name, "join_same": True, "fields": fields}


def empty(graph: Graph) -> None:
    """Delete everything but the schema."""
    for query in (
        "MATCH ()-[r]->() WITH r LIMIT 20000 DELETE r RETURN count(*) AS n",
        "MATCH (n) WHERE NOT n:Schema WITH n LIMIT 10000 DELETE n RETURN count(*) AS n",
    ):
        while graph.store.admin(query)[0]["n"]:
            pass


NUMBERS = ("rows", "loaded", "unchanged", "repeated", "quarantined")


def _page(out: list[Line]) -> str:
    """The table in Markdown."""
    rows = [["file", "mapping", *NUMBERS, "again"], ["---"] * 8]
    for line in out:
        if line.refused:
            said = line.refused.partition(": ")[2].replace("|", "\\|")
            rows.append([f"`{line.file}`", f"refused: {said}", *[""] * 6])
        else:
            numbers = [f"{getattr(line, n):,}" for n in NUMBERS]
            rows.append([f"`{line.file}`", f"`{line.mapping}`", *numbers, f"{line.again:,}"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _print(out: list[Line]) -> None:
    names = NUMBERS
    table = Table(title="Every row accounted for", box=None)
    for column in ("file", "mapping", *names, "adds up", "again"):
        table.add_column(column, justify="right" if column in (*names, "again") else "left", overflow="fold")
    for line in out:
        if line.refused:
            table.add_row(line.file, "refused: " + line.refused.partition(": ")[2][:60], *[""] * 7)
        else:
            numbers = [f"{getattr(line, n):,}" for n in names]
            table.add_row(
                line.file, line.mapping, *numbers, "yes" if line.adds_up else "NO", f"{line.again:,}"
            )
    Console(width=150).print(table)
