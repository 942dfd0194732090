"""The school's records as frozen values. Identifiers are whole numbers made by the store."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from school.spans import LoadSpan, Span, is_in_span


class Role(StrEnum):
    """A part a person plays in the school; one person may play several."""

    HEAD = "head"
    DEPUTY = "deputy"
    ADMIN = "admin"
    HOMEROOM = "homeroom"
    TEACHER = "teacher"
    SECRETARY = "secretary"
    GUARDIAN = "guardian"
    PUPIL = "pupil"


class AbsenceReason(StrEnum):
    """Why a pupil missed a lesson; LATE means that the pupil came late and did not miss it."""

    UNKNOWN = "unknown"
    ILLNESS = "illness"
    VALID = "valid"
    LATE = "late"


class HomeworkState(StrEnum):
    """Whether homework was decided: not yet, none on purpose, or set."""

    UNSET = "unset"
    NONE = "none"
    SET = "set"


class LessonStatus(StrEnum):
    """PLANNED lessons become HELD by their date; CANCELLED ones take no entries."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class RemarkKind(StrEnum):
    """What a teacher writes to a family (п. 3.6, 4.7)."""

    PRAISE = "praise"
    REMARK = "remark"
    RECOMMENDATION = "recommendation"


class TermKind(StrEnum):
    """Kinds of reporting term; an import may bring others as plain words."""

    QUARTER = "quarter"
    TRIMESTER = "trimester"
    HALF = "half"
    YEAR = "year"
    COURSE = "course"


@dataclass(frozen=True)
class PersonName:
    """A Russian full name."""

    last: str
    first: str
    middle: str = ""

    @property
    def parts(self) -> tuple[str, str, str]:
        """Last, first and middle name, as the store's tables hold them."""
        return self.last, self.first, self.middle

    @property
    def full(self) -> str:
        """«Иванов Пётр Сергеевич»."""
        return " ".join(part for part in self.parts if part)

    @property
    def short(self) -> str:
        """«Иванов Пётр», as in a register."""
        return " ".join(part for part in (self.last, self.first) if part)

    @property
    def initials(self) -> str:
        """«Иванов П. С.»."""
        return " ".join([self.last, *(f"{part[0]}." for part in (self.first, self.middle) if part)])


@dataclass(frozen=True)
class Namesake(PersonName):
    """The name of somebody who would look like another person of the same list; ``note`` tells full namesakes apart.

    It is for reading only: where others are shown by last and first name, it adds the note, or else the patronymic.
    """

    note: str = ""

    @property
    def full(self) -> str:
        """«Ким Анна Ивановна (12.03.2014)», or without a note where the patronymic tells."""
        return f"{super().full} ({self.note})" if self.note else super().full

    @property
    def short(self) -> str:
        """«Ким Анна (12.03.2014)», or «Ким Анна Ивановна» where the patronymic tells."""
        return f"{super().short} ({self.note})" if self.note else self.full

    @property
    def initials(self) -> str:
        """The same in full."""
        return self.full


@dataclass(frozen=True)
class User:
    """A signed-in person with everything that access checks need."""

    user_id: int
    login: str
    name: str
    roles: frozenset[Role]
    staff_id: int | None = None
    homeroom_class_ids: frozenset[int] = frozenset()
    pupil_ids: frozenset[int] = frozenset()

    @property
    def own_lessons(self) -> frozenset[int]:
        """The teachers as whom the user teaches: themself, or nobody."""
        return frozenset() if self.staff_id is None else frozenset([self.staff_id])

    def has(self, role: Role) -> bool:
        """Whether the user plays this role."""
        return role in self.roles


@dataclass(frozen=True)
class Term:
    """A reporting term of one kind (п. 5.1)."""

    term_id: int
    school_year: int
    kind: str
    number: int
    starts_on: date
    ends_on: date
    is_closed: bool = False


@dataclass(frozen=True)
class ClassFacts:
    """A class as filters and tables name it."""

    class_id: int
    name: str
    grade_level: int | None
    school_id: int
    school_name: str


@dataclass(frozen=True)
class RegisterKey:
    """A register: one class (or subgroup) × subject."""

    class_id: int
    subject_id: int
    subgroup_id: int | None = None


