"""HTTP routes of «Экзамены и итог»: the grid saves exam marks and final marks without a rerun of the page.

The id of a column names the register and the column, «11.21.0.exam»: class, subject, subgroup (0: none), «exam» or «final».
"""

from collections.abc import Iterable
from typing import Any

from pages.councils.parts.exams_view import (
    HISTORY_ADDRESS,
    SAVE_ADDRESS,
    cell_of,
    column_id,
    exams_answer,
    info_of,
)
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
from school.councils.actions import enter_exam_marks
from school.councils.lookups import exam_history, exam_page
from school.councils.records import ExamColumn, ExamEdit
from school.records import RegisterKey, User
from school.register.actions.batch import EntryStatus
from server.session import School

_COLUMNS = {each.name.lower(): each for each in ExamColumn}


def _place_of(column: str | None) -> tuple[RegisterKey, ExamColumn]:
    *numbers, name = (column or "").split(".")
    if len(numbers) != 3 or name not in _COLUMNS:
        raise MalformedError
    class_id, subject_id, subgroup_id = map(whole_number, numbers)
    return RegisterKey(class_id, subject_id, subgroup_id or None), _COLUMNS[name]


def _save(school: School, user: User, body: Any) -> dict[str, Any]:
    batch = parse_batch(body, user, _place_of)
    edits = [_edit(cell) for cell in batch.edits]
    results = enter_exam_marks(school.store, user, edits, now=school.clock(), client_id=batch.client_id)
    saved = [result.edit for result in results if result.status is EntryStatus.SAVED]
    return {
        "results": [cell_answer(result, cell) for result, cell in zip(results, batch.edits, strict=True)]
        + batch.refused,
        **_figures(school, user, saved),
        "version": school.store.version,
    }


def _edit(cell: TypedCell[tuple[RegisterKey, ExamColumn]]) -> ExamEdit:
    key, column = cell.place
    return ExamEdit(key, column, cell.pupil_id, cell.text, cell.base, cell.seq, cell.reason)


def _figures(school: School, user: User, saved: Iterable[ExamEdit]) -> dict[str, Any]:
    """Return what follows from these entries: the final marks of their pupils, and the reasons in their cells."""
    rows, cells, typed = {}, {}, {edit.place for edit in saved}
    for key in {edit.key for edit in saved}:
        page = exam_page(school.store, user, key, today=school.clock().date())
        for pupil, subject in page.pupils:
            for column in ExamColumn:
                if (key.class_id, key.subject_id, column, pupil.pupil_id) in typed:
                    rows[str(pupil.pupil_id)] = {"info": info_of(subject)}
                    cells[f"{column_id(key, column)}:{pupil.pupil_id}"] = cell_of(subject, column)
    return {"rows": rows, "cells": cells}


def _history(school: School, user: User, query: dict[str, str]) -> dict[str, Any]:
    key, column = _place_of(query.get("lesson"))
    return history_answer(exam_history(school.store, user, key, column, whole_number(query.get("pupil"))))


routes = [
    *grid_routes(SAVE_ADDRESS, HISTORY_ADDRESS, _save, _history),
    reading_route("/api/exams/page", exams_answer),
]
