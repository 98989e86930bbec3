"""The city's own words as rules and questions need them: departments, areas, topics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from graph import clock
from graph.rules.columns import FOREVER
from graph.schema import LANGUAGES
from graph.store import Row

Run = Callable[..., list[Row]]


@dataclass
class Base:
    """The city's own words, small enough to read whole: departments with their tree, areas, topics.

    `names` are those of departments and areas, by label and id: the name, then one in each of `LANGUAGES` or None.
    """

    departments: list[str]
    city: list[bool]
    parts: list[tuple[int, int, int, int]]
    areas: list[str]
    topics: list[str]
    topic_areas: list[list[int]]
    names: dict[tuple[str, str], list[str | None]] = field(default_factory=dict)

    def called(self, label: str, id: str, language: str) -> str | None:
        """What a department or area is called in a language; None for one that is not known."""
        names = self.names.get((label, id), [None])
        own = names[1 + LANGUAGES.index(language)] if language in LANGUAGES and len(names) > 1 else None
        return own or names[0]


def _names(n: str) -> str:
    return ", ".join([f"{n}.name", *(f"{n}.name_{language}" for language in LANGUAGES)])


BASE_COLUMNS = "departments, city, called, parts, areas, areas_called, topics"
BASE = f"""
CALL () {{ MATCH (d:Department) WITH d ORDER BY d.id
          RETURN collect(d.id) AS departments, collect(coalesce(d.level, '') = 'city') AS city,
            collect([{_names("d")}]) AS called }}
CALL () {{ MATCH (d:Department)-[r:PART_OF]->(e:Department)
          RETURN collect([d.id, e.id, r.from, r.to]) AS parts }}
CALL () {{ MATCH (a:Area) WITH a ORDER BY a.id
          RETURN collect(a.id) AS areas, collect([{_names("a")}]) AS areas_called }}
CALL () {{ MATCH (t:Topic) WITH t ORDER BY t.id
          RETURN collect([t.id, [(t)-[:WITHIN]->(a:Area) | a.id]]) AS topics }}
"""


def read_base(run: Run) -> Base:
    """The words as they are now, in one statement."""
    return base_of(run(f"{BASE} RETURN {BASE_COLUMNS}")[0])


def base_of(row: Row) -> Base:
    """From a row of the columns that `BASE` binds."""
    index = {d: i for i, d in enumerate(row["departments"])}
    area = {a: i for i, a in enumerate(row["areas"])}
    return Base(
        departments=row["departments"],
        city=row["city"],
        parts=sorted(
            (index[child], index[parent], day_of(start, -FOREVER), day_of(end, FOREVER))
            for child, parent, start, end in row["parts"]
        ),
        areas=row["areas"],
        topics=[t for t, _ in row["topics"]],
        topic_areas=[sorted(area[a] for a in within) for _, within in row["topics"]],
        names={
            (label, id): own
            for label, ids, names in (
                ("Department", row["departments"], row["called"]),
                ("Area", row["areas"], row["areas_called"]),
            )
            for id, own in zip(ids, names, strict=True)
        },
    )


def day_of(text: str | None, otherwise: int) -> int:
    """An ISO day as an ordinal; `otherwise` where there is none."""
    return clock.ordinal(text) if text else otherwise
