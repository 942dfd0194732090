"""Leaves in the register: a lesson whose attendance is taken gets the reason of whoever is on leave (п. 4.3)."""

from collections.abc import Collection
from datetime import date, datetime

from school.calendar import MONTHS_SHORT
from school.records import EMPTY_CELL, LETTER_OF_REASON, AbsenceReason, Cell, CellState, Leave
from school.register.rules.leaves import covers
from school.register.store.cells import CellChange, Pair, cell_states, listed_pairs, save_cells
from school.register.store.leaves import leaves_over
from school.register.store.lessons import lessons_by_id
from school.store.connection import Transaction
from school.store.events import Event

REASON_WORDS = {AbsenceReason.ILLNESS: "болезнь", AbsenceReason.VALID: "уважительная причина"}


def leave_words(leave: Leave) -> str:
    """Return «болезнь, 16 ноя – 20 ноя 2026, справка от 20.11.2026»."""
    days = (
        _day(leave.starts_on) if leave.starts_on == leave.ends_on else _span(leave.starts_on, leave.ends_on)
    )
    numbers = ", ".join(map(str, leave.lesson_numbers))
    parts = [
        f"{REASON_WORDS[leave.reason]}, {days} {leave.ends_on.year}",
        f"уроки: {numbers}" if numbers else "",
        f"справка от {leave.certified_on:%d.%m.%Y}" if leave.certified_on else "",
    ]
    return ", ".join(part for part in parts if part)


def _span(first: date, last: date) -> str:
    return f"{_day(first)} – {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS_SHORT[day.month - 1]}"


def enter_leaves(
    transaction: Transaction, user_id: int | None, lesson_ids: Collection[int], *, at: datetime
) -> None:
    """Enter the reasons of leaves into the empty cells of lessons whose attendance is now taken.

    What a teacher has entered stays: any mark, any absence. Each entry leaves an event that names the leave.
    """
    leaves = leaves_over(transaction, lesson_ids) if lesson_ids else []
    if not leaves:
        return
    lessons = lessons_by_id(transaction, lesson_ids)
    wanted: dict[Pair, Leave] = {}
    for leave in leaves:
        for lesson in lessons.values():
            if lesson.class_id == leave.class_id and covers(leave, lesson):
                wanted.setdefault((lesson.lesson_id, leave.pupil_id), leave)
    states = cell_states(transaction, wanted)
    empty = {pair for pair in wanted if states.get(pair, CellState()).cell == EMPTY_CELL}
    listed = listed_pairs(transaction, lessons, empty)
    entered = {pair: leave for pair, leave in wanted.items() if pair in listed}
    save_cells(
        transaction,
        [CellChange(*pair, Cell(leave.reason), EMPTY_CELL, at, user_id) for pair, leave in entered.items()],
    )
    transaction.record(*(_event(pair, leave, user_id, at) for pair, leave in entered.items()))


def _event(pair: Pair, leave: Leave, user_id: int | None, at: datetime) -> Event:
    return Event(
        at,
        user_id,
        "cell",
        *pair,
        record_id=leave.leave_id,
        new_value=LETTER_OF_REASON[leave.reason],
        reason=f"по записи классного руководителя: {leave_words(leave)}",
    )
