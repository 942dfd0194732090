"""The head of a lesson: topic, work type and homework in one row; days, files and tasks of single pupils behind «ещё».

What is typed is kept by lesson in the session until it is written: an error or another lesson takes nothing away.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.register.parts.register_view import lesson_title, short_lesson_title, work_type_title
from pages.ui.doing import try_and_rerun, try_to
from pages.ui.links import file_address
from school.access.action import Action
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT
from school.errors import RuleRefused
from school.homework.actions import (
    FILE_HOMEWORK,
    LessonEntry,
    NewTask,
    add_file,
    add_task,
    remove_file,
    remove_task,
    write_lesson,
)
from school.homework.lookups import LessonHomework, lesson_homework, task_recipients_of
from school.homework.rules.due_days import LONGEST_DAYS
from school.homework.rules.files import FILE_BYTES, FILE_KINDS, FILES_A_LESSON, SAME_KINDS
from school.lesson_plans.lookups import LessonTopics, lesson_topics
from school.records import HomeworkState, Lesson, PlanTopic, User
from school.register.actions.entries import LessonHead
from school.register.lookups.registers import RegisterPage
from server.session import guard, school

DRAFTS = "lesson_head_drafts"
PLAN_KEY, WRITE_KEY = "Alt+Enter", "Ctrl+Enter"
# The buttons are as wide as their words; the keys stand in the hints.
STYLE = "<style>[class*='st-key-lesson-'] kbd { display: none; }</style>"
FIELDS = ("topic", "type", "homework", "none", "due")


@dataclass(frozen=True)
class LessonScene:
    """A lesson with everything that its head shows."""

    page: RegisterPage
    lesson: Lesson
    user: User
    homework: LessonHomework
    topics: LessonTopics

    @property
    def key(self) -> str:
        """The beginning of the keys of this lesson's widgets."""
        return f"lesson-{self.lesson.lesson_id}"

    @property
    def stored(self) -> dict[str, Any]:
        """What the register holds, by field."""
        lesson = self.lesson
        known = lesson.work_type_id in self.page.work_types
        return {
            "topic": lesson.topic,
            "type": lesson.work_type_id if known else None,
            "homework": lesson.homework,
            "none": lesson.homework_state == HomeworkState.NONE,
            "due": self.homework.due_on or self.homework.next_on,
            "plan_topic_id": self.topics.taken_id,
        }


def drafts() -> dict[int, dict[str, Any]]:
    """Return what was typed and not written yet, by lesson and field."""
    kept: dict[int, dict[str, Any]] = st.session_state.setdefault(DRAFTS, {})
    return kept


def show_lesson_head(page: RegisterPage, lesson: Lesson, user: User) -> None:
    """Show a lesson's topic, work type and homework: fields for its teacher, a line for the others."""
    if lesson.lesson_id in page.editable_lesson_ids:
        _edit_lesson_head(page, lesson)
    else:
        _read_lesson_head(page, lesson, user)


def offered_work_types(page: RegisterPage, lesson: Lesson) -> list[int]:
    """Return the work types to choose from: those in use, and the lesson's own."""
    return [
        type_id
        for type_id, row in page.work_types.items()
        if not row.is_retired or type_id == lesson.work_type_id
    ]


def _read_lesson_head(page: RegisterPage, lesson: Lesson, user: User) -> None:
    work_type = page.work_types.get(lesson.work_type_id) if lesson.work_type_id is not None else None
    homework = {HomeworkState.NONE: "без задания", HomeworkState.SET: lesson.homework}.get(
        HomeworkState(lesson.homework_state), "не записано"
    )
    beside = lesson_homework(school().store, user, lesson)
    links = ", ".join(f"[{file.title}]({file_address(file.file_id)})" for file in beside.files)
    parts = [
        f"**{lesson_title(lesson)}**",
        f"тема: {lesson.topic or 'не записана'}",
        f"вид работы: {work_type.name}" if work_type else "",
        f"домашнее задание: {homework}",
        f"к {_day_text(beside.due_on)}" if beside.due_on else "",
        f"файлы: {links}" if links else "",
        f"индивидуальных заданий: {len(beside.tasks)}" if beside.tasks else "",
    ]
    st.markdown(" · ".join(part for part in parts if part))


