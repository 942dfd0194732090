"""«Загрузка данных»: what a school already has, from its own files; seen first, loaded at once, taken back as a whole (п. 4.6)."""

import hashlib
from datetime import timedelta
from typing import Any

import streamlit as st

from pages.imports.parts.mapping import settled_mapping
from pages.imports.parts.preview import PlanPreview, plan_preview, report_preview, show_plan
from pages.ui.doing import try_to
from pages.ui.export import download, workbook
from pages.ui.filters import choose_one
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import as_typed
from pages.ui.upload import finish, forget, once, show_done, show_loading, show_reading, take_file
from school.access.action import Action
from school.access.checks import may
from school.backup.records import Cause
from school.calendar import school_year_title
from school.errors import Refusal
from school.files.column_mapping import check_complete, guess_mapping, note_other_year, read_rows
from school.files.fields import FORMS
from school.files.plan import ImportKind, Plan
from school.files.source import SourceTable
from school.files.tables import FILE_BYTES, SheetTable, read_tables
from school.imports.actions.file_kinds import LoadChoices
from school.imports.actions.loads import SourceFile, load, preview, undo
from school.imports.journal_workbook import read_journal_workbook
from school.imports.kinds import KINDS
from school.imports.lookups.frame import LoadingFrame, class_names, earlier_loads, loading_frame
from school.imports.one_roster.loading import load_one_roster, preview_one_roster
from school.imports.rules.journal_rows import FORMER_SCHOOL_FILE
from school.numbers import counted
from school.records import User
from school.year.workbooks import timetable_rows
from server.session import guard, school
from server.state.backups import back_up_before

ABOUT_ONE_ROSTER = "ZIP-архив OneRoster 1.1 или 1.2 с таблицами CSV, целиком или с изменениями: школы, классы, люди, работы и отметки."
# These need no class of the school to be there.
WITHOUT_CLASSES = (ImportKind.STAFF, ImportKind.ONE_ROSTER)
FILE_TYPES = ["xlsx", "xls", "xlsm", "xlsb", "ods", "csv", "txt"]
BATCH_COLUMNS: tuple[RecordColumn[Any], ...] = (
    RecordColumn("Когда", lambda each: f"{each.loaded_at:%d.%m.%Y %H:%M}", width=130),
    RecordColumn("Что", lambda each: KINDS[ImportKind(each.kind)].title, width=150),
    RecordColumn("Файл", lambda each: each.file_name, width=260),
    RecordColumn("Кто", lambda each: each.loaded_by_name, width=140),
    RecordColumn("Новых", lambda each: each.new_count, 0, width=80),
    RecordColumn("Изменено", lambda each: each.changed_count, 0, width=90),
    RecordColumn("Отклонено", lambda each: each.refused_count, 0, width=90),
    RecordColumn(
        "Состояние",
        lambda each: f"отменена {each.undone_at:%d.%m.%Y %H:%M}" if each.undone_at else "действует",
        width=180,
    ),
)
UPLOAD = "import"


def choose_kind(user: User, frame: LoadingFrame) -> ImportKind | None:
    """Show what may be loaded and return what is chosen; without classes there is little to load into."""
    kinds = [kind for kind in KINDS if may(user, KINDS[kind].action)]
    if not frame.school_years:
        kinds = [kind for kind in kinds if kind in WITHOUT_CLASSES]
        st.info("Остальное загружают, когда в учебном году есть классы: страница «Открытие года».")
    chosen: ImportKind | None = st.segmented_control(
        "Что загрузить",
        kinds,
        format_func=lambda kind: FORMS[kind].title if kind in FORMS else KINDS[kind].title,
        default=kinds[0] if kinds else None,
        required=True,
        key="import_kind",
        label_visibility="collapsed",
    )
    return chosen


