"""The settings of the rules: rules.yaml, checked on opening, with the line of each mistake."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from graph.errors import BadInput
from graph.schema import PARTNER_KINDS

BUILT_IN = Path(__file__).with_name("rules.yaml")
LARGEST = 36_500
_TABLES = ("areas", "partner_kinds")


@dataclass(frozen=True)
class RuleSettings:
    """Every threshold by rule; `values[rule]` holds "on", numbers, and the two kinds of overrides."""

    values: dict[str, dict[str, Any]] = field(hash=False)

    @property
    def fingerprint(self) -> str:
        """Changes when any setting does."""
        return hashlib.blake2b(json.dumps(self.values, sort_keys=True).encode(), digest_size=16).hexdigest()

    def on(self, rule: str) -> bool:
        return bool(self.values[rule]["on"])

    def number(self, rule: str, name: str, *, kind: str = "", area: str = "") -> int:
        """One threshold; an area's override goes before a partner kind's."""
        own = self.values[rule]
        for table, key in (("areas", area), ("partner_kinds", kind)):
            override = own.get(table, {}).get(key, {})
            if name in override:
                return _number(override[name])
        return _number(own[name])

    def overridden(self, rule: str) -> bool:
        return bool(self.values[rule].get("areas") or self.values[rule].get("partner_kinds"))


def load_rules(path: Path | None = None) -> RuleSettings:
    """The built-in settings with those of `path` laid over them.

    Raises:
        BadInput: the file cannot be read, or names or holds something that no rule has; says the line.
    """
    if path is None:
        return _built_in()
    values = {rule: dict(own) for rule, own in _built_in().values.items()}
    node = _parsed(path)
    _check(node, values, path)
    for rule, own in _plain(node).items():
        for name, value in own.items():
            if name in _TABLES:
                table = {which: dict(override) for which, override in values[rule].get(name, {}).items()}
                for which, override in value.items():
                    table[which] = {**table.get(which, {}), **_stored(override)}
                values[rule][name] = table
            else:
                values[rule] |= _stored({name: value})
    return RuleSettings(values)


def _number(value: int | str) -> int:
    """A threshold as a number; a day as its ordinal."""
    return date.fromisoformat(value).toordinal() if isinstance(value, str) else int(value)


def _stored(own: dict[str, Any]) -> dict[str, Any]:
    """Days as ISO text, so that settings are JSON."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in own.items()}


@lru_cache(maxsize=1)
def _built_in() -> RuleSettings:
    return RuleSettings({rule: _stored(own) for rule, own in _plain(_parsed(BUILT_IN)).items()})


def _parsed(path: Path) -> yaml.MappingNode:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise BadInput(f"The rules file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"The rules file {path} is not UTF-8 text.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise BadInput(
            f"The rules file {path}{line} is not YAML: {getattr(error, 'problem', error)}."
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise BadInput(f"The rules file {path} must name rules, such as “O1:” with “days: 30” beneath it.")
    return node


def _plain(node: yaml.Node) -> Any:
    """The value of a node. Names stay as they are written: YAML would read an unquoted `on` as true."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except ValueError:
        return node.value  # such as a day that no calendar has; not a value of any setting, and told so
    finally:
        loader.dispose()


def _names(node: yaml.MappingNode, path: Path) -> None:
    """Refuse names that are no text, and those given twice."""
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise BadInput(f"{_at(path, key)}: a name is needed here, such as “days”.")
        if key.value in seen:
            raise BadInput(f"{_at(path, key)}: {key.value} is given already in line {seen[key.value]}.")
        seen[key.value] = key.start_mark.line + 1


def _check(node: yaml.MappingNode, known: dict[str, dict[str, Any]], path: Path) -> None:
    _names(node, path)
    for key, value in node.value:
        if key.value not in known:
            raise BadInput(f"{_at(path, key)}: there is no rule {key.value!r}; {_allowed(key.value, known)}")
        if not isinstance(value, yaml.MappingNode):
            raise BadInput(f"{_at(path, value)}: {key.value} needs settings beneath it, such as “days: 30”.")
        _check_rule(value, known[key.value], path)


def _check_rule(node: yaml.MappingNode, known: dict[str, Any], path: Path) -> None:
    _names(node, path)
    for key, value in node.value:
        name = key.value
        if name in _TABLES:
            if not isinstance(value, yaml.MappingNode):
                raise BadInput(f"{_at(path, value)}: {name} needs names with settings beneath them.")
            _names(value, path)
            for which, override in value.value:
                if name == "partner_kinds" and which.value not in PARTNER_KINDS:
                    raise BadInput(
                        f"{_at(path, which)}: there is no partner kind {which.value!r}; "
                        f"{_allowed(which.value, PARTNER_KINDS)}"
                    )
                if not isinstance(override, yaml.MappingNode):
                    raise BadInput(f"{_at(path, override)}: {which.value} needs settings beneath it.")
                _check_rule(override, {k: v for k, v in known.items() if k not in ("on", *_TABLES)}, path)
            continue
        if name not in known:
            allowed = [n for n in known if n not in _TABLES]
            raise BadInput(f"{_at(path, key)}: there is no setting {name!r} here; {_allowed(name, allowed)}")
        found = _plain(value)
        if name == "on":
            if not isinstance(found, bool):
                raise BadInput(f"{_at(path, value)}: on is {found!r}; it takes true or false.")
        elif isinstance(known[name], str):
            if not isinstance(found, date) or isinstance(found, datetime):
                raise BadInput(
                    f"{_at(path, value)}: {name} is {found!r}; it takes a day, such as 2026-01-01."
                )
        elif isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= LARGEST:
            raise BadInput(
                f"{_at(path, value)}: {name} is {found!r}; it takes a whole number 0 to {LARGEST}."
            )


def _at(path: Path, node: yaml.Node) -> str:
    return f"{path} line {node.start_mark.line + 1}"


def _allowed(name: str, known: Any) -> str:
    near = get_close_matches(str(name), list(known), n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"Allowed: {', '.join(known)}."
