"""«Учащиеся»: search, arrival of new pupils, movements of the school (п. 3.3, 4.3, 4.6)."""

from collections import Counter
from datetime import date
from itertools import takewhile

import streamlit as st

from pages.people.parts.person_fields import birthday_field, file_number_field, guardian_fields, name_fields
from pages.people.parts.school_counts import show_movement_report, show_school_counts
from pages.ui.doing import try_to
from pages.ui.export import export_table
from pages.ui.filters import choose, choose_part, remember
from pages.ui.links import opener, page_link
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.calendar import first_of_september, school_year_of, school_year_title
from school.files.person_names import contains_name
from school.numbers import counted
from school.people.actions.pupils import Arrival, admit_pupils
from school.people.lookups.pupils import (
    FoundPupil,
    MovementLine,
    classes_to_enter,
    movement_lines,
    readable_pupils,
)
from school.people.records import ClassOfYear, PupilDraft
from school.people.rules.movements import LONGEST_ORDER, LONGEST_WHERE
from school.people.rules.people import LONGEST_WORDS
from school.records import User
from server.session import guard, school

CARD = "people/pupil_card.py"
NOWHERE = "none"
ROWS_SHOWN = 15
FORM_NUMBER, ARRIVED = "arrival_form_number", "arrived"
COLUMNS: tuple[RecordColumn[FoundPupil], ...] = (
    RecordColumn("Фамилия, имя, отчество", lambda row: row.name.full, width=380),
    RecordColumn(
        "Класс",
        lambda row: row.class_name or (f"нет, был(а) в {row.last_class}" if row.last_class else "нет"),
        width=200,
    ),
    RecordColumn("Дата рождения", lambda row: f"{row.born_on:%d.%m.%Y}" if row.born_on else "", width=140),
)
MOVEMENT_COLUMNS: tuple[RecordColumn[MovementLine], ...] = (
    RecordColumn("Дата", lambda line: f"{line.happened_on:%d.%m.%Y}", width=90),
    RecordColumn("Движение", lambda line: line.title, width=115),
    RecordColumn("Фамилия, имя, отчество", lambda line: line.name.full, width=235),
    RecordColumn("Из класса", lambda line: line.from_class, width=85),
    RecordColumn("В класс", lambda line: line.to_class, width=85),
    RecordColumn("Приказ", lambda line: line.order_title, width=150),
    RecordColumn("Причина", lambda line: line.reason, width=165),
    RecordColumn("Откуда / куда", lambda line: line.from_where or line.to_where, width=150),
)


def class_title(place: ClassOfYear, today: date) -> str:
    """Return a class's name, with its school year where that has not begun."""
    is_next = place.first_day is not None and place.first_day > today
    return f"{place.name} · {school_year_title(place.school_year)}" if is_next else place.name


def chosen_pupils(pupils: list[FoundPupil]) -> list[FoundPupil]:
    """Let the user narrow the list to a class, or to those in none, and a part of the name."""
    part_box, class_box, _ = st.columns([2, 1.4, 2], vertical_alignment="bottom")
    part = part_box.text_input(
        "Поиск", max_chars=LONGEST_WORDS, placeholder="Фамилия, имя", label_visibility="collapsed"
    )
    classes = {str(each.class_id): each.class_name for each in pupils if each.class_id}
    in_order = dict(sorted(classes.items(), key=lambda each: (len(each[1]), each[1])))
    outside = sum(not each.class_id for each in pupils)
    titles = {"": "Все"} | in_order
    titles |= {NOWHERE: f"Ни в каком классе · {outside}"} if outside else {}
    code = choose("class", "Класс", titles, place=class_box, label_hidden=True)
    return [
        each
        for each in pupils
        if contains_name(part, each.name)
        and (not code or code == (str(each.class_id) if each.class_id else NOWHERE))
    ]


def people_words(pupils: list[FoundPupil]) -> Markdown:
    """Return how many study, and how many more cards there are: of who left and of who is in no class yet."""
    here = sum(bool(each.class_id) for each in pupils)
    words = counted(here, "ученик учится", "ученика учатся", "учеников учатся")
    outside = len(pupils) - here
    if not outside:
        return Markdown(words)
    cards = counted(outside, "карточка", "карточки", "карточек")
    return Markdown(f"{words}, ещё {cards} тех, кто ни в каком классе")


def show_numbers(pupils: list[FoundPupil]) -> None:
    """Show how many study today, by parallel and by class; a class narrows the list to it."""
    counts = Counter((each.class_name, each.class_id) for each in pupils if each.class_id)
    button = st.popover(
        f"Численность сегодня: {sum(counts.values())}", key="numbers_today", on_change="rerun"
    )
    if not button.open:
        return
    rows = sorted(counts.items(), key=lambda each: (len(each[0][0]), each[0][0]))
    grades: Counter[str] = Counter()
    for (name, _), count in rows:
        grades["".join(takewhile(str.isdigit, name)) or name] += count
    columns: tuple[RecordColumn[tuple[tuple[str, int | None], int]], ...] = (
        RecordColumn("Класс", lambda row: row[0][0], width=110),
        RecordColumn("Учеников", lambda row: row[1], 0, width=110),
    )
    with button:
        st.markdown("; ".join(f"{as_typed(grade)}-е классы — {count}" for grade, count in grades.items()))
        show_records(
            rows,
            columns,
            "numbers_by_class",
            on_choose=lambda number: remember(**{"class": str(rows[number][0][1])}),
            export="Численность по классам",
        )


