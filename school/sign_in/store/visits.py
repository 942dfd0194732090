"""When sessions were last used: noted in memory on the way of a request, written down together some time later."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from school.sign_in.rules.sessions import FAMILY_SESSION
from school.store.connection import Store

# No session lasts longer, so nobody asks for what was noted before.
REMEMBERED = FAMILY_SESSION + timedelta(days=1)


@dataclass
class Visits:
    """The last visit of each session by its hash. Plain dictionary operations: threads need no lock."""

    _seen: dict[str, datetime] = field(default_factory=dict)
    _unwritten: dict[str, datetime] = field(default_factory=dict)

    def note(self, session_hash: str, now: datetime) -> None:
        """Note a visit."""
        self._seen[session_hash] = self._unwritten[session_hash] = now

    def last(self, session_hash: str) -> datetime | None:
        """Return the last visit since the start of the server."""
        return self._seen.get(session_hash)

    def take_unwritten(self, now: datetime) -> dict[str, datetime]:
        """Return the visits since the last call, which the caller writes down; forget those that nobody asks for."""
        taken, self._unwritten = self._unwritten, {}
        for session_hash, seen in list(self._seen.items()):
            if now - seen > REMEMBERED:
                self._seen.pop(session_hash, None)
        return taken


_of_store: WeakKeyDictionary[Store, Visits] = WeakKeyDictionary()


def visits_of(store: Store) -> Visits:
    """Return the visits of a store's sessions."""
    found = _of_store.get(store)
    return found if found is not None else _of_store.setdefault(store, Visits())
