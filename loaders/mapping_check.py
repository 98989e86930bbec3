"""Checking a mapping file; every complaint names the file and the line."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from graph.errors import BadInput
from loaders import settings
from loaders.dates import pattern
from loaders.fields import ENDS, KINDS, Field, field_of
from loaders.formats.base import normal
from loaders.mapping import SPLITS, Also, File, Lookup, Mapping, Other, Rule

LARGEST = 1_000_000  # bytes of a mapping
PICKS = ("first", "last", "smallest", "largest")


def checked(path: Path) -> Mapping:
    """The mapping in a YAML file; BadInput for a mistake in it, with its line."""
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
        return self._mapping(root)

    def _mapping(self, root: yaml.Node) -> Mapping:
        top = self._dict(root, settings.TOP)
        kind, rules = self._kind_and_rules(root, top)
        key = self._columns(top["key"]) if "key" in top else ()
        tell_apart = self._columns(top["tell_apart"]) if "tell_apart" in top else ()
        complete = "complete" in top and self._truth(top["complete"])
        if complete and kind not in ENDS:
            raise self.fail(top["complete"], f"{kind} cannot be marked as ended: leave complete out.")
        if tell_apart and not key:
            raise self.fail(top["tell_apart"], "tell_apart needs a key.")
        source = self._text(top["source"]) if "source" in top else self.path.stem
        lookups = self._lookups(top["lookups"]) if "lookups" in top else ()
        empty = frozenset(self._texts(top["empty"])) if "empty" in top else frozenset()
        also = self._also(top["also"], source, empty) if "also" in top else ()
        known = {x.name for x in lookups}
        for rule in (r for m in (rules, *(a.mapping.rules for a in also)) for r in m):
            if rule.lookup and rule.lookup.name not in known:
                raise self.fail(
                    top["fields"],
                    f"there is no look-up {rule.lookup.name!r} under “lookups”, which {rule.field.name} uses.",
                )
        made = Mapping(
            name=self.path.stem,
            kind=kind,
            source=source,
            key=key,
            tell_apart=tell_apart,
            rules=rules,
            file=self._file(top["file"]) if "file" in top else File(),
            fingerprint=_fingerprint(kind, rules),
            title=self._text(top["title"]) if "title" in top else "",
            join_same="join_same" in top and self._truth(top["join_same"]),
            complete=complete,
            empty=empty,
            lookups=lookups,
            also=also,
        )
        if also or empty:
            further = repr([sorted(empty)]) + repr(
                [(a.each, a.split, a.mapping.fingerprint, a.mapping.key) for a in also]
            )
            made = replace(made, fingerprint=_hashed((made.fingerprint, further)))
        return made

    def _kind_and_rules(self, node: yaml.Node, top: dict[str, yaml.Node]) -> tuple[str, tuple[Rule, ...]]:
        for name in ("kind", "fields"):
            if name not in top:
                raise self.fail(node, f"it needs {name!r}.")
        kind = self._text(top["kind"])
        if kind not in KINDS:
            raise self.fail(top["kind"], f"there is no kind {kind!r}; {_allowed(kind, KINDS)}")
        return kind, self._rules(kind, top["fields"])

    def _lookups(self, node: yaml.Node) -> tuple[Other, ...]:
        out = []
        for name, value in self._dict(node, None).items():
            own = self._dict(value, settings.LOOKUP)
            for needed in ("file", "key"):
                if needed not in own:
                    raise self.fail(value, f"the look-up {name!r} needs {needed!r}.")
            texts = {k: self._text(v) for k, v in own.items()}
            out.append(Other(name=name, **texts))
        return tuple(out)

    def _also(self, node: yaml.Node, source: str, empty: frozenset[str]) -> tuple[Also, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.fail(node, "also is a list: “- kind: persons” and its fields.")
        out = []
        for n, value in enumerate(node.value):
            own = self._dict(value, settings.ALSO)
            kind, rules = self._kind_and_rules(value, own)
            each: tuple[str, ...] = ()
            split: tuple[str, ...] = ()
            if "each" in own and isinstance(own["each"], yaml.MappingNode):
                inner = self._dict(own["each"], {"column": "", "split": ""})
                if "column" not in inner:
                    raise self.fail(own["each"], "each needs its column.")
                each = self._columns(inner["column"])
                split = self._split(inner["split"]) if "split" in inner else ()
            elif "each" in own:
                each = self._columns(own["each"])
            out.append(
                Also(
                    Mapping(
                        name=self.path.stem,
                        kind=kind,
                        source=f"{source}/{n + 1}",
                        key=self._columns(own["key"]) if "key" in own else (),
                        tell_apart=(),
                        rules=rules,
                        file=File(),
                        fingerprint=_fingerprint(kind, rules),
                        empty=empty,
                    ),
                    each,
                    split,
                )
            )
        return tuple(out)

    def _file(self, node: yaml.Node) -> File:
        own = self._dict(node, settings.FILE)
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
        rules: list[Rule] = []
        for name, value in self._dict(node, None).items():
            try:
                target = field_of(kind, name)
            except KeyError:
                known = [f.name for f in KINDS[kind]]
                place = next(k for k, _ in node.value if k.value == name)
                raise self.fail(place, f"{kind} have no field {name!r}; {_allowed(name, known)}") from None
            if isinstance(value, yaml.SequenceNode):
                if target.type not in ("refs", "texts"):
                    raise self.fail(value, f"{name} holds one value, so it takes one rule, not a list.")
                rules += [self._rule(target, v) for v in value.value]
            else:
                rules.append(self._rule(target, value))
        given = {r.field.name for r in rules}
        for f in KINDS[kind]:
            if f.required and f.name not in given:
                raise self.fail(node, f"{kind} need the field {f.name!r}.")
        return tuple(rules)

    def _rule(self, target: Field, node: yaml.Node) -> Rule:
        if isinstance(node, yaml.ScalarNode):
            return Rule(target, columns=(self._text(node),), required=target.required)
        own = self._dict(node, settings.RULE)
        columns = tuple(self._texts(own["column"])) if "column" in own else ()
        if not columns and "constant" not in own:
            raise self.fail(node, f"{target.name} needs a column or a constant.")
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
        create = None
        if "create" in own:
            create = {k: self._text(v) for k, v in self._dict(own["create"], None).items()}
        pick = self._text(own["pick"]) if "pick" in own else ""
        if pick and pick not in PICKS:
            raise self.fail(own["pick"], f"pick takes {', '.join(PICKS)}; not {pick!r}.")
        for narrow in ("country", "kind"):
            if narrow in own and target.label != "Partner":
                raise self.fail(own[narrow], f"{narrow} narrows partners; {target.name} is none.")

        def text(name: str) -> str:
            return self._text(own[name]) if name in own else ""

        return Rule(
            field=target,
            columns=columns,
            join=tuple(self._texts(own["join"])) if "join" in own else (),
            constant=self._text(own["constant"]) if "constant" in own else None,
            dates=dates,
            split=self._split(own["split"]) if "split" in own else (),
            values=self._values(target, own["values"]) if "values" in own else {},
            required=target.required or ("required" in own and self._truth(own["required"])),
            default=self._text(own["default"]) if "default" in own else None,
            create=create,
            note=text("note"),
            example=text("example"),
            otherwise=tuple(self._texts(own["else"])) if "else" in own else (),
            lookup=self._lookup(own["lookup"]) if "lookup" in own else None,
            pick=pick,
            prefix=text("prefix"),
            after_last=text("after_last"),
            year_apart="year_apart" in own and self._truth(own["year_apart"]),
            cut_off=text("cut_off"),
            country=self._rule(Field("country"), own["country"]) if "country" in own else None,
            kind=self._rule(field_of("partners", "kind"), own["kind"]) if "kind" in own else None,
        )

    def _values(self, target: Field, table: yaml.Node) -> dict[str, str]:
        if not isinstance(table, yaml.MappingNode):
            raise self.fail(table, "values must be pairs such as “toteutunut: held”.")
        out = {}
        for key, value in table.value:
            translated = self._text(value)
            if target.choices and translated not in target.choices:
                raise self.fail(
                    value, f"{target.name} takes no {translated!r}; {_allowed(translated, target.choices)}"
                )
            out[normal(self._text(key))] = translated
        return out

    def _split(self, node: yaml.Node) -> tuple[str, ...]:
        split = tuple(self._texts(node))
        for s in split:
            if len(s) != 1 and s not in SPLITS:
                raise self.fail(node, f"split takes single characters, {', '.join(SPLITS)}; not {s!r}.")
        return split

    def _lookup(self, node: yaml.Node) -> Lookup:
        name, dot, give = self._text(node).partition(".")
        if not dot or not name or not give:
            raise self.fail(node, "a look-up is written NAME.COLUMN, such as targets.name.")
        return Lookup(name, give)

    def _truth(self, node: yaml.Node) -> bool:
        word = self._text(node)
        if word not in ("true", "false"):
            raise self.fail(node, f"here true or false is expected, not {word!r}.")
        return word == "true"

    def _dict(self, node: yaml.Node, allowed: dict[str, str] | None) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, "here settings are expected, such as “column: Date”.")
        out: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._text(key)
            if allowed is not None and name not in allowed:
                raise self.fail(key, f"there is no setting {name!r}; {_allowed(name, sorted(allowed))}")
            if name in out:
                raise self.fail(key, f"{name!r} stands here twice.")
            out[name] = value
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
    further = [
        (r.otherwise, r.lookup, r.pick, r.prefix, r.after_last, r.year_apart, r.cut_off, *(
            (_fingerprint("", (inner,)) if inner else 0) for inner in (r.country, r.kind)
        ))
        for r in rules
    ]  # fmt: skip
    plain = all(not any(x) for x in further)
    return _hashed((kind, content) if plain else (kind, content, further))


def _hashed(content: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b(repr(content).encode(), digest_size=8).digest()) >> 1


def _allowed(name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"Allowed: {', '.join(known)}."
