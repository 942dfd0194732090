"""Records of the route for «Моя школа»: the systems that may ask, and what is answered about a pupil."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ScheduleClient:
    """A system that may ask for timetables until it is closed; ``readings``: how many answers it got, and on which day the last."""

    client_id: str
    name: str
    made_at: datetime
    closed_at: datetime | None
    readings: int = 0
    pupils: int = 0
    last_read_on: date | None = None


@dataclass(frozen=True)
class MadeClient:
    """A system just let in; the secret is shown once and stored as a hash."""

    client_id: str
    secret: str


@dataclass(frozen=True)
class KnownPupil:
    """A pupil found by the number in ЕСИА, and the school."""

    pupil_id: int
    school_id: int
    school_name: str
