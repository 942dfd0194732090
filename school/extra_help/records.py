"""Records of extra help."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


class HelpPlace(NamedTuple):
    """A pupil in a subject of a class's term."""

    class_id: int
    subject_id: int
    term_id: int
    pupil_id: int


@dataclass(frozen=True)
class Warned:
    """What a forecast said on the day that somebody took the pupil up.

    ``feared_mark``: 2, or 3 after better marks; ``chance`` of it or a lower one, 0 to 1; ``mean`` of the marks so far, if any.
    """

    feared_mark: int
    chance: float
    mean: float | None
    marks: int


@dataclass(frozen=True)
class ExtraHelp:
    """A pupil taken up: by whom, since when, what was agreed, and how it stood then."""

    place: HelpPlace
    helper_id: int
    helper: str
    taken_at: datetime
    warned: Warned
    agreed: str


@dataclass(frozen=True)
class Helper:
    """Who may take a pupil up: a teacher of the subject in the class, or the homeroom teacher."""

    staff_id: int
    name: str
    is_homeroom: bool


class NextLesson(NamedTuple):
    """A lesson of a pupil's subject still to come, with its topic where it is planned."""

    held_on: date
    topic: str
