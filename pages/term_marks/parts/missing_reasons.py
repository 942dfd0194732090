"""The reasons that given term marks lack, written in a dialog (п. 5.2, 5.4)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.numbers import counted
from school.records import RegisterKey
from school.term_marks.actions.entries import explain_term_marks
from school.term_marks.lookups.term_marks import MOST_PUPILS, term_marks_page
from server.session import guard, school


@st.dialog("Отметки без причины")
def show_missing_reasons(key: RegisterKey, term_id: int) -> None:
    """Let the teacher write the reasons that given marks lack (п. 5.2, 5.4)."""
    user = guard(Action.READ_REGISTER)
    page = term_marks_page(
        school().store, user, key, term_id, now=school().clock(), pupils_a_page=MOST_PUPILS
    )
    if page is None or page.why_not[term_id] or not page.unexplained:
        st.info("У всех отметок этого периода причина записана.")
        return
    names = dict(page.pupils)
    with st.form("reasons", border=False):
        st.caption("Отметка не по правилу или текущих отметок мало (п. 5.2): напишите почему.")
        typed = {
            pupil: st.text_input(
                f"{as_typed(names[pupil].short)}: «{page.state(term_id, pupil).value}»",
                max_chars=200,
                key=f"reason-{key}-{term_id}-{pupil}",
            )
            for pupil in page.unexplained
        }
        if st.form_submit_button("Записать", type="primary"):
            reasons = {pupil: reason for pupil, reason in typed.items() if reason.strip()}
            try_and_rerun(
                lambda: explain_term_marks(school().store, user, key, term_id, reasons, now=school().clock()),
                f"Записано: {counted(len(reasons), 'причина', 'причины', 'причин')}.",
            )
