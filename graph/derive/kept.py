"""Contacts of busy partners, kept in memory between refreshes: of one changed contact only that one is read.

A refresh leaves a mark with the scope of the partner (`seen`), and every write leaves there which contacts it wrote
(`changed`), or that it may have changed more than those (`whole`). What is kept holds with the mark it was read under
and those contacts alone, whoever has written: where another program has refreshed meanwhile the mark is another one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from graph.derive.read import RawContacts, read_contacts
from graph.facts import new_id
from graph.store import Store, Tx

LEAST = 1_000  # contacts of a partner from which on they are kept
MOST = 100_000  # contacts that are kept in all


@dataclass(frozen=True)
class Mark:
    """What a scope says of how far its contacts are known."""

    seen: str | None = None
    changed: Sequence[str] = ()
    whole: bool = True


@dataclass
class Kept:
    """Contacts by canonical partner, each with the mark they were read under; the ones longest unused go first."""

    _of: OrderedDict[str, tuple[str, RawContacts]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, partner: str, mark: Mark) -> RawContacts | None:
        with self._lock:
            seen, raw = self._of.get(partner, (None, None))
            if raw is None or mark.whole or seen != mark.seen:
                return None
            self._of.move_to_end(partner)
            return raw

    def put(self, partner: str, seen: str, raw: RawContacts) -> None:
        with self._lock:
            self._of[partner] = seen, raw
            self._of.move_to_end(partner)
            while sum(len(raw.id) for _, raw in self._of.values()) > MOST:
                self._of.popitem(last=False)


_kept: WeakKeyDictionary[Store, Kept] = WeakKeyDictionary()
_making = threading.Lock()


def kept_of(store: Store) -> Kept:
    """What is kept of this store; one for all who hold it."""
    with _making:
        return _kept.setdefault(store, Kept())


def contacts_of(tx: Tx, kept: Kept, partner: str, mark: Mark) -> tuple[RawContacts, str | None]:
    """The counting contacts of a canonical partner whose scope is locked, as `read_contacts` has them with persons.

    Returns:
        The contacts, and the mark that the scope is to be given; None where they are not kept.
    """
    old = kept.get(partner, mark)
    if old is None:
        raw = read_contacts(tx.run, [partner], persons=True)
    elif mark.changed:
        raw = old.replaced(mark.changed, _read(tx, partner, mark.changed))
    else:
        raw = old
    # The other guests of conferences may be merged, which is not said here.
    if len(raw.id) < LEAST or set(raw.partners.names) != {partner}:
        return raw, None
    seen = new_id("Scope")
    kept.put(partner, seen, raw)
    return raw, seen


def _read(tx: Tx, partner: str, ids: Sequence[str]) -> RawContacts:
    return read_contacts(
        tx.run,
        [partner],
        match="UNWIND $ids AS id MATCH (c:Contact {id: id})-[:WITH_PARTNER]->(m:Partner) WHERE m.canonical IN $partners "
        "AND c.status <> 'cancelled' WITH DISTINCT c, m.canonical AS pid ",
        by_partner=True,
        persons=True,
        ids=list(ids),
    )
