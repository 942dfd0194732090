"""Who is signed in now, and a session that the administrator ends (п. 4.3, 8.7)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.access.checks import may
from school.access.roles import ROLES
from school.numbers import counted
from school.people.actions.accounts import end_session_of_user
from school.records import User
from school.sign_in.lookups.accounts import SignedIn, signed_in_now
from server.session import school

OPENED = "signed_in_opened"
COLUMNS: tuple[RecordColumn[SignedIn], ...] = (
    RecordColumn("Фамилия, имя, отчество", lambda row: row.account.name.full, width=240),
    RecordColumn("Роли", lambda row: ", ".join(ROLES[role].title for role in row.account.roles), width=250),
    RecordColumn("Устройство", lambda row: row.browser, width=160),
    RecordColumn("Откуда", lambda row: row.address, width=130),
    RecordColumn("Вход", lambda row: f"{row.created_at:%d.%m.%Y %H:%M}", width=135),
    RecordColumn("Последнее действие", lambda row: f"{row.last_seen_at:%d.%m.%Y %H:%M}", width=150),
)


def show_signed_in(user: User) -> None:
    """Show the open sessions of everybody; a row opens what may be done with it."""
    rows = signed_in_now(school().store, user, now=school().clock())
    people = len({row.account.user_id for row in rows})
    st.markdown(
        f"{counted(people, 'человек', 'человека', 'человек')}, "
        f"{counted(len(rows), 'открытый сеанс', 'открытых сеанса', 'открытых сеансов')}. "
        "Сверху — кто работал последним. Сеанс без работы завершается сам."
    )

    def remember_row(number: int) -> None:
        st.session_state[OPENED] = rows[number].session_hash

    may_end = may(user, Action.EDIT_STAFF)
    show_records(
        rows, COLUMNS, "signed_in", on_choose=remember_row if may_end else None, export="Кто сейчас в журнале"
    )
    opened = st.session_state.pop(OPENED, None)
    row = next((each for each in rows if each.session_hash == opened), None)
    if row and may_end:
        ask_to_end(user, row)


@st.dialog("Завершить сеанс?")
def ask_to_end(user: User, row: SignedIn) -> None:
    """Ask before a session is ended."""
    st.markdown(
        f"**{as_typed(row.account.name.full)}** · {as_typed(row.browser)}, {as_typed(row.address)}  \n"
        f"Вход {row.created_at:%d.%m.%Y %H:%M}, последнее действие {row.last_seen_at:%d.%m.%Y %H:%M}"
    )
    st.caption(
        "На этом устройстве понадобится войти снова. Чтобы человек войти не мог, закройте ему доступ "
        "на вкладке «Кто входит в журнал»."
    )
    if st.button("Завершить сеанс", type="primary"):
        try_and_rerun(
            lambda: end_session_of_user(school().store, user, row.session_hash, now=school().clock()),
            "Сеанс завершён.",
        )
