"""«Обмен по профилям»: rows out and in by the columns of another system, what changed here and there, the log (п. 4.6)."""

from datetime import date
from typing import Any

import streamlit as st

from pages.imports.parts.comparison import show_comparison
from pages.imports.parts.profile_settings import show_profiles
from pages.ui.export import WORKBOOK_MIME, download, file_name_of
from pages.ui.filters import choose_one, choose_part
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import show_done
from school.access.action import Action
from school.calendar import school_year_title
from school.files.plan import ImportKind
from school.imports.actions.exchanges import unload
from school.imports.kinds import exchanged_kinds, may_load_kind
from school.imports.lookups.exchanges import exchange_log, exchange_profiles, exchange_year, grades_to_leave
from school.imports.lookups.frame import LoadingFrame, loading_frame
from school.imports.records import DIRECTION_TITLES, OutChoices, StoredProfile
from school.imports.rules.differences import KEYS
from school.imports.rules.profile_files import form_of
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from school.year.records import YearKey
from server.session import guard, school
from server.viewings import note_seen

UPLOAD = "exchange"
OUT, IN, PROFILES, LOG = "out", "in", "profiles", "log"
PARTS = {OUT: "Выгрузить", IN: "Сравнить и загрузить", PROFILES: "Профили", LOG: "Журнал обмена"}
ABOUT = (
    "Обмен с другой программой файлами: профиль говорит, какой столбец что значит, и по нему данные и выгружаются, и загружаются. "
    "Подойдёт ли файл другой программе, решает её описание: журнал пишет его по вашему профилю."
)
LOG_COLUMNS: tuple[RecordColumn[Any], ...] = (
    RecordColumn("Когда", lambda each: f"{each.exchanged_at:%d.%m.%Y %H:%M}", width=130),
    RecordColumn("Кто", lambda each: each.exchanged_by_name, width=120),
    RecordColumn("Что", lambda each: form_of(ImportKind(each.kind)).title, width=105),
    RecordColumn("Профиль", lambda each: each.profile_name, width=140),
    RecordColumn("Действие", lambda each: DIRECTION_TITLES[each.direction], width=92),
    RecordColumn("Файл", lambda each: each.file_name, width=150),
    RecordColumn("Строк", lambda each: each.row_count, 0, width=62),
    RecordColumn("Записано", lambda each: each.written_count, 0, width=86),
    RecordColumn("Отклонено", lambda each: each.refused_count, 0, width=94),
    RecordColumn("Отменена", lambda each: f"{each.undone_at:%d.%m.%Y}" if each.undone_at else "", width=98),
)


def choose_profile(user: User, part: str) -> StoredProfile | None:
    """Show the profiles and return the chosen one; None, with words, where there is none."""
    known = {
        each.profile_id: each
        for each in exchange_profiles(school().store, user)
        if part == OUT or (ImportKind(each.kind) in KEYS and may_load_kind(user, ImportKind(each.kind)))
    }
    if not known:
        st.info("Профилей ещё нет. Составьте или загрузите файл профиля: «Профили».")
        return None
    titles = {
        profile_id: f"{form_of(ImportKind(each.kind)).title}: {each.name}, версия {each.version}"
        for profile_id, each in known.items()
    }
    return known[choose_one("Профиль", titles, key=f"exchange_profile_{part}", width=560)]


def ask_choices(user: User, frame: LoadingFrame, kind: ImportKind | None) -> OutChoices:
    """Show of which school and year the rows are, and what else they depend on, and return it."""
    boxes = st.columns([1, 1, 1, 1], vertical_alignment="bottom")
    year = boxes[0].selectbox(
        "Учебный год", frame.school_years, format_func=school_year_title, key="exchange_year"
    )
    schools = dict(frame.schools)
    school_id = next(iter(schools), 0)
    if len(schools) > 1:
        school_id = choose_one("Школа", schools, place=boxes[1], key="exchange_school")
    first, last = exchange_year(school().store, user, year)
    grade = 9
    if kind is ImportKind.FACTS:
        first = boxes[2].date_input("Уроки с", first, format="DD.MM.YYYY", key=f"exchange_first_{year}")
        last = boxes[3].date_input("по", last, format="DD.MM.YYYY", key=f"exchange_last_{year}")
    if kind is ImportKind.GRADUATES:
        grades = grades_to_leave(school().store, user, school_id, year)
        grade = boxes[2].selectbox("Параллель", grades, key="exchange_grade") or grade
    return OutChoices(YearKey(school_id, year), school().clock().date(), (first, last), grade)


def show_unloading(user: User, frame: LoadingFrame) -> None:
    """Offer the rows of a profile as files."""
    profile = choose_profile(user, OUT)
    if profile is None:
        return
    kind = ImportKind(profile.kind)
    choices = ask_choices(user, frame, kind)
    st.markdown(
        f"{as_typed(form_of(kind).title)} по профилю «{as_typed(profile.name)}»: столбцы, коды и вид дат — из профиля."
    )
    if kind is not ImportKind.STAFF:
        st.caption("В файле есть имена: передавайте его только тому, кому они положены.")
    with st.container(horizontal=True):
        offer_file(user, profile, choices, "Скачать XLSX", as_csv=False)
        if not profile.file.mapping.sheet_field:
            offer_file(user, profile, choices, "Скачать CSV", as_csv=True)


def offer_file(
    user: User, profile: StoredProfile, choices: OutChoices, label: Markdown, *, as_csv: bool
) -> None:
    """Show the button that makes a file by the profile, writes a line into the log and gives it."""

    def make() -> bytes:
        note_seen(user, Seen(Viewed.EXPORT, title=form_of(ImportKind(profile.kind)).title))
        now = school().clock()
        return unload(school().store, user, profile.profile_id, choices, as_csv=as_csv, now=now).content

    day: date = choices.today
    name = f"{file_name_of(profile.name)} {day:%Y-%m-%d}.{'csv' if as_csv else 'xlsx'}"
    mime = "text/csv" if as_csv else WORKBOOK_MIME
    download(label, make, name, mime, key=f"exchange_out_{as_csv}")


def show_loading(user: User, frame: LoadingFrame) -> None:
    """Take a file of a profile, show it beside the school, and load what is chosen."""
    profile = choose_profile(user, IN)
    if profile is not None:
        show_comparison(user, profile, ask_choices(user, frame, ImportKind(profile.kind)), UPLOAD)


def show_log(user: User) -> None:
    """Show who exchanged what when."""
    lines = exchange_log(school().store, user)
    if not lines:
        st.info("Обменов ещё не было.")
        return
    show_records(lines, LOG_COLUMNS, "exchange_log", rows_shown=14, export="Журнал обмена")


def show_page(user: User) -> None:
    """Show the whole page."""
    st.markdown(ABOUT)
    show_done(UPLOAD)
    frame = loading_frame(school().store, user)
    if not exchanged_kinds(user) or not frame.school_years:
        st.info("Обменивать пока нечего: сначала откройте учебный год.")
        return
    part = choose_part("Что сделать", PARTS, OUT, key="exchange_part")
    if part == OUT:
        show_unloading(user, frame)
    elif part == IN:
        show_loading(user, frame)
    elif part == PROFILES:
        show_profiles(user, ask_choices(user, frame, None))
    else:
        show_log(user)


show_page(guard(Action.EXPORT_JOURNAL))
