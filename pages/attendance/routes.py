"""HTTP routes of «Пропуски»: the grid saves absences without a rerun of the page.

A column may stand for several lessons of subgroups; its id names them all, «71-72», and a pupil has one of them.
"""

from typing import Any

from pages.attendance.parts.absences_answer import absences_answer
from pages.attendance.parts.absences_view import HISTORY_ADDRESS, SAVE_ADDRESS, summary_of
from pages.grid.requests import (
    MalformedError,
    TypedCell,
    cell_answer,
    grid_routes,
    history_answer,
    parse_batch,
    reading_route,
    whole_number,
)
from school.attendance.actions import enter_absences
from school.attendance.lookups import absence_history, absences_of_pupils, lesson_of_pupil
from school.records import User
from school.register.actions.batch import CellEdit, EntryStatus
from server.session import School

LESSONS_IN_A_COLUMN = 12


def _lessons_of(column: str | None) -> list[int]:
    lessons = [whole_number(part) for part in (column or "").split("-")]
    if len(lessons) > LESSONS_IN_A_COLUMN:
        raise MalformedError
    return lessons


def _save(school: School, user: User, body: Any) -> dict[str, Any]:
    batch = parse_batch(body, user, _lessons_of)
    edits = [_edit(school, cell) for cell in batch.edits]
    results = enter_absences(school.store, user, edits, now=school.clock(), client_id=batch.client_id)
    saved = [each.edit for each in results if each.status is EntryStatus.SAVED]
    changed, lessons = {edit.pupil_id for edit in saved}, {edit.lesson_id for edit in saved}
    absences = absences_of_pupils(school.store, user, lessons, changed, today=school.clock().date())
    return {
        "results": [cell_answer(result, cell) for result, cell in zip(results, batch.edits, strict=True)]
        + batch.refused,
        "rows": {str(pupil): {"summary": summary_of(absence)} for pupil, absence in absences.items()},
        "version": school.store.version,
    }


def _edit(school: School, cell: TypedCell[list[int]]) -> CellEdit:
    lesson_id = lesson_of_pupil(school.store, cell.place, cell.pupil_id) or cell.place[0]
    return CellEdit(lesson_id, cell.pupil_id, cell.text, cell.base, cell.seq, cell.reason)


def _history(school: School, user: User, query: dict[str, str]) -> dict[str, Any]:
    lessons, pupil_id = _lessons_of(query.get("lesson")), whole_number(query.get("pupil"))
    return history_answer(absence_history(school.store, user, lessons, pupil_id))


routes = [
    *grid_routes(SAVE_ADDRESS, HISTORY_ADDRESS, _save, _history),
    reading_route("/api/homeroom/absences/page", absences_answer),
]
