"""«Виды работ и округление»: what marks weigh, and how a mean becomes a term mark (п. 5.2, 5.4)."""

from dataclasses import replace
from datetime import time

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import Markdown, as_typed, plain_number
from school.access.action import Action
from school.errors import Refusal
from school.families.actions import set_marks_hour
from school.families.lookups.news import marks_hour_setting
from school.families.rules import MARKS_HOURS
from school.homework.actions import set_late_hour
from school.homework.lookups import late_hour
from school.homework.rules.late_entry import HOURS_ALLOWED
from school.numbers import counted
from school.records import User, WorkType
from school.register.rules.deadlines import ENTRY_DEADLINE
from school.register.rules.work_types import NAME_LENGTH, SHORT_NAME_LENGTH, parse_weight
from school.term_marks.actions.settings import (
    NEW,
    retire_work_type,
    rounding_text,
    save_work_type,
    set_rounding,
    work_type_text,
)
from school.term_marks.lookups.settings import MarkingSettings, marking_settings
from school.term_marks.rules.term_marks import Rounding
from server.session import guard, school

WIDTHS = [3.6, 1.1, 1, 1.8, 1.4, 1.8]
EMPTY = WorkType(NEW, "", "", 1.0, False)


def show_work_type(user: User, work_type: WorkType, marks: int) -> None:
    """Show a work type as a row of fields with a button; what was typed stays when it is refused."""
    key = f"work-type-{work_type.work_type_id}"
    is_new = work_type.work_type_id == NEW
    with st.form(key, border=False):
        name_box, short_box, weight_box, control_box, save_box, retire_box = st.columns(
            WIDTHS, vertical_alignment="center", gap="xsmall"
        )
        name = name_box.text_input(
            "Вид работы",
            work_type.name,
            max_chars=NAME_LENGTH,
            placeholder="Новый вид работы",
            key=f"{key}-name",
            label_visibility="collapsed",
        )
        short_name = short_box.text_input(
            "Кратко",
            work_type.short_name,
            max_chars=SHORT_NAME_LENGTH,
            placeholder="кратко",
            key=f"{key}-short",
            label_visibility="collapsed",
        )
        weight = weight_box.text_input(
            "Вес", plain_number(work_type.weight), key=f"{key}-weight", label_visibility="collapsed"
        )
        is_control = control_box.checkbox("письменная", work_type.is_written_control, key=f"{key}-control")
        is_saved = save_box.form_submit_button(
            "Добавить" if is_new else "Сохранить", width="stretch", type="primary" if is_new else "secondary"
        )
        is_retired = not is_new and retire_box.form_submit_button(
            "Больше не предлагать", width="stretch", help=f"Стоит на {marks} отметках: они останутся как есть"
        )
    if is_saved:
        _take_work_type(user, work_type, name, short_name, weight, is_control, marks)
    if is_retired:
        _retire(user, work_type, is_retired=True)


def _take_work_type(
    user: User, old: WorkType, name: str, short_name: str, weight: str, is_control: bool, marks: int
) -> None:
    try:
        typed = replace(
            old,
            name=name.strip(),
            short_name=short_name.strip(),
            weight=parse_weight(weight),
            is_written_control=is_control,
        )
        if old.work_type_id != NEW and typed.weight != old.weight and marks:
            confirm_weight(user, old, typed, marks)
        else:
            _save(user, typed)
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))


def _save(user: User, work_type: WorkType) -> None:
    save_work_type(school().store, user, work_type, now=school().clock())
    if work_type.work_type_id == NEW:
        for field in ("name", "short", "weight", "control"):
            st.session_state.pop(f"work-type-{NEW}-{field}", None)
    st.toast("Сохранено.", icon=":material/check:")
    st.rerun()


@st.dialog("Изменить вес?")
def confirm_weight(user: User, old: WorkType, new: WorkType, marks: int) -> None:
    """Say what a changed weight changes, and ask once more."""
    st.markdown(
        f"**{as_typed(old.name)}**: вес {plain_number(old.weight)} → **{plain_number(new.weight)}**.\n\n"
        f"На этом весе стоит {counted(marks, 'отметка', 'отметки', 'отметок')}. Средние баллы изменятся сразу везде: "
        "в журналах, дневниках, отчётах и прогнозах, за закрытые периоды тоже. Выставленные отметки за период останутся "
        "как есть, но могут разойтись с предложенными."
    )
    yes, no = st.columns(2)
    if yes.button("Изменить вес", type="primary", width="stretch"):
        try:
            _save(user, new)
        except Refusal as refusal:
            st.error(as_typed(str(refusal)))
    if no.button("Оставить как было", width="stretch"):
        st.rerun()


def _retire(user: User, work_type: WorkType, *, is_retired: bool) -> None:
    try:
        retire_work_type(
            school().store, user, work_type.work_type_id, is_retired=is_retired, now=school().clock()
        )
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        st.rerun()


