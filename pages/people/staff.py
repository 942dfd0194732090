"""«Сотрудники»: who works in the school, in which roles, and who can sign in (п. 3.1, 4.3)."""

from datetime import date

import streamlit as st

from pages.people.parts.staff_card import PLACE, role_titles, show_member, show_new, state_of
from pages.ui.filters import choose_part
from pages.ui.issued_codes import show_issued
from pages.ui.tables import RecordColumn, show_records
from school.access.action import Action
from school.access.checks import may
from school.files.person_names import contains_name
from school.people.lookups.staff import all_staff
from school.people.records import StaffMember
from school.people.rules.people import LONGEST_WORDS
from school.records import User
from server.session import guard, school

OPENED = "staff_opened"
ROWS_SHOWN = 15
COLUMNS: tuple[RecordColumn[StaffMember], ...] = (
    RecordColumn("Фамилия, имя, отчество", lambda row: row.name.full, width=240),
    RecordColumn("Должность", lambda row: row.position, width=200),
    RecordColumn("Роли в журнале", role_titles, width=310),
    RecordColumn("Имя для входа", lambda row: row.login, width=120),
    RecordColumn("Вход", lambda row: state_of(row, school().clock().date()), width=105),
)


def choose_staff(members: list[StaffMember], today: date) -> list[StaffMember]:
    """Let the user narrow the list: those who work or who left, and a part of the name."""
    part_box, state_box, _ = st.columns([2, 2, 1], vertical_alignment="bottom")
    part = part_box.text_input(
        "Поиск",
        max_chars=LONGEST_WORDS,
        placeholder="Фамилия, должность или имя для входа",
        label_visibility="collapsed",
    )
    working = [each for each in members if each.works_on(today)]
    left = [each for each in members if not each.works_on(today)]
    titles = {"working": f"Работают · {len(working)}", "left": f"Уволены · {len(left)}"}
    shown = choose_part("Кого показать", titles, "working", place=state_box)
    wanted = part.strip().lower()
    return [
        each
        for each in (left if shown == "left" else working)
        if contains_name(part, each.name) or wanted in f"{each.position} {each.login}".lower()
    ]


def show_staff(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    if may(user, Action.EDIT_STAFF) and st.button("Добавить", icon=":material/person_add:", type="primary"):
        show_new(user)
    show_issued(PLACE)
    members = all_staff(school().store, user)
    chosen = choose_staff(members, today)
    if not chosen:
        st.info("Никого не нашлось. Измените поиск или добавьте сотрудника.")
        return

    def remember_row(number: int) -> None:
        st.session_state[OPENED] = chosen[number].staff_id

    show_records(
        chosen, COLUMNS, "staff_table", on_choose=remember_row, rows_shown=ROWS_SHOWN, export="Сотрудники"
    )
    opened = st.session_state.pop(OPENED, None)
    member = next((each for each in chosen if each.staff_id == opened), None)
    if member:
        show_member(user, member)


show_staff(guard(Action.READ_USERS))
