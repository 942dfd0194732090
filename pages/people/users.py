"""«Пользователи»: who may sign in, who is signed in now, and what each role may do (п. 3.1, 4.3)."""

from datetime import date

import pandas as pd
import streamlit as st

from pages.people.parts.account_access import show_account
from pages.people.parts.signed_in import show_signed_in
from pages.ui.export import export_table
from pages.ui.filters import choose_one
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import as_typed
from school.access.action import ACTION_TITLES, Action
from school.access.checks import may
from school.access.roles import ROLES
from school.access.scopes import SCOPE_TITLES
from school.files.person_names import contains_name
from school.numbers import counted
from school.records import Role, User
from school.sign_in.lookups.accounts import Account, all_accounts
from server.session import guard, school

EVERYBODY, OPENED = "все", "account_opened"
COLUMNS: tuple[RecordColumn[Account], ...] = (
    RecordColumn("Фамилия, имя, отчество", lambda row: row.name.full, width=235),
    RecordColumn("Имя для входа", lambda row: row.login, width=130),
    RecordColumn("Роли", lambda row: ", ".join(ROLES[role].title for role in row.roles) or "нет", width=250),
    RecordColumn("Должность", lambda row: row.position, width=150),
    RecordColumn(
        "Последний вход",
        lambda row: f"{row.last_sign_in:%d.%m.%Y %H:%M}" if row.last_sign_in else "не входил(а)",
        width=135,
    ),
    RecordColumn("Доступ", lambda row: state_of(row, school().clock().date()), width=95),
)


def state_of(account: Account, today: date) -> str:
    """Return in words whether a user can sign in."""
    if account.dismissed_on is not None and account.dismissed_on <= today:
        return "уволен"
    if account.blocked_at:
        return "закрыт"
    return "открыт" if account.has_password else "ждёт кода"


def chosen_accounts(accounts: list[Account]) -> list[Account]:
    """Let the user narrow the list to a role and a part of a name."""
    role_place, name_place, newcomers_place = st.columns([2, 2, 2], vertical_alignment="bottom")
    counts = {role: sum(role in account.roles for account in accounts) for role in Role}
    titles = {EVERYBODY: f"Все · {len(accounts)}"} | {
        str(role): f"{ROLES[role].title} · {count}" for role, count in counts.items() if count
    }
    role = choose_one("Роль", titles, place=role_place)
    part = name_place.text_input("Имя или логин содержит", max_chars=60).strip().lower()
    has_not_come = newcomers_place.checkbox("Ещё не входили", key="has_not_come")
    return [
        account
        for account in accounts
        if (role == EVERYBODY or role in account.roles)
        and not (has_not_come and account.last_sign_in)
        and (contains_name(part, account.name) or part in account.login.lower())
    ]


def show_accounts(user: User) -> None:
    """Show who may sign in."""
    accounts = all_accounts(school().store, user)
    if not accounts:
        st.info("Пользователей пока нет.")
        return
    chosen = chosen_accounts(accounts)
    if not chosen:
        st.info("Никого не нашлось. Измените роль, часть имени или снимите «Ещё не входили».")
        return
    st.markdown(f"{counted(len(chosen), 'пользователь', 'пользователя', 'пользователей')}")

    def remember_row(number: int) -> None:
        st.session_state[OPENED] = chosen[number].user_id

    columns = [column for column in COLUMNS if any(map(column.value, chosen))]
    may_close = may(user, Action.EDIT_STAFF)
    show_records(
        chosen, columns, "users", on_choose=remember_row if may_close else None, export="Пользователи"
    )
    opened = st.session_state.pop(OPENED, None)
    account = next((each for each in chosen if each.user_id == opened), None)
    if account and may_close:
        show_account(user, account)


def role_rows() -> pd.DataFrame:
    """Return the table of roles in words: role, duty, and what it may do with whose records."""
    return pd.DataFrame(
        [
            {
                "Роль": ROLES[role].title,
                "Обязанность": ROLES[role].duty,
                "Что может": ACTION_TITLES[action],
                "С чьими записями": SCOPE_TITLES[scope],
            }
            for role in Role
            for action, scope in ROLES[role].grants
        ]
    )


def show_roles() -> None:
    """Show the table of roles, a paragraph a role."""
    st.markdown("Права проверяются по этой таблице при каждом действии. Чего в ней нет, того роль не может.")
    rows = role_rows()
    for role in Role:
        row = ROLES[role]
        st.markdown(f"**{row.title}** — {row.duty}")
        by_scope: dict[str, list[str]] = {}
        for action, scope in row.grants:
            by_scope.setdefault(SCOPE_TITLES[scope], []).append(ACTION_TITLES[action])
        st.markdown(
            "\n".join(
                f"- {as_typed(scope)}: {as_typed('; '.join(actions))}" for scope, actions in by_scope.items()
            )
        )
    export_table(rows, "Роли и права", key="export_roles")


def show_users(user: User) -> None:
    """Show the whole page."""
    people, present, roles = st.tabs(["Кто входит в журнал", "Кто сейчас в журнале", "Роли и права"])
    with people:
        show_accounts(user)
    with present:
        show_signed_in(user)
    with roles:
        show_roles()


show_users(guard(Action.READ_USERS))
