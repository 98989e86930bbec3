"""The whole graph as files of Neo4j's own offline importer, `neo4j-admin database import full`.

Filling an empty store of one's own with millions of records goes through no transaction that way. Facts, what
is derived from them, and the store's own bookkeeping go along, so that nothing has to be computed again. Only
the schema's version stays behind: without it the first Kumppani that opens the new store makes what the importer
does not make, constraints, indexes, and lists with nothing in them.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from graph import schema
from graph.errors import BadInput, Conflict, StoreError
from graph.store import Store
from graph.viewer import Viewer

Progress = Callable[[int, int | None, str], None]

ARGUMENTS = "import.args"
BETWEEN = "\x1f"  # between the values of one cell; no text that was cleaned holds it
_PAGE = 5_000
_BUFFER = 4 * 1024 * 1024  # characters of a cell that the importer takes unless told otherwise
_OURS = {label.name for label in schema.LABELS}
_LEFT = {"Schema": {"version"}}
_EMPTY = "_empty"  # names the properties of a record that are empty lists, until `finish` has made them so
_TYPES = {"STRING": "string", "INTEGER": "long", "FLOAT": "double", "BOOLEAN": "boolean"}
_LIST = re.compile(r"LIST<(\w+).*>")


@dataclass(frozen=True)
class Offline:
    """What was written, and the command that imports it, to be run in the folder."""

    folder: Path
    files: int
    nodes: int
    relationships: int
    command: str


def export_offline(store: Store, viewer: Viewer, folder: Path, progress: Progress | None = None) -> Offline:
    """Write the whole graph into a new folder, which is there whole or not at all.

    Raises:
        BadInput: there is something of that name already, or no folder that it could stand in.
        Conflict: somebody wrote to the graph meanwhile, so that the files would not fit together.
    """
    viewer.require("admin", "export the whole graph")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} is there already; name a new folder.")
    if not folder.absolute().parent.is_dir():
        raise BadInput(f"There is no folder {folder.parent}.")
    part = Path(tempfile.mkdtemp(prefix=".kumppani-", dir=folder.absolute().parent))
    try:
        writes = _writes(store)
        tables = _Tables(part, *_surveyed(store))
        try:
            _write_all(store, tables, progress)
        finally:
            tables.close()
        if _writes(store) != writes:
            raise Conflict(
                "Somebody wrote to the graph while it was exported, so the files would not fit together: nothing "
                "was kept. Export it again when nobody loads or edits."
            )
        (part / ARGUMENTS).write_text("\n".join(tables.arguments()) + "\n", encoding="utf-8")
        part.chmod(0o755)
        part.replace(folder)  # an empty folder may be replaced
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    command = f"neo4j-admin database import full {store.database} @{ARGUMENTS}"
    return Offline(folder, len(tables.open), tables.nodes, tables.relationships, command)


def _writes(store: Store) -> int:
    """Each write leaves an Operation."""
    return int(store.read("MATCH (o:Operation) RETURN count(o) AS n")[0]["n"])


# --- which columns there are ---

Columns = dict[str, set[str]]  # property -> types it is stored as
Key = tuple[str, ...]  # (label) of nodes; (label, type, label) of relationships


def _surveyed(store: Store) -> tuple[dict[Key, Columns], int]:
    """The properties of every kind of node and relationship as they are stored, and how many nodes there are."""
    out: dict[Key, Columns] = {}
    total = 0
    for label in _OURS:
        total += store.read(f"MATCH (n:{label}) RETURN count(n) AS n")[0]["n"]
        columns = out.setdefault((label,), {})
        for row in store.read(
            f"MATCH (n:{label}) UNWIND keys(n) AS key RETURN key, collect(DISTINCT valueType(n[key])) AS types"
        ):
            columns[row["key"]] = {_type(t, f"{label}.{row['key']}") for t in row["types"]}
        for row in store.read(
            f"MATCH (:{label})-[r]->(b) UNWIND CASE WHEN size(keys(r)) = 0 THEN [null] ELSE keys(r) END AS key "
            "RETURN type(r) AS edge, labels(b) AS labels, key, "
            "collect(DISTINCT CASE WHEN key IS NOT NULL THEN valueType(r[key]) END) AS types"
        ):
            of = out.setdefault((label, row["edge"], _main(row["labels"])), {})
            if row["key"] is not None:
                where = f"{row['edge']}.{row['key']}"
                of.setdefault(row["key"], set()).update(_type(t, where) for t in row["types"])
    return out, total


def _main(labels: list[str]) -> str:
    return next(name for name in labels if name in _OURS)


def _type(said: str, where: str) -> str:
    """The importer's word for what the database calls the type of a value; "[]" for an empty list."""
    said = said.removesuffix(" NOT NULL")
    if said in _TYPES:
        return _TYPES[said]
    inner = _LIST.fullmatch(said)
    if inner and inner[1] == "NOTHING":
        return "[]"
    if inner and inner[1] in _TYPES:
        return f"{_TYPES[inner[1]]}[]"
    raise StoreError(f"{where} holds a {said}, which Kumppani never writes: it cannot be exported.")


