"""«Канцелярия»: what waits for the secretary this week, a certificate in three steps, numbers and movement (п. 4.6, 6.6)."""

from datetime import date

import streamlit as st

from pages.certificates.parts.papers import show_form, show_issued
from pages.certificates.parts.requests import show_requests
from pages.ui.links import opener, page_link
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.announcements.lookups.staff import waiting_announcements
from school.archive.lookups import due_paper
from school.certificates.lookups.papers import OfficeWeek, given_numbers, office_week
from school.certificates.records import PaperKind
from school.certificates.rules.due import movement_summary
from school.certificates.rules.issuing import KINDS
from school.correspondence.lookups.threads import unread_of_staff
from school.numbers import counted
from school.people.lookups.pupils import MovementLine
from school.records import User
from server.session import guard, school

CARD = "people/pupil_card.py"
QUICK = (PaperKind.STUDY, PaperKind.PERIOD)
MONTH_COLUMNS: tuple[RecordColumn[MovementLine], ...] = (
    RecordColumn("Дата", lambda line: f"{line.happened_on:%d.%m.%Y}", width=95),
    RecordColumn("Движение", lambda line: line.title, width=190),
    RecordColumn("Фамилия, имя, отчество", lambda line: line.name.full, width=280),
    RecordColumn("Класс", lambda line: line.to_class or line.from_class, width=70),
    RecordColumn("Приказ", lambda line: line.order_title or "нет", width=170),
    RecordColumn("Откуда / куда", lambda line: line.from_where or line.to_where, width=200),
)


def show_waiting(user: User, week: OfficeWeek, today: date) -> None:
    """Show what is due this week."""
    st.subheader("Что ждёт")
    store, now = school().store, school().clock()
    letters, told = unread_of_staff(store, user, now=now), waiting_announcements(store, user, today=today)
    if week.days_to_print is not None:
        left = counted(week.days_to_print, "день", "дня", "дней")
        st.warning(
            f"До 30 июня — {left}: журналы и сводные ведомости распечатать, прошить, подписать у директора (п. 6.6)."
        )
    due = due_paper(store, user, today=today)
    if due is not None and due.is_late:
        st.error(as_typed(due.words))
        page_link("archive/archive.py", Markdown("Архив"), {}, ":material/inventory_2:")
    show_requests(user, week.requests, may_decide=True)
    for line in week.without_order:
        with st.container(horizontal=True, vertical_alignment="center"):
            ahead = " — впереди" if line.happened_on > today else ""
            st.markdown(
                f":material/warning: **Нет приказа**: {as_typed(line.title)} {line.happened_on:%d.%m.%Y}{ahead}, "
                f"{as_typed(line.name.short)}, {as_typed(line.to_class or line.from_class)}",
                width="stretch",
            )
            page_link(CARD, Markdown("Карточка"), {"pupil": line.pupil_id})
    if letters:
        words = counted(letters, "непрочитанное письмо", "непрочитанных письма", "непрочитанных писем")
        page_link("correspondence/messages.py", Markdown(words), {}, ":material/mail:")
    if told:
        words = counted(told, "новое объявление", "новых объявления", "новых объявлений")
        page_link("announcements/announcements.py", Markdown(words), {}, ":material/campaign:")
    if not (week.requests or week.without_order or letters or told or week.days_to_print is not None):
        st.success("Ничего не ждёт: заказов нет, у всех движений есть приказы.")


def show_numbers(user: User, today: date) -> None:
    """Show the numbers last given this year."""
    last = given_numbers(school().store, user, today.year)
    words = "; ".join(f"{rule.numbering} — {last.get(kind, 'нет')}" for kind, rule in KINDS.items())
    st.caption(f"Последние номера {today.year} года: {as_typed(words)}.")
    page_link(
        "certificates/certificates.py", Markdown("Книга выдачи, выписки и письма"), {}, ":material/list_alt:"
    )


def show_month(week: OfficeWeek) -> None:
    """Show the movements of the running month with their orders."""
    st.subheader("Движение в этом месяце")
    if not week.month:
        st.caption("В этом месяце никто не прибыл, не выбыл и не переведён.")
        return
    words = movement_summary([line.kind for line in week.month])
    st.caption(as_typed(f"{words[:1].upper()}{words[1:]}."))
    pupils = [line.pupil_id for line in week.month]
    show_records(week.month, MONTH_COLUMNS, "month_movements", on_choose=opener(CARD, "pupil", pupils))


def show_day(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    week = office_week(school().store, user, today)
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        show_waiting(user, week, today)
    with right:
        st.subheader("Выдать справку")
        show_issued(user)
        show_form(user, QUICK, today)
        show_numbers(user, today)
    show_month(week)


show_day(guard(Action.ISSUE_CERTIFICATES))
