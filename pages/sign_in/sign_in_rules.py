"""«Вход и защита»: after how long without work a sign-in ends, of whom the second factor is required (п. 3.2, 4.3, 8.5)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from school.access.action import Action
from school.access.roles import ROLES
from school.numbers import counted
from school.records import User
from school.sign_in.actions.own_sessions import set_idle_minutes
from school.sign_in.actions.second_factor import require_second_factor
from school.sign_in.lookups.own_sign_ins import idle_settings
from school.sign_in.lookups.second_factor import required_roles, without_second_factor
from school.sign_in.rules.idle import IDLE_TITLES, IdleGroup, idle_choices, span_words
from school.sign_in.rules.second_factor import MAY_BE_REQUIRED
from server.session import guard, school


def show_idle(user: User) -> None:
    """Let the administrator set after how long without work sessions end."""
    before = idle_settings(school().store, user)
    st.subheader("Если в журнале не работают")
    st.markdown(
        "Вход завершается сам: за классным компьютером после учителя садятся ученики. "
        "Несохранённое в журнале не пропадает и отправляется после нового входа."
    )
    with st.form("idle", border=False):
        minutes = {
            group: st.selectbox(
                IDLE_TITLES[group], choices, choices.index(before[group]), format_func=span_words
            )
            for group in IdleGroup
            for choices in (idle_choices(group, before[group]),)
        }
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        here = school()
        try_and_rerun(
            lambda: set_idle_minutes(here.store, user, minutes, now=here.clock()), "Время сохранено."
        )


def show_requirement(user: User) -> None:
    """Let the administrator say of whom the second factor is required."""
    store = school().store
    required = required_roles(store)
    st.subheader("Второй фактор")
    st.markdown(
        "Кому без него нельзя. Кто ещё не включил, выйдет из журнала и включит при следующем входе: понадобится телефон."
    )
    with st.form("requirement", border=False):
        chosen = []
        for role in MAY_BE_REQUIRED:
            left = without_second_factor(store, user, role)
            state = (
                f"ещё не включили: {counted(left, 'человек', 'человека', 'человек')}"
                if left
                else "у всех включён"
            )
            if st.checkbox(f"{ROLES[role].title} — {state}", role in required, key=f"require_{role}"):
                chosen.append(role)
        is_sent = st.form_submit_button("Сохранить", type="primary")
    st.caption(
        "Остальные включают второй фактор сами на странице «Мой вход». Потерян телефон и коды на бумаге — "
        "сбросьте второй фактор на странице «Пользователи»."
    )
    if is_sent:
        here = school()
        try_and_rerun(
            lambda: require_second_factor(here.store, user, chosen, now=here.clock()), "Требование сохранено."
        )


def show_sign_in_rules(user: User) -> None:
    """Show the whole page."""
    idle, requirement = st.columns(2, gap="large")
    with idle:
        show_idle(user)
    with requirement:
        show_requirement(user)


show_sign_in_rules(guard(Action.EDIT_STAFF))
