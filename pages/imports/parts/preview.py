"""A load before it happens: how many rows are new, changed, unchanged and refused, and which they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.export import export_table
from pages.ui.tables import show_table
from pages.ui.typed_text import as_typed, plain_number
from pipelines.figures.columns import FigureColumn
from school.extracts.actions import ImportReport
from school.extracts.format import TABLES
from school.files.fields import FORMS
from school.files.plan import ImportKind, Plan, PlannedRow
from school.files.source import ROWS, SourceTable
from school.imports.rules.journal_state import CellRecord, TermMarkRecord
from school.imports.rules.people_rows import PupilRecord, StaffRecord
from school.numbers import counted, number_text
from school.people.actions.staff import staff_sentence
from school.year.records import LoadRecord

ROWS_SHOWN = 500
LEFT_OUT = "Пропущено"
KEPT = (
    "Останется в расписании как есть уроков в неделю: {}. Часть строк их классов не прочитана или не подходит, "
    "поэтому нельзя сказать, что этих уроков больше нет."
)
FORMER_MARK = ", оценка прежней школы"
OTHER_CLASS = ", в журнал {}: ученик был тогда в этом классе"
ELSEWHERE = "В журнал другого класса, чем назван в файле, запишется строк: {}. Ученики были тогда в нём."
VACANCIES = "Без учителя, как вакансии, запишется строк: {}. Если имя стоит только в первой строке учителя, повторите его в каждой."
PARTS = {"new": "Новых", "changed": "Изменится", "unchanged": "Уже есть", "refused": "Не загрузится"}


@dataclass(frozen=True)
class PlanPreview:
    """A plan as the screen shows it: counts by part, a table of the rows of each part, and what of the file is no data."""

    counts: Mapping[str, int]
    tables: Mapping[str, pd.DataFrame]
    notes: Sequence[str] = field(default_factory=tuple)
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)


def _pupil(record: PupilRecord) -> str:
    born = f", {record.draft.born_on:%d.%m.%Y}" if record.draft.born_on else ""
    filled = (after for _, after in record.fuller_guardians)
    guardians = (*record.new_guardians, *filled) if record.pupil_id else record.draft.guardians
    family = "".join(
        ", ".join(["", each.name.initials, *filter(None, [each.relation, each.phone])]) for each in guardians
    )
    return f"{record.draft.name.full}{born}{family}" + (", принят в класс" if record.is_moving_in else "")


def _other_class(record: CellRecord | TermMarkRecord) -> str:
    return OTHER_CLASS.format(record.other_class) if record.other_class else ""


_RECORD_TEXTS: dict[type, Callable[[Any], str]] = {
    CellRecord: lambda record: f"{record.entry.cell.text}{_other_class(record)}",
    TermMarkRecord: lambda record: (
        f"{record.value}{FORMER_MARK if record.is_of_former_school else _other_class(record)}"
    ),
    StaffRecord: lambda record: staff_sentence(record.draft),
    PupilRecord: _pupil,
    LoadRecord: lambda record: f"{plain_number(record.hours_a_week)} ч",
}


def record_text(record: object) -> str:
    """Return a planned record in words; what has none is left to its row."""
    records = record if isinstance(record, tuple) else (record,)
    return "; ".join(
        filter(None, (_RECORD_TEXTS[type(each)](each) for each in records if type(each) in _RECORD_TEXTS))
    )


def plan_preview(kind: ImportKind, plan: Plan[Any], table: SourceTable) -> PlanPreview:
    """Return a plan with its rows as they stand in the file."""
    texts = {row.number: row.texts for row in table.rows}
    titles = {field.name: field.title for field in FORMS[kind].fields}
    removed = getattr(plan, "removed", ())
    kept = getattr(plan, "kept", ())
    vacant = sum(isinstance(row.record, LoadRecord) and row.record.teacher_id is None for row in plan.new)
    elsewhere = sum(bool(getattr(row.record, "other_class", "")) for row in (*plan.new, *plan.changed))
    notes = [
        table.words,
        *table.notes,
        *([f"Снимется с расписания уроков в неделю: {len(removed)}."] if removed else []),
        *([KEPT.format(len(kept))] if kept else []),
        *([VACANCIES.format(vacant)] if vacant else []),
        *([ELSEWHERE.format(elsewhere)] if elsewhere else []),
    ]

    def rows_of(part: Sequence[Any], more: Callable[[Any], dict[str, str]]) -> pd.DataFrame:
        lines = [
            {
                "Строка": table.place(row.number),
                **more(row),
                **{title: texts[row.number].get(name, "") for name, title in titles.items()},
            }
            for row in part
        ]
        frame = pd.DataFrame(lines)
        return frame.loc[:, [name for name in frame if (frame[name] != "").any()]] if lines else frame

    return PlanPreview(
        {part: len(getattr(plan, part)) for part in PARTS},
        {
            "refused": rows_of(plan.refused, lambda row: {"Причина": row.reason}),
            "changed": rows_of(plan.changed, _change),
            "new": rows_of(plan.new, _new),
        },
        notes,
        pd.DataFrame([{"Где": each.place, "Почему": each.reason} for each in table.left_out]),
    )


def report_preview(report: ImportReport) -> PlanPreview:
    """Return what a set of tables would bring, by table, and its rows that stay out."""
    known = sum(count.known for count in report.counts.values())
    counts = {"new": report.added, "changed": 0, "unchanged": known, "refused": len(report.refused)}
    refused = pd.DataFrame(
        [{"Файл": row.file, "Строка": str(row.line), "Причина": row.reason} for row in report.refused]
    )
    added = pd.DataFrame(
        [
            {"Таблица": TABLES[name].title.capitalize(), "Строк": number_text(count.added)}
            for name, count in report.counts.items()
            if count.added
        ]
    )
    notes = [report.rows.words("В наборе", ROWS)] if report.rows else []
    return PlanPreview(counts, {"refused": refused, "new": added}, [*notes, *report.notes])


def _change(row: PlannedRow[Any]) -> dict[str, str]:
    return {"Было": record_text(row.before) if row.before else "", "Станет": record_text(row.record)}


def _new(row: PlannedRow[Any]) -> dict[str, str]:
    """People are shown as they were read, which word is the last name, which parent has which phone; marks where they go elsewhere.

    Columns that say nothing of any row are left out.
    """
    is_person = isinstance(row.record, PupilRecord | StaffRecord)
    is_former = isinstance(row.record, TermMarkRecord) and row.record.is_of_former_school
    is_elsewhere = is_former or bool(getattr(row.record, "other_class", ""))
    return {"Запишется": record_text(row.record) if is_person or is_elsewhere else ""}


def show_plan(shown: PlanPreview, *, may_load: bool) -> bool:
    """Show the counts, the button that loads, and the rows that need a look; return whether it was pressed.

    First stand the rows that stay out, then what changes, then what comes.
    """
    *boxes, button_box = st.columns(len(PARTS) + 1, vertical_alignment="center")
    for box, part in zip(boxes, PARTS, strict=True):
        box.metric(PARTS[part], number_text(shown.counts[part]))
    is_pressed = may_load and button_box.button(
        "Загрузить", type="primary", icon=":material/upload:", width="stretch"
    )
    for note in shown.notes:
        st.caption(as_typed(note))
    filled = {
        f"{PARTS[part]}: {number_text(shown.counts[part])}": (part, table)
        for part, table in shown.tables.items()
        if not table.empty
    }
    if not shown.left_out.empty:
        filled[LEFT_OUT] = ("left_out", shown.left_out)
    if not filled:
        return is_pressed
    tabs = st.tabs([as_typed(title) for title in filled])
    for tab, (part, table) in zip(tabs, filled.values(), strict=True):
        with tab:
            _show_rows(table, part)
    return is_pressed


def _show_rows(table: pd.DataFrame, part: str) -> None:
    columns = [FigureColumn(name, name, width=420 if name == "Причина" else None) for name in map(str, table)]
    show_table(table.head(ROWS_SHOWN), columns, f"import_{part}", rows_shown=8)
    if len(table) > ROWS_SHOWN:
        st.caption(f"Показаны первые {counted(ROWS_SHOWN, 'строка', 'строки', 'строк')}; в файле XLSX — все.")
    export_table(table, PARTS.get(part, LEFT_OUT), key=f"export_import_{part}")