def show_work_types(user: User, settings: MarkingSettings) -> None:
    """Show the work types: rows of fields for those who may change them, a list for the others."""
    st.subheader("Виды работ")
    in_use = [row for row in settings.work_types if not row.is_retired]
    retired = [row for row in settings.work_types if row.is_retired]
    if not settings.may_edit:
        st.markdown("\n".join(f"- {as_typed(work_type_text(row))}" for row in in_use))
        return
    st.caption(
        "Вес входит в средневзвешенный балл. Отметки за письменные контрольные работы считаются отдельно (п. 5.2)."
    )
    for box, title in zip(st.columns(WIDTHS, gap="xsmall"), ("Название", "Кратко", "Вес"), strict=False):
        box.caption(as_typed(title))
    for row in in_use:
        show_work_type(user, row, settings.mark_counts.get(row.work_type_id, 0))
    show_work_type(user, EMPTY, 0)
    if retired:
        with st.expander(f"Больше не предлагаются: {len(retired)}"):
            for row in retired:
                words, button = st.columns([5, 2], vertical_alignment="center")
                words.markdown(as_typed(work_type_text(row)))
                if button.button("Вернуть", key=f"return-{row.work_type_id}", width="stretch"):
                    _retire(user, row, is_retired=False)


def show_rounding(user: User, settings: MarkingSettings) -> None:
    """Show the school's rounding and the subjects that have their own."""
    st.subheader("Округление отметок за период")
    if not settings.may_edit:
        lines = [f"- Школа: {rounding_text(settings.school_rounding)}"]
        lines += [
            f"- {as_typed(settings.subjects[subject])}: {rounding_text(rounding)}"
            for subject, rounding in settings.subject_roundings.items()
        ]
        st.markdown("\n".join(lines))
        return
    st.caption("С какого балла начинаются «3», «4» и «5». Выставленные отметки за период не меняются.")
    options = list(Rounding)
    chosen = st.selectbox(
        "Школа", options, options.index(settings.school_rounding), format_func=rounding_text, width=420
    )
    if chosen != settings.school_rounding:
        _set_rounding(user, None, chosen)
    for subject, rounding in settings.subject_roundings.items():
        own: list[Rounding | None] = [None, *Rounding]
        picked = st.selectbox(
            as_typed(settings.subjects[subject]),
            own,
            own.index(rounding),
            format_func=rounding_text,
            key=f"rounding-{subject}",
            width=420,
        )
        if picked != rounding:
            _set_rounding(user, subject, picked)
    show_new_subject(user, settings)


def show_new_subject(user: User, settings: MarkingSettings) -> None:
    """Let the user give one more subject a rounding of its own."""
    others = [subject for subject in settings.subjects if subject not in settings.subject_roundings]
    if not others:
        return
    with st.form("subject-rounding", border=False):
        subject_box, rounding_box, button = st.columns([3, 3, 1.6], vertical_alignment="bottom", gap="xsmall")
        subject = subject_box.selectbox(
            "Предмет со своим округлением",
            others,
            None,
            format_func=settings.subjects.__getitem__,
            placeholder="выберите предмет",
        )
        rounding = rounding_box.selectbox("Округление", list(Rounding), format_func=rounding_text)
        is_added = button.form_submit_button("Добавить", width="stretch")
    if is_added and subject is None:
        st.error("Предмет не выбран. Выберите его из списка.")
    elif is_added:
        _set_rounding(user, subject, rounding)


def show_late_hour(user: User, settings: MarkingSettings) -> None:
    """Show from which hour homework counts as written late."""
    st.subheader("Домашнее задание записано поздно")
    hour = late_hour(school().store)
    if not settings.may_edit:
        st.markdown(f"С {hour}:00 и в выходные.")
        return
    st.caption(
        "С этого часа, до 7:00 и в выходные учитель видит напоминание, а семья — время записи. Прежние записи не меняются."
    )
    hours = list(HOURS_ALLOWED)
    chosen = st.selectbox(
        "С часа", hours, hours.index(hour), format_func=lambda each: f"{each}:00", width=160
    )
    if chosen != hour:
        try_and_rerun(lambda: set_late_hour(school().store, user, chosen, now=school().clock()), "Сохранено.")


def _set_rounding(user: User, subject_id: int | None, rounding: Rounding | None) -> None:
    try_and_rerun(
        lambda: set_rounding(school().store, user, subject_id, rounding, now=school().clock()), "Сохранено."
    )


def show_marks_hour(user: User) -> None:
    """Show from which hour families see the marks of a day; 16:00 is when they must stand in the register (п. 5.5)."""
    st.subheader("Когда семья видит новые отметки")
    setting = marks_hour_setting(school().store, user, school().clock().date())
    if not setting.may_edit:
        st.markdown(f"- {_hour_words(setting.today)}")
        return
    st.caption(
        "Отметки дня видны родителям и ученику с этого часа, пропуски — сразу. Учителя и завуч видят всё сразу. "
        "Новый час действует с завтрашнего дня."
    )
    options = [None, *MARKS_HOURS]
    chosen = st.selectbox(
        "Час",
        options,
        options.index(setting.tomorrow),
        format_func=_hour_words,
        label_visibility="collapsed",
        width=420,
        key="marks_hour",
    )
    if setting.today != setting.tomorrow:
        st.caption(f"Сегодня ещё: {_hour_words(setting.today)}.")
    if chosen != setting.tomorrow:
        try_and_rerun(
            lambda: set_marks_hour(school().store, user, chosen, now=school().clock()),
            "Сохранено: действует с завтрашнего дня.",
        )


def _hour_words(hour: time | None) -> Markdown:
    if hour is None:
        return Markdown("сразу, как учитель поставил")
    return Markdown(f"в {hour.hour}:00{' — срок п. 5.5' if hour == ENTRY_DEADLINE else ''}")


def show_marking(user: User) -> None:
    """Show the whole page."""
    settings = marking_settings(school().store, user)
    show_work_types(user, settings)
    show_rounding(user, settings)
    show_marks_hour(user)
    show_late_hour(user, settings)


show_marking(guard(Action.READ_MARKING))
