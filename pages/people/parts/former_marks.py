"""«Отметки из прежней школы»: what a newcomer brings on paper, by subject and term (п. 4.6, 5.4)."""

import pandas as pd
import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import Markdown
from pages.ui.typing.typed_table import typed_table
from school.calendar import term_title
from school.errors import RuleRefused
from school.people.actions.former_marks import save_former_marks
from school.people.lookups.pupils import PupilCard
from school.people.records import ClassOfYear, FormerMarkPlace
from school.records import User
from school.term_marks.rules.term_marks import parse_term_mark
from server.session import school

SUBJECT = "subject"


def typed_marks(card: PupilCard, edited: pd.DataFrame) -> dict[FormerMarkPlace, int | None]:
    """Return what the table says: (subject, term) → mark, None where nothing stands. Raises RuleRefused for what is no mark."""
    marks: dict[FormerMarkPlace, int | None] = {}
    for (subject_id, name), (_, row) in zip(card.subjects.items(), edited.iterrows(), strict=True):
        for term in card.former_terms:
            text = row[str(term.term_id)]
            try:
                marks[subject_id, term.term_id] = parse_term_mark("" if pd.isna(text) else str(text))
            except RuleRefused as refusal:
                raise RuleRefused(
                    f"{name}, {term_title(term.kind, term.number)}: «{text}» — не отметка за период.",
                    "Ничего не записано.",
                    "За период ставят одну отметку: 2, 3, 4 или 5. Исправьте клетку и сохраните снова.",
                ) from refusal
    return marks


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
        edited = typed_table(
            f"former_marks_{card.pupil_id}",
            pd.DataFrame(rows, columns=[SUBJECT, *titles]),
            hide_index=True,
            placeholder="",
            disabled=[SUBJECT] if may_enter else True,
            column_config={
                SUBJECT: st.column_config.TextColumn("Предмет", width=220),
                **{term: st.column_config.TextColumn(title, width=110) for term, title in titles.items()},
            },
        )
        is_sent = st.form_submit_button("Сохранить отметки", disabled=not may_enter)
    if is_sent:
        try_and_rerun(
            lambda: save_former_marks(
                school().store,
                user,
                card.pupil_id,
                here.class_id,
                typed_marks(card, edited),
                now=school().clock(),
            ),
            lambda changed: Markdown("Отметки из прежней школы записаны." if changed else "Изменений нет."),
        )
