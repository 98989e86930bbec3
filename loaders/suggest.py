"""A mapping's draft from a file, and what a mapping makes of one; neither needs the store."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from graph.errors import BadInput
from loaders import lookups, readers
from loaders.convert import Converter, Place
from loaders.dates import ISO, ORDERS, fits
from loaders.fields import KINDS
from loaders.formats.base import normal
from loaders.mapping import Mapping, Rule, open_mapping
from loaders.opening import request_of
from loaders.prescan import scan
from loaders.values import shown

LOOKED_AT = 5_000  # rows that a draft is made from
EXAMPLES = 3
ALIKE = 0.84  # how alike two headings must be
_SEPARATORS = (";", "|", "\n")
# What columns are also called, beside the headings of the templates.
_ALSO_CALLED = {
    "date": ("pvm", "päivämäärä", "ajankohta", "day", "when", "datum", "meeting date"),
    "partners": (
        "kumppanin nimi",
        "organisaatio",
        "organisation",
        "organization",
        "partner",
        "sidosryhmä",
        "lobbyists",
    ),
    "departments": ("yksikkö", "virasto", "osasto", "unit", "förvaltning", "avdelning"),
    "summary": ("aihe", "asia", "otsikko", "title", "subject", "ärende", "rubrik", "kuvaus", "description"),
    "place": ("sijainti", "location", "ort", "city", "kaupunki"),
    "persons": ("yhteyshenkilö", "contact person", "kontaktperson", "henkilö"),
    "name": ("nimi", "namn", "organisation", "organisaatio", "company", "yritys"),
    "country": ("maa", "country code", "countrycode", "landskod", "iso"),
}


@dataclass
class _Column:
    heading: str
    values: list[str] = field(default_factory=list)
    filled: int = 0

    @property
    def examples(self) -> str:
        seen = list(dict.fromkeys(v if len(v) <= 40 else f"{v[:40]}…" for v in self.values if v))
        return ", ".join(" ".join(v.split()) for v in seen[:EXAMPLES])


def suggest(path: Path) -> str:
    """A commented draft of a mapping as YAML text: every line of it is for a person to look at.

    Raises:
        BadInput: the file cannot be read.
    """
    table = readers.read(readers.Request(path, (), (), guess=True))
    columns = [_Column(str(h)) for h in table.header]
    rows = 0
    try:
        for _, cells in islice((row for batch in table.batches for row in batch), LOOKED_AT):
            rows += 1
            for column, cell in zip(columns, cells, strict=False):
                if cell is not None and cell != "":
                    column.filled += 1
                    column.values.append(shown(cell))
    finally:
        table.close()
    columns = [c for c in columns if normal(c.heading)]
    kind, found = _kind(columns)
    return _draft(path, table, kind, found, columns, rows)


def _kind(columns: list[_Column]) -> tuple[str, dict[str, _Column]]:
    best: tuple[float, str, dict[str, _Column]] = (-1.0, "partners", {})
    for kind in KINDS:
        rules = {r.field.name: r for r in open_mapping(kind).rules}
        found: dict[str, _Column] = {}
        score = 0.0
        pairs = sorted(
            ((_alike(name, r, c), name, c) for name, r in rules.items() for c in columns), key=lambda x: -x[0]
        )
        for alike, name, column in pairs:
            if alike >= ALIKE and name not in found and column not in found.values():
                found[name] = column
                score += alike * (2 if rules[name].required else 1)
        score -= sum(1.5 for name, r in rules.items() if r.required and name not in found)
        if score > best[0]:
            best = (score, kind, found)
    return best[1], best[2]


def _alike(name: str, rule: Rule, column: _Column) -> float:
    heading = normal(column.heading.rpartition(".")[2] or column.heading)
    called = (*rule.columns, name, *_ALSO_CALLED.get(name, ()))
    return max(SequenceMatcher(None, heading, normal(c)).ratio() for c in called)


def _draft(
    path: Path, table: readers.Table, kind: str, found: dict[str, _Column], columns: list[_Column], rows: int
) -> str:
    where = f"row {table.header_row}" if table.header_row else "the records"
    lines = [
        f"# A draft, made from {path.name}: its headings ({where}) and {rows:,} of its rows. Look at every line.",
        f"# Then: kumppani mapping check DRAFT.yaml {path.name}",
        f"kind: {kind}  # one of: {', '.join(KINDS)}",
        f"source: {_quoted(path.stem)}  # the register's name, the same in every file of it",
    ]
    unique = [c for c in columns if rows > 1 and c.filled == rows and len(set(c.values)) == rows]
    # A day or a text is different by chance; what is called a number or reference is so by intent.
    unique = [c for c in unique if c not in [found.get(n) for n in ("date", "summary", "partners", "name")]]
    if unique:
        lines.append(
            f"key: [{_quoted(unique[0].heading)}]  # different in every row; it must stay the same in later files"
        )
    else:
        lines.append(
            "# key: []  # no column is different in every row: name those that identify one together"
        )
    lines.append("fields:")
    rules = {r.field.name: r for r in open_mapping(kind).rules}
    for name, rule in rules.items():
        if name in found:
            lines += _line(name, rule, found[name])
        elif rule.required:
            lines.append(f"  # {name}: {{column: ?}}  # every row of {kind} needs it, and no heading says it")
    left = [c for c in columns if c not in found.values()]
    if left:
        lines.append("# Columns that nothing is read from:")
        lines += [f"#   {' '.join(c.heading.split())}: {c.examples or 'empty'}" for c in left]
    return "\n".join(lines) + "\n"


def _line(name: str, rule: Rule, column: _Column) -> list[str]:
    parts = [f"column: {_quoted(column.heading)}"]
    comments: list[str] = []
    if rule.field.type == "day":
        forms, question = _forms(column.values)
        if forms:
            parts.append(f"dates: [{', '.join(forms)}]")
        if question:
            comments.append(f"  # {question}")
    if rule.field.type in ("texts", "refs", "choices"):
        used = [s for s in _SEPARATORS if sum(s in v for v in column.values) > 0]
        if used:
            parts.append("split: lines" if used[0] == "\n" else f'split: "{used[0]}"')
    if rule.field.choices:
        known = {normal(k): v for k, v in rule.values.items()}
        words = list(
            dict.fromkeys(v for v in column.values if normal(v).replace(" ", "_") not in rule.field.choices)
        )
        if words:
            pairs = ", ".join(f"{_quoted(w)}: {known.get(normal(w), '?')}" for w in words[:12])
            if "?" in pairs:
                comments.append(f"  # {name} takes {', '.join(rule.field.choices)}: say which for each ?")
            parts.append(f"values: {{{pairs}}}")
    if rule.required:
        parts.append("required: true")
    text = f"  {name}: {{{', '.join(parts)}}}"
    if "?" in text.replace(_quoted(column.heading), ""):
        text = f"  #{text[1:]}"
    return [*comments, f"{text}  # {column.examples}" if column.examples else text]


def _forms(values: list[str]) -> tuple[list[str], str]:
    """(the forms that every value is written in, a question where two fit)."""
    texts = [v.strip()[:10] if re.match(r"\d{4}-\d\d-\d\d[T ]", v.strip()) else v.strip() for v in values]
    forms = [f for f in dict.fromkeys((ISO, "D.M.YYYY", *ORDERS)) if texts and all(fits(t, f) for t in texts)]
    different = [f for f in forms if any(fits(t, f) != fits(t, forms[0]) for t in texts)]
    if different:
        one = next(t for t in texts if fits(t, different[0]) != fits(t, forms[0]))
        return (
            [],
            f"{one} is one day as {forms[0]} and another as {different[0]}: write dates: [{forms[0]}] or dates: [{different[0]}]",
        )
    if forms:
        return forms[:1], ""
    some = Counter(f for t in texts for f in (ISO, *ORDERS) if fits(t, f)).most_common(3)
    said = f": {', '.join(f'{f} fits {n}' for f, n in some)}" if some else ""
    return [], f"no form fits all {len(texts):,} days{said}"


def _quoted(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-zÅÄÖåäö][\wÅÄÖåäö .-]*", text) and normal(text) not in (
        "yes",
        "no",
        "true",
        "false",
        "null",
        "on",
        "off",
    )
    if plain and not text.endswith(" "):
        return text
    return str(yaml.dump(text, default_style='"', allow_unicode=True, width=10_000)).strip()


@dataclass
class Became:
    """What a mapping makes of one field's column."""

    name: str
    column: str
    filled: int = 0
    taken: int = 0
    examples: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    refused: int = 0


