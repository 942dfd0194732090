"""«Архив»: a school year packed, its paper taken step by step to the shelf, signatures of its documents (п. 2.4, 6.5, 6.6)."""

import streamlit as st

from pages.archive.parts.paper_steps import show_expired, show_steps
from pages.archive.parts.signatures import show_document
from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.archive.actions import ask_archive
from school.archive.lookups import (
    Archive,
    ArchivedDocument,
    ArchivePage,
    Obstacle,
    archive_page,
    archive_years,
    due_paper,
    open_points,
)
from school.archive.rules.paper_states import STATE_TITLES
from school.backup.rules.signs import bytes_text
from school.calendar import school_year_of, school_year_title
from school.paper.rules import sheets_of
from school.records import User
from server.documents import archive_job
from server.session import guard, school

REFRESH_SECONDS = 2
OPEN_POINTS = "archive_open_points"
PACKAGES = "/api/archive/packages"
DOCUMENT_COLUMNS: tuple[RecordColumn[ArchivedDocument], ...] = (
    RecordColumn("Документ", lambda each: each.packed.title, width=300),
    RecordColumn("Листов", lambda each: sheets_of(each.packed.pages), 0, width=80),
    RecordColumn("Бумага", lambda each: STATE_TITLES[each.state], width=170),
    RecordColumn("Последний шаг", lambda each: each.step, width=280),
    RecordColumn("Хранить до", lambda each: f"{each.packed.kept_until:%d.%m.%Y}", width=110),
)
FORMER_COLUMNS: tuple[RecordColumn[Archive], ...] = (
    RecordColumn(
        "Собран", lambda each: f"{each.made_at:%d.%m.%Y %H:%M}" if each.made_at else "не собран", width=150
    ),
    RecordColumn("Кто попросил", lambda each: each.asked_by_name, width=180),
    RecordColumn("Почему заново", lambda each: each.reason, width=300),
    RecordColumn("Чем кончилось", lambda each: each.problem or "пакет цел", width=300),
)


def choose_year(user: User) -> int | None:
    """Let the user choose a school year, by default the one that the paper is due of; None where there is none."""
    years = archive_years(school().store, user)
    if not years:
        st.info("Сдавать в архив пока нечего: классов ещё нет.")
        return None
    today = school().clock().date()
    due = due_paper(school().store, user, today=today)
    wanted = due.school_year if due else school_year_of(today)
    titles = {str(year): f"{school_year_title(year)} учебный год" for year in years}
    default = str(wanted if wanted in years else years[0])
    return int(choose("archive_year", "Учебный год", titles, default=default, place=st.container(width=260)))


def show_due(user: User) -> None:
    """Remind of the paper that is due: from 25 May, in red after 30 June."""
    due = due_paper(school().store, user, today=school().clock().date())
    if due is None:
        return
    if due.is_late:
        st.error(as_typed(due.words))
    else:
        st.warning(as_typed(due.words))


@st.fragment(run_every=REFRESH_SECONDS)
def show_progress(school_year: int) -> None:
    """Say how far the package is; once it is made the page runs again."""
    user = guard(Action.READ_ARCHIVE)
    page = archive_page(school().store, user, school_year, today=school().clock().date())
    if not page.is_asked:
        st.rerun(scope="app")
    progress = archive_job.archive_progress()
    if progress is None:
        st.info("Архив ждёт очереди. Журнал работает как обычно.", icon=":material/hourglass_top:")
    else:
        words = f"Собираем архив: {progress.title}. Готово {progress.done} из {progress.total}."
        st.progress(progress.done / progress.total, as_typed(words))


def show_open_points(found: list[Obstacle]) -> None:
    """Show what must be closed before the year goes into the archive."""
    with st.container(border=True):
        st.markdown("**Сначала закройте учебный год**")
        for each in found:
            st.markdown(
                f":orange[:material/pending_actions:] {as_typed(each.what)}  \n:small[{as_typed(each.next_step)}]"
            )


