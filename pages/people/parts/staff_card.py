"""The card of an employee: fields, roles, a code, dismissal (п. 3.1, 4.3)."""

from datetime import date

import streamlit as st

from pages.people.parts.person_fields import name_fields
from pages.ui.doing import try_and_rerun, try_to
from pages.ui.issued_codes import issue
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.access.checks import may
from school.access.roles import ROLES
from school.people.actions.staff import add_staff, change_staff, dismiss, restore
from school.people.lookups.staff import duties_left
from school.people.records import Invitee, PersonKind, StaffDraft, StaffMember
from school.people.rules.people import EARLIEST_HIRING, LONGEST_WORDS, STAFF_ROLES
from school.records import Role, User
from server.session import school

NEW_NUMBER, PLACE = "new_staff_number", "staff"
DUTIES_SHOWN = 6


def state_of(member: StaffMember, today: date) -> str:
    """Return in words whether an employee can sign in."""
    if member.dismissed_on is not None:
        word = "уволен" if not member.works_on(today) else "увольняется"
        return f"{word} {member.dismissed_on:%d.%m.%Y}"
    if member.blocked_at:
        return "закрыт"
    if not member.roles:
        return "нет ролей"
    return "есть" if member.has_password else "ждёт кода"


def role_titles(member: StaffMember) -> str:
    """Return an employee's roles in words."""
    return ", ".join(ROLES[role].title for role in Role if role in member.roles)


def fields(key: str, member: StaffMember | None, today: date) -> StaffDraft:
    """Show the fields of an employee and return what is typed."""
    name = name_fields(key, member.name) if member else name_fields(key)
    position_box, hired_box = st.columns([2, 1])
    position = position_box.text_input(
        "Должность", member.position if member else "", max_chars=LONGEST_WORDS, key=f"{key}_position"
    )
    hired_on = hired_box.date_input(
        "Принят на работу",
        member.hired_on if member else None,
        min_value=EARLIEST_HIRING,
        max_value=date(today.year + 1, 12, 31),
        format="DD.MM.YYYY",
        key=f"{key}_hired",
    )
    roles = st.multiselect(
        "Роли в журнале",
        STAFF_ROLES,
        default=[role for role in STAFF_ROLES if member and role in member.roles],
        format_func=lambda role: ROLES[role].title,
        placeholder="Можно несколько",
        select_all=False,
        key=f"{key}_roles",
    )
    return StaffDraft(name, position, frozenset(roles), hired_on)


@st.dialog("Новый сотрудник", width="large")
def show_new(user: User) -> None:
    """Ask for a new employee."""
    number = st.session_state.get(NEW_NUMBER, 0)
    with st.form(f"new_staff_{number}", border=False):
        draft = fields(f"new_staff_{number}", None, school().clock().date())
        is_without = st.checkbox(
            "Роль не нужна: входить в журнал не будет", key=f"new_staff_{number}_without"
        )
        with_code = st.checkbox(
            "Сразу выдать код приглашения",
            True,
            key=f"new_staff_{number}_code",
            help="По нему сотрудник войдёт в первый раз. Листок с кодом можно напечатать.",
        )
        is_sent = st.form_submit_button("Добавить", type="primary")
    if not is_sent:
        return
    if not draft.roles and not is_without:
        st.error("Роль не выбрана. Выберите, кем сотрудник входит в журнал, или отметьте, что роль не нужна.")
        return
    added: list[int] = []
    if try_to(
        lambda: added.extend(add_staff(school().store, user, [draft], now=school().clock())),
        "Сотрудник добавлен.",
    ):
        st.session_state[NEW_NUMBER] = number + 1
        if with_code and draft.roles:
            issue(user, [Invitee(PersonKind.STAFF, staff_id) for staff_id in added], PLACE)
        st.rerun()


@st.dialog("Карточка сотрудника", width="large")
def show_member(user: User, member: StaffMember) -> None:
    """Show an employee's card; whoever keeps the staff may change it."""
    today = school().clock().date()
    login = f" · имя для входа **{as_typed(member.login)}**" if member.login else ""
    st.markdown(f"Вход: {state_of(member, today)}{login}")
    if not may(user, Action.EDIT_STAFF):
        st.markdown(
            f"**{as_typed(member.name.full)}**  \n{as_typed(member.position)}  \n{role_titles(member)}"
        )
        return
    with st.form(f"staff_{member.staff_id}", border=False):
        draft = fields(f"staff_{member.staff_id}", member, today)
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        try_and_rerun(
            lambda: change_staff(school().store, user, member.staff_id, draft, now=school().clock()),
            "Сохранено.",
        )
    show_access(user, member, today)


def show_access(user: User, member: StaffMember, today: date) -> None:
    """Show the ways to let an employee in and out."""
    if member.works_on(today) and member.roles and not member.blocked_at:
        label = "Выдать код для нового пароля" if member.has_password else "Выдать код приглашения"
        invitee = Invitee(PersonKind.STAFF, member.staff_id)
        if st.button(label, icon=":material/key:", key="staff_code") and issue(user, [invitee], PLACE):
            st.rerun()
    with st.expander("Увольнение", icon=":material/person_off:"):
        if member.dismissed_on is not None:
            show_restoring(user, member)
        else:
            show_dismissal(user, member, today)


def show_dismissal(user: User, member: StaffMember, today: date) -> None:
    """Ask for the day of dismissal, naming what would be left without a teacher."""
    duties = duties_left(school().store, user, member.staff_id, today)
    if duties:
        more = f" и ещё {len(duties) - DUTIES_SHOWN}" if len(duties) > DUTIES_SHOWN else ""
        st.warning(
            f"Останется без учителя: {'; '.join(map(as_typed, duties[:DUTIES_SHOWN]))}{more}. Уроки и нагрузку передайте другому "
            "на страницах «Нагрузка» и «Замены»."
        )
    with st.form(f"dismiss_{member.staff_id}", border=False):
        day_box, reason_box = st.columns([1, 2])
        day = day_box.date_input("Уволен с (в этот день входа уже нет)", today, format="DD.MM.YYYY")
        reason = reason_box.text_input("Приказ, причина", max_chars=LONGEST_WORDS)
        is_sent = st.form_submit_button("Уволить")
    if is_sent:
        try_and_rerun(
            lambda: dismiss(school().store, user, member.staff_id, day, now=school().clock(), reason=reason),
            "Увольнение записано.",
        )


def show_restoring(user: User, member: StaffMember) -> None:
    """Offer to take a dismissal back."""
    st.markdown(f"Уволен с {member.dismissed_on:%d.%m.%Y}.")
    if st.button("Отменить увольнение", key="restore_staff") and try_to(
        lambda: restore(school().store, user, member.staff_id, now=school().clock()), "Увольнение отменено."
    ):
        st.rerun()
