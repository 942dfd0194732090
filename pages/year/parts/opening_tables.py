"""A table that opens a year: typed in a form, or taken from a workbook after a look at what it would do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
import streamlit as st

from pages.ui.export import download, export_table
from pages.ui.typed_text import NO_WORDS, Markdown, as_typed
from pages.ui.typing.typed_table import has_draft, typed_table
from pages.ui.upload import do_and_rerun, read_upload, show_reading
from school.files.fields import OPENING_FORMS, ImportForm
from school.files.plan import ImportKind, SourceRow
from school.files.rows import ID, OpeningPlan
from school.files.source import SourceTable
from school.numbers import counted
from school.year.workbooks import table_rows, table_template

LINES_SHOWN = 8
SAVE = Markdown("Сохранить")
FILE_TYPES = ["xlsx", "xls", "ods", "csv"]

Texts = Mapping[str, str]


@dataclass(frozen=True)
class TableStep:
    """A table of the opening: its rows as texts, how rows are checked and saved, and words for its records.

    ``check`` and ``save`` take rows and whether they are the whole table; ``save`` also takes the digest of the plan
    that was looked at. ``config`` holds the editor's columns that are no plain text, ``order`` those it shows where it does not show all.
    """

    kind: ImportKind
    rows: Sequence[Texts]
    check: Callable[[Sequence[SourceRow], bool], OpeningPlan[Any]]
    save: Callable[[Sequence[SourceRow], str, bool], OpeningPlan[Any]]
    describe: Callable[[Any], str]
    config: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    height: int = 420

    @property
    def form(self) -> ImportForm:
        """The columns of the table."""
        return OPENING_FORMS[self.kind]


def show_table_step(
    step: TableStep,
    key: str,
    *,
    may_edit: bool,
    hint: Markdown = NO_WORDS,
    height: int | Literal["auto"] = 560,
) -> None:
    """Show the two ways into a table, typing and a workbook, below a hint; or the table to those who only read it."""
    if not may_edit:
        st.dataframe(titled(step.rows, step.kind), hide_index=True, height=height)
        return
    if hint:
        st.info(hint)
    typed, given = st.tabs(["Вписать в таблицу", "Загрузить из файла"])
    with typed:
        show_editor(step, key)
    with given:
        show_upload(step, key)


def show_editor(step: TableStep, key: str, label: Markdown = SAVE) -> None:
    """Show the table as fields in a form; what was typed stays there until all of it is right."""
    names = step.order or tuple(each.name for each in step.form.fields)
    fields = [step.form.field(name) for name in names]
    with st.form(f"{key}_form", border=False):
        edited = typed_table(
            key,
            editor_frame(step, names),
            num_rows="dynamic",
            height=step.height,
            column_order=names,
            hide_index=False,
            placeholder="",
            column_config={each.name: _column(each.name, each.title, step.config) for each in fields},
        )
        is_sent = st.form_submit_button(label, type="primary")
    if is_sent or has_draft(key):
        rows = edited_rows(edited)
        plan = step.check(rows, True)
        show_refused_rows(plan)
        if is_sent and not plan.refused:
            _save(step, rows, plan, is_whole=True)


def editor_frame(step: TableStep, names: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a table under the fields' names, numbered from 1."""
    listed = [{name: row.get(name) or None for name in (*names, ID)} for row in step.rows]
    frame = pd.DataFrame(listed, columns=[*names, ID], dtype=object)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def _column(name: str, title: str, config: Mapping[str, Any]) -> Any:
    return config.get(name) or st.column_config.TextColumn(title)


def edited_rows(frame: pd.DataFrame) -> list[SourceRow]:
    """Return the filled rows of an editor by their number on the screen."""
    rows = []
    for number, values in enumerate(frame.to_dict("records"), start=1):
        texts = {str(name): "" if pd.isna(value) else str(value).strip() for name, value in values.items()}
        if any(text for name, text in texts.items() if name != ID):
            rows.append(SourceRow(number, texts))
    return rows


def show_refused_rows(plan: OpeningPlan[Any]) -> None:
    """Say which typed rows cannot be saved."""
    if plan.refused:
        listed = "\n".join(
            f"- строка {row.number}: {as_typed(row.reason)}" for row in plan.refused[:LINES_SHOWN]
        )
        more = len(plan.refused) - LINES_SHOWN
        listed += f"\n- и ещё строк: {more}" if more > 0 else ""
        st.error(f"Не сохранено, исправьте строки:\n{listed}")


