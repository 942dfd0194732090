"""A class list on paper or as a workbook with the columns that are chosen (п. 3.3, 4.6)."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from pages.ui.export import WORKBOOK_MIME, download, file_name_of, noted
from pipelines.reports.document import Document
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_xlsx import document_xlsx
from pipelines.reports.pupil_papers.class_list import COLUMNS, class_list_document
from school.people.lookups.class_lists import ClassHead, listed_pupils
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school


def show_list_print(user: User, head: ClassHead, day: date, homeroom: str) -> None:
    """Show the choice of columns and the buttons that make the list."""
    with st.expander("Распечатать список", icon=":material/print:"):
        codes = st.multiselect(
            "Графы, кроме фамилии и имени",
            list(COLUMNS),
            format_func=lambda code: COLUMNS[code].title,
            placeholder="Только фамилии и имена",
            key=f"list_columns_{head.class_id}",
        )
        pupils = [each.pupil.pupil_id for each in listed_pupils(school().store, user, head.class_id, day)]
        name = file_name_of(f"Список {head.name} на {day:%d.%m.%Y}")

        def made(draw: Callable[[Document], bytes]) -> Callable[[], bytes]:
            return noted(lambda: draw(_document(user, head, day, homeroom, codes)), pupils, name)

        with st.container(horizontal=True):
            download("PDF", made(document_pdf), f"{name}.pdf", "application/pdf", key="list_pdf")
            download("XLSX", made(document_xlsx), f"{name}.xlsx", WORKBOOK_MIME, key="list_xlsx")


def _document(user: User, head: ClassHead, day: date, homeroom: str, codes: list[str]) -> Document:
    here = school()
    return class_list_document(
        listed_pupils(here.store, user, head.class_id, day),
        codes,
        school_name=school_name(here.store),
        class_name=head.name,
        homeroom=homeroom,
        day=day,
        made_by=user.name,
        now=here.clock(),
    )
