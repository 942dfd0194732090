"""«Ученики»: find a pupil by name or by class; a chosen row opens the pupil over all years (п. 2.4)."""

import streamlit as st

from pages.ui.filters import choose_period, choose_rows, filters_offered, narrow_classes, show_scope
from pages.ui.links import opener
from pages.ui.tables import RecordColumn, show_records
from school.access.action import Action
from school.analytics.lookups.pupil_history import HistoryPupil, search_pupils
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import Choices
from school.calendar import school_year_title
from school.numbers import counted
from server.session import guard, school

FILTERS = ("school", "grade", "class")
MOST = 200


def show_found(found: list[HistoryPupil], title: str) -> None:
    """Show the pupils found; a chosen row opens the pupil."""
    columns: list[RecordColumn[HistoryPupil]] = [
        RecordColumn("Ученик", lambda row: row.name, pinned=True),
        RecordColumn(
            "Класс", lambda row: row.class_name, help="Класс сегодня; если ученик выбыл — последний."
        ),
        RecordColumn("Учебный год", lambda row: school_year_title(row.school_year)),
        RecordColumn("Лет в журнале", lambda row: row.years, 0),
        RecordColumn("Сегодня", lambda row: "" if row.is_here else "не учится", width=90),
    ]
    show_records(
        found,
        columns,
        "found",
        rows_shown=30,
        is_narrow=True,
        on_choose=opener("analytics/pupil.py", "pupil", [row.pupil_id for row in found]),
        export=title,
    )


def show_pupils(reader: FigureReader) -> None:
    """Show the whole page."""
    today = school().clock().date()
    text_place, period_place, *places = st.columns([1.8, 1.25, 1, 1, 1])
    text = text_place.text_input(
        "Фамилия, имя", placeholder="Начало фамилии или имени", help="«е» и «ё» — одно и то же."
    )
    period = choose_period(periods_of(reader), today, period_place)
    choices = choices_of(reader, period.term_ids) if period else Choices()
    picked = choose_rows(choices, filters_offered(choices, FILTERS), places)
    # A name is sought in all years: nobody remembers in which class a leaver was.
    classes = tuple(row.class_id for row in narrow_classes(choices, picked).classes)
    selection = {"class_id": classes} if picked and not text.strip() else {}
    found = search_pupils(reader.school.store, reader.user, text, selection, today=today, limit=MOST + 1)
    if not found:
        st.info("Никого не нашли. Проверьте первые буквы фамилии; искать можно и по имени.")
        return
    shown = found[:MOST]
    where = "за все годы" if text.strip() or not selection else "в выбранных классах"
    number = counted(len(shown), "ученик", "ученика", "учеников")
    here = sum(row.is_here for row in shown)
    words = (
        f"Первые {number} {where}, уточните поиск"
        if len(found) > MOST
        else f"{number} {where}, учатся сейчас {here}"
    )
    st.caption(f"{words}. Нажмите на строку, чтобы открыть ученика.")
    show_found(shown, "Ученики")
    show_scope(reader)


show_pupils(FigureReader(school(), guard(Action.READ_PUPIL_HISTORY), Action.READ_PUPIL_HISTORY))
