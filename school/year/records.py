"""What a school year is set up from: its calendar, classes, load, weekly timetable, and the lessons made of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property

from school.records import PersonName

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TermSpan:
    """A reporting term with the grade levels that report by it; days are inclusive."""

    kind: str
    number: int
    starts_on: date
    ends_on: date
    grade_levels: frozenset[int]
    term_id: int | None = None
    is_closed: bool = False

    def holds(self, day: date) -> bool:
        """Whether the day lies in the term."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Break:
    """Days without lessons, both inclusive; no ``grade_levels`` means everybody."""

    name: str
    starts_on: date
    ends_on: date
    grade_levels: frozenset[int] = frozenset()


@dataclass(frozen=True)
class MovedDay:
    """A day on which lessons go by the timetable of another weekday (ISO)."""

    day: date
    weekday: int


@dataclass(frozen=True)
class YearCalendar:
    """A school year: its days (inclusive), the length of its week, terms, breaks and moved days."""

    school_year: int
    starts_on: date
    ends_on: date
    days_a_week: int
    terms: tuple[TermSpan, ...] = ()
    breaks: tuple[Break, ...] = ()
    moved_days: tuple[MovedDay, ...] = ()
    _off: dict[tuple[int | None, date], str] = field(init=False, repr=False, compare=False)
    _moved: dict[date, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the days once: a year's lessons ask for each of them."""
        off = {
            (grade, day): each.name
            for each in self.breaks
            for grade in each.grade_levels or {None}
            for day in days_between(each.starts_on, each.ends_on)
        }
        object.__setattr__(self, "_off", off)
        object.__setattr__(self, "_moved", {each.day: each.weekday for each in self.moved_days})

    def is_off(self, day: date, grade_level: int | None) -> bool:
        """Whether a grade level has a break on the day."""
        return (None, day) in self._off or (grade_level, day) in self._off

    def weekday_taught(self, day: date, grade_level: int | None) -> int | None:
        """Return by which weekday's timetable (ISO) a grade level has lessons on the day; None: no lessons."""
        if not self.starts_on <= day <= self.ends_on or self.is_off(day, grade_level):
            return None
        if day in self._moved:
            return self._moved[day]
        return day.isoweekday() if day.isoweekday() <= self.days_a_week else None

    def terms_of(self, grade_level: int | None) -> list[TermSpan]:
        """Return the terms that a grade level reports by, in order."""
        own = [term for term in self.terms if grade_level in term.grade_levels]
        return sorted(own, key=lambda term: (term.starts_on, term.number))


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last."""
    for offset in range((last - first).days + 1):
        yield first + offset * ONE_DAY


@dataclass(frozen=True)
class ClassRecord:
    """A class of the year; its homeroom teacher is None until appointed."""

    name: str
    grade_level: int
    homeroom_id: int | None = None
    record_id: int | None = None


@dataclass(frozen=True)
class SubjectRecord:
    """A subject with the area of the curriculum it belongs to, which may be empty."""

    name: str
    area: str = ""
    record_id: int | None = None


@dataclass(frozen=True)
class BellRecord:
    """When a lesson number starts and ends; ``record_id`` is the number while it is in the store."""

    number: int
    starts_at: time
    ends_at: time
    record_id: int | None = None


@dataclass(frozen=True)
class LoadRecord:
    """A line of the load; ``subgroup`` is empty for a whole class, ``teacher_id`` None while nobody is appointed."""

    class_id: int
    subject_id: int
    subgroup: str
    teacher_id: int | None
    hours_a_week: float
    record_id: int | None = None


@dataclass(frozen=True)
class TaughtLoad:
    """A line of the load with the names that a timetable is written in; ``subgroup`` is empty for a whole class."""

    load_id: int
    class_id: int
    class_name: str
    subject_id: int
    subject_name: str
    subgroup_id: int | None = None
    subgroup: str = ""
    teacher_id: int | None = None
    teacher_name: str = ""
    hours_a_week: float = 1.0

    @property
    def title(self) -> str:
        """«Информатика» or «Информатика (2-я подгруппа)»."""
        return f"{self.subject_name} ({self.subgroup})" if self.subgroup else self.subject_name


@dataclass(frozen=True)
class SlotRecord:
    """A weekly lesson of a load: ISO weekday, number of the lesson, room (may be empty)."""

    load_id: int
    weekday: int
    number: int
    room: str = ""
    record_id: int | None = None


@dataclass(frozen=True)
class DatedSlot:
    """A weekly lesson with the days it holds on (both inclusive, None where open) and whose lesson it is."""

    class_id: int
    grade_level: int | None
    subject_id: int
    subgroup_id: int | None
    teacher_id: int | None
    weekday: int
    number: int
    starts_on: date | None = None
    ends_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the slot is in the timetable of the day."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day <= self.ends_on
        )


@dataclass(frozen=True)
class WantedLesson:
    """A lesson that the timetable asks for."""

    class_id: int
    subject_id: int
    subgroup_id: int | None
    held_on: date
    number: int
    teacher_id: int | None
    term_id: int

    @property
    def place(self) -> tuple[int, int, int | None, date, int]:
        """What identifies the lesson, whoever teaches it."""
        return self.class_id, self.subject_id, self.subgroup_id, self.held_on, self.number


@dataclass(frozen=True)
class PresentLesson(WantedLesson):
    """A lesson that is there; ``has_data``: anything was ever entered, planned or arranged at it."""

    lesson_id: int
    has_data: bool


@dataclass(frozen=True)
class LastClass:
    """A class of the year before with its homeroom teacher and how many pupils it has at the end."""

    class_id: int
    name: str
    grade_level: int | None
    homeroom_id: int | None = None
    pupils: int = 0


@dataclass(frozen=True)
class LastLoad:
    """A line of last year's load, with whatever names its subgroup."""

    class_id: int
    grade_level: int | None
    subject_id: int
    subgroup: str
    teacher_id: int | None
    hours_a_week: float


@dataclass(frozen=True)
class OpeningFacts:
    """What a school has for a year; lists name what a count would hide."""

    school_name: str = ""
    terms: int = 0
    classes: int = 0
    classes_without_terms: tuple[str, ...] = ()
    classes_without_homeroom: tuple[str, ...] = ()
    classes_to_promote: int = 0
    subjects: int = 0
    teachers: int = 0
    teachers_without_access: int = 0
    pupils: int = 0
    classes_without_pupils: tuple[str, ...] = ()
    loads: int = 0
    classes_without_load: tuple[str, ...] = ()
    loads_without_teacher: int = 0
    subgroups: int = 0
    subgroups_without_pupils: int = 0
    bells: int = 0
    slots: int = 0
    loads_off_hours: int = 0
    timetable_clashes: int = 0
    lessons_ahead: int = 0


@dataclass(frozen=True)
class YearKey:
    """A year of a school."""

    school_id: int
    school_year: int

    @property
    def before(self) -> "YearKey":
        """The year before of the same school."""
        return YearKey(self.school_id, self.school_year - 1)


@dataclass(frozen=True)
class LoadState:
    """What the rows of a load refer to, by identifier, and the load in force."""

    class_names: Mapping[int, str]
    subject_names: Mapping[int, str]
    staff: Mapping[int, PersonName]
    loads: Sequence[LoadRecord] = ()


@dataclass(frozen=True)
class TimetableState:
    """The loads of a year, the slots in force, the lesson numbers that have bells, and who is in which subgroup."""

    loads: Mapping[int, TaughtLoad]
    slots: Sequence[SlotRecord] = ()
    numbers: frozenset[int] = frozenset()
    days_a_week: int = 5
    class_names: Mapping[int, str] = field(default_factory=dict)
    members: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def slot_at(self) -> dict[tuple[int, int, int], SlotRecord]:
        """The slots in force by load, weekday and number."""
        return {(slot.load_id, slot.weekday, slot.number): slot for slot in self.slots}

    def loads_of(self, class_id: int) -> list[TaughtLoad]:
        """Return the loads of a class."""
        return [load for load in self.loads.values() if load.class_id == class_id]
