"""«Отметки из прежней школы»: what a newcomer brings on paper, by subject and term (п. 4.6, 5.4)."""

import pandas as pd
import streamlit as st

from pages.ui.doing import try_and_rerun
from school.calendar import term_title
from school.people.actions.former_marks import save_former_marks
from school.people.lookups.pupils import PupilCard
from school.people.records import ClassOfYear
from school.records import User
from server.session import school

MARKS = ["", "5", "4", "3", "2"]
SUBJECT = "subject"


def show_former_marks(user: User, card: PupilCard, here: ClassOfYear, *, may_enter: bool) -> None:
    """Show the table of the terms that ended before the pupil came, to be filled in by those who may."""
    st.subheader("Отметки из прежней школы")
    st.caption("За периоды до прихода ученика. Входят в отметку за год, в показатели учителей не входят.")
    titles = {str(term.term_id): term_title(term.kind, term.number) for term in card.former_terms}
    rows = [
        {SUBJECT: name} | {term: str(card.former_marks.get((subject_id, int(term)), "")) for term in titles}
        for subject_id, name in card.subjects.items()
    ]
    with st.form(f"former_marks_{card.pupil_id}", border=False):
        edited = st.data_editor(
            pd.DataFrame(rows, columns=[SUBJECT, *titles]),
            hide_index=True,
            placeholder="",
            disabled=[SUBJECT] if may_enter else True,
            column_config={
                SUBJECT: st.column_config.TextColumn("Предмет", width=220),
                **{
                    term: st.column_config.SelectboxColumn(title, options=MARKS, width=110)
                    for term, title in titles.items()
                },
            },
            key=f"former_marks_table_{card.pupil_id}",
        )
        is_sent = st.form_submit_button("Сохранить отметки", disabled=not may_enter)
    if is_sent:
        marks = {
            (subject_id, int(term)): int(value) if value else None
            for subject_id, (_, row) in zip(card.subjects, edited.iterrows(), strict=True)
            for term in titles
            for value in (row[term],)
        }
        try_and_rerun(
            lambda: save_former_marks(
                school().store, user, card.pupil_id, here.class_id, marks, now=school().clock()
            ),
            "Отметки из прежней школы записаны.",
        )
