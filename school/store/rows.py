"""What a school is made of before its first mark, one frozen row for one record of the store.

The fields are the columns of the store's table of the same record; identifiers come from
``school.year.actions.founding.reserve_ids``. Weekdays are ISO (Monday is 1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time


@dataclass(frozen=True)
class SettingRow:
    """A named setting of the school."""

    name: str
    value: str


@dataclass(frozen=True)
class SchoolRow:
    """A school."""

    school_id: int
    name: str


@dataclass(frozen=True)
class SchoolYearRow:
    """A school year, named by the year it starts in (п. 5.1)."""

    school_year: int
    starts_on: date
    ends_on: date
    days_a_week: int


@dataclass(frozen=True)
class DayOffRow:
    """A day without lessons: a holiday or school holidays."""

    day: date
    name: str


@dataclass(frozen=True)
class TermRow:
    """A reporting term of one kind (п. 5.1)."""

    term_id: int
    school_id: int
    school_year: int
    kind: str
    number: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class BellTimeRow:
    """When a lesson number starts and ends."""

    number: int
    starts_at: time
    ends_at: time


@dataclass(frozen=True)
class StaffRow:
    """An employee."""

    staff_id: int
    last_name: str
    first_name: str
    middle_name: str
    position: str
    hired_on: date | None


@dataclass(frozen=True)
class ClassRow:
    """A class of one school year."""

    class_id: int
    school_id: int
    school_year: int
    name: str
    grade_level: int
    term_kind: str
    homeroom_id: int | None


@dataclass(frozen=True)
class ClassTermRow:
    """A term that a class reports by."""

    class_id: int
    term_id: int


@dataclass(frozen=True)
class PupilRow:
    """A pupil."""

    pupil_id: int
    school_id: int
    last_name: str
    first_name: str
    middle_name: str
    born_on: date | None
    file_number: str = ""


@dataclass(frozen=True)
class EnrolmentRow:
    """A pupil in a class; ``ends_on`` is the day of leaving."""

    enrolment_id: int
    pupil_id: int
    class_id: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class SubjectRow:
    """A subject of the curriculum."""

    subject_id: int
    school_id: int
    name: str
    area: str


@dataclass(frozen=True)
class SubgroupRow:
    """A part of a class that is taught a subject apart (п. 4.2)."""

    subgroup_id: int
    class_id: int
    subject_id: int
    name: str


@dataclass(frozen=True)
class SubgroupMemberRow:
    """A pupil in a subgroup; ``ends_on`` is the day of leaving."""

    subgroup_id: int
    pupil_id: int
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class WorkTypeRow:
    """A kind of work with its weight (п. 5.2)."""

    work_type_id: int
    name: str
    short_name: str
    weight: float
    is_written_control: bool


@dataclass(frozen=True)
class GuardianRow:
    """A parent or other lawful representative."""

    guardian_id: int
    last_name: str
    first_name: str
    middle_name: str
    phone: str = ""


@dataclass(frozen=True)
class GuardianPupilRow:
    """Whose guardian it is (п. 3.6), and what they are to the child."""

    guardian_id: int
    pupil_id: int
    relation: str = ""


@dataclass(frozen=True)
class UserRow:
    """An account of exactly one employee, guardian or pupil."""

    user_id: int
    login: str
    password_hash: str
    staff_id: int | None = None
    guardian_id: int | None = None
    pupil_id: int | None = None


@dataclass(frozen=True)
class UserRoleRow:
    """A role of an account."""

    user_id: int
    role: str


@dataclass(frozen=True)
class LoadRow:
    """The teaching load: who teaches what to which class or subgroup, hours a week (п. 4.2)."""

    load_id: int
    school_year: int
    class_id: int
    subgroup_id: int | None
    subject_id: int
    teacher_id: int | None
    hours_a_week: float
    starts_on: date | None = None


@dataclass(frozen=True)
class SlotRow:
    """A weekly lesson of a load; ``ends_on`` is its last day."""

    slot_id: int
    load_id: int
    weekday: int
    number: int
    room: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class LessonRow:
    """A dated lesson with what stands at its head; ``recorded_at`` is None while nothing was entered."""

    lesson_id: int
    class_id: int
    subgroup_id: int | None
    subject_id: int
    teacher_id: int | None
    term_id: int
    held_on: date
    number: int
    status: str = "planned"
    topic: str = ""
    work_type_id: int | None = None
    homework_state: str = "unset"
    homework: str = ""
    attendance_taken_at: datetime | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class TermMarkRow:
    """The mark of a pupil for a term (п. 5.4)."""

    class_id: int
    subject_id: int
    term_id: int
    pupil_id: int
    value: int
    teacher_id: int
    reason: str
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True)
class YearMarkRow:
    """The mark of a pupil for a school year."""

    class_id: int
    subject_id: int
    school_year: int
    pupil_id: int
    value: int
    reason: str
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True)
class LessonPlanRow:
    """The lesson plan of a register (п. 4.5)."""

    plan_id: int
    class_id: int
    subject_id: int
    subgroup_id: int | None
    saved_at: datetime
    saved_by: int


@dataclass(frozen=True)
class PlanTopicRow:
    """A topic of a lesson plan with its hours; ``position`` counts from 0."""

    topic_id: int
    plan_id: int
    position: int
    title: str
    hours: int


@dataclass(frozen=True)
class HomeworkDueDayRow:
    """The day that a teacher chose for homework."""

    lesson_id: int
    due_on: date


@dataclass(frozen=True)
class HomeworkTimeRow:
    """When a lesson's homework was written, and whether late."""

    lesson_id: int
    written_at: datetime
    is_late: bool


