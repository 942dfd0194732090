"""Reasons of absence, given for days and taken back, in dialogs beside the week (п. 4.3)."""

from datetime import date, timedelta

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.leave_hints import leave_title, short_day
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.attendance.actions import LeaveOrder, LeaveOutcome, give_reason, withdraw_reason
from school.attendance.lookups import AbsenceWeek, absence_week
from school.numbers import counted
from school.records import AbsenceReason, User
from school.register.rules.leaves import NOTE_LENGTH
from server.session import guard, school

REASONS = {AbsenceReason.ILLNESS: "Болезнь (б)", AbsenceReason.VALID: "Уважительная (у)"}
MOST_LESSONS_A_DAY = 9


@st.dialog("Проставить причину", width="large")
def give_reason_dialog(class_id: int, first_day: date) -> None:
    """Show the form that gives a reason for days to one or several pupils."""
    user, today = guard(Action.EDIT_ABSENCES), school().clock().date()
    week = absence_week(school().store, user, class_id, first_day, today=today)
    show_form(week, user, today)


def show_form(week: AbsenceWeek, user: User, today: date) -> None:
    """Show the fields of a reason; what was typed stays where it is refused."""
    last_day = min(max(today, week.first_day), week.first_day + timedelta(days=6))
    with st.form("leave_form", border=False):
        pupils = st.multiselect(
            "Ученики",
            list(week.pupils),
            format_func=lambda pupil: week.pupils[pupil].short,
            placeholder="Один или несколько",
            key="leave_pupils",
        )
        reason_box, lessons_box = st.columns(2)
        reason = reason_box.segmented_control(
            "Причина",
            list(REASONS),
            format_func=REASONS.__getitem__,
            default=AbsenceReason.ILLNESS,
            required=True,
            key="leave_reason",
        )
        first_box, last_box, paper_box = st.columns(3)
        starts_on = first_box.date_input("С", week.first_day, format="DD.MM.YYYY", key="leave_from")
        ends_on = last_box.date_input("По (можно вперёд)", last_day, format="DD.MM.YYYY", key="leave_to")
        certified_on = paper_box.date_input("Справка от", None, format="DD.MM.YYYY", key="leave_paper")
        lessons = lessons_box.multiselect(
            "Уроки", range(1, MOST_LESSONS_A_DAY + 1), placeholder="Весь день", key="leave_lessons"
        )
        note = st.text_input(
            "Примечание",
            max_chars=NOTE_LENGTH,
            placeholder="Примечание: заявление родителей, соревнования…",
            label_visibility="collapsed",
            key="leave_note",
        )
        replaces = st.checkbox("Заменить и причины, указанные раньше", key="leave_replaces")
        st.caption(
            "Меняются клетки «н»; где посещаемость ещё не отмечена, причина запишется, когда её отметят."
        )
        if st.form_submit_button("Проставить", type="primary"):
            order = LeaveOrder(
                week.class_id,
                tuple(pupils),
                starts_on,
                ends_on,
                reason or AbsenceReason.ILLNESS,
                tuple(lessons),
                note,
                certified_on,
                replaces,
            )
            try_and_rerun(
                lambda: give_reason(school().store, user, order, now=school().clock()), outcome_text
            )


def outcome_text(outcome: LeaveOutcome) -> Markdown:
    """Say what giving a reason did."""
    parts = [Markdown(f"Исправлено: {counted(outcome.changed, 'клетка', 'клетки', 'клеток')}.")]
    if outcome.expected:
        lessons = counted(outcome.expected, "урок", "урока", "уроков")
        parts.append(Markdown(f"Запишется само, когда отметят посещаемость: {lessons}."))
    if outcome.closed:
        parts.append(
            Markdown(
                f"В закрытом периоде осталось как было: {outcome.closed}. Исправит учитель предмета "
                "с разрешения заместителя директора."
            )
        )
    return Markdown(" ".join(parts))


@st.dialog("Справки и заявления", width="large")
def leaves_dialog(class_id: int, first_day: date) -> None:
    """List the leaves that touch the week; the homeroom teacher may take one back."""
    user, today = guard(Action.READ_ABSENCES), school().clock().date()
    week = absence_week(school().store, user, class_id, first_day, today=today)
    for each in week.leaves:
        leave = each.leave
        paper = f" · справка от {leave.certified_on:%d.%m.%Y}" if leave.certified_on else " · без справки"
        note = f" · {as_typed(leave.note)}" if leave.note else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{as_typed(each.pupil_name.short)}** · {leave_title(leave)}{paper}{note}")
            if week.may_edit and st.button("Отозвать", key=f"withdraw_{leave.leave_id}"):
                withdraw(user, leave.leave_id)
        by = f"{as_typed(each.entered_by)}, " if each.entered_by else ""
        st.caption(f"{by}{short_day(each.created_at.date())}")
    st.caption("Отзыв не меняет уже записанные пропуски: он касается уроков, которые ещё будут.")


def withdraw(user: User, leave_id: int) -> None:
    """Take a leave back."""
    try_and_rerun(lambda: withdraw_reason(school().store, user, leave_id, now=school().clock()), "Отозвано.")
