"""The calendar of a year as one table: typed, or taken from a workbook (п. 5.1)."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.ui.typed_text import Markdown, as_typed
from pages.ui.typing.typed_table import has_draft, typed_table
from pages.ui.upload import do_and_rerun, show_reading
from pages.year.parts.opening_tables import edited_rows, show_template_button, titled, uploaded_rows
from school.access.action import Action
from school.backup.records import Cause
from school.files.fields import OPENING_FORMS
from school.files.plan import ImportKind, SourceRow
from school.numbers import counted
from school.records import User
from school.reference import public_holidays
from school.year.actions.opening import save_year_calendar
from school.year.lookups import YearSetup, may_edit
from school.year.records import YearCalendar, YearKey
from school.year.rules.calendar import usual_calendar
from school.year.rules.calendar_rows import WHATS, calendar_texts, read_calendar
from school.year.workbooks import table_rows, table_template
from server.session import school
from server.state.backups import back_up_before


def show_calendar(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show the calendar as one table; a year without one begins with the usual calendar as a proposal."""
    calendar = setup.calendar if setup.calendar and setup.calendar.terms else None
    rows = calendar_texts(calendar or usual_calendar(key.school_year, public_holidays()))
    if not may_edit(user, Action.OPEN_YEAR):
        st.dataframe(titled(rows, ImportKind.CALENDAR), hide_index=True, height=560)
        return
    if calendar is None:
        st.info("Это обычный календарь: сверьте даты с приказом школы, поправьте и сохраните.")
    typed, given = st.tabs(["Вписать в таблицу", "Загрузить из файла"])
    with typed:
        form = OPENING_FORMS[ImportKind.CALENDAR]
        frame = pd.DataFrame(rows, dtype=object)
        frame.index = pd.RangeIndex(1, len(frame) + 1)
        with st.form("calendar_form", border=False):
            edited = typed_table(
                f"calendar_{key.school_year}",
                frame,
                hide_index=False,
                placeholder="",
                num_rows="dynamic",
                height=430,
                column_config={
                    "what": st.column_config.SelectboxColumn("Что", options=list(WHATS), width=190),
                    "name": st.column_config.TextColumn("Номер или название", width=260),
                    **{
                        each.name: st.column_config.TextColumn(each.title, width=110)
                        for each in form.fields[2:]
                    },
                },
            )
            is_sent = st.form_submit_button("Сохранить календарь", type="primary")
        st.caption(
            "Классы пишутся так: 1–9; пусто — для всех. Учебный день — рабочая суббота: в названии день недели, по расписанию "
            "которого учатся."
        )
        if is_sent or has_draft(f"calendar_{key.school_year}"):
            wanted = calendar_of(key, setup, edited_rows(edited))
            if is_sent and wanted is not None:
                save_calendar(user, key, wanted)
    with given:
        show_template_button(
            lambda: table_template(ImportKind.CALENDAR, rows), "Календарный график", "calendar_template"
        )
        loaded = uploaded_rows("calendar", lambda content: table_rows(ImportKind.CALENDAR, content))
        if loaded is not None:
            show_reading(loaded)
            show_loaded_calendar(user, key, setup, loaded.rows)


def calendar_of(key: YearKey, setup: YearSetup, rows: Sequence[SourceRow]) -> YearCalendar | None:
    """Return the calendar that rows say, or say what is amiss in them."""
    reading = read_calendar(rows, key.school_year, setup.calendar)
    if reading.calendar is None:
        lines = [f"- строка {row.number}: {as_typed(row.reason)}" for row in reading.refused]
        lines += [f"- {as_typed(each)}" for each in reading.problems]
        st.error("Календарь не сохранён:\n" + "\n".join(lines))
    return reading.calendar


def save_calendar(user: User, key: YearKey, calendar: YearCalendar) -> None:
    """Save a calendar that holds."""

    def write() -> Markdown:
        back_up_before(Cause.YEAR, user)
        save_year_calendar(school().store, user, key.school_id, calendar, now=school().clock())
        return Markdown("Календарь сохранён.")

    do_and_rerun(write, "Делаем резервную копию, записываем календарь и приводим уроки в соответствие…")


def show_loaded_calendar(user: User, key: YearKey, setup: YearSetup, rows: tuple[SourceRow, ...]) -> None:
    """Show the calendar of a file; it replaces the present one once accepted."""
    calendar = calendar_of(key, setup, rows)
    if calendar is None:
        return
    if calendar == setup.calendar:
        st.success("Такой календарь уже записан: загружать нечего.")
        return
    st.markdown(
        f"В файле {counted(len(calendar.terms), 'период', 'периода', 'периодов')}, "
        f"{counted(len(calendar.breaks), 'перерыв', 'перерыва', 'перерывов')}. Этот календарь заменит нынешний."
    )
    if st.button("Загрузить", type="primary", key="calendar_accept", icon=":material/upload:"):
        save_calendar(user, key, calendar)
    st.dataframe(titled(calendar_texts(calendar), ImportKind.CALENDAR), hide_index=True, height=300)
