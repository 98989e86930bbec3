"""Rows of what is promised, owned, said and led: resources, commitments, materials, trips and leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph import names
from graph.facts import Fact, Link, new_id
from loaders.convert import Cell, CellError, get, own

if TYPE_CHECKING:
    from loaders.targets import Builder, RowFacts

Values = dict[str, Cell]


def contact(b: Builder, cell: Cell, key: str) -> str:
    found = b.record_of("Contact", key)
    if found is None:
        raise CellError(
            cell.column, key, f"There is no contact with the key or id {key!r}. Load the contacts first."
        )
    return found


def resources(b: Builder, out: RowFacts, v: Values, row: dict[str, str]) -> None:
    """What a department owns and can promise to others."""
    words = b.directory.resources
    id = get(v, "id") or words.find(v["name"].value) or names.slug(v["name"].value)
    links = tuple(
        Link("OWNED_BY", b.word(b.directory.departments, v, "departments", d, out, row))
        for d in get(v, "departments") or []
    )
    out.exists = id in words.caption
    if not out.exists:
        b.added(words, id, v["name"].value)
    out.main = Fact("Resource", id, "", own("Resource", v), links)


def commitments(b: Builder, out: RowFacts, v: Values, row: dict[str, str]) -> None:
    """What was promised in a contact, by us or by them."""
    links = [Link("MADE_IN", contact(b, v["made_in"], v["made_in"].value))]
    for key in get(v, "replaces") or []:
        earlier = b.record_of("Commitment", key) or b.made.get(("Commitment", names.normalise(key)))
        if earlier is None:
            raise CellError(
                v["replaces"].column,
                key,
                f"There is no commitment with the key or id {key!r}. The one that is replaced stands above the one "
                "that replaces it.",
                waits=True,
            )
        links.append(Link("REPLACES", earlier))
    if "resource" in v:
        found = b.word(b.directory.resources, v, "resource", v["resource"].value, out, row)
        amount = get(v, "resource_amount")
        links.append(Link("PROMISES", found, {"amount": amount} if amount is not None else {}))
    elif "resource_amount" in v:
        raise CellError(
            v["resource_amount"].column, str(v["resource_amount"].value), "An amount of which resource?"
        )
    properties = own("Commitment", v)
    own_key = properties.pop("key", None)
    if "subject" in v:
        properties["key"] = v["subject"].value
    id = new_id("Commitment")
    if own_key:
        b.remember("Commitment", own_key, id)
    out.main = Fact("Commitment", id, "", properties, tuple(links))


def materials(b: Builder, out: RowFacts, v: Values, row: dict[str, str]) -> None:
    """Core messages and other materials, by issue and area."""
    links = [Link("ON", b.word(b.directory.issues, v, "issues", x, out, row)) for x in get(v, "issues") or []]
    links += [
        Link("ABOUT", b.word(b.directory.areas, v, "areas", x, out, row)) for x in get(v, "areas") or []
    ]
    out.main = Fact("Material", "", "", own("Material", v), tuple(links))


def trips(b: Builder, out: RowFacts, v: Values, row: dict[str, str]) -> None:
    """A trip gathers contacts, which are then one effort."""
    links = [Link("GATHERS", contact(b, v["contacts"], key)) for key in get(v, "contacts") or []]
    links += [
        Link("TAKES_PART", b.word(b.directory.departments, v, "departments", d, out, row))
        for d in get(v, "departments") or []
    ]
    out.main = Fact("Trip", "", "", own("Trip", v), tuple(links))


def leads(b: Builder, out: RowFacts, v: Values, row: dict[str, str]) -> None:
    """Which department leads a partner or a network, for one area or for all."""
    if ("partner" in v) == ("network" in v):
        raise CellError("partner", "", "A lead needs a partner, or a network, and not both.")
    department = b.word(b.directory.departments, v, "department", v["department"].value, out, row)
    if "partner" in v:
        end = Link("end", b.partner(v["partner"].value, v["partner"].column, out), label="Partner")
    else:
        found = b.word(b.directory.networks, v, "network", v["network"].value, out, row)
        end = Link("end", found, label="Network")
    properties = {name: get(v, name) for name in ("from", "to") if get(v, name)}
    if "area" in v:
        properties["area"] = b.word(b.directory.areas, v, "area", v["area"].value, out, row)
    links = (Link("start", department), end)
    out.main = Fact("Department-LEADS", new_id("Lead"), "", properties, links)
