"""A closed term at a register: the teacher asks to correct it, and sees what the deputy head answered (п. 4.2)."""

from datetime import datetime
from typing import Any

import streamlit as st

from pages.ui.doing import try_and_rerun
from school.access.action import Action
from school.records import CorrectionPermission, RegisterKey, Term, User
from school.register.rules.corrections import REASON_LENGTH
from school.term_marks.lookups.term_marks import CorrectionState, correction_state
from school.terms.actions import ask_correction
from server.session import School, guard, school

CLOSED, OPEN = "период закрыт", "исправление разрешено"


def state_words(permission: CorrectionPermission | None, now: datetime) -> tuple[str, str]:
    """Return in a title and a sentence what became of a teacher's request."""
    if permission is None:
        return CLOSED, "Исправить отметку можно с разрешения заместителя директора (п. 4.2)."
    if permission.is_granted is None:
        return CLOSED, f"Запрос отправлен {permission.asked_at:%d.%m в %H:%M}: ждёт заместителя директора."
    if permission.is_in_force(now):
        return OPEN, f"{permission.answer}. У каждого исправления нужна причина."
    if permission.is_granted:
        return CLOSED, f"Разрешение действовало {permission.answer}."
    return CLOSED, f"В исправлении отказано: {permission.answer.rstrip('.')}."


def correction_notes(school: School, user: User, key: RegisterKey, term: Term) -> list[dict[str, Any]]:
    """Return how it stands with correcting a closed term, as a grid's page shows it; nothing for who has nothing to ask."""
    now = school.clock()
    state = correction_state(school.store, user, key, term.term_id) if term.is_closed else None
    if state is None:
        return []
    title, words = state_words(state.permission, now)
    ask = {"what": "correction", "label": "Попросить разрешение", "title": "Запрос заместителю директора"}
    note = {"title": title, "text": words, "kind": "good" if title == OPEN else "quiet"}
    return [note | {"button": ask if may_ask(state, now) else None}]


def may_ask(state: CorrectionState, now: datetime) -> bool:
    """Whether a teacher may ask now: neither waits an earlier request, nor is one granted."""
    permission = state.permission
    return permission is None or (permission.is_granted is not None and not permission.is_in_force(now))


@st.dialog("Попросить разрешение на исправление")
def ask_in_dialog(key: RegisterKey, term_id: int) -> None:
    """Let a teacher ask for the permission to correct a closed term."""
    _show_form(guard(Action.ASK_CORRECTION), key, term_id)


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
