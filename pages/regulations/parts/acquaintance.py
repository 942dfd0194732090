"""The acquaintance sheet of a document: collected so far, reminding, printing, signatures from paper, the agreement (п. 4.1)."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.ui.doing import try_and_rerun, try_in_callback
from pages.ui.export import WORKBOOK_MIME, download, file_name_of
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from pipelines.reports.document import Document
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_xlsx import document_xlsx
from pipelines.reports.official.acquaintance import acquaintance_document, moment_words, way_words
from school.access.action import Action
from school.access.checks import may
from school.records import User
from school.regulations.actions import note_on_paper, remind_readers, save_agreement
from school.regulations.lookups import Sheet, SheetRow, acquaintance_sheet, title_of
from school.regulations.records import Regulation
from school.regulations.rules.documents import LONGEST_AGREEMENT, to_remind
from school.sign_in.lookups.sessions import school_name
from server.session import school


def waiting_words(row: SheetRow) -> str:
    """Return why somebody is not acquainted yet, as far as it is known."""
    held = row.row
    if not row.has_sign_in:
        return "нет входа в журнал"
    opened = "открыл(а)" if held.seen_at else "не открывал(а)"
    return opened + (f", напомнили {held.reminded_at:%d.%m}" if held.reminded_at else "")


COLUMNS: tuple[RecordColumn[SheetRow], ...] = (
    RecordColumn("Фамилия, имя, отчество", lambda row: row.name, width=240),
    RecordColumn("Должность", lambda row: row.position, width=285),
    RecordColumn("Получил(а)", lambda row: f"{row.row.given_at:%d.%m.%Y}", width=100),
    RecordColumn("Ознакомлен(а)", moment_words, width=130),
    RecordColumn("Состояние", lambda row: way_words(row) or waiting_words(row), width=310),
)


def show_sheet(user: User, regulation: Regulation) -> None:
    """Show who is acquainted, with what may be done about the others."""
    here = school()
    today = here.clock().date()
    sheet = acquaintance_sheet(here.store, user, regulation.regulation_id, today=today)
    st.subheader("Лист ознакомления")
    st.markdown(f"Собрано **{sheet.done} из {len(sheet.rows)}**.")
    asks = regulation.asks_to_be_read(today)
    with st.container(horizontal=True):
        if asks:
            _show_reminder(user, sheet)
        name = file_name_of(f"Лист ознакомления {title_of(regulation)}")
        for title, draw, ending, mime in (
            ("Лист (PDF)", document_pdf, "pdf", "application/pdf"),
            ("Лист (XLSX)", document_xlsx, "xlsx", WORKBOOK_MIME),
        ):
            download(
                as_typed(title),
                partial(_drawn, user, sheet, draw),
                f"{name}.{ending}",
                mime,
                key=f"sheet_{ending}",
            )
    if asks:
        _show_paper(user, sheet)
    show_records(sheet.rows, COLUMNS, "acquaintance_sheet", export=f"Ознакомление: {regulation.title}")
    _show_agreement(user, sheet.agreement)


def _drawn(user: User, sheet: Sheet, draw: Callable[[Document], bytes]) -> bytes:
    here = school()
    return draw(
        acquaintance_document(sheet, school_name(here.store), made_at=here.clock(), made_by=user.name)
    )


def _show_reminder(user: User, sheet: Sheet) -> None:
    here, key = school(), sheet.regulation.regulation_id
    with_sign_in = {each.staff_id for each in sheet.rows if each.has_sign_in}
    late = to_remind([each.row for each in sheet.rows], with_sign_in, here.clock().date())
    st.button(
        f"Напомнить: {len(late)}",
        icon=":material/notifications_active:",
        type="primary",
        disabled=not late,
        key="remind",
        on_click=lambda: try_in_callback(
            lambda: remind_readers(here.store, user, key, now=here.clock()), "Напоминание отправлено."
        ),
        help="При следующем входе увидят напоминание. Каждому — не чаще раза в день.",
    )


def _show_paper(user: User, sheet: Sheet) -> None:
    here, key = school(), sheet.regulation.regulation_id
    left = {each.staff_id: each.name for each in sheet.rows if each.row.confirmed_at is None}
    if not left:
        return
    with st.expander("Отметить подписавших на бумаге"), st.form("paper", border=False):
        signed = st.multiselect(
            "Кто подписал лист", list(left), format_func=left.__getitem__, placeholder="Выберите подписавших"
        )
        day = st.date_input("День подписи", here.clock().date(), format="DD.MM.YYYY")
        if st.form_submit_button("Отметить"):
            now = here.clock()
            try_and_rerun(
                lambda: note_on_paper(here.store, user, key, signed, day, now=now),
                lambda count: Markdown(f"Отмечено подписей: {as_typed(str(count))}."),
            )


def _show_agreement(user: User, agreement: str) -> None:
    if not may(user, Action.APPROVE_DOCUMENTS):
        st.caption(
            Markdown(f"Электронное ознакомление: {as_typed(agreement)}.") if agreement else NO_AGREEMENT
        )
        return
    here = school()
    with st.expander("Соглашение об электронном ознакомлении"), st.form("agreement", border=False):
        st.caption(NO_AGREEMENT)
        words = st.text_input(
            "Локальный акт",
            agreement,
            max_chars=LONGEST_AGREEMENT,
            placeholder="Соглашение об электронном ознакомлении № … от …",
        )
        if st.form_submit_button("Сохранить"):
            now = here.clock()
            try_and_rerun(lambda: save_agreement(here.store, user, words, now=now), "Сохранено.")


NO_AGREEMENT = Markdown(
    "Пока локального акта об электронном ознакомлении нет (63-ФЗ, ст. 6), печатный лист подписывают все."
)
