"""«Табели»: report cards of a class or a pupil, and personal cards (п. 4.3, 4.6, 5.4)."""

from datetime import date

import streamlit as st

from pages.ui.export import download, file_name_of
from pages.ui.typed_text import as_typed
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.pupil_papers.personal_card import personal_card_document
from pipelines.reports.pupil_papers.report_cards import report_cards_pdf
from school.access.action import Action
from school.calendar import school_year_title
from school.certificates.lookups.report_cards import card_classes, card_pupils, personal_card, report_cards
from school.numbers import counted
from school.people.lookups.class_lists import ClassHead, list_day
from school.privacy.rules.viewing import Seen, Viewed
from school.records import PersonName, User
from school.sign_in.lookups.sessions import school_name
from server.session import guard, school
from server.viewings import note_seen

PDF = "application/pdf"


def choose_class(heads: list[ClassHead]) -> ClassHead:
    """Let the user choose a school year and a class."""
    year_box, class_box, _ = st.columns([1, 1, 3])
    years = list(dict.fromkeys(head.school_year for head in heads))
    year = year_box.selectbox("Учебный год", years, format_func=school_year_title)
    own = [head for head in heads if head.school_year == year]
    return class_box.selectbox("Класс", own, format_func=lambda head: head.name) or own[0]


def show_cards(user: User, head: ClassHead, pupils: dict[int, PersonName], day: date) -> None:
    """Show the button that prints report cards of all the class or of some of it."""
    st.subheader("Табели успеваемости")
    chosen = st.multiselect(
        "Кому", list(pupils), format_func=lambda key: pupils[key].full, placeholder="Всему классу"
    )
    wanted = chosen or list(pupils)
    st.caption(
        "Каждому ученику — своя страница: предметы, отметки за законченные периоды, за год, пропуски, место для "
        "рекомендаций и подписей."
    )
    download(
        f"Табели: {counted(len(wanted), 'ученик', 'ученика', 'учеников')} (PDF)",
        lambda: _cards(user, head.class_id, day, wanted),
        f"{file_name_of(f'Табели {head.name} на {day:%d.%m.%Y}')}.pdf",
        PDF,
        key="report_cards",
    )


def _cards(user: User, class_id: int, day: date, wanted: list[int]) -> bytes:
    cards = report_cards(school().store, user, class_id, day, wanted)
    note_seen(user, Seen(Viewed.CERTIFICATE, frozenset(wanted)))
    return report_cards_pdf(cards, school_name(school().store))


def show_personal(user: User, pupils: dict[int, PersonName]) -> None:
    """Show the button that prints a personal card."""
    st.subheader("Личная карта")
    pupil_id = st.selectbox(
        "Ученик",
        list(pupils),
        index=None,
        format_func=lambda key: pupils[key].full,
        placeholder="Начните вводить фамилию",
    )
    st.caption("Сведения, классы и движение по приказам, итоги по годам.")
    if pupil_id is not None:
        download(
            "Личная карта (PDF)",
            lambda: _personal(user, pupil_id),
            "Личная карта.pdf",
            PDF,
            key=f"personal_{pupil_id}",
        )


def _personal(user: User, pupil_id: int) -> bytes:
    here = school()
    now = here.clock()
    card = personal_card(here.store, user, pupil_id, now.date())
    note_seen(user, Seen(Viewed.CERTIFICATE, frozenset([pupil_id])))
    return document_pdf(personal_card_document(card, school_name(here.store), user.name, now))


def show_page(user: User) -> None:
    """Show the whole page."""
    heads = card_classes(school().store, user)
    if not heads:
        st.info("Классов пока нет: печатать некому.")
        return
    head = choose_class(heads)
    day = list_day(school().store, head.school_year, school().clock().date())
    pupils = card_pupils(school().store, user, head.class_id, day)
    if not pupils:
        st.info(f"На {day:%d.%m.%Y} в классе {as_typed(head.name)} никого нет.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        show_cards(user, head, pupils, day)
    with right:
        show_personal(user, pupils)


show_page(guard(Action.READ_REPORT_CARDS))
