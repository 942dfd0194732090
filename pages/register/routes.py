"""HTTP routes of the register: the grid saves without a rerun of the page."""

from collections.abc import Iterable
from typing import Any

from pages.grid.requests import (
    MalformedError,
    cell_answer,
    check_user,
    grid_routes,
    history_answer,
    parse_batch,
    reading_route,
    whole_number,
    writing_route,
)
from pages.register.parts.lesson_head import lesson_entry
from pages.register.parts.register_answer import register_answer, whom_to_ask_answer
from pages.register.parts.register_view import summary_answer
from school.attendance.lookups import cells_of_leaves
from school.errors import Refusal, StoreUnavailable
from school.homework.actions import write_lesson
from school.homework.lookups import lesson_scene
from school.records import User
from school.register.actions.batch import CellEdit, CellResult, EntryStatus
from school.register.actions.entries import confirm_attendance, enter_cells
from school.register.lookups.registers import cell_history, entered_summaries
from server.session import School


def _save(school: School, user: User, body: Any) -> dict[str, Any]:
    batch = parse_batch(body, user, whole_number)
    edits = [
        CellEdit(each.place, each.pupil_id, each.text, each.base, each.seq, each.reason)
        for each in batch.edits
    ]
    results = enter_cells(school.store, user, edits, now=school.clock(), client_id=batch.client_id)
    answers = [cell_answer(result, cell) for result, cell in zip(results, batch.edits, strict=True)]
    answers += [_confirm(school, user, lesson_id, seq) for _column, lesson_id, seq in batch.attendance]
    lessons, pupils = ({edit.lesson_id for edit in edits}, {edit.pupil_id for edit in edits})
    summaries = entered_summaries(school.store, user, lessons, pupils)
    taken = _taken(results, answers)
    return {
        "results": answers + batch.refused,
        "rows": {str(pupil): summary_answer(marks) for pupil, marks in summaries.items()},
        "lessons": taken,
        "cells": _cells_of_leaves(school, user, [int(lesson) for lesson in taken]),
        "version": school.store.version,
    }


def _cells_of_leaves(school: School, user: User, lesson_ids: list[int]) -> dict[str, Any]:
    """Return the cells that taking attendance filled from leaves (п. 4.3)."""
    cells = cells_of_leaves(school.store, user, lesson_ids) if lesson_ids else {}
    return {
        f"{lesson}:{pupil}": {"text": cell.text, "late": False} for (lesson, pupil), cell in cells.items()
    }


def _confirm(school: School, user: User, lesson_id: int, seq: int) -> dict[str, Any]:
    answer = {"lesson": str(lesson_id), "pupil": None, "seq": seq, "message": ""}
    try:
        confirm_attendance(school.store, user, [lesson_id], now=school.clock())
    except StoreUnavailable:
        raise
    except Refusal as refusal:
        return answer | {"status": str(EntryStatus.REFUSED), "message": str(refusal)}
    return answer | {"status": str(EntryStatus.SAVED)}


def _taken(results: Iterable[CellResult], answers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    saved = str(EntryStatus.SAVED)
    lessons = {
        str(result.edit.lesson_id)
        for result in results
        if result.status is EntryStatus.SAVED and result.text[:1].isalpha()
    } | {answer["lesson"] for answer in answers if answer["pupil"] is None and answer["status"] == saved}
    return {lesson: {"attendance_taken": True} for lesson in lessons}


def _history(school: School, user: User, query: dict[str, str]) -> dict[str, Any]:
    lesson_id, pupil_id = whole_number(query.get("lesson")), whole_number(query.get("pupil"))
    return history_answer(cell_history(school.store, user, lesson_id, pupil_id))


def _write_lesson(school: School, user: User, body: Any) -> dict[str, Any]:
    """Write what was typed at a lesson's head; a refusal comes back as words, and nothing typed is lost."""
    check_user(body, user)
    lesson_id = whole_number(body.get("lesson"))
    homework = lesson_scene(school.store, user, lesson_id).homework
    try:
        entry = lesson_entry(body, homework)
    except (KeyError, TypeError, ValueError) as problem:
        raise MalformedError from problem
    write_lesson(school.store, user, lesson_id, entry, now=school.clock())
    return {"message": "Записано."}


routes = [
    *grid_routes("/api/register/cells", "/api/register/history", _save, _history),
    reading_route("/api/register/page", register_answer),
    reading_route("/api/register/whom-to-ask", whom_to_ask_answer),
    writing_route("/api/register/lesson", _write_lesson),
]
