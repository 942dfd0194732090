"""«Списки классов»: who is in a class on a day (п. 3.3, 4.6)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.people.parts.class_list_print import show_list_print
from pages.people.parts.joint_movement import show_joint_movement
from pages.ui.links import opener
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.access.checks import may
from school.calendar import school_year_title
from school.numbers import counted
from school.people.lookups.class_lists import (
    ClassHead,
    EnrolledPupil,
    class_leader,
    class_list,
    list_day,
    readable_classes,
)
from school.records import User
from server.session import guard, school

CARD = "people/pupil_card.py"
ROWS_SHOWN = 40
TABLE_WIDTH, NAME_WIDTH = 985, 300
NAME = "Фамилия, имя, отчество"
ALWAYS_SHOWN = ("№", NAME, "В классе с")
COLUMNS: tuple[RecordColumn[tuple[int, EnrolledPupil]], ...] = (
    RecordColumn("№", lambda row: row[0], 0, width=45),
    RecordColumn(NAME, lambda row: row[1].name.full, width=NAME_WIDTH),
    RecordColumn(
        "В классе с",
        lambda row: f"{row[1].starts_on:%d.%m.%Y}" if row[1].starts_on else "с начала",
        width=110,
    ),
    RecordColumn("Выбывает", lambda row: f"{row[1].ends_on:%d.%m.%Y}" if row[1].ends_on else "", width=110),
    RecordColumn("Подгруппы", lambda row: row[1].subgroups, width=340),
)


def choose_class(heads: list[ClassHead], today: date, places: Sequence[DeltaGenerator]) -> ClassHead | None:
    """Let the user choose a school year and a class; the choice stands in the address."""
    year_place, class_place = places
    years = list(dict.fromkeys(head.school_year for head in heads))
    wanted = next((head for head in heads if str(head.class_id) == st.query_params.get("class")), None)
    current = [year for year in years if year <= today.year]
    default = wanted.school_year if wanted else (current or years)[0]
    year = year_place.selectbox(
        "Учебный год", years, index=years.index(default), format_func=school_year_title
    )
    own = [head for head in heads if head.school_year == year]
    has_many_schools = len({head.school_id for head in own}) > 1
    head = class_place.selectbox(
        "Класс",
        own,
        index=own.index(wanted) if wanted in own else 0,
        format_func=lambda row: f"{row.name} · {row.school_name}" if has_many_schools else row.name,
    )
    if head is not None:
        st.query_params["class"] = str(head.class_id)
    return head


def _fitted(rows: Sequence[tuple[int, EnrolledPupil]]) -> list[RecordColumn[tuple[int, EnrolledPupil]]]:
    """Return the columns that say something; the names take the width that the others leave."""
    kept = [each for each in COLUMNS if each.title in ALWAYS_SHOWN or any(map(each.value, rows))]
    spare = TABLE_WIDTH - sum(int(each.width or 0) for each in kept if each.title != NAME)
    return [replace(each, width=max(spare, NAME_WIDTH)) if each.title == NAME else each for each in kept]


def show_list(user: User) -> None:
    """Show the whole page."""
    store, today = school().store, school().clock().date()
    heads = readable_classes(store, user)
    if not heads:
        st.info(
            "Классов пока нет. Их вводит администратор или приносит загрузка на странице «Обмен данными»."
        )
        return
    *places, day_place, _ = st.columns([1, 2, 1.2, 2])
    head = choose_class(heads, today, places)
    if head is None:
        return
    day = day_place.date_input(
        "На какой день",
        list_day(store, head.school_year, today),
        format="DD.MM.YYYY",
        key=f"day-{head.school_year}",
        help="Список составлен на этот день: кто уже пришёл и ещё не выбыл.",
    )
    pupils = class_list(store, user, head.class_id, day)
    leader = class_leader(store, user, head.class_id, day)
    homeroom = f" · классный руководитель: {as_typed(leader)}" if leader else ""
    st.markdown(
        f"**{as_typed(head.name)}** · {counted(len(pupils), 'ученик', 'ученика', 'учеников')} "
        f"на {day:%d.%m.%Y}{homeroom}"
    )
    if pupils:
        rows = list(enumerate(pupils, start=1))
        show_records(
            rows,
            _fitted(rows),
            "class_list",
            on_choose=opener(CARD, "pupil", [pupil.pupil_id for pupil in pupils]),
            rows_shown=ROWS_SHOWN,
            export=f"Список {head.name} на {day:%d.%m.%Y}",
        )
        show_list_print(user, head, day, leader)
    else:
        st.info("В этот день в классе никого не было. Выберите другой день.")
    # A class that all have left by mistake is the very place where they are taken back.
    if may(user, Action.MOVE_PUPILS):
        show_joint_movement(user, head, [each for each in heads if each.class_id != head.class_id], day)


show_list(guard(Action.READ_CLASS_LISTS))
