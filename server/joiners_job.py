"""Shows who comes to a class, to a child or to work here what was announced before, or is to be read (п. 2.9, 4.1)."""

from datetime import date

from school.announcements.actions import MEMBER_TABLES, add_late_joiners
from school.regulations.actions import look_after_readers
from server.own_threads import entries
from server.session import School


class LateJoiners:
    """Adds them once anything may have changed who belongs to an audience, and on every new day: enrolments begin on theirs."""

    def __init__(self, school: School) -> None:
        """Look after a school."""
        self.school = school
        self._looked: tuple[int, date] | None = None

    def look(self) -> None:
        """Add whoever has come since the last look."""
        store, now = self.school.store, self.school.clock()
        state = (store.state_of(MEMBER_TABLES), now.date())
        if state != self._looked:
            entries.go_first()
            add_late_joiners(store, now=now)
            look_after_readers(store, now=now)
            self._looked = state
