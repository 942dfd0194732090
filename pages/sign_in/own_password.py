"""Everybody's own password: changed here, known to nobody else (п. 3.2, 8.5)."""

import streamlit as st
from streamlit_authenticator import Hasher

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import Markdown, as_typed
from school.people.actions.accounts import NewPassword, change_own_password
from school.sign_in.rules.passwords import PASSWORD_HINT
from server.session import SECRET_KEY, browser_address, current_user, school, this_browser


def password_field(label: Markdown, *, is_new: bool = True) -> str:
    """Show a field whose text nobody reads over a shoulder, and return what is typed."""
    return st.text_input(
        label, type="password", autocomplete="new-password" if is_new else "current-password"
    )


@st.dialog("Сменить пароль")
def show_own_password(reason: str = "") -> None:
    """Ask for the old password and a new one, and say why it should be another."""
    user = current_user()
    if user is None:
        st.rerun()
    if reason:
        st.info(as_typed(reason))
    with st.form("own_password", border=False):
        old = password_field("Прежний пароль", is_new=False)
        new = password_field("Новый пароль")
        again = password_field("Новый пароль ещё раз")
        st.caption(f"{PASSWORD_HINT} На других устройствах вход завершится.")
        is_sent = st.form_submit_button("Сменить пароль", type="primary")
    if not is_sent:
        return
    form = NewPassword(old, new, again, st.session_state.get(SECRET_KEY, ""))
    here = school()
    try_and_rerun(
        lambda: change_own_password(
            here.store,
            user,
            form,
            address=browser_address(),
            now=here.clock(),
            hasher=Hasher,
            browser=this_browser(),
        ),
        "Пароль сменён.",
    )
