"""Writing a school's structure and its past in bulk: for a new school, an import, a demonstration."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.rows import (
    HomeworkDueDayRow,
    HomeworkTaskPupilRow,
    HomeworkTaskRow,
    HomeworkTimeRow,
    LessonPlanRow,
    LessonRow,
    PlanTopicRow,
    SchoolStructure,
    TermMarkRow,
    YearMarkRow,
)
from school.store.structure import close_terms as close_term_rows
from school.store.structure import has_school, insert_rows, record_lesson_heads

# What the event of a written structure says: the first kinds that it holds.
STRUCTURE_TITLES: dict[str, str] = {
    "schools": "школ",
    "years": "учебных лет",
    "terms": "учебных периодов",
    "classes": "классов",
    "pupils": "учеников",
    "staff": "сотрудников",
    "users": "пользователей",
    "loads": "строк нагрузки",
    "slots": "уроков в расписании",
}


def check_may_found(transaction: Transaction, user: User | None) -> None:
    """Raise AccessRefused for a user who may not load a register, RuleRefused for nobody in a school that has people."""
    if user is not None:
        check_may(user, Action.IMPORT_JOURNAL)
    elif has_school(transaction):
        raise RuleRefused(
            "Школа уже создана.",
            "Сведения о ней меняет администратор журнала.",
            "Войдите под учётной записью администратора.",
        )


@in_transaction
def reserve_ids(transaction: Transaction, count: int) -> range:
    """Return ``count`` fresh record identifiers in a row, for rows that refer to one another."""
    ids = transaction.new_ids(count)
    return range(ids[0], ids[-1] + 1) if ids else range(0)


@in_transaction
def write_structure(
    transaction: Transaction, user: User | None, structure: SchoolStructure, *, now: datetime
) -> None:
    """Write years, terms, classes, people, accounts, load and timetable in one transaction.

    ``user`` may be None for an empty transaction only. Raises AccessRefused or RuleRefused.
    """
    check_may_found(transaction, user)
    for rows in structure.parts():
        insert_rows(transaction, rows)
    transaction.record(_event(user, now, "school", _contents(structure)))


def _contents(structure: SchoolStructure) -> str:
    counts = ((title, len(getattr(structure, part))) for part, title in STRUCTURE_TITLES.items())
    return ", ".join(f"{title}: {count}" for title, count in counts if count)


def _event(user: User | None, now: datetime, kind: str, text: str) -> Event:
    return Event(now, user.user_id if user else None, kind, new_value=text)


@in_transaction
def write_lessons(
    transaction: Transaction, user: User, lessons: Sequence[LessonRow], *, now: datetime
) -> None:
    """Write dated lessons with their heads; a filled head leaves the events of its teacher at its own moment.

    Raises AccessRefused.
    """
    check_may_found(transaction, user)
    insert_rows(transaction, lessons)
    transaction.record(_event(user, now, "school", f"уроков: {len(lessons)}"))
    record_lesson_heads(transaction, [row.lesson_id for row in lessons if row.recorded_at])


@in_transaction
def write_term_marks(
    transaction: Transaction,
    user: User,
    term_marks: Sequence[TermMarkRow],
    year_marks: Sequence[YearMarkRow] = (),
) -> None:
    """Write marks for terms and years (п. 5.4), each with an event of the person who gave it.

    Raises AccessRefused.
    """
    check_may_found(transaction, user)
    insert_rows(transaction, term_marks)
    insert_rows(transaction, year_marks)
    transaction.record(*map(_mark_event, term_marks), *map(_mark_event, year_marks))


def _mark_event(row: TermMarkRow | YearMarkRow) -> Event:
    term_id = row.term_id if isinstance(row, TermMarkRow) else None
    return Event(
        row.recorded_at,
        row.recorded_by,
        "year_mark" if term_id is None else "term_mark",
        pupil_id=row.pupil_id,
        record_id=term_id,
        new_value=str(row.value),
        reason=row.reason,
        class_id=row.class_id,
        subject_id=row.subject_id,
    )


@in_transaction
def write_lesson_plans(
    transaction: Transaction, user: User, plans: Sequence[LessonPlanRow], topics: Sequence[PlanTopicRow]
) -> None:
    """Write lesson plans (п. 4.5), each with an event of the teacher who saved it. Raises AccessRefused."""
    counts = Counter(topic.plan_id for topic in topics)
    check_may_found(transaction, user)
    insert_rows(transaction, plans)
    insert_rows(transaction, topics)
    transaction.record(
        *(
            Event(
                plan.saved_at,
                plan.saved_by,
                "lesson_plan",
                record_id=plan.plan_id,
                new_value=f"тем: {counts[plan.plan_id]}",
            )
            for plan in plans
        )
    )


@in_transaction
def write_homework(
    transaction: Transaction,
    user: User,
    due_days: Sequence[HomeworkDueDayRow],
    tasks: Sequence[HomeworkTaskRow],
    task_pupils: Sequence[HomeworkTaskPupilRow],
    times: Sequence[HomeworkTimeRow] = (),
    *,
    now: datetime,
) -> None:
    """Write chosen days of homework, when it was written, tasks of single pupils (п. 4.7); each task leaves its teacher's event.

    Raises AccessRefused.
    """
    check_may_found(transaction, user)
    for rows in (due_days, tasks, task_pupils, times):
        insert_rows(transaction, rows)
    transaction.record(_event(user, now, "school", f"сроков заданий: {len(due_days)}"))
    transaction.record(
        *(
            Event(
                task.created_at,
                task.created_by,
                "homework_task",
                lesson_id=task.lesson_id,
                record_id=task.task_id,
                new_value=task.text,
            )
            for task in tasks
        )
    )


@in_transaction
def close_terms(transaction: Transaction, user: User, closed: Sequence[tuple[int, datetime, int]]) -> None:
    """Close terms that are over: term id, moment, user who closed it (п. 5.4). Raises AccessRefused."""
    check_may_found(transaction, user)
    close_term_rows(transaction, closed)
    transaction.record(*(Event(at, by, "term_closed", record_id=term) for term, at, by in closed))
