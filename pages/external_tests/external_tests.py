"""«ВПР, ОГЭ, ЕГЭ»: results of national tests out of a workbook, seen before they are loaded (п. 2.5, 6.3)."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.export import download, export_table, file_name_of
from pages.ui.links import page_link
from pages.ui.tables import RecordColumn, show_records, show_table
from pages.ui.typed_text import as_typed
from pages.ui.upload import finish, note_done, show_done, show_loading, show_reading
from pipelines.figures.columns import FigureColumn
from school.access.action import Action
from school.access.checks import may
from school.calendar import school_year_of
from school.external_tests.actions import delete_results, load_results
from school.external_tests.lookups import (
    loaded_results,
    preview_results,
    pupil_titles,
    pupils_to_test,
    tested_classes,
    tested_subjects,
)
from school.external_tests.records import ExternalResult, LoadedTest
from school.external_tests.rules import KINDS
from school.external_tests.workbook import results_of_file, results_workbook
from school.files.plan import Plan, PlannedRow
from school.files.source import SourceTable
from school.numbers import counted
from school.records import User
from server.session import guard, school

ROWS_SHOWN, UPLOAD_MEGABYTES = 1000, 20
FILE_TYPES = ["xlsx", "xls", "ods", "csv"]
UPLOAD = "external_tests"
LOADED_COLUMNS: tuple[RecordColumn[LoadedTest], ...] = (
    RecordColumn("Тест", lambda test: KINDS[test.key.kind].title, width=70),
    RecordColumn("Предмет", lambda test: test.subject_name),
    RecordColumn("День", lambda test: f"{test.key.held_on:%d.%m.%Y}", width=110),
    RecordColumn("Результатов", lambda test: test.result_count, 0, width=110),
    RecordColumn(
        "Есть с чем сравнить",
        lambda test: test.compared_count,
        0,
        help="у скольких учеников есть отметка за последний период, закончившийся к дню теста",
    ),
)
REFUSED_COLUMNS = (
    FigureColumn("line", "Строка", width=80),
    FigureColumn("reason", "Почему не загружается", width=760),
)


def show_loaded(user: User, tests: Sequence[LoadedTest]) -> None:
    """Show what is loaded; a test may be deleted as a whole."""
    if not tests:
        st.info("Результаты ещё не загружены. После загрузки они появятся на странице «Объективность».")
        return
    shown = show_records(tests, LOADED_COLUMNS, "external_tests")
    with st.container(horizontal=True, vertical_alignment="center"):
        export_table(shown, "ВПР, ОГЭ, ЕГЭ", key="export_external_tests")
        page_link("analytics/consistency.py", "Сравнить с отметками", {"control": "external_tests"})
        if may(user, Action.LOAD_EXTERNAL_TESTS):
            show_deletion(user, tests)


def title_of(test: LoadedTest) -> str:
    """«ВПР, Алгебра, 15.04.2026 — 25 результатов»."""
    results = counted(test.result_count, "результат", "результата", "результатов")
    return f"{KINDS[test.key.kind].title}, {test.subject_name}, {test.key.held_on:%d.%m.%Y} — {results}"


def show_deletion(user: User, tests: Sequence[LoadedTest]) -> None:
    """Offer to delete a test that was loaded by mistake."""
    by_id = {test.test_id: test for test in tests}
    with st.popover("Удалить тест…"), st.form("delete_test", border=False):
        chosen = st.selectbox(
            "Какой тест", list(by_id), format_func=lambda key: title_of(by_id[key]), index=None
        )
        is_sure = st.checkbox("Удалить все его результаты")
        if not st.form_submit_button("Удалить"):
            return
        if chosen is None or not is_sure:
            st.warning("Выберите тест и подтвердите удаление.")
            return
        delete_results(school().store, user, chosen, now=school().clock())
        note_done(UPLOAD, f"Удалено: {as_typed(title_of(by_id[chosen]))}.")
    st.rerun()


def show_list_to_fill(user: User) -> None:
    """Offer the list of pupils of some classes as a workbook to fill in."""
    today = school().clock().date()
    subjects = tested_subjects(school().store, user)
    places = st.columns([1, 1.6, 1, 2.4])
    kind = places[0].selectbox("Тест", list(KINDS), format_func=lambda key: KINDS[key].title)
    subject = places[1].selectbox("Предмет", list(subjects), format_func=subjects.__getitem__)
    day = places[2].date_input("День", today, max_value=today, format="DD.MM.YYYY")
    classes = {
        row.class_id: row.name
        for row in tested_classes(school().store, user)
        if row.school_year == school_year_of(day)
    }
    chosen = places[3].multiselect(
        "Классы", list(classes), format_func=classes.__getitem__, placeholder="выберите"
    )
    title = f"{KINDS[kind].title}, {subjects.get(subject, '')}, {day:%d.%m.%Y}"
    download(
        "Скачать список для заполнения",
        lambda: results_workbook(
            pupils_to_test(school().store, user, chosen, day), kind, subjects[subject], f"{day:%d.%m.%Y}"
        ),
        f"{file_name_of(title)}.xlsx",
        disabled=not chosen,
    )


def show_upload(user: User) -> None:
    """Take a file, show what it would bring, and load it once the deputy head agrees."""

    def show(previewed: tuple[SourceTable, Plan[ExternalResult]], _file: Any) -> None:
        table, plan = previewed
        show_plan(user, table, plan)
        if not plan.brings_anything:
            st.info("Нового в файле нет: загружать нечего.")
        elif st.button("Загрузить результаты", type="primary"):
            done = load_results(school().store, user, table.rows, plan, now=school().clock())
            finish(UPLOAD, f"Загружено: добавлено {len(done.new)}, изменено {len(done.changed)}.")

    show_loading(
        UPLOAD,
        "Заполненный список или своя таблица со столбцами «Класс», «Ученик», «Тест», «Предмет», «Дата», "
        "«Отметка» или «Балл». До вашего согласия ничего не загружается.",
        FILE_TYPES,
        lambda content: previewed(user, content),
        "Читаем файл и проверяем строки…",
        show,
        max_upload_size=UPLOAD_MEGABYTES,
    )


def previewed(user: User, content: bytes) -> tuple[SourceTable, Plan[ExternalResult]]:
    """Return the rows of an uploaded file and what they would do."""
    table = results_of_file(content)
    return table, preview_results(school().store, user, table.rows, school().clock().date())


def show_plan(user: User, table: SourceTable, plan: Plan[ExternalResult]) -> None:
    """Show what would be added, changed, and what stays out and why."""
    parts = {
        "добавится": len(plan.new),
        "изменится": len(plan.changed),
        "уже загружено": len(plan.unchanged),
        "не загружается": len(plan.refused),
    }
    st.markdown(
        " · ".join(f"{as_typed(words)}: **{count}**" for words, count in parts.items() if count)
        or "Строк нет."
    )
    show_reading(table)
    if plan.refused:
        refused = pd.DataFrame(
            [(table.place(row.number), row.reason) for row in plan.refused], columns=["line", "reason"]
        )
        st.markdown("**Эти строки не загружаются.** Остальное от них не зависит.")
        shown = show_table(refused.head(ROWS_SHOWN), REFUSED_COLUMNS, "refused_results", rows_shown=8)
        export_table(shown, "Строки с ошибками", key="export_refused_results")
    if plan.brings_anything:
        rows_brought = [*plan.changed, *plan.new][:ROWS_SHOWN]
        show_records(rows_brought, brought_columns(user, table), "brought", rows_shown=8)


def brought_columns(user: User, table: SourceTable) -> list[RecordColumn[PlannedRow[ExternalResult]]]:
    """Return the columns of the rows that a file adds or changes."""
    names, subjects = pupil_titles(school().store, user), tested_subjects(school().store, user)
    return [
        RecordColumn("Строка", lambda row: table.place(row.number), width=80),
        RecordColumn("Ученик", lambda row: names[row.record.pupil_id], width=260),
        RecordColumn("Тест", lambda row: KINDS[row.record.test.kind].title, width=70),
        RecordColumn("Предмет", lambda row: subjects[row.record.test.subject_id]),
        RecordColumn("День", lambda row: f"{row.record.test.held_on:%d.%m.%Y}", width=110),
        RecordColumn("Было", lambda row: result_text(row.before), width=90),
        RecordColumn("Станет", lambda row: result_text(row.record), width=90),
    ]


def result_text(result: ExternalResult | None) -> str:
    """«4 (17 б.)», «72 б.»; a dash without a result."""
    if result is None:
        return "—"
    score = "" if result.score is None else f"{result.score:g} б.".replace(".", ",", 1)
    if result.mark is None:
        return score
    return f"{result.mark} ({score})" if score else str(result.mark)


def show_external_tests(user: User) -> None:
    """Show the whole page."""
    show_done(UPLOAD)
    show_loaded(user, loaded_results(school().store, user))
    if may(user, Action.LOAD_EXTERNAL_TESTS):
        st.subheader("Загрузить результаты")
        with st.expander("Список для заполнения"):
            show_list_to_fill(user)
        show_upload(user)


show_external_tests(guard(Action.READ_EXTERNAL_TESTS))