@st.fragment
def _edit_lesson_head(page: RegisterPage, lesson: Lesson) -> None:
    user = guard(Action.EDIT_LESSON)
    store = school().store
    scene = LessonScene(
        page, lesson, user, lesson_homework(store, user, lesson), lesson_topics(store, user, lesson)
    )
    _fill_widgets(scene)
    st.html(STYLE)
    boxes = st.columns(
        [1.35, 3.25, 0.5, 1.9, 3.15, 1.45, 1.2, 1.25], vertical_alignment="center", gap="xsmall"
    )
    title, topic, plan, kind, homework, none, more, write = boxes
    is_draft = lesson.lesson_id in drafts()
    words = f"**{short_lesson_title(lesson)}**"
    title.markdown(f":orange[{words}]" if is_draft else words)
    _topic_field(scene, topic, plan)
    kind.selectbox(
        "Вид работы",
        offered_work_types(page, lesson),
        format_func=lambda type_id: work_type_title(page.work_types[type_id]),
        placeholder="Вид работы",
        index=None,
        **_widget(scene, "type"),
    )
    homework.text_input("Домашнее задание", placeholder="Домашнее задание", **_widget(scene, "homework"))
    none.checkbox("без задания", key=f"{scene.key}-none", on_change=_keep_draft, args=(scene,))
    with more:
        _show_more(scene)
    if write.button("Записать", type="primary", key=f"{scene.key}-write", shortcut=WRITE_KEY, help=WRITE_KEY):
        _write(scene)
    _show_other_drafts(page, lesson)


def _widget(scene: LessonScene, field: str) -> dict[str, Any]:
    return {
        "key": f"{scene.key}-{field}",
        "label_visibility": "collapsed",
        "on_change": _keep_draft,
        "args": (scene,),
    }


def _fill_widgets(scene: LessonScene) -> None:
    """Give the widgets what was typed, or else what the register holds."""
    values = drafts().get(scene.lesson.lesson_id, scene.stored)
    for field in FIELDS:
        key = f"{scene.key}-{field}"
        # A value set again would wipe what is being typed into the field at this moment.
        if key not in st.session_state or st.session_state[key] != values[field]:
            st.session_state[key] = values[field]


def _keep_draft(scene: LessonScene) -> None:
    """Keep what the widgets hold, unless it is what the register holds."""
    lesson_id, stored = scene.lesson.lesson_id, scene.stored
    before = drafts().get(lesson_id, stored)
    typed = {field: st.session_state.get(f"{scene.key}-{field}", before[field]) for field in FIELDS}
    typed["plan_topic_id"] = before["plan_topic_id"] if typed["topic"] else None
    if typed == stored:
        drafts().pop(lesson_id, None)
    else:
        drafts()[lesson_id] = typed


def _topic_field(scene: LessonScene, topic_box: DeltaGenerator, plan_box: DeltaGenerator) -> None:
    planned = scene.topics.planned
    topic_box.text_input(
        "Тема урока",
        placeholder=f"По плану: {planned.title}" if planned else "Тема урока",
        **_widget(scene, "topic"),
    )
    plan_box.button(
        "Из плана",
        icon=":material/playlist_add_check:",
        key=f"{scene.key}-plan",
        help=f"Взять тему из плана ({PLAN_KEY}): {planned.title}"
        if planned
        else "В плане темы для этого урока нет",
        disabled=planned is None,
        shortcut=PLAN_KEY,
        on_click=_take_from_plan,
        args=(scene, planned),
    )


def _take_from_plan(scene: LessonScene, planned: PlanTopic) -> None:
    st.session_state[f"{scene.key}-topic"] = planned.title
    _keep_draft(scene)
    if scene.lesson.lesson_id in drafts():
        drafts()[scene.lesson.lesson_id]["plan_topic_id"] = planned.topic_id


def _write(scene: LessonScene) -> None:
    typed = drafts().get(scene.lesson.lesson_id, scene.stored)
    lesson_id = scene.lesson.lesson_id
    if try_to(
        lambda: write_lesson(
            school().store, scene.user, lesson_id, _entry(scene, typed), now=school().clock()
        ),
        "Записано.",
    ):
        drafts().pop(lesson_id, None)
        st.rerun()


def _entry(scene: LessonScene, typed: dict[str, Any]) -> LessonEntry:
    has_files = bool(scene.homework.files_of(None))
    text = typed["homework"].strip() or (FILE_HOMEWORK if has_files and not typed["none"] else "")
    if typed["none"] and text:
        raise RuleRefused(
            "Выбрано «без задания», но задание написано.", next_step="Сотрите текст или снимите отметку."
        )
    state = HomeworkState.SET if text else HomeworkState.NONE if typed["none"] else HomeworkState.UNSET
    chosen = typed["due"] if typed["due"] != scene.homework.next_on else None
    head = LessonHead(typed["topic"], typed["type"], state, text)
    return LessonEntry(head, chosen, typed["plan_topic_id"])


