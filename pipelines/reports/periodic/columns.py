"""Columns that several reports share, each named by a measure of the catalogue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.reports.document import Chart, DocumentColumn, DocumentTable, Kind, table
from pipelines.reports.periodic.source import ReportSource


@dataclass(frozen=True)
class ReportField:
    """A column of a document and the column of a frame that fills it."""

    name: str
    column: DocumentColumn


def text(name: str, title: str, width: float) -> ReportField:
    """Return a field of text."""
    return ReportField(name, DocumentColumn(title, width))


def number(name: str, title: str, width: float = 13, decimals: int = 0) -> ReportField:
    """Return a field of numbers."""
    return ReportField(name, DocumentColumn(title, width, Kind.NUMBER, decimals))


def register_fields(*widths: float) -> tuple[ReportField, ...]:
    """Return the class, the subject and the teacher of a register, in these widths."""
    titles = {"class_name": "Класс", "subject": "Предмет", "teacher": "Учитель"}
    return tuple(text(*each, width) for each, width in zip(titles.items(), widths, strict=True))


CHANGE = "_change"
QUALITY = (
    number("n", "Отметок"),
    number("n5", "«5»", 10),
    number("n4", "«4»", 10),
    number("n3", "«3»", 10),
    number("n2", "«2»", 10),
    number("pass_rate", "Успеваемость, %", 16, 1),
    number("quality_rate", "Качество знаний, %", 16, 1),
    number("attainment_index", "СОУ, %", 12, 1),
    number("mean_mark", "Средний балл", 15, 2),
    number("quality_rate_change", "Качество: изменение, п. п.", 17, 1),
)
STANDINGS = (
    number("all_fives", "Отличники", 12),
    number("one_four", "С одной «4»", 12),
    number("fours_and_fives", "Хорошисты", 12),
    number("one_three", "С одной «3»", 12),
    number("with_threes", "С тройками", 12),
    number("failing", "Неуспевают", 12),
)
COVERAGE = (
    number("pairs", "Всего пар", 16),
    number("pairs_covered", "Хватает отметок", 18),
    number("pairs_on_pace", "Идут в темпе", 16),
    number("pairs_without_marks", "Нет ни одной отметки", 18),
    number("mark_coverage", "Накопл. за период, %", 18, 1),
    number("coverage_on_pace", "Накопл. сегодня, %", 16, 1),
)
FILLING = (
    number("lessons_held", "Уроков состоялось", 15),
    number("lessons_filled_in_time", "Заполнено вовремя", 15),
    number("lessons_filled_late", "С опозданием", 14),
    number("lessons_not_filled", "Не заполнено", 13),
    number("marks_per_lesson", "Отметок за урок", 14, 1),
    number("control_marks", "Отметок за контрольные", 16),
    number("mark_coverage", "Накопл. за период, %", 16, 1),
)
CURRICULUM = (
    number("plan_hours", "Часов по КТП", 14),
    number("hours_due", "Должно быть дано", 15),
    number("hours_held", "Дано", 12),
    number("hours_behind", "Отставание", 13),
    number("hours_cancelled", "Отменено", 12),
    number("curriculum_coverage", "Пройдено, %", 15, 1),
)
MISSED = (
    number("pupil_lessons", "Уроков", 13),
    number("missed_lessons", "Пропусков", 13),
    number("missed_illness", "По болезни", 13),
    number("missed_valid", "По уважит. причине", 14),
    number("missed_unknown", "Причина не выяснена", 14),
    number("late_arrivals", "Опозданий", 12),
    number("missed_share", "Пропущено, %", 14, 1),
)


def framed(
    title: str,
    frame: pd.DataFrame,
    fields: Sequence[ReportField],
    *,
    totals: Sequence[pd.DataFrame] = (),
    empty: str = "Нет.",
    note: str = "",
    chart: Chart | None = None,
) -> DocumentTable:
    """Return a table of a frame's rows in their order; a total that lacks a column leaves it empty.

    A column of changes is left out where nothing can be compared.
    """
    compared = {name for name in frame if frame[name].notna().any()}
    kept = [field for field in fields if not field.name.endswith(CHANGE) or field.name in compared]
    return table(
        title,
        [field.column for field in kept],
        _rows(frame, kept),
        totals=[row for each in totals for row in _rows(each, kept)],
        empty=empty,
        note=note,
        chart=chart,
    )


def _rows(frame: pd.DataFrame, fields: Sequence[ReportField]) -> list[tuple[Any, ...]]:
    filled = frame.reindex(columns=[field.name for field in fields])
    return list(filled.astype(object).itertuples(index=False, name=None))


def with_titles(frame: pd.DataFrame, name: str, of: str, title_of: Callable[[object], str]) -> pd.DataFrame:
    """Add a column of words to a frame: ``title_of`` each value of the column ``of``."""
    return frame.assign(**{name: [title_of(value) for value in frame[of]]})


def table_of_groups(
    source: ReportSource,
    rows: pd.DataFrame,
    column: str,
    fields: Sequence[ReportField],
    measure: str,
    *,
    is_ascending: bool = True,
    question: str = "",
    highest: float | None = None,
    title: str = "",
    empty: str = "Нет.",
    note: str = "",
) -> DocumentTable:
    """Return a table of groups named by the ids of a column, with a chart of a measure where a question is asked.

    Classes come in the order of the school's lists, others sorted by the measure and their names.
    """
    named = with_titles(rows, "title", column, source.title_of(column))
    if column == "class_id":
        named = source.in_order(named)
    else:
        named = named.sort_values([measure, "title"], ascending=[is_ascending, True])
    chart = Chart(question, 0, place_of(fields, measure), highest=highest) if question else None
    return framed(title, named, fields, empty=empty, note=note, chart=chart)


def place_of(fields: Sequence[ReportField], *names: str) -> tuple[int, ...]:
    """Return where fields of these names stand, for a chart."""
    order = [field.name for field in fields]
    return tuple(order.index(name) for name in names)
