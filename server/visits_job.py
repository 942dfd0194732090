"""Writes down when sessions were last used, once a minute, and drops what is kept of sign-ins after its term, each day."""

from datetime import date

from school.account_signals.actions import forget_old_checks
from school.privacy.actions.erasing import erase_sign_ins
from school.sign_in.actions.own_sessions import write_down_visits
from server.diary_readings import diary_readings
from server.menu.last_places import last_places
from server.session import School
from server.viewings import log_erased


class VisitsKeeper:
    """What requests only note in memory, and what a night drops."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.tidied_on: date | None = None

    def look(self) -> None:
        """Write down the visits of the last minute; drop what is too old once a day, the first time soon after the start."""
        now = self.school.clock()
        write_down_visits(self.school.store, now)
        diary_readings.write(self.school)
        last_places.write(self.school)
        if self.tidied_on != now.date():
            erased = erase_sign_ins(self.school.store, now=now)
            if any(erased.values()):
                log_erased(erased)
            forget_old_checks(self.school.store, now)
            self.tidied_on = now.date()

    def stop(self) -> None:
        """Write down the last visits before the store closes."""
        write_down_visits(self.school.store, self.school.clock())
        diary_readings.write(self.school)
        last_places.write(self.school)
