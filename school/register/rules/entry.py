"""When an entry may be made in a cell of the register, and when it needs a reason."""

from datetime import date

from school.errors import ReasonRequired, RuleRefused
from school.records import Cell, CellState, Lesson, LessonStatus

TOPIC_LENGTH = 500


def check_lesson_takes_entries(lesson: Lesson, today: date, *, may_correct: bool = False) -> None:
    """Raise RuleRefused where a lesson takes no entries: not yet held, cancelled, or its term is closed.

    ``may_correct``: the deputy head has permitted to correct the closed term (п. 4.2).
    """
    if lesson.held_on > today:
        raise RuleRefused("Урок ещё не состоялся.", next_step="Отметку можно поставить в день урока.")
    if lesson.status == LessonStatus.CANCELLED:
        raise RuleRefused("Урок отменён.", next_step="Выберите другой урок.")
    check_term_takes_entries(lesson.term_is_closed, may_correct)


def check_term_takes_entries(is_closed: bool, may_correct: bool) -> None:
    """Raise RuleRefused where a term is closed and the deputy head has not permitted to correct it (п. 4.2)."""
    if is_closed and not may_correct:
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


def check_reason(
    state: CellState, new: Cell, today: date, reason: str, *, term_is_closed: bool = False
) -> None:
    """Raise ReasonRequired when a correction after the day, or any change of marks in a closed term, has no reason."""
    if reason.strip():
        return
    if needs_reason(state, new, today):
        raise ReasonRequired("Отметка поставлена раньше.", next_step="Напишите, почему она исправляется.")
    if term_is_closed and state.cell.marks != new.marks:
        raise ReasonRequired("Учебный период закрыт.", next_step="Напишите, почему отметка исправляется.")


def is_overwritten(base: str | None, current: str, new: str, own_last: str | None) -> bool:
    """Whether an entry would silently overwrite what somebody else put there after it was begun.

    ``base`` is what stood there when it was typed (None: whatever stood there), ``own_last`` the last entry of the
    same browser tab.
    """
    return base is not None and new != current and current not in (base, own_last)
