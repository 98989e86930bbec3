"""What the conditions of why-not are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.questions import finding_worlds
from graph.questions.asking import Asking
from graph.rules.columns import Columns


@dataclass(frozen=True)
class Condition:
    """One condition, whether it holds, by how many days it misses, and the values that its sentence names."""

    name: str
    holds: bool
    by: int | None = None
    values: dict[str, int | str] | None = None


Conditions = Iterator[Condition]


def table_of(asking: Asking, kind: str, ids: Sequence[str]) -> Columns:
    """The columns of these scopes over what the viewer may see."""
    judged = finding_worlds.judged_now(asking, kind, ids)
    if judged.table is None:
        raise ValueError(f"no table for {kind}")
    return judged.table


def days_missing(missing: int) -> int:
    return max(0, missing)


def counting(asking: Asking, contact: str) -> bool:
    rows = asking.store.read("MATCH (c:Contact {id: $id}) RETURN c.status AS status", id=contact)
    return bool(rows) and rows[0]["status"] in ("planned", "held")


def made_in(asking: Asking, id: str) -> tuple[str, list[str], str | None]:
    row = asking.store.read(
        "MATCH (m:Commitment {id: $id})-[:MADE_IN]->(c:Contact) RETURN c.id AS contact, "
        "[(c)-[:WITH_PARTNER]->(p:Partner) | p.canonical] AS partners, "
        "head([(m)-[:PROMISES]->(x:Resource) | x.id]) AS resource",
        id=id,
    )[0]
    return row["contact"], row["partners"], row["resource"]
