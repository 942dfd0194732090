"""HTTP routes of «Оценки за период»: the grid saves term marks without a rerun of the page.

The id of a column names the register and the term, «11.21.0.32»: class, subject, subgroup (0: none), term (0: the year).
"""

from collections.abc import Iterable
from typing import Any

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
from pages.term_marks.parts.term_marks_answer import term_marks_answer
from pages.term_marks.parts.term_marks_view import HISTORY_ADDRESS, SAVE_ADDRESS, column_id
from school.records import RegisterKey, User
from school.register.actions.batch import EntryStatus
from school.term_marks.actions.entries import TermMarkEdit, TermMarkResult, enter_term_marks
from school.term_marks.lookups.term_marks import fillable_marks, term_mark_history
from server.session import School


def _place_of(column: str | None) -> tuple[RegisterKey, int]:
    parts = [whole_number(part) for part in (column or "").split(".")]
    if len(parts) != 4:
        raise MalformedError
    class_id, subject_id, subgroup_id, term_id = parts
    return RegisterKey(class_id, subject_id, subgroup_id or None), term_id


def _save(school: School, user: User, body: Any) -> dict[str, Any]:
    batch = parse_batch(body, user, _place_of)
    edits = [_edit(cell) for cell in batch.edits]
    results = enter_term_marks(school.store, user, edits, now=school.clock(), client_id=batch.client_id)
    saved = [result for result in results if result.status is EntryStatus.SAVED]
    return {
        "results": [cell_answer(result, cell) for result, cell in zip(results, batch.edits, strict=True)]
        + batch.refused,
        "cells": {
            _key_of(result): {"text": result.text, "late": False, "title": f"Причина: {result.edit.reason}"}
            for result in saved
            if result.edit.reason
        },
        "fills": _fills(school, user, saved),
        "version": school.store.version,
    }


def _edit(cell: TypedCell[tuple[RegisterKey, int]]) -> TermMarkEdit:
    key, term_id = cell.place
    return TermMarkEdit(key, term_id, cell.pupil_id, cell.text, cell.base, cell.seq, cell.reason)


def _key_of(result: TermMarkResult) -> str:
    return f"{column_id(result.edit.key, result.edit.term_id)}:{result.edit.pupil_id}"


def _fills(school: School, user: User, saved: Iterable[TermMarkResult]) -> dict[str, str]:
    """Return what may now be accepted for the pupils of these entries: a term mark may complete a year."""
    pupils: dict[RegisterKey, set[int]] = {}
    for result in saved:
        pupils.setdefault(result.edit.key, set()).add(result.edit.pupil_id)
    return {
        f"{column_id(key, term_id)}:{pupil_id}": str(mark or "")
        for key, pupil_ids in pupils.items()
        for (term_id, pupil_id), mark in fillable_marks(
            school.store, user, key, pupil_ids, now=school.clock()
        ).items()
    }


def _history(school: School, user: User, query: dict[str, str]) -> dict[str, Any]:
    key, term_id = _place_of(query.get("lesson"))
    pupil_id = whole_number(query.get("pupil"))
    return history_answer(term_mark_history(school.store, user, key, term_id, pupil_id))


routes = [
    *grid_routes(SAVE_ADDRESS, HISTORY_ADDRESS, _save, _history),
    reading_route("/api/term-marks/page", term_marks_answer),
]
