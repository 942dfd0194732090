"""One's own second factor: turned on by a picture, off by a code, fresh codes for paper (п. 3.2, 8.5)."""

from collections.abc import Callable

import streamlit as st

from pages.sign_in.factor_picture import show_factor_picture, show_recovery_codes
from pages.ui.doing import try_in_callback, try_to
from pages.ui.typed_text import Markdown
from school.clock import unix_time
from school.numbers import counted
from school.records import User
from school.sign_in.actions.second_factor import (
    TypedCode,
    renew_recovery_codes,
    stop_trusting_devices,
    turn_off,
    turn_on,
)
from school.sign_in.lookups.second_factor import OwnFactor, own_factor
from school.sign_in.rules.second_factor import new_factor_secret
from server.session import browser_address, current_user, school

SECRET, CODES = "own_factor_secret", "own_factor_codes"


def show_own_factor(user: User) -> None:
    """Show whether the second factor is on, and what can be done with it."""
    found = own_factor(school().store, user)
    st.subheader("Второй фактор")
    if found.turned_on_at is None:
        st.markdown(
            "После пароля журнал будет спрашивать код с телефона: узнавший пароль без телефона не войдёт."
        )
        if st.button("Включить второй фактор", type="primary"):
            st.session_state[SECRET] = new_factor_secret()
            st.session_state.pop(CODES, None)
            _show_turning_on()
        return
    st.markdown(f":material/verified_user: Включён {found.turned_on_at:%d.%m.%Y}. {_left_words(found)}")
    with st.container(horizontal=True, gap="small"):
        if st.button("Новые коды на бумаге"):
            st.session_state.pop(CODES, None)
            _show_renewing()
        if not found.is_required and st.button("Выключить"):
            _show_turning_off()
    st.button(
        "Спрашивать код на всех устройствах",
        type="tertiary",
        on_click=_stop_trusting,
        args=(user,),
        help="Там, где вы просили не спрашивать 30 дней, код спросят снова.",
    )
    if found.is_required:
        st.caption("Школа требует второй фактор для вашей роли, поэтому выключить его нельзя.")


def _left_words(found: OwnFactor) -> Markdown:
    left = counted(found.codes_left, "код", "кода", "кодов")
    return Markdown(f"На бумаге осталось: {left}.")


def _stop_trusting(user: User) -> None:
    here = school()
    try_in_callback(
        lambda: stop_trusting_devices(here.store, user, now=here.clock()), "Код спросят на каждом устройстве."
    )


def _typed(code: str) -> TypedCode:
    return TypedCode(code, browser_address(), school().clock(), unix_time())


def _ask(key: str, button: Markdown) -> str | None:
    """Return the code that was typed and sent, or None."""
    with st.form(key, border=False):
        code = st.text_input("Код из приложения", max_chars=40, autocomplete="one-time-code")
        is_sent = st.form_submit_button(button, type="primary")
    return code if is_sent else None


def _show_codes() -> None:
    show_recovery_codes(st.session_state[CODES])
    if st.button("Коды сохранены", type="primary"):
        st.session_state.pop(CODES, None)
        st.rerun()


def _own(do: Callable[[User, str], list[str]], code: str) -> None:
    """Do what gives codes for paper, and show them in place of the form."""
    user = current_user()
    if user is None:
        st.rerun()

    def keep() -> None:
        st.session_state[CODES] = do(user, code)

    if try_to(keep, "Готово."):
        st.rerun(scope="fragment")


@st.dialog("Включить второй фактор")
def _show_turning_on() -> None:
    user = current_user()
    if user is None:
        st.rerun()
    if CODES in st.session_state:
        _show_codes()
        return
    secret = st.session_state[SECRET]
    show_factor_picture(secret, user.login)
    code = _ask("turn_on", "Включить")
    if code is not None:
        _own(lambda owner, typed: turn_on(school().store, owner, secret, _typed(typed)), code)


@st.dialog("Новые коды на бумаге")
def _show_renewing() -> None:
    if CODES in st.session_state:
        _show_codes()
        return
    st.markdown("Прежние коды перестанут действовать. Введите код из приложения.")
    code = _ask("renew_codes", "Показать новые коды")
    if code is not None:
        _own(lambda owner, typed: renew_recovery_codes(school().store, owner, _typed(typed)), code)


@st.dialog("Выключить второй фактор")
def _show_turning_off() -> None:
    user = current_user()
    if user is None:
        st.rerun()
    st.markdown("Войти можно будет по одному паролю. Введите код из приложения или с бумаги.")
    code = _ask("turn_off", "Выключить")
    if code is not None and try_to(
        lambda: turn_off(school().store, user, _typed(code)), "Второй фактор выключен."
    ):
        st.rerun()
