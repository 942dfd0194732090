"""A week of lessons with its substitutions: of a class, or of a teacher (п. 4.2, 4.3, 4.5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.records import User
from school.register.store import weeks
from school.register.store.weeks import WeekLesson
from school.store.connection import Store

__all__ = ["WeekLesson"]

TO_SUNDAY = timedelta(days=6)


@dataclass(frozen=True)
class Weeks:
    """Whose weeks somebody may look at, by id: classes and teachers by name."""

    classes: dict[int, str]
    teachers: dict[int, str]


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_to_read(store: Store, user: User, monday: date) -> Weeks:
    """Return the classes and teachers with lessons in a week whose registers the user reads in full. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_REGISTER)
    days = (monday, monday + TO_SUNDAY)
    return Weeks(
        {
            key: name
            for key, name in weeks.classes_with_lessons(store, *days).items()
            if may(user, Action.READ_REGISTER, Rows(class_id=key))
        },
        {
            key: name
            for key, name in weeks.teachers_with_lessons(store, *days).items()
            if may(user, Action.READ_REGISTER, _of_teacher(key))
        },
    )


def class_week(store: Store, user: User, class_id: int, monday: date) -> list[WeekLesson]:
    """Return the lessons of a class in a week, cancelled ones too. Raises AccessRefused."""
    check_may(user, Action.READ_REGISTER, Rows(class_id=class_id))
    return weeks.lessons_of_class(store, class_id, monday, monday + TO_SUNDAY)


def teacher_week(store: Store, user: User, staff_id: int, monday: date) -> list[WeekLesson]:
    """Return the lessons that a teacher gives or was to give in a week. Raises AccessRefused."""
    check_may(user, Action.READ_REGISTER, _of_teacher(staff_id))
    return weeks.lessons_of_teacher(store, staff_id, monday, monday + TO_SUNDAY)


def _of_teacher(staff_id: int) -> Rows:
    return Rows(teacher_ids=frozenset([staff_id]))
