"""«Печать журналов»: the registers and summary sheets of classes, made to be printed, sewn and kept (п. 2.3, 6.5, 6.6)."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.paper.parts.marks_sheet import show_sheet_look
from pages.ui.doing import try_in_callback
from pages.ui.filters import choose
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import as_typed
from pipelines.reports.papers import MAKERS
from school.access.action import Action
from school.calendar import school_year_of, school_year_title
from school.numbers import counted
from school.paper.actions import ask_papers, cancel_papers
from school.paper.lookups import PaperShelf, paper_content, paper_shelf, paper_years, progress_of
from school.paper.records import OrderState, Paper, PaperClass, PaperForm, PaperKind, PaperOrder
from school.paper.rules import FORM_TITLES, OPEN, PAPERS, kept_until, sheets_of
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.documents import paper_job
from server.session import guard, school
from server.viewings import note_seen

REFRESH_SECONDS = 2
WIDTHS = [3.2, 3.4, 1.6, 0.9, 0.9]
KINDS = tuple(kind for kind in PaperKind if kind in MAKERS)
MIMES = {
    PaperForm.PDF: "application/pdf",
    PaperForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OUTDATED = "есть новые записи"


def choose_year(user: User) -> int | None:
    """Let the user choose a school year, the current one by default; None where there are no classes to print."""
    years = paper_years(school().store, user)
    if not years:
        st.info("Печатать пока нечего: классов ещё нет. Они появятся, когда будет открыт учебный год.")
        return None
    now = school_year_of(school().clock().date())
    titles = {str(year): f"{school_year_title(year)} учебный год" for year in years}
    default = str(now if now in years else years[0])
    return int(choose("paper_year", "Учебный год", titles, default=default, place=st.container(width=260)))


def state_words(shelf: PaperShelf, order: PaperOrder) -> str:
    """«готово 12.06.2027, 84 листа», «нет», «готовится»: how far a document of a class is."""
    queued, paper = shelf.queued(order), shelf.papers.get(order)
    if queued is not None and queued.state is OrderState.RUNNING:
        return "готовится"
    if queued is not None and queued.state is OrderState.WAITING:
        return "ждёт очереди"
    if queued is not None and queued.state is OrderState.FAILED:
        return "не удалось"
    if paper is None:
        return "нет"
    words = f"{paper.made_at:%d.%m.%Y}, {_sheets(paper)}"
    return f"{words}; {OUTDATED}" if shelf.is_outdated(paper) else words


def _sheets(paper: Paper) -> str:
    return counted(sheets_of(paper.pages), "лист", "листа", "листов")


def show_classes(shelf: PaperShelf) -> None:
    """Show which documents of which class are ready."""

    def state(kind: PaperKind) -> RecordColumn[PaperClass]:
        return RecordColumn(
            PAPERS[kind].title, lambda row: state_words(shelf, PaperOrder(kind, row.class_id))
        )

    columns = [RecordColumn[PaperClass]("Класс", lambda row: row.name), *(state(kind) for kind in KINDS)]
    show_records(shelf.classes, columns, key="papers")


@st.fragment(run_every=REFRESH_SECONDS)
def show_progress(school_year: int, shown: int) -> None:
    """Say how far the queue is, with a way to stop it; whenever more than ``shown`` are finished the page runs again."""
    user = guard(Action.READ_PAPERS)
    shelf = paper_shelf(school().store, user, school_year)
    progress = progress_of(shelf.queue)
    if not progress.is_open or progress.finished != shown:
        st.rerun(scope="app")
    names = {each.class_id: each.name for each in shelf.classes}
    what = "Ждём очереди."
    if progress.current is not None:
        what = f"Готовим: {PAPERS[progress.current.kind].title}, {names[progress.current.class_id]}."
    words = as_typed(f"{what} Готово {progress.finished} из {progress.total}.")
    st.progress(progress.finished / progress.total, words)
    if shelf.printable and any(each.state is OrderState.WAITING for each in shelf.queue):
        st.button("Остановить", icon=":material/stop:", on_click=_cancel)


def show_failures(shelf: PaperShelf) -> None:
    """Say what could not be made at the last request."""
    names = {each.class_id: each.name for each in shelf.classes}
    for each in shelf.queue:
        if each.state is OrderState.FAILED:
            title = f"{PAPERS[each.order.kind].title}, {names[each.order.class_id]}"
            st.warning(as_typed(f"{title}. {each.problem}"))


def show_asking(shelf: PaperShelf) -> None:
    """Let the user have the documents of all classes made, or only those that are missing or out of date."""
    orders = [
        PaperOrder(kind, row.class_id)
        for row in shelf.classes
        for kind in KINDS
        if row.class_id in shelf.printable
    ]
    if not orders:
        return
    is_open = {each.order for each in shelf.queue if each.state in OPEN}
    waiting = [order for order in orders if order not in is_open]
    stale = [
        order for order in waiting if order not in shelf.papers or shelf.is_outdated(shelf.papers[order])
    ]
    with st.container(horizontal=True):
        st.button(
            "Подготовить недостающие и устаревшие",
            type="primary",
            icon=":material/print_add:",
            on_click=_ask,
            args=(stale,),
            disabled=not stale,
        )
        st.button(
            "Подготовить все заново",
            icon=":material/refresh:",
            on_click=_ask,
            args=(waiting,),
            disabled=not waiting,
        )


def show_class(user: User, shelf: PaperShelf) -> None:
    """Let the user choose a class, and make and download each of its documents."""
    titles = {str(row.class_id): row.name for row in shelf.classes}
    class_id = int(choose("paper_class", "Класс", titles, place=st.container(width=160)))
    row = next(each for each in shelf.classes if each.class_id == class_id)
    with st.container(gap=None):
        for kind in KINDS:
            show_document(user, shelf, row, kind)


def show_document(user: User, shelf: PaperShelf, row: PaperClass, kind: PaperKind) -> None:
    """Show one document of a class with its forms."""
    order, rule = PaperOrder(kind, row.class_id), PAPERS[kind]
    title, state, button, *forms = st.columns(WIDTHS, vertical_alignment="center", gap="small")
    years = counted(rule.years_kept, "год", "года", "лет")
    until = kept_until(kind, row.school_year)
    title.markdown(rule.title, help=f"Хранить {years}, по {until:%d.%m.%Y} ({rule.clause})")
    paper = shelf.papers.get(order)
    made_by = f" · {paper.made_by_name}" if paper else ""
    state.caption(as_typed(f"{state_words(shelf, order)}{made_by}"))
    queued = shelf.queued(order)
    if row.class_id in shelf.printable:
        button.button(
            "Подготовить" if paper is None else "Заново",
            key=f"ask_{kind}",
            on_click=_ask,
            args=([order],),
            type="tertiary",
            icon=":material/print:",
            disabled=queued is not None and queued.state in OPEN,
        )
    if paper is None:
        return
    for form, box in zip(rule.forms, forms, strict=False):
        box.download_button(
            FORM_TITLES[form],
            partial(_content, user, order, form),
            file_name(row, kind, form),
            MIMES[form],
            key=f"{form}_{kind}",
            on_click="ignore",
            type="tertiary",
        )


def file_name(row: PaperClass, kind: PaperKind, form: PaperForm) -> str:
    """«Классный журнал 7А 2026-27.pdf»."""
    return f"{PAPERS[kind].title} {row.name} {school_year_title(row.school_year)}.{form}".replace("/", "-")


def _content(user: User, order: PaperOrder, form: PaperForm) -> bytes:
    content = paper_content(school().store, user, order.kind, order.class_id, form)
    note_seen(user, Seen(Viewed.REPORT, title=PAPERS[order.kind].title, class_id=order.class_id))
    return content


def _ask(orders: Sequence[PaperOrder]) -> None:
    user = guard(Action.PRINT_PAPERS)
    try_in_callback(lambda: ask_papers(school().store, user, orders, now=school().clock()))
    paper_job.asked.set()


def _cancel() -> None:
    user = guard(Action.PRINT_PAPERS)
    try_in_callback(lambda: cancel_papers(school().store, user, now=school().clock()))


def show_page(user: User) -> None:
    """Show the whole page."""
    st.caption(
        "Журналы и сводные ведомости печатают, прошивают и скрепляют печатью по окончании учебного года, не позднее 30 июня (п. 6.6)."
    )
    year = choose_year(user)
    if year is None:
        return
    shelf = paper_shelf(school().store, user, year)
    progress = progress_of(shelf.queue)
    if progress.is_open:
        show_progress(year, progress.finished)
    show_failures(shelf)
    show_asking(shelf)
    show_classes(shelf)
    show_class(user, shelf)
    show_sheet_look(user)


show_page(guard(Action.READ_PAPERS))
