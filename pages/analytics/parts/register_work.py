"""How teachers keep the register, as every page shows it: the same columns, and lessons nobody filled (п. 4.2, 5.2, 5.5)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pandas as pd
import streamlit as st

from pages.ui.charts import ACCENT_SOFT, LATE, WARNING
from pages.ui.tables import RecordColumn, show_records
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent
from pipelines.figures.figures import unfilled_of
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import PeriodRow, UnfilledLesson
from school.numbers import counted
from school.register.rules.deadlines import entry_deadline

LESSONS_SHOWN = 500
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
    measure_percent("late_marks_share", "Поздн. отм."),
    measure_percent("coverage_on_pace", "Накопл. сегодня"),
    measure_percent("mark_coverage", "Накопл. за период"),
)


def work_columns(rows: pd.DataFrame) -> list[FigureColumn]:
    """Return the columns that these rows have something to say in."""
    return [column for column in COLUMNS if times_are_known(rows) or column.name in WITHOUT_TIMES]


def times_are_known(rows: pd.DataFrame) -> bool:
    """Whether it is known when lessons were filled: not of marks that were imported alone."""
    return bool(rows["lessons_filled"].sum()) or not rows["marks_given"].sum()


def last_day_due(now: datetime) -> date:
    """Return the last day whose lessons had to be filled by now (п. 5.5)."""
    today = now.date()
    return today if now > entry_deadline(today) else today - timedelta(days=1)


def show_unfilled(reader: FigureReader, teacher_id: int, period: PeriodRow, now: datetime) -> None:
    """Show a teacher's lessons without an entry, each with a link to its register."""
    show_lessons(reader, unfilled_of(reader, teacher_id, period, last_day_due(now)))


def show_lessons(
    reader: FigureReader, lessons: Sequence[UnfilledLesson], teachers: Mapping[int, str] | None = None
) -> None:
    """Show lessons without an entry, each with a link to its register and, where names are given, its teacher."""
    if not lessons:
        st.success("Все уроки этого периода заполнены.")
        return
    words = counted(len(lessons), "урок", "урока", "уроков")
    st.markdown(f"Нет ни одной записи: **{words}**, новые сверху.")
    opens = may_somewhere(reader.user, Action.READ_REGISTER)
    named = RecordColumn[UnfilledLesson](
        "Учитель", lambda lesson: (teachers or {}).get(lesson.teacher_id or 0, "")
    )
    link = RecordColumn[UnfilledLesson]("Журнал", register_address)
    columns: list[RecordColumn[UnfilledLesson]] = [
        RecordColumn("День", lambda lesson: f"{lesson.held_on:%d.%m.%Y}"),
        RecordColumn("Урок", lambda lesson: lesson.number, 0),
        RecordColumn("Класс", lambda lesson: lesson.class_name),
        RecordColumn(
            "Предмет", lambda lesson: " · ".join(filter(None, (lesson.subject_name, lesson.subgroup_name)))
        ),
        *([named] if teachers else []),
        *([link] if opens else []),
    ]
    show_records(
        lessons[:LESSONS_SHOWN],
        columns,
        "unfilled",
        links={"Журнал": "Открыть"},
        export="Незаполненные уроки",
    )


def register_address(lesson: UnfilledLesson) -> str:
    """Return the address of a lesson in the register: identifiers only."""
    group = "" if lesson.subgroup_id is None else f"&group={lesson.subgroup_id}"
    return f"grid?class={lesson.class_id}&subject={lesson.subject_id}{group}&lesson={lesson.lesson_id}"
