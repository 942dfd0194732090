"""Forms of a pupil's movements: into another class, out of the school, back into it, between subgroups (п. 4.2, 4.6)."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from pages.ui.doing import try_and_rerun
from school.access.action import Action
from school.access.checks import may
from school.people.actions.movements import MoveOrder, change_subgroup, depart, return_pupil, transfer
from school.people.lookups.pupils import PupilCard, classes_to_enter
from school.people.records import ClassOfYear
from school.people.rules.movements import DEPARTURE_REASONS, LONGEST_ORDER
from school.records import User
from server.session import school

REMOVES = "Убрать пропуски, отмеченные с этого дня"
REMOVES_HELP = "Кого в классе уже нет, тот уроков не пропускает. Отметки так не убираются."


def show_movement_forms(user: User, card: PupilCard, today: date) -> None:
    """Show what may happen to the pupil next."""
    classes = classes_to_enter(school().store, user, today)
    here = card.current
    with st.container(horizontal=True):
        if here is None:
            _show_return(user, card, classes, today)
            return
        same_year = [
            each
            for each in classes
            if (each.school_year, each.school_id) == (here.school_year, here.school_id)
            and each.class_id != here.class_id
        ]
        _show_transfer(user, card, here, same_year, today)
        _show_departure(user, card, here, today)


def _show_transfer(
    user: User, card: PupilCard, here: ClassOfYear, classes: list[ClassOfYear], today: date
) -> None:
    key = f"transfer_{card.pupil_id}"
    with st.popover("Перевести", icon=":material/swap_horiz:", key=f"{key}_open"):
        with st.form(key, border=False):
            target = _class_field("В какой класс", classes, key)
            order = _order_fields(key, "В новом классе с", today, ())
            is_sent = st.form_submit_button("Перевести", type="primary")
        if is_sent:
            _do_with(
                target,
                lambda class_id: transfer(
                    school().store, user, card.pupil_id, here.class_id, class_id, order, now=school().clock()
                ),
                "Переведён",
            )


def _show_departure(user: User, card: PupilCard, here: ClassOfYear, today: date) -> None:
    key = f"depart_{card.pupil_id}"
    with st.popover("Выбытие", icon=":material/logout:", key=f"{key}_open"):
        with st.form(key, border=False):
            order = _order_fields(key, "Не учится с (в этот день в классе уже нет)", today, DEPARTURE_REASONS)
            is_sent = st.form_submit_button("Записать выбытие", type="primary")
        if is_sent:
            try_and_rerun(
                lambda: depart(
                    school().store, user, card.pupil_id, here.class_id, order, now=school().clock()
                ),
                "Выбытие записано.",
            )


def _show_return(user: User, card: PupilCard, classes: list[ClassOfYear], today: date) -> None:
    key = f"return_{card.pupil_id}"
    with st.popover("Записать в класс", icon=":material/login:", key=f"{key}_open"):
        with st.form(key, border=False):
            target = _class_field("В какой класс", classes, key)
            order = _order_fields(key, "В классе с", today, (), removes=False)
            is_sent = st.form_submit_button("Записать", type="primary")
        if is_sent:
            _do_with(
                target,
                lambda class_id: return_pupil(
                    school().store, user, card.pupil_id, class_id, order, now=school().clock()
                ),
                "Записан",
            )


def _class_field(label: str, classes: list[ClassOfYear], key: str) -> ClassOfYear | None:
    return st.selectbox(
        label,
        classes,
        index=None,
        format_func=lambda each: each.name,
        placeholder="Выберите",
        key=f"{key}_class",
    )


def _order_fields(
    key: str, day_label: str, today: date, reasons: tuple[str, ...], *, removes: bool = True
) -> MoveOrder:
    day = st.date_input(day_label, today, format="DD.MM.YYYY", key=f"{key}_day")
    order = st.text_input(
        "Приказ", max_chars=LONGEST_ORDER, placeholder="№ 45 от 20.11.2026", key=f"{key}_order"
    )
    reason = (
        st.selectbox(
            "Причина",
            reasons,
            index=None,
            placeholder="Выберите или напишите",
            accept_new_options=True,
            key=f"{key}_reason",
        )
        if reasons
        else ""
    )
    removes_absences = removes and st.checkbox(REMOVES, key=f"{key}_removes", help=REMOVES_HELP)
    return MoveOrder(day, order, reason or "", removes_absences)


def _do_with(target: ClassOfYear | None, do: Callable[[int], object], message: str) -> None:
    if target is None:
        st.error("Класс не выбран. Выберите его в списке.")
        return
    try_and_rerun(lambda: do(target.class_id), f"{message} в {target.name}.")


def show_subgroups(user: User, card: PupilCard, today: date) -> None:
    """Show in which subgroups the pupil is today; the deputy head and the administrator may change it from a day on."""
    st.subheader("Подгруппы")
    by_subject: dict[tuple[int, str], list[tuple[int, str, bool]]] = {}
    for each in card.divisions:
        row = (each.subgroup_id, each.subgroup, each.is_member)
        by_subject.setdefault((each.subject_id, each.subject), []).append(row)
    for (subject_id, subject), groups in by_subject.items():
        own = next((group_id for group_id, _, is_member in groups if is_member), None)
        titles = {group_id: title for group_id, title, _ in groups}
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"{subject} — {titles.get(own, 'без подгруппы') if own else 'без подгруппы'}", width="stretch"
            )
            if may(user, Action.EDIT_LOAD):
                _show_subgroup_form(user, card, subject_id, titles, own, today)


def _show_subgroup_form(
    user: User, card: PupilCard, subject_id: int, titles: dict[int, str], own: int | None, today: date
) -> None:
    key = f"subgroup_{card.pupil_id}_{subject_id}"
    with st.popover("Изменить", key=f"{key}_open"):
        with st.form(key, border=False):
            chosen = st.selectbox(
                "Подгруппа",
                [None, *titles],
                index=[None, *titles].index(own),
                format_func=lambda each: titles[each] if each else "без подгруппы",
                key=f"{key}_group",
            )
            day = st.date_input("С какого дня", today, format="DD.MM.YYYY", key=f"{key}_day")
            removes = st.checkbox(REMOVES, key=f"{key}_removes", help=REMOVES_HELP)
            is_sent = st.form_submit_button("Сохранить", type="primary")
        if is_sent and card.current:
            class_id = card.current.class_id
            order = MoveOrder(day, removes_absences=removes)
            try_and_rerun(
                lambda: change_subgroup(
                    school().store,
                    user,
                    card.pupil_id,
                    class_id,
                    subject_id,
                    chosen,
                    order,
                    now=school().clock(),
                ),
                "Подгруппа изменена.",
            )
