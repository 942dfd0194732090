"""«Мой вход»: one's own sessions, sign-ins and failed tries, password and second factor (п. 3.2, 8.5)."""

import streamlit as st

from pages.sign_in.own_password import show_own_password
from pages.sign_in.parts.own_factor import show_own_factor
from pages.ui.doing import try_in_callback
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.numbers import counted
from school.records import User
from school.sign_in.actions.own_sessions import end_other_sessions, end_session
from school.sign_in.lookups.own_sign_ins import OwnAttempt, OwnSession, own_attempts, own_sessions
from server.session import SECRET_KEY, guard, school

COLUMNS: tuple[RecordColumn[OwnAttempt], ...] = (
    RecordColumn("Когда", lambda row: f"{row.at:%d.%m.%Y %H:%M}", width=135),
    RecordColumn("Что", lambda row: row.outcome, width=330),
    RecordColumn("Устройство", lambda row: row.browser, width=200),
    RecordColumn("Откуда", lambda row: row.address, width=160),
)


def show_sessions(user: User) -> None:
    """Show where the user is signed in now, with a way to end each of the others."""
    here, secret = school(), st.session_state.get(SECRET_KEY, "")
    sessions = own_sessions(here.store, user, secret, now=here.clock())
    st.subheader("Где открыт вход")
    for number, each in enumerate(sessions):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            place = "это устройство" if each.is_here else as_typed(each.address)
            st.markdown(
                f"**{as_typed(each.browser)}**, {place}  \n:small[:gray[с {each.created_at:%d.%m %H:%M}, "
                f"последнее действие {each.last_seen_at:%d.%m %H:%M}]]",
                width="stretch",
            )
            if not each.is_here:
                st.button("Завершить", key=f"end_{number}", on_click=_end, args=(user, each))
    if len(sessions) > 1:
        st.button("Завершить все остальные", on_click=_end_others, args=(user,), type="primary")
    else:
        st.caption("Других открытых сеансов нет.")


def _end(user: User, session: OwnSession) -> None:
    here = school()
    try_in_callback(
        lambda: end_session(here.store, user, session.session_hash, now=here.clock()), "Сеанс завершён."
    )


def _end_others(user: User) -> None:
    here, secret = school(), st.session_state.get(SECRET_KEY, "")
    try_in_callback(
        lambda: end_other_sessions(here.store, user, secret, now=here.clock()), "Остальные сеансы завершены."
    )


def show_attempts(user: User) -> None:
    """Show the user's sign-ins and failed tries of 90 days."""
    attempts = own_attempts(school().store, user, now=school().clock())
    st.subheader("Входы и неудачные попытки за 90 дней")
    if not attempts:
        st.caption("Пока ни одного: список заполнится со следующего входа.")
        return
    failed = sum(not each.has_succeeded for each in attempts)
    if failed:
        st.markdown(
            f"{counted(failed, 'неудачная попытка', 'неудачные попытки', 'неудачных попыток')}. "
            "Если пробовали не вы, смените пароль."
        )
    show_records(attempts, COLUMNS, "own_attempts", export="Мои входы")


def show_own_sign_ins(user: User) -> None:
    """Show the whole page."""
    st.markdown(f"Имя для входа: **{as_typed(user.login)}**")
    if st.button("Сменить пароль", help="На других устройствах вход завершится."):
        show_own_password()
    sessions, factor = st.columns(2, gap="large")
    with sessions:
        show_sessions(user)
    with factor:
        show_own_factor(user)
    show_attempts(user)


show_own_sign_ins(guard(Action.KEEP_OWN_ACCOUNT))
