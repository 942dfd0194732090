"""«Ещё» at a lesson: the day its homework is due, files, tasks of single pupils."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from pages.register.parts.register_view import short_lesson_title
from pages.ui.doing import try_to
from pages.ui.links import file_address, page_link
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import file_uploader
from school.access.action import Action
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT
from school.errors import RuleRefused
from school.files.attachments.kinds import FILE_BYTES, FILE_KINDS, SAME_KINDS
from school.homework.actions import NewTask, add_file, add_task, remove_file, remove_task, set_due_day
from school.homework.lookups import LessonScene, lesson_scene
from school.homework.rules.due_days import LONGEST_DAYS
from school.homework.rules.files import FILES_A_LESSON
from school.records import HomeworkState
from server.session import guard, school


@st.dialog("Ещё к уроку", width="large", on_dismiss="rerun")
def show_extras(lesson_id: int) -> None:
    """Show what a lesson has beside its head, to its teacher."""
    user = guard(Action.EDIT_LESSON)
    scene = lesson_scene(school().store, user, lesson_id)
    st.markdown(f"**{as_typed(short_lesson_title(scene.lesson))}**")
    _due_field(scene)
    st.markdown("**Файлы для всех**")
    _show_files(scene, None)
    _upload(scene, None)
    _tasks_part(scene)


def _due_field(scene: LessonScene) -> None:
    lesson, following = scene.lesson, scene.homework.next_on
    words = f"следующий урок — {_day_text(following)}" if following else "следующий урок ещё не назначен"
    if lesson.homework_state != HomeworkState.SET:
        st.caption(f"Задание ещё не записано. Его срок — {words}; другой день выбирают здесь после записи.")
        return
    with st.form(f"{_key(scene)}-due", border=False):
        box, button = st.columns([2, 3], vertical_alignment="bottom")
        chosen = box.date_input(
            "Задание к какому дню",
            scene.homework.due_on or following,
            min_value=lesson.held_on + timedelta(1),
            max_value=lesson.held_on + timedelta(LONGEST_DAYS),
            format="DD.MM.YYYY",
        )
        if button.form_submit_button("Записать срок"):
            _do(
                lambda: set_due_day(
                    school().store, scene.user, lesson.lesson_id, chosen, now=school().clock()
                )
            )
    st.caption(f"Без выбора — к следующему уроку ({words}).")


def _key(scene: LessonScene) -> str:
    return f"lesson-{scene.lesson.lesson_id}"


def _day_text(day: date) -> Markdown:
    return Markdown(f"{day.day} {MONTHS_SHORT[day.month - 1]}, {WEEKDAYS_SHORT[day.weekday()]}")


def _show_files(scene: LessonScene, task_id: int | None) -> None:
    for file in scene.homework.files_of(task_id):
        name, drop = st.columns([6, 1], vertical_alignment="center")
        name.markdown(
            f"[{as_typed(file.title)}]({file_address(file.file_id)}) · {_size_text(file.size_bytes)}"
        )
        if drop.button("Убрать", icon=":material/delete:", key=f"file-{file.file_id}-drop", type="tertiary"):
            _do(
                lambda file_id=file.file_id: remove_file(
                    school().store, scene.user, file_id, now=school().clock()
                )
            )


def _size_text(size_bytes: int) -> Markdown:
    return Markdown(
        f"{max(1, round(size_bytes / 1024))} КБ"
        if size_bytes < 1024**2
        else f"{size_bytes / 1024**2:.1f} МБ".replace(".", ",")
    )


def _upload(scene: LessonScene, task_id: int | None) -> None:
    """A file is attached as soon as it is there: one chosen and not yet attached was lost with the dialog."""
    place = f"{_key(scene)}-{task_id or 'all'}-{len(scene.homework.files)}"
    upload = file_uploader(
        "Приложить файл",
        [*FILE_KINDS, *SAME_KINDS],
        max_upload_size=FILE_BYTES // 1024**2,
        key=f"{place}-file",
        help=f"Прикладывается сразу. До {FILES_A_LESSON} файлов у урока",
    )
    if upload is not None:
        content = upload.getvalue()
        _do(
            lambda: add_file(
                school().store,
                scene.user,
                scene.lesson.lesson_id,
                upload.name,
                content,
                now=school().clock(),
                task_id=task_id,
            )
        )


def _do(act: Any) -> None:
    """Do something that is written at once, and show the lesson as it is then: the dialog stays, with what was added in it."""
    if try_to(act, "Записано."):
        st.rerun(scope="fragment")


def _tasks_part(scene: LessonScene) -> None:
    st.markdown("**Задания отдельным ученикам**")
    recipients = scene.recipients
    for task in scene.homework.tasks:
        to_whom = [task.subgroup_name] if task.subgroup_id else []
        to_whom += [recipients.pupils.get(pupil, "ученик выбыл") for pupil in sorted(task.pupil_ids)]
        text, drop = st.columns([6, 1], vertical_alignment="center")
        text.markdown(f"{as_typed(', '.join(to_whom))}: {as_typed(task.text)}")
        if drop.button("Снять", icon=":material/delete:", key=f"task-{task.task_id}-drop", type="tertiary"):
            _do(
                lambda task_id=task.task_id: remove_task(
                    school().store, scene.user, scene.lesson.lesson_id, task_id, now=school().clock()
                )
            )
        _show_files(scene, task.task_id)
    if scene.homework.tasks:
        page_link("tasks/tasks.py", Markdown("Что ответили ученики"), {}, ":material/assignment:")
    _new_task(scene, recipients.pupils, recipients.subgroups)


def _new_task(scene: LessonScene, pupils: dict[int, str], subgroups: dict[int, str]) -> None:
    titles = {("group", key): name for key, name in subgroups.items()}
    titles |= {("pupil", key): name for key, name in pupils.items()}
    place = f"{_key(scene)}-task-{len(scene.homework.tasks)}"
    with st.form(place, border=False):
        chosen = st.multiselect(
            "Кому",
            list(titles),
            format_func=titles.__getitem__,
            placeholder="Кому: ученики или подгруппа",
            label_visibility="collapsed",
            key=f"{place}-to",
        )
        text = st.text_area(
            "Что сделать",
            placeholder="Что сделать",
            label_visibility="collapsed",
            height=68,
            key=f"{place}-text",
        )
        upload = file_uploader(
            "Файл к заданию",
            [*FILE_KINDS, *SAME_KINDS],
            max_upload_size=FILE_BYTES // 1024**2,
            key=f"{place}-file",
        )
        if st.form_submit_button("Задать"):
            _do(lambda: _give_task(scene, text, chosen, upload))


def _give_task(scene: LessonScene, text: str, chosen: list[tuple[str, int]], upload: Any) -> None:
    groups = [key for kind, key in chosen if kind == "group"]
    pupils = [key for kind, key in chosen if kind == "pupil"]
    if len(groups) > 1 or (groups and pupils):
        raise RuleRefused(
            "Задание даётся одной подгруппе или ученикам по отдельности.", next_step="Оставьте что-то одно."
        )
    store, now, lesson_id = school().store, school().clock(), scene.lesson.lesson_id
    task = NewTask(text, pupils, groups[0] if groups else None)
    task_id = add_task(store, scene.user, lesson_id, task, now=now)
    if upload is not None:
        add_file(store, scene.user, lesson_id, upload.name, upload.getvalue(), now=now, task_id=task_id)
