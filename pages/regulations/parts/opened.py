"""One document: its text and file, its versions, «Ознакомлен(а)», the head's decision, the acquaintance sheet (п. 4.1)."""

from functools import partial

import streamlit as st

from pages.regulations.parts.acquaintance import show_sheet
from pages.regulations.parts.drafting import NEWER, show_editing
from pages.ui.doing import try_and_rerun, try_in_callback
from pages.ui.export import download, file_name_of
from pages.ui.filters import remember
from pages.ui.typed_text import Markdown, as_typed, in_line
from pipelines.reports.official.paper import official_pdf, official_word, regulation_paper
from school.access.action import Action
from school.access.checks import may
from school.errors import AccessRefused
from school.received import id_of
from school.records import User
from school.regulations.actions import (
    acquaint,
    approve_document,
    discard_draft,
    note_read,
    repeal_document,
    return_draft,
    submit_draft,
)
from school.regulations.lookups import Opened, issuer_words, open_document, title_of
from school.regulations.records import Regulation, RegulationState
from school.regulations.rules.documents import LONGEST_NOTE, LONGEST_NUMBER, STATE_TITLES, body_parts
from server.session import school

DOCUMENTS, OPENED = "regulations/documents.py", "document"
WORD_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def opened_id() -> int | None:
    """Return which document the address names, or None."""
    return id_of(st.query_params.get(OPENED))


def open_document_page(regulation_id: int) -> None:
    """Open a document on this page."""
    st.query_params[OPENED] = str(regulation_id)


def _close() -> None:
    remember(**{OPENED: ""})


def show_opened(user: User, regulation_id: int) -> None:
    """Show one document to who may read it."""
    here = school()
    st.button("Все документы", icon=":material/arrow_back:", type="tertiary", on_click=_close)
    try:
        found = open_document(here.store, user, regulation_id, today=here.clock().date())
    except AccessRefused as refusal:
        st.warning(as_typed(str(refusal)))
        return
    regulation = found.regulation
    if found.own is not None and found.own.seen_at is None:
        note_read(here.store, user, regulation_id, now=here.clock())
    _show_head(found)
    if regulation.state is not RegulationState.APPROVED:
        _show_draft(user, found)
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_words(user, regulation)
    with right:
        _show_own(user, found)
        _show_versions(found)
        _show_ending(user, regulation)
    if may(user, Action.FOLLOW_DOCUMENTS):
        show_sheet(user, regulation)


def _show_head(found: Opened) -> None:
    regulation = found.regulation
    st.subheader(in_line(title_of(regulation)))
    parts = [Markdown(f"утвердил(а) {as_typed(regulation.approver)}")]
    if not regulation.is_approved:
        parts = [as_typed(STATE_TITLES[regulation.state])]
    if regulation.version > 1:
        parts.append(Markdown(f"редакция {regulation.version}"))
    if regulation.valid_from:
        until = f" по {regulation.valid_until:%d.%m.%Y}" if regulation.valid_until else ""
        parts.append(Markdown(f"действует с {regulation.valid_from:%d.%m.%Y}{until}"))
    parts.append(Markdown(f"знакомятся: {as_typed(found.readers)}"))
    if regulation.read_by:
        parts.append(Markdown(f"до {regulation.read_by:%d.%m.%Y}"))
    if regulation.is_for_families:
        parts.append(Markdown("виден семьям"))
    st.caption(Markdown(" · ".join(parts)))
    if regulation.repealed_at:
        st.warning(Markdown(f"Отменён {regulation.repealed_at:%d.%m.%Y}."))


def _show_words(user: User, regulation: Regulation) -> None:
    with st.container(border=True):
        if regulation.basis:
            st.markdown(Markdown(f"*Основание: {in_line(regulation.basis)}*"))
        for part in body_parts(regulation.body):
            st.markdown(as_typed(part) if isinstance(part, str) else _table(part))
        if not regulation.body:
            st.markdown("Текст документа — в файле.")
    show_downloads(user, regulation)


def _table(rows: list[tuple[str, ...]]) -> Markdown:
    lines = [Markdown(f"| {' | '.join(in_line(cell) for cell in row)} |") for row in rows]
    rule = Markdown("|" + " --- |" * len(rows[0]))
    return Markdown("\n".join([lines[0], rule, *lines[1:]]))


def show_downloads(user: User, regulation: Regulation) -> None:
    """Show the file of a document, and its text as PDF and for Word."""
    with st.container(horizontal=True):
        if regulation.stored_name:
            st.link_button(
                as_typed(regulation.file_name),
                Markdown(f"/api/documents/{regulation.regulation_id}"),
                icon=":material/attach_file:",
                type="tertiary",
            )
        if regulation.body:
            name, key = file_name_of(title_of(regulation)), regulation.regulation_id
            draw = partial(_drawn, user, regulation)
            download("PDF", partial(draw, official_pdf), f"{name}.pdf", "application/pdf", key=f"pdf_{key}")
            download("Word", partial(draw, official_word), f"{name}.docx", WORD_MIME, key=f"word_{key}")


def _drawn(user: User, regulation: Regulation, form: object) -> bytes:
    paper = regulation_paper(regulation, issuer_words(school().store, user))
    return official_pdf(paper) if form is official_pdf else official_word(paper)


