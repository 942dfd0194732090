"""Requests to fill the register as people read them (п. 4.3)."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from pages.ui.links import page_link
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may_somewhere
from school.calendar import MONTHS, WEEKDAYS_SHORT
from school.control.lookups.gaps import GapRequest, open_requests_to
from school.control.rules import RequestState
from school.numbers import counted
from school.records import User
from server.session import school

# So many lessons of a request are named, and opened from where it stands.
DAYS_SHOWN = 3


@dataclass(frozen=True)
class Wording:
    """What goes with every request sent from «Контроль класса»."""

    due_on: date
    comment: str
    with_marks: bool


def day_text(day: date) -> Markdown:
    """Return «27 ноября, пт»."""
    return Markdown(f"{day.day} {MONTHS[day.month - 1]}, {WEEKDAYS_SHORT[day.weekday()]}")


def left_text(request: GapRequest) -> Markdown:
    """Return what is left to fill: «уроков 2 из 3 (вт, 17 ноября; ср, 18 ноября), отметок мало у 4 учеников»."""
    parts: list[Markdown] = []
    if request.lessons:
        held = dict.fromkeys(each.held_on for each in request.lessons[:DAYS_SHOWN])
        days = "; ".join(
            [f"{WEEKDAYS_SHORT[day.weekday()]}, {day.day} {MONTHS[day.month - 1]}" for day in held]
        )
        more = "…" if len(request.lessons) > DAYS_SHOWN else ""
        parts.append(Markdown(f"уроков {len(request.lessons)} из {request.lesson_total} ({days}{more})"))
    if request.pupils_left:
        pupils = counted(request.pupils_left, "ученика", "учеников", "учеников")
        parts.append(Markdown(f"отметок мало у {pupils} (п. 5.2)"))
    return Markdown(", ".join(parts))


def state_badge(request: GapRequest, today: date) -> Markdown:
    """Return where a request stands as a coloured word."""
    if request.is_overdue(today):
        return Markdown(":orange-badge[срок прошёл]")
    badges = {
        RequestState.OPEN: ":blue-badge[открыто]",
        RequestState.DONE: ":green-badge[дополнено]",
        RequestState.CLOSED: ":gray-badge[закрыто]",
    }
    return Markdown(badges[request.state])


def request_line(request: GapRequest, today: date) -> Markdown:
    """Return a request in one line: state, class, subject, teacher, deadline, what is left, words of people."""
    row = request.row
    line = [
        f"{state_badge(request, today)} **{as_typed(row.class_name)} · {as_typed(row.subject_name)}** · {as_typed(row.teacher_name)}",
        f"до {day_text(row.due_on)}",
        left_text(request) if request.state is RequestState.OPEN else "",
        f"«{as_typed(row.comment)}»" if row.comment else "",
        f"решение: {as_typed(row.closing_note)}" if row.closing_note else "",
    ]
    return Markdown(" · ".join(filter(None, line)))


def show_requests_to(user: User) -> None:
    """Tell a teacher calmly what the homeroom teachers of their classes ask to fill; nothing where nobody asks."""
    if user.staff_id is None or not may_somewhere(user, Action.READ_DAY):
        return
    for request in open_requests_to(school().store, user):
        row = request.row
        comment = f" «{as_typed(row.comment)}»" if row.comment else ""
        st.markdown(
            f":blue-badge[Просьба] Классный руководитель {as_typed(row.class_name)} просит дополнить: {as_typed(row.subject_name)}, "
            f"{left_text(request)} — до {day_text(row.due_on)}.{comment}"
        )
        with st.container(horizontal=True):
            for lesson in request.lessons[:DAYS_SHOWN]:
                place = {"class": row.class_id, "subject": row.subject_id, "group": lesson.subgroup_id}
                codes = place | {"term": row.term_id, "lesson": lesson.lesson_id}
                page_link("register/grid.py", day_text(lesson.held_on), codes, icon=":material/edit_note:")
            asked = {"about": "gap_request", "id": row.request_id}
            page_link("correspondence/messages.py", Markdown("Спросить"), asked, icon=":material/mail:")
