"""«Пропуски»: a class by week; its homeroom teacher names and corrects the reasons of absence (п. 4.3)."""

from datetime import date, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.attendance.parts.absences_view import absence_grid, warning_lines, week_title
from pages.grid import mark_grid
from pages.ui.doing import try_and_rerun, try_to
from pages.ui.filters import choose_led_class
from pages.ui.leave_hints import leave_title, short_day
from school.access.action import Action
from school.attendance.actions import LeaveOrder, LeaveOutcome, give_reason, withdraw_reason
from school.attendance.lookups import AbsenceWeek, absence_week, week_of
from school.control.lookups.classes import led_classes
from school.numbers import counted
from school.records import AbsenceReason, User
from school.register.rules.leaves import NOTE_LENGTH
from server.session import guard, school

FORM_NUMBER = "leave_form_number"
REASONS = {AbsenceReason.ILLNESS: "Болезнь (б)", AbsenceReason.VALID: "Уважительная (у)"}
MOST_LESSONS_A_DAY = 9


def chosen_week(today: date) -> date:
    """Return the Monday of the address, or this week's."""
    try:
        return week_of(date.fromisoformat(st.query_params.get("week", "")))
    except ValueError:
        return week_of(today)


def go_to(first_day: date, today: date) -> None:
    """Put another week into the address."""
    if first_day == week_of(today):
        st.query_params.pop("week", None)
    else:
        st.query_params["week"] = first_day.isoformat()


def choose_place(user: User, today: date) -> tuple[int, date, DeltaGenerator] | None:
    """Let the user choose a class and a week; return them with the place of the tools, None without a class."""
    classes = led_classes(school().store, user, Action.READ_ABSENCES, today)
    if not classes:
        return None
    titles = {str(each.class_id): each.name for each in classes}
    first_day = chosen_week(today)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        class_id = choose_led_class(titles)
        st.button(
            "Неделей раньше",
            icon=":material/chevron_left:",
            on_click=go_to,
            args=(first_day - timedelta(weeks=1), today),
        )
        st.markdown(f"**{week_title(first_day)}**", width="content")
        st.button(
            "Неделей позже",
            icon=":material/chevron_right:",
            on_click=go_to,
            args=(first_day + timedelta(weeks=1), today),
        )
        if first_day != week_of(today):
            st.button("Эта неделя", on_click=go_to, args=(today, today))
        tools = st.container(horizontal=True, gap="small", width="content")
    return class_id, first_day, tools


def show_tools(week: AbsenceWeek, user: User, today: date, place: DeltaGenerator) -> None:
    """Show the form of a reason and the list of leaves of the week."""
    with place:
        if week.may_edit:
            number = st.session_state.get(FORM_NUMBER, 0)
            with st.popover(
                "Проставить причину", icon=":material/edit_calendar:", type="primary", key=f"leave_{number}"
            ):
                show_form(week, user, today, number)
        if week.leaves:
            with st.popover(f"Справки и заявления: {len(week.leaves)}", icon=":material/description:"):
                show_leaves(week, user)


def show_form(week: AbsenceWeek, user: User, today: date, number: int) -> None:
    """Show the form that gives a reason for days to one or several pupils."""
    last_day = min(max(today, week.first_day), week.first_day + timedelta(days=6))
    with st.form(f"leave_form_{number}", border=False):
        pupils = st.multiselect(
            "Ученики",
            list(week.pupils),
            format_func=lambda pupil: week.pupils[pupil].short,
            placeholder="Один или несколько",
            key=f"leave_pupils_{number}",
        )
        reason_box, lessons_box = st.columns(2)
        reason = reason_box.segmented_control(
            "Причина",
            list(REASONS),
            format_func=REASONS.__getitem__,
            default=AbsenceReason.ILLNESS,
            required=True,
            key=f"leave_reason_{number}",
        )
        first_box, last_box, paper_box = st.columns(3)
        starts_on = first_box.date_input("С", week.first_day, format="DD.MM.YYYY", key=f"leave_from_{number}")
        ends_on = last_box.date_input(
            "По (можно вперёд)", last_day, format="DD.MM.YYYY", key=f"leave_to_{number}"
        )
        certified_on = paper_box.date_input(
            "Справка от", None, format="DD.MM.YYYY", key=f"leave_paper_{number}"
        )
        lessons = lessons_box.multiselect(
            "Уроки", range(1, MOST_LESSONS_A_DAY + 1), placeholder="Весь день", key=f"leave_lessons_{number}"
        )
        note = st.text_input(
            "Примечание",
            max_chars=NOTE_LENGTH,
            placeholder="Примечание: заявление родителей, соревнования…",
            label_visibility="collapsed",
            key=f"leave_note_{number}",
        )
        replaces = st.checkbox("Заменить и причины, указанные раньше", key=f"leave_replaces_{number}")
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
            if try_to(lambda: give_reason(school().store, user, order, now=school().clock()), outcome_text):
                st.session_state[FORM_NUMBER] = number + 1
                st.rerun()


def outcome_text(outcome: LeaveOutcome) -> str:
    """Say what giving a reason did."""
    parts = [f"Исправлено: {counted(outcome.changed, 'клетка', 'клетки', 'клеток')}."]
    if outcome.expected:
        lessons = counted(outcome.expected, "урок", "урока", "уроков")
        parts.append(f"Запишется само, когда отметят посещаемость: {lessons}.")
    if outcome.closed:
        parts.append(
            f"В закрытом периоде осталось как было: {outcome.closed}. Исправит учитель предмета "
            "с разрешения заместителя директора."
        )
    return " ".join(parts)


def show_leaves(week: AbsenceWeek, user: User) -> None:
    """List the leaves that touch the week; the homeroom teacher may take one back."""
    for each in week.leaves:
        leave = each.leave
        paper = f" · справка от {leave.certified_on:%d.%m.%Y}" if leave.certified_on else " · без справки"
        note = f" · {leave.note}" if leave.note else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{each.pupil_name.short}** · {leave_title(leave)}{paper}{note}")
            if week.may_edit and st.button("Отозвать", key=f"withdraw_{leave.leave_id}"):
                withdraw(user, leave.leave_id)
        by = f"{each.entered_by}, " if each.entered_by else ""
        st.caption(f"{by}{short_day(each.created_at.date())}")
    st.caption("Отзыв не меняет уже записанные пропуски: он касается уроков, которые ещё будут.")


def withdraw(user: User, leave_id: int) -> None:
    """Take a leave back."""
    try_and_rerun(lambda: withdraw_reason(school().store, user, leave_id, now=school().clock()), "Отозвано.")


def show_absences(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    place = choose_place(user, today)
    if place is None:
        st.info("Класса за вами нет. Классного руководителя назначает администратор.")
        return
    class_id, first_day, tools = place
    # Read before the cells: data older than a save under way must not push the saved letter out of the grid.
    version = school().store.version
    week = absence_week(school().store, user, class_id, first_day, today=today)
    show_tools(week, user, today, tools)
    for line in warning_lines(week):
        st.markdown(line)
    if not week.columns or not week.pupils:
        st.info(f"На этой неделе {'уроков' if week.pupils else 'учеников'} нет. Выберите другую неделю.")
        return
    mark_grid(absence_grid(week, user, today=today, version=version), key=f"absences-{class_id}-{first_day}")


show_absences(guard(Action.READ_ABSENCES))
