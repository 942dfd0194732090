"""Who has seen and confirmed an announcement, by child; reminding the others, the sheet to sign, taking it back (п. 2.9)."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from pages.ui.doing import try_in_callback, try_to
from pages.ui.export import download, file_name_of, noted
from pages.ui.links import opener
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import rerun_with
from pipelines.reports.announcement_sheet import announcement_sheet
from pipelines.reports.document_pdf import document_pdf
from school.access.action import Action
from school.access.checks import may, may_somewhere
from school.announcements.actions import note_on_paper, remind, withdraw_announcement
from school.announcements.lookups.report import Answerer, Report, ReportRow
from school.announcements.rules import (
    ANSWER_TITLES,
    WANTED_OF_STAFF,
    WANTED_TITLES,
    Answer,
    Wanted,
    to_remind,
    was_reminded,
)
from school.audiences.rules import Part
from school.numbers import counted
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school


def show_report(user: User, report: Report) -> None:
    """Show who has answered, with what may be done about the others."""
    announcement = report.announcement
    st.subheader("Кто прочитал и подтвердил" if announcement.wanted != Wanted.NOBODY else "Кто прочитал")
    if announcement.withdrawn_at:
        st.warning(
            f"Отозвано {announcement.withdrawn_at:%d.%m.%Y в %H:%M}: получатели видят, что объявление было, но не его текст."
        )
    st.markdown(_counts(report))
    if not announcement.withdrawn_at:
        _show_buttons(user, report)
    _show_rows(user, report.rows, f"announcement_{announcement.announcement_id}", announcement.subject)
    if report.late:
        st.markdown(
            "**Пришли позже** — в класс, к ребёнку или на работу уже после отправки; объявление им показано."
        )
        _show_rows(
            user,
            report.late,
            f"announcement_late_{announcement.announcement_id}",
            f"{announcement.subject}, пришли позже",
        )
    if not announcement.withdrawn_at:
        _show_paper(user, report)


def _counts(report: Report) -> Markdown:
    counts, wanted = report.counts, report.announcement.wanted
    whom = "Из них" if report.is_whole else "По вашему классу"
    total = counted(len(report.rows), "получатель", "получателя", "получателей")
    parts = [
        Markdown(f"{as_typed(ANSWER_TITLES[each])} **{counts[each]}**") for each in Answer if counts[each]
    ]
    is_of_staff = report.announcement.audience.parts == {Part.STAFF}
    asked = as_typed(WANTED_OF_STAFF if is_of_staff and wanted != Wanted.NOBODY else WANTED_TITLES[wanted])
    return Markdown(
        f"Подтверждение: {asked}. Детей и сотрудников: {total}. {whom}: {', '.join(parts) or 'никого'}."
    )


def _show_rows(user: User, rows: Sequence[ReportRow], key: str, title: str) -> None:
    children, staff = [row for row in rows if not row.is_of_staff], [row for row in rows if row.is_of_staff]
    if children:
        opens = may_somewhere(user, Action.READ_CLASS_LISTS)
        show_records(
            children,
            [CLASS_COLUMN, *COLUMNS],
            key,
            on_choose=opener("people/pupil_card.py", "pupil", [each.owner_id for each in children])
            if opens
            else None,
            export=title,
        )
    if staff:
        show_records(staff, COLUMNS, f"{key}_staff", export=f"{title}, сотрудники")


def _people(row: ReportRow) -> str:
    return "; ".join(f"{_who(each)}{_state(each)}" for each in row.people)


def _who(person: Answerer) -> str:
    # The child and the employee are named beside it.
    whom = {Part.STAFF: "", Part.PUPIL: "ученик", Part.GUARDIAN: person.name}[person.row.part]
    return f"{whom} — " if whom else ""


def _state(person: Answerer) -> str:
    row = person.row
    if row.confirmed_at:
        return f"подтвердил(а) {row.confirmed_at:%d.%m %H:%M}" + (" на бумаге" if row.paper_by else "")
    seen = f"прочитал(а) {row.seen_at:%d.%m %H:%M}" if row.seen_at else "не открывал(а)"
    reminded = f", напомнили {row.reminded_at:%d.%m}" if row.reminded_at else ""
    return (seen if person.has_sign_in else "нет входа в журнал") + reminded


def _show_buttons(user: User, report: Report) -> None:
    announcement = report.announcement
    today = school().clock().date()
    waiting = waiting_people(report, today) if announcement.is_shown_on(today) else 0
    with st.container(horizontal=True):
        st.button(
            f"Напомнить не ответившим: {waiting}",
            icon=":material/notifications_active:",
            type="primary",
            disabled=not waiting,
            key="remind",
            on_click=_remind,
            args=(user, announcement.announcement_id),
            help="Объявление снова станет для них новым; кто просил, получит письмо и уведомление. Каждому — раз в день.",
        )
        if report.without_sign_in:
            name = file_name_of(f"Лист ознакомления {announcement.subject}")
            pupils = {row.owner_id for row, _ in report.without_sign_in if not row.is_of_staff}
            download(
                f"Лист под подпись (PDF): {len(report.without_sign_in)}",
                noted(lambda: sheet(user, report), pupils, "лист ознакомления с объявлением"),
                f"{name}.pdf",
                "application/pdf",
                key="sheet",
                help="Те, у кого нет входа в журнал: подпишут на бумаге",
            )
        if announcement.written_by == user.user_id or may(user, Action.FOLLOW_ANNOUNCEMENTS):
            with st.popover("Отозвать", icon=":material/undo:"):
                st.markdown(
                    "Получатели увидят, что объявление отозвано. Текст останется у вас и в журнале изменений."
                )
                st.button(
                    "Отозвать объявление",
                    key="withdraw",
                    on_click=_withdraw,
                    args=(user, announcement.announcement_id),
                )


def waiting_people(report: Report, today: date) -> int:
    """Return how many people a reminder would go to."""
    wanted = report.announcement.wanted
    return len(
        {
            (each.row.part, each.row.person_id)
            for row in (*report.rows, *report.late)
            for each in row.people
            if each.has_sign_in
            and not was_reminded(each.row.reminded_at, today)
            and (each.row.part, each.row.person_id) in to_remind(wanted, [one.row for one in row.people])
        }
    )


def sheet(user: User, report: Report) -> bytes:
    """Return the sheet of those without a way in, to be signed, as PDF."""
    here = school()
    return document_pdf(
        announcement_sheet(report, school_name(here.store), made_at=here.clock(), made_by=user.name)
    )


def _show_paper(user: User, report: Report) -> None:
    left = report.without_sign_in
    if not left:
        return
    with st.expander(f"Отметить подписавших на бумаге: ждут {len(left)}"):
        keys = {
            (person.row.part, person.row.person_id, row.owner_id): _paper_words(row, person)
            for row, person in left
        }
        signed = st.multiselect(
            "Кто подписал лист",
            list(keys),
            format_func=keys.__getitem__,
            placeholder="Выберите подписавших",
            key="signed",
        )
        if st.button("Отметить", disabled=not signed, key="note_paper"):
            here, announcement_id = school(), report.announcement.announcement_id
            done = lambda: note_on_paper(here.store, user, announcement_id, signed, now=here.clock())  # noqa: E731
            if try_to(done, "Отмечено."):
                rerun_with(Markdown("Подписи отмечены."))


def _paper_words(row: ReportRow, person: Answerer) -> str:
    child = (
        f", {row.class_name} {row.name}" if not row.is_of_staff and person.row.part == Part.GUARDIAN else ""
    )
    return f"{person.name}{child}"


def _remind(user: User, announcement_id: int) -> None:
    here = school()
    try_in_callback(
        lambda: remind(here.store, user, announcement_id, now=here.clock()), "Напоминание отправлено."
    )


def _withdraw(user: User, announcement_id: int) -> None:
    here = school()
    try_in_callback(
        lambda: withdraw_announcement(here.store, user, announcement_id, now=here.clock()),
        "Объявление отозвано.",
    )


CLASS_COLUMN: RecordColumn[ReportRow] = RecordColumn("Класс", lambda row: row.class_name, width=80)
COLUMNS: tuple[RecordColumn[ReportRow], ...] = (
    RecordColumn("Кто", lambda row: row.name, width=220),
    RecordColumn("Состояние", lambda row: ANSWER_TITLES[row.answer], width=150),
    RecordColumn("Подробно", _people),
)
