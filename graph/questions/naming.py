"""Which recorded partners a name may mean, from names kept in memory beside the graph."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from graph import names
from graph.answers_names import KnownName, NameEvidence, NameMatch, NameMatches
from graph.errors import BadInput
from graph.matching import POSSIBLE, Named, known
from graph.matching.forms import form
from graph.matching.index import Index, Match
from graph.matching.why import Feature, sentence
from graph.questions.asking import Asking
from graph.soon import soon
from graph.store import Row, Store

MOST = 10
_LARGE = 20_000  # names from where on a write that adds or takes none is looked for only now and then
_NOW_AND_THEN = 10.0  # seconds
_TRIES = 3  # while others write, names read a moment ago are as good as any

# Of what a book was made from: how much there is, and how many writes there have been; and whether a text is a recorded
# name or an id (null is none).
_NOW = (
    "RETURN COUNT { (:Alias) } AS aliases, COUNT { ()-[:NAMES]->() } AS names, COUNT { (:Partner) } AS partners, "
    "COUNT { (:Operation) } AS operations, "
    "EXISTS { (:Alias {id: $alias})-[:NAMES]->(:Partner) } OR EXISTS { (:Partner {id: $text}) } AS recorded"
)
# The partners that records stand for now.
_STANDING = (
    "RETURN COLLECT { UNWIND $ids AS id MATCH (m:Partner {id: id}) MATCH (p:Partner {id: m.canonical}) "
    "RETURN [id, p.id, p.name, p.country, p.kind] } AS standing"
)
_ALL = (
    "CALL () { MATCH (a:Alias)-[:NAMES]->(p:Partner) "
    "RETURN collect([p.canonical, a.text, coalesce(p.kind, ''), coalesce(p.country, '')]) AS rows } "
    "CALL () { MATCH (p:Partner) WHERE p.canonical = p.id "
    "RETURN collect([p.id, p.id, p.name, p.country, p.kind]) AS standing } "
    "RETURN rows, standing"
)
# Of a record's id: id, name, country and kind of the partner that it stands for.
Bearers = dict[str, tuple[str, str, str | None, str | None]]
Stamp = tuple[int, ...]


@dataclass(frozen=True)
class Read:
    """What a name meant, by names as they were when there was as much as `stamp` says."""

    matches: list[Match]
    stamp: Stamp
    bearers: Bearers


class NameBook:
    """Every name of every partner in one graph.

    Whoever asks it looks afterwards whether it was up to date, together with what else is looked up.

    Names of partners are no secret: whoever may ask sees them all, so that one book serves every viewer.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._index = Index()
        self._entries: set[tuple[str, str, str, str]] = set()
        self._heard: dict[str, str | None] = {}  # by name in its normal form: whose it is, None for several
        self._bearers: Bearers = {}
        self._stamp: Stamp = ()
        self._read_at = 0.0

    def match(self, asked: Named, most: int = MOST, lowest: float = POSSIBLE) -> Read:
        """The canonical partners that the name meant when names were last read, best first."""
        with self._lock:
            return Read(self._index.match(asked, most, lowest), self._stamp, self._bearers)

    def unheard_of(self, text: str) -> bool:
        """Whether nobody bore this name when names were last read; False where they never were."""
        with self._lock:
            return bool(self._stamp) and names.normalise(text) not in self._heard

    def bearer(self, text: str) -> str | None:
        """The one partner of this name, or id of it, when names were last read; None where that is not known."""
        with self._lock:
            return self._heard.get(names.normalise(text)) or self._bearers.get(text.strip(), (None,))[0]

    def warm(self) -> None:
        """Read the names now, so that the first question need not wait for it."""
        self.current(self._store.read(_NOW, alias=None, text=None)[0])

    def current(self, row: Row) -> bool:
        """Whether the names were up to date by a row of `_NOW`; they are now, if they were not."""
        stamp = _stamp(row)
        with self._lock:
            if stamp == self._stamp:
                return True
            same_names = stamp[:3] == self._stamp[:3]
            if same_names and stamp[1] > _LARGE and time.monotonic() - self._read_at < _NOW_AND_THEN:
                return True
            self._read(stamp)
            return False

    def _read(self, stamp: Stamp) -> None:
        row = self._store.read(_ALL)[0]
        entries = {(str(id), str(text), str(kind), str(country)) for id, text, kind, country in row["rows"]}
        self._bearers = _bearers(row)
        for id, text, _, _ in self._entries - entries:
            self._index.discard(id, text)
        for id, text, kind, country in sorted(entries - self._entries):
            self._index.add(id, Named(text, kind or None, country or None))
        self._heard = {}
        for id, text, _, _ in entries:
            name = names.normalise(text)
            self._heard[name] = id if self._heard.get(name, id) == id else None
        self._entries, self._stamp, self._read_at = entries, stamp, time.monotonic()


