"""Somebody's access closed and opened again by the administrator (п. 4.3, 8.5)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from school.people.actions.accounts import close_account, open_account
from school.people.rules.people import LONGEST_WORDS
from school.records import User
from school.sign_in.actions.second_factor import reset_second_factor
from school.sign_in.lookups.accounts import Account
from server.session import school


@st.dialog("Доступ в журнал")
def show_account(user: User, account: Account) -> None:
    """Close or open somebody's access; codes and roles are on pages of their own."""
    is_closed = account.blocked_at is not None
    st.markdown(f"**{as_typed(account.name.full)}** · {as_typed(account.login)}")
    st.caption(
        "Забытый пароль заменяет новый код со страницы «Коды приглашения»; роли — в карточке на странице «Сотрудники»."
    )
    with st.form("access", border=False):
        reason = st.text_input("Причина", max_chars=LONGEST_WORDS)
        label = "Открыть доступ" if is_closed else "Закрыть доступ сейчас"
        is_sent = st.form_submit_button(label, type="primary")
    if account.has_second_factor:
        st.caption("Второй фактор включён. Сбросьте его, если человек потерял телефон и коды на бумаге.")
        if st.button("Сбросить второй фактор", icon=":material/phonelink_erase:"):
            try_and_rerun(
                lambda: reset_second_factor(school().store, user, account.user_id, now=school().clock()),
                "Второй фактор сброшен, сеансы завершены.",
            )
    change = open_account if is_closed else close_account
    if is_sent:
        try_and_rerun(
            lambda: change(school().store, user, account.user_id, now=school().clock(), reason=reason),
            "Доступ открыт." if is_closed else "Доступ закрыт, сеансы завершены.",
        )
