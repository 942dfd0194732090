"""What the pages of a printed register are made of, as plain records without the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.reports.summary.sheet import Sheet
from school.attendance.store import PupilLesson
from school.records import ListedPupil, PersonName, Term, TermPlace, WorkType
from school.substitutions.store import LogRow

Pair = tuple[int, int]  # lesson_id, pupil_id


@dataclass(frozen=True)
class PrintedLesson:
    """A lesson that was held: its day, what it was about, the homework, and who gave it in another's place (empty: nobody)."""

    lesson_id: int
    term_id: int
    held_on: date
    topic: str
    homework: str
    substitute: str = ""


@dataclass(frozen=True)
class Note:
    """A correction after a term's closing, printed as a footnote."""

    happened_on: date
    old_text: str
    new_text: str
    reason: str


@dataclass(frozen=True)
class SubjectSheet:
    """A register over the year: a subject of a class, or of a subgroup of it.

    ``cells`` are texts by lesson and pupil, ``marks`` those for terms and (YEAR) the year; notes stand beside either.
    """

    title: str
    teachers: str
    pupils: tuple[ListedPupil, ...]
    terms: tuple[Term, ...]
    lessons: tuple[PrintedLesson, ...]
    cells: Mapping[Pair, str]
    marks: Mapping[TermPlace, int]
    cell_notes: Mapping[Pair, tuple[Note, ...]]
    mark_notes: Mapping[TermPlace, tuple[Note, ...]]
    departures: Mapping[int, str]
    is_graded: bool = True


@dataclass(frozen=True)
class PupilFacts:
    """A pupil in the list of general data: as little as is needed (152-ФЗ, ст. 5); ``file_number`` is empty where unknown."""

    pupil_id: int
    name: PersonName
    born_on: date | None
    guardians: str
    phones: str
    file_number: str = ""


@dataclass(frozen=True)
class MovementRow:
    """A pupil who came or left: when, who, what in words, by which order, why."""

    happened_on: date
    pupil_name: str
    title: str
    order_title: str
    reason: str


@dataclass(frozen=True)
class Remark:
    """A remark on how the register is kept: when, by whom, what, and what became of it."""

    made_on: date
    author: str
    text: str
    outcome: str


@dataclass(frozen=True)
class ClassSheets:
    """Everything that the printed register of a class holds."""

    school_name: str
    class_id: int
    class_name: str
    school_year: int
    first_day: date
    last_day: date
    homeroom: str
    terms: tuple[Term, ...]
    subjects: tuple[SubjectSheet, ...]
    pupils: tuple[PupilFacts, ...]
    marks: Sheet
    attendance: tuple[PupilLesson, ...]
    movements: tuple[MovementRow, ...]
    substitutions: tuple[LogRow, ...]
    remarks: tuple[Remark, ...]
    work_types: tuple[WorkType, ...]
    rounding: str
    made_at: datetime
    made_by: str
    made_from: int
    program: str