def _show_own(user: User, found: Opened) -> None:
    regulation, here = found.regulation, school()
    if found.waits:
        st.button(
            "Ознакомлен(а)",
            type="primary",
            icon=":material/check:",
            key="acquaint",
            on_click=lambda: try_in_callback(
                lambda: acquaint(here.store, user, regulation.regulation_id, now=here.clock()), "Отмечено."
            ),
        )
        st.caption("Прочитайте документ и нажмите: открыть его — ещё не значит ознакомиться.")
    elif found.own is not None and found.own.confirmed_at is not None:
        st.success(Markdown(f"Вы ознакомлены {found.own.confirmed_at:%d.%m.%Y}."))
    if found.own is not None and not found.agreement:
        st.caption(
            "Соглашения об электронном ознакомлении в школе нет: подпишите и печатный лист, он у секретаря."
        )


def _show_versions(found: Opened) -> None:
    if found.regulation.replaced_by is not None:
        st.info("Этот документ заменён новой редакцией.")
    for each in found.versions:
        st.button(
            _version_words(each),
            key=f"version_{each.regulation_id}",
            type="tertiary",
            icon=":material/history:",
            on_click=open_document_page,
            args=(each.regulation_id,),
        )


def _version_words(regulation: Regulation) -> Markdown:
    if not regulation.is_approved:
        return Markdown(f"Редакция {regulation.version}: {as_typed(STATE_TITLES[regulation.state])}")
    until = f" по {regulation.valid_until:%d.%m.%Y}" if regulation.valid_until else ""
    return Markdown(f"Редакция {regulation.version}: с {regulation.valid_from:%d.%m.%Y}{until}")


def _show_ending(user: User, regulation: Regulation) -> None:
    here, key = school(), regulation.regulation_id
    if not regulation.asks_to_be_read(here.clock().date()):
        return
    with st.container(horizontal=True):
        if may(user, Action.DRAFT_DOCUMENTS):
            st.button("Новая редакция", icon=":material/edit_document:", on_click=_renew, args=(key,))
        if may(user, Action.APPROVE_DOCUMENTS):
            with st.popover("Отменить", icon=":material/cancel:"):
                st.markdown("Документ перестанет действовать сегодня; знакомиться с ним больше не нужно.")
                if st.button("Отменить документ", key="repeal"):
                    now = here.clock()
                    try_and_rerun(
                        lambda: repeal_document(here.store, user, key, now=now), "Документ отменён."
                    )


def _renew(regulation_id: int) -> None:
    st.session_state[NEWER] = regulation_id
    _close()
    remember(documents="write")


def _show_draft(user: User, found: Opened) -> None:
    regulation = found.regulation
    if regulation.note:
        st.warning(Markdown(f"Возвращён на доработку: {as_typed(regulation.note)}"))
    is_head = may(user, Action.APPROVE_DOCUMENTS)
    if regulation.state is RegulationState.SUBMITTED:
        if is_head:
            _show_decision(user, found)
        else:
            _show_take_back(user, regulation)
    if regulation.state is RegulationState.SUBMITTED:
        _show_words(user, regulation)
    if regulation.state is RegulationState.DRAFT:
        _show_handing_in(user, regulation)
        show_downloads(user, regulation)
    if regulation.state is RegulationState.DRAFT or is_head:
        with st.expander("Изменить", expanded=regulation.state is RegulationState.DRAFT):
            show_editing(user, regulation)


def _show_decision(user: User, found: Opened) -> None:
    here, regulation = school(), found.regulation
    key = regulation.regulation_id
    approving, returning = st.columns(2, gap="medium")
    with approving, st.form("approve"):
        st.markdown("**Утвердить**")
        number_box, day_box = st.columns(2)
        number = number_box.text_input(
            "Номер", regulation.number or found.next_number, max_chars=LONGEST_NUMBER
        )
        day = day_box.date_input("Дата", regulation.dated_on or here.clock().date(), format="DD.MM.YYYY")
        if st.form_submit_button("Утвердить", type="primary", icon=":material/approval:"):
            now = here.clock()
            try_and_rerun(
                lambda: approve_document(here.store, user, key, number, day, now=now),
                lambda count: Markdown(f"Утверждён. Знакомятся: {as_typed(str(count))}."),
            )
    with returning, st.form("return"):
        st.markdown("**Вернуть на доработку**")
        note = st.text_input("Что исправить", max_chars=LONGEST_NOTE)
        if st.form_submit_button("Вернуть"):
            now = here.clock()
            try_and_rerun(lambda: return_draft(here.store, user, key, note, now=now), "Возвращён.")


def _show_take_back(user: User, regulation: Regulation) -> None:
    here, key = school(), regulation.regulation_id
    st.info("Документ у директора. Пока он не утверждён, его можно отозвать и исправить.")
    if st.button("Отозвать", icon=":material/undo:"):
        now = here.clock()
        try_and_rerun(lambda: return_draft(here.store, user, key, "", now=now), "Отозван: снова черновик.")


def _show_handing_in(user: User, regulation: Regulation) -> None:
    here, key = school(), regulation.regulation_id
    with st.container(horizontal=True):
        if st.button("Отдать на утверждение", type="primary", icon=":material/send:"):
            now = here.clock()
            try_and_rerun(lambda: submit_draft(here.store, user, key, now=now), "Отдан на утверждение.")
        with st.popover("Удалить черновик", icon=":material/delete:"):
            st.markdown("Черновик и его файл удалятся насовсем.")
            st.button("Удалить", key="discard", on_click=_discard, args=(user, key))


def _discard(user: User, regulation_id: int) -> None:
    here = school()
    try_in_callback(
        lambda: discard_draft(here.store, user, regulation_id, now=here.clock()), "Черновик удалён."
    )
    _close()
