"""A class moved into another together, whole or in part: chosen, looked at, done, taken back (п. 4.6)."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from pages.people.parts.movement_forms import REMOVES, REMOVES_HELP
from pages.ui.doing import try_and_rerun
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.errors import Refusal
from school.numbers import counted
from school.people.actions.joint_movements import take_back_together, transfer_together
from school.people.actions.movements import MoveOrder
from school.people.lookups.class_lists import ClassHead, class_list
from school.people.lookups.joint_movements import MovingPupil, joint_movements, moving_pupils
from school.people.records import JointMovement
from school.people.rules.movements import LONGEST_ORDER, is_of_other_grade
from school.records import User
from server.session import school

TAKEN_BACK_SHOWN = 3
NAME: RecordColumn[MovingPupil] = RecordColumn("Ученик", lambda row: row.name.full, width=270)
# Shown where they say something of anybody.
WHAT_CHANGES: tuple[RecordColumn[MovingPupil], ...] = (
    RecordColumn("Что мешает", lambda row: row.why_not),
    RecordColumn("Подгруппы останутся", lambda row: row.groups_kept),
    RecordColumn("Подгрупп там нет", lambda row: row.groups_lost),
    RecordColumn("Пропусков уберётся", lambda row: row.absences or "", width=150),
)


def show_joint_movement(user: User, head: ClassHead, others: Sequence[ClassHead], day: date) -> None:
    """Show the way of a class, or of some of its pupils, into another one, and the last such movements."""
    targets = [
        each for each in others if (each.school_year, each.school_id) == (head.school_year, head.school_id)
    ]
    # The parallel classes first: others are the exception.
    targets.sort(key=lambda each: each.grade_level != head.grade_level)
    with st.expander("Перевести класс или часть класса", icon=":material/swap_horiz:"):
        if targets:
            _show_form(user, head, targets, day)
        else:
            st.caption("Другого класса в этом учебном году нет. Его создают на странице «Открытие года».")
        for joint in joint_movements(school().store, user, head.class_id)[:TAKEN_BACK_SHOWN]:
            _show_done(user, joint)


def _show_form(user: User, head: ClassHead, targets: Sequence[ClassHead], day: date) -> None:
    class_box, day_box, order_box = st.columns([1.4, 1, 1.6])
    target = class_box.selectbox(
        "В какой класс", targets, format_func=lambda each: each.name, key=f"joint_to_{head.class_id}"
    )
    first_day = day_box.date_input(
        "В новом классе с", day, format="DD.MM.YYYY", key=f"joint_day_{head.class_id}"
    )
    order_title = order_box.text_input(
        "Приказ",
        max_chars=LONGEST_ORDER,
        placeholder="№ 45 от 20.11.2026",
        key=f"joint_order_{head.class_id}",
    )
    if is_of_other_grade(head.grade_level, target.grade_level):
        st.warning(
            f"{as_typed(target.name)} — другая параллель: {as_typed(head.name)} — {head.grade_level}-й класс, "
            f"а это {target.grade_level}-й. Так переводят отдельных учеников; для нового года есть «Открытие года». "
            "Проверьте, тот ли класс выбран."
        )
    try:
        rows = moving_pupils(school().store, user, head.class_id, target.class_id, first_day)
    except Refusal as refusal:
        st.warning(as_typed(str(refusal)))
        return
    if not rows:
        st.info("В этот день в классе никого нет. Выберите другой день.")
        return
    names = {row.pupil_id: row.name.full for row in rows}
    chosen = st.multiselect(
        "Кого",
        list(names),
        default=[row.pupil_id for row in rows if not row.why_not],
        format_func=names.__getitem__,
        key=f"joint_pupils_{head.class_id}_{target.class_id}_{first_day}",
        help="Все вместе или никто: пока кому-то из выбранных что-то мешает, не переводится ни один.",
    )
    moving = [row for row in rows if row.pupil_id in chosen]
    _show_preview(user, target, rows, moving, first_day)
    absences = sum(row.absences for row in moving)
    removes = bool(absences) and st.checkbox(REMOVES, key=f"joint_removes_{head.class_id}", help=REMOVES_HELP)
    order = MoveOrder(first_day, order_title, removes_absences=removes)
    pupils = counted(len(moving), "ученика", "учеников", "учеников")
    if st.button(
        f"Перевести {pupils}", type="primary", key=f"joint_move_{head.class_id}", disabled=not moving
    ):
        try_and_rerun(
            lambda: transfer_together(
                school().store, user, chosen, head.class_id, target.class_id, order, now=school().clock()
            ),
            Markdown(f"Переведено в {as_typed(target.name)}: {len(moving)}."),
        )


def _show_preview(
    user: User, target: ClassHead, rows: Sequence[MovingPupil], moving: Sequence[MovingPupil], day: date
) -> None:
    there = len(class_list(school().store, user, target.class_id, day))
    left = len(rows) - len(moving)
    st.markdown(
        f"С {day:%d.%m.%Y} в {as_typed(target.name)} станет **{there + len(moving)}**, "
        f"здесь останется **{left}**. Отметки остаются в прежнем журнале и считаются в новом классе (п. 5.2)."
    )
    told = [row for row in moving if row.why_not or row.groups_kept or row.groups_lost or row.absences]
    stuck = [row for row in rows if row.why_not and row not in moving]
    if told or stuck:
        shown = [*told, *stuck]
        columns = [column for column in WHAT_CHANGES if any(map(column.value, shown))]
        show_records(shown, (NAME, *columns), f"joint_rows_{target.class_id}", rows_shown=8)


def _show_done(user: User, joint: JointMovement) -> None:
    words, button = st.columns([4, 1], vertical_alignment="center")
    order = f", {as_typed(joint.order_title)}" if joint.order_title else ""
    pupils = counted(len(joint.members), "ученик", "ученика", "учеников")
    words.markdown(
        f"{joint.happened_on:%d.%m.%Y} — из {as_typed(joint.from_class)} в {as_typed(joint.to_class)}: {pupils}{order}"
    )
    key = f"joint_back_{joint.members[0][0]}"
    with button.popover("Отменить", key=f"{key}_open"):
        st.markdown("Перевод внесён ошибочно? В прежний класс вернутся все.")
        if st.button("Да, отменить перевод", key=key):
            try_and_rerun(
                lambda: take_back_together(school().store, user, joint, now=school().clock()),
                "Перевод отменён.",
            )
