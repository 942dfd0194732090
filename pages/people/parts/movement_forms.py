"""Forms of a pupil's movements: into another class, out of the school, back into it, between subgroups (п. 4.2, 4.6)."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose_one
from pages.ui.typed_text import NO_WORDS, Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.people.actions.movements import MoveOrder, change_subgroup, depart, return_pupil, transfer
from school.people.lookups.joint_movements import groups_there
from school.people.lookups.pupils import PupilCard, classes_to_enter
from school.people.records import ClassOfYear
from school.people.rules.movements import (
    DEPARTURE_REASONS,
    LONGEST_ORDER,
    LONGEST_REASON,
    LONGEST_WHERE,
    is_of_other_grade,
)
from school.records import User
from server.session import school

REMOVES = "Убрать пропуски, отмеченные с этого дня"
REMOVES_HELP = "Кого в классе уже нет, тот уроков не пропускает. Отметки так не убираются."

WITHOUT = "без подгруппы"


class FormWords(NamedTuple):
    """Words of a form: the opening button and its icon, the label of the day, the sending button, what is said when it is done.

    ``where_label``: what the field of the other school is called, empty where there is none.
    """

    label: Markdown
    icon: str
    day_label: Markdown
    button: Markdown
    done: Markdown
    where_label: Markdown = NO_WORDS


RETURN = FormWords(
    "Записать в класс",
    ":material/login:",
    "В классе с",
    "Записать",
    "Зачисление записано",
    "Откуда прибыл(а)",
)
TRANSFER = FormWords("Перевести", ":material/swap_horiz:", "В новом классе с", "Перевести", "Перевод записан")
DAY_WITHOUT = Markdown("Не учится с (в этот день в классе уже нет)")
DEPARTURE = FormWords(
    "Выбытие", ":material/logout:", DAY_WITHOUT, "Записать выбытие", "Выбытие записано", "Куда выбывает"
)


def show_movement_forms(user: User, card: PupilCard, today: date) -> None:
    """Show what may happen to the pupil next."""
    store, now, pupil_id, here = school().store, school().clock(), card.pupil_id, card.current
    classes = classes_to_enter(store, user, today)
    # Another key after each movement: the pop-over of the one that is written closes.
    done = len(card.movements)
    with st.container(horizontal=True):
        if here is None:
            _show_form(
                f"return_{pupil_id}_{done}",
                RETURN,
                today,
                lambda class_id, order: return_pupil(store, user, pupil_id, class_id, order, now=now),
                classes,
                removes=False,
            )
            return
        same_year = [
            each
            for each in classes
            if (each.school_year, each.school_id) == (here.school_year, here.school_id)
            and each.class_id != here.class_id
        ]
        key = f"transfer_{pupil_id}_{done}"
        with st.popover(TRANSFER.label, icon=TRANSFER.icon, key=f"{key}_open"):
            _show_transfer(user, key, pupil_id, here, same_year, today)
        _show_form(
            f"depart_{pupil_id}_{done}",
            DEPARTURE,
            today,
            lambda _, order: depart(store, user, pupil_id, here.class_id, order, now=now),
        )


def _show_form(
    key: str,
    words: FormWords,
    today: date,
    write: Callable[[int, MoveOrder], object],
    classes: list[ClassOfYear] | None = None,
    *,
    removes: bool = True,
) -> None:
    """Show the form of a movement; without ``classes`` it leads into none, and its reason is asked for."""
    with st.popover(words.label, icon=words.icon, key=f"{key}_open"):
        with st.form(key, border=False):
            target = None if classes is None else _class_field("В какой класс", classes, key, None)
            reasons = DEPARTURE_REASONS if classes is None else ()
            order = _order_fields(key, words, today, reasons, removes=removes)
            is_sent = st.form_submit_button(words.button, type="primary")
        if is_sent and classes is not None and target is None:
            st.error("Класс не выбран. Выберите его в списке.")
        elif is_sent:
            class_id = target.class_id if target else 0
            try_and_rerun(lambda: write(class_id, order), _done_words(words, target))


def _done_words(words: FormWords, target: ClassOfYear | None) -> Markdown:
    return Markdown(f"{words.done}: {as_typed(target.name)}." if target else f"{words.done}.")


def _show_transfer(
    user: User, key: str, pupil_id: int, here: ClassOfYear, classes: list[ClassOfYear], today: date
) -> None:
    """Ask for the class, the order and the subgroups there; another grade level and a missing order are to be confirmed."""
    target = _class_field("В какой класс", classes, key, here.grade_level)
    if target is None:
        st.caption("Параллельные классы — первыми.")
        return
    is_sure = True
    if is_of_other_grade(here.grade_level, target.grade_level):
        is_sure = st.checkbox(
            f"Да, в другую параллель: из {as_typed(here.name)} в {as_typed(target.name)}",
            key=f"{key}_sure_{target.class_id}",
        )
    order = _order_fields(key, TRANSFER, today, ())
    is_ordered = bool(order.order_title.strip()) or st.checkbox("Приказ ещё не издан", key=f"{key}_no_order")
    subgroup_ids = _groups_there(user, key, pupil_id, here, target, order.day)
    if not st.button(TRANSFER.button, type="primary", key=f"{key}_send"):
        return
    if not is_sure:
        st.error("Это другая параллель. Отметьте, что класс выбран верно, или выберите параллельный.")
    elif not is_ordered:
        st.error("Приказ не указан. Впишите его номер и дату или отметьте, что он ещё не издан.")
    else:
        try_and_rerun(
            lambda: transfer(
                school().store,
                user,
                pupil_id,
                here.class_id,
                target.class_id,
                order,
                subgroup_ids=subgroup_ids,
                now=school().clock(),
            ),
            _done_words(TRANSFER, target),
        )


def _groups_there(
    user: User, key: str, pupil_id: int, here: ClassOfYear, target: ClassOfYear, day: date
) -> list[int]:
    """Ask for the subgroup in each subject that the new class is divided in; those called like the pupil's own are chosen."""
    there, alike = groups_there(school().store, user, pupil_id, here.class_id, target.class_id, day)
    by_subject: dict[str, dict[int | None, str]] = {}
    for each in there:
        by_subject.setdefault(each.subject, {None: WITHOUT})[each.subgroup_id] = each.subgroup
    chosen = []
    for subject, titles in by_subject.items():
        own = next((each for each in titles if each in alike), None)
        label = Markdown(f"Подгруппа: {as_typed(subject)}")
        field = f"{key}_group_{target.class_id}_{subject}"
        chosen.append(choose_one(label, titles, index=list(titles).index(own), key=field))
    return [each for each in chosen if each is not None]


