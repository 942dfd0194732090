"""Requests to fill the register: sent by the homeroom teacher through the deputy head (п. 4.3), with a deadline."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum

from school.errors import RuleRefused

COMMENT_LENGTH = 500
# The next school day, and this many school days more.
SCHOOL_DAYS_MORE = 2
# Where the calendar ends sooner, a deadline falls on the day after so many days at the latest.
LONGEST_BREAK_DAYS = 20
MOST_DAYS = 60
FRIDAY = 5


class RequestState(StrEnum):
    """OPEN until the gaps are gone (DONE, by itself) or the deputy head closes it (CLOSED)."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"


def request_state(*, is_closed: bool, lessons_left: int, pupils_left: int) -> RequestState:
    """Return where a request stands: unfilled lessons and pupils short of marks that are still left decide."""
    if is_closed:
        return RequestState.CLOSED
    return RequestState.OPEN if lessons_left or pupils_left else RequestState.DONE


def default_deadline(today: date, is_school_day: Callable[[date], bool]) -> date:
    """Return the second school day after the next one; in a break without an end in sight, weekdays are counted."""
    day = today
    for _ in range(1 + SCHOOL_DAYS_MORE):
        day = _next_day(day, is_school_day)
    return day


def _next_day(after: date, is_school_day: Callable[[date], bool]) -> date:
    coming = [after + timedelta(days=step) for step in range(1, LONGEST_BREAK_DAYS + 1)]
    weekdays = (day for day in coming if day.isoweekday() <= FRIDAY)
    return next((day for day in coming if is_school_day(day)), None) or next(weekdays)


def check_request(comment: str, due_on: date, now: datetime) -> None:
    """Raise RuleRefused for a comment that is too long or a deadline that is over or far away."""
    if len(comment.strip()) > COMMENT_LENGTH:
        raise RuleRefused(f"Пояснение длиннее {COMMENT_LENGTH} знаков.", next_step="Сократите его.")
    if not now.date() <= due_on <= now.date() + timedelta(days=MOST_DAYS):
        raise RuleRefused("Такой срок не подходит.", next_step=f"Выберите день не дальше {MOST_DAYS} дней.")


def check_closing_note(note: str) -> None:
    """Raise RuleRefused where the deputy head closes a request without a word, or with too many."""
    if not note.strip():
        raise RuleRefused("Решение не записано.", next_step="Напишите, почему обращение закрыто.")
    if len(note.strip()) > COMMENT_LENGTH:
        raise RuleRefused(f"Решение длиннее {COMMENT_LENGTH} знаков.", next_step="Сократите его.")