@dataclass(frozen=True)
class HomeworkTaskRow:
    """A task of single pupils (п. 4.7)."""

    task_id: int
    lesson_id: int
    text: str
    created_at: datetime
    created_by: int


@dataclass(frozen=True)
class HomeworkTaskPupilRow:
    """Whose task it is."""

    task_id: int
    pupil_id: int


@dataclass(frozen=True)
class SubstitutionRow:
    """Who gave a lesson in place of its regular teacher, or that nobody did (п. 4.5)."""

    substitution_id: int
    lesson_id: int
    class_id: int
    subject_id: int
    subgroup_id: int | None
    kind: str
    regular_teacher_id: int
    substitute_id: int | None
    joined_lesson_id: int | None
    reason: str
    assigned_at: datetime
    assigned_by: int
    signed_at: datetime | None
    signed_by: int | None


@dataclass(frozen=True)
class MovementRow:
    """A pupil's coming to the school, leaving it or going to another class, on record by an order."""

    movement_id: int
    pupil_id: int
    kind: str
    happened_on: date
    from_class_id: int | None
    to_class_id: int | None
    order_title: str
    reason: str
    recorded_at: datetime
    from_where: str = ""
    to_where: str = ""


@dataclass(frozen=True)
class SchoolStructure:
    """A whole school before its first lesson."""

    schools: Sequence[SchoolRow] = ()
    settings: Sequence[SettingRow] = ()
    years: Sequence[SchoolYearRow] = ()
    days_off: Sequence[DayOffRow] = ()
    terms: Sequence[TermRow] = ()
    bell_times: Sequence[BellTimeRow] = ()
    subjects: Sequence[SubjectRow] = ()
    work_types: Sequence[WorkTypeRow] = ()
    staff: Sequence[StaffRow] = ()
    classes: Sequence[ClassRow] = ()
    class_terms: Sequence[ClassTermRow] = ()
    pupils: Sequence[PupilRow] = ()
    enrolments: Sequence[EnrolmentRow] = ()
    subgroups: Sequence[SubgroupRow] = ()
    subgroup_members: Sequence[SubgroupMemberRow] = ()
    guardians: Sequence[GuardianRow] = ()
    guardian_pupils: Sequence[GuardianPupilRow] = ()
    users: Sequence[UserRow] = ()
    user_roles: Sequence[UserRoleRow] = ()
    loads: Sequence[LoadRow] = ()
    slots: Sequence[SlotRow] = ()
    movements: Sequence[MovementRow] = ()

    def parts(self) -> Iterator[Sequence[object]]:
        """Yield the sequences of rows in the order in which they refer to one another."""
        for part in fields(self):
            yield getattr(self, part.name)
