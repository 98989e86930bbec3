"""What each kind of row may hold: the fields a mapping can fill, and how a cell becomes a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graph import schema

Type = Literal["text", "texts", "day", "int", "number", "bool", "choice", "choices", "ref", "refs"]


@dataclass(frozen=True)
class Field:
    """A field of a kind of row; `label` says what a reference leads to."""

    name: str
    type: Type = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    label: str = ""


def _own(label: str, *leave_out: str) -> tuple[Field, ...]:
    return tuple(
        Field(p.name, p.kind, p.required, p.choices)
        for p in schema.LABEL[label].properties
        if p.name not in leave_out
    )


def _of_edge(start: str, name: str) -> tuple[Field, ...]:
    return tuple(Field(p.name, p.kind, p.required, p.choices) for p in schema.edge(start, name).properties)


# The kinds of rows. "key" is the row's own reference, free for the person who fills the table.
KINDS: dict[str, tuple[Field, ...]] = {
    "aliases": (
        Field("text", required=True),
        Field("partner", "ref", required=True, label="Partner"),
        Field("country"),
        Field("kind", "choice", choices=schema.PARTNER_KINDS),
        Field("language", "choice", choices=schema.LANGUAGES),
    ),
    "areas": (Field("id"), *_own("Area")),
    "topics": (Field("id"), *_own("Topic"), Field("areas", "refs", label="Area")),
    "issues": (Field("id"), *_own("Issue"), Field("areas", "refs", label="Area")),
    "partners": (
        Field("key"),
        *_own("Partner", "example"),
        Field("aliases", "texts"),
        Field("name_fi"),
        Field("name_sv"),
        Field("name_en"),
        Field("part_of", "ref", label="Partner"),
    ),
    "departments": (
        Field("id"),
        *_own("Department"),
        Field("aliases", "texts"),
        Field("part_of", "refs", label="Department"),
        Field("from", "day"),
        Field("to", "day"),
    ),
    "persons": (
        Field("key"),
        *_own("Person", "known_from"),
        Field("partner", "ref", label="Partner"),
        Field("department", "ref", label="Department"),
        Field("from", "day"),
        Field("to", "day"),
    ),
    "networks": (
        Field("id"),
        *_own("Network"),
        Field("aliases", "texts"),
        Field("areas", "refs", label="Area"),
    ),
    "memberships": (
        Field("key"),
        Field("partner", "ref", label="Partner"),
        Field("department", "ref", label="Department"),
        Field("network", "ref", required=True, label="Network"),
        *_of_edge("Partner", "MEMBER_OF"),
    ),
    "agreements": (
        Field("key"),
        *_own("Agreement"),
        Field("departments", "refs", label="Department"),
        Field("partners", "refs", required=True, label="Partner"),
    ),
    "restrictions": (
        Field("key"),
        *_own("Restriction"),
        Field("partners", "refs", label="Partner"),
        Field("exempt_departments", "refs", label="Department"),
    ),
    "positions": (
        Field("key"),
        Field("issue", "ref", required=True, label="Issue"),
        Field("department", "ref", label="Department"),
        Field("partner", "ref", label="Partner"),
        *_own("Position"),
        Field("stated_in", "text"),
    ),
    "contacts": (
        Field("key"),
        *_own("Contact", "example"),
        Field("departments", "refs", required=True, label="Department"),
        Field("taking_part", "refs", label="Department"),
        Field("partners", "refs", required=True, label="Partner"),
        Field("country"),
        Field("areas", "refs", label="Area"),
        Field("topics", "refs", label="Topic"),
        Field("persons", "texts"),
        Field("via", "refs", label="Partner"),
    ),
    "resources": (Field("id"), *_own("Resource"), Field("departments", "refs", label="Department")),
    # "key" is the row's own; what the commitment is about is its "subject".
    "commitments": (
        *_own("Commitment"),
        Field("subject", "text"),
        Field("made_in", "text", required=True),
        Field("replaces", "texts"),
        Field("resource", "ref", label="Resource"),
        Field("resource_amount", "number"),
    ),
    "materials": (
        Field("key"),
        *_own("Material"),
        Field("issues", "refs", label="Issue"),
        Field("areas", "refs", label="Area"),
    ),
    "trips": (
        Field("key"),
        *_own("Trip"),
        Field("contacts", "texts"),
        Field("departments", "refs", label="Department"),
    ),
    "leads": (
        Field("key"),
        Field("department", "ref", required=True, label="Department"),
        Field("partner", "ref", label="Partner"),
        Field("network", "ref", label="Network"),
        Field("area", "ref", label="Area"),
        Field("from", "day"),
        Field("to", "day"),
    ),
}


# Records that can be marked as ended when a complete file has them no longer.
ENDS = {
    "partners",
    "memberships",
    "leads",
    "agreements",
    "restrictions",
    "positions",
    "materials",
    "contacts",
}


def field_of(kind: str, name: str) -> Field:
    """A field of a kind of row; KeyError when it has none of that name."""
    for f in KINDS[kind]:
        if f.name == name:
            return f
    raise KeyError(name)
