"""Homework beyond its text in the demonstration: cards as files, and tasks of single pupils (п. 3.4, 4.7)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from demo.days.subject_words import SHORT_TASKS, Field, field_of
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.homework.actions import NewTask, add_file, add_task
from school.homework.rules.late_entry import DEFAULT_HOUR, is_late
from school.records import HomeworkState, Role, User
from school.register.lookups.today import LessonToFill, teacher_day
from school.store.connection import Store
from school.store.rows import HomeworkTimeRow, LessonRow

# One teacher in so many hands a card out, and one gives somebody a task of their own.
WITH_CARD, WITH_TASK = 2, 3
DAYS_A_WEEK = 6


def hand_out_homework(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let teachers add a card or a task of a single pupil to the homework of the last school day before ``now``."""
    teachers = [user for user in school.users.values() if Role.TEACHER in user.roles and user.staff_id]
    for number, teacher in enumerate(teachers):
        lessons = _lessons_with_homework(store, teacher, now)
        # There is no paragraph to write out in physical culture.
        with_books = [each for each in lessons if field_of(each.lesson.subject_name) != Field.PRACTICE]
        if with_books and number % WITH_CARD == 0:
            _add_card(store, teacher, with_books[0])
        if lessons and number % WITH_TASK == 0:
            texts = SHORT_TASKS[field_of(lessons[-1].lesson.subject_name)]
            _add_task(store, plan, teacher, lessons[-1], texts[number % len(texts)])


def homework_times(lessons: Sequence[LessonRow]) -> list[HomeworkTimeRow]:
    """Return when the homework of lessons was written: as the lessons were filled, some of it in the evening."""
    return [
        HomeworkTimeRow(
            each.lesson_id,
            each.recorded_at,
            is_late(
                each.recorded_at,
                each.held_on,
                hour=DEFAULT_HOUR,
                is_day_off=each.recorded_at.isoweekday() > DAYS_A_WEEK,
            ),
        )
        for each in lessons
        if each.recorded_at is not None and each.homework_state == HomeworkState.SET
    ]


def _lessons_with_homework(store: Store, teacher: User, now: datetime) -> list[LessonToFill]:
    midnight = datetime.combine(now.date(), time())
    last_day = teacher_day(store, teacher, midnight).last_day
    if last_day is None:
        return []
    lessons = teacher_day(store, teacher, datetime.combine(last_day, time())).lessons
    return [row for row in lessons if row.lesson.homework_state == HomeworkState.SET]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(15, 40))


def _add_card(store: Store, teacher: User, row: LessonToFill) -> None:
    lesson = row.lesson
    topic = lesson.topic or lesson.subject_name
    card = (
        f"{lesson.subject_name}, {lesson.class_name}\r\nТема: {topic}\r\n\r\n"
        "1. Запишите главное из параграфа тремя предложениями.\r\n"
        "2. Придумайте свой пример и объясните его.\r\n"
        "3. Составьте вопрос, на который ответит сосед по парте.\r\n"
    )
    at = _at(lesson.held_on)
    add_file(store, teacher, lesson.lesson_id, "Карточка к уроку.txt", card.encode("utf-8"), now=at)


def _add_task(store: Store, plan: SchoolPlan, teacher: User, row: LessonToFill, text: str) -> None:
    lesson = row.lesson
    listed = [
        stay.pupil_id
        for each in plan.years[-1].classes
        if each.class_id == lesson.class_id
        for stay in each.stays
        if stay.covers(lesson.held_on)
    ]
    if lesson.subgroup_id is None and listed:
        task = NewTask(text, pupil_ids=[listed[lesson.number % len(listed)]])
        add_task(store, teacher, lesson.lesson_id, task, now=_at(lesson.held_on) + timedelta(minutes=5))