_books: WeakKeyDictionary[Store, NameBook] = WeakKeyDictionary()
_making = threading.Lock()


def book_of(store: Store) -> NameBook:
    """The book of this store; one for all who hold it."""
    with _making:
        if store not in _books:
            _books[store] = NameBook(store)
        return _books[store]


def _stamp(row: Row) -> Stamp:
    return row["aliases"], row["names"], row["partners"], row["operations"]


def _bearers(row: Row) -> Bearers:
    return {id: (partner, name, country, kind) for id, partner, name, country, kind in row["standing"]}


# A match, and name, country and kind of the partner as it stands now.
Standing = tuple[Match, str, str | None, str | None]


def matches(asking: Asking, asked: Named, most: int = MOST, lowest: float = POSSIBLE) -> list[Standing]:
    """The partners that a name may mean, best first."""
    book = book_of(asking.store)
    for _ in range(_TRIES):
        # Whether the names are up to date is asked while they are compared.
        now = soon(lambda: asking.store.read(_NOW, alias=None, text=None)[0])
        read = book.match(asked, most, lowest)
        row = now.result()
        if read.stamp == _stamp(row) or book.current(row):
            break
    return _standing(asking, read, row)


def unheard_of(asking: Asking, text: str, most: int = MOST) -> list[Standing] | None:
    """The same for a name that no partner bears, in one question; None where one does, or names have changed."""
    book = book_of(asking.store)
    if not book.unheard_of(text):
        return None
    alias = names.alias_id("Partner", text)
    now = soon(lambda: asking.store.read(_NOW, alias=alias, text=text.strip())[0])
    read = book.match(Named(text), most)
    row = now.result()
    if row["recorded"] or not (read.stamp == _stamp(row) or book.current(row)):
        return None
    return _standing(asking, read, row)


def _standing(asking: Asking, read: Read, row: Row) -> list[Standing]:
    bearers = read.bearers
    if read.stamp != _stamp(row):
        # Names were as good as any; what else is known of their bearers may have changed.
        bearers = _bearers(asking.store.read(_STANDING, ids=[m.id for m in read.matches])[0])
    out: dict[str, Standing] = {}
    for match in read.matches:
        if match.id in bearers and (partner := bearers[match.id][0]) not in out:
            name, country, kind = bearers[match.id][1:]
            out[partner] = (Match(partner, match.text, match.score), name, country, kind)
    return list(out.values())


def match_name(
    asking: Asking,
    text: str,
    *,
    kind: str | None = None,
    country: str | None = None,
    language: str = "en",
    limit: int = MOST,
) -> NameMatches:
    """What a name is read as, what it is known to mean, and the partners it may mean, each with its reasons.

    Raises:
        BadInput: the text is empty or longer than any name.
    """
    if not names.clean(text):
        raise BadInput("The name is empty: which name do you want to know about?")
    if len(text) > names.LONGEST:
        raise BadInput(f"The name has {len(text):,} characters; the longest taken has {names.LONGEST:,}.")
    if not 1 <= limit <= 100:
        raise BadInput(f"{limit} matches were asked for: 1 to 100 can be.")
    taken = form(text, kind)
    notes = [Feature("repair_" + r.what, r.before, r.after) for r in taken.repairs]
    asked = Named(text, kind or None, country or None)
    return NameMatches(
        text=names.clean(text),
        read_as=taken.text,
        notes=[sentence([note], language) for note in notes],
        matches=[
            NameMatch(
                id=match.id,
                name=name,
                country=its_country,
                kind=its_kind,
                text=match.text,
                score=round(match.score.value, 3),
                sure=match.score.sure,
                why=match.score.why(language),
                features=_features(match.score.features),
            )
            for match, name, its_country, its_kind in matches(asking, asked, limit)
        ],
        known=[
            KnownName(ref=k.ref, name=k.name, country=k.country, kind=k.kind, sure=k.sure)
            for k in known.find(text, kind or None, country or None)
        ],
    )


def _features(features: Sequence[Feature]) -> list[NameEvidence]:
    return [NameEvidence(feature=f.name, left=f.left, right=f.right) for f in features]
