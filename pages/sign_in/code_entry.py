"""«У меня есть код приглашения»: the way in by a code, and to a new password (п. 3.1)."""

from collections.abc import Callable

import streamlit as st
from streamlit_authenticator import Hasher

from pages.sign_in.own_password import password_field
from pages.ui.filters import choose_part
from pages.ui.typed_text import as_typed
from school.errors import Refusal
from school.invitations.actions import Acceptance, Welcome, accept_code, join_account, try_code
from school.sign_in.actions.letting_in import Entered, HalfWay
from school.sign_in.rules.passwords import LOGIN_LENGTHS, PASSWORD_HINT
from server.session import browser_address, school, this_browser

ENTERING, TRIED = "code_entering", "code_tried"
NEW, KNOWN = "new", "known"
Enter = Callable[[Entered | HalfWay], None]
WAYS = {NEW: "Новый вход", KNOWN: "Вход уже есть"}


def is_entering_code() -> bool:
    """Whether the visitor came to the form of codes."""
    return bool(st.session_state.get(ENTERING))


def show_code_button() -> None:
    """Show the way from the sign-in form to the form of codes."""
    st.button(
        "У меня есть код приглашения", icon=":material/key:", type="tertiary", width="stretch", on_click=_open
    )


def _open() -> None:
    st.session_state[ENTERING] = True


def _back() -> None:
    st.session_state.pop(ENTERING, None)
    st.session_state.pop(TRIED, None)


def show_code_entry(enter: Enter) -> None:
    """Show the form of a code, then that of the name and password; ``enter`` goes on from there."""
    tried: tuple[str, Welcome] | None = st.session_state.get(TRIED)
    if tried is None:
        _show_code_form()
    else:
        _show_welcome(*tried, enter)
    st.button(
        "Назад ко входу", icon=":material/arrow_back:", type="tertiary", on_click=_back, key="code_back"
    )


def _show_code_form() -> None:
    with st.form("invitation_code"):
        code = st.text_input(
            "Код приглашения",
            placeholder="AAAA-AAAA-AAAA-AAAA",
            max_chars=40,
            autocomplete="off",
            help="С листка, который выдали в школе. Раскладка клавиатуры и дефисы не важны.",
        )
        is_sent = st.form_submit_button("Дальше", type="primary")
    if not is_sent:
        return
    here = school()
    try:
        welcome = try_code(here.store, code, address=browser_address(), now=here.clock())
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        st.session_state[TRIED] = (code, welcome)
        st.rerun()


def _show_welcome(code: str, welcome: Welcome, enter: Enter) -> None:
    st.markdown(f"Здравствуйте! **{as_typed(welcome.name)}**, {as_typed(welcome.purpose)}.")
    way = NEW
    if welcome.is_guardian:
        way = choose_part("Как войти", WAYS, NEW, key="code_way")
    if way == KNOWN:
        _show_joining(code, enter)
    else:
        _show_new_password(code, welcome, enter)


def _show_new_password(code: str, welcome: Welcome, enter: Enter) -> None:
    with st.form("invitation_password"):
        if welcome.has_password:
            st.markdown(f"Имя для входа прежнее: **{as_typed(welcome.login)}**. Придумайте новый пароль.")
            login = welcome.login
        else:
            login = st.text_input(
                "Имя для входа",
                welcome.login,
                max_chars=LOGIN_LENGTHS[-1],
                autocomplete="username",
                help="Можно оставить это или придумать своё. Запомните его.",
            )
        password = password_field("Пароль")
        again = password_field("Пароль ещё раз")
        st.caption(PASSWORD_HINT)
        is_sent = st.form_submit_button("Сохранить и войти", type="primary")
    if is_sent:
        here = school()
        form = Acceptance(code, login, password, again)
        _try_to_enter(
            lambda: accept_code(
                here.store,
                form,
                address=browser_address(),
                now=here.clock(),
                hasher=Hasher,
                browser=this_browser(),
            ),
            enter,
        )


def _show_joining(code: str, enter: Enter) -> None:
    st.caption(
        "Для тех, у кого в этой школе уже учится другой ребёнок, и для сотрудников: этот ребёнок добавится к вашему входу."
    )
    with st.form("invitation_join"):
        login = st.text_input("Имя для входа", autocomplete="username")
        password = password_field("Пароль", is_new=False)
        is_sent = st.form_submit_button("Добавить и войти", type="primary")
    if is_sent:
        here = school()
        _try_to_enter(
            lambda: join_account(
                here.store,
                code,
                login,
                password,
                address=browser_address(),
                now=here.clock(),
                hasher=Hasher,
                browser=this_browser(),
            ),
            enter,
        )


def _try_to_enter(come_in: Callable[[], Entered | HalfWay], enter: Enter) -> None:
    try:
        found = come_in()
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        enter(found)
