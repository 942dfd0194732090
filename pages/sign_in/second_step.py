"""The second step of a sign-in: the code after the password, or turning the second factor on where the school requires it."""

from collections.abc import Callable

import streamlit as st

from pages.sign_in.factor_picture import show_factor_picture, show_recovery_codes
from pages.ui.typed_text import as_typed
from school.clock import unix_time
from school.errors import Refusal
from school.sign_in.actions.letting_in import Arrival, Entered, HalfWay
from school.sign_in.actions.second_factor import TypedCode, finish_sign_in, finish_turning_on
from school.sign_in.rules.second_factor import new_factor_secret
from server.session import browser_address, school, this_browser

HALF_WAY, NEW_SECRET, NEW_CODES = "half_way", "new_factor_secret", "new_recovery_codes"
Enter = Callable[[Entered | HalfWay], None]


def is_half_way() -> bool:
    """Whether a password was right and the code is asked for."""
    return HALF_WAY in st.session_state


def start_second_step(half_way: HalfWay) -> None:
    """Remember on the server whose code is asked for in this tab."""
    st.session_state[HALF_WAY] = half_way
    st.session_state.pop(NEW_SECRET, None)


def _back() -> None:
    for key in (HALF_WAY, NEW_SECRET, NEW_CODES):
        st.session_state.pop(key, None)


def show_second_step(enter: Enter) -> None:
    """Ask for the code, or show how to turn the second factor on; ``enter`` goes on with the open session."""
    half_way: HalfWay = st.session_state[HALF_WAY]
    if NEW_CODES in st.session_state:
        entered, codes = st.session_state[NEW_CODES]
        show_recovery_codes(codes)
        if st.button("Коды сохранены, войти", type="primary", width="stretch"):
            enter(entered)
        return
    if half_way.must_turn_on:
        _show_turning_on(half_way)
    else:
        _show_code_form(half_way, enter)
    st.button(
        "Назад ко входу", icon=":material/arrow_back:", type="tertiary", on_click=_back, key="step_back"
    )


def _show_code_form(half_way: HalfWay, enter: Enter) -> None:
    st.markdown("Пароль верный. Введите код из приложения на телефоне.")
    with st.form("second_factor"):
        code = st.text_input(
            "Код",
            max_chars=40,
            autocomplete="one-time-code",
            help="Шесть цифр из приложения. Нет телефона — введите один из кодов, которые вы сохранили на бумаге.",
        )
        is_trusting = st.checkbox("Не спрашивать код на этом устройстве 30 дней")
        st.caption("На общем компьютере не отмечайте: код защищает, даже если пароль узнали.")
        is_sent = st.form_submit_button("Войти", type="primary")
    if not is_sent:
        return
    try:
        entered = finish_sign_in(
            school().store, half_way, _typed(code), _arrival(half_way), is_trusting=is_trusting
        )
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        enter(entered)


def _show_turning_on(half_way: HalfWay) -> None:
    st.markdown("Пароль верный. Школа требует для вашей роли второй фактор: код с телефона после пароля.")
    secret = st.session_state.setdefault(NEW_SECRET, new_factor_secret())
    show_factor_picture(secret, half_way.login)
    with st.form("turn_on_factor"):
        code = st.text_input("Код из приложения", max_chars=40, autocomplete="one-time-code")
        is_sent = st.form_submit_button("Включить и войти", type="primary")
    if not is_sent:
        return
    try:
        done = finish_turning_on(school().store, half_way, secret, _typed(code), _arrival(half_way))
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        st.session_state[NEW_CODES] = done
        st.rerun()


def _typed(code: str) -> TypedCode:
    return TypedCode(code, browser_address(), school().clock(), unix_time())


def _arrival(half_way: HalfWay) -> Arrival:
    return Arrival(
        browser_address(), school().clock(), this_browser(), half_way.reason, half_way.has_weak_password
    )
