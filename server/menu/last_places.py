"""Notes which pages people open: some microseconds of a rerun, written down by the job of visits."""

from datetime import datetime

from school.records import User
from school.search.actions import note_places
from server.menu.rows import PageRow
from server.session import School


class LastPlaces:
    """When each page was last opened by each user since the last writing. Plain dictionary operations: no lock."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self._waiting: dict[tuple[int, str], datetime] = {}

    def note(self, here: School, user: User, row: PageRow) -> None:
        """Note that a user has a page open; only a view of the menu is a place to come back to."""
        if row.menu_roles & user.roles:
            self._waiting[user.user_id, row.path] = here.clock()

    def write(self, here: School) -> None:
        """Write down what waits; what could not be written waits on."""
        taken, self._waiting = self._waiting, {}
        if not taken:
            return
        try:
            note_places(here.store, taken)
        except BaseException:
            self._waiting = taken | self._waiting
            raise


last_places = LastPlaces()
