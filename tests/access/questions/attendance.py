"""Questions about 8Б to the actions and lookups of attendance."""

from collections.abc import Callable
from datetime import date
from typing import Any

from asking import LEADER, NOBODY, OVERSEERS, REGISTER_READERS, TODAY, Question, passed, was_done, was_saved
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
from school.excuses import actions as excuses
from school.excuses import lookups as excuse_lookups
from school.excuses.rules import Absent
from school.records import AbsenceReason, Role, User
from school.register.actions import batch
from school.store.connection import Store
from tests.homework.made_pictures import PHOTO


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


def _excuse_of_8b(store: Store) -> int:
    waiting = store.read("SELECT excuse_id FROM excuses WHERE decided_at IS NULL AND withdrawn_at IS NULL")
    if waiting:
        return int(waiting[0][0])
    guardian = User(
        0, "guardian", "", frozenset({Role.GUARDIAN}), None, frozenset(), frozenset({STRANGE_CHILD})
    )
    sent = excuses.Announcement(STRANGE_CHILD, ABSENT_OF_8B, [("Справка.jpg", PHOTO)])
    return excuses.announce_absence(store, guardian, sent, now=NOW)


def _with_excuse(store: Store, lookup: Callable[[], Any]) -> Any:
    _excuse_of_8b(store)
    return lookup()


def _paper_of_8b(store: Store) -> int:
    _excuse_of_8b(store)
    return int(store.read("SELECT max(paper_id) FROM excuse_papers")[0][0])


ABSENT_OF_8B = Absent(TODAY, TODAY, AbsenceReason.ILLNESS, note="Яковлев")

QUESTIONS: dict[str, Question] = {
    "excuses.actions.announce_absence": Question(
        lambda store, user: excuses.announce_absence(
            store, user, excuses.Announcement(STRANGE_CHILD, ABSENT_OF_8B), now=NOW
        ),
        NOBODY,
        was_done,
    ),
    "excuses.actions.take_back_excuse": Question(
        lambda store, user: excuses.take_back_excuse(store, user, _excuse_of_8b(store), now=NOW),
        NOBODY,
        was_done,
    ),
    "excuses.actions.accept_excuse": Question(
        lambda store, user: excuses.accept_excuse(store, user, _excuse_of_8b(store), now=NOW),
        LEADER,
        was_done,
    ),
    "excuses.actions.decline_excuse": Question(
        lambda store, user: excuses.decline_excuse(store, user, _excuse_of_8b(store), "Нет справки", now=NOW),
        LEADER,
        was_done,
    ),
    "excuses.lookups.family_excuses": Question(
        lambda store, user: _with_excuse(
            store, lambda: excuse_lookups.family_excuses(store, user, STRANGE_CHILD, today=TODAY)
        ),
        NOBODY,
    ),
    "excuses.lookups.class_excuses": Question(
        lambda store, user: _with_excuse(store, lambda: excuse_lookups.class_excuses(store, user, CLASS_8B)),
        OVERSEERS,
    ),
    "excuses.lookups.waiting_count": Question(
        lambda store, user: _with_excuse(store, lambda: excuse_lookups.waiting_count(store, user)),
        LEADER,
        bool,
    ),
    "excuses.lookups.announced_absences": Question(
        lambda store, user: _with_excuse(
            store, lambda: excuse_lookups.announced_absences(store, user, [STRANGERS_LESSON_TODAY])
        ),
        REGISTER_READERS,
        bool,
    ),
    "excuses.lookups.read_paper": Question(
        lambda store, user: excuse_lookups.read_paper(store, user, _paper_of_8b(store)), OVERSEERS, was_done
    ),
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
