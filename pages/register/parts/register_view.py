"""A page of the register as the data of the grid component."""

from datetime import date
from typing import Any

from pages.ui.leave_hints import column_day
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT, day_title
from school.records import Lesson, User, WorkType
from school.register.lookups.registers import PupilMarks, RegisterPage
from school.register.rules.cells import LOOK_ALIKES
from school.register.rules.marks import mean_text

NOT_LISTED = "Ученик не числился в классе в этот день"
NO_MARKS = PupilMarks(None, 0, 0)


def grid_data(
    page: RegisterPage, user: User, *, today: date, selected_lesson_id: int | None, version: int
) -> dict[str, Any]:
    """Return what the grid component takes (see ``pages.grid``); identifiers as text."""
    return {
        "user_id": str(user.user_id),
        "read_only": not page.editable_lesson_ids,
        "save_url": "/api/register/cells",
        "history_url": "/api/register/history",
        "letter_url": "/messages?about=mark",
        "today": today.isoformat(),
        "selected_lesson": None if selected_lesson_id is None else str(selected_lesson_id),
        "pupils": [_pupil(page, pupil.pupil_id, pupil.name.short) for pupil in page.pupils],
        "lessons": [_lesson(page, lesson, user, today) for lesson in page.lessons],
        "cells": {
            f"{lesson}:{pupil}": {"text": entry.cell.text, "late": entry.is_late}
            for (lesson, pupil), entry in page.cells.items()
        },
        "blocked": {f"{lesson}:{pupil}": NOT_LISTED for lesson, pupil in page.unlisted},
        "term_marks": {str(pupil): str(value) for pupil, value in page.term_marks.items()} or None,
        "look_alikes": LOOK_ALIKES,
        "version": version,
    }


def summary_answer(marks: PupilMarks) -> dict[str, Any]:
    """Return a pupil's mean and counts as the grid shows them."""
    return {"mean": mean_text(marks.mean), "count": marks.count, "controls": marks.control_count}


def _pupil(page: RegisterPage, pupil_id: int, name: str) -> dict[str, Any]:
    summary = summary_answer(page.summaries.get(pupil_id, NO_MARKS))
    return {"id": str(pupil_id), "name": name, "minimum": page.minimum, **summary}


def _lesson(page: RegisterPage, lesson: Lesson, user: User, today: date) -> dict[str, Any]:
    work_type = page.work_types.get(lesson.work_type_id) if lesson.work_type_id is not None else None
    return {
        "id": str(lesson.lesson_id),
        **column_day(lesson.held_on),
        "number": lesson.number,
        "work_type": work_type.short_name if work_type else "",
        "work_type_title": work_type_title(work_type) if work_type else "",
        "is_written_control": bool(work_type and work_type.is_written_control),
        "topic": lesson.topic,
        "editable": lesson.lesson_id in page.editable_lesson_ids,
        "why_not": _why_not(lesson, user, today),
        "cancelled": lesson.status == "cancelled",
        "attendance_taken": lesson.attendance_taken_at is not None,
    }


def work_type_title(work_type: WorkType) -> str:
    """Return «контрольная работа, вес 2»."""
    return f"{work_type.name}, вес {work_type.weight:g}".replace(".", ",")


def _why_not(lesson: Lesson, user: User, today: date) -> str:
    if lesson.held_on > today:
        return "Урок ещё не состоялся"
    if lesson.status == "cancelled":
        return "Урок отменён"
    if user.staff_id in lesson.reader_ids - lesson.teacher_ids:
        return "Урок ведёт замещающий учитель: заполняет он"
    return "Учебный период закрыт" if lesson.term_is_closed else ""


def short_lesson_title(lesson: Lesson) -> str:
    """Return «20 ноя, пт · 3»."""
    day = lesson.held_on
    return f"{day.day} {MONTHS_SHORT[day.month - 1]}, {WEEKDAYS_SHORT[day.weekday()]} · {lesson.number}"


def lesson_title(lesson: Lesson) -> str:
    """Return «20 ноября, пятница, 3-й урок»."""
    return f"{day_title(lesson.held_on)}, {lesson.number}-й урок"
