"""The end of a class's year: what each pupil has in each subject, and what the pedagogical council decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

from school.records import PersonName, RegisterKey, RegisterRow, Term


class Outcome(StrEnum):
    """What the council decides about a pupil."""

    MOVED_UP = "moved_up"
    CONDITIONAL = "conditional"
    REPEATS = "repeats"
    GRADUATED = "graduated"
    LEFT = "left"


class ExamColumn(IntEnum):
    """A column of a register's exam sheet: where a mark stands among those for terms (positive) and the year (0)."""

    EXAM = -1
    FINAL = -2


@dataclass(frozen=True)
class Protocol:
    """The council's protocol: its number and its day."""

    number: str
    day: date


@dataclass(frozen=True)
class Decision:
    """A decision about a pupil; without a day it is a proposal of the homeroom teacher.

    ``debts``: the subjects to be passed in the next year; ``note``: why, where the marks do not say.
    """

    outcome: Outcome
    decided_on: date | None = None
    protocol: str = ""
    debts: tuple[int, ...] = ()
    note: str = ""
    recorded_at: datetime | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether the council decided so: no mere proposal."""
        return self.decided_on is not None


@dataclass(frozen=True)
class SubjectYear:
    """What a pupil has in a subject: marks of the terms in their order, of the year, of the exam, and the final mark.

    ``proposed`` is what year and exam come to, ``final`` what holds; ``reason`` says why they differ. ``is_owed``: the pupil
    is taught the subject at the end of the last term, so that a final mark is owed.
    """

    terms: tuple[int | None, ...]
    year: int | None = None
    exam: int | None = None
    proposed: int | None = None
    final: int | None = None
    reason: str = ""
    is_owed: bool = False

    @property
    def other_final(self) -> int | None:
        """The final mark where people decided otherwise than the rule."""
        return self.final if self.reason else None

    def mark(self, column: ExamColumn) -> int | None:
        """Return what stands in a column of the exam sheet."""
        return self.exam if column == ExamColumn.EXAM else self.other_final


@dataclass(frozen=True)
class Missed:
    """Lessons missed in a year: all, and of them by illness."""

    lessons: int = 0
    ill: int = 0


@dataclass(frozen=True)
class PupilYear:
    """A pupil's year in a class; ``left_on`` is the day of leaving it before the year's end, None where the pupil stayed.

    ``debts_before`` are the subjects with which last year's council moved the pupil up conditionally; ``movement`` says how
    a pupil left, with the order.
    """

    pupil_id: int
    name: PersonName
    subjects: Mapping[int, SubjectYear]
    missed: Missed = Missed()
    decision: Decision | None = None
    left_on: date | None = None
    debts_before: frozenset[int] = frozenset()
    file_number: str = ""
    movement: str = ""


@dataclass(frozen=True)
class ClassYear:
    """A class's year as its summary sheet shows it; ``subjects`` by id in the order of their names, ``exams`` those with one."""

    class_id: int
    name: str
    grade_level: int | None
    school_year: int
    school_name: str
    homeroom: str
    terms: Sequence[Term]
    subjects: Mapping[int, str]
    exams: frozenset[int]
    pupils: Sequence[PupilYear]

    @property
    def at_end(self) -> list[PupilYear]:
        """Who was in the class to its end: about them the council decides."""
        return [each for each in self.pupils if each.left_on is None]

    def pupil(self, pupil_id: int) -> PupilYear | None:
        """Return a pupil who was in the class to its end; None: there is no such pupil."""
        return next((each for each in self.at_end if each.pupil_id == pupil_id), None)


@dataclass(frozen=True)
class ExamEdit:
    """What was typed for a pupil: the exam mark, or a final mark other than the rule's; the rest as in ``CellEdit``."""

    key: RegisterKey
    column: ExamColumn
    pupil_id: int
    text: str
    base: str | None = None
    seq: int = 0
    reason: str = ""

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where the mark stands: class, subject, column, pupil."""
        return (self.key.class_id, self.key.subject_id, self.column, self.pupil_id)


@dataclass(frozen=True)
class ExamPage:
    """The exam of a register: its pupils with what they have in the subject; ``why_not`` is empty for who may enter."""

    register: RegisterRow
    has_exam: bool
    pupils: list[tuple[PupilYear, SubjectYear]] = field(default_factory=list)
    why_not: str = ""


@dataclass(frozen=True)
class CouncilClass:
    """A class that a council decides about: how many pupils it has at the end, and about how many is decided."""

    class_id: int
    name: str
    school_year: int
    pupils: int
    decided: int
