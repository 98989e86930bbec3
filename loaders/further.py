"""Further records of the same row: what else it makes beside its own record (`also` in a mapping)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graph import facts
from graph.errors import BadInput
from graph.facts import Fact, Link
from loaders.convert import Cell, CellError, Converter, key_text
from loaders.mapping import Mapping

if TYPE_CHECKING:
    from loaders.targets import Builder, RowFacts

# Found by their name: many rows may speak of one, and the row's own record may lead to it.
BY_NAME = {"partners", "departments", "persons", "networks", "areas", "topics", "issues", "resources"}


@dataclass(frozen=True)
class More:
    """A further record of a row: its mapping and values, and the key it has in its source."""

    mapping: Mapping
    values: dict[str, Cell]
    source_key: str


def in_order(kind: str, more: Sequence[More]) -> tuple[list[More], list[More]]:
    """Those made before a row's own record, which leads to them, and those after it, which lead to it."""
    before = [m for m in more if m.mapping.kind in BY_NAME and kind not in BY_NAME]
    return before, [m for m in more if m not in before]


def of_row(converter: Converter, cells: list[Any], row_key: str, known: Counter[str] | None) -> list[More]:
    """The further records of a row with this key in its source."""
    out = []
    for further in converter.further:
        mapping = further.also.mapping
        for element, own in converter.elements(further, cells):
            if further.converter.lacks(own):
                continue
            key = ""
            if mapping.key:
                key = facts.source_key(mapping.source, *further.converter.key(own))
            elif mapping.kind not in BY_NAME:
                key = facts.source_key(mapping.source, row_key, key_text(element))
            out.append(More(mapping, further.converter.values(own, known), key))
    return out


def build(builder: Builder, out: RowFacts, more: More, row: dict[str, str]) -> None:
    """Add the facts of a further record to those of its row."""
    from loaders.kinds import BUILD
    from loaders.targets import RowFacts

    own = RowFacts()
    mapping, rules = builder.mapping, builder.rule_of
    builder.mapping, builder.rule_of = more.mapping, {r.field.name: r for r in more.mapping.rules}
    try:
        BUILD[more.mapping.kind](builder, own, more.values, row)
    finally:
        builder.mapping, builder.rule_of = mapping, rules
    main = own.main
    early = out.main is None
    (out.before if early else out.further).extend(own.before)
    if main is None:
        out.further += own.after
        return
    stated = any(link.edge == "STATED_IN" for link in main.links)
    if main.label == "Position" and not stated and out.main is not None and out.main.label == "Contact":
        main = replace(main, links=(*main.links, Link("STATED_IN", out.main.id)))
    if more.mapping.kind in BY_NAME and main.id and not more.source_key:
        # Many rows name the same person: what the first one says stands.
        content = repr((sorted(main.properties.items()), main.links))
        said = builder.spoken.setdefault((main.label, main.id), content)
        if said is not content:
            builder.contradicted += said != content
            return
    made = Fact(main.label, main.id, more.source_key, main.properties, main.links)
    try:
        if facts.is_edge(made.label):
            facts.checked(made.label, made.properties)
        else:
            facts.stored_properties(made)
            facts.checked_links(made)
    except BadInput as error:
        if isinstance(error, CellError):
            raise
        raise CellError("", "", str(error)) from None
    (out.before if early else out.further).append(made)
    (out.before if early else out.further).extend(own.after)
