"""Which records people enter by hand, and how a form's fields become the edges of a fact.

A field of a form is a property of the schema or one of the fields here, which hold names or ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph import names, schema
from graph.directory import Words
from graph.errors import BadInput, Unknown
from graph.facts import Fact, Link
from graph.questions.asking import VISIBLE, Asking
from graph.store import Row

Run = Callable[..., list[Row]]


@dataclass(frozen=True)
class Field:
    """A field that names other records: the edge it makes, what that leads to, the edge's own properties."""

    name: str
    edge: str
    label: str
    many: bool = True
    properties: Mapping[str, Any] = field(default_factory=dict)
    amount: str = ""  # a further field that holds the edge's own amount


FORMS: dict[str, tuple[Field, ...]] = {
    "Contact": (
        Field("departments", "MADE_BY", "Department", properties={"role": "leads"}),
        Field("takes_part", "MADE_BY", "Department", properties={"role": "takes_part"}),
        Field("partners", "WITH_PARTNER", "Partner"),
        Field("via", "VIA", "Partner"),
        Field("persons", "WITH_PERSON", "Person"),
        Field("areas", "ABOUT", "Area"),
        Field("topics", "ABOUT", "Topic"),
    ),
    "Position": (
        Field("issue", "ON", "Issue", many=False),
        Field("department", "HELD_BY", "Department", many=False),
        Field("partner", "HELD_BY", "Partner", many=False),
        Field("contact", "STATED_IN", "Contact", many=False),
    ),
    "Commitment": (
        Field("contact", "MADE_IN", "Contact", many=False),
        Field("replaces", "REPLACES", "Commitment"),
        Field("resource", "PROMISES", "Resource", many=False, amount="promised"),
    ),
    "Resource": (Field("departments", "OWNED_BY", "Department"),),
    "Material": (Field("areas", "ABOUT", "Area"), Field("issues", "ON", "Issue")),
}
"""By label; a label that the schema has not got is left out of `entered`."""

KINDS = {
    "contacts": "Contact",
    "positions": "Position",
    "commitments": "Commitment",
    "resources": "Resource",
    "materials": "Material",
}
"""The word that addresses and commands use for a label."""

_HIDDEN = f"(c:Contact) WHERE NOT {VISIBLE}"


def seen(label: str, node: str = "n") -> str:
    """The Cypher condition under which a viewer may see a record; its values are `Asking.eyes`.

    What hangs on a hidden contact alone is hidden with it.
    """
    if label == "Contact":
        return re.sub(r"\bc\b", node, VISIBLE)
    if label == "Position":
        return f"NOT EXISTS {{ ({node})-[:STATED_IN]->{_HIDDEN} }}"
    if label == "Commitment":
        return f"NOT EXISTS {{ ({node})-[:MADE_IN]->{_HIDDEN} }}"
    if label == "Person":
        return (
            f"(coalesce({node}.known_from, 'record') <> 'contact' "
            f"OR EXISTS {{ ({node})<-[:WITH_PERSON]-(c:Contact) WHERE {VISIBLE} }})"
        )
    return "true"


def entered() -> dict[str, str]:
    """Kind -> label of the records that can be entered."""
    return {kind: label for kind, label in KINDS.items() if label in schema.LABEL}


def label_of(kind: str) -> str:
    """The label of a kind; Unknown for a word that is none."""
    found = entered().get(kind)
    if found is None:
        raise Unknown(f"There are no {kind!r} here; what can be entered: {', '.join(entered())}.")
    return found


def fields_of(label: str) -> tuple[Field, ...]:
    return FORMS[label]


def allowed(label: str) -> list[str]:
    """Every field of a form by name."""
    out = [p.name for p in schema.LABEL[label].properties if p.name not in UNASKED]
    for f in FORMS[label]:
        out.append(f.name)
        if f.amount:
            out.append(f.amount)
    return out


UNASKED = frozenset({"example", "planned_on", "receipt"})  # kept by the program itself


