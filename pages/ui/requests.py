"""Requests to fill the register as people read them (п. 4.3)."""

from datetime import date

import streamlit as st

from school.access.action import Action
from school.access.checks import may_somewhere
from school.calendar import MONTHS, WEEKDAYS_SHORT
from school.control.lookups.gaps import GapRequest, open_requests_to
from school.control.rules import RequestState
from school.numbers import counted
from school.records import User
from server.session import school


def day_text(day: date) -> str:
    """Return «27 ноября, пт»."""
    return f"{day.day} {MONTHS[day.month - 1]}, {WEEKDAYS_SHORT[day.weekday()]}"


def left_text(request: GapRequest) -> str:
    """Return what is left to fill: «уроков 2 из 3 (17 ноября, вт), отметок мало у 4 учеников»."""
    parts = []
    if request.lessons:
        days = ", ".join(dict.fromkeys(day_text(lesson.held_on) for lesson in request.lessons[:3]))
        more = "…" if len(request.lessons) > 3 else ""
        parts.append(f"уроков {len(request.lessons)} из {request.lesson_total} ({days}{more})")
    if request.pupils_left:
        pupils = counted(request.pupils_left, "ученика", "учеников", "учеников")
        parts.append(f"отметок мало у {pupils} (п. 5.2)")
    return ", ".join(parts)


def state_badge(request: GapRequest, today: date) -> str:
    """Return where a request stands as a coloured word."""
    if request.is_overdue(today):
        return ":orange-badge[срок прошёл]"
    return {
        RequestState.OPEN: ":blue-badge[открыто]",
        RequestState.DONE: ":green-badge[дополнено]",
        RequestState.CLOSED: ":gray-badge[закрыто]",
    }[request.state]


def request_line(request: GapRequest, today: date) -> str:
    """Return a request in one line: state, class, subject, teacher, deadline, what is left, words of people."""
    row = request.row
    parts = [
        f"{state_badge(request, today)} **{row.class_name} · {row.subject_name}** · {row.teacher_name}",
        f"до {day_text(row.due_on)}",
        left_text(request) if request.state is RequestState.OPEN else "",
        f"«{row.comment}»" if row.comment else "",
        f"решение: {row.closing_note}" if row.closing_note else "",
    ]
    return " · ".join(part for part in parts if part)


def show_requests_to(user: User) -> None:
    """Tell a teacher calmly what the homeroom teachers of their classes ask to fill; nothing where nobody asks."""
    if user.staff_id is None or not may_somewhere(user, Action.READ_DAY):
        return
    for request in open_requests_to(school().store, user):
        row = request.row
        comment = f" «{row.comment}»" if row.comment else ""
        st.markdown(
            f":blue-badge[Просьба] Классный руководитель {row.class_name} просит дополнить: {row.subject_name}, "
            f"{left_text(request)} — до {day_text(row.due_on)}.{comment}"
        )
