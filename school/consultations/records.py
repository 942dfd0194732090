"""Times that the staff offers, who has booked them, parents' evenings."""

from datetime import datetime
from typing import NamedTuple

from school.consultations.rules import Times
from school.records import PersonName


class Slot(NamedTuple):
    """A time that somebody of the staff offers; ``evening_id``: of a parents' evening."""

    slot_id: int
    staff_id: int
    evening_id: int | None
    begins_at: datetime
    ends_at: datetime
    place: str

    @property
    def times(self) -> Times:
        """When."""
        return Times(self.begins_at, self.ends_at)


class Booking(NamedTuple):
    """A booked time with the names that people read; ``booked_by`` is the account of the guardian ``guardian``.

    ``cancelled_at`` with ``is_by_school``: which side has cancelled; ``note`` is the teacher's.
    """

    booking_id: int
    slot_id: int
    staff_id: int
    staff_name: str
    evening_id: int | None
    begins_at: datetime
    ends_at: datetime
    place: str
    pupil_id: int
    pupil_name: PersonName
    class_id: int
    class_name: str
    question: str
    booked_at: datetime
    booked_by: int
    guardian: str
    cancelled_at: datetime | None
    is_by_school: bool
    cancel_words: str
    note: str
    noted_at: datetime | None

    @property
    def times(self) -> Times:
        """When."""
        return Times(self.begins_at, self.ends_at)


class Evening(NamedTuple):
    """A parents' evening: when, and how many minutes each family has."""

    evening_id: int
    begins_at: datetime
    ends_at: datetime
    minutes: int
    cancelled_at: datetime | None

    @property
    def times(self) -> Times:
        """From when to when."""
        return Times(self.begins_at, self.ends_at)


class Host(NamedTuple):
    """Somebody of the staff whom a family may ask for a talk; ``duty``: «математика», «классный руководитель»."""

    staff_id: int
    name: str
    duty: str
