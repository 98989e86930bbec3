"""The store: one object to hold, reads apart from writes, errors in words.

Cypher runs through `Store.read` and `Store.write` only. A write runs in one transaction together with an
`Operation` node under a uniqueness constraint: when the answer to a COMMIT is lost and the write is tried
again, it finds itself applied and returns the first outcome.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import time
import uuid
from collections.abc import Callable
from functools import lru_cache
from types import TracebackType
from typing import Any, TypeVar, cast

import structlog
from neo4j import READ_ACCESS, WRITE_ACCESS, Driver, GraphDatabase, ManagedTransaction, Record
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConstraintError,
    DriverError,
    Neo4jError,
    ResultFailedError,
    ServiceUnavailable,
    SessionExpired,
)

from graph import clock
from graph.errors import TO_BE_RESTARTED, BadInput, KumppaniError, StoreError, StoreRefused, StoreUnavailable

log = structlog.get_logger("kumppani.store")
T = TypeVar("T")
Row = dict[str, Any]

FIRST_WAIT = 0.02  # seconds; the driver's own first wait is a whole second
LONGEST_WAIT = 1.0


class TooMuch(StoreError):
    """The database ran out of memory for one transaction: the same work may pass in smaller batches."""


class Again(StoreError):
    """What a transaction has read changed before it could lock it: the same work has to run anew."""


class _Many(list[Any]):
    """A list that is not spelt out: the driver makes a text of all parameters for its log, also when it keeps none."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"[{len(self)} values]"