def explain(mapping: Mapping, paths: list[Path]) -> tuple[list[Became], list[str], int]:
    """(what each field would become, columns not used, rows) of a file; names are not looked up in the store.

    Raises:
        BadInput: the file cannot be read or does not fit, or a day in it fits two forms.
    """
    with_rows, looked_in = lookups.apart(paths, mapping)
    request = request_of(with_rows[0], mapping)
    table = readers.read(request)
    rows = 0
    try:
        converter = Converter(mapping, table.header, lookups.finder(mapping, looked_in))
        known = scan(lambda: readers.read(request), converter, request.name)
        out = {id(p): Became(p.rule.field.name, _where(p)) for p in converter.places}
        for number, cells in (row for batch in table.batches for row in batch):
            if converter.is_example(cells):
                continue
            rows += 1
            for _, _, done, place in converter.steps:
                _see(out[id(place)], converter, place, done, number, cells, known)
    finally:
        table.close()
    return list(out.values()), converter.unused(), rows


def _where(place: Place) -> str:
    if place.rule.constant is not None and not place.rule.columns:
        return f"constant {place.rule.constant}"
    return place.column if place.at is not None else f"{place.column} (not in the file)"


def _see(
    made: Became, converter: Converter, place: Place, done: Any, number: int, cells: list[Any], known: Any
) -> None:
    raw = cells[place.at] if place.at is not None and place.at < len(cells) else None
    made.filled += raw is not None and raw != ""
    try:
        cell = converter.value(place, done, cells, known)
    except BadInput as error:
        made.refused += 1
        if len(made.problems) < EXAMPLES:
            made.problems.append(f"row {number}: {error}")
        return
    if cell is None:
        return
    made.taken += 1
    value = "; ".join(cell.value) if isinstance(cell.value, list) else str(cell.value)
    text = f"{' '.join(shown(raw).split())[:60]} → {value[:60]}" if raw not in (None, "") else value[:60]
    if len(made.examples) < EXAMPLES and text not in made.examples:
        made.examples.append(text)