def _show_other_drafts(page: RegisterPage, lesson: Lesson) -> None:
    others = [each for each in page.lessons if each.lesson_id in drafts() and each != lesson]
    if others:
        titles = ", ".join(short_lesson_title(each) for each in others)
        st.caption(f"Не записано: {titles}. Откройте урок и нажмите «Записать».")


def _show_more(scene: LessonScene) -> None:
    has_more = scene.homework.files or scene.homework.tasks or scene.homework.due_on
    more = st.popover(
        "Ещё",
        icon=":material/attach_file:" if has_more else None,
        key=f"{scene.key}-more",
        help="Срок задания, файлы, задания отдельным ученикам",
        on_change="rerun",
    )
    if not more.open:
        return
    with more:
        _due_field(scene)
        st.markdown("**Файлы для всех**")
        _show_files(scene, None)
        _upload(scene, None)
        _tasks_part(scene)


def _due_field(scene: LessonScene) -> None:
    lesson, following = scene.lesson, scene.homework.next_on
    st.date_input(
        "Задание к какому дню",
        key=f"{scene.key}-due",
        value=None,
        min_value=lesson.held_on + timedelta(1),
        max_value=lesson.held_on + timedelta(LONGEST_DAYS),
        format="DD.MM.YYYY",
        on_change=_keep_draft,
        args=(scene,),
    )
    words = f"следующий урок — {_day_text(following)}" if following else "следующий урок ещё не назначен"
    st.caption(f"Без выбора — к следующему уроку ({words}). Срок записывается кнопкой «Записать».")


def _day_text(day: date) -> str:
    return f"{day.day} {MONTHS_SHORT[day.month - 1]}, {WEEKDAYS_SHORT[day.weekday()]}"


def _show_files(scene: LessonScene, task_id: int | None) -> None:
    for file in scene.homework.files_of(task_id):
        name, drop = st.columns([6, 1], vertical_alignment="center")
        name.markdown(f"[{file.title}]({file_address(file.file_id)}) · {_size_text(file.size_bytes)}")
        if drop.button("Убрать", icon=":material/delete:", key=f"file-{file.file_id}-drop", type="tertiary"):
            _do(
                lambda file_id=file.file_id: remove_file(
                    school().store, scene.user, file_id, now=school().clock()
                )
            )


def _size_text(size_bytes: int) -> str:
    return (
        f"{max(1, round(size_bytes / 1024))} КБ"
        if size_bytes < 1024**2
        else f"{size_bytes / 1024**2:.1f} МБ".replace(".", ",")
    )


def _upload(scene: LessonScene, task_id: int | None) -> None:
    place = f"{scene.key}-{task_id or 'all'}-{len(scene.homework.files)}"
    with st.form(f"{place}-upload", border=False):
        upload = st.file_uploader(
            "Приложить файл",
            type=[*FILE_KINDS, *SAME_KINDS],
            max_upload_size=FILE_BYTES // 1024**2,
            key=f"{place}-file",
            help=f"До {FILES_A_LESSON} файлов у урока",
        )
        if st.form_submit_button("Приложить") and upload is not None:
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
    """Do something that is written at once, and show the lesson as it is then."""
    try_and_rerun(act, "Записано.")


def _tasks_part(scene: LessonScene) -> None:
    st.markdown("**Задания отдельным ученикам**")
    recipients = task_recipients_of(school().store, scene.user, scene.lesson, scene.page.term)
    for task in scene.homework.tasks:
        to_whom = [task.subgroup_name] if task.subgroup_id else []
        to_whom += [recipients.pupils.get(pupil, "ученик выбыл") for pupil in sorted(task.pupil_ids)]
        text, drop = st.columns([6, 1], vertical_alignment="center")
        text.markdown(f"{', '.join(to_whom)}: {task.text}")
        if drop.button("Снять", icon=":material/delete:", key=f"task-{task.task_id}-drop", type="tertiary"):
            _do(
                lambda task_id=task.task_id: remove_task(
                    school().store, scene.user, scene.lesson.lesson_id, task_id, now=school().clock()
                )
            )
        _show_files(scene, task.task_id)
    _new_task(scene, recipients.pupils, recipients.subgroups)


def _new_task(scene: LessonScene, pupils: dict[int, str], subgroups: dict[int, str]) -> None:
    titles = {("group", key): name for key, name in subgroups.items()}
    titles |= {("pupil", key): name for key, name in pupils.items()}
    place = f"{scene.key}-task-{len(scene.homework.tasks)}"
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
        upload = st.file_uploader(
            "Файл к заданию",
            type=[*FILE_KINDS, *SAME_KINDS],
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
