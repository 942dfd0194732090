"""«Моя школа»: the administrator turns the route of the region on, and lets its systems in (п. 4.3)."""

from typing import Any

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose_one
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.errors import Refusal
from school.my_school.actions import close_client, make_client, turn_route
from school.my_school.lookups import RouteState, route_state
from school.my_school.records import MadeClient
from school.my_school.rules import LONGEST_CLIENT_NAME
from school.numbers import number_text
from school.records import User
from server.session import guard, school

ABOUT = (
    "Система региона может сама спрашивать у журнала расписание, домашние задания, пропуски и отметки ученика — по опубликованным "
    "рекомендациям 2021–22 г.; подключение решает регион. С действующей системой этот ответ не проверяли."
)
WHO = (
    "Отвечает журнал только о тех, у кого в карточке записан номер в ЕСИА, и показывает то же, что дневник самого ученика. "
    "Обращения считаются: какая система, о ком, в какой день."
)
MADE = "schedule_client_made"
CLIENT_COLUMNS: tuple[RecordColumn[Any], ...] = (
    RecordColumn("Система", lambda each: each.name, width=220),
    RecordColumn("Идентификатор", lambda each: each.client_id, width=180),
    RecordColumn("Открыт", lambda each: f"{each.made_at:%d.%m.%Y}", width=110),
    RecordColumn(
        "Состояние",
        lambda each: f"закрыт {each.closed_at:%d.%m.%Y}" if each.closed_at else "действует",
        width=150,
    ),
    RecordColumn("Ответов", lambda each: each.readings, 0, width=100),
    RecordColumn("Об учениках", lambda each: each.pupils, 0, width=120),
    RecordColumn(
        "Последний", lambda each: f"{each.last_read_on:%d.%m.%Y}" if each.last_read_on else "", width=120
    ),
)


def show_switch(user: User, state: RouteState) -> None:
    """Say whether the route answers, and let it be turned."""
    words = "**Включено.**" if state.is_on else "**Выключено.** На запросы журнал отвечает, что такого нет."
    st.markdown(f"{words} Учеников с номером в ЕСИА: {number_text(state.pupils)}.")
    label = "Выключить" if state.is_on else "Включить"
    if st.button(label, type="secondary" if state.is_on else "primary", key="my_school_switch"):
        now = school().clock()
        try_and_rerun(
            lambda: turn_route(school().store, user, is_on=not state.is_on, now=now),
            "Выключено." if state.is_on else "Включено.",
        )


def show_new_client(user: User) -> None:
    """Take the name of a system and show its id and secret once."""
    with st.form("schedule_client", border=False, clear_on_submit=True):
        box, button = st.columns([3, 1], vertical_alignment="bottom")
        name = box.text_input(
            "Какой системе открыть доступ",
            max_chars=LONGEST_CLIENT_NAME,
            placeholder="Например: система региона",
        )
        is_sent = button.form_submit_button("Открыть доступ", width="stretch")
    if is_sent:
        try:
            st.session_state[MADE] = make_client(school().store, user, name, now=school().clock())
        except Refusal as refusal:
            st.error(as_typed(str(refusal)))
    made: MadeClient | None = st.session_state.pop(MADE, None)
    if made is not None:
        st.warning(
            "Секрет показан один раз: в журнале хранится только его отпечаток. Передайте его системе сейчас."
        )
        st.markdown("Идентификатор (client_id):")
        st.code(made.client_id, language=None)
        st.markdown("Секрет (client_secret):")
        st.code(made.secret, language=None)


def show_clients(user: User, state: RouteState) -> None:
    """Show the systems let in, and close one."""
    if not state.clients:
        return
    show_records(state.clients, CLIENT_COLUMNS, "schedule_clients", rows_shown=6)
    standing = {
        each.client_id: f"{each.name} ({each.client_id})" for each in state.clients if not each.closed_at
    }
    if not standing:
        return
    box, button = st.columns([3, 1], vertical_alignment="bottom")
    chosen = choose_one("Закрыть доступ", standing, place=box, key="schedule_client_to_close")
    if button.button("Закрыть", width="stretch", key="schedule_client_close"):
        now = school().clock()
        try_and_rerun(lambda: close_client(school().store, user, chosen, now=now), "Доступ закрыт.")


def show_addresses() -> None:
    """Say by which addresses a system asks."""
    with st.expander("Адреса для системы региона"):
        st.markdown(
            "Токен (OAuth 2.0, client_credentials): `POST /my-school/token`, действует 10 минут.  \n"
            "Расписание: `GET /my-school/Schedule/{номер в ЕСИА}?start=ГГГГ-ММ-ДД&end=ГГГГ-ММ-ДД`; без дней — прошлая, эта и "
            "следующая недели."
        )


def show_page(user: User) -> None:
    """Show the whole page."""
    st.markdown(ABOUT)
    st.caption(WHO)
    state = route_state(school().store, user)
    show_switch(user, state)
    st.subheader("Кому открыт доступ")
    show_new_client(user)
    show_clients(user, route_state(school().store, user))
    show_addresses()


show_page(guard(Action.EDIT_STAFF))
