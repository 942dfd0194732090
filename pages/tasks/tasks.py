"""«Задания»: what single pupils were given, who has answered, what the teacher replies; tasks without a lesson (п. 4.7)."""

from collections.abc import Callable

import streamlit as st

from pages.tasks.parts.new_task import show_new_task
from pages.tasks.parts.review import file_links, review_dialog, state_badge
from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose, choose_segment
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.calendar import day_title, school_year_of
from school.numbers import counted
from school.records import User
from school.tasks.actions import take_task_back
from school.tasks.lookups import TASK_DAYS, TaskOfPupil, TaskToReview, taught_tasks
from school.tasks.rules import TaskState
from server.session import guard, school

VIEWS = {"waiting": "Ждут проверки", "open": "Без ответа", "all": "Все"}
# A task is shown where one of its pupils stands so.
STANDS: dict[str, Callable[[TaskOfPupil], bool]] = {
    "waiting": lambda each: each.state == TaskState.ANSWERED,
    "open": lambda each: each.is_open,
    "all": lambda _each: True,
}
ALL_CLASSES = "all"
TASKS_SHOWN = 20


def show_task(user: User, task: TaskToReview) -> None:
    """Show a task with its pupils: a button for each opens what they answered."""
    with st.container(border=True):
        subject = f"{as_typed(task.register.class_name)} {as_typed(task.register.subject_name)}"
        due = f", к {day_title(task.due_on)}" if task.due_on else ""
        answered = len(task.pupils) - task.count(TaskState.GIVEN)
        head = f"**{subject}** · задано {day_title(task.given_on)}{due} · ответили {answered} из {len(task.pupils)}"
        words, drop = st.columns([6, 1], vertical_alignment="center")
        words.markdown(Markdown(head))
        if task.lesson_id is None and not answered:
            key = f"drop_{task.task_id}"
            if drop.button("Снять", icon=":material/delete:", key=key, type="tertiary"):
                take_back = lambda: take_task_back(school().store, user, task.task_id, now=school().clock())  # noqa: E731
                try_and_rerun(take_back, Markdown("Снято: ученики его больше не видят."))
        st.markdown(as_typed(task.text))
        if task.files:
            st.markdown(file_links(task.files))
        for each in task.pupils:
            with st.container(horizontal=True, vertical_alignment="center"):
                label = Markdown(as_typed(each.name.short))
                if st.button(
                    label,
                    key=f"open_{task.task_id}_{each.pupil_id}",
                    type="tertiary",
                    icon=":material/rate_review:",
                ):
                    review_dialog(task.task_id, each.pupil_id)
                st.markdown(state_badge(each), width="content")


def show_tasks(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    found = taught_tasks(school().store, user, school_year_of(today), today=today)
    if not found.registers:
        st.info("Журналов за вами нет. Нагрузку ведёт завуч.")
        return
    with st.expander("Новое задание без урока", icon=":material/add:"):
        show_new_task(user, found.registers)
    if not found.tasks:
        st.info(
            "Индивидуальных заданий нет. Задание к уроку дают в журнале («Ещё»), задание без урока — здесь, над этой строкой."
        )
        return
    view_box, class_box = st.columns([3, 1], vertical_alignment="center")
    with view_box:
        view = choose_segment("tasks_view", "Что показать", VIEWS, default="waiting")
    classes = {ALL_CLASSES: "Все классы"} | {
        str(each.register.key.class_id): each.register.class_name for each in reversed(found.tasks)
    }
    with class_box:
        chosen = choose("class", "Класс", classes, default=ALL_CLASSES, label_hidden=True)
    shown = [
        each
        for each in found.tasks
        if any(map(STANDS[view], each.pupils)) and chosen in (ALL_CLASSES, str(each.register.key.class_id))
    ]
    waiting = sum(each.count(TaskState.ANSWERED) for each in found.tasks)
    answers = counted(waiting, "ответ ждёт", "ответа ждут", "ответов ждут")
    st.caption(
        Markdown(
            f"За {TASK_DAYS} дней. {answers.capitalize() if waiting else 'Ни один ответ не ждёт'} проверки."
        )
    )
    if not shown:
        st.success("Здесь пусто.", icon=":material/check:")
    for each in shown[:TASKS_SHOWN]:
        show_task(user, each)
    if len(shown) > TASKS_SHOWN:
        st.caption(Markdown(f"Показаны последние {TASKS_SHOWN} из {len(shown)}."))


show_tasks(guard(Action.EDIT_LESSON))