def _save(step: TableStep, rows: Sequence[SourceRow], plan: OpeningPlan[Any], *, is_whole: bool) -> None:
    def write() -> Markdown:
        done = step.save(rows, plan.made_from, is_whole)
        return Markdown(f"Сохранено. {counts_text(done)}" if done.brings_anything else "Изменений нет.")

    do_and_rerun(write, "Записываем…")


def counts_text(plan: OpeningPlan[Any]) -> Markdown:
    """Return «Новых 12 · изменится 3 · без изменений 5 · не войдут 2»."""
    counts = {
        "новых": plan.new,
        "изменено": plan.changed,
        "убрано": plan.removed,
        "без изменений": plan.unchanged,
        "не подходят": plan.refused,
    }
    return Markdown(" · ".join(f"{as_typed(word)} {len(rows)}" for word, rows in counts.items() if rows))


def show_upload(step: TableStep, key: str) -> None:
    """Offer the template and take a filled workbook."""
    show_template_button(lambda: table_template(step.kind, step.rows), step.form.title, f"{key}_template")
    table = uploaded_rows(key, lambda content: table_rows(step.kind, content))
    if table is None:
        return
    plan = step.check(table.rows, False)
    if show_plan(plan, table, step.describe, key):
        _save(step, table.rows, plan, is_whole=False)


def show_template_button(make: Callable[[], bytes], title: str, key: str) -> None:
    """Offer a table as a workbook to fill in."""
    download("Скачать таблицу для заполнения", make, f"{title}.xlsx", key=key, type="tertiary")


def uploaded_rows(key: str, read: Callable[[bytes], SourceTable]) -> SourceTable | None:
    """Take a file and return its rows, read once; None while there is none or it cannot be read."""
    label = "Книга Excel или CSV; столбцы узнаются по заголовкам"
    return read_upload("opening", label, FILE_TYPES, f"{key}_file", read, "Читаем файл…")


def show_plan(plan: OpeningPlan[Any], table: SourceTable, describe: Callable[[Any], str], key: str) -> bool:
    """Show what a file would do before anything is done; return whether the user agrees."""
    total = sum(map(len, (plan.new, plan.changed, plan.unchanged, plan.refused)))
    st.markdown(f"**{counted(total, *table.unit)}:** {counts_text(plan) or 'ничего нового'}")
    show_reading(table)
    if plan.refused:
        show_refused(plan, table, key)
    agrees = False
    if plan.brings_anything:
        agrees = st.button("Загрузить", type="primary", key=f"{key}_accept", icon=":material/upload:")
        st.caption("Пока вы не нажали «Загрузить», в журнале ничего не меняется.")
        st.dataframe(
            plan_frame(plan, table, describe),
            hide_index=True,
            height=300,
            column_config={"Строка": st.column_config.TextColumn(width=70)},
        )
    elif not plan.refused:
        st.success("Всё это уже есть в журнале: загружать нечего.")
    return agrees


def show_refused(plan: OpeningPlan[Any], table: SourceTable, key: str) -> None:
    """Show the rows that do not fit, each with its reason; they can be taken along as a workbook."""
    refused = pd.DataFrame(
        [(table.place(row.number), row.reason) for row in plan.refused],
        columns=["Строка", "Почему не подходит"],
    )
    st.warning(
        f"{counted(len(refused), 'строка не подходит', 'строки не подходят', 'строк не подходят')}: "
        "исправьте их в файле и загрузите его снова или загрузите без них."
    )
    st.dataframe(
        refused,
        hide_index=True,
        height=min(260, 38 + 35 * len(refused)),
        column_config={"Строка": st.column_config.TextColumn(width=70)},
    )
    export_table(refused, "Неподходящие строки", key=f"{key}_refused")


def plan_frame(plan: OpeningPlan[Any], table: SourceTable, describe: Callable[[Any], str]) -> pd.DataFrame:
    """Return what a plan changes, a row a record: what it is now and what it becomes."""
    rows: list[tuple[str | None, str, str, str]] = [
        (table.place(row.number), "новая", "", describe(row.record)) for row in plan.new
    ]
    rows += [
        (
            table.place(row.number),
            "изменится",
            describe(row.before) if row.before else "",
            describe(row.record),
        )
        for row in plan.changed
    ]
    rows += [(None, "уберётся", describe(each), "") for each in plan.removed]
    return pd.DataFrame(rows, columns=["Строка", "Что будет", "Сейчас", "Станет"])


def titled(rows: Sequence[Texts], kind: ImportKind) -> pd.DataFrame:
    """Return rows of a table under its titles, for those who only read it."""
    titles = {each.name: each.title for each in OPENING_FORMS[kind].fields}
    return pd.DataFrame(
        [{titles[name]: text for name, text in row.items() if name in titles} for row in rows]
    )
