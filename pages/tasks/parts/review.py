"""One pupil's task: all that was said, and the teacher's reply (п. 4.7)."""

from collections.abc import Sequence

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.links import task_file_address
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.calendar import day_title, school_year_of
from school.files.attachments.kinds import PICTURES
from school.records import User
from school.tasks.actions import Review, review_task
from school.tasks.lookups import Step, TaskFile, TaskOfPupil, TaskToReview, taught_tasks
from school.tasks.rules import REPLY_LENGTH, STATE_TITLES, STEP_TITLES, StepKind, TaskState
from server.session import guard, school

STATE_COLOURS = {
    TaskState.GIVEN: "gray",
    TaskState.ANSWERED: "orange",
    TaskState.AGAIN: "blue",
    TaskState.ACCEPTED: "green",
}


def state_badge(pupil: TaskOfPupil) -> Markdown:
    """Return how a task stands with a pupil as a badge, with a word where the pupil has left the class."""
    left = "" if pupil.is_there else " :gray-badge[уже не в классе]"
    return Markdown(f":{STATE_COLOURS[pupil.state]}-badge[{STATE_TITLES[pupil.state]}]{left}")


def file_links(files: Sequence[TaskFile]) -> Markdown:
    """Return files as links."""
    return Markdown(
        " · ".join(f"[{as_typed(file.title)}]({task_file_address(file.file_id)})" for file in files)
    )


@st.dialog("Задание ученика", width="large")
def review_dialog(task_id: int, pupil_id: int) -> None:
    """Show a pupil's task and what the teacher may say to it."""
    show_review(guard(Action.EDIT_LESSON), task_id, pupil_id)


def show_review(user: User, task_id: int, pupil_id: int) -> None:
    """Show a pupil's task with all that was said, and the form of the reply."""
    today = school().clock().date()
    found = taught_tasks(school().store, user, school_year_of(today), today=today)
    task = next((each for each in found.tasks if each.task_id == task_id), None)
    pupil = next((each for each in task.pupils if each.pupil_id == pupil_id), None) if task else None
    if task is None or pupil is None:
        st.info("Этого задания уже нет.")
        return
    due = f", к {day_title(task.due_on)}" if task.due_on else ""
    st.markdown(
        Markdown(
            f"**{as_typed(pupil.name.short)}**, {as_typed(task.register.class_name)} {state_badge(pupil)}"
        )
    )
    st.markdown(as_typed(task.text))
    if task.files:
        st.markdown(file_links(task.files))
    st.caption(Markdown(f"Задано {day_title(task.given_on)}{due}"))
    for step in pupil.steps:
        show_step(step, found.names.get(step.made_by, ""))
    if not pupil.steps:
        st.info("Ответа ещё нет. Если ученик сдал работу в школе, её можно принять.")
    show_reply(user, task, pupil)


def show_step(step: Step, who: str) -> None:
    """Show an answer, or what was said to it."""
    with st.container(border=True):
        kind = STEP_TITLES[step.kind].capitalize()
        day = day_title(step.made_at.date())
        st.markdown(Markdown(f"**{as_typed(kind)}** · {as_typed(who)}, {day} в {step.made_at:%H:%M}"))
        if step.text:
            st.markdown(as_typed(step.text))
        if step.files:
            st.markdown(file_links(step.files))
        # A page of a notebook is read where it is answered, not looked for among what was downloaded.
        for file in step.files:
            if file.kind in PICTURES:
                st.markdown(Markdown(f"![{as_typed(file.title)}]({task_file_address(file.file_id)})"))


def show_reply(user: User, task: TaskToReview, pupil: TaskOfPupil) -> None:
    """Show the form of the teacher's reply; the words stay when it is refused."""
    key = f"{task.task_id}_{pupil.pupil_id}_{len(pupil.steps)}"
    with st.form(f"reply_{key}", border=False):
        text = st.text_area(
            "Ответ ученику",
            max_chars=REPLY_LENGTH,
            height=90,
            placeholder="Что хорошо, что исправить: увидят ученик и родители",
            key=f"reply_text_{key}",
        )
        with st.container(horizontal=True):
            is_accepted = st.form_submit_button("Принять", type="primary", icon=":material/check:")
            is_again = st.form_submit_button(
                "Доделать", icon=":material/replay:", disabled=not (pupil.steps and pupil.is_there)
            )
    if is_accepted or is_again:
        kind = StepKind.ACCEPTED if is_accepted else StepKind.AGAIN
        review = Review(task.task_id, pupil.pupil_id, kind, text)
        words = Markdown("Принято, семья увидит." if is_accepted else "Отправлено на доработку.")
        try_and_rerun(lambda: review_task(school().store, user, review, now=school().clock()), words)
