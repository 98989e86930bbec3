"""Writes docs/mappings.md from loaders/settings.py and loaders/fields.py: python docs/make_mappings.py"""

from __future__ import annotations

from pathlib import Path

from loaders import settings
from loaders.fields import KINDS, Field
from loaders.mapping import names, open_mapping

PAGE = Path(__file__).with_name("mappings.md")
_TYPES = {
    "text": "text",
    "texts": "several texts",
    "day": "a day",
    "int": "a whole number",
    "number": "a number",
    "bool": "yes or no",
    "choice": "one of",
    "choices": "several of",
    "ref": "the name of",
    "refs": "names of",
}
_HEAD = """# Mappings: the reference

Made by `python docs/make_mappings.py` from the code that checks mappings; a test compares. What loading does is in
[loading.md](loading.md).

`kumppani mapping suggest FILE` writes a draft with comments from a file's headings and values;
`kumppani mapping check MAPPING FILE` says what each column would become, with examples, and writes nothing.
"""
_ALSO = """
Further records of one row. A person, a partner, a topic that the row's own record leads to is made before it,
whatever leads to that record after it; a position beside a contact is stated in it.

```yaml
kind: contacts
fields: {date: Date, departments: Department, partners: Partner, persons: Contact person}
also:
  - kind: persons
    fields: {name: Contact person, title: Title, partner: Partner}
  - kind: memberships
    each: {column: Networks, split: ";"}
    fields: {partner: Partner, network: {column: Networks, create: {}}}
```
"""
_LOOKUPS = """
```yaml
kind: contacts
lookups:
  people: {file: "people*.csv", key: Id}
fields:
  date: Date
  departments: Department
  partners: Partner
  persons: {column: Person ids, split: ",", lookup: people.Name}
```

`kumppani load meetings.csv people.csv --mapping mine.yaml` loads the meetings and looks up in the people.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, "## At the top\n", _table(settings.TOP), "\n## `file:`\n", _table(settings.FILE)]
    parts += [
        "\n## A field\n\nA field is filled by the name of a column, or by a rule with these settings; a field of several values also by a list of rules.\n",
        _table(settings.RULE),
        "\n## `lookups:`\n",
        _table(settings.LOOKUP),
        _LOOKUPS,
        "\n## `also:`\n",
        _table(settings.ALSO),
        _ALSO,
        "\n## Kinds and their fields\n\nA required field is marked with *.\n",
    ]
    for kind, fields in KINDS.items():
        parts.append(f"\n### {kind}\n\n| field | holds |\n|---|---|\n")
        parts += [f"| {f.name}{'*' if f.required else ''} | {_holds(f)} |\n" for f in fields]
    parts.append("\n## Built in\n\n| mapping | for | kind |\n|---|---|---|\n")
    for name in names():
        mapping = open_mapping(name)
        parts.append(f"| `{name}` | {mapping.title} | {mapping.kind} |\n")
    return "".join(parts)


def _table(described: dict[str, str]) -> str:
    rows = "".join(f"| `{name}` | {_cell(text)} |\n" for name, text in described.items())
    return f"\n| setting | means |\n|---|---|\n{rows}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _holds(f: Field) -> str:
    text = _TYPES[f.type]
    if f.choices:
        text += f" {', '.join(f.choices)}"
    if f.label:
        text += f" {'an' if f.label[0] in 'AI' and f.type == 'ref' else 'a' if f.type == 'ref' else ''} {f.label.lower()}{'s' if f.type == 'refs' else ''}"
    return " ".join(text.split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
