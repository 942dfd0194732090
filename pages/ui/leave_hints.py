"""Leaves in the register: cells that will get a reason once attendance is taken, and what families have said (п. 4.3)."""

from collections.abc import Collection
from datetime import date

from school.attendance.lookups import expected_leaves
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT
from school.excuses.lookups import announced_absences
from school.excuses.rules import Absent
from school.records import LETTER_OF_REASON, AbsenceReason, Leave, User
from server.session import School


def leave_hints(school: School, user: User, lesson_ids: Collection[int]) -> dict[str, dict[str, str]]:
    """Return the hints of the grid component for pupils on leave in these lessons, or announced by their families."""
    announced = announced_hints(school, user, lesson_ids)
    expected = expected_leaves(school.store, user, lesson_ids)
    return announced | {f"{lesson}:{pupil}": leave_hint(leave) for (lesson, pupil), leave in expected.items()}


def announced_hints(school: School, user: User, lesson_ids: Collection[int]) -> dict[str, dict[str, str]]:
    """Return the hints for pupils of whom a family has announced what nobody has accepted yet."""
    announced = announced_absences(school.store, user, lesson_ids)
    return {f"{lesson}:{pupil}": announced_hint(absent) for (lesson, pupil), absent in announced.items()}


def announced_hint(absent: Absent) -> dict[str, str]:
    """Return «б?»: what a cell shows that a family has said something of."""
    title = f"Семья сообщила: {leave_title(absent)}. Классный руководитель ещё не ответил."
    return {"text": f"{LETTER_OF_REASON[absent.reason]}?", "title": title}


REASON_TITLES = {AbsenceReason.ILLNESS: "болезнь", AbsenceReason.VALID: "уважительная причина"}


def short_day(day: date) -> str:
    """Return «17 ноя»."""
    return f"{day.day} {MONTHS_SHORT[day.month - 1]}"


def column_day(day: date) -> dict[str, str]:
    """Return the day of a grid's column as its head writes it."""
    return {
        "date": day.isoformat(),
        "day": str(day.day),
        "month": MONTHS_SHORT[day.month - 1],
        "weekday": WEEKDAYS_SHORT[day.weekday()],
    }


def leave_title(leave: Leave | Absent) -> str:
    """Return «болезнь 23 ноя – 27 ноя, уроки 5, 6»: days and reason, nothing of the paper."""
    days = short_day(leave.starts_on)
    if leave.ends_on != leave.starts_on:
        days += f" – {short_day(leave.ends_on)}"
    numbers = f", уроки {', '.join(map(str, leave.lesson_numbers))}" if leave.lesson_numbers else ""
    return f"{REASON_TITLES[leave.reason]} {days}{numbers}"


def leave_hint(leave: Leave) -> dict[str, str]:
    """Return what a cell that a leave waits for shows."""
    title = f"Запишется, когда отметят посещаемость: {leave_title(leave)}"
    return {"text": LETTER_OF_REASON[leave.reason], "title": title}
