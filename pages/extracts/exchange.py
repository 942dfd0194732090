"""«Обмен данными»: the whole register out as an extract, and extracts in (п. 4.6)."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.export import archive_for_spreadsheets, download, export_table
from pages.ui.tables import show_table
from pages.ui.typed_text import as_typed
from pages.ui.upload import finish, show_done, show_loading
from pipelines.figures.columns import FigureColumn
from school.access.action import Action
from school.access.checks import may
from school.backup.records import Cause
from school.calendar import school_year_title
from school.extracts.actions import ImportReport
from school.extracts.archive import export_archive, import_archive, preview_archive
from school.extracts.format import TABLES
from school.extracts.lookups import export_years, journal_size
from school.extracts.one_roster import one_roster_archive
from school.files.source import ROWS
from school.numbers import counted, number_text
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.session import guard, school
from server.state.backups import back_up_before
from server.viewings import note_seen

ONE_ROSTER = "one_roster_set"
UPLOAD, REFUSED_SHOWN, UPLOAD_MEGABYTES = "archive", 1000, 200
PARQUET, CSV, SPREADSHEETS = "parquet", "csv", "spreadsheets"
FORMATS = {
    PARQUET: "Parquet — для программ",
    CSV: "CSV — для обмена",
    SPREADSHEETS: "CSV — для Excel (обратно не загружается)",
}
COUNT_COLUMNS = (
    FigureColumn("table", "Таблица", width=240),
    FigureColumn("file", "Файл", width=180),
    FigureColumn("added", "Добавится", 0, width=130),
    FigureColumn("known", "Уже в журнале", 0, width=130),
    FigureColumn("refused", "Отклонено", 0, width=130),
)
REFUSED_COLUMNS = (
    FigureColumn("table", "Таблица", width=170),
    FigureColumn("file", "Файл", width=170),
    FigureColumn("line", "Строка", 0, width=80),
    FigureColumn("reason", "Причина", width=540),
)


def show_export(user: User) -> None:
    """Show what an export holds, and the button that makes it."""
    st.subheader("Выгрузить журнал")
    st.markdown(
        "Весь журнал одним архивом: классы, периоды, уроки, отметки, пропуски. "
        "Имён в нём нет — только условные номера."
    )
    sizes = {
        title: count
        for title, count in journal_size(school().store, user, school().clock().date()).items()
        if count
    }
    if not sizes:
        st.info("Выгружать пока нечего: журнал пуст.")
        return
    st.markdown(" · ".join(f"{as_typed(title)}: {number_text(count)}" for title, count in sizes.items()))
    chosen = st.radio("Вид таблиц", list(FORMATS), format_func=FORMATS.__getitem__, horizontal=True)
    now = school().clock()
    download(
        "Скачать архив", lambda: archive_of(user, chosen), f"journal-{now:%Y-%m-%d}.zip", "application/zip"
    )


def archive_of(user: User, chosen: str) -> bytes:
    """Return the register as an archive of tables in the chosen format."""
    note_seen(user, Seen(Viewed.EXPORT, title="журнал школы"))
    content = export_archive(school().store, user, now=school().clock(), as_csv=chosen == CSV)
    return archive_for_spreadsheets(content) if chosen == SPREADSHEETS else content


def show_one_roster(user: User) -> None:
    """Make a school year as a OneRoster set, with the step at which it is, and offer it."""
    years = export_years(school().store, user)
    if not years:
        return
    st.subheader("Выгрузить учебный год в OneRoster 1.1")
    st.markdown(
        "Набор для другой системы: школа, периоды, классы, люди, работы и отметки, в том числе за период и за год. **В нём есть имена** "
        "учеников и учителей и дни рождения учеников — передавайте его только тому, кому они положены."
    )
    year_box, button_box = st.columns([1, 2], vertical_alignment="bottom")
    year = year_box.selectbox("Учебный год", years, format_func=school_year_title, key="one_roster_year")
    if button_box.button("Собрать набор", icon=":material/inventory_2:", key="one_roster_make"):
        with st.status("Собираю…") as status:
            note_seen(user, Seen(Viewed.EXPORT, title="OneRoster"))
            content = one_roster_archive(
                school().store,
                user,
                year,
                now=school().clock(),
                progress=lambda step: status.update(label=as_typed(f"{step}…")),
            )
            status.update(label="Набор собран.", state="complete")
        st.session_state[ONE_ROSTER] = (year, content)
    made_year, content = st.session_state.get(ONE_ROSTER, (None, b""))
    if made_year == year:
        name = f"oneroster-{year}-{year + 1}.zip"
        download("Скачать набор", lambda: content, name, "application/zip", key="one_roster_download")


def count_rows(report: ImportReport) -> pd.DataFrame:
    """Return what each table brings."""
    refused = [row.table for row in report.refused]
    rows = [
        (TABLES[name].title.capitalize(), name, count.added, count.known, refused.count(name))
        for name, count in report.counts.items()
    ]
    table = pd.DataFrame(rows, columns=[column.name for column in COUNT_COLUMNS])
    return table[table[["added", "known", "refused"]].any(axis=1)]


def refused_rows(report: ImportReport) -> pd.DataFrame:
    """Return the rows that stay out, each with its place and reason."""
    rows = [(TABLES[row.table].title.capitalize(), row.file, row.line, row.reason) for row in report.refused]
    return pd.DataFrame(rows, columns=[column.name for column in REFUSED_COLUMNS])


def show_report(report: ImportReport) -> None:
    """Show the counts, the notes and the refused rows."""
    show_table(count_rows(report), COUNT_COLUMNS, "import_counts")
    counts = [report.rows.words("В архиве", ROWS)] if report.rows else []
    for note in (*counts, *report.notes):
        st.caption(as_typed(note))
    if report.refused:
        words = counted(len(report.refused), "строка", "строки", "строк")
        st.markdown(f"**Не загружаются: {words}.** Остальное от них не зависит.")
        rows = refused_rows(report)
        show_table(rows.head(REFUSED_SHOWN), REFUSED_COLUMNS, "import_refused", rows_shown=8)
        titles = {column.name: column.title for column in REFUSED_COLUMNS}
        export_table(rows.rename(columns=titles), "Отклонённые строки", key="export_refused")


def show_import(user: User) -> None:
    """Take an archive, show what it would bring, and load it once the administrator agrees."""
    st.subheader("Загрузить журнал")
    show_done(UPLOAD)

    def show(report: ImportReport, file: Any) -> None:
        show_report(report)
        if not report.added:
            st.info("Новых строк в архиве нет: загружать нечего.")
        elif st.button("Загрузить в журнал", type="primary"):
            _load(user, file.getvalue(), file.name)

    show_loading(
        UPLOAD,
        "ZIP-архив с таблицами (.parquet или .csv). До вашего согласия журнал не меняется.",
        "zip",
        lambda content: preview_archive(school().store, user, content, now=school().clock()),
        "Читаю архив и проверяю строки…",
        show,
        max_upload_size=UPLOAD_MEGABYTES,
    )


def _load(user: User, content: bytes, name: str) -> None:
    with st.spinner("Делаю резервную копию и загружаю…"):
        back_up_before(Cause.IMPORT, user)
        report = import_archive(school().store, user, content, now=school().clock(), source=name)
    added = counted(report.added, "строка", "строки", "строк")
    left_out = f", отклонено: {len(report.refused)}" if report.refused else ""
    finish(UPLOAD, f"Журнал загружен. Добавлено: {added}{left_out}.")


def show_exchange(user: User) -> None:
    """Show the whole page."""
    show_export(user)
    st.divider()
    show_one_roster(user)
    if may(user, Action.IMPORT_JOURNAL):
        st.divider()
        show_import(user)


show_exchange(guard(Action.EXPORT_JOURNAL))
