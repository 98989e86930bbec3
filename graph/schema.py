"""The schema as data: labels, properties, edges and captions.

Constraints, indexes, the generic writer (`graph.facts`), the loaders' templates and the documentation are
made from these tables, so a property exists in one place. Labels and edge names reach Cypher from here only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = 9

Kind = Literal["text", "texts", "day", "int", "number", "bool", "choice", "choices"]

LANGUAGES = ("fi", "sv", "en")
PARTNER_KINDS = (
    "city", "region", "state", "eu_institution", "international_organisation", "university",
    "company", "ngo", "network_secretariat", "other",
)  # fmt: skip
CHANNELS = (
    "meeting", "call", "letter", "message", "event", "visit_out", "visit_in", "delegation_out", "delegation_in",
)  # fmt: skip
PURPOSES = ("inform", "request", "invite", "negotiate", "fund", "represent", "learn")
MATERIAL_KINDS = ("core_message", "fact", "slides", "video")
RESTRICTION_KINDS = ("suspended", "approval_needed", "channel_only")


@dataclass(frozen=True)
class Property:
    """One property: `kind` says how it is stored (days are ISO 8601 text, so they sort as they read)."""

    name: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    indexed: bool = False


@dataclass(frozen=True)
class Edge:
    """A relationship type between two ends; `fact` ones carry an id and provenance of their own."""

    name: str
    start: str
    ends: tuple[str, ...]
    properties: tuple[Property, ...] = ()
    required: bool = False
    many: bool = True
    fact: bool = False

    def property(self, name: str) -> Property:
        return next(p for p in self.properties if p.name == name)


@dataclass(frozen=True)
class Label:
    """A node label; `caption` names the property that stands for the node on a page."""

    name: str
    properties: tuple[Property, ...]
    caption: str = "name"
    key: str = "id"
    fact: bool = True

    def property(self, name: str) -> Property:
        return next(p for p in self.properties if p.name == name)

    def has(self, name: str) -> bool:
        return any(p.name == name for p in self.properties)


def _p(
    name: str, kind: Kind = "text", *choices: str, required: bool = False, indexed: bool = False
) -> Property:
    return Property(name, kind, choices, required, indexed)


_NAMES = tuple(_p(f"name_{language}") for language in LANGUAGES)
_VALID = (_p("from", "day"), _p("to", "day"))

LABELS: tuple[Label, ...] = (
    Label(
        "Partner",
        (
            _p("name", required=True, indexed=True),
            _p("kind", "choice", *PARTNER_KINDS, indexed=True),
            _p("country", indexed=True),
            _p("status", "choice", "active", "dormant", "ended"),
            _p("key_partner", "bool"),
            _p("key_since", "day"),
            _p("review_on", "day"),
            _p("website"),
            _p("example", "bool"),
            _p("reference"),
        ),
    ),
    Label("Alias", (_p("text", required=True), _p("language")), caption="text", fact=False),
    Label(
        "Department",
        (
            _p("name", required=True),
            *_NAMES,
            _p("abbreviation"),
            _p("level", "choice", "city", "division", "service", "unit"),
            _p("mailbox"),
            _p("reference"),
        ),
    ),
    Label(
        "Person",
        (
            _p("name", required=True),
            _p("title"),
            _p("email"),
            _p("phone"),
            _p("review_on", "day"),
            _p("known_from", "choice", "record", "contact"),
        ),
    ),
    Label(
        "Network",
        (
            _p("name", required=True),
            *_NAMES,
            _p("kind", "choice", "general", "thematic"),
            _p("founded", "int"),
            _p("website"),
            _p("reference"),
        ),
    ),
    Label("Area", (_p("name", required=True), *_NAMES)),
    Label("Goal", (_p("name", required=True), *_NAMES)),
    Label("Topic", (_p("name", required=True), *_NAMES)),
    Label("Issue", (_p("name", required=True), *_NAMES)),
    Label(
        "Contact",
        (
            _p("date", "day", required=True),
            _p("end_date", "day"),
            _p("precision", "choice", "day", "month", "year"),
            _p("status", "choice", "planned", "held", "cancelled"),
            _p("channel", "choice", *CHANNELS),
            _p("mode", "choice", "in_person", "remote", "hybrid"),
            _p("initiative", "choice", "ours", "theirs"),
            _p("purposes", "choices", *PURPOSES),
            _p("place"),
            _p("summary"),
            _p("confidentiality", "choice", "public", "internal", "confidential"),
            _p("readers", "texts"),
            _p("joint"),
            _p("approval"),
            _p("lead_told_on", "day"),
            _p("planned_on", "day"),
            _p("receipt"),
            _p("example", "bool"),
            _p("reference"),
        ),
        caption="summary",
    ),
    Label(
        "Position",
        (
            _p("stance", "choice", "support", "oppose", "neutral", required=True),
            _p("text"),
            *_VALID,
        ),
        caption="text",
    ),
    Label("Resource", (_p("name", required=True), *_NAMES, _p("capacity", "number"), _p("unit"))),
    Label(
        "Commitment",
        (
            _p("by", "choice", "us", "them", required=True),
            _p("key"),
            _p("value"),
            _p("amount", "number"),
            _p("currency"),
            _p("due", "day"),
            _p("status", "choice", "open", "kept", "broken", "withdrawn"),
            _p("text"),
            _p("reference"),
        ),
        caption="key",
    ),
    Label(
        "Material",
        (
            _p("title", required=True),
            _p("kind", "choice", *MATERIAL_KINDS, required=True),
            _p("text"),
            _p("url"),
            _p("version"),
            _p("stance", "choice", "support", "oppose", "neutral"),
            *_VALID,
            _p("reference"),
        ),
        caption="title",
    ),
    Label(
        "Trip",
        (
            _p("title", required=True),
            _p("direction", "choice", "out", "in"),
            *_VALID,
            _p("place"),
            _p("programme"),
            _p("head"),
            _p("reference"),
        ),
        caption="title",
    ),
    Label(
        "Agreement",
        (
            _p("title", required=True),
            _p("kind"),
            _p("signed", "day"),
            *_VALID,
            _p("notice_by", "day"),
            _p("auto_renews", "bool"),
            _p("status", "choice", "draft", "in_force", "ended"),
            _p("decision"),
            _p("reference"),
        ),
        caption="title",
    ),
    Label(
        "Restriction",
        (
            _p("kind", "choice", *RESTRICTION_KINDS, required=True),
            _p("country"),
            _p("partner_kind", "choice", *PARTNER_KINDS),
            _p("channels", "choices", *CHANNELS),
            _p("exempt_purposes", "choices", *PURPOSES),
            *_VALID,
            _p("decision"),
            _p("reason"),
            _p("reference"),
        ),
        caption="reason",
    ),
    Label(
        "Load",
        (
            _p("mapping"),
            _p("files", "texts"),
            _p("author"),
            _p("status", "choice", "running", "done", "failed", "undoing", "undone"),
            _p("started_at"),
            _p("ended_at"),
            _p("report"),
            _p("undone_at"),
            _p("undone_by"),
        ),
        caption="mapping",
        fact=False,
    ),
    Label(
        "Change",
        (
            _p("record", indexed=True),
            _p("label"),
            _p("at"),
            _p("by"),
            _p("load", indexed=True),
            _p("before"),
            _p("after"),
            _p("undone_at"),
        ),
        caption="record",
        fact=False,
    ),
    Label(
        "SetAside",
        (_p("load", indexed=True), _p("file"), _p("header"), _p("part", "int"), _p("rows")),
        caption="file",
        fact=False,
    ),
    Label(
        "Disagreement",
        (
            _p("record", indexed=True),
            _p("label"),
            _p("field"),
            _p("ours"),
            _p("theirs"),
            _p("content"),
            _p("by"),
            _p("corrected_at"),
            _p("load", indexed=True),
            _p("row", "int"),
            _p("at"),
            _p("status", "choice", "open", "kept", "taken"),
            _p("settled_by"),
            _p("settled_at"),
        ),
        caption="field",
        fact=False,
    ),
    Label(
        "Judgement",
        (
            _p("verdict", "choice", "same", "different", "unsure"),
            _p("by"),
            _p("at"),
            _p("why"),
            _p("keep"),
            _p("machine"),
            _p("nr", "int"),
            _p("score", "number"),
            _p("rule"),
            _p("source"),
        ),
        caption="why",
        fact=False,
    ),
    Label(
        "Decision",
        (
            _p("kind", "choice", "acknowledge", "waive", "comment", required=True),
            _p("author", required=True),
            _p("reason"),
            _p("at", required=True),
            _p("expires", "day"),
            # What else it covers besides the records: JSON that names the finding's rule, group, departments.
            _p("scope"),
            _p("finding", indexed=True),
        ),
        caption="reason",
        fact=False,
    ),
    Label(
        "Receipt",
        (_p("author"), _p("at"), _p("question"), _p("answer"), _p("recorded", "bool")),
        caption="at",
        fact=False,
    ),
    Label(
        "Finding",
        (_p("rule", indexed=True), _p("scope", indexed=True), _p("world", indexed=True)),
        caption="rule",
        fact=False,
    ),
    Label(
        "Scope",
        (
            _p("rev", "int"),
            _p("derived_rev", "int"),
            _p("stale", "bool", indexed=True),
            # Days (ordinals) between which nothing changes by itself: not before `since`, not from `due` on.
            _p("since", "int", indexed=True),
            _p("due", "int", indexed=True),
            # How far the contacts of its last refresh are still known; see graph.derive.kept.
            _p("seen"),
            _p("changed", "texts"),
            _p("whole", "bool"),
        ),
        fact=False,
    ),
    Label("Operation", (_p("at"),), fact=False),
    Label("Schema", (_p("version", "int"), _p("rules")), fact=False),
)

EDGES: tuple[Edge, ...] = (
    Edge("PART_OF", "Partner", ("Partner",), many=False),
    Edge("NAMES", "Alias", ("Partner", "Department", "Network")),
    Edge("JUDGES", "Judgement", ("Partner", "Person")),
    Edge("PART_OF", "Department", ("Department",), _VALID, many=True),
    Edge("LEADS", "Department", ("Partner", "Network"), (*_VALID, _p("area")), fact=True),
    Edge(
        "MEMBER_OF",
        "Partner",
        ("Network",),
        (*_VALID, _p("role"), _p("fee_eur", "number"), _p("decision"), _p("reference")),
        fact=True,
    ),
    Edge(
        "MEMBER_OF",
        "Department",
        ("Network",),
        (*_VALID, _p("role"), _p("fee_eur", "number"), _p("decision"), _p("reference")),
        fact=True,
    ),
    Edge("WORKS_FOR", "Person", ("Partner", "Department"), (_p("title"), *_VALID)),
    Edge("ABOUT", "Network", ("Area",)),
    Edge("WITHIN", "Topic", ("Area",)),
    Edge("WITHIN", "Issue", ("Area",)),
    Edge(
        "MADE_BY", "Contact", ("Department",), (_p("role", "choice", "leads", "takes_part"),), required=True
    ),
    Edge("WITH_PARTNER", "Contact", ("Partner",), required=True),
    Edge("VIA", "Contact", ("Partner",)),
    Edge("WITH_PERSON", "Contact", ("Person",)),
    Edge("ABOUT", "Contact", ("Area", "Topic")),
    Edge("ON", "Position", ("Issue",), required=True, many=False),
    Edge("STATED_IN", "Position", ("Contact",), many=False),
    Edge("HELD_BY", "Position", ("Department", "Partner"), required=True, many=False),
    Edge("OWNED_BY", "Resource", ("Department",)),
    Edge("MADE_IN", "Commitment", ("Contact",), required=True, many=False),
    Edge("REPLACES", "Commitment", ("Commitment",)),
    Edge("PROMISES", "Commitment", ("Resource",), (_p("amount", "number"),), many=False),
    Edge("ABOUT", "Material", ("Area",)),
    Edge("ON", "Material", ("Issue",)),
    Edge("GATHERS", "Trip", ("Contact",)),
    Edge("TAKES_PART", "Trip", ("Department",)),
    Edge(
        "COVERS",
        "Decision",
        ("Contact", "Position", "Commitment", "Material", "Partner", "Network"),
    ),
    Edge("OWNED_BY", "Agreement", ("Department",)),
    Edge("WITH_PARTNER", "Agreement", ("Partner",), required=True),
    Edge("LIMITS", "Restriction", ("Partner",)),
    Edge("EXEMPTS", "Restriction", ("Department",)),
)

LABEL = {label.name: label for label in LABELS}

CLUSTERED = ("Partner", "Person")
"""Labels whose records judgements join; `canonical`, derived, names the one that stands for each."""


def edges_from(start: str) -> tuple[Edge, ...]:
    """The edges that leave a label."""
    return tuple(e for e in EDGES if e.start == start)


def edge(start: str, name: str) -> Edge:
    """One edge type by the label it leaves and its name; KeyError when the schema has none."""
    for e in EDGES:
        if e.start == start and e.name == name:
            return e
    raise KeyError(f"{start}-{name}")


def ddl() -> Iterator[str]:
    """Cypher that makes the constraints and indexes; each statement may run again unharmed."""
    for label in LABELS:
        low = label.name.lower()
        yield f"CREATE CONSTRAINT {low}_key IF NOT EXISTS FOR (n:{label.name}) REQUIRE n.{label.key} IS UNIQUE"
        if label.fact:
            yield (
                f"CREATE CONSTRAINT {low}_source_key IF NOT EXISTS "
                f"FOR (n:{label.name}) REQUIRE n.source_key IS UNIQUE"
            )
        for p in label.properties:
            if p.indexed:
                yield f"CREATE INDEX {low}_{p.name} IF NOT EXISTS FOR (n:{label.name}) ON (n.{p.name})"
    for name in sorted({e.name for e in EDGES if e.fact}):
        low = name.lower()
        yield f"CREATE CONSTRAINT {low}_key IF NOT EXISTS FOR ()-[r:{name}]-() REQUIRE r.id IS UNIQUE"
        yield (
            f"CREATE CONSTRAINT {low}_source_key IF NOT EXISTS FOR ()-[r:{name}]-() "
            "REQUIRE r.source_key IS UNIQUE"
        )
    for name in CLUSTERED:
        yield f"CREATE INDEX {name.lower()}_canonical IF NOT EXISTS FOR (n:{name}) ON (n.canonical)"
    yield ("CREATE INDEX contact_window IF NOT EXISTS FOR ()-[r:WITH_PARTNER]-() ON (r.partner, r.day)")
    # Set on the edges of confidential contacts only, so that finding them costs what they are few.
    yield "CREATE INDEX contact_hidden IF NOT EXISTS FOR ()-[r:WITH_PARTNER]-() ON (r.hidden)"
    yield "CREATE INDEX agreement_with IF NOT EXISTS FOR ()-[r:WITH_PARTNER]-() ON (r.agreed)"
    yield "CREATE INDEX contact_long IF NOT EXISTS FOR ()-[r:WITH_PARTNER]-() ON (r.long)"
    yield (
        "CREATE FULLTEXT INDEX alias_text IF NOT EXISTS FOR (n:Alias) ON EACH [n.text, n.norm] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words'}}"
    )
