"""Mappings: YAML files that say which column becomes which field. Checked on opening, with the line.

kind: contacts              # what a row is (see loaders.fields)
source: my-register         # its name in the keys of records
key: [reference]            # the columns that identify a row; all of `fields` by default
tell_apart: [title]         # what tells rows with the same key apart, where the key alone is too coarse
file: {sheet: Contacts, encoding: cp1252, delimiter: ";"}
fields:
  date: {column: Date, dates: [D.M.YYYY]}
  departments: {column: [Department, Toimiala], split: ";"}
  status: {column: State, values: {toteutunut: held}, default: held}
  summary: {column: Title, join: [Dossier]}
  channel: {constant: meeting}
"""

from __future__ import annotations

import codecs
import dataclasses
import hashlib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from graph.errors import BadInput
from loaders.dates import pattern
from loaders.fields import KINDS, Field, field_of
from loaders.formats.base import normal

BUILT_IN = Path(__file__).with_name("mappings")
LARGEST = 1_000_000  # bytes of a mapping
_TOP = {"kind", "source", "key", "tell_apart", "file", "fields", "title"}
_FILE = {"sheet", "encoding", "delimiter", "stray_bytes", "quote", "escape", "rows"}
_RULE = {
    "column", "constant", "join", "dates", "split", "values", "required", "default", "create", "note", "example",
}  # fmt: skip
SPLITS = ("lines", "list", "known-commas")


@dataclass(frozen=True)
class Rule:
    """How one field is filled.

    Attributes:
        columns: headings it may stand under, the first one being its proper name.
        split: separators of several values in a cell; "list" reads ['A', 'B'], "known-commas" splits at
            commas beside a name that stands alone elsewhere in the file (docs/loading.md).
        join: columns whose texts are put behind that of the first one.
        create: properties of a record that is made when the name is not known; "id" may be a pattern over the
            row's columns ("mep-{epid}"); {} makes a bare one.
    """

    field: Field
    columns: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    constant: Any = None
    dates: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    required: bool = False
    default: Any = None
    create: dict[str, str] | None = None
    note: str = ""
    example: str = ""


@dataclass(frozen=True)
class File:
    """How the file is written, where that is not plain.

    Attributes:
        sheet: the one sheet to read; all visible ones that have the columns by default.
        stray_bytes: encoding of single bytes that are not in `encoding`.
        quote: the quotation mark, "none" for none; escape: what stands before one inside a cell.
        rows: path of the list whose elements are the rows, in nested records ("activities").
    """

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    stray_bytes: str | None = None
    quote: str | None = None
    escape: str | None = None
    rows: str | None = None


