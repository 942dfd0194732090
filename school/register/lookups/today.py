"""A teacher's day: lessons in order, what each still lacks, and what past days left open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.records import User
from school.register.rules.completeness import REQUIRED_PARTS, Part, missing_parts
from school.register.rules.deadlines import time_left
from school.register.store.days import DayLesson, last_lesson_day, next_lesson_day, teacher_lessons
from school.store.connection import Store

# How far back the page reminds of lessons that were not filled.
GAP_DAYS = 14


@dataclass(frozen=True)
class LessonToFill:
    """A lesson with the parts of its record that are missing."""

    lesson: DayLesson
    missing: tuple[Part, ...]

    @property
    def is_incomplete(self) -> bool:
        """Whether a required part is missing (п. 4.5)."""
        return any(part in REQUIRED_PARTS for part in self.missing)


@dataclass(frozen=True)
class TeacherDay:
    """A teacher's day and the gaps of the days before it.

    ``time_left`` is what remains to the deadline of п. 5.5; ``next_day`` the next day with lessons.
    """

    day: date
    lessons: list[LessonToFill]
    gaps: list[LessonToFill]
    last_day: date | None
    next_day: date | None
    time_left: timedelta


def teacher_day(store: Store, user: User, now: datetime) -> TeacherDay:
    """Return the signed-in teacher's own day at ``now``; raises AccessRefused for who has no lessons of their own."""
    check_may(user, Action.READ_DAY, Rows(teacher_ids=user.own_lessons))
    teacher_id, today = next(iter(user.own_lessons)), now.date()
    recent = [
        _owed(lesson)
        for lesson in teacher_lessons(store, teacher_id, today - timedelta(days=GAP_DAYS), today)
    ]
    return TeacherDay(
        day=today,
        lessons=[to_fill for to_fill in recent if to_fill.lesson.held_on == today],
        gaps=[
            to_fill
            for to_fill in reversed(recent)
            if to_fill.lesson.held_on < today and to_fill.is_incomplete
        ],
        last_day=last_lesson_day(store, teacher_id, today),
        next_day=next_lesson_day(store, teacher_id, today),
        time_left=time_left(now, today),
    )


def _owed(lesson: DayLesson) -> LessonToFill:
    missing = missing_parts(
        lesson.topic, lesson.homework_state, lesson.attendance_taken_at, lesson.mark_count
    )
    return LessonToFill(lesson, missing)
