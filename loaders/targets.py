"""From a row's values to facts: the known names, and what a row adds to them; `loaders.kinds` knows each kind of row.

What the main fact links to comes before it, its further names after it; all of them go into one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from graph import names
from graph.directory import Ambiguous, Directory, Run, Words
from graph.facts import Fact, Link, new_id
from loaders import further
from loaders.convert import Cell, CellError
from loaders.formats.base import normal
from loaders.further import More
from loaders.kinds import BUILD, MAIN
from loaders.mapping import Mapping, Rule
from loaders.splitting import register_id
from loaders.values import Named


@dataclass
class RowFacts:
    """What a row becomes; `main` is the fact whose fate is the row's."""

    before: list[Fact] = field(default_factory=list)
    main: Fact | None = None
    after: list[Fact] = field(default_factory=list)
    known: list[Fact] = field(default_factory=list)  # further names that were there already
    further: list[Fact] = field(default_factory=list)  # further records of the row
    exists: bool = False  # the main record is known already, by its name

    def all(self) -> list[Fact]:
        return [*self.before, *([self.main] if self.main else []), *self.after, *self.further]


class Builder:
    """Builds facts of one mapping against the known names; what it makes, it adds to them."""

    def __init__(
        self, mapping: Mapping, directory: Directory, record_of: Callable[[str, str], str | None]
    ) -> None:
        self.mapping = mapping
        self.directory = directory
        self.record_of = record_of  # label and the record's own key in its table -> its id
        self.made: dict[tuple[str, str], str] = {}  # the same of records of this load
        self.rule_of: dict[str, Rule] = {r.field.name: r for r in mapping.rules}
        apart = {normal(c) for c in mapping.tell_apart}
        self.told_apart = {r.field.name for r in mapping.rules if apart & {normal(c) for c in r.columns}}
        self.spoken: dict[tuple[str, str], str] = {}  # further record, by name -> what a row said of it
        self.contradicted = 0  # rows that say something else of a further record
        self._undo: list[Callable[[], None]] = []
        self._word: dict[tuple[str, str], str] = {}
        self._partner: dict[tuple[str, str | None, str | None], str] = {}
        self._texts: dict[
            str, list[tuple[str, str | None, str | None]]
        ] = {}  # normal form -> keys of _partner

    def build(
        self,
        values: dict[str, Cell],
        row: dict[str, str],
        source_key: str,
        number: int,
        digest: int,
        more: Sequence[More] = (),
        there: str = "",
    ) -> RowFacts:
        """Facts of one row; CellError when a cell names something unknown or ambiguous.

        Args:
            more: the further records of the row.
            there: id of the row's record, where it is known.
        """
        self._undo = []
        out = RowFacts()
        before, after = further.in_order(self.mapping.kind, more)
        try:
            for one in before:
                further.build(self, out, one, row)
            BUILD[self.mapping.kind](self, out, values, row)
            main = out.main
            if main is not None:
                id = main.id or (there or new_id(main.label) if more else "")
                main.id, main.source_key, main.row, main.digest = id, source_key, number, digest
            elif self.mapping.kind != "aliases":
                raise CellError("", "", "The row holds no record.")
            for one in after:
                further.build(self, out, one, row)
        except BaseException:
            self.undo()
            raise
        return out

    def undo(self) -> None:
        """Forget what the last row added to the known names."""
        if self._undo:
            for step in reversed(self._undo):
                step()
            self._undo = []
            self._word.clear()
            self._partner.clear()
            self._texts.clear()

    def judged(self, run: Run) -> None:
        """Partners were judged meanwhile, which `run` can read: what a name led to may be another record now."""
        self.directory.partners.judged(run)
        self._partner.clear()
        self._texts.clear()

    # --- looking up ---

    def word(
        self, words: Words, values: dict[str, Cell], name: str, text: str, out: RowFacts, row: dict[str, str]
    ) -> str:
        cached = self._word.get((words.label, text))
        if cached is not None:
            return cached
        found = words.find(text)
        if found is not None:
            self._word[words.label, text] = found
            return found
        rule = self.rule_of[name]
        cell = values[name]
        if rule.cut_off and text.endswith(rule.cut_off):
            return self._completed(words, text, cell, rule)
        if rule.create is not None:
            return self._make_word(words, rule, text, out, row)
        near = words.nearest(text)
        what = words.label.lower()
        shown = text if len(text) <= 100 else f"{text[:100]}…"
        same = words.by_text.get(names.normalise(text), set())
        if len(same) > 1:
            raise CellError(
                cell.column,
                text,
                f"{shown!r} names {len(same)} {what}s; write its id.",
                ", ".join(sorted(same)),
            )
        raise CellError(
            cell.column,
            text,
            f"There is no {what} {shown!r}." + (f" Nearest: {', '.join(near)}." if near else ""),
            near[0] if near else None,
            # A row further down may bring it.
            waits=self.mapping.kind in MAIN and words.label in MAIN[self.mapping.kind],
        )

    def _completed(self, words: Words, text: str, cell: Cell, rule: Rule) -> str:
        """The one known name that begins as a text does that its source cut off."""
        start = names.normalise(text.removesuffix(rule.cut_off))
        found = {i for t, ids in words.by_text.items() if t.startswith(start) for i in ids}
        if len(found) == 1:
            return found.pop()
        many = f"{len(found)} known names begin so" if found else "no known name begins so"
        raise CellError(
            cell.column,
            text,
            f"{text!r} is cut off, and {many}; write the name in full.",
            "; ".join(sorted(words.caption[i] for i in found)[:3]) or None,
        )

    def _make_word(self, words: Words, rule: Rule, text: str, out: RowFacts, row: dict[str, str]) -> str:
        create = dict(rule.create or {})
        id = create.pop("id", "").format_map(row) if create.get("id") else names.slug(text)
        parent = create.pop("part_of", "").format_map(row)
        create.pop("id", None)
        links: tuple[Link, ...] = ()
        if id in words.caption:
            return id
        if parent:
            above = words.find(parent)
            if above is None:
                above = names.slug(parent)
                out.before.append(
                    Fact(
                        words.label,
                        above,
                        "",
                        {"name": parent, **({"level": "division"} if words.label == "Department" else {})},
                    )
                )
                self.added(words, above, parent)
            links = (Link("PART_OF", above),)
        out.before.append(Fact(words.label, id, "", {"name": text, **create}, links))
        self.added(words, id, text)
        return id

    def added(self, words: Words, id: str, text: str) -> None:
        words.add(id, text)
        self._word.clear()

        def undo() -> None:
            words.caption.pop(id, None)
            for key in (id, text):
                words.by_text.get(names.normalise(key), set()).discard(id)

        self._undo.append(undo)

    def remember(self, label: str, key: str, id: str) -> None:
        """A record of this load that later rows may name by its key."""
        place = (label, names.normalise(key))
        self.made.setdefault(place, id)

        def undo() -> None:
            self.made.pop(place, None)

        self._undo.append(undo)

    def partner(
        self, text: str, column: str, out: RowFacts, country: str | None = None, kind: str | None = None
    ) -> str:
        """Id of the partner of this name; an unknown name becomes a partner of its own."""
        if isinstance(text, Named):
            country, kind, text = text.country or country, text.kind or kind, str(text)
        cached = self._partner.get((text, country, kind))
        if cached is not None:
            return cached
        found = self._found_partner(text, column, out, country, kind)
        self._partner[text, country, kind] = found
        self._texts.setdefault(names.normalise(register_id(text)[0]), []).append((text, country, kind))
        return found

    def _found_partner(
        self, text: str, column: str, out: RowFacts, country: str | None, kind: str | None
    ) -> str:
        name, register = register_id(text)
        name = names.clean(name)
        if len(name) > names.LONGEST:
            raise CellError(
                column,
                name,
                f"The name has {len(name):,} characters; the longest name taken has {names.LONGEST:,}. Put several "
                "partners apart with “;”, and notes into another column.",
            )
        if not any(c.isalnum() for c in name):
            raise CellError(column, text, f"{name[:60]!r} names nobody: it has no letter in it.")
        book = self.directory.partners
        found = book.find(name, country, kind)
        if found is None and register and "," not in name:
            # A register's id says who it is, where it stands beside one name alone.
            by_register = book.find(register)
            if isinstance(by_register, str):
                found = by_register
                self._alias(name, found, out)
        if isinstance(found, Ambiguous):
            options = "; ".join(f"{n} ({c or 'country unknown'}): {p}" for p, n, c in found.candidates[:5])
            raise CellError(
                column,
                text,
                f"{name!r} fits {len(found.candidates)} partners; give the country, or the id of the one you mean.",
                options,
                several=True,
            )
        if found is None:
            found = new_id("Partner")
            properties = {"name": name, "country": country, "kind": kind}
            out.before.append(Fact("Partner", found, "", {k: v for k, v in properties.items() if v}))
            self._book(found, name, country, kind)
        if register and "," not in name and book.find(register) is None:
            self._alias(register, found, out)
        return found

    def _alias(self, text: str, partner: str, out: RowFacts) -> None:
        out.before.append(
            Fact("Alias", properties={"text": text}, links=(Link("NAMES", partner, label="Partner"),))
        )
        self._book(partner, text, None, None)

    def _book(self, id: str, text: str, country: str | None, kind: str | None) -> None:
        book = self.directory.partners
        for key in self._texts.pop(names.normalise(text), ()):
            self._partner.pop(key, None)
        fresh = id not in book.facts
        book.add(id, text, country or "", kind or "") if fresh else book.by_norm.setdefault(
            names.normalise(text), set()
        ).add(id)

        def undo() -> None:
            if fresh:
                book.facts.pop(id, None)
            book.by_norm.get(names.normalise(text), set()).discard(id)

        self._undo.append(undo)

    def person(self, name: str, partner: str | None, out: RowFacts) -> str:
        book = self.directory.persons
        found = name if name in book.works_for else book.find(name, partner)
        if found is None:
            same = [
                h
                for h in book.by_name.get(names.normalise(name), set())
                if not partner or partner in book.works_for[h]
            ]
            if len(same) > 1:
                raise CellError(
                    "", name, f"{name[:100]!r} names {len(same)} persons: write the id of the one you mean."
                )
            found = new_id("Person")
            links = (Link("WORKS_FOR", partner, label="Partner"),) if partner else ()
            out.before.append(Fact("Person", found, "", {"name": name, "known_from": "contact"}, links))
            book.add(found, name, [partner] if partner else [])
            self._undo.append(lambda: book.by_name.get(names.normalise(name), set()).discard(found))
        return found
