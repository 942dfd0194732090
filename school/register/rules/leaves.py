"""Leaves: days a pupil misses for a reason known from a paper or from the family (п. 4.3)."""

from datetime import date, timedelta

from school.errors import RuleRefused
from school.records import AbsenceReason, Cell, Leave, Lesson

NOTE_LENGTH = 300
MOST_DAYS = 366
# The reasons that a paper or the family gives; «не выяснено» and lateness are entered by lesson.
REASONS_OF_LEAVE = (AbsenceReason.ILLNESS, AbsenceReason.VALID)


def check_leave(leave: Leave, today: date) -> None:
    """Raise RuleRefused for a leave that cannot be: days in the wrong order or too many, a paper of the future."""
    if leave.reason not in REASONS_OF_LEAVE:
        raise RuleRefused("Причина не выбрана.", next_step="Выберите болезнь или уважительную причину.")
    if leave.ends_on < leave.starts_on:
        raise RuleRefused("Последний день раньше первого.", next_step="Проверьте даты.")
    if leave.ends_on - leave.starts_on >= timedelta(days=MOST_DAYS):
        raise RuleRefused("Срок больше года.", next_step="Проверьте даты.")
    if leave.certified_on is not None and leave.certified_on > today:
        raise RuleRefused("Дата справки ещё не наступила.", next_step="Проверьте дату справки.")
    if len(leave.note) > NOTE_LENGTH:
        raise RuleRefused(f"Примечание длиннее {NOTE_LENGTH} знаков.", next_step="Сократите его.")


def covers(leave: Leave, lesson: Lesson) -> bool:
    """Whether a lesson falls into the leave's days and, where it names some, its lesson numbers."""
    is_named = not leave.lesson_numbers or lesson.number in leave.lesson_numbers
    return leave.starts_on <= lesson.held_on <= leave.ends_on and is_named


def takes_reason(cell: Cell, reason: AbsenceReason, *, replaces_known: bool) -> bool:
    """Whether a leave gives its reason to what is already in a cell: to «н», and to б and у where asked for.

    An empty cell is presence and stays so; coming late stays too.
    """
    if cell.absence == AbsenceReason.UNKNOWN:
        return True
    return replaces_known and cell.absence in REASONS_OF_LEAVE and cell.absence != reason


def is_expected(lesson: Lesson, cell: Cell) -> bool:
    """Whether a leave still waits for this lesson: attendance is not taken and nothing is in the cell."""
    return lesson.attendance_taken_at is None and cell == Cell()
