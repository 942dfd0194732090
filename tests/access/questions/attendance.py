"""Questions about 8Б to the actions and lookups of attendance."""

from collections.abc import Callable
from datetime import date
from typing import Any

from asking import LEADER, OVERSEERS, REGISTER_READERS, TODAY, Question, passed, was_done, was_saved
from small_school import (
    CLASS_8B,
    NOW,
    STRANGE_CHILD,
    STRANGERS_LESSON_TODAY,
    STRANGERS_LESSON_YESTERDAY,
    UNMARKED_STRANGE_CHILD,
)

from school.attendance import actions as absences
from school.attendance import lookups as absence_lookups
from school.records import AbsenceReason, Role, User
from school.register.actions import batch
from school.store.connection import Store


def _leave_of_8b(store: Store) -> int:
    leader = User(0, "leader", "", frozenset({Role.HOMEROOM}), None, frozenset({CLASS_8B}))
    absences.give_reason(store, leader, LEAVE_OF_8B, now=NOW)
    return int(store.read("SELECT max(leave_id) FROM leaves")[0][0])


def _with_leave(store: Store, user: User, lookup: Callable[..., Any]) -> Any:
    _leave_of_8b(store)
    return lookup(store, user, [STRANGERS_LESSON_TODAY])


ABSENCE_OF_8B = batch.CellEdit(STRANGERS_LESSON_YESTERDAY, UNMARKED_STRANGE_CHILD, "Б", reason="справка")

LEAVE_OF_8B = absences.LeaveOrder(
    CLASS_8B, (STRANGE_CHILD,), TODAY, TODAY, AbsenceReason.VALID, note="олимпиада"
)

QUESTIONS: dict[str, Question] = {
    "attendance.actions.enter_absences": Question(
        lambda store, user: absences.enter_absences(store, user, [ABSENCE_OF_8B], now=NOW), LEADER, was_saved
    ),
    "attendance.actions.give_reason": Question(
        lambda store, user: absences.give_reason(store, user, LEAVE_OF_8B, now=NOW), LEADER, was_done
    ),
    "attendance.actions.withdraw_reason": Question(
        lambda store, user: passed(
            lambda: absences.withdraw_reason(store, user, _leave_of_8b(store), now=NOW)
        ),
        LEADER,
        was_done,
    ),
    "attendance.lookups.absence_week": Question(
        lambda store, user: absence_lookups.absence_week(
            store, user, CLASS_8B, date(2026, 11, 16), today=TODAY
        ),
        OVERSEERS,
    ),
    "attendance.lookups.absences_of_pupils": Question(
        lambda store, user: absence_lookups.absences_of_pupils(
            store, user, [STRANGERS_LESSON_YESTERDAY], [STRANGE_CHILD], today=TODAY
        ),
        OVERSEERS,
        bool,
    ),
    "attendance.lookups.absence_history": Question(
        lambda store, user: absence_lookups.absence_history(
            store, user, [STRANGERS_LESSON_YESTERDAY], STRANGE_CHILD
        ),
        REGISTER_READERS,
        was_done,
    ),
    "attendance.lookups.expected_leaves": Question(
        lambda store, user: _with_leave(store, user, absence_lookups.expected_leaves), REGISTER_READERS, bool
    ),
    "attendance.lookups.cells_of_leaves": Question(
        lambda store, user: _with_leave(store, user, absence_lookups.cells_of_leaves), REGISTER_READERS, bool
    ),
}
