"""The head of a lesson: topic, work type and homework, as the grid's page shows and writes it."""

from typing import Any

from pages.register.parts.register_view import lesson_title, short_lesson_title, work_type_title
from pages.ui.links import file_address
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT
from school.errors import RuleRefused
from school.homework.actions import FILE_HOMEWORK, LessonEntry
from school.homework.lookups import LessonHomework, late_words, lesson_homework
from school.lesson_plans.lookups import lesson_topics
from school.received import id_of, text_of
from school.records import HomeworkState, Lesson, User
from school.register.actions.entries import LessonHead
from school.register.lookups.registers import RegisterPage
from server.session import School

# Longer than any rule of the register lets a text be: the rule refuses it in words of its own.
LONGEST_TEXT = 20_000


def head_answer(school: School, user: User, page: RegisterPage, lesson: Lesson) -> dict[str, Any]:
    """Return a lesson's head for the grid's page (see ``pages.grid``): fields for its teacher, words for the others."""
    homework = lesson_homework(school.store, user, lesson)
    if lesson.lesson_id not in page.editable_lesson_ids:
        return _words(page, lesson, homework)
    topics = lesson_topics(school.store, user, lesson)
    is_offered = lesson.work_type_id in page.work_types
    return {
        "lesson": str(lesson.lesson_id),
        "title": short_lesson_title(lesson),
        "values": {
            "topic": lesson.topic,
            "type": str(lesson.work_type_id) if is_offered else "",
            "homework": lesson.homework,
            "none": lesson.homework_state == HomeworkState.NONE,
            "plan": "" if topics.taken_id is None else str(topics.taken_id),
        },
        "types": [
            [str(type_id), work_type_title(page.work_types[type_id])]
            for type_id in offered_work_types(page, lesson)
        ],
        "planned": topics.planned
        and {"id": str(topics.planned.topic_id or ""), "title": topics.planned.title},
        "has_more": bool(homework.files or homework.tasks or homework.due_on),
        "note": late_words(school.store, user, lesson, school.clock()),
    }


def offered_work_types(page: RegisterPage, lesson: Lesson) -> list[int]:
    """Return the work types to choose from: those in use, and the lesson's own."""
    return [
        type_id
        for type_id, row in page.work_types.items()
        if not row.is_retired or type_id == lesson.work_type_id
    ]


def _words(page: RegisterPage, lesson: Lesson, beside: LessonHomework) -> dict[str, Any]:
    work_type = page.work_types.get(lesson.work_type_id) if lesson.work_type_id is not None else None
    homework = {HomeworkState.NONE: "без задания", HomeworkState.SET: lesson.homework}.get(
        HomeworkState(lesson.homework_state), "не записано"
    )
    due = beside.due_on
    parts = [
        f"тема: {lesson.topic or 'не записана'}",
        f"вид работы: {work_type.name}" if work_type else "",
        f"домашнее задание: {homework}",
        f"к {due.day} {MONTHS_SHORT[due.month - 1]}, {WEEKDAYS_SHORT[due.weekday()]}" if due else "",
        f"индивидуальных заданий: {len(beside.tasks)}" if beside.tasks else "",
    ]
    return {
        "title": lesson_title(lesson),
        "words": [part for part in parts if part],
        "files": [{"title": file.title, "address": file_address(file.file_id)} for file in beside.files],
    }


def lesson_entry(typed: dict[str, Any], homework: LessonHomework) -> LessonEntry:
    """Return what was typed at a lesson's head as the action takes it; the day it is due stays.

    Raises RuleRefused for homework beside «без задания», KeyError and ValueError for what is no head.
    """
    texts = {name: text_of(typed[name], LONGEST_TEXT) for name in ("homework", "type", "plan", "topic")}
    if None in texts.values():
        raise ValueError("No text that can be written.")
    is_none, words = bool(typed["none"]), str(texts["homework"]).strip()
    text = words or ("" if is_none or not homework.files_of(None) else FILE_HOMEWORK)
    if is_none and text:
        raise RuleRefused(
            "Выбрано «без задания», но задание написано.", next_step="Сотрите текст или снимите отметку."
        )
    state = HomeworkState.SET if text else HomeworkState.NONE if is_none else HomeworkState.UNSET
    topic = str(texts["topic"])
    head = LessonHead(topic, _chosen(texts["type"]), state, text)
    return LessonEntry(head, homework.due_on, _chosen(texts["plan"]) if topic else None)


def _chosen(code: str | None) -> int | None:
    number = id_of(code)
    if code and number is None:
        raise ValueError("Nothing that was offered.")
    return number
