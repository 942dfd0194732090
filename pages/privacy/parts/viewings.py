"""Who has looked at pupils' data, newest first."""

import streamlit as st

from pages.ui.filters import choose_one
from pages.ui.tables import RecordColumn, show_records
from school.numbers import counted
from school.privacy.lookups.keeping import NamedViewing, ViewingFilter, title_of, viewing_choices, viewings
from school.records import User
from server.session import school

SHOWN = 500
ALL_PUPILS = "все ученики"
COLUMNS: tuple[RecordColumn[NamedViewing], ...] = (
    RecordColumn("Когда", lambda row: f"{row.viewed_at:%d.%m.%Y %H:%M}", width=140),
    RecordColumn("Кто", lambda row: row.who, width=170),
    RecordColumn("Должность", lambda row: row.position, width=190),
    RecordColumn("Что", lambda row: title_of(row.kind, row.title), width=330),
    RecordColumn("О ком", lambda row: row.pupil_name or ALL_PUPILS, width=200),
)


def show_viewings(user: User) -> None:
    """Show the list, narrowed to a pupil or to somebody who looked."""
    people, pupils = viewing_choices(school().store, user)
    st.caption(
        "Записывается раз в час: кто открыл карточку или страницу ученика, дневник чужого ребёнка, скачал список, отчёт или выгрузку. "
        "Ежедневная работа в журнале видна в «Журнале изменений»."
    )
    if not people:
        st.info("Пока никто не смотрел. Записи появятся здесь через несколько секунд после просмотра.")
        return
    who_box, pupil_box, _ = st.columns([1.5, 1.5, 2])
    who = choose_one("Кто смотрел", people, place=who_box, placeholder="все", key="viewer", index=None)
    pupil = choose_one("О ком", pupils, place=pupil_box, placeholder="все", key="viewed_pupil", index=None)
    rows, total = viewings(school().store, user, ViewingFilter(pupil, who), limit=SHOWN)
    if not rows:
        st.info("Таких просмотров нет. Выберите другого человека или ученика.")
        return
    show_records(rows, COLUMNS, "viewings", export="Кто смотрел данные учеников")
    words = counted(total, "запись", "записи", "записей")
    st.caption(f"{words}, показаны последние {SHOWN}." if total > SHOWN else words)
