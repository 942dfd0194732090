"""Documents in lists: what one has to read, all of them with their sheets, what is not approved yet."""

from datetime import date

import streamlit as st

from pages.regulations.parts.opened import DOCUMENTS, OPENED, open_document_page
from pages.ui.filters import choose
from pages.ui.links import open_next, page_link
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.discipline.lookups import own_measures
from school.records import User
from school.regulations.lookups import Listed, documents, drafts, title_of, waiting_to_read
from school.regulations.records import Regulation, RegulationKind, RegulationState
from school.regulations.rules.documents import KIND_TITLES, STATE_TITLES
from server.session import school

EVERY = "every"
IN_FORCE, ALL_TIMES = "now", "always"
OWN_MEASURES = "discipline/own_measures.py"


def show_to_read(user: User) -> None:
    """Show what the user has to be acquainted with, the nearest deadline first."""
    today = school().clock().date()
    waiting = waiting_to_read(school().store, user, today=today)
    if not waiting:
        st.success("Знакомиться не с чем: вы ознакомлены со всем, что для вас.")
    for each in waiting:
        _show_line(each.regulation, _deadline(each, today), "read")
    if own_measures(school().store, user, today=today):
        page_link(OWN_MEASURES, Markdown("Меры ко мне: видите только вы и директор"), {}, ":material/person:")


def _deadline(each: Listed, today: date) -> Markdown:
    parts = []
    if (day := each.regulation.read_by) is not None:
        is_late = day < today
        words = f"срок ознакомления — {day:%d.%m.%Y}"
        parts.append(Markdown(f":red[{words}, прошёл]" if is_late else words))
    if each.own is not None and each.own.reminded_at is not None:
        parts.append(Markdown(f"вам напомнили {each.own.reminded_at:%d.%m}"))
    return Markdown(" · ".join(parts))


def _show_line(regulation: Regulation, about: Markdown, key: str) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True
    ):
        newer = f", редакция {regulation.version}" if regulation.version > 1 else ""
        words = Markdown(f"**{as_typed(title_of(regulation))}**{newer}")
        st.markdown(Markdown(f"{words}  \n:small[{about}]") if about else words, width="stretch")
        document = regulation.regulation_id
        st.button("Открыть", key=f"open_{key}_{document}", on_click=open_document_page, args=(document,))


def show_all(user: User) -> None:
    """Show the approved documents as a table; a line opens one."""
    today = school().clock().date()
    kind_box, time_box, _ = st.columns([1, 1, 2])
    kinds = {EVERY: "Все виды"} | {str(each): title.capitalize() for each, title in KIND_TITLES.items()}
    kind = choose("document_kind", "Вид", kinds, place=kind_box)
    times = {IN_FORCE: "Действуют сейчас", ALL_TIMES: "Все, и прежние редакции"}
    time = choose("document_time", "Какие", times, place=time_box)
    found = [
        each
        for each in documents(school().store, user, today=today)
        if kind in (EVERY, each.regulation.kind)
        and (time == ALL_TIMES or each.regulation.asks_to_be_read(today))
    ]
    if not found:
        st.info("Документов нет. Измените вид или покажите все; новые готовит завуч и утверждает директор.")
        return
    columns = [*COLUMNS, SHEET_COLUMN] if may(user, Action.FOLLOW_DOCUMENTS) else list(COLUMNS)
    columns.append(RecordColumn("Вы", _own_words, width=135))
    show_records(
        found,
        columns,
        "documents_table",
        on_choose=lambda number: open_next(DOCUMENTS, {OPENED: found[number].regulation_id}),
        export="Документы школы",
    )
    st.caption("Нажмите на строку, чтобы открыть документ.")


def _own_words(each: Listed) -> str:
    if each.own is None:
        return ""
    if each.own.confirmed_at is not None:
        return f"ознакомлен(а) {each.own.confirmed_at:%d.%m.%Y}"
    return "ждёт вас" if each.waits else ""


def force_words(regulation: Regulation) -> str:
    """Return since when and until when a document holds."""
    if regulation.repealed_at is not None:
        return f"отменён {regulation.repealed_at:%d.%m.%Y}"
    since = f"с {regulation.valid_from:%d.%m.%Y}" if regulation.valid_from else ""
    until = f" по {regulation.valid_until:%d.%m.%Y}" if regulation.valid_until else ""
    replaced = ", заменён" if regulation.replaced_by is not None else ""
    return f"{since}{until}{replaced}"


COLUMNS: tuple[RecordColumn[Listed], ...] = (
    RecordColumn("Вид", lambda row: KIND_TITLES[RegulationKind(row.regulation.kind)], width=100),
    RecordColumn("№", lambda row: row.regulation.number, width=70),
    RecordColumn(
        "Дата", lambda row: f"{row.regulation.dated_on:%d.%m.%Y}" if row.regulation.dated_on else "", width=90
    ),
    RecordColumn("Заголовок", lambda row: row.regulation.title, width=310),
    RecordColumn("Действует", lambda row: force_words(row.regulation), width=185),
    RecordColumn("Редакция", lambda row: str(row.regulation.version), width=75),
)
SHEET_COLUMN: RecordColumn[Listed] = RecordColumn(
    "Ознакомлены", lambda row: f"{row.done} из {row.total}", width=95
)


def show_drafts(user: User) -> None:
    """Show what is not approved yet: first what lies before the head."""
    found = sorted(drafts(school().store, user), key=lambda each: each.state is RegulationState.DRAFT)
    if not found:
        st.info("Черновиков нет. Чтобы начать документ или приказ, выберите «Подготовить».")
    for each in found:
        colour = "orange" if each.state is RegulationState.SUBMITTED else "gray"
        author = f" · {as_typed(each.author)}" if each.author else ""
        back = f" · возвращён: {as_typed(each.note)}" if each.note else ""
        state = STATE_TITLES[each.state]
        about = Markdown(f":{colour}-badge[{as_typed(state)}] {each.drafted_at:%d.%m.%Y}{author}{back}")
        _show_line(each, about, "draft")
