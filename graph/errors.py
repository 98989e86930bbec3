"""What can go wrong, in words. Nothing here knows of HTTP, exit codes or the database driver."""

# What Neo4j says once it has met a fault that it cannot go on from.
TO_BE_RESTARTED = "needs to be restarted"


class KumppaniError(Exception):
    """Something the person in front of the program should read; `str()` is the sentence to show."""


class BadInput(KumppaniError):
    """What was asked or given cannot be used as it is: the caller can mend it."""


class Unknown(KumppaniError):
    """An id that names nothing, or nothing that this viewer may see: the two answer alike."""


class NotAllowed(KumppaniError):
    """This viewer may not do this."""


class Conflict(KumppaniError):
    """Somebody else changed or holds the thing meanwhile."""


class Changed(Conflict):
    """The thing is not the version that the change was made from; `current` is what it is now."""

    def __init__(self, sentence: str, current: object = None) -> None:
        super().__init__(sentence)
        self.current = current


class StoreError(KumppaniError):
    """The graph database did not do what was asked."""


class StoreUnavailable(StoreError):
    """The graph database cannot be reached, or not in time; the same call may go through later."""


class StoreRefused(StoreError):
    """The graph database was reached and said no (password, version, schema, disk)."""
