"""When an entry may be made in a cell of the register, and when it needs a reason."""

from datetime import date

from school.errors import ReasonRequired, RuleRefused
from school.records import Cell, CellState, Lesson, LessonStatus


def check_lesson_takes_entries(lesson: Lesson, today: date) -> None:
    """Raise RuleRefused where a lesson takes no entries: not yet held, cancelled, or its term is closed."""
    if lesson.held_on > today:
        raise RuleRefused("Урок ещё не состоялся.", next_step="Отметку можно поставить в день урока.")
    if lesson.status == LessonStatus.CANCELLED:
        raise RuleRefused("Урок отменён.", next_step="Выберите другой урок.")
    if lesson.term_is_closed:
        raise RuleRefused(
            "Учебный период закрыт.", next_step="Попросите заместителя директора разрешить исправление."
        )


def check_pupil_is_listed(is_listed: bool) -> None:
    """Raise RuleRefused for a pupil who was not in the class or subgroup on the day of the lesson."""
    if not is_listed:
        raise RuleRefused(
            "Ученик не числился в классе в этот день.", next_step="Проверьте движение учащихся у секретаря."
        )


def needs_reason(state: CellState, new: Cell, today: date) -> bool:
    """Whether changing the cell needs a reason: a mark that was entered on an earlier day changes or goes.

    Setting or correcting an absence needs none: the homeroom teacher does it weekly (п. 4.3).
    """
    was_entered_earlier = state.recorded_at is not None and state.recorded_at.date() < today
    return was_entered_earlier and bool(state.cell.marks) and state.cell.marks != new.marks


def check_reason(state: CellState, new: Cell, today: date, reason: str) -> None:
    """Raise ReasonRequired when a correction after the day comes without a reason."""
    if needs_reason(state, new, today) and not reason.strip():
        raise ReasonRequired("Отметка поставлена раньше.", next_step="Напишите, почему она исправляется.")
