"""A task without a lesson: for whom, what, by which day (п. 4.7)."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.filters import remember
from pages.ui.register_choice import subject_title
from pages.ui.typed_text import Markdown
from pages.ui.upload import file_uploader
from school.files.attachments.kinds import FILE_BYTES, FILE_KINDS, SAME_KINDS
from school.homework.rules.due_days import TASK_LENGTH
from school.records import RegisterRow, User
from school.tasks.actions import NewRegisterTask, give_task
from school.tasks.lookups import pupils_for_task
from school.tasks.rules import FILES_A_TASK, LONGEST_DAYS
from server.session import school

NUMBER = "new_task_number"
USUAL_DAYS = 7


def show_new_task(user: User, registers: Sequence[RegisterRow]) -> None:
    """Show the form of a new task; what was typed stays when it is refused."""
    number = st.session_state.get(NUMBER, 0)
    today = school().clock().date()
    titles = {row.key: f"{row.class_name} {subject_title(row)}" for row in registers}
    key = st.selectbox(
        "Класс и предмет", list(titles), format_func=titles.__getitem__, key=f"task_register_{number}"
    )
    if key is None:
        return
    pupils = pupils_for_task(school().store, user, key, today=today)
    with st.form(f"new_task_{number}", border=False):
        chosen = st.multiselect(
            "Кому",
            list(pupils),
            format_func=pupils.__getitem__,
            placeholder="Выберите учеников",
            key=f"task_pupils_{number}_{key.class_id}_{key.subject_id}_{key.subgroup_id}",
        )
        text = st.text_area("Что сделать", max_chars=TASK_LENGTH, height=90, key=f"task_text_{number}")
        day_box, file_box = st.columns([1, 2])
        due_on = day_box.date_input(
            "К какому дню",
            today + timedelta(USUAL_DAYS),
            min_value=today + timedelta(1),
            max_value=today + timedelta(LONGEST_DAYS),
            format="DD.MM.YYYY",
            key=f"task_due_{number}",
        )
        with file_box:
            uploads = file_uploader(
                "Файлы к заданию",
                [*FILE_KINDS, *SAME_KINDS],
                key=f"task_files_{number}",
                help=Markdown(f"До {FILES_A_TASK} файлов"),
                max_upload_size=FILE_BYTES // 1024**2,
                accept_multiple_files=True,
            )
        if not st.form_submit_button("Задать", type="primary"):
            return
    files = [(upload.name, upload.getvalue()) for upload in uploads or ()]
    new = NewRegisterTask(key, text, due_on, chosen, files)
    if try_to(
        lambda: give_task(school().store, user, new, now=school().clock()),
        Markdown("Задано: ученики и родители увидят задание в дневнике."),
    ):
        st.session_state[NUMBER] = number + 1
        # What was given stands among what has no answer yet.
        remember(tasks_view="open")
        st.rerun()
