"""Dated lessons of a year: from the timetable, with illness of teachers, substitutions, topics, works, homework."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np

from demo.plan.habits import Habits
from demo.plan.load import Load
from demo.plan.timetable import Slot
from demo.plan.whole_school import PlannedYear
from demo.plan.year_calendar import DemoCalendar, planned_until
from school.records import HomeworkState, LessonStatus
from school.reference import bell_times
from school.store.rows import LessonRow
from school.year.records import ONE_DAY

WEEKS_IN_A_QUARTER = 8
ILL_TEACHERS_SHARE, DAYS_ILL = 0.3, 4
LAST_DAY_UNFILLED_SHARE = 0.45
DAYS_A_LAST_DAY_STAYS_OPEN = 4
NO_TOPIC_SHARE, NO_ATTENDANCE_SHARE, HOMEWORK_UNSET_SHARE = 0.03, 0.03, 0.25
FIRST_MARKED_GRADE = 2


@dataclass
class DatedLesson:
    """A lesson on its day; ``filled_at`` is None while its teacher has entered nothing."""

    lesson_id: int
    load: Load
    held_on: date
    number: int
    term_id: int
    teacher_id: int
    work: str = ""
    is_cancelled: bool = False
    filled_at: datetime | None = None


@dataclass(frozen=True)
class Catalogue:
    """Identifiers of subjects by name and of work types by code."""

    subject_ids: dict[str, int]
    work_ids: dict[str, int]


@dataclass
class Substitutions:
    """Who teaches when a teacher is ill: a free colleague of the speciality, or nobody."""

    colleagues: Mapping[int, Sequence[int]]
    ill: dict[int, set[date]]
    busy: set[tuple[int, Slot]]
    taken: set[tuple[int, date, int]] = field(default_factory=set)

    def teacher_for(self, load: Load, day: date, number: int) -> int | None:
        """Return who gives the lesson; None when it has to be cancelled."""
        if day not in self.ill.get(load.teacher_id, ()):
            return load.teacher_id
        slot = (day.isoweekday(), number)
        for colleague in self.colleagues[load.teacher_id]:
            is_free = (colleague, slot) not in self.busy and (colleague, day, number) not in self.taken
            if is_free and day not in self.ill.get(colleague, ()):
                self.taken.add((colleague, day, number))
                return colleague
        return None


def ill_days(rng: np.random.Generator, teachers: Sequence[int], days: Sequence[date]) -> dict[int, set[date]]:
    """Return on which school days which teachers were ill: some of them, once a year, for a few days."""
    found = {}
    for teacher in teachers:
        if len(days) > DAYS_ILL and rng.random() < ILL_TEACHERS_SHARE:
            first = int(rng.integers(len(days) - DAYS_ILL))
            found[teacher] = set(days[first : first + DAYS_ILL])
    return found


def dated_lessons(
    ids: Iterator[int], year: PlannedYear, substitutions: Substitutions, today: date
) -> dict[int, list[DatedLesson]]:
    """Return the lessons of a year by load, in their order, up to the end of the running term."""
    calendar = year.calendar
    by_weekday: dict[int, list[tuple[int, Load]]] = {}
    for (weekday, number), load in sorted(year.slots, key=lambda placed: (placed[0], placed[1].load_id)):
        by_weekday.setdefault(weekday, []).append((number, load))
    until = {kind: planned_until(calendar, today, kind) for kind in {term.kind for term in calendar.terms}}
    term_of = {
        (term.kind, day): year.term_ids[term.kind, term.number]
        for term in calendar.terms
        for day in calendar.school_days(term.starts_on, term.ends_on)
    }
    found: dict[int, list[DatedLesson]] = {}
    for day in calendar.school_days(calendar.starts_on, max(until.values())):
        for number, load in by_weekday.get(day.isoweekday(), ()):
            kind = load.school_class.term_kind
            if day <= until[kind]:
                lesson_id, teacher_id = next(ids), load.teacher_id
                given_by = substitutions.teacher_for(load, day, number) if day < today else teacher_id
                lesson = DatedLesson(
                    lesson_id,
                    load,
                    day,
                    number,
                    term_of[kind, day],
                    given_by or teacher_id,
                    is_cancelled=given_by is None,
                )
                found.setdefault(load.load_id, []).append(lesson)
    return found


# The works of a quarter in their order at one, two, and more hours a week.
WORKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "control": (("control",), ("check", "control"), ("check", "control", "check", "control")),
    "check": (("control",), ("check", "control"), ("check", "control")),
    "laboratory": (("laboratory",), ("laboratory", "control"), ("laboratory", "laboratory", "control")),
    "practical": (("practical",), ("practical", "check"), ("practical", "check", "practical")),
    "none": ((), (), ()),
}


def set_works(lessons: Sequence[DatedLesson]) -> None:
    """Spread the written, laboratory and practical works of one term over its lessons (п. 5.2)."""
    load = lessons[0].load
    if load.school_class.grade_level < FIRST_MARKED_GRADE:
        return
    quarters = max(1, round(len(lessons) / (load.hours * WEEKS_IN_A_QUARTER)))
    works = WORKS[load.subject.written_work][min(load.hours, 3) - 1] * quarters
    works = works[: max(1, len(lessons) // 2)]
    for place, code in enumerate(works, start=1):
        # The last work leaves a lesson to talk it over.
        lessons[max(0, round(place * len(lessons) / len(works)) - 2)].work = code


def set_filling(
    rng: np.random.Generator,
    lessons: Sequence[DatedLesson],
    habits: dict[int, Habits],
    now: datetime,
    open_day: date | None,
) -> None:
    """Set when each past lesson was filled; ``open_day`` is the last school day, which is half filled as yet."""
    chances = rng.random((len(lessons), 4))
    for lesson, (unfilled, late, when, spread) in zip(lessons, chances, strict=True):
        if lesson.is_cancelled or lesson.held_on >= now.date():
            continue
        own = habits[lesson.teacher_id]
        share = LAST_DAY_UNFILLED_SHARE if lesson.held_on == open_day else own.unfilled_share
        if unfilled < share:
            continue
        at = _late_moment(lesson, when, spread) if late < own.late_share else _timely_moment(lesson, when)
        lesson.filled_at = at if at <= now else None


def open_school_day(calendar: DemoCalendar, today: date) -> date | None:
    """Return the last school day before today, if it is so near that teachers are still filling it."""
    days = calendar.school_days(
        max(calendar.starts_on, today - DAYS_A_LAST_DAY_STAYS_OPEN * ONE_DAY),
        min(calendar.ends_on, today - ONE_DAY),
    )
    return days[-1] if days else None


def _timely_moment(lesson: DatedLesson, when: float) -> datetime:
    """Return a moment from the end of the lesson to shortly before four o'clock (п. 5.5)."""
    last = datetime.combine(lesson.held_on, time(15, 58))
    ended = min(datetime.combine(lesson.held_on, bell_times()[lesson.number][1]), last)
    return ended + timedelta(seconds=int((last - ended).total_seconds() * when * when))


