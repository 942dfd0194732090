"""How documents go on paper: a step of one or of many at once, and those whose term of keeping is over (п. 6.6)."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.archive.actions import take_step, take_step_back
from school.archive.lookups import ArchivedDocument, ArchivePage, expired_documents
from school.archive.records import PaperState
from school.archive.rules.paper_states import BEFORE, STATE_TITLES, STEP_WORDS, Step
from school.numbers import counted
from school.records import User
from server.session import school

ALL = ""
EXPIRED_COLUMNS: tuple[RecordColumn[tuple[str, ArchivedDocument]], ...] = (
    RecordColumn("Учебный год", lambda row: row[0], width=110),
    RecordColumn("Документ", lambda row: row[1].packed.title, width=320),
    RecordColumn("Хранили до", lambda row: f"{row[1].packed.kept_until:%d.%m.%Y}", width=110),
    RecordColumn("Где лежит", lambda row: row[1].step, width=320),
)


def show_steps(user: User, page: ArchivePage) -> None:
    """Let the secretary note the next step of documents: of a class, or of several at once."""
    st.subheader("Отметить шаг")
    steps = [state for state in STEP_WORDS if any(each.state is BEFORE[state] for each in page.documents)]
    if not steps:
        st.caption("Все документы прошли свой путь: ждать нечего до конца срока хранения.")
        return
    step_box, class_box = st.columns([2, 2])
    titles = {str(state): STEP_WORDS[state] for state in steps}
    state = PaperState(choose("archive_step", "Шаг", titles, place=step_box))
    waiting = [each for each in page.documents if each.state is BEFORE[state]]
    classes = {ALL: "Все классы"} | {
        each.packed.class_name: each.packed.class_name or "школа"
        for each in waiting
        if each.packed.class_name
    }
    chosen = choose("archive_class", "Класс", classes, default=ALL, place=class_box)
    shown = [each for each in waiting if chosen in (ALL, each.packed.class_name)]
    show_step(user, state, shown)
    show_taking_back(user, page.documents)


def show_step(user: User, state: PaperState, shown: Sequence[ArchivedDocument]) -> None:
    """Show the form of a step for these documents, all of them unless some are picked."""
    titles = {each.document_id: each.packed.title for each in shown}
    words = counted(len(shown), "документ", "документа", "документов")
    with st.form(f"archive_step_{state}"):
        picked = st.multiselect(
            "Документы", list(titles), format_func=titles.__getitem__, placeholder=f"Все показанные: {words}"
        )
        ids = picked or list(titles)
        step = step_fields(state)
        if st.form_submit_button(f"Отметить: {STATE_TITLES[state]}", type="primary", icon=":material/check:"):
            here = school()
            done = counted(len(ids), "документ", "документа", "документов")
            try_and_rerun(
                lambda: take_step(here.store, user, ids, step, now=here.clock()),
                Markdown(f"Отмечено: {STATE_TITLES[state]}, {done}."),
            )


def step_fields(state: PaperState) -> Step:
    """Show what a step must say, and return it."""
    if state is PaperState.PRINTED:
        sheets = st.number_input(
            "Листов",
            min_value=1,
            value=None,
            placeholder="столько, сколько в документе",
            help="Заполните, если напечатано иначе: например, на одной стороне листа.",
        )
        return Step(state, sheets=sheets)
    if state is PaperState.STORED:
        return Step(state, place=st.text_input("Где лежит", placeholder="архив, шкаф 2, полка 3"))
    if state is PaperState.DESTROYED:
        number_box, day_box = st.columns(2)
        number = number_box.text_input("Номер акта")
        day: date | None = day_box.date_input("Дата акта", value=None, format="DD.MM.YYYY")
        return Step(state, act_number=number, act_day=day)
    st.caption("Подпись директора, печать, прошито и пронумеровано.")
    return Step(state)


def show_taking_back(user: User, documents: Sequence[ArchivedDocument]) -> None:
    """Let a step that was noted by mistake be taken back."""
    taken = {
        each.document_id: f"{each.packed.title}: {STATE_TITLES[each.state]}"
        for each in documents
        if each.state in BEFORE and each.state is not PaperState.DESTROYED
    }
    if not taken:
        return
    with st.expander("Отменить ошибочный шаг"), st.form("archive_back", border=False):
        picked = st.multiselect(
            "Документы", list(taken), format_func=taken.__getitem__, placeholder="Выберите"
        )
        if st.form_submit_button("Отменить шаг", icon=":material/undo:"):
            here = school()
            try_and_rerun(
                lambda: take_step_back(here.store, user, picked, now=here.clock()), Markdown("Шаг отменён.")
            )


def show_expired(user: User) -> None:
    """List what may be destroyed by an act; the program destroys nothing by itself."""
    found = expired_documents(school().store, user, today=school().clock().date())
    if not found:
        return
    st.subheader("Срок хранения истёк")
    show_records(found, EXPIRED_COLUMNS, "archive_expired")
    st.caption(
        as_typed(
            "Бумагу уничтожают по акту комиссии; отметьте акт в архиве того года. Журнал сам ничего не уничтожает: "
            "ни пакетов, ни записей."
        )
    )
