"""Notes who looks at pupils' data: kept in memory by the page, written by a job beside it (152-ФЗ, ст. 19)."""

import logging
import threading
from collections.abc import Mapping

from school.privacy.actions.erasing import erase_by_night
from school.privacy.actions.viewings import note_viewings
from school.privacy.rules.terms import Erased
from school.privacy.rules.viewing import Seen, Viewing
from school.records import User
from server.session import School, school

SECONDS_BETWEEN_WRITES, SECONDS_BETWEEN_NIGHT_LOOKS = 5, 30 * 60
log = logging.getLogger(__name__)


class Viewings:
    """What was looked at since the last writing; the same once an hour a person, however often a page runs."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._waiting: list[Viewing] = []
        self._hour, self._noted = (0, 0), set[tuple[int, Seen]]()

    def note(self, here: School, user_id: int, seen: Seen) -> None:
        """Note that a user looks at something: some microseconds, no question to the store."""
        now = here.clock()
        hour = (now.toordinal(), now.hour)
        with self._lock:
            if hour != self._hour:
                self._hour, self._noted = hour, set()
            if (user_id, seen) not in self._noted:
                self._noted.add((user_id, seen))
                self._waiting.append(Viewing(now, user_id, seen))

    def write(self, here: School) -> None:
        """Write what waits; what could not be written waits on."""
        with self._writing:
            with self._lock:
                taken, self._waiting = self._waiting, []
            if not taken:
                return
            try:
                note_viewings(here.store, taken)
            except BaseException:
                with self._lock:
                    self._waiting = taken + self._waiting
                raise


viewings = Viewings()


def note_seen(user: User, seen: Seen) -> None:
    """Note that the user looks at something of pupils."""
    viewings.note(school(), user.user_id, seen)


def erase_at_night(here: School) -> None:
    """Erase what is over its term when it is time, and say in the log how much of what kind."""
    counts = erase_by_night(here.store, now=here.clock())
    if counts is not None:
        log_erased(counts)


def log_erased(counts: Mapping[Erased, int]) -> None:
    """Say in the log how much of what kind was erased."""
    log.warning("Erased after its term: %s", {str(kind): count for kind, count in counts.items() if count})