def _late_moment(lesson: DatedLesson, when: float, spread: float) -> datetime:
    if when < 0.6:
        return datetime.combine(lesson.held_on, time(16, 5)) + timedelta(minutes=int(spread * 360))
    days_later = 1 + int(spread * spread * 6)
    return datetime.combine(lesson.held_on + days_later * ONE_DAY, time(8, 20)) + timedelta(
        minutes=int(when * 700)
    )


def lesson_rows(
    rng: np.random.Generator,
    lessons: Sequence[DatedLesson],
    taught: Sequence[str],
    habits: dict[int, Habits],
    catalogue: Catalogue,
) -> list[LessonRow]:
    """Return the rows of one load's lessons, which have the topics ``taught``, with the heads of those that are filled."""
    rows = []
    for lesson, topic in zip(lessons, taught, strict=True):
        chances = rng.random(4)
        rows.append(_lesson_row(lesson, topic, habits[lesson.teacher_id], catalogue, chances))
    return rows


def _lesson_row(
    lesson: DatedLesson, topic: str, habits: Habits, catalogue: Catalogue, chances: np.ndarray
) -> LessonRow:
    is_filled = lesson.filled_at is not None
    state, homework = _homework(lesson, habits, chances) if is_filled else (HomeworkState.UNSET, "")
    has_topic = is_filled and chances[0] >= NO_TOPIC_SHARE
    has_attendance = is_filled and chances[1] >= NO_ATTENDANCE_SHARE
    return LessonRow(
        lesson.lesson_id,
        lesson.load.school_class.class_id,
        lesson.load.subgroup.subgroup_id if lesson.load.subgroup else None,
        catalogue.subject_ids[lesson.load.subject.name],
        lesson.teacher_id,
        lesson.term_id,
        lesson.held_on,
        lesson.number,
        LessonStatus.CANCELLED if lesson.is_cancelled else LessonStatus.PLANNED,
        topic if has_topic else "",
        catalogue.work_ids[lesson.work] if is_filled and lesson.work else None,
        state,
        homework,
        lesson.filled_at if has_attendance else None,
        lesson.filled_at,
    )


def _homework(lesson: DatedLesson, habits: Habits, chances: np.ndarray) -> tuple[HomeworkState, str]:
    if lesson.load.school_class.grade_level < FIRST_MARKED_GRADE:
        return HomeworkState.NONE, ""
    if chances[2] < habits.homework_share:
        number = int(chances[3] * 60) + 1
        return HomeworkState.SET, f"§ {number}, упражнения {number * 3}–{number * 3 + 2}"
    is_forgotten = not habits.homework_share or chances[3] < HOMEWORK_UNSET_SHARE
    return (HomeworkState.UNSET if is_forgotten else HomeworkState.NONE), ""