def ask_choices(frame: LoadingFrame, kind: ImportKind) -> LoadChoices:
    """Show what a file does not say and return it."""
    boxes = st.columns([1, 1, 2], vertical_alignment="bottom")
    year = boxes[0].selectbox(
        "Учебный год", frame.school_years, format_func=school_year_title, key="import_year"
    )
    schools = dict(frame.schools)
    school_id = next(iter(schools), 0)
    if len(schools) > 1:
        school_id = choose_one("Школа", schools, place=boxes[1], key="import_school")
    tomorrow = school().clock().date() + timedelta(days=1)
    first_day, may_replace, is_of_former_school = tomorrow, False, False
    if kind in (ImportKind.LOAD, ImportKind.TIMETABLE):
        first_day = boxes[2].date_input("Действует с", tomorrow, format="DD.MM.YYYY", key="import_first_day")
    if kind in (ImportKind.JOURNAL, ImportKind.FACTS):
        may_replace = boxes[2].checkbox(
            "Заменять записи журнала, если в файле другое",
            key="import_replace",
            help="Без этого запись, которая уже стоит в журнале, остаётся, а строка файла не загружается.",
        )
        is_of_former_school = boxes[2].checkbox(
            FORMER_SCHOOL_FILE,
            key="import_former",
            help="Отметки за периоды, которые кончились до прихода новичка, запишутся в его карточку. Ученик ищется по имени "
            "во всех классах года.",
        )
    return LoadChoices(school_id, year, first_day, may_replace, is_of_former_school)


def offer_template(kind: ImportKind) -> None:
    """Show the button that downloads an empty table with the columns of this kind."""
    form = FORMS[kind]
    if form.fields and kind is not ImportKind.JOURNAL:
        download(
            "Скачать шаблон",
            lambda: workbook([field.title for field in form.fields], [], form.title),
            f"Шаблон — {form.title}.xlsx",
            key="import_template",
            type="tertiary",
        )


def rows_of(
    user: User,
    kind: ImportKind,
    sheets: tuple[SheetTable, ...],
    file_id: str,
    content: bytes,
    choices: LoadChoices,
) -> SourceTable:
    """Show how the file is read, and return its rows. Raises Refusal while something is missing."""
    if kind is ImportKind.JOURNAL:
        names = class_names(school().store, user, choices.school_id, choices.school_year)
        chosen = st.selectbox(
            "Класс, если в книге он не написан", ["", *names], key="import_journal_class", width=320
        )
        key: object = (file_id, kind, choices.school_year, chosen)
        return once(UPLOAD, "rows", key, lambda: read_journal_workbook(sheets, choices.school_year, chosen))
    form = FORMS[kind]
    is_list = not form.missing(guess_mapping(form, sheets).given)
    if (
        kind is ImportKind.TIMETABLE
        and not is_list
        and (on_wall := wall_timetable(user, sheets, content, choices))
    ):
        return on_wall
    mapping = settled_mapping(user, form, sheets, file_id)
    check_complete(form, mapping)
    year = None if kind is ImportKind.STAFF else choices.school_year
    key = (file_id, kind, mapping.to_text(), year)
    return once(UPLOAD, "rows", key, lambda: note_other_year(read_rows(form, sheets, mapping), sheets, year))


def wall_timetable(
    user: User, sheets: tuple[SheetTable, ...], content: bytes, choices: LoadChoices
) -> SourceTable | None:
    """Return the rows of a timetable as it hangs on the wall, a column for each class; None for a list."""
    try:
        names = class_names(school().store, user, choices.school_id, choices.school_year)
        year = choices.school_year
        key = ("wall", hashlib.sha256(content).hexdigest(), tuple(names), year)
        return once(
            UPLOAD, "rows", key, lambda: note_other_year(timetable_rows(content, names), sheets, year)
        )
    except Refusal:
        return None


def show_upload(user: User, kind: ImportKind, choices: LoadChoices) -> None:
    """Take a file, show how it is read and what it would bring, and load it once the person agrees."""
    uploaded = take_file(
        UPLOAD,
        "Книга Excel, ODS или CSV. До вашего согласия журнал не меняется.",
        FILE_TYPES,
        variant=kind,
        max_upload_size=FILE_BYTES // 1024**2,
    )
    if uploaded is None:
        offer_template(kind)
        return
    content, file_id = uploaded.getvalue(), uploaded.file_id
    try:
        sheets = once(UPLOAD, "sheets", file_id, lambda: read_tables(content), "Читаю файл…")
        table = rows_of(user, kind, sheets, file_id, content, choices)
        if not table.rows:
            st.info("Под заголовком нет ни одной строки.")
            show_reading(table)
            return
        show_preview(user, kind, table, choices, SourceFile.of(uploaded.name, content))
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))


