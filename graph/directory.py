"""The city's own words and the known partners, by any of their names: what loaders look names up in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rapidfuzz import process

from graph import names, schema
from graph.store import Row

Run = Callable[..., list[Row]]
SIMILAR = 60.0  # rapidfuzz points below which a name is no suggestion


@dataclass
class Words:
    """Records of one label by id, name, abbreviation, alias or any of these in normal form."""

    label: str
    by_text: dict[str, set[str]] = field(default_factory=dict)
    caption: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, run: Run, label: str) -> Words:
        """All records of a label, with their aliases where the label has any."""
        words = cls(label)
        texts = [p.name for p in schema.LABEL[label].properties if p.name.startswith("name")]
        if schema.LABEL[label].has("abbreviation"):
            texts.append("abbreviation")
        caption = schema.LABEL[label].caption
        columns = ", ".join(f"n.{t}" for t in texts)
        for row in run(
            f"MATCH (n:{label}) RETURN n.id AS id, n.{caption} AS caption, [{columns}] AS texts, "
            "[(a:Alias)-[:NAMES]->(n) | a.text] AS aliases ORDER BY id"
        ):
            words.add(row["id"], row["caption"] or row["id"], [*row["texts"], *row["aliases"]])
        return words

    def add(self, id: str, caption: str, texts: Iterable[str | None] = ()) -> None:
        self.caption[id] = caption
        for text in (id, caption, *texts):
            if text:
                self.by_text.setdefault(names.normalise(text), set()).add(id)

    def find(self, text: str) -> str | None:
        """The id that this text names, None when it names none or several."""
        if text in self.caption:
            return text
        found = self.by_text.get(names.normalise(text), set())
        return next(iter(found)) if len(found) == 1 else None

    def nearest(self, text: str, n: int = 3) -> list[str]:
        """Captions of the records whose names are most like the text, best first."""
        hits = process.extract(
            names.normalise(text)[:200], list(self.by_text), limit=n * 3, score_cutoff=SIMILAR
        )
        out: list[str] = []
        for key, _, _ in hits:
            for id in sorted(self.by_text[key]):
                if self.caption[id] not in out:
                    out.append(self.caption[id])
        return out[:n]

    def captions(self) -> list[str]:
        return sorted(self.caption.values())


@dataclass(frozen=True)
class Ambiguous:
    """A partner name that fits several; `candidates` are (id, name, country)."""

    candidates: tuple[tuple[str, str, str], ...]


@dataclass
class PartnerBook:
    """Known partner records by normal form of every alias.

    A contact is recorded for the record that its source names, so that taking two apart again puts it where it
    belongs; records of one cluster that share a name count as one.
    """

    by_norm: dict[str, set[str]] = field(default_factory=dict)
    facts: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # id -> name, country, kind
    canonical: dict[str, str] = field(default_factory=dict)  # of records that another one stands for

    @classmethod
    def read(cls, run: Run) -> PartnerBook:
        book = cls()
        for row in run(
            "MATCH (p:Partner) RETURN collect([p.id, p.name, coalesce(p.country, ''), coalesce(p.kind, '')]) AS rows"
        )[0]["rows"]:
            book.facts[row[0]] = (row[1], row[2], row[3])
        book.judged(run)
        for row in run("MATCH (a:Alias)-[:NAMES]->(p:Partner) RETURN collect([a.norm, p.id]) AS rows")[0][
            "rows"
        ]:
            book.by_norm.setdefault(row[0], set()).add(row[1])
        return book

    def judged(self, run: Run) -> None:
        """Read anew which records are one partner."""
        found = run("MATCH (p:Partner) WHERE p.canonical <> p.id RETURN collect([p.id, p.canonical]) AS rows")
        self.canonical = dict(found[0]["rows"])

    def add(self, id: str, name: str, country: str = "", kind: str = "", aliases: Iterable[str] = ()) -> None:
        self.facts.setdefault(id, (name, country, kind))
        for text in (name, *aliases):
            self.by_norm.setdefault(names.normalise(text), set()).add(id)

    def find(self, text: str, country: str | None = None, kind: str | None = None) -> str | Ambiguous | None:
        """The partner of this name; country and kind narrow where they are known on both sides."""
        if text in self.facts:
            return text
        found = self.by_norm.get(names.normalise(text), set())
        if len(found) > 1 or country:
            found = {p for p in found if not country or self.facts[p][1] in ("", country)}
        if len(found) > 1 and country:
            exact = {p for p in found if self.facts[p][1] == country}
            found = exact or found
        if len(found) > 1 and kind:
            of_kind = {p for p in found if self.facts[p][2] == kind}
            found = of_kind or found
        if not found:
            return None
        if len(found) > 1:
            stands = {self.canonical.get(p, p) for p in found}
            if len(stands) == 1:
                return min(found, key=lambda p: (p not in stands, p))
        if len(found) == 1:
            return next(iter(found))
        return Ambiguous(tuple((p, self.facts[p][0], self.facts[p][1]) for p in sorted(found)))

    def bears(self, id: str, text: str) -> bool:
        """Whether the partner that this record belongs to has this name, at whichever of its records."""
        stands = self.canonical.get(id, id)
        return any(self.canonical.get(p, p) == stands for p in self.by_norm.get(names.normalise(text), ()))


@dataclass
class PersonBook:
    """Known persons by name and by whom they work for; records of one person that share a name count as one."""

    by_name: dict[str, set[str]] = field(default_factory=dict)
    works_for: dict[str, set[str]] = field(default_factory=dict)
    canonical: dict[str, str] = field(default_factory=dict)  # of records that another one stands for

    @classmethod
    def read(cls, run: Run) -> PersonBook:
        book = cls()
        for row in run(
            "MATCH (h:Person) RETURN h.id AS id, h.name AS name, h.canonical AS canonical, "
            "[(h)-[:WORKS_FOR]->(x) | x.id] AS works_for"
        ):
            book.add(row["id"], row["name"], row["works_for"])
            if row["canonical"] != row["id"]:
                book.canonical[row["id"]] = row["canonical"]
        return book

    def add(self, id: str, name: str, works_for: Iterable[str] = ()) -> None:
        self.by_name.setdefault(names.normalise(name), set()).add(id)
        self.works_for.setdefault(id, set()).update(works_for)

    def find(self, name: str, works_for: str | None = None) -> str | None:
        """The person of this name; with `works_for` only one who works there. None when none or several."""
        found = self.by_name.get(names.normalise(name), set())
        if works_for is not None:
            found = {h for h in found if works_for in self.works_for[h]}
        stands = {self.canonical.get(h, h) for h in found}
        return min(found, key=lambda h: (h not in stands, h)) if len(stands) == 1 else None


@dataclass
class Directory:
    """A snapshot in memory; what a load adds is added here too."""

    departments: Words
    networks: Words
    areas: Words
    topics: Words
    goals: Words
    issues: Words
    resources: Words
    partners: PartnerBook
    persons: PersonBook

    @classmethod
    def read(cls, run: Run) -> Directory:
        return cls(
            departments=Words.read(run, "Department"),
            networks=Words.read(run, "Network"),
            areas=Words.read(run, "Area"),
            topics=Words.read(run, "Topic"),
            goals=Words.read(run, "Goal"),
            issues=Words.read(run, "Issue"),
            resources=Words.read(run, "Resource"),
            partners=PartnerBook.read(run),
            persons=PersonBook.read(run),
        )

    def partner(
        self, text: str, country: str | None = None, kind: str | None = None
    ) -> str | Ambiguous | None:
        return self.partners.find(text, country, kind)

    def add_alias(self, text: str, partner: str) -> None:
        self.partners.by_norm.setdefault(names.normalise(text), set()).add(partner)
