"""Facts: what goes in, validated against the schema before the database sees it.

`graph.writer` puts them into the store.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from graph import clock, names, schema
from graph.errors import BadInput

Outcome = Literal["loaded", "unchanged", "updated", "refused"]

LONGEST_TEXT = 100_000  # characters of a text property
# Letters and digits that nobody takes for one another.
_SPELT = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")
_PREFIX = {
    "Partner": "p", "Contact": "c", "Person": "h", "Position": "s", "Agreement": "a",
    "Restriction": "r", "Load": "l", "Change": "x", "Department": "d", "Judgement": "j",
    "Commitment": "m", "Material": "k", "Trip": "v", "Decision": "b", "Receipt": "q",
    "Disagreement": "g",
}  # fmt: skip
SLUGGED = {"Department", "Network", "Area", "Goal", "Topic", "Issue", "Resource"}


@dataclass(slots=True, unsafe_hash=True)  # not frozen, which costs three times as much to make
class Link:
    """An edge from the fact to the node `target` (an id); `properties` as the schema's edge declares."""

    edge: str
    target: str
    properties: dict[str, Any] = field(default_factory=dict)
    label: str = ""  # label of the target where the edge has several ends, else ""


@dataclass(slots=True, unsafe_hash=True)
class Fact:
    """One record: a node, or an edge with an identity of its own (MEMBER_OF, LEADS).

    Attributes:
        label: a label of graph.schema, or for edge facts "Partner-MEMBER_OF", "Department-LEADS", ...
        id: stable text id; "" lets the writer give a new one.
        source_key: what identifies the record in its source; "" for none. Kept apart, never shown; a
            record with the same source_key is the same record.
        properties: as the schema declares them; absent and None mean "not known".
        links: outgoing edges. For edge facts exactly two: Link("start", id), Link("end", id).
        row: the row of the file, for provenance; 0 for none.
        digest: what equal content is recognised by, when a loader knows it better than the facts do (equal
            rows of a file are equal, even if a name in them has come to lead elsewhere); 0 for none.
        whole: the content replaces what is there, also what it is silent about.
    """

    label: str
    id: str = ""
    source_key: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    row: int = 0
    digest: int = 0
    whole: bool = False


@dataclass(slots=True, unsafe_hash=True)
class Written:
    """What became of a fact: its id, the outcome, and for a refusal the reason in words."""

    id: str
    outcome: Outcome
    reason: str = ""


def new_id(label: str) -> str:
    """A random id; 60 bits, so that a million records collide once in two million tries."""
    try:
        drawn = _drawn.pop()
    except IndexError:
        # Many at once: each call to the operating system makes other threads take turns.
        text = base64.b32encode(secrets.token_bytes(15 * 256)).decode().translate(_SPELT)
        _drawn.extend(text[at : at + 12] for at in range(0, len(text), 12))
        drawn = _drawn.pop()
    return f"{_PREFIX.get(label, 'n')}-{drawn}"


_drawn: list[str] = []
os.register_at_fork(after_in_child=_drawn.clear)


def id_for(fact: Fact) -> str:
    """The id of a new record: its own, a readable one for the city's own words, else random."""
    if fact.id:
        return fact.id
    if fact.label in SLUGGED:
        made = names.slug(str(fact.properties.get("name") or ""))
        if made:
            return made
    if fact.label == "Alias":
        raise BadInput("An alias needs the label of what it names.")
    return new_id(fact.label)


def is_edge(label: str) -> bool:
    return "-" in label


def edge_of(label: str) -> schema.Edge:
    """The edge type of an edge fact's label such as "Partner-MEMBER_OF"."""
    start, _, name = label.partition("-")
    return schema.edge(start, name)


def pattern(label: str) -> str:
    """Cypher that binds the records of a label, or edge fact, as `n`."""
    return f"()-[n:{edge_of(label).name}]->()" if is_edge(label) else f"(n:{label})"


# --- validation -----------------------------------------------------------------------------------------


def _text(value: Any, where: str) -> str:
    text = names.clean(value) if isinstance(value, str) else str(value)
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"{where} has {len(text):,} characters; the longest text taken has {LONGEST_TEXT:,}.")
    return text


@lru_cache(maxsize=50_000)
def _iso(text: str) -> str:
    return clock.iso(clock.ordinal(text)) or ""


def _day(value: Any, where: str) -> str:
    try:
        return _iso(value) if isinstance(value, str) else clock.iso(clock.ordinal(value)) or ""
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None


def _int(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"{where} is {value!r}, not a whole number.")
    return value


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e15:
        raise BadInput(f"{where} is {value!r}, not a number.")
    return float(value)


