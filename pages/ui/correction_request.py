"""A closed term at a register: the teacher asks to correct it, and sees what the deputy head answered (п. 4.2)."""

from datetime import datetime

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from school.records import CorrectionPermission, RegisterKey, User
from school.register.rules.corrections import REASON_LENGTH
from school.term_marks.lookups.term_marks import correction_state
from school.terms.actions import ask_correction
from server.session import school


def show_correction_request(user: User, key: RegisterKey, term_id: int) -> None:
    """Show, for a teacher of a closed term, the state of their request or the way to make one; otherwise nothing."""
    now = school().clock()
    state = correction_state(school().store, user, key, term_id)
    if state is None:
        return
    waits = state.permission is not None and state.permission.is_granted is None
    is_open = state.permission is not None and state.permission.is_in_force(now)
    words, box = st.columns([5, 2], vertical_alignment="center", gap="small")
    words.markdown(state_text(state.permission, now))
    if waits or is_open:
        return
    with box.popover("Попросить разрешение", icon=":material/lock_open:", width="stretch"):
        _show_form(user, key, term_id)


def state_text(permission: CorrectionPermission | None, now: datetime) -> str:
    """Return in words what became of a teacher's request."""
    closed = ":gray-badge[:material/lock: период закрыт]"
    if permission is None:
        return f"{closed} Исправить отметку можно с разрешения заместителя директора (п. 4.2)."
    if permission.is_granted is None:
        return f"{closed} Запрос отправлен {permission.asked_at:%d.%m в %H:%M}: ждёт заместителя директора."
    if permission.is_in_force(now):
        return (
            f":green-badge[:material/lock_open: исправление разрешено] {permission.answer}. "
            "У каждого исправления нужна причина."
        )
    if permission.is_granted:
        return f"{closed} Разрешение действовало {permission.answer}."
    return f"{closed} В исправлении отказано: {as_typed(permission.answer.rstrip('.'))}."


def _show_form(user: User, key: RegisterKey, term_id: int) -> None:
    with st.form(f"correction-{key}-{term_id}", border=False):
        reason = st.text_area(
            "Что и почему нужно исправить",
            max_chars=REASON_LENGTH,
            placeholder="Не называйте учеников по имени",
        )
        if not st.form_submit_button("Отправить запрос", type="primary"):
            return
    try_and_rerun(
        lambda: ask_correction(school().store, user, key, term_id, reason, now=school().clock()),
        "Запрос отправлен заместителю директора.",
    )
