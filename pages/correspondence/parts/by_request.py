"""The head reads a thread by the number of a written request; each reading is recorded (п. 4.1)."""

import streamlit as st

from pages.correspondence.parts.threads import moment_text, show_thread
from pages.ui.doing import try_to
from pages.ui.filters import choose_one
from pages.ui.typed_text import Markdown, as_typed, in_line
from school.access.action import Action
from school.access.checks import may
from school.correspondence.actions.order import open_by_request
from school.correspondence.lookups.order import Oversight, accounts_by_name, threads_of_account
from school.correspondence.lookups.threads import thread_page
from school.correspondence.rules.order import NUMBER_LENGTH, REASON_LENGTH
from school.numbers import counted
from school.records import User
from server.session import school

OPENED = "thread_by_request"
READINGS_SHOWN = 20


def show_by_request(user: User, found: Oversight) -> None:
    """Let the head open a thread; show which were opened, when and why."""
    if not may(user, Action.READ_BY_REQUEST) and not found.readings:
        return
    st.subheader("Чтение по письменному обращению")
    if may(user, Action.READ_BY_REQUEST):
        _show_form(user)
    for reading, name in found.readings[:READINGS_SHOWN]:
        st.caption(
            Markdown(
                f"{moment_text(reading.read_at)} · {in_line(name)} · обращение {in_line(reading.request_number)}: {as_typed(reading.reason)}"
            )
        )


def _show_form(user: User) -> None:
    here = school()
    st.markdown(
        "Чужую переписку директор читает только по жалобе или по письменному обращению. Это записывается."
    )
    accounts = accounts_by_name(here.store, user, today=here.clock().date())
    whose = choose_one("Чья переписка", accounts, index=None, placeholder="Фамилия", key="request_whose")
    if whose is None:
        return
    heads = threads_of_account(here.store, user, whose)
    titles = {
        each.thread_id: f"{each.started_at:%d.%m.%Y}: {each.people}, {counted(each.message_count, 'сообщение', 'сообщения', 'сообщений')}"
        for each in heads
    }
    if not titles:
        st.info("Переписки нет.")
        return
    with st.form("by_request", border=False):
        thread_id = choose_one("Переписка", titles, key="request_thread")
        number = st.text_input("Номер письменного обращения", max_chars=NUMBER_LENGTH)
        reason = st.text_area("О чём обращение", max_chars=REASON_LENGTH)
        is_asked = st.form_submit_button("Открыть и записать")
    if is_asked and try_to(
        lambda: open_by_request(here.store, user, thread_id or 0, number, reason, now=here.clock()),
        "Записано.",
    ):
        st.session_state[OPENED] = thread_id
    if st.session_state.get(OPENED) in titles:
        show_thread(user, thread_page(here.store, user, st.session_state[OPENED], now=here.clock()))