def _class_field(
    label: Markdown, classes: list[ClassOfYear], key: str, own_grade: int | None
) -> ClassOfYear | None:
    def is_other(each: ClassOfYear) -> bool:
        return is_of_other_grade(own_grade, each.grade_level)

    return st.selectbox(
        label,
        sorted(classes, key=is_other),
        index=None,
        format_func=lambda each: f"{each.name} (другая параллель)" if is_other(each) else each.name,
        placeholder="Выберите",
        key=f"{key}_class",
    )


def _order_fields(
    key: str, words: FormWords, today: date, reasons: tuple[str, ...], *, removes: bool = True
) -> MoveOrder:
    day = st.date_input(words.day_label, today, format="DD.MM.YYYY", key=f"{key}_day")
    order = st.text_input(
        "Приказ", max_chars=LONGEST_ORDER, placeholder="№ 45 от 20.11.2026", key=f"{key}_order"
    )
    reason = _reason_field(key, reasons) if reasons else ""
    where = (
        st.text_input(words.where_label, max_chars=LONGEST_WHERE, key=f"{key}_where")
        if words.where_label
        else ""
    )
    removes_absences = removes and st.checkbox(REMOVES, key=f"{key}_removes", help=REMOVES_HELP)
    return MoveOrder(day, order, reason, removes_absences, where)


def _reason_field(key: str, reasons: tuple[str, ...]) -> str:
    """Ask for a reason of the list, by which movements are counted, or for another one in words."""
    chosen = st.selectbox("Причина", reasons, index=None, placeholder="Выберите", key=f"{key}_reason")
    words = st.text_input(
        "Или причина своими словами",
        max_chars=LONGEST_REASON,
        key=f"{key}_other_reason",
        help="В отчёте о движении такая причина считается среди иных.",
    )
    return words.strip() or chosen or ""


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
                f"{as_typed(subject)} — {as_typed(titles.get(own, WITHOUT)) if own else WITHOUT}",
                width="stretch",
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
                format_func=lambda each: titles[each] if each else WITHOUT,
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
