"""A file of a profile beside the school: what changed where, which rows to take, what they would bring (п. 4.6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages.imports.parts.preview import PlanPreview, plan_preview, show_plan
from pages.ui.export import export_table
from pages.ui.tables import show_table
from pages.ui.typed_text import as_typed
from pages.ui.typing.typed_table import typed_table
from pages.ui.upload import file_uploader, finish, forget, once, show_reading
from pipelines.figures.columns import FigureColumn
from school.backup.records import Cause
from school.errors import Refusal
from school.files.plan import ImportKind, Plan, SourceRow
from school.files.source import SourceTable
from school.files.tables import FILE_BYTES, read_tables
from school.imports.actions.exchanges import load_by_profile
from school.imports.actions.file_kinds import LoadChoices
from school.imports.actions.loads import SourceFile, preview
from school.imports.lookups.exchanges import compare_file
from school.imports.records import OutChoices, StoredProfile
from school.imports.rules.differences import (
    DIFFERENCE_TITLES,
    KEYS,
    OFFERED,
    Comparison,
    Difference,
    DifferingRow,
    rows_to_load,
    tidy_text,
)
from school.imports.rules.profile_files import form_of, read_by_profile
from school.numbers import counted, number_text
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.session import school
from server.state.backups import back_up_before
from server.viewings import note_seen

FILE_TYPES = ["xlsx", "xls", "xlsm", "xlsb", "ods", "csv", "txt"]
TAKE, WHAT, ROW, WHOSE, HERE, THERE = "Брать", "Что изменилось", "Строка", "Запись", "В журнале", "В файле"
NAMES = ("full_name", "last_name", "first_name", "middle_name")
ROWS_IN_EDITOR = 2000
NOT_BY_FILE = (
    "Этих строк в файле нет, или в нём у ученика другая дата рождения. Файл ничего не убирает и день рождения не меняет: это делают "
    "в карточке или на своей странице журнала."
)
FILLS_CARDS = "Список учеников и сотрудников дополняет карточки: имя, день рождения и класс, которые уже записаны, меняют в карточке."


@dataclass(frozen=True)
class ReadFile:
    """A file as it was read by a profile, and as it stands beside the school."""

    file: SourceFile
    table: SourceTable
    comparison: Comparison


def show_comparison(user: User, profile: StoredProfile, choices: OutChoices, name: str) -> None:
    """Take a file of a profile, show it beside the school, and load what is chosen."""
    times = st.session_state.get(f"{name}_times", 0)
    uploaded = file_uploader(
        "Файл этого профиля. До вашего согласия журнал не меняется.",
        FILE_TYPES,
        key=f"{name}_file-{profile.profile_id}-{times}",
        max_upload_size=FILE_BYTES // 1024**2,
    )
    if uploaded is None:
        forget(name)
        return
    content = uploaded.getvalue()

    def read() -> ReadFile:
        table = read_by_profile(read_tables(content), profile.file.mapping)
        note_seen(user, Seen(Viewed.EXPORT, title=form_of(ImportKind(profile.kind)).title))
        compared = compare_file(school().store, user, profile.profile_id, table.rows, choices)
        return ReadFile(SourceFile.of(uploaded.name, content), table, compared)

    try:
        key = (uploaded.file_id, profile, choices)
        read_file = once(name, "file", key, read, "Читаю файл и сверяю с журналом…")
        show_reading(read_file.table)
        show_counts(read_file.comparison)
        chosen = choose_rows(read_file, ImportKind(profile.kind))
        if chosen:
            show_chosen(user, profile, choices, read_file, chosen, name)
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))


def show_counts(comparison: Comparison) -> None:
    """Say how many rows are alike and how many differ in what way."""
    counts = Counter(each.difference for each in comparison.rows)
    same = counted(counts[Difference.SAME], "строка", "строки", "строк")
    parts = [
        f"{title} — {number_text(counts[each])}" for each, title in DIFFERENCE_TITLES.items() if counts[each]
    ]
    st.markdown(f"**Одинаковых: {same}.** {as_typed('; '.join(parts))}")
    if not comparison.has_last:
        st.caption(
            "По этому профилю ещё не обменивались, поэтому где изменилось — в файле или в журнале — неизвестно."
        )


def choose_rows(read_file: ReadFile, kind: ImportKind) -> frozenset[int]:
    """Show the rows that differ, and return the numbers of those of the file that are chosen."""
    differing = read_file.comparison.differing
    if not differing:
        st.success("Файл и журнал говорят одно и то же.")
        return frozenset()
    frame = difference_table(differing, read_file.table, kind)
    export_table(frame.drop(columns=[TAKE]), "Различия файла и журнала", key="export_differences")
    of_file = [place for place, each in enumerate(differing) if each.is_loadable]
    left = frame.drop(index=of_file)
    chosen: frozenset[int] = frozenset()
    if of_file:
        chosen = edit_choice(frame.loc[of_file], [differing[place] for place in of_file], read_file)
    if not left.empty:
        with st.expander(f"Файлом не изменить: {number_text(len(left))}"):
            st.caption(NOT_BY_FILE)
            columns = [FigureColumn(each, each) for each in (WHAT, WHOSE, HERE, THERE)]
            show_table(left, columns, "exchange_only_here", rows_shown=8)
    return chosen


def edit_choice(
    frame: pd.DataFrame, differing: Sequence[DifferingRow], read_file: ReadFile
) -> frozenset[int]:
    """Show the rows of the file with ticks, and return the numbers of the ticked ones once the person says so."""
    shown = frame.head(ROWS_IN_EDITOR)
    key = f"exchange_choice_{read_file.file.fingerprint}_{len(frame)}"
    with st.form(key, border=False):
        edited = typed_table(
            key,
            shown,
            hide_index=True,
            height=min(420, 38 + 35 * len(shown)),
            placeholder="",
            disabled=[WHAT, ROW, WHOSE, HERE, THERE],
            column_config={
                TAKE: st.column_config.CheckboxColumn(width=85),
                WHAT: st.column_config.TextColumn(width=210),
                ROW: st.column_config.TextColumn(width=70),
            },
        )
        if len(frame) > ROWS_IN_EDITOR:
            st.caption(
                f"Здесь первые {number_text(ROWS_IN_EDITOR)} различий; остальные — после загрузки этих, все — в файле XLSX."
            )
        if st.form_submit_button("Показать, что запишется", type="primary"):
            taken = edited[TAKE].to_list()
            numbers = (
                each.there.number
                for each, is_taken in zip(differing, taken, strict=False)
                if is_taken and each.there
            )
            st.session_state[f"{key}_taken"] = frozenset(numbers)
    chosen: frozenset[int] = st.session_state.get(f"{key}_taken", frozenset())
    return chosen


def difference_table(differing: Sequence[DifferingRow], table: SourceTable, kind: ImportKind) -> pd.DataFrame:
    """Return the rows that differ: what happened, whose row it is, and what differs on each side."""
    titles = {field.name: field.title for field in form_of(kind).fields}
    identify = {*KEYS[kind], *NAMES}

    def words(texts: dict[str, str], other: dict[str, str]) -> str:
        said = (
            f"{titles[name]}: {text or '—'}"
            for name, text in texts.items()
            if name in titles
            and name not in identify
            and not (other and tidy_text(name, text) == tidy_text(name, other.get(name, "")))
        )
        return "; ".join(said)

    rows = []
    for each in differing:
        here, there = (dict(side.texts) if side else {} for side in (each.here, each.there))
        known = there or here
        names = " ".join(known[name] for name in NAMES if known.get(name))
        others = [
            known[name] for name in KEYS[kind] if known.get(name) and (name, known[name]) != ("nth", "1")
        ]
        rows.append(
            {
                TAKE: each.difference in OFFERED,
                WHAT: DIFFERENCE_TITLES[each.difference],
                ROW: table.place(each.there.number) if each.there else "",
                WHOSE: ", ".join(filter(None, [names, *others])),
                HERE: words(here, there) if here else "нет",
                THERE: words(there, here) if there else "нет",
            }
        )
    return pd.DataFrame(rows)


def show_chosen(
    user: User,
    profile: StoredProfile,
    choices: OutChoices,
    read_file: ReadFile,
    chosen: frozenset[int],
    name: str,
) -> None:
    """Show what the chosen rows would bring, and the button that loads them."""
    kind = ImportKind(profile.kind)
    wish = ask_wish(choices, kind)
    rows, places = rows_to_load(kind, read_file.comparison, chosen, read_file.table.rows)
    table = SourceTable(tuple(rows), {**read_file.table.places, **places})

    def planned() -> tuple[Plan[Any], PlanPreview]:
        plan = preview(school().store, user, kind, rows, wish, now=school().clock())
        return plan, plan_preview(kind, plan, table)

    key = (read_file.file.fingerprint, profile, choices, wish, chosen)
    plan, shown = once(name, "plan", key, planned, "Сверяю с журналом…")
    st.subheader("Что запишется")
    if kind in (ImportKind.PUPILS, ImportKind.STAFF):
        st.caption(FILLS_CARDS)
    if show_plan(shown, may_load=plan.brings_anything):
        _load(user, profile, rows, wish, plan, read_file, name)
    elif not plan.brings_anything:
        st.info("Выбранные строки ничего не меняют или не подходят.")


def ask_wish(choices: OutChoices, kind: ImportKind) -> LoadChoices:
    """Show from when a load or a timetable holds; what was chosen replaces what stands in the register."""
    first_day = choices.today + timedelta(days=1)
    if kind in (ImportKind.LOAD, ImportKind.TIMETABLE):
        first_day = st.date_input(
            "Действует с", first_day, format="DD.MM.YYYY", key="exchange_first_day", width=180
        )
    return LoadChoices(choices.key.school_id, choices.key.school_year, first_day, may_replace=True)


def _load(
    user: User,
    profile: StoredProfile,
    rows: Sequence[SourceRow],
    wish: LoadChoices,
    plan: Plan[Any],
    read_file: ReadFile,
    name: str,
) -> None:
    with st.spinner("Делаю резервную копию и записываю…"):
        back_up_before(Cause.IMPORT, user)
        load_by_profile(
            school().store,
            user,
            profile.profile_id,
            rows,
            wish,
            plan,
            read_file.file,
            read_file.comparison,
            now=school().clock(),
        )
    refused = f", не загружено: {len(plan.refused)}" if plan.refused else ""
    finish(
        name,
        f"Загружено. Новых строк: {len(plan.new)}, изменено: {len(plan.changed)}{refused}. Отменить можно на странице "
        "«Загрузка данных».",
    )
