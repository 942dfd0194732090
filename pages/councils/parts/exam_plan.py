"""In which subjects a class ends the year with an exam, chosen in a dialog (п. 4.2)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import Markdown
from school.access.action import Action
from school.councils.actions import plan_exams
from school.councils.lookups import exams_to_plan
from server.session import guard, school


@st.dialog("Экзамены класса")
def show_plan(class_id: int) -> None:
    """Let the deputy head choose in which subjects the class has an exam."""
    user = guard(Action.PLAN_EXAMS)
    subjects, chosen = exams_to_plan(school().store, user, class_id)
    with st.form(f"exams_{class_id}", border=False):
        wanted = st.multiselect(
            "По каким предметам в этом году экзамен",
            list(subjects),
            [each for each in subjects if each in chosen],
            format_func=subjects.__getitem__,
            placeholder="Экзаменов нет",
        )
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        try_and_rerun(
            lambda: plan_exams(school().store, user, class_id, wanted, now=school().clock()),
            Markdown("Экзамены класса сохранены."),
        )