def _sent(query: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A statement as it goes to the database: its lists inside maps, where their lengths are not looked at.

    Neo4j plans a statement anew for each order of magnitude of a list that is a parameter itself, which costs
    more than most statements do.
    """
    lists = tuple([name for name, value in parameters.items() if type(value) is list])
    if not lists:
        return query, parameters
    wrapped = {name: {"of": _Many(parameters[name])} for name in lists}
    return _unsized(query, lists), parameters | wrapped


@lru_cache(maxsize=4_000)
def _unsized(query: str, lists: tuple[str, ...]) -> str:
    return re.sub(rf"(\$(?:{'|'.join(lists)})\b|\$`(?:{'|'.join(lists)})`)", r"\1.of", query)


class Tx:
    """One write transaction: `run` returns rows as dicts of named scalars."""

    def __init__(self, tx: ManagedTransaction) -> None:
        self._tx = tx

    def run(self, query: str, /, **parameters: Any) -> list[Row]:
        result = self._tx.run(*_sent(query, parameters))
        return [_row(record) for record in result]


class Store:
    """A connection to one Neo4j database.

    Args:
        uri: bolt://, neo4j:// or neo4j+s:// address.
        deadline: seconds within which a read or write is retried on passing faults.
    """

    def __init__(
        self, uri: str, user: str, password: str, database: str = "neo4j", *, deadline: float = 30.0
    ) -> None:
        self.uri = uri
        self.database = database
        self.deadline = deadline
        try:
            self._driver: Driver = GraphDatabase.driver(
                uri,
                auth=(user, password),
                # Zero: the outer loop below retries, sooner than the driver would and under one deadline.
                max_transaction_retry_time=0,
                connection_timeout=min(5.0, deadline),
                connection_acquisition_timeout=deadline,
                keep_alive=True,
                warn_notification_severity="OFF",
                notifications_min_severity="OFF",
                user_agent="kumppani",
            )
        except (ValueError, DriverError) as error:
            raise StoreRefused(
                f"The address of the graph database is not usable: {uri!r} ({error})."
            ) from error

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, query: str, /, **parameters: Any) -> list[Row]:
        """Rows of a read, each a dict of the query's named columns."""
        return self._retry(lambda: self._alone(query, parameters, READ_ACCESS))

    def _alone(self, query: str, parameters: dict[str, Any], access: str) -> list[Row]:
        """A statement that is its own transaction: one that is begun and ended waits for a further answer."""
        with self._driver.session(
            database=self.database,
            default_access_mode=access,
            bookmark_manager=self._driver.execute_query_bookmark_manager,
            fetch_size=-1,
        ) as session:
            return [_row(record) for record in session.run(*_sent(query, parameters))]

    def snapshot(self, work: Callable[[Tx], T]) -> T:
        """Several reads in one transaction (each statement sees what is committed when it runs)."""

        def once() -> T:
            with self._driver.session(
                database=self.database,
                default_access_mode=READ_ACCESS,
                bookmark_manager=self._driver.execute_query_bookmark_manager,
            ) as session:
                return session.execute_read(lambda tx: work(Tx(tx)))

        return self._retry(once)

    def write(self, work: Callable[[Tx], T], *, operation: str | None = None) -> T:
        """Run `work` in one transaction, once.

        Args:
            work: may run several times, so it must not change anything outside the transaction; what it
                returns must survive JSON, because a replay returns the stored outcome.
            operation: an id of the caller's own, so that even another process repeats nothing;
                a new one by default.
        """
        name = operation or uuid.uuid4().hex
        tries = itertools.count(1 if operation else 0)

        def body(tx: ManagedTransaction) -> T:
            own = Tx(tx)
            # An id that was drawn here cannot have been applied before it was tried.
            if next(tries):
                done = own.run("MATCH (o:Operation {id: $id}) RETURN o.outcome AS outcome", id=name)
                if done:
                    return cast(T, json.loads(done[0]["outcome"]))
            outcome = work(own)
            own.run(
                "CREATE (:Operation {id: $id, at: $at, outcome: $outcome})",
                id=name,
                at=clock.now(),
                outcome=json.dumps(outcome),
            )
            return outcome

        def once() -> T:
            with self._driver.session(
                database=self.database, bookmark_manager=self._driver.execute_query_bookmark_manager
            ) as session:
                return session.execute_write(body)

        return self._retry(once)

    def once(self, query: str, /, **parameters: Any) -> list[Row]:
        """One writing statement that may run twice unharmed (MERGE on a key of its own), without an Operation."""
        return self._retry(lambda: self._alone(query, parameters, WRITE_ACCESS))

    def admin(self, statement: str) -> list[Row]:
        """One statement that cannot share a transaction (constraints, indexes, CALL ... IN TRANSACTIONS)."""

        def once() -> list[Row]:
            with self._driver.session(database=self.database) as session:
                return [_row(record) for record in session.run(statement)]

        return self._retry(once)

    def _retry(self, once: Callable[[], T]) -> T:
        """Run, and again after passing faults, under the deadline; what fails for good is translated."""
        end = time.monotonic() + self.deadline
        wait = FIRST_WAIT
        collisions = 0
        while True:
            try:
                return once()
            except Again:
                if time.monotonic() + wait > end:
                    raise
            except KumppaniError:
                raise
            except UnicodeEncodeError:
                # Half a surrogate pair: JSON can spell it, and so can the bytes of a command line.
                raise BadInput(
                    "That text holds half a character, which no text may; write it anew."
                ) from None
            except (Neo4jError, DriverError, OSError) as raised:
                error = _first(raised)
                # Two transactions that make the same node at once: the second finds it when it runs again.
                collisions += isinstance(error, ConstraintError)
                again = _passing(error) or 0 < collisions <= 5
                if not again or time.monotonic() + wait > end:
                    raise _translated(error, self.uri) from raised
                log.info("store retry", error=str(error)[:200], wait=wait)
            time.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(wait * 2, LONGEST_WAIT)


def _row(record: Record) -> Row:
    # Record.data() walks through all nested values, which costs more than the database.
    return dict(zip(record.keys(), record.values(), strict=True))


def _first(error: Exception) -> Exception:
    """What went wrong: a result that has failed says so once, and afterwards only that it had."""
    cause = error.__cause__
    return cause if isinstance(error, ResultFailedError) and isinstance(cause, Exception) else error


def _passing(error: Exception) -> bool:
    """Whether the same call may go through later."""
    if isinstance(error, Neo4jError):
        if _halted(error):
            return True  # a local one is restarted, where there is room
        if (error.code or "").endswith("SchemaRuleAlreadyExists"):
            return True  # another program makes the same schema: run again, IF NOT EXISTS finds it
        return error.is_retryable() and "OutOfMemory" not in (error.code or "")
    return isinstance(error, ServiceUnavailable | SessionExpired | OSError)


def _halted(error: Neo4jError) -> bool:
    """Whether the database could not write what it must, and takes no transaction until it is restarted."""
    return (error.code or "").endswith("TransactionLogError") or TO_BE_RESTARTED in str(error)


def _translated(error: Exception, uri: str) -> StoreError:
    log.warning("store error", kind=type(error).__name__, error=str(error)[:500])
    code = getattr(error, "code", "") or ""
    if isinstance(error, AuthError):
        return StoreRefused(
            f"The graph database at {uri} refused the user name or password; "
            "see KUMPPANI_NEO4J_USER and KUMPPANI_NEO4J_PASSWORD."
        )
    if "OutOfMemory" in code:
        return TooMuch("The graph database ran out of memory for one transaction.")
    if isinstance(error, ServiceUnavailable | SessionExpired | OSError):
        return StoreUnavailable(
            f"The graph database at {uri} cannot be reached. Nothing was lost: what was confirmed is kept. "
            "Start it (kumppani store start) or check KUMPPANI_NEO4J_URI, then run the same command again."
        )
    if isinstance(error, Neo4jError) and _halted(error):
        return StoreUnavailable(
            f"The graph database at {uri} could not write, most likely because its disk is full, and has stopped. "
            "Nothing was lost: what was confirmed is kept. Make room there; Kumppani restarts its own Neo4j, and another "
            "one has to be restarted by whoever runs it. Then run the same command again."
        )
    if isinstance(error, ClientError) and "DatabaseNotFound" in code:
        return StoreRefused(f"The graph database at {uri} has no such database; see KUMPPANI_NEO4J_DATABASE.")
    if isinstance(error, Neo4jError) and error.is_retryable():
        return StoreUnavailable(
            "The graph database was too busy for too long; the same call may go through later."
        )
    return StoreError("The graph database did not do what was asked; the log has the details.")