def show_making(user: User, page: ArchivePage, school_year: int) -> None:
    """Let the secretary have the year packed, or say what stands in the way."""
    if page.problem:
        st.error(as_typed(page.problem))
    if page.is_asked:
        show_progress(school_year)
        return
    if page.made is not None:
        return
    found = known_open_points(user, school_year)
    if found:
        show_open_points(found)
        return
    st.success("Учебный год закрыт, его можно сдать в архив.")
    if page.may_make and st.button("Сделать архив", type="primary", icon=":material/inventory_2:"):
        ask(user, school_year)
    elif not page.may_make:
        st.caption("Архив делает секретарь (п. 6.5).")


def known_open_points(user: User, school_year: int) -> list[Obstacle]:
    """Return what is open of a year, counted anew once anything in the school has changed: it takes a second in a big one."""
    store, today = school().store, school().clock().date()
    asked = (school_year, store.version, today)
    known = st.session_state.get(OPEN_POINTS)
    if known is None or known[0] != asked:
        known = (asked, open_points(store, user, school_year, today=today))
        st.session_state[OPEN_POINTS] = known
    found: list[Obstacle] = known[1]
    return found


def ask_again(user: User, school_year: int) -> None:
    """Let the secretary have the year packed once more, with a reason."""
    with st.form("archive_again", border=False):
        st.caption(
            "Прежний пакет останется. Бумага нового начнётся сначала: печать, подпись, сдача на хранение."
        )
        reason = st.text_input("Почему нужен новый пакет")
        if st.form_submit_button("Собрать заново", icon=":material/refresh:"):
            ask(user, school_year, reason)


def ask(user: User, school_year: int, reason: str = "") -> None:
    """Ask for the package and show its progress."""
    here = school()

    def do() -> None:
        ask_archive(here.store, user, school_year, reason, now=here.clock())
        archive_job.asked.set()

    try_and_rerun(do, Markdown("Начинаем."))


def show_package(archive: Archive) -> None:
    """Show the whole package with a way to take it out of the school's server."""
    made = f"{archive.made_at:%d.%m.%Y %H:%M}" if archive.made_at else ""
    with st.container(border=True):
        words, link = st.columns([4, 1.4], vertical_alignment="center")
        words.markdown(
            f"**Пакет собран и проверен** {made}, {as_typed(bytes_text(archive.size_bytes))}. "
            f"Читается без этой программы: внутри «ПРОЧТИ.txt».  \n:small[SHA-256: {as_typed(archive.sha256)}]"
        )
        link.link_button(
            "Скачать пакет", f"{PACKAGES}/{archive.archive_id}", icon=":material/download:", width="stretch"
        )
        st.caption("Положите второй экземпляр на внешний диск: это и есть электронный архив по п. 6.6.")


def show_archive(user: User) -> None:
    """Show the whole page."""
    show_due(user)
    st.caption(
        "Архив ничего не удаляет: прежние учебные годы остаются в журнале, ученики находятся за все годы (п. 2.4)."
    )
    year = choose_year(user)
    if year is None:
        return
    page = archive_page(school().store, user, year, today=school().clock().date())
    show_making(user, page, year)
    if page.made is not None:
        show_package(page.made)
        st.subheader("Документы")
        show_records(
            page.documents, DOCUMENT_COLUMNS, "archive_documents", export=f"Архив {school_year_title(year)}"
        )
        if page.may_make:
            show_steps(user, page)
        show_document(user, page)
    if page.made is not None and page.may_make and not page.is_asked:
        with st.expander("Собрать архив заново"):
            ask_again(user, year)
    former = [
        each
        for each in page.archives
        if each is not page.made and not (page.is_asked and each is page.archives[0])
    ]
    if former:
        st.subheader("Прежние пакеты")
        show_records(former, FORMER_COLUMNS, "archive_former")
    show_expired(user)


show_archive(guard(Action.READ_ARCHIVE))
