"""Lessons, homework and users' work as tables of what the signed-in user may read (п. 4.2, 4.3, 7.1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.analytics.lookups.tables import NO_SELECTION, Selection, scope_of
from school.analytics.store import frames
from school.analytics.store.activity import event_table, user_table
from school.analytics.store.frames import PupilPlace, UnfilledLesson
from school.records import User
from school.store.connection import Relation, Store
from school.store.names import rows_apart

# A lesson's week and weekday (1 is Monday), for measures by them.
CALENDAR = "*, date_trunc('week', held_on)::DATE AS week_starts_on, isodow(held_on) AS weekday"


@dataclass(frozen=True)
class HomeworkTables:
    """What ``pipelines.measures.homework`` asks for, all from one cursor."""

    lessons: Relation
    tasks: Relation
    files: Relation
    times: Relation


def homework_tables(store: Store, user: User, selection: Selection = NO_SELECTION) -> HomeworkTables:
    """Return lessons within the user's scope with tasks of single pupils and files; raises AccessRefused."""
    scope, cursor = scope_of(user, Action.READ_REGISTER_WORK), store.cursor()
    return HomeworkTables(
        frames.lesson_table(cursor, scope, selection).project(CALENDAR),
        cursor.sql("SELECT lesson_id FROM homework_tasks"),
        cursor.sql("SELECT lesson_id FROM homework_files WHERE task_id IS NULL"),
        cursor.sql("SELECT lesson_id, is_late FROM homework_times"),
    )


@dataclass(frozen=True)
class WorkTables:
    """What ``pipelines.measures.user_activity`` asks for, all from one cursor."""

    users: Relation
    events: Relation


def work_tables(store: Store, user: User, first_day: date, last_day: date) -> WorkTables:
    """Return the accounts open on the last day and what was done between two days, within the user's scope.

    A homeroom teacher sees the families of the class (п. 4.3), a teacher only themselves. Raises AccessRefused.
    """
    scope, cursor = scope_of(user, Action.READ_REGISTER_WORK), store.cursor()
    return WorkTables(user_table(cursor, scope, last_day), event_table(cursor, scope, first_day, last_day))


def lessons_unfilled(
    store: Store, user: User, selection: Selection, last_day: date, first_day: date = date.min
) -> list[UnfilledLesson]:
    """Return the lessons within the user's scope, held from ``first_day`` to ``last_day``, in which nothing is entered; newest first."""
    scope = scope_of(user, Action.READ_REGISTER_WORK)
    return frames.unfilled_lessons(store.cursor(), scope, selection, last_day, first_day)


def pupils_in_classes(
    store: Store, user: User, class_ids: Collection[int], starts_on: date, ends_on: date
) -> list[PupilPlace]:
    """Return who was in these classes between two days, of the classes whose attendance the user may read; by name."""
    scope = scope_of(user, Action.READ_ATTENDANCE)
    return rows_apart(store, frames.pupils_of_classes(store.cursor(), scope, class_ids, starts_on, ends_on))
