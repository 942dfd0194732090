"""«Коды приглашения»: who has a way in, who waits, and slips to hand out: to staff by the administrator, to families by the homeroom teacher (п. 3.1)."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose
from pages.ui.issued_codes import issue, show_issued
from pages.ui.tables import ROW_HEIGHT, titled
from pages.ui.typed_text import as_typed
from pipelines.figures.columns import FigureColumn
from school.access.action import Action
from school.access.checks import may
from school.calendar import school_year_title
from school.invitations.actions import set_invitation_days
from school.invitations.lookups import InviteLine, classes_to_invite, days_of_codes, family_lines, staff_lines
from school.invitations.rules import DAYS_ALLOWED
from school.notices.lookups.mail import unreachable_guardians
from school.numbers import counted
from school.people.records import ClassOfYear, PersonKind
from school.records import User
from server.session import guard, school

STAFF = "staff"
ROWS_SHOWN = 14
COLUMNS = (
    FigureColumn("name", "Фамилия, имя, отчество", width=290),
    FigureColumn("note", "Кто это", width=300),
    FigureColumn("state", "Вход", width=190),
    FigureColumn("login", "Имя для входа", width=170),
)


def state_of(line: InviteLine) -> str:
    """Return in words whether somebody has a way in."""
    if line.is_blocked:
        return "доступ закрыт"
    if line.expires_at:
        return f"код выдан, по {line.expires_at:%d.%m.%Y}"
    return "есть" if line.has_password else "нет"


def waits(line: InviteLine) -> bool:
    """Whether somebody has neither a password nor a code that still holds."""
    return not (line.has_password or line.expires_at or line.is_blocked)


def choose_group(user: User, classes: Sequence[ClassOfYear]) -> str:
    """Let the user choose the staff or a class; the choice stands in the address."""
    years = {each.school_year for each in classes}
    titles = {STAFF: "Сотрудники"} if may(user, Action.EDIT_STAFF) else {}
    titles |= {
        str(each.class_id): each.name
        + (f" · {school_year_title(each.school_year)}" if len(years) > 1 else "")
        for each in classes
    }
    return choose("class", "Кому", titles, default=next(iter(titles), "")) if titles else ""


def lines_of(user: User, group: str, classes: Sequence[ClassOfYear]) -> list[InviteLine]:
    """Return the people of a group."""
    now = school().clock()
    if group == STAFF:
        return staff_lines(school().store, user, now)
    place = next(each for each in classes if str(each.class_id) == group)
    return family_lines(school().store, user, place, now)


def show_unreachable(user: User, place: ClassOfYear, lines: Sequence[InviteLine]) -> None:
    """Say whom letters of the diary do not reach: nobody but the family can put the address right."""
    found = unreachable_guardians(school().store, user, place, now=school().clock())
    names = [
        line.name.short
        for line in lines
        if line.invitee.kind is PersonKind.GUARDIAN and line.invitee.person_id in found
    ]
    if names:
        st.warning(
            f"Письма из дневника не доходят: {as_typed(', '.join(names))}. Попросите семью исправить адрес в дневнике, "
            "«Уведомления и календарь»."
        )


def choose_people(lines: Sequence[InviteLine], group: str) -> list[InviteLine]:
    """Show the people of a group and return those whose rows are ticked."""
    rows = pd.DataFrame(
        [
            {"name": line.name.full, "note": line.note, "state": state_of(line), "login": line.login}
            for line in lines
        ]
    )
    picked = st.dataframe(
        titled(rows, COLUMNS),
        hide_index=True,
        key=f"invite_{group}",
        on_select="rerun",
        selection_mode="multi-row",
        row_height=ROW_HEIGHT,
        height="content" if len(rows) <= ROWS_SHOWN else ROW_HEIGHT * (ROWS_SHOWN + 1),
        column_config={
            each.title: st.column_config.TextColumn(width=int(each.width or 0)) for each in COLUMNS
        },
    )
    return [lines[number] for number in picked["selection"]["rows"] if number < len(lines)]


def show_days(user: User) -> None:
    """Let the administrator set for how many days codes hold."""
    days = days_of_codes(school().store)
    with st.popover(f"Срок кода: {counted(days, 'день', 'дня', 'дней')}"), st.form("code_days", border=False):
        wanted = st.number_input("Код действует, дней", DAYS_ALLOWED[0], DAYS_ALLOWED[-1], days)
        is_sent = st.form_submit_button("Сохранить")
    if is_sent:
        try_and_rerun(
            lambda: set_invitation_days(school().store, user, int(wanted), now=school().clock()),
            "Срок сохранён.",
        )


def show_invitations(user: User) -> None:
    """Show the whole page."""
    classes = classes_to_invite(school().store, user, school().clock().date())
    group_box, days_box, _ = st.columns([2, 1.4, 3], vertical_alignment="bottom")
    with group_box:
        group = choose_group(user, classes)
    if not group:
        st.info("Вы не ведёте ни одного класса. Классного руководителя назначает администратор.")
        return
    if may(user, Action.EDIT_STAFF):
        with days_box:
            show_days(user)
    show_issued(f"codes_{group}")
    lines = lines_of(user, group, classes)
    if not lines:
        st.info("В этой группе пока никого нет.")
        return
    if group != STAFF:
        show_unreachable(user, next(each for each in classes if str(each.class_id) == group), lines)
    waiting = [line for line in lines if waits(line)]
    st.markdown(
        f"{counted(len(lines), 'человек', 'человека', 'человек')}, без входа и без кода: **{len(waiting)}**. "
        "Отметьте строки, чтобы выдать коды только им; кто забыл пароль, по новому коду задаст новый."
    )
    place = st.container()
    picked = choose_people(lines, group)
    with place:
        show_button(user, picked, waiting, group)


def show_button(user: User, picked: Sequence[InviteLine], waiting: Sequence[InviteLine], group: str) -> None:
    """Show the button that issues codes: to the ticked, otherwise to all who have no way in."""
    chosen = picked or waiting
    label = "отмеченным" if picked else "всем, у кого нет входа"
    is_asked = st.button(
        f"Выдать коды {label}: {len(chosen)}",
        icon=":material/key:",
        type="primary",
        disabled=not chosen,
        key="issue_codes",
    )
    if is_asked and issue(user, [line.invitee for line in chosen], f"codes_{group}"):
        st.rerun()


show_invitations(guard(Action.ISSUE_FAMILY_CODES))
