"""Substitutions as the deputy head, the head and the substitute themselves may see them (п. 4.2, 4.5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.records import JoinTarget, Lesson, LessonStatus, SubstitutionKind, TeacherHours, User
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store
from school.store.names import staff_initials
from school.store.reading import Reader
from school.substitutions import store as stored
from school.substitutions.rules import (
    GIVEN_KINDS,
    Candidate,
    GivenLesson,
    SheetHours,
    candidates,
    check_days,
    joins,
    proposals,
    sheet_hours,
)
from school.substitutions.store import LogRow, NamedLesson

__all__ = ["LogRow", "NamedLesson"]

# How far back and ahead the substitute's own log goes.
LOG_DAYS_BACK, LOG_DAYS_AHEAD = 62, 14


@dataclass(frozen=True)
class AbsentLesson:
    """A lesson of an absent teacher: what is settled, or else who could give it and what it could be joined with.

    ``why_not`` says why nothing can be settled any more; ``proposed`` is the best candidate who is free.
    """

    lesson: NamedLesson
    settled: LogRow | None
    why_not: str
    candidates: Sequence[Candidate] = ()
    joins: Sequence[JoinTarget] = ()
    proposed: Candidate | None = None
    has_entries: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the lesson still waits for a decision."""
        return self.settled is None and not self.why_not


@dataclass(frozen=True)
class SheetRow:
    """A substitute's hours of a month."""

    substitute_id: int
    name: str
    hours: SheetHours


@dataclass(frozen=True)
class MonthSheet:
    """The substitution sheet of a month: hours by substitute, and every lesson they stand on."""

    rows: list[SheetRow]
    lines: list[LogRow]


def possible_absentees(store: Store, user: User, day: date) -> dict[int, str]:
    """Return the teachers of a day, by name. Raises AccessRefused."""
    check_may(user, Action.READ_SUBSTITUTIONS)
    return dict(stored.known_teachers(store, day, day))


def absent_lessons(
    store: Store, user: User, teacher_id: int, first_day: date, last_day: date
) -> list[AbsentLesson]:
    """Return a teacher's lessons in these days, both inclusive, with who could give them instead.

    Raises AccessRefused, or RuleRefused for days in the wrong order or too many.
    """
    check_may(user, Action.READ_SUBSTITUTIONS)
    check_days(first_day, last_day)
    named = stored.lessons_of_absent(store, teacher_id, first_day, last_day)
    ids = [each.lesson_id for each in named]
    settled = {row.lesson.lesson_id: row for row in stored.log_of_lessons(store, ids)}
    filled, lessons = stored.lessons_with_entries(store, ids), lessons_by_id(store, ids)
    hours, targets = (
        stored.teacher_hours(store, first_day, last_day),
        stored.join_targets(store, first_day, last_day),
    )
    found = [
        _absent_lesson(each, lessons[each.lesson_id], settled.get(each.lesson_id), each.lesson_id in filled)
        for each in named
    ]
    return _with_choices(found, lessons, teacher_id, hours, targets)


def _absent_lesson(
    named: NamedLesson, lesson: Lesson, settled: LogRow | None, has_entries: bool
) -> AbsentLesson:
    return AbsentLesson(
        named, settled, "" if settled else _why_not(lesson, has_entries), has_entries=has_entries
    )


def _why_not(lesson: Lesson, has_entries: bool) -> str:
    if lesson.status == LessonStatus.CANCELLED:
        return "урок отменён"
    if has_entries:
        return "урок дан: в журнале есть записи"
    return "учебный период закрыт" if lesson.term_is_closed else ""


def _with_choices(
    found: Sequence[AbsentLesson],
    lessons: dict[int, Lesson],
    teacher_id: int,
    hours: Sequence[TeacherHours],
    targets: Sequence[JoinTarget],
) -> list[AbsentLesson]:
    absent = {teacher_id}
    free = {
        each.lesson.lesson_id: candidates(hours, lessons[each.lesson.lesson_id], absent)
        for each in found
        if each.is_open
    }
    proposed = proposals(
        {key: ((lessons[key].held_on, lessons[key].number), choices) for key, choices in free.items()}
    )
    return [
        AbsentLesson(
            each.lesson,
            None,
            "",
            free[each.lesson.lesson_id],
            joins(lessons[each.lesson.lesson_id], each.lesson.grade_level, targets, absent),
            proposed.get(each.lesson.lesson_id),
        )
        if each.is_open
        else each
        for each in found
    ]


def unsigned_substitutions(store: Store, user: User, today: date) -> list[LogRow]:
    """Return the lines up to today that nobody has signed yet. Raises AccessRefused."""
    check_may(user, Action.READ_SUBSTITUTIONS)
    return stored.unsigned_log(store, today)


def month_sheet(store: Store, user: User, first_day: date, last_day: date) -> MonthSheet:
    """Return the substitution sheet of these days, both inclusive; one lesson is one hour. Raises AccessRefused."""
    check_may(user, Action.READ_SUBSTITUTIONS)
    return _sheet(store, stored.log_of_days(store, first_day, last_day))


def _sheet(reader: Reader, lines: list[LogRow]) -> MonthSheet:
    given = [
        GivenLesson(line.substitute_id, line.kind, line.signed_at is not None)
        for line in lines
        if line.substitute_id is not None
    ]
    names = staff_initials(reader)
    rows = [SheetRow(key, names.get(key, ""), hours) for key, hours in sheet_hours(given).items()]
    return MonthSheet(sorted(rows, key=lambda row: row.name), lines)


def own_log(store: Store, user: User, today: date) -> list[LogRow]:
    """Return the signed-in substitute's own lines, the past two months and what is ahead. Raises AccessRefused."""
    check_may(user, Action.READ_SUBSTITUTION_LOG, Rows(teacher_ids=user.own_lessons))
    return stored.log_of_days(
        store, today - timedelta(days=LOG_DAYS_BACK), today + timedelta(days=LOG_DAYS_AHEAD), user.staff_id
    )


def own_substituted_lessons(
    store: Store, user: User, lesson_ids: Collection[int]
) -> dict[int, SubstitutionKind]:
    """Return which of these lessons the signed-in teacher gives in place of another, and as what.

    Raises AccessRefused for who has no lessons of their own.
    """
    check_may(user, Action.READ_SUBSTITUTION_LOG, Rows(teacher_ids=user.own_lessons))
    return {
        row.lesson.lesson_id: row.kind
        for row in stored.log_of_lessons(store, lesson_ids)
        if row.substitute_id == user.staff_id and row.kind in GIVEN_KINDS
    }