@dataclass(frozen=True)
class Lesson:
    """One dated lesson of a class or subgroup: a fact, never derived from the timetable.

    ``teacher_ids`` may enter in it: of a substituted lesson only the substitute; ``reader_ids`` may read it as their own.
    """

    lesson_id: int
    class_id: int
    subject_id: int
    term_id: int
    held_on: date
    number: int
    teacher_id: int | None = None
    subgroup_id: int | None = None
    status: str = LessonStatus.PLANNED
    topic: str = ""
    work_type_id: int | None = None
    homework_state: str = HomeworkState.UNSET
    homework: str = ""
    attendance_taken_at: datetime | None = None
    recorded_at: datetime | None = None
    term_is_closed: bool = False
    teacher_ids: frozenset[int] = field(default_factory=frozenset)
    reader_ids: frozenset[int] = field(default_factory=frozenset)
    homeroom_id: int | None = None

    @property
    def key(self) -> RegisterKey:
        """The register that the lesson is of."""
        return RegisterKey(self.class_id, self.subject_id, self.subgroup_id)


@dataclass(frozen=True)
class WorkType:
    """A kind of work with its weight; written control works are counted apart (п. 5.2)."""

    work_type_id: int
    name: str
    short_name: str
    weight: float
    is_written_control: bool
    is_retired: bool = False


@dataclass(frozen=True)
class RegisterRow:
    """A register in a list, with everybody who teaches it, and the loads that give its pupils their hours in the subject."""

    key: RegisterKey
    school_year: int
    class_name: str
    grade_level: int | None
    subject_name: str
    subgroup_name: str
    teacher_ids: frozenset[int]
    teacher_names: str
    loads: tuple[LoadSpan, ...] = ()


@dataclass(frozen=True)
class ListedPupil:
    """A pupil of a register in a term, with the spans (first day, day of leaving) in which they are in it."""

    pupil_id: int
    name: PersonName
    spans: tuple[Span, ...]

    def is_listed_on(self, day: date) -> bool:
        """Whether the pupil was in the class and subgroup on that day."""
        return is_in_span(self.spans, day)


ABSENCE_LETTERS: dict[str, AbsenceReason] = {
    "н": AbsenceReason.UNKNOWN,
    "б": AbsenceReason.ILLNESS,
    "у": AbsenceReason.VALID,
    "о": AbsenceReason.LATE,
}
LETTER_OF_REASON = {reason: letter for letter, reason in ABSENCE_LETTERS.items()}


