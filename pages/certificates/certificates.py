"""«Справки и выписки»: the register of issue by kind and year, issuing, copies, cancelling (п. 4.6)."""

from datetime import date

import streamlit as st

from pages.certificates.parts.papers import paper_button, show_form, show_issued
from pages.certificates.parts.requests import show_requests
from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose, choose_segment, remember, remembered_code
from pages.ui.links import opener
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.certificates.actions import cancel_paper, save_letterhead
from school.certificates.lookups.papers import (
    IssuedPaper,
    issued_papers,
    letterhead,
    paper_years,
    waiting_requests,
)
from school.certificates.records import PaperKind
from school.certificates.rules.issuing import KINDS, LONGEST_LETTERHEAD, LONGEST_REASON
from school.files.person_names import contains_name
from school.numbers import counted
from school.records import User
from server.session import guard, school

PAGE, CHOSEN = "certificates/certificates.py", "certificate"
ALL = "all"
COLUMNS: tuple[RecordColumn[IssuedPaper], ...] = (
    RecordColumn("№", lambda row: row.number, 0, width=45),
    RecordColumn("Дата", lambda row: f"{row.issued_at:%d.%m.%Y}", width=86),
    RecordColumn("Что", lambda row: KINDS[row.kind].title, width=184),
    RecordColumn("О ком", lambda row: row.pupil_name.full, width=205),
    RecordColumn("Кому, куда", lambda row: row.to_whom, width=135),
    RecordColumn("Основание, о чём", lambda row: row.basis, width=172),
    RecordColumn("Состояние", lambda row: "аннулирован" if row.cancelled_at else "выдан", width=98),
    RecordColumn("Выдал(а)", lambda row: row.issuer, width=117),
)


def show_register(user: User, today: date) -> None:
    """Show the register of issue; a chosen line can be copied and cancelled."""
    year_box, kind_box, name_box = st.columns([1, 2, 2])
    years = {str(year): str(year) for year in paper_years(school().store, user, today)}
    year = int(choose("issue_year", "Год", years, place=year_box))
    titles = {ALL: "Все"} | {str(kind): rule.title for kind, rule in KINDS.items()}
    kind = choose("paper", "Что", titles, place=kind_box)
    part = name_box.text_input("Фамилия ученика", max_chars=60)
    papers = [
        each
        for each in issued_papers(school().store, user, year)
        if kind in (ALL, each.kind) and contains_name(part, each.pupil_name)
    ]
    show_chosen(user, papers)
    if not papers:
        st.info("Ничего не выдано. Выдайте первую справку или измените год и вид.")
        return
    show_records(
        papers,
        COLUMNS,
        "issued_papers",
        on_choose=opener(PAGE, CHOSEN, [each.certificate_id for each in papers]),
        export=f"Книга выдачи {year}",
    )
    words = counted(len(papers), "запись", "записи", "записей")
    st.caption(f"{words}. Нажмите на строку, чтобы взять копию или аннулировать. Записи не удаляются.")


def show_chosen(user: User, papers: list[IssuedPaper]) -> None:
    """Show the chosen line with what may be done with it."""
    code = remembered_code(CHOSEN)
    paper = next((each for each in papers if str(each.certificate_id) == code), None)
    if paper is None:
        return
    with st.container(border=True):
        whose = f" · {as_typed(paper.pupil_name.full)}" if paper.pupil_id else f" · {as_typed(paper.to_whom)}"
        st.markdown(
            f"**{as_typed(KINDS[paper.kind].title)} № {as_typed(paper.number_text)}** от {paper.issued_at:%d.%m.%Y}{whose}"
        )
        if paper.cancelled_at:
            st.warning(f"Аннулирован {paper.cancelled_at:%d.%m.%Y}: {as_typed(paper.cancel_reason)}")
        with st.container(horizontal=True):
            paper_button(user, paper, Markdown("Копия (PDF)"), "copy")
            if not paper.cancelled_at and may(user, Action.ISSUE_CERTIFICATES):
                show_cancel(user, paper)
            if st.button("Закрыть", type="tertiary"):
                remember(**{CHOSEN: ""})
                st.rerun()


def show_cancel(user: User, paper: IssuedPaper) -> None:
    """Show the form that cancels a paper."""
    with (
        st.popover("Аннулировать", key=f"cancel_{paper.certificate_id}_open"),
        st.form(f"cancel_{paper.certificate_id}", border=False),
    ):
        reason = st.text_input("Причина", max_chars=LONGEST_REASON, placeholder="ошибка в классе")
        is_sent = st.form_submit_button("Аннулировать")
    if is_sent:
        store, now = school().store, school().clock()
        try_and_rerun(
            lambda: cancel_paper(store, user, paper.certificate_id, reason, now=now), "Документ аннулирован."
        )


def show_issuing(user: User, today: date) -> None:
    """Show the form of all kinds, and the lines under the school's name."""
    show_issued(user)
    box, _ = st.columns([2, 1])
    with box:
        show_form(user, tuple(PaperKind), today)
    with st.expander("Реквизиты школы на документах"), st.form("letterhead", border=False):
        text = st.text_area(
            "Адрес, телефон, почта, коды — как на бланке",
            letterhead(school().store, user),
            max_chars=LONGEST_LETTERHEAD,
            height=110,
        )
        is_sent = st.form_submit_button("Сохранить")
    if is_sent:
        try_and_rerun(
            lambda: save_letterhead(school().store, user, text, now=school().clock()),
            "Сохранено: появится на новых документах.",
        )


def show_asked(user: User) -> None:
    """Show what families wait for."""
    requests = waiting_requests(school().store, user)
    if not requests:
        st.info("Заказанных справок нет. Родители заказывают их в дневнике: «Школа» → «Справки».")
    show_issued(user)
    show_requests(user, requests, may_decide=may(user, Action.ISSUE_CERTIFICATES))


def show_certificates(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    parts = {"register": "Книга выдачи"}
    if may(user, Action.ISSUE_CERTIFICATES):
        parts["issue"] = "Выдать"
    waiting = len(waiting_requests(school().store, user))
    parts["asked"] = f"Заказы семей · {waiting}" if waiting else "Заказы семей"
    part = choose_segment("papers_part", "Раздел", parts, default="register")
    if part == "issue":
        show_issuing(user, today)
    elif part == "asked":
        show_asked(user)
    else:
        show_register(user, today)


show_certificates(guard(Action.READ_CERTIFICATES))
