"""«Экзамены и итог» as the data of the grid component: exam marks, and the final marks that follow from them (п. 4.5, 5.4)."""

from datetime import date
from typing import Any

from pages.ui.register_choice import NO_REGISTERS, Address, address_of, choose_register
from school.access.action import Action
from school.access.checks import may
from school.calendar import school_year_title
from school.councils.lookups import NO_EXAM, exam_page
from school.councils.records import ExamColumn, ExamPage, SubjectYear
from school.records import RegisterKey, User
from school.register.rules.cells import LOOK_ALIKES
from school.register.rules.marks import is_graded
from server.session import School

SAVE_ADDRESS, HISTORY_ADDRESS = "/api/exams/cells", "/api/exams/history"
TITLES = {ExamColumn.EXAM: "Экзамен", ExamColumn.FINAL: "Другой итог"}
HINTS = {
    ExamColumn.EXAM: "Отметка за экзамен (п. 4.2)",
    ExamColumn.FINAL: "Только если решено иначе, чем по правилу; с причиной",
}
YEAR, FINAL = "year", "final"
BY_RULE = "Среднее годовой отметки и экзамена, половина — в пользу ученика (п. 5.4)"
INFO = [
    {"id": YEAR, "title": "Год", "hint": "Годовая отметка", "px": 56},
    {"id": FINAL, "title": "Итог", "hint": BY_RULE, "px": 56},
]
REASONS = ["апелляция", "пересдача", "решение педсовета", "ошибка при вводе"]
PLAN = {
    "what": "plan",
    "label": "Предметы с экзаменом",
    "title": "По каким предметам у этого класса в этом году экзамен",
}
NOT_GRADED = "В 1-м классе отметок не ставят: экзаменов и итога здесь нет (п. 5.2)."
NOBODY = "На конец года учеников в этом журнале нет."


def column_id(key: RegisterKey, column: ExamColumn) -> str:
    """Return the id of a column in a register's exam sheet, «11.21.0.exam»."""
    return f"{key.class_id}.{key.subject_id}.{key.subgroup_id or 0}.{column.name.lower()}"


def exams_answer(school: School, user: User, address: Address) -> dict[str, Any]:
    """Return a register's exam as the address means it; raises AccessRefused and Refusal."""
    store, today = school.store, school.clock().date()
    choice = choose_register(school, user, address, today)
    if choice is None:
        return {"message": NO_REGISTERS}
    # Read before the marks: data older than a save under way must not push the saved mark out of the grid.
    version = store.version
    page = exam_page(store, user, choice.register.key, today=today)
    answer: dict[str, Any] = {
        "address": address_of(choice.register, None),
        "boxes": choice.boxes(),
        "buttons": [PLAN] if may(user, Action.PLAN_EXAMS) else [],
        "words": _state_words(page),
    }
    if not page.pupils:
        return answer | {"message": NOBODY}
    if not is_graded(page.register.grade_level):
        return answer | {"message": NOT_GRADED}
    return answer | {
        "grid": exams_grid(page, user, today=today, version=version, column=address.get("column"))
    }


def _state_words(page: ExamPage) -> list[str]:
    given = sum(subject.exam is not None for _, subject in page.pupils)
    exam = f"Экзамен: выставлено {given} из {len(page.pupils)}" if page.has_exam else NO_EXAM
    return list(filter(None, [page.why_not, exam]))


def exams_grid(
    page: ExamPage, user: User, *, today: date, version: int, column: str | None = None
) -> dict[str, Any]:
    """Return what the grid component takes; ``column`` is the name of the column to stand in, by default the first."""
    key = page.register.key
    columns = [each for each in TITLES if page.has_exam or each != ExamColumn.EXAM]
    chosen = next((each for each in columns if each.name.lower() == column), columns[0])
    return {
        "user_id": str(user.user_id),
        "label": "Экзамены и итог",
        "read_only": bool(page.why_not),
        "save_url": SAVE_ADDRESS,
        "history_url": HISTORY_ADDRESS,
        "today": today.isoformat(),
        "selected_lesson": column_id(key, chosen),
        "pupils": [
            {"id": str(pupil.pupil_id), "name": pupil.name.short, "info": info_of(subject)}
            for pupil, subject in page.pupils
        ],
        "lessons": [_column(page, each, today) for each in columns],
        "cells": {
            f"{column_id(key, each)}:{pupil.pupil_id}": cell
            for pupil, subject in page.pupils
            for each in columns
            if (cell := cell_of(subject, each))["text"]
        },
        "blocked": {},
        "term_marks": None,
        "look_alikes": LOOK_ALIKES,
        "is_wide": True,
        "single_mark": True,
        "attendance_is_fixed": True,
        "info_title": "За год",
        "info": INFO,
        "reason_is_told": True,
        "reasons": REASONS,
        "version": version,
    }


def info_of(subject: SubjectYear) -> dict[str, dict[str, str]]:
    """Return the words about a pupil: the year mark, and the final mark that holds."""
    return {
        YEAR: {"text": _text(subject.year) or "—"},
        FINAL: {
            "text": _text(subject.final) or "—",
            "title": f"По правилу {_text(subject.proposed) or 'итога ещё нет'}; решено иначе: {subject.reason}"
            if subject.reason
            else "",
        },
    }


def cell_of(subject: SubjectYear, column: ExamColumn) -> dict[str, Any]:
    """Return what stands in a cell; a final mark other than the rule's tells its reason."""
    reason = subject.reason if column == ExamColumn.FINAL else ""
    return {
        "text": _text(subject.mark(column)),
        "late": False,
        "title": f"Причина: {reason}" if reason else "",
    }


def _text(mark: int | None) -> str:
    return "" if mark is None else str(mark)


def _column(page: ExamPage, column: ExamColumn, today: date) -> dict[str, Any]:
    return {
        "id": column_id(page.register.key, column),
        "name": TITLES[column],
        "part": f"column={column.name.lower()}",
        "date": today.isoformat(),
        "day": TITLES[column],
        "month": school_year_title(page.register.school_year),
        "weekday": "",
        "number": "",
        "work_type": "",
        "work_type_title": HINTS[column],
        "topic": "",
        "editable": not page.why_not,
        "why_not": page.why_not,
        "attendance_taken": False,
        "is_written_control": False,
    }