@dataclass(frozen=True)
class Cell:
    """What a cell holds: an absence (or none) and marks in the order they were given."""

    absence: AbsenceReason | None = None
    marks: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The cell as people write it: «5», «5/4», «н», «о 4»; an empty string when nothing is there."""
        letter = LETTER_OF_REASON[self.absence] if self.absence else ""
        return " ".join(part for part in (letter, "/".join(map(str, self.marks))) if part)


EMPTY_CELL = Cell()


@dataclass(frozen=True)
class CellState:
    """What the store holds for a cell: its content and the moment it was last entered."""

    cell: Cell = EMPTY_CELL
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Leave:
    """Days (both inclusive) that a pupil misses for a known reason; no ``lesson_numbers`` means whole days (п. 4.3).

    ``certified_on`` is the date of the paper, None without one.
    """

    class_id: int
    pupil_id: int
    starts_on: date
    ends_on: date
    reason: AbsenceReason
    lesson_numbers: tuple[int, ...] = ()
    note: str = ""
    certified_on: date | None = None
    leave_id: int = 0


YEAR = 0  # stands for the whole school year where a term's identifier is asked for

TermPlace = tuple[int, int]  # term_id (or YEAR), pupil_id


@dataclass(frozen=True)
class GivenMark:
    """A current mark as a term mark counts it."""

    value: int
    weight: float
    is_written_control: bool


@dataclass(frozen=True)
class MarkElsewhere:
    """A term mark that another class of the school gave a pupil, or the former school: then ``class_name`` is empty."""

    term: Term
    value: int
    class_name: str = ""


@dataclass(frozen=True)
class TermMarkState:
    """A mark for a term or a year as the store holds it; ``value`` is None where there is none."""

    value: int | None = None
    reason: str = ""
    recorded_at: datetime | None = None


NO_TERM_MARK = TermMarkState()


@dataclass(frozen=True)
class CorrectionPermission:
    """A teacher's request to correct a closed term of a register, and what the deputy head decided (п. 4.2)."""

    permission_id: int
    key: RegisterKey
    term_id: int
    teacher_id: int
    reason: str
    asked_at: datetime
    is_granted: bool | None = None
    expires_at: datetime | None = None
    answer: str = ""
    used_at: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Whether the request was granted and its time is not over."""
        return bool(self.is_granted) and self.expires_at is not None and now <= self.expires_at


@dataclass(frozen=True)
class PlanTopic:
    """A topic of a lesson plan with its planned hours (lessons); without an identifier until it is saved."""

    title: str
    hours: int
    topic_id: int | None = None


@dataclass(frozen=True)
class PlanLesson:
    """A lesson as its plan sees it: the words of its topic, and the plan's topic it was taken from.

    ``lesson_id`` is None where the timetable promises a lesson that is not dated yet.
    """

    held_on: date
    number: int
    lesson_id: int | None = None
    is_cancelled: bool = False
    topic: str = ""
    topic_id: int | None = None


class SubstitutionKind(StrEnum):
    """What becomes of an absent teacher's lesson; who is qualified teaches the subject (SUBJECT), others keep watch."""

    SUBJECT = "subject"
    SUPERVISION = "supervision"
    JOINED = "joined"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class TeacherHours:
    """A teacher as a possible substitute: what they teach now and the hours (day, lesson number) at which they are busy.

    ``away_on`` are the days on which they are themselves replaced.
    """

    staff_id: int
    name: str
    subject_ids: frozenset[int] = frozenset()
    class_ids: frozenset[int] = frozenset()
    busy: frozenset[tuple[date, int]] = frozenset()
    away_on: frozenset[date] = frozenset()

    def lessons_on(self, day: date) -> int:
        """Return at how many lesson numbers of the day the teacher is busy."""
        return sum(held_on == day for held_on, _ in self.busy)


@dataclass(frozen=True)
class JoinTarget:
    """A lesson that another of the same day and number may be joined with, and who gives it."""

    lesson_id: int
    held_on: date
    number: int
    teacher_id: int
    teacher_name: str
    class_id: int
    class_name: str
    grade_level: int | None
    subject_id: int
    subject_name: str
    subgroup_name: str = ""


@dataclass(frozen=True)
class Substitution:
    """The substitution of a lesson that holds now (п. 4.5); ``substitute_id`` is None where the lesson is cancelled."""

    substitution_id: int
    lesson_id: int
    kind: SubstitutionKind
    regular_teacher_id: int | None
    substitute_id: int | None
    joined_lesson_id: int | None
    reason: str
    signed_at: datetime | None = None


class MendState(StrEnum):
    """What became of a finding of the inspection before."""

    MENDED = "mended"
    REMAINS = "remains"
    REPEATED = "repeated"
    NOT_REPEATED = "not_repeated"
    UNSEEN = "unseen"


@dataclass(frozen=True)
class RegisterFinding:
    """What an inspection found: by which check, where, in how many cases of how many (п. 6.3).

    ``text`` says it where the check's own words do not.
    """

    check: str
    class_id: int | None
    subject_id: int | None
    teacher_id: int | None
    count: int
    total: int
    text: str = ""

    @property
    def place(self) -> tuple[str, int | None, int | None, int | None]:
        """What makes findings of two inspections the same one."""
        return (self.check, self.class_id, self.subject_id, self.teacher_id)


@dataclass(frozen=True)
class InspectionScope:
    """What an inspection was asked to look at; empty ids mean all."""

    term_ids: tuple[int, ...]
    aspects: tuple[str, ...]
    class_ids: tuple[int, ...] = ()
    subject_ids: tuple[int, ...] = ()
    teacher_ids: tuple[int, ...] = ()