def show_preview(
    user: User, kind: ImportKind, table: SourceTable, choices: LoadChoices, file: SourceFile
) -> None:
    """Show what the rows would bring, and the button that loads them."""

    def planned() -> tuple[Plan[Any], PlanPreview, SourceTable]:
        plan = preview(school().store, user, kind, table.rows, choices, now=school().clock())
        return plan, plan_preview(kind, plan, table), table

    plan, shown, _ = once(
        UPLOAD,
        "preview",
        # The table stays with its plan, so that no other one can have its id.
        (kind, choices, file.fingerprint, id(table)),
        planned,
        f"Сверяю с журналом: {counted(len(table.rows), 'строка', 'строки', 'строк')}…",
    )
    show_same_file(user, file)
    is_pressed = show_plan(shown, may_load=plan.brings_anything)
    if not plan.brings_anything:
        st.info(
            "Из файла ничего не прочитано или не подошло: загружать нечего."
            if plan.refused and not plan.unchanged
            else "Нового в файле нет: загружать нечего."
        )
    if is_pressed:
        with st.spinner("Делаю резервную копию и записываю…"):
            try:
                back_up_before(Cause.IMPORT, user)
                load(school().store, user, kind, table.rows, choices, plan, file, now=school().clock())
            except Refusal:
                forget(UPLOAD, "preview")
                raise
        _finish(shown)


def show_same_file(user: User, file: SourceFile) -> None:
    """Say when this very file was loaded before and that load still stands."""
    same = [
        each
        for each in earlier_loads(school().store, user)
        if each.fingerprint == file.fingerprint and each.undone_at is None
    ]
    if same:
        st.caption(f"Этот файл уже загружен {same[0].loaded_at:%d.%m.%Y %H:%M}; загруженное не удвоится.")


def _finish(shown: PlanPreview) -> None:
    counts = shown.counts
    left_out = f", не загружено: {counts['refused']}" if counts["refused"] else ""
    finish(
        UPLOAD,
        f"Загружено. Новых строк: {counts['new']}, изменено: {counts['changed']}{left_out}. "
        "Загрузку можно отменить ниже, пока на ней ничего не построено.",
    )


def show_one_roster_upload(user: User) -> None:
    """Take a OneRoster set, show what it would bring, and load it once the person agrees."""

    def show(shown: PlanPreview, uploaded: Any) -> None:
        if show_plan(shown, may_load=shown.counts["new"] > 0):
            content = uploaded.getvalue()
            with st.status("Делаю резервную копию…") as status:
                back_up_before(Cause.IMPORT, user)
                load_one_roster(
                    school().store,
                    user,
                    content,
                    SourceFile.of(uploaded.name, content),
                    now=school().clock(),
                    progress=lambda step: status.update(label=as_typed(f"{step}…")),
                )
            _finish(shown)

    show_loading(
        UPLOAD,
        "Архив ZIP. До вашего согласия журнал не меняется.",
        "zip",
        lambda content: report_preview(preview_one_roster(school().store, user, content)),
        "Читаю набор и сверяю с журналом…",
        show,
        variant=ImportKind.ONE_ROSTER,
    )


def show_earlier(user: User) -> None:
    """Show the loads so far, and the button that takes one back."""
    loads = earlier_loads(school().store, user)
    if not loads:
        return
    st.subheader("Прежние загрузки")
    show_records(loads, BATCH_COLUMNS, "import_batches", rows_shown=6)
    standing = {
        each.batch_id: f"{each.loaded_at:%d.%m.%Y %H:%M} · {KINDS[ImportKind(each.kind)].title} · {each.file_name}"
        for each in loads
        if each.undone_at is None and may(user, KINDS[ImportKind(each.kind)].action)
    }
    if not standing:
        return
    chosen_box, button_box = st.columns([4, 1], vertical_alignment="bottom")
    options = {"key": "import_to_undo", "label_visibility": "collapsed"}
    chosen = choose_one("Какую загрузку отменить", standing, place=chosen_box, **options)
    if button_box.button("Отменить загрузку", width="stretch", icon=":material/undo:"):
        with st.spinner("Возвращаю прежние записи…"):
            is_done = try_to(
                lambda: undo(school().store, user, chosen, now=school().clock()), "Загрузка отменена"
            )
        if is_done:
            forget(UPLOAD, "preview")
            st.rerun()


def show_page(user: User) -> None:
    """Show the whole page."""
    show_done(UPLOAD)
    frame = loading_frame(school().store, user)
    kind = choose_kind(user, frame)
    if kind is ImportKind.ONE_ROSTER:
        st.caption(ABOUT_ONE_ROSTER)
        show_one_roster_upload(user)
    elif kind is not None:
        st.caption(FORMS[kind].about)
        show_upload(user, kind, ask_choices(frame, kind))
    show_earlier(user)


show_page(guard(Action.LOAD_FILES))
