"""«Помощь»: an employee asks the administrators; they see all calls with their states and days open (п. 8.1)."""

import streamlit as st

from pages.correspondence.parts.threads import (
    FORM_NUMBER,
    open_thread,
    opened,
    show_list,
    show_thread,
    words_form,
)
from pages.ui.doing import try_and_rerun, try_in_callback
from pages.ui.filters import choose_part, remembered_code
from school.access.action import Action
from school.access.checks import may
from school.correspondence.actions.help import ask_help, finish_help, take_help
from school.correspondence.actions.letters import Letter, note_read
from school.correspondence.lookups.threads import ThreadPage, calls_for_help, thread_lists
from school.correspondence.rules.letters import HELP_TITLES, TITLE_LENGTH, HelpState, ThreadKind
from school.received import id_of
from school.records import User
from server.session import guard, school


def show_form(user: User) -> None:
    """Show the form of a new call."""
    number = st.session_state.get(FORM_NUMBER, 0)
    with st.form(f"help_{number}", border=False):
        st.markdown("Вопрос придёт всем администраторам журнала сразу, в любое время.")
        title = st.text_input("Тема", max_chars=TITLE_LENGTH, key=f"help_title_{number}")
        words = words_form(f"help_{number}", is_help=True)
        is_sent = st.form_submit_button("Спросить", type="primary")
    if is_sent:

        def do() -> None:
            open_thread(ask_help(school().store, user, Letter(title, words), now=school().clock()))
            st.session_state[FORM_NUMBER] = number + 1

        try_and_rerun(do, "Отправлено администраторам.")


def show_calls(user: User) -> None:
    """Show the calls: an administrator's are all, by state; another's their own."""
    here = school()
    if may(user, Action.ANSWER_HELP):
        rows = calls_for_help(here.store, user, now=here.clock())
        counts = {state: sum(each.state is state for each in rows) for state in HelpState}
        titles = {state: f"{HELP_TITLES[state].capitalize()}: {counts[state]}" for state in HelpState}
        default = next((state for state in HelpState if counts[state]), HelpState.NEW)
        state = choose_part("Состояние", titles, default, key="help_state")
        show_list(user, [each for each in rows if each.state is state], "help")
        return
    own = [
        each
        for each in thread_lists(here.store, user, now=here.clock()).own
        if each.thread.kind is ThreadKind.HELP
    ]
    if not own:
        st.info("Вы ещё ни о чём не спрашивали.")
    show_list(user, own, "help")


def show_states(user: User, page: ThreadPage) -> None:
    """Let an administrator take a call, and finish it."""
    here, thread_id = school(), page.thread.thread_id
    if not may(user, Action.ANSWER_HELP):
        return
    if page.state is not HelpState.DONE and page.thread.taken_by != user.user_id:
        st.button(
            "Взять в работу" if page.state is HelpState.NEW else "Взять себе",
            type="primary",
            on_click=lambda: try_in_callback(
                lambda: take_help(here.store, user, thread_id, now=here.clock())
            ),
        )
    elif page.state is HelpState.TAKEN:
        st.button(
            "Решено",
            on_click=lambda: try_in_callback(
                lambda: finish_help(here.store, user, thread_id, now=here.clock())
            ),
        )


def show_help(user: User) -> None:
    """Show the whole page."""
    here = school()
    thread_id = id_of(remembered_code("thread"))
    if thread_id:
        note_read(here.store, user, thread_id, now=here.clock())
    left, right = st.columns([2, 3], gap="medium")
    with left:
        if not may(user, Action.ANSWER_HELP):
            st.button("Новый вопрос", type="primary", on_click=open_thread, args=(None,), width="stretch")
        show_calls(user)
    with right:
        page = opened(user, thread_id, ThreadKind.HELP) if thread_id else None
        if page is not None:
            show_states(user, page)
            show_thread(user, page)
        elif not may(user, Action.ANSWER_HELP):
            show_form(user)
        else:
            st.caption("Выберите обращение слева.")


show_help(guard(Action.CORRESPOND))
