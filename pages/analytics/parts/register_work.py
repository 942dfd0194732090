"""How teachers keep the register, as every page shows it: the same columns, and lessons nobody filled (п. 4.2, 5.2, 5.5)."""

import pandas as pd

from pages.ui.charts import ACCENT_SOFT, LATE, WARNING
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent

FILLING = {
    "lessons_not_filled": ("не заполнено", WARNING),
    "lessons_filled_late": ("с опозданием", LATE),
    "lessons_filled_in_time": ("вовремя", ACCENT_SOFT),
}
EXPLAINED = (
    "lessons_held",
    "filled_in_time_share",
    "lessons_filled_late",
    "lessons_not_filled",
    "without_topic_share",
    "without_homework_share",
    "marks_per_lesson",
    "late_marks",
    "late_marks_share",
    "mark_coverage",
    "coverage_on_pace",
)
# What can be said of lessons that were imported without the time of their entries.
WITHOUT_TIMES = frozenset({"lessons_held", "marks_per_lesson", "coverage_on_pace", "mark_coverage"})
TIMES_UNKNOWN = "Неизвестно, когда эти уроки заполнены (так бывает после загрузки из другой системы): сроки не проверяются."


COLUMNS = (
    measure_column("lessons_held", "Уроков"),
    measure_percent("filled_in_time_share", "Вовремя"),
    measure_column("lessons_filled_late", "Поздно"),
    measure_column("lessons_not_filled", "Не заполн."),
    measure_column("lessons_without_topic", "Без темы"),
    measure_column("lessons_without_homework", "Без ДЗ"),
    measure_column("marks_per_lesson", "Отм./урок", 1),
    measure_column("late_marks", "Поздн. отм."),
    measure_percent("late_marks_share", "Поздн. отм., %"),
    measure_percent("coverage_on_pace", "Накопл. сегодня"),
    measure_percent("mark_coverage", "Накопл. за период"),
)


def work_columns(rows: pd.DataFrame) -> list[FigureColumn]:
    """Return the columns that these rows have something to say in."""
    return [column for column in COLUMNS if times_are_known(rows) or column.name in WITHOUT_TIMES]


def times_are_known(rows: pd.DataFrame) -> bool:
    """Whether it is known when lessons were filled: not of marks that were imported alone."""
    return bool(rows["lessons_filled"].sum()) or not rows["marks_given"].sum()
