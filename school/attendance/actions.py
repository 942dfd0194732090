"""The homeroom teacher corrects absences of the own class and gives reasons for days (п. 4.3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.attendance.rules.absence_edits import absence_text, check_absence_change, parse_absence
from school.attendance.store import class_lesson_ids, leave_by_id, names_in_class, save_leaves, withdraw_leave
from school.errors import RuleRefused
from school.records import AbsenceReason, Cell, CellState, Leave, Lesson, User
from school.register.actions.batch import CellBatch, CellEdit, CellResult, cell_event
from school.register.actions.leaves import leave_words
from school.register.rules.cells import parse_cell
from school.register.rules.leaves import check_leave, covers, is_expected, takes_reason
from school.register.store.cells import CellChange, Pair, cell_states, listed_pairs, save_cells
from school.register.store.lessons import lessons_by_id
from school.register.store.receipts import Receipt
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@in_transaction
def enter_absences(
    transaction: Transaction, user: User, edits: Sequence[CellEdit], *, now: datetime, client_id: str = ""
) -> list[CellResult]:
    """Change absences in cells of the own class; marks stay as they are (п. 4.3).

    Texts of edits and results are absences only: «н», «б», «у», «о» or nothing. Each edit is saved or refused on
    its own; a batch sent twice changes nothing the second time. Attendance of a lesson stays its teacher's to take.
    """
    return _Correction(transaction, user, now, client_id).enter(edits)


class _Correction(CellBatch[AbsenceReason | None]):
    """Absences that a homeroom teacher corrects; the marks of the cells stay."""

    def held_text(self, edit: CellEdit) -> str:
        return absence_text(self.state(edit).cell.absence)

    def checked_value(self, edit: CellEdit) -> AbsenceReason | None:
        self.check_cell(edit, Action.EDIT_ABSENCES, Rows(class_id=self.lesson(edit).class_id))
        return parse_absence(edit.text)

    def text_of(self, value: AbsenceReason | None) -> str:
        return absence_text(value)

    def check_change(self, edit: CellEdit, value: AbsenceReason | None) -> None:
        is_taken = self.lesson(edit).attendance_taken_at is not None
        cell = self.state(edit).cell
        check_absence_change(cell, value, attendance_is_taken=is_taken, reason=edit.reason)

    def own_text(self, receipt: Receipt) -> str:
        return absence_text(parse_cell(receipt.text).absence)

    def change(self, edit: CellEdit, value: AbsenceReason | None) -> Event:
        return self.change_cell(edit, Cell(value, self.state(edit).cell.marks))


@dataclass(frozen=True)
class LeaveOrder:
    """What a homeroom teacher gives as the reason of days: for whom, when (both days inclusive), on what paper.

    No ``lesson_numbers`` means whole days; ``replaces_known`` changes б and у too, not only н.
    """

    class_id: int
    pupil_ids: tuple[int, ...]
    starts_on: date
    ends_on: date
    reason: AbsenceReason
    lesson_numbers: tuple[int, ...] = ()
    note: str = ""
    certified_on: date | None = None
    replaces_known: bool = False

    def leave_of(self, pupil_id: int, leave_id: int = 0) -> Leave:
        """Return the leave of one of the pupils."""
        return Leave(
            self.class_id,
            pupil_id,
            self.starts_on,
            self.ends_on,
            self.reason,
            tuple(sorted(set(self.lesson_numbers))),
            self.note.strip(),
            self.certified_on,
            leave_id,
        )


@dataclass(frozen=True)
class LeaveOutcome:
    """What giving a reason did: cells changed, lessons that wait for attendance, cells of closed terms left alone, the leaves."""

    changed: int
    expected: int
    closed: int
    leave_ids: tuple[int, ...] = ()


@in_transaction
def give_reason(transaction: Transaction, user: User, order: LeaveOrder, *, now: datetime) -> LeaveOutcome:
    """Give the reason of days that pupils of the own class miss, past and to come (п. 4.3).

    Missed lessons take the reason at once; lessons whose attendance nobody has taken yet take it when a teacher
    does. Raises AccessRefused or RuleRefused and then keeps nothing.
    """
    check_may(user, Action.EDIT_ABSENCES, Rows(class_id=order.class_id))
    check_leave(order.leave_of(0), now.date())
    _check_pupils(transaction, order)
    ids = transaction.new_ids(len(order.pupil_ids))
    leaves = [order.leave_of(pupil, leave_id) for pupil, leave_id in zip(order.pupil_ids, ids, strict=True)]
    save_leaves(transaction, leaves, at=now, user_id=user.user_id)
    transaction.record(*(_leave_event(leave, user, now, "leave") for leave in leaves))
    return _give_to_lessons(transaction, user, order, leaves, now)


def _check_pupils(transaction: Transaction, order: LeaveOrder) -> None:
    if not order.pupil_ids:
        raise RuleRefused("Ученики не выбраны.", next_step="Выберите хотя бы одного.")
    known = names_in_class(transaction, order.class_id, order.starts_on, order.ends_on)
    if not known.keys() >= set(order.pupil_ids):
        raise RuleRefused(
            "В эти дни ученик не числился в классе.", next_step="Проверьте даты и список класса."
        )


def _give_to_lessons(
    transaction: Transaction, user: User, order: LeaveOrder, leaves: Sequence[Leave], now: datetime
) -> LeaveOutcome:
    ids = class_lesson_ids(transaction, order.class_id, order.starts_on, order.ends_on)
    lessons = lessons_by_id(transaction, ids)
    leave_at = _covered(lessons.values(), leaves)
    listed = listed_pairs(transaction, lessons, leave_at)
    states = cell_states(transaction, listed)
    cells = {pair: states.get(pair, CellState()).cell for pair in listed}
    wanted = {
        pair
        for pair, cell in cells.items()
        if takes_reason(cell, order.reason, replaces_known=order.replaces_known)
    }
    changed = {pair for pair in wanted if not lessons[pair[0]].term_is_closed}
    _save_reason(transaction, user, {pair: (leave_at[pair], cells[pair]) for pair in changed}, now)
    expected = sum(is_expected(lessons[lesson], cell) for (lesson, _), cell in cells.items())
    ids_of_leaves = tuple(leave.leave_id for leave in leaves)
    return LeaveOutcome(len(changed), expected, len(wanted) - len(changed), ids_of_leaves)


def _covered(lessons: Iterable[Lesson], leaves: Collection[Leave]) -> dict[Pair, Leave]:
    return {
        (lesson.lesson_id, leave.pupil_id): leave
        for lesson in lessons
        for leave in leaves
        if covers(leave, lesson)
    }


def _save_reason(
    transaction: Transaction, user: User, given: dict[Pair, tuple[Leave, Cell]], now: datetime
) -> None:
    changes = {
        pair: CellChange(*pair, Cell(leave.reason, old.marks), old, now, user.user_id)
        for pair, (leave, old) in given.items()
    }
    save_cells(transaction, changes.values())
    for pair, (leave, old) in given.items():
        words = ": ".join(part for part in (leave_words(leave), leave.note) if part)
        transaction.record(
            cell_event(
                pair,
                old,
                changes[pair].cell,
                user_id=user.user_id,
                at=now,
                reason=words,
                leave_id=leave.leave_id,
            )
        )


def _leave_event(leave: Leave, user: User, now: datetime, kind: str) -> Event:
    words = leave_words(leave)
    is_new = kind == "leave"
    return Event(
        now,
        user.user_id,
        kind,
        pupil_id=leave.pupil_id,
        record_id=leave.leave_id,
        old_value=None if is_new else words,
        new_value=words if is_new else None,
        reason=leave.note,
        class_id=leave.class_id,
    )


@in_transaction
def withdraw_reason(transaction: Transaction, user: User, leave_id: int, *, now: datetime) -> None:
    """Take a leave back: lessons to come no longer take its reason; cells already entered stay as they are.

    Raises AccessRefused for another class's, RuleRefused where it is not in force.
    """
    known = leave_by_id(transaction, leave_id)
    check_may(user, Action.EDIT_ABSENCES, Rows(class_id=known[0].class_id if known else None))
    leave, withdrawn_at = known or (None, None)
    if leave is None or withdrawn_at is not None:
        raise RuleRefused("Запись уже отозвана.", next_step="Обновите страницу.")
    withdraw_leave(transaction, leave, now)
    transaction.record(_leave_event(leave, user, now, "leave_withdrawn"))
