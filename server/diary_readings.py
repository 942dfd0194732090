"""Notes which family opens which diary: some microseconds of a request, written down by the job of visits (п. 4.3)."""

from datetime import datetime

from school.families.actions import note_readings
from school.records import User
from server.session import School


class DiaryReadings:
    """The last reading of each diary by each of its family since the last writing. Plain dictionary operations: no lock."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self._waiting: dict[tuple[int, int], datetime] = {}

    def note(self, here: School, user: User, pupil_id: int) -> None:
        """Note that one of the pupil's family opens the diary; others' readings are viewings."""
        if pupil_id in user.pupil_ids:
            self._waiting[user.user_id, pupil_id] = here.clock()

    def write(self, here: School) -> None:
        """Write down what waits; what could not be written waits on."""
        taken, self._waiting = self._waiting, {}
        if not taken:
            return
        try:
            note_readings(here.store, taken)
        except BaseException:
            self._waiting = taken | self._waiting
            raise


diary_readings = DiaryReadings()