def _type_of(value: Any) -> str:
    """The same of a value."""
    if isinstance(value, list):
        return f"{_type_of(value[0])}[]" if value else "[]"
    words = {bool: "boolean", int: "long", float: "double", str: "string"}
    return words[type(value)]


# --- files ---


class _Table:
    """One file. Its columns have one type each."""

    def __init__(self, path: Path, lead: list[str], types: dict[str, str]) -> None:
        self.name = path.name
        self.types = types
        self.longest = 0
        self.emptied = False  # some record here has an empty list
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="")
        self._write([*lead, *(f"{name}:{type}" for name, type in types.items())])

    def add(self, lead: list[str], properties: dict[str, Any]) -> None:
        cells = [_quoted(text) for text in lead]
        if empty := [name for name, value in properties.items() if value == []]:
            self.emptied = True
            properties = {**properties, _EMPTY: sorted(empty)}
        cells += [_cell(properties.get(name), self.name, name) for name in self.types]
        self.longest = max(self.longest, *map(len, cells))
        self._write(cells)

    def _write(self, cells: list[str]) -> None:
        self._file.write(",".join(cells) + "\n")

    def close(self) -> None:
        self._file.close()


class _Tables:
    """The files, opened as records for them come up."""

    def __init__(self, folder: Path, columns: dict[Key, Columns], total: int) -> None:
        self.folder = folder
        self.total = total
        self.nodes = self.relationships = 0
        self.open: dict[tuple[Key, tuple[str, ...]], _Table] = {}
        self._columns = {k: {n: t - {"[]"} or {"string[]"} for n, t in c.items()} for k, c in columns.items()}
        for key, of in columns.items():
            if any("[]" in types for types in of.values()):
                self._columns[key][_EMPTY] = {"string[]"}
        self._columns["Schema",]["emptied"] = {"string[]"}
        # Numbers that are whole here and broken there: a file for each, as a column has one type.
        self._several = {k: sorted(n for n, t in c.items() if len(t) > 1) for k, c in self._columns.items()}

    def node(self, label: str, id: str, labels: list[str], properties: dict[str, Any]) -> None:
        self.nodes += 1
        if label == "Schema":  # the last of the labels
            emptied = sorted({"-".join(key) for (key, _), table in self.open.items() if table.emptied})
            properties = {**properties, "emptied": emptied or None}
        table = self._table((label,), [f"id:ID({label})", ":LABEL"], properties)
        table.add([id, BETWEEN.join(sorted(labels, key=lambda x: (x not in _OURS, x)))], properties)

    def relationship(self, key: Key, start: str, end: str, properties: dict[str, Any]) -> None:
        self.relationships += 1
        lead = [f":START_ID({key[0]})", f":END_ID({key[2]})", ":TYPE"]
        self._table(key, lead, properties).add([start, end, key[1]], properties)

    def _table(self, key: Key, lead: list[str], properties: dict[str, Any]) -> _Table:
        # What came up after the columns were looked at is of somebody who writes meanwhile, and is told of then.
        columns, several = self._columns.get(key, {}), self._several.get(key, [])
        variant = tuple(_type_of(properties[n]) if n in properties else "" for n in several)
        table = self.open.get((key, variant))
        if table is None:
            left = _LEFT.get(key[0], set()) | ({"id"} if len(key) == 1 else set())
            chosen = dict(zip(several, variant, strict=True))
            types = {
                name: chosen.get(name) or min(types)
                for name, types in sorted(columns.items())
                if name not in left
            }
            nth = sum(k == key for k, _ in self.open)
            path = self.folder / f"{'-'.join(key)}{f'-{nth + 1}' if nth else ''}.csv"
            table = self.open[key, variant] = _Table(path, lead, types)
        return table

    def close(self) -> None:
        for table in self.open.values():
            table.close()

    def arguments(self) -> list[str]:
        """The importer's arguments, one a line, for use in the folder."""
        said = []
        for (key, _), table in sorted(self.open.items(), key=lambda x: (len(x[0][0]), x[1].name)):
            said.append(f"--{'nodes' if len(key) == 1 else 'relationships'}=./{table.name}")
        # Each record is whole here: one that the importer cannot take is a fault, not something to pass over.
        said += ["--array-delimiter=U+001F", "--multiline-fields=true", "--bad-tolerance=0"]
        longest = max((t.longest for t in self.open.values()), default=0)
        if longest > _BUFFER // 2:
            said.append(f"--read-buffer-size={longest * 4}")
        return said


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _cell(value: Any, table: str, name: str) -> str:
    """A value as the importer reads it back: what is not there is empty, an empty text is quoted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        texts = [v if isinstance(v, str) else _cell(v, table, name) for v in value]
        if texts == [""] or any(BETWEEN in t for t in texts):
            raise StoreError(f"A list in {table}, {name}, cannot be written so that it reads back as it is.")
        return _quoted(BETWEEN.join(texts))
    return repr(value)


# --- records ---


def _write_all(store: Store, tables: _Tables, progress: Progress | None) -> None:
    for label in schema.LABELS:
        for row in _pages(store, label.name):
            tables.node(label.name, row["id"], row["labels"], row["p"])
            for edge, labels, end, own in row["out"]:
                tables.relationship((label.name, edge, _main(labels)), row["id"], end, own)
            if progress and tables.nodes % _PAGE == 0:
                progress(tables.nodes, max(tables.total, tables.nodes), label.name)


def _pages(store: Store, label: str) -> Iterator[dict[str, Any]]:
    """The nodes of a label, each with what leads from it, in the order of their ids."""
    after = ""
    while rows := store.read(
        f"MATCH (n:{label}) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $page RETURN n.id AS id, labels(n) AS labels, "
        "properties(n) AS p, [(n)-[r]->(b) | [type(r), labels(b), b.id, properties(r)]] AS out ORDER BY id",
        after=after,
        page=_PAGE,
    ):
        yield from rows
        after = rows[-1]["id"]


# --- in the new store ---


def finish(store: Store) -> None:
    """Make the empty lists that the importer could not make; may run again after an interruption."""
    rows = store.read("MATCH (s:Schema) UNWIND s.emptied AS key RETURN key ORDER BY key")
    for key in (row["key"].split("-") for row in rows):
        pattern = f"(n:{key[0]})" if len(key) == 1 else f"(:{key[0]})-[n:{key[1]}]->(:{key[2]})"
        names = store.read(
            f"MATCH {pattern} WHERE n.{_EMPTY} IS NOT NULL UNWIND n.{_EMPTY} AS name RETURN DISTINCT name"
        )
        if not names:
            continue
        made = ", ".join(
            f"n.`{x}` = CASE WHEN '{x}' IN n.{_EMPTY} THEN [] ELSE n.`{x}` END"
            for x in (r["name"] for r in names)
        )
        store.admin(
            f"MATCH {pattern} WHERE n.{_EMPTY} IS NOT NULL CALL (n) {{ SET {made} REMOVE n.{_EMPTY} }} "
            "IN TRANSACTIONS OF 5000 ROWS"
        )
    if rows:
        store.once("MATCH (s:Schema) REMOVE s.emptied")
