"""Writes the tables of docs/model.md from graph/schema.py: python docs/make_model.py

Everything between the two markers is made; the rest is written by hand. A test compares the page with the
schema, so that a property added to the one and not the other is noticed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from graph import schema

PAGE = Path(__file__).parent / "model.md"
BEGIN, END = "<!-- made from graph/schema.py: begin -->", "<!-- made from graph/schema.py: end -->"
KINDS = {
    "text": "text", "texts": "several texts", "day": "day", "int": "whole number", "number": "number",
    "bool": "yes or no", "choice": "one of", "choices": "some of",
}  # fmt: skip


def takes(p: schema.Property) -> str:
    """What a property takes, in words."""
    values = ", ".join(f"`{c}`" for c in p.choices)
    return f"{KINDS[p.kind]} {values}".strip() + (", required" if p.required else "")


def label_section(label: schema.Label) -> Iterator[str]:
    """One label: its properties and the relationships that leave it."""
    yield f"### {label.name}"
    yield ""
    if not label.fact:
        yield f"Not a fact of its own: kept beside the facts. Stands under its `{label.caption}`."
    else:
        yield f"A fact. Stands under its `{label.caption}`."
    yield ""
    yield "| property | takes |"
    yield "|---|---|"
    yield "| `id` | text, the key |"
    for p in label.properties:
        yield f"| `{p.name}` | {takes(p)} |"
    yield ""
    edges = schema.edges_from(label.name)
    if edges:
        yield "| relationship | leads to | properties | |"
        yield "|---|---|---|---|"
    for e in edges:
        properties = "; ".join(f"`{p.name}` ({takes(p)})" for p in e.properties)
        notes = ["required"] if e.required else []
        notes += [] if e.many else ["one at most"]
        notes += ["has an id of its own"] if e.fact else []
        yield f"| `{e.name}` | {', '.join(e.ends)} | {properties} | {', '.join(notes)} |"
    if edges:
        yield ""


def made() -> str:
    """The made part of the page."""
    head = [f"Schema version {schema.SCHEMA_VERSION}.", ""]
    return "\n".join([*head, *(line for label in schema.LABELS for line in label_section(label))]).strip()


def page(text: str) -> str:
    """The page with its made part renewed; ValueError when a marker is missing."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{PAGE.name} has lost one of its two markers")
    return f"{before}{BEGIN}\n\n{made()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} renewed\n")