def show_list(user: User, today: date) -> None:
    """Show the pupils; a chosen row opens the card."""
    pupils = readable_pupils(school().store, user, today)
    chosen = chosen_pupils(pupils)
    if not chosen:
        st.info("Никого не нашлось. Измените поиск или класс.")
        return
    show_numbers(pupils)
    shown = show_records(
        chosen,
        COLUMNS,
        "pupil_table",
        on_choose=opener(CARD, "pupil", [pupil.pupil_id for pupil in chosen]),
        rows_shown=ROWS_SHOWN,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{people_words(chosen)}. Нажмите на строку, чтобы открыть карточку.")
        export_table(shown, "Учащиеся", key="export_pupils", pupil_ids=[each.pupil_id for each in chosen])


def show_arrival(user: User, today: date) -> None:
    """Show the form of a child who comes to the school; what was typed stays when it is refused."""
    classes = {each.class_id: each for each in classes_to_enter(school().store, user, today)}
    if not classes:
        st.info("Классов пока нет. Их создаёт открытие учебного года.")
        return
    show_arrived()
    number = st.session_state.get(FORM_NUMBER, 0)
    with st.form(f"arrival_{number}"):
        name = name_fields(f"arrival_{number}")
        born_box, class_box, day_box, order_box = st.columns([1, 1, 1, 1.4])
        file_box, where_box = st.columns([1, 3.4])
        with born_box:
            born_on = birthday_field(f"arrival_{number}", today)
        class_id = class_box.selectbox(
            "Класс",
            list(classes),
            index=None,
            format_func=lambda key: class_title(classes[key], today),
            placeholder="Выберите",
        )
        day = day_box.date_input("В классе с", today, format="DD.MM.YYYY")
        order = order_box.text_input("Приказ", max_chars=LONGEST_ORDER, placeholder="№ 45 от 20.11.2026")
        number_key = f"arrival_{number}"
        file_number = file_number_field(number_key, place=file_box)
        where = where_box.text_input(
            "Откуда прибыл(а)", max_chars=LONGEST_WHERE, placeholder="школа № 5, г. Ачинск"
        )
        with st.expander("Первый родитель (законный представитель)", expanded=True):
            first = guardian_fields(f"arrival_{number}_first")
        with st.expander("Второй родитель"):
            second = guardian_fields(f"arrival_{number}_second")
        is_another = st.checkbox(
            "Это другой ребёнок с тем же именем",
            help="Нужно, только если журнал скажет, что такой ученик уже есть.",
        )
        is_sent = st.form_submit_button("Записать в класс", type="primary")
    if not is_sent:
        return
    if class_id is None:
        st.error("Класс не выбран. Выберите класс, в который пришёл ученик.")
        return
    guardians = tuple(each for each in (first, second) if each.name.full.strip())
    arrival = Arrival(
        PupilDraft(name, born_on, guardians, file_number), class_id, day, order, is_another, where
    )
    admitted: list[int] = []

    def admit() -> None:
        admitted.extend(admit_pupils(school().store, user, [arrival], now=school().clock()))

    if try_to(admit, "Ученик записан в класс."):
        st.session_state[FORM_NUMBER] = number + 1
        st.session_state[ARRIVED] = (name.full, admitted[0])
        st.rerun()


def show_arrived() -> None:
    """Lead to the card of who has just been written down: what is not known yet is entered there."""
    if arrived := st.session_state.get(ARRIVED):
        name, pupil_id = arrived
        label = Markdown(f"Записан(а): {as_typed(name)} — открыть карточку")
        page_link(CARD, label, {"pupil": pupil_id}, ":material/person:")


def show_movements(user: User, today: date) -> None:
    """Show the movements of some days, for the secretary's report (п. 4.6)."""
    begins, ends = show_movement_report(user, today) or (first_of_september(school_year_of(today)), today)
    first_box, last_box, _ = st.columns([1, 1, 3])
    span = f"{begins}_{ends}"
    first = first_box.date_input("С", begins, format="DD.MM.YYYY", key=f"movements_from_{span}")
    last = last_box.date_input("По", ends, format="DD.MM.YYYY", key=f"movements_to_{span}")
    lines = movement_lines(school().store, user, first, last)
    if not lines:
        st.info("В эти дни движения не было. Измените дни.")
        return
    show_records(
        lines,
        MOVEMENT_COLUMNS,
        "movement_table",
        on_choose=opener(CARD, "pupil", [line.pupil_id for line in lines]),
        rows_shown=ROWS_SHOWN,
        export="Движение учащихся",
    )


PARTS = {"list": "Список", "arrival": "Новый ученик", "movements": "Движение", "counts": "Для ОО-1"}


def show_pupils(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    needed = {
        "arrival": Action.MOVE_PUPILS,
        "movements": Action.READ_CLASS_LISTS,
        "counts": Action.READ_CLASS_LISTS,
    }
    parts = {key: words for key, words in PARTS.items() if key not in needed or may(user, needed[key])}
    part = choose_part("Раздел", parts, "list", key="parts_of_pupils") if len(parts) > 1 else "list"
    shown = {
        "list": show_list,
        "arrival": show_arrival,
        "movements": show_movements,
        "counts": show_school_counts,
    }
    shown[part](user, today)


show_pupils(guard(Action.READ_CLASS_LISTS))
