"""What a row of each kind becomes: one function a kind, from its values to facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from graph import names, schema
from graph.directory import Ambiguous, Words
from graph.facts import Fact, Link, new_id
from loaders import promised
from loaders.convert import Cell, CellError, get, own
from loaders.fields import KINDS

if TYPE_CHECKING:
    from loaders.targets import Builder, RowFacts

Build = Callable[["Builder", "RowFacts", dict[str, Cell], dict[str, str]], None]


def _partners(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    name, country, kind = v["name"].value, get(v, "country"), get(v, "kind")
    # Where the mapping says that the kind tells partners apart, one of another kind is another one.
    by_kind = kind if "kind" in b.told_apart else None
    found = b.directory.partners.find(name, country, by_kind)
    if by_kind and isinstance(found, str) and b.directory.partners.facts[found][2] not in ("", by_kind):
        found = None
    if isinstance(found, Ambiguous):
        raise CellError(v["name"].column, name, f"{name!r} fits several partners; give its country.")
    id = found or new_id("Partner")
    out.exists = bool(found)
    if not found:
        b._book(id, name, country, kind)
    links: tuple[Link, ...] = ()
    if "part_of" in v:
        links = (Link("PART_OF", b.partner(v["part_of"].value, v["part_of"].column, out)),)
    out.main = Fact("Partner", id, "", own("Partner", v), links)
    _aliases(b, out, v, "Partner", id)


def _aliases(b: Builder, out: RowFacts, v: dict[str, Cell], label: str, id: str) -> None:
    texts: list[tuple[str, str | None]] = [(t, None) for t in get(v, "aliases") or []]
    if label == "Partner":
        texts += [(get(v, f"name_{la}"), la) for la in schema.LANGUAGES if get(v, f"name_{la}")]
    for text, language in texts:
        alias = Fact(
            "Alias", properties={"text": text, "language": language}, links=(Link("NAMES", id, label=label),)
        )
        out.after.append(alias)
        if label == "Partner":
            if id in b.directory.partners.by_norm.get(names.normalise(text), ()):
                out.known.append(alias)
            b._book(id, text, None, None)


def _further_names(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    """A further name of a partner: it has no record of its own, and is there or is not."""
    text = v["text"].value
    partner = b.partner(v["partner"].value, v["partner"].column, out, get(v, "country"), get(v, "kind"))
    # Which of the records that are one partner it stands at makes no difference: another row may have led to another.
    if b.directory.partners.bears(partner, text):
        return
    properties = {"text": text, "language": get(v, "language")}
    out.after.append(Fact("Alias", properties=properties, links=(Link("NAMES", partner, label="Partner"),)))
    b._book(partner, text, None, None)


def _departments(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    words = b.directory.departments
    id = get(v, "id") or words.find(v["name"].value) or names.slug(v["name"].value)
    links: tuple[Link, ...] = ()
    if "part_of" in v:
        dates = {k: get(v, k) for k in ("from", "to") if get(v, k)}
        above = [b.word(words, v, "part_of", text, out, row) for text in v["part_of"].value]
        links = tuple(Link("PART_OF", x, dates) for x in dict.fromkeys(above))
    out.exists = id in words.caption
    if not out.exists:
        b.added(words, id, v["name"].value)
    for text in (get(v, "name_fi"), get(v, "name_sv"), get(v, "name_en"), get(v, "abbreviation")):
        if text:
            words.by_text.setdefault(names.normalise(text), set()).add(id)
    out.main = Fact("Department", id, "", own("Department", v), links)
    _aliases(b, out, v, "Department", id)


def _persons(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    links = []
    dates = {k: get(v, k) for k in ("from", "to") if get(v, k)}
    employer = None
    if "partner" in v:
        employer = b.partner(v["partner"].value, v["partner"].column, out)
        links.append(Link("WORKS_FOR", employer, {**dates, "title": get(v, "title")}, label="Partner"))
    if "department" in v:
        employer = b.word(b.directory.departments, v, "department", v["department"].value, out, row)
        links.append(Link("WORKS_FOR", employer, {**dates, "title": get(v, "title")}, label="Department"))
    found = b.directory.persons.find(v["name"].value, employer)
    id, out.exists = found or new_id("Person"), bool(found)
    b.directory.persons.add(id, v["name"].value, [employer] if employer else [])
    out.main = Fact("Person", id, "", {**own("Person", v), "known_from": "record"}, tuple(links))


def _networks(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    words = b.directory.networks
    id = get(v, "id") or words.find(v["name"].value) or names.slug(v["name"].value)
    links = tuple(
        Link("ABOUT", b.word(b.directory.areas, v, "areas", a, out, row)) for a in get(v, "areas") or []
    )
    out.exists = id in words.caption
    if not out.exists:
        b.added(words, id, v["name"].value)
    out.main = Fact("Network", id, "", own("Network", v), links)
    _aliases(b, out, v, "Network", id)


def _words(label: str, edge: str) -> Build:
    """Areas, topics and issues: the city's own words."""

    def build(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
        words: Words = getattr(b.directory, f"{label.lower()}s")
        id = get(v, "id") or words.find(v["name"].value) or names.slug(v["name"].value)
        areas = get(v, "areas") or []
        links = tuple(Link(edge, b.word(b.directory.areas, v, "areas", a, out, row)) for a in areas)
        out.exists = id in words.caption
        if not out.exists:
            b.added(words, id, v["name"].value)
        out.main = Fact(label, id, "", own(label, v), links)

    return build


def _memberships(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    network = b.word(b.directory.networks, v, "network", v["network"].value, out, row)
    properties = {
        p.name: get(v, p.name)
        for p in schema.edge("Partner", "MEMBER_OF").properties
        if get(v, p.name) is not None
    }
    if ("partner" in v) == ("department" in v):
        raise CellError("partner", "", "A membership needs a partner, or a department of ours, and not both.")
    if "partner" in v:
        label, member = "Partner", b.partner(v["partner"].value, v["partner"].column, out)
    else:
        label = "Department"
        member = b.word(b.directory.departments, v, "department", v["department"].value, out, row)
    links = (Link("start", member), Link("end", network, label="Network"))
    out.main = Fact(f"{label}-MEMBER_OF", new_id("Membership"), "", properties, links)


def _agreements(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    links = [Link("WITH_PARTNER", b.partner(p, v["partners"].column, out)) for p in v["partners"].value]
    links += [
        Link("OWNED_BY", b.word(b.directory.departments, v, "departments", d, out, row))
        for d in get(v, "departments") or []
    ]
    out.main = Fact("Agreement", "", "", own("Agreement", v), tuple(links))


def _restrictions(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    links = [Link("LIMITS", b.partner(p, v["partners"].column, out)) for p in get(v, "partners") or []]
    links += [
        Link("EXEMPTS", b.word(b.directory.departments, v, "exempt_departments", d, out, row))
        for d in get(v, "exempt_departments") or []
    ]
    if not get(v, "partners") and not get(v, "country"):
        raise CellError("partners", "", "A restriction needs a target: partners, or a country.")
    out.main = Fact("Restriction", "", "", own("Restriction", v), tuple(links))


def _positions(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    issue = b.word(b.directory.issues, v, "issue", v["issue"].value, out, row)
    if ("partner" in v) == ("department" in v):
        raise CellError(
            "department", "", "A position needs its holder: a department, or a partner, and not both."
        )
    if "partner" in v:
        holder = Link("HELD_BY", b.partner(v["partner"].value, v["partner"].column, out), label="Partner")
    else:
        found = b.word(b.directory.departments, v, "department", v["department"].value, out, row)
        holder = Link("HELD_BY", found, label="Department")
    links = [Link("ON", issue), holder]
    if "stated_in" in v:
        links.append(Link("STATED_IN", promised.contact(b, v["stated_in"], v["stated_in"].value)))
    out.main = Fact("Position", "", "", own("Position", v), tuple(links))


def _contacts(b: Builder, out: RowFacts, v: dict[str, Cell], row: dict[str, str]) -> None:
    country = get(v, "country")
    directory = b.directory
    links = []
    for name, role in (("departments", "leads"), ("taking_part", "takes_part")):
        if name in v:
            for d in v[name].value:
                links.append(
                    Link("MADE_BY", b.word(directory.departments, v, name, d, out, row), {"role": role})
                )
    partners = [b.partner(p, v["partners"].column, out, country) for p in v["partners"].value]
    links += [Link("WITH_PARTNER", p) for p in partners]
    if "via" in v:
        via = [b.partner(p, v["via"].column, out) for p in v["via"].value]
        # Who stands on both sides is no channel to itself.
        links += [Link("VIA", p) for p in via if p not in partners]
    for name, label, words in (("areas", "Area", directory.areas), ("topics", "Topic", directory.topics)):
        if name in v:
            links += [Link("ABOUT", b.word(words, v, name, x, out, row), label=label) for x in v[name].value]
    if "persons" in v:
        employer = partners[0] if len(partners) == 1 else None
        links += [Link("WITH_PERSON", b.person(p, employer, out)) for p in v["persons"].value]
    out.main = Fact("Contact", "", "", own("Contact", v), tuple(links))


BUILD: dict[str, Build] = {
    "aliases": _further_names,
    "areas": _words("Area", ""),
    "topics": _words("Topic", "WITHIN"),
    "issues": _words("Issue", "WITHIN"),
    "partners": _partners,
    "departments": _departments,
    "persons": _persons,
    "networks": _networks,
    "memberships": _memberships,
    "agreements": _agreements,
    "restrictions": _restrictions,
    "positions": _positions,
    "contacts": _contacts,
    "resources": promised.resources,
    "commitments": promised.commitments,
    "materials": promised.materials,
    "trips": promised.trips,
    "leads": promised.leads,
}
# The label of a row's own record.
MAIN: dict[str, tuple[str, ...]] = {
    "aliases": (),
    "areas": ("Area",),
    "topics": ("Topic",),
    "issues": ("Issue",),
    "partners": ("Partner",),
    "departments": ("Department",),
    "persons": ("Person",),
    "networks": ("Network",),
    "memberships": ("Partner-MEMBER_OF",),  # found by the edge's name, so departments' too
    "agreements": ("Agreement",),
    "restrictions": ("Restriction",),
    "positions": ("Position",),
    "contacts": ("Contact",),
    "resources": ("Resource",),
    "commitments": ("Commitment",),
    "materials": ("Material",),
    "trips": ("Trip",),
    "leads": ("Department-LEADS",),
}
if set(BUILD) != set(KINDS):
    raise RuntimeError("every kind of row needs its builder")