@dataclass(frozen=True)
class Mapping:
    """A checked mapping."""

    name: str
    kind: str
    source: str
    key: tuple[str, ...]
    tell_apart: tuple[str, ...]
    rules: tuple[Rule, ...]
    file: File
    fingerprint: int

    @property
    def headings(self) -> tuple[str, ...]:
        read = [c for r in self.rules for c in (*r.columns, *r.join)]
        return tuple(dict.fromkeys([*read, *self.key, *self.tell_apart]))

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Groups of headings of which the header must hold one each."""
        return tuple(r.columns for r in self.rules if r.required and r.columns)


def names() -> list[str]:
    """The built-in mappings."""
    return sorted(p.stem for p in BUILT_IN.glob("*.yaml"))


def open_mapping(name: str) -> Mapping:
    """A built-in mapping by name, or the one in a YAML file.

    Raises:
        BadInput: no such mapping (nearest ones named), or a mistake in it (with its line).
    """
    path = BUILT_IN / f"{name}.yaml"
    if name not in names():
        path = Path(name)
        if path.suffix not in (".yaml", ".yml") or not path.is_file():
            near = get_close_matches(name, names(), n=2)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise BadInput(
                f"There is no mapping {name!r}.{hint} Built in: {', '.join(names())}; or give a .yaml file."
            )
    return _Checker(path).mapping()


class _Checker:
    """Reads one mapping file; every complaint names the file and the line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, node: yaml.Node | None, text: str) -> BadInput:
        line = f" line {node.start_mark.line + 1}" if node is not None else ""
        return BadInput(f"The mapping {self.path.name}{line}: {text}")

    def mapping(self) -> Mapping:
        try:
            if self.path.stat().st_size > LARGEST:
                raise self.fail(None, f"it is larger than {LARGEST:,} bytes: that is no mapping.")
            text = self.path.read_text(encoding="utf-8-sig")
            for event in yaml.parse(text, Loader=yaml.SafeLoader):
                if isinstance(event, yaml.AliasEvent):
                    mark = event.start_mark
                    line = mark.line + 1 if mark else 0
                    raise BadInput(
                        f"The mapping {self.path.name} line {line}: write *{event.anchor} out in full."
                    )
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except OSError as error:
            raise self.fail(None, f"it cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise self.fail(None, "it is not UTF-8 text.") from None
        except RecursionError:
            raise self.fail(None, "it is nested too deeply.") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" line {mark.line + 1}" if mark else ""
            raise BadInput(
                f"The mapping {self.path.name}{where} is not YAML: {getattr(error, 'problem', error)}."
            ) from None
        if root is None:
            raise self.fail(None, "it is empty.")
        top = self._dict(root, _TOP)
        for name in ("kind", "fields"):
            if name not in top:
                raise self.fail(root, f"it needs {name!r}.")
        kind = self._text(top["kind"])
        if kind not in KINDS:
            raise self.fail(top["kind"], f"there is no kind {kind!r}; {_allowed(kind, KINDS)}")
        rules = self._rules(kind, top["fields"])
        file = self._file(top["file"]) if "file" in top else File()
        key = self._columns(top["key"]) if "key" in top else ()
        tell_apart = self._columns(top["tell_apart"]) if "tell_apart" in top else ()
        if tell_apart and not key:
            raise self.fail(top["tell_apart"], "tell_apart needs a key.")
        return Mapping(
            name=self.path.stem,
            kind=kind,
            source=self._text(top["source"]) if "source" in top else self.path.stem,
            key=key,
            tell_apart=tell_apart,
            rules=rules,
            file=file,
            fingerprint=_fingerprint(kind, rules),
        )

    def _file(self, node: yaml.Node) -> File:
        own = self._dict(node, _FILE)
        out = {name: self._text(value) for name, value in own.items()}
        for name in ("encoding", "stray_bytes"):
            try:
                codecs.lookup(out.get(name, "utf-8"))
            except LookupError:
                raise self.fail(
                    own[name], f"there is no encoding {out[name]!r}; for example cp1252."
                ) from None
        for name in ("delimiter", "quote", "escape"):
            if name in out and len(out[name]) != 1 and (name, out[name]) != ("quote", "none"):
                raise self.fail(own[name], f"the {name} is {out[name]!r}; it takes one character.")
        return File(**out)

    def _columns(self, node: yaml.Node) -> tuple[str, ...]:
        out = tuple(self._texts(node))
        if not out or not all(normal(c) for c in out):
            raise self.fail(node, "here the names of columns are expected, such as [Date, Title].")
        return out

    def _rules(self, kind: str, node: yaml.Node) -> tuple[Rule, ...]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, "fields must name fields, each with its column.")
        rules = []
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise self.fail(key, f"{key.value!r} stands here twice.")
            seen.add(key.value)
            try:
                target = field_of(kind, key.value)
            except KeyError:
                known = [f.name for f in KINDS[kind]]
                raise self.fail(
                    key, f"{kind} have no field {key.value!r}; {_allowed(key.value, known)}"
                ) from None
            rules.append(self._rule(target, value))
        given = {r.field.name for r in rules}
        for f in KINDS[kind]:
            if f.required and f.name not in given:
                raise self.fail(node, f"{kind} need the field {f.name!r}.")
        return tuple(rules)

    def _rule(self, target: Field, node: yaml.Node) -> Rule:
        if isinstance(node, yaml.ScalarNode):
            return Rule(target, columns=(str(node.value),), required=target.required)
        own = self._dict(node, _RULE)
        columns = tuple(self._texts(own["column"])) if "column" in own else ()
        if not columns and "constant" not in own:
            raise self.fail(node, f"{target.name} needs a column or a constant.")
        values = {}
        if "values" in own:
            table = own["values"]
            if not isinstance(table, yaml.MappingNode):
                raise self.fail(table, "values must be pairs such as “toteutunut: held”.")
            for key, value in table.value:
                translated = self._text(value)
                if target.choices and translated not in target.choices:
                    raise self.fail(
                        value,
                        f"{target.name} takes no {translated!r}; {_allowed(translated, target.choices)}",
                    )
                values[normal(key.value)] = translated
        dates = tuple(self._texts(own["dates"])) if "dates" in own else ()
        for d in dates:
            try:
                pattern(d)
            except BadInput as error:
                raise self.fail(own["dates"], str(error)) from None
        if "constant" in own and target.choices and self._text(own["constant"]) not in target.choices:
            constant = self._text(own["constant"])
            raise self.fail(
                own["constant"], f"{target.name} takes no {constant!r}; {_allowed(constant, target.choices)}"
            )
        split = tuple(self._texts(own["split"])) if "split" in own else ()
        for s in split:
            if len(s) != 1 and s not in SPLITS:
                raise self.fail(
                    own["split"], f"split takes single characters, {', '.join(SPLITS)}; not {s!r}."
                )
        create = None
        if "create" in own:
            create = {k: self._text(v) for k, v in self._dict(own["create"], None).items()}
        return Rule(
            field=target,
            columns=columns,
            join=tuple(self._texts(own["join"])) if "join" in own else (),
            constant=self._text(own["constant"]) if "constant" in own else None,
            dates=dates,
            split=split,
            values=values,
            required=target.required or ("required" in own and self._text(own["required"]) == "true"),
            default=self._text(own["default"]) if "default" in own else None,
            create=create,
            note=self._text(own["note"]) if "note" in own else "",
            example=self._text(own["example"]) if "example" in own else "",
        )

    def _dict(self, node: yaml.Node, allowed: set[str] | None) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, "here settings are expected, such as “column: Date”.")
        out: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if allowed is not None and key.value not in allowed:
                raise self.fail(
                    key, f"there is no setting {key.value!r}; {_allowed(str(key.value), sorted(allowed))}"
                )
            if key.value in out:
                raise self.fail(key, f"{key.value!r} stands here twice.")
            out[str(key.value)] = value
        return out

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.fail(node, "here one value is expected.")
        return str(node.value)

    def _texts(self, node: yaml.Node) -> list[str]:
        if isinstance(node, yaml.SequenceNode):
            return [self._text(n) for n in node.value]
        return [self._text(node)]


def _fingerprint(kind: str, rules: tuple[Rule, ...]) -> int:
    """Equal for mappings that make the same of the same cells; notes and headings are left out."""
    content = [
        (r.field.name, r.constant, r.dates, r.split, sorted(r.values.items()), r.default, r.create)
        for r in rules
    ]
    return int.from_bytes(hashlib.blake2b(repr((kind, content)).encode(), digest_size=8).digest()) >> 1


def _allowed(name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"Allowed: {', '.join(known)}."