def fact_of(asking: Asking, label: str, given: Mapping[str, Any], *, id: str = "") -> Fact:
    """The fact that a filled-in form stands for; BadInput names the field that does not fit.

    Args:
        given: field -> value; texts for names and ids, lists of them where the field takes several.
    """
    own = allowed(label)
    for name in given:
        if name not in own:
            raise BadInput(f"There is no field {name!r} here; the fields are: {', '.join(own)}.")
    properties = {
        p.name: value
        for p in schema.LABEL[label].properties
        if (value := given.get(p.name)) not in (None, "", [])
    }
    links: list[Link] = []
    for f in FORMS[label]:
        value = given.get(f.name)
        texts = [value] if isinstance(value, str) else list(value or [])
        if not all(isinstance(text, str) for text in texts):
            raise BadInput(f"{f.name} takes names or ids.")
        texts = [text for text in texts if text.strip()]
        if len(texts) > 1 and not f.many:
            raise BadInput(f"{f.name} takes one only, not {len(texts)}.")
        extra = dict(f.properties)
        if f.amount and given.get(f.amount) not in (None, ""):
            extra["amount"] = given[f.amount]
        links += [Link(f.edge, find(asking, f.label, text), extra, label=f.label) for text in texts]
    return Fact(label, id, properties=properties, links=tuple(links), whole=True)


def find(asking: Asking, label: str, text: str) -> str:
    """Id of the record that a name or id leads to.

    Raises:
        BadInput: it leads to none that the viewer may see, or to several; says what is near.
    """
    there = asking.store.read(
        f"MATCH (n:{label} {{id: $id}}) WHERE {seen(label)} RETURN n.id AS id", id=text, **asking.eyes
    )
    if there:
        return str(there[0]["id"])
    if label == "Partner":
        return _partner(asking, text)
    if label == "Person":
        return find_person(asking, text)
    if label in ("Contact", "Commitment"):
        raise BadInput(f"There is no {label.lower()} {text!r}: it is named by its id.")
    words = Words.read(asking.store.read, label)
    found = words.find(text)
    if found is None:
        near = words.nearest(text)
        hint = f"Nearest: {', '.join(near)}." if near else f"There are: {_some(words.captions())}."
        raise BadInput(f"There is no {label.lower()} {text!r}. {hint}")
    return found


def _partner(asking: Asking, text: str) -> str:
    from graph.questions import candidates
    from graph.questions.partners import canonical_of

    try:
        return canonical_of(asking, text)
    except Unknown:
        near = ", ".join(f"{c.name} ({c.id})" for c in candidates.nearest(asking, text))
        hint = f"Nearest: {near}." if near else "Nothing recorded is like it; a new partner is loaded first."
        raise BadInput(f"There is no partner {text!r}. {hint}") from None


def find_person(asking: Asking, text: str, organisation: str = "") -> str:
    """Id of the person that an id or a name leads to, in an organisation of this name where one is given.

    Raises:
        BadInput: it leads to none that the viewer may see, or to several.
    """
    rows = asking.store.read(
        f"MATCH (n:Person) WHERE (n.id = $text OR toLower(n.name) = toLower($name)) AND {seen('Person')} "
        "AND ($within = '' OR n.id = $text "
        "OR EXISTS { (n)-[:WORKS_FOR]->(o) WHERE toLower(o.name) = toLower($within) }) "
        "RETURN n.id AS id, n.canonical AS canonical ORDER BY n.id <> $text, n.id <> n.canonical, n.id",
        text=text,
        name=names.clean(text),
        within=names.clean(organisation),
        **asking.eyes,
    )
    if rows and rows[0]["id"] == text:
        return text
    if len({row["canonical"] for row in rows}) == 1:
        return str(rows[0]["id"])
    if rows:
        raise BadInput(f"{len(rows)} persons are called {text!r}: ask by id.")
    raise BadInput(f"There is no person {text!r}. Persons are loaded first, or left out here.")


def _some(captions: list[str]) -> str:
    shown = ", ".join(captions[:20]) or "none yet"
    return shown + (f", and {len(captions) - 20} more" if len(captions) > 20 else "")


def options(asking: Asking, label: str, language: str = "en") -> list[tuple[str, str]]:
    """(id, name) of what a field of a form offers to choose from, by name; only for labels that are few."""
    caption = "n.name"
    if schema.LABEL[label].has(f"name_{language}"):
        caption = f"coalesce(n.name_{language}, n.name)"
    rows = asking.store.read(f"MATCH (n:{label}) RETURN n.id AS id, {caption} AS name ORDER BY name, id")
    return [(row["id"], row["name"]) for row in rows]


CHOSEN = frozenset({"Department", "Area", "Topic", "Issue", "Resource"})
"""Labels that a form offers as a list; others are named by hand."""
