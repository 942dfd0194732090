"""A paper of the register of issue: its PDF, and the form that issues one."""

from datetime import date

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.export import download
from pages.ui.filters import choose_part
from pages.ui.typed_text import Markdown, as_typed
from pipelines.reports.pupil_papers.certificate import certificate_name, certificate_pdf
from school.calendar import first_of_september, school_year_of
from school.certificates.actions import issue_paper
from school.certificates.lookups.papers import IssuedPaper, given_numbers, read_certificate
from school.certificates.records import PaperKind, PaperOrder
from school.certificates.rules.issuing import HIGHEST_FIRST_NUMBER, KINDS, LONGEST_BODY, LONGEST_LINE
from school.people.lookups.pupils import FoundPupil, readable_pupils
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.session import school
from server.viewings import note_seen

ISSUED, FORM_NUMBER = "issued_certificate", "certificate_form_number"
PDF = "application/pdf"


def paper_button(user: User, paper: IssuedPaper, label: Markdown, key: str) -> None:
    """Show the button that hands out the PDF of an issued paper: always what was said at its issue."""
    download(
        label,
        lambda: _pdf(user, paper.certificate_id),
        certificate_name(paper),
        PDF,
        key=f"{key}_{paper.certificate_id}",
    )


def _pdf(user: User, certificate_id: int) -> bytes:
    paper, words = read_certificate(school().store, user, certificate_id)
    if paper.pupil_id is not None:
        note_seen(user, Seen(Viewed.CERTIFICATE, frozenset([paper.pupil_id])))
    return certificate_pdf(paper, words)


def show_issued(user: User) -> None:
    """Show what was issued just now, to be printed."""
    certificate_id = st.session_state.get(ISSUED)
    if certificate_id is None:
        return
    paper, _ = read_certificate(school().store, user, certificate_id)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        whose = f" · {as_typed(paper.pupil_name.short)}" if paper.pupil_id else ""
        st.markdown(
            f":material/check: **{as_typed(KINDS[paper.kind].title)} № {paper.number}**{whose}",
            width="stretch",
        )
        paper_button(user, paper, Markdown("Скачать PDF"), "issued")


def issue(user: User, order: PaperOrder) -> None:
    """Issue a paper and show it, or why it cannot be."""
    made: list[int] = []
    if try_to(lambda: made.append(issue_paper(school().store, user, order, now=school().clock())), "Выдано."):
        st.session_state[ISSUED] = made[0]
        st.session_state[FORM_NUMBER] = st.session_state.get(FORM_NUMBER, 0) + 1
        st.rerun()


def show_form(user: User, kinds: tuple[PaperKind, ...], today: date) -> None:
    """Show the form that issues a paper of one of these kinds."""
    number = st.session_state.get(FORM_NUMBER, 0)
    kind = choose_part("Что выдать", {each: KINDS[each].title for each in kinds}, kinds[0], key="paper_kind")
    last = given_numbers(school().store, user, today.year).get(kind)
    with st.form(f"issue_{kind}_{number}", border=False):
        order = _letter(number) if kind is PaperKind.LETTER else _of_pupil(user, kind, number, today)
        first = _first_number(number) if last is None else None
        is_sent = st.form_submit_button(f"Выдать № {last + 1}" if last else "Выдать", type="primary")
    if is_sent:
        issue(user, PaperOrder(**{**vars(order), "first_number": first}))


def _first_number(number: int) -> int:
    return int(
        st.number_input(
            "Первый номер в этом году",
            1,
            HIGHEST_FIRST_NUMBER,
            1,
            key=f"first_{number}",
            help="Если часть справок в этом году уже записана в бумажной книге, продолжите её номера.",
        )
    )


def _letter(number: int) -> PaperOrder:
    to_whom = st.text_input(
        "Кому", max_chars=LONGEST_LINE, key=f"to_{number}", placeholder="Управление образования, г. Ачинск"
    )
    about = st.text_input("О чём", max_chars=LONGEST_LINE, key=f"about_{number}")
    body = st.text_area("Текст", max_chars=LONGEST_BODY, height=180, key=f"body_{number}")
    return PaperOrder(PaperKind.LETTER, to_whom=to_whom, about=about, body=body)


def _of_pupil(user: User, kind: PaperKind, number: int, today: date) -> PaperOrder:
    pupil_id = choose_pupil(user, today, f"pupil_{number}")
    first = last = None
    if kind is PaperKind.EXTRACT:
        first_box, last_box = st.columns(2)
        year = first_of_september(school_year_of(today))
        first = first_box.date_input("Отметки с", year, format="DD.MM.YYYY", key=f"from_{number}")
        last = last_box.date_input("по", today, format="DD.MM.YYYY", key=f"until_{number}")
    to_box, basis_box = st.columns(2)
    to_whom = to_box.text_input(
        "Куда", max_chars=LONGEST_LINE, key=f"to_{number}", placeholder="по месту требования"
    )
    basis = basis_box.text_input(
        "Приказ (основание)" if KINDS[kind].needs_basis else "Основание, если есть",
        max_chars=LONGEST_LINE,
        key=f"basis_{number}",
        placeholder="приказ № 45 от 20.11.2026" if KINDS[kind].needs_basis else "заявление родителя",
    )
    return PaperOrder(kind, pupil_id, to_whom, basis, first, last)


def choose_pupil(user: User, today: date, key: str) -> int | None:
    """Show the search for a pupil of the school's books and return the one chosen."""
    pupils = {each.pupil_id: each for each in readable_pupils(school().store, user, today)}
    return st.selectbox(
        "Ученик",
        list(pupils),
        index=None,
        format_func=lambda pupil_id: pupil_title(pupils[pupil_id]),
        placeholder="Начните вводить фамилию",
        key=key,
    )


def pupil_title(pupil: FoundPupil) -> str:
    """Return «Иванов Пётр Сергеевич, 7А», or the class that the pupil was in."""
    place = pupil.class_name or (f"был(а) в {pupil.last_class}" if pupil.last_class else "без класса")
    return f"{pupil.name.full}, {place}"
