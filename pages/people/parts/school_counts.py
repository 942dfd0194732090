"""The report of movement of a term or a year, and help tables for the form ОО-1 (п. 4.6)."""

from collections.abc import Callable, Collection
from datetime import date

import pandas as pd
import streamlit as st

from pages.ui.export import WORKBOOK_MIME, download, file_name_of, noted
from pages.ui.filters import choose_part
from pages.ui.typed_text import as_typed
from pipelines.reports.document import Document
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_xlsx import document_xlsx
from pipelines.reports.pupil_papers.movement import counts_document, movement_document
from school.calendar import school_year_title, term_title
from school.people.lookups.school_counts import (
    MovementReport,
    counted_year,
    movement_report,
    movement_spans,
    school_counts,
)
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school

ON_COUNTING_DAY, ON_NEW_YEAR = "september", "january"


def show_movement_report(user: User, today: date) -> tuple[date, date] | None:
    """Show the buttons that make the report of movement of a year or a term; return its days, None where there is none."""
    here = school()
    spans = movement_spans(here.store, user, today)
    if not spans:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            "Отчёт о движении за",
            range(len(spans)),
            format_func=lambda place: _span_title(*spans[place][:3]),
            width=320,
        )
        year, kind, term_number, first, last = spans[number]
        title = _span_title(year, kind, term_number)
        report = movement_report(here.store, user, year, first, min(last, today))
        _buttons(
            lambda: _movement(user, report, title),
            f"Движение {title}",
            [each.pupil_id for each in report.lines],
        )
    if report.unexplained:
        st.caption(
            as_typed(
                f"По записям о движении не сходится: {', '.join(report.unexplained)}. "
                "Чей-то приход или уход внесён без движения."
            )
        )
    return first, min(last, today)


def _span_title(year: int, kind: str, number: int) -> str:
    words = term_title(kind, number) if kind else "учебный год"
    return f"{words} {school_year_title(year)}"


def _movement(user: User, report: MovementReport, title: str) -> Document:
    here = school()
    return movement_document(report, title, school_name(here.store), user.name, here.clock())


def _buttons(make: Callable[[], Document], title: str, pupil_ids: Collection[int] = ()) -> None:
    name = file_name_of(title)
    for ending, mime, draw in (
        ("pdf", "application/pdf", document_pdf),
        ("xlsx", WORKBOOK_MIME, document_xlsx),
    ):
        download(
            as_typed(ending.upper()),
            noted(lambda draw=draw: draw(make()), pupil_ids, name),  # type: ignore[misc]
            f"{name}.{ending}",
            mime,
            key=f"{name}_{ending}",
        )


def show_school_counts(user: User, today: date) -> None:
    """Show the help tables for the form ОО-1 on the last 20 September."""
    here, year = school(), counted_year(today)
    st.caption(
        "Это не форма ОО-1, а таблицы, которые помогают её заполнить: каждая говорит, к каким строкам она. "
        "Сверьте их с указаниями к форме."
    )
    days = {ON_COUNTING_DAY: date(year, 9, 20), ON_NEW_YEAR: date(year + 1, 1, 1)}
    chosen = choose_part(
        "Возраст на",
        {code: f"Возраст на {day:%d.%m.%Y}" for code, day in days.items()},
        ON_COUNTING_DAY,
        key="ages_on",
    )
    counts = school_counts(here.store, user, year, ages_on=days[chosen])
    document = counts_document(counts, school_name(here.store), user.name, here.clock())
    with st.container(horizontal=True):
        _buttons(lambda: document, f"Помощь к ОО-1 на {counts.day:%d.%m.%Y}")
    for section in document.sections:
        st.subheader(as_typed(section.title))
        for words in section.paragraphs:
            st.caption(as_typed(words))
        for table in section.tables:
            rows = table.texts([*table.rows, *table.totals])
            st.dataframe(
                pd.DataFrame(rows, columns=[column.title for column in table.columns]), hide_index=True
            )
    st.caption(as_typed(document.made_of))
