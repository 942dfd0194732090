"""«Уведомления на телефон»: the administrator lets families have them, knowing whose servers they go through (п. 4.3, 4.7)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from school.access.action import Action
from school.numbers import counted
from school.pushes.actions import turn_pushes_off, turn_pushes_on
from school.pushes.lookups import push_state
from school.pushes.rules import WORDS
from school.records import User
from server.session import guard, school

WHAT = (
    f"Семья, которая захочет, увидит на телефоне «{WORDS}» — без имени, предмета и отметки; не чаще раза в час и не с 21:00 "
    "до 7:00. Включает и выключает она сама, в дневнике: «На телефоне»."
)
THROUGH = (
    "**Уведомления идут через серверы Google, Mozilla, Apple или Microsoft** — того, чей браузер на телефоне. Слова для них "
    "зашифрованы, но они видят, что устройство подписано на сервер вашей школы и когда ему что-то прислано. "
    "Без уведомлений дневник работает так же. Включайте, если директор с этим согласен. Серверу нужен выход в Интернет."
)


def show_pushes(user: User) -> None:
    """Show the whole page."""
    here = school()
    state = push_state(here.store, user)
    st.markdown(WHAT)
    st.warning(THROUGH)
    if state.is_on:
        wanted = counted(state.devices, "устройство", "устройства", "устройств")
        st.markdown(f"**Включены.** Подписано: {wanted}.")
    else:
        st.markdown("**Выключены.** Никуда ничего не отправляется.")
    with st.form("pushes", border=False):
        contact = st.text_input(
            "Почта школы для этих служб",
            state.contact,
            placeholder="school@example.ru",
            help="По ней служба пишет школе, если с уведомлениями что-то не так. Семьи её не видят.",
        )
        is_sent = st.form_submit_button("Сохранить почту" if state.is_on else "Включить", type="primary")
    if is_sent:
        try_and_rerun(
            lambda: turn_pushes_on(here.store, user, contact, now=here.clock()), "Уведомления включены."
        )
    if state.is_on and st.button("Выключить"):
        try_and_rerun(lambda: turn_pushes_off(here.store, user, now=here.clock()), "Уведомления выключены.")


show_pushes(guard(Action.EDIT_STAFF))