def _bool(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise BadInput(f"{where} is {value!r}, not yes or no.")
    return value


def _checker(p: schema.Property, owner: str) -> Callable[[Any], Any]:
    where = f"{owner} {p.name}"

    def choice(value: Any) -> str:
        if value not in p.choices:
            raise BadInput(f"{where} is {value!r}; it takes one of {', '.join(p.choices)}.")
        return str(value)

    by_kind: dict[str, Callable[[Any], Any]] = {
        "text": lambda v: _text(v, where),
        "texts": lambda v: [_text(x, where) for x in v],
        "day": lambda v: _day(v, where),
        "int": lambda v: _int(v, where),
        "number": lambda v: _number(v, where),
        "bool": lambda v: _bool(v, where),
        "choice": choice,
        "choices": lambda v: sorted({choice(x) for x in v}, key=p.choices.index),
    }
    return by_kind[p.kind]


@lru_cache(maxsize=256)
def _checkers(owner: str) -> tuple[dict[str, Callable[[Any], Any]], tuple[str, ...]]:
    properties = edge_of(owner).properties if is_edge(owner) else schema.LABEL[owner].properties
    return (
        {p.name: _checker(p, owner) for p in properties},
        tuple(p.name for p in properties if p.required),
    )


def checked(owner: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Properties as they are stored, without the unknown ones; BadInput names what does not fit.

    Args:
        owner: a label, or "Label-EDGE" for the properties of an edge.
    """
    checkers, required = _checkers(owner)
    out: dict[str, Any] = {}
    for name, value in properties.items():
        if value is None or value == "" or value == []:
            continue
        check = checkers.get(name)
        if check is None:
            raise BadInput(f"{owner} has no property {name!r}; it has {', '.join(checkers)}.")
        out[name] = check(value)
    for name in required:
        if out.get(name) in (None, ""):
            raise BadInput(f"{owner} needs a {name}.")
    if len(out.get("name", "")) > names.LONGEST:
        raise BadInput(
            f"The name has {len(out['name']):,} characters; the longest name taken has {names.LONGEST:,}. "
            "Put the name alone into this column and the rest into a note."
        )
    start, end = out.get("from"), out.get("to")
    if start and end and end < start:
        raise BadInput(f"{owner}: the end {end} is before the beginning {start}.")
    return out


_CONTACT_DEFAULTS = {
    "precision": "day", "status": "held", "initiative": "ours", "confidentiality": "internal",
}  # fmt: skip


def stored_properties(fact: Fact) -> dict[str, Any]:
    """Checked properties with what is derived from them alone (a contact's first and last day)."""
    out = checked(fact.label, fact.properties)
    if fact.label == "Contact":
        out = {**_CONTACT_DEFAULTS, **out}
        out["lo"], out["hi"] = clock.days_of(out["date"], out.get("end_date"), out["precision"])
    elif fact.label == "Position" and "from" not in out:
        raise BadInput("Position needs a from day: since when has it been held?")
    elif fact.label == "Commitment":
        _check_commitment(out)
    elif fact.label == "Material" and out["kind"] == "core_message" and "stance" not in out:
        raise BadInput("A core message needs its stance: support, oppose or neutral.")
    elif fact.label == "Resource" and out.get("capacity", 1.0) <= 0:
        raise BadInput("The capacity of a resource is above 0; leave it empty where only one can have it.")
    return out


def _check_commitment(out: dict[str, Any]) -> None:
    """A commitment says one thing: a text, or an amount with its currency (or unit)."""
    out.setdefault("status", "open")
    if "value" in out and "amount" in out:
        raise BadInput("A commitment has a value or an amount, not both; put the other into its text.")
    if "currency" in out and "amount" not in out:
        raise BadInput("A commitment with a currency needs its amount.")


LinkRow = tuple[str, str, str, dict[str, Any]]  # edge, label of the target, target id, properties
_SPOKEN = {
    "MADE_BY": "a department", "WITH_PARTNER": "a partner", "ON": "an issue", "HELD_BY": "a holder",
    "MADE_IN": "the contact in which it was made",
}  # fmt: skip


@lru_cache(maxsize=256)
def _link_rule(start: str, name: str, label: str) -> tuple[schema.Edge, str]:
    try:
        edge = schema.edge(start, name)
    except KeyError:
        raise BadInput(f"{start} has no relationship {name}.") from None
    target = label or edge.ends[0]
    if target not in edge.ends or (len(edge.ends) > 1 and not label):
        raise BadInput(f"{start} {name} leads to one of {', '.join(edge.ends)}.")
    return edge, target


@lru_cache(maxsize=64)
def _own_edges(label: str) -> tuple[schema.Edge, ...]:
    return tuple(e for e in schema.edges_from(label) if not e.fact and (e.required or not e.many))


def checked_links(fact: Fact) -> list[LinkRow]:
    """The links of a node fact as they are stored, in a stable order and without repetitions.

    A department that leads does not also take part. BadInput for what the schema does not have or misses.
    """
    seen: dict[tuple[str, str, str, str], LinkRow] = {}
    count: dict[str, int] = {}
    for link in fact.links:
        _, label = _link_rule(fact.label, link.edge, link.label)
        properties = checked(f"{fact.label}-{link.edge}", link.properties) if link.properties else {}
        if link.edge == "MADE_BY":
            properties.setdefault("role", "leads")
        # A unit can be part of the same division twice, at different times.
        told = "" if link.edge == "MADE_BY" or not properties else repr(sorted(properties.items()))
        key = (link.edge, label, link.target, told)
        had = seen.get(key)
        if had is None:
            count[link.edge] = count.get(link.edge, 0) + 1
        elif link.edge != "MADE_BY" or had[3]["role"] == "leads":
            continue
        seen[key] = (link.edge, label, link.target, properties)
    for edge in _own_edges(fact.label):
        n = count.get(edge.name, 0)
        if edge.required and not n:
            raise BadInput(f"{fact.label} needs {_SPOKEN.get(edge.name, edge.name)}.")
        if not edge.many and n > 1:
            raise BadInput(f"{fact.label} can have one {edge.name} only.")
    return [seen[key] for key in sorted(seen)]


def fingerprint(properties: dict[str, Any], links: list[LinkRow]) -> int:
    """Equal for equal content, 63 bits. Kept apart, never shown."""
    text = repr((sorted(properties.items()), [(e, t, sorted(p.items())) for e, _, t, p in links]))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def source_key(source: str, *parts: object) -> str:
    """A key of bounded length from a source's name and the record's key values there."""
    text = "\x1f".join([str(p) for p in parts])
    if len(text) > 24:
        digest = hashlib.blake2b(text.encode(), digest_size=15).digest()
        text = "#" + base64.urlsafe_b64encode(digest).decode()
    return f"{source}:{text}"
