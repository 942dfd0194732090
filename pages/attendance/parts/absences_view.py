"""A class's week of absences as the data of the grid component, and the warnings in words (п. 4.3)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from pages.ui.leave_hints import announced_hint, column_day, leave_hint, short_day
from school.attendance.lookups import NO_ABSENCE, AbsenceWeek, LessonColumn, PupilAbsence
from school.attendance.rules.absences import CHRONIC_PERCENT
from school.calendar import MONTHS
from school.excuses.rules import Absent
from school.numbers import counted, percent_text
from school.records import LETTER_OF_REASON, User
from school.register.rules.cells import LOOK_ALIKES

SAVE_ADDRESS, HISTORY_ADDRESS = "/api/homeroom/absences", "/api/homeroom/absences/history"
NOT_LISTED = "У ученика нет этого урока: другая подгруппа или не числился в классе"
SUBJECT_LETTERS = 3
NAMES_SHOWN = 6


def week_title(first_day: date) -> str:
    """Return «16–22 ноября» or «30 ноября – 6 декабря»."""
    last = first_day + timedelta(days=6)
    if first_day.month == last.month:
        return f"{first_day.day}–{last.day} {MONTHS[last.month - 1]}"
    return f"{first_day.day} {MONTHS[first_day.month - 1]} – {last.day} {MONTHS[last.month - 1]}"


def column_id(column: LessonColumn) -> str:
    """Return the id of a column: its lessons."""
    return "-".join(str(lesson.lesson_id) for lesson in column.lessons)


def summary_of(absence: PupilAbsence = NO_ABSENCE) -> dict[str, Any]:
    """Return a pupil's absence over the term as the column at the right shows it."""
    return {
        "main": str(absence.missed_lessons),
        "side": percent_text(absence.percent),
        "is_short": absence.is_chronic,
        "title": f"Пропущено уроков за период: {absence.missed_lessons} из {absence.pupil_lessons} проведённых",
    }


def absence_grid(
    week: AbsenceWeek, user: User, announced: Mapping[tuple[int, int], Absent], *, today: date, version: int
) -> dict[str, Any]:
    """Return what the grid component takes (see ``pages.grid``): absences only, no marks; ``announced`` by families."""
    cells: dict[str, Any] = {}
    hints: dict[str, Any] = {
        f"{column_id(column)}:{pupil}": announced_hint(announced[lesson.lesson_id, pupil])
        for column in week.columns
        for lesson in column.lessons
        for pupil in week.pupils
        if (lesson.lesson_id, pupil) in announced
    }
    blocked: dict[str, str] = {}
    for column in week.columns:
        for pupil in week.pupils:
            _show_cell(week, column, pupil, cells, hints, blocked)
    return {
        "user_id": str(user.user_id),
        "read_only": not week.may_edit,
        "save_url": SAVE_ADDRESS,
        "history_url": HISTORY_ADDRESS,
        "today": today.isoformat(),
        "selected_lesson": None,
        "pupils": [_pupil(week, pupil) for pupil in week.pupils],
        "lessons": [_lesson(week, column, today) for column in week.columns],
        "cells": cells,
        "hints": hints,
        "blocked": blocked,
        "term_marks": None,
        "look_alikes": LOOK_ALIKES,
        "summary_title": "Пропущено",
        "attendance_is_fixed": True,
        "letters_only": True,
        "by_day": True,
        "reason_question": "Учитель записал иначе. Почему исправляете?",
        "reasons": ["был на уроке", "ошибка при вводе", "по словам учителя", "мероприятие школы"],
        "version": version,
    }


def _show_cell(
    week: AbsenceWeek,
    column: LessonColumn,
    pupil: int,
    cells: dict[str, Any],
    hints: dict[str, Any],
    blocked: dict[str, str],
) -> None:
    key = f"{column_id(column)}:{pupil}"
    pair = next(
        ((lesson.lesson_id, pupil) for lesson in column.lessons if (lesson.lesson_id, pupil) in week.listed),
        None,
    )
    if pair is None:
        blocked[key] = NOT_LISTED
        return
    cell = week.cells.get(pair)
    if cell and cell.absence:
        cells[key] = {"text": LETTER_OF_REASON[cell.absence], "late": False}
    if cell and cell.marks:
        hints[key] = {"text": "/".join(map(str, cell.marks)), "title": "Был на уроке: получил отметку"}
    elif pair in week.expected:
        hints[key] = leave_hint(week.expected[pair])


def _pupil(week: AbsenceWeek, pupil_id: int) -> dict[str, Any]:
    summary = summary_of(week.absences.get(pupil_id, NO_ABSENCE))
    return {"id": str(pupil_id), "name": week.pupils[pupil_id].short, "summary": summary}


def _lesson(week: AbsenceWeek, column: LessonColumn, today: date) -> dict[str, Any]:
    first, day = column.first, column.first.held_on
    subjects = dict.fromkeys(week.subjects.get(lesson.subject_id, "") for lesson in column.lessons)
    return {
        "id": column_id(column),
        **column_day(day),
        "number": first.number,
        "work_type": next(iter(subjects), "")[:SUBJECT_LETTERS],
        "work_type_title": ", ".join(subjects),
        "is_written_control": False,
        "topic": "",
        "editable": week.may_edit and day <= today and not first.term_is_closed,
        "why_not": _why_not(column, today),
        "attendance_taken": all(lesson.attendance_taken_at is not None for lesson in column.lessons),
    }


def _why_not(column: LessonColumn, today: date) -> str:
    if column.first.held_on > today:
        return "Урок ещё не состоялся"
    if column.first.term_is_closed:
        return "Учебный период закрыт: исправит учитель предмета с разрешения заместителя директора"
    return ""


def warnings(week: AbsenceWeek) -> list[dict[str, str]]:
    """Return the warnings with names as notes of the grid's page: runs of missed days, then a tenth of lessons missed."""
    present = {pupil: week.absences[pupil] for pupil in week.pupils if pupil in week.absences}
    runs = {pupil: row for pupil, row in present.items() if row.is_long_run}
    unknown = [_run_text(week, pupil, row) for pupil, row in runs.items() if not row.run_is_explained]
    known = [_run_text(week, pupil, row) for pupil, row in runs.items() if row.run_is_explained]
    chronic = {pupil: row for pupil, row in present.items() if row.is_chronic}
    ordered = sorted(chronic, key=lambda pupil: -(chronic[pupil].percent or 0))
    shares = [f"{week.pupils[pupil].short} {percent_text(chronic[pupil].percent)}" for pupil in ordered]
    lines = [
        ("3 дня подряд, причина не выяснена", "warn", unknown),
        (f"пропущено {CHRONIC_PERCENT} % уроков периода и больше", "warn", shares),
        ("3 дня подряд, причина известна", "quiet", known),
    ]
    return [{"title": title, "text": _listed(names), "kind": kind} for title, kind, names in lines if names]


def _run_text(week: AbsenceWeek, pupil: int, row: PupilAbsence) -> str:
    days = counted(len(row.run), "день", "дня", "дней")
    return f"{week.pupils[pupil].short} ({days}, с {short_day(row.run[0])})"


def _listed(names: Iterable[str]) -> str:
    all_names = list(names)
    rest = len(all_names) - NAMES_SHOWN
    return ", ".join(all_names[:NAMES_SHOWN]) + (f" и ещё {rest}" if rest > 0 else "")
