"""«Учителя»: quality and the keeping of the register, a row a teacher; a chosen row opens the teacher (п. 4.2, 6.3)."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.comparison import parts_of, show_bars, show_headline
from pages.analytics.parts.quality import SHORT_COLUMNS
from pages.analytics.parts.register_work import (
    EXPLAINED,
    FILLING,
    TIMES_UNKNOWN,
    times_are_known,
    work_columns,
)
from pages.analytics.parts.scene import COMPUTING, NO_TEACHER, Scene, choose_scene, with_titles
from pages.ui.charts import shares
from pages.ui.filters import show_scope
from pages.ui.links import opener
from pages.ui.tables import explain, prepared, show_prepared
from pages.ui.typed_text import as_typed
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent
from pipelines.figures.figures import of_period, quality_by
from pipelines.figures.school_now import default_basis
from pipelines.figures.work import activity_by
from pipelines.measures.answers import beside
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from server.session import guard, school

FILTERS = ("school", "grade", "subject")
BARS = 25
QUALITY_BESIDE_WORK = ("quality_rate", "quality_rate_change", "mean_mark")
# What only the page of one teacher shows.
IN_DETAIL = ("late_marks", "late_marks_share", "mark_coverage")
HEADLINE = (
    measure_column("lessons_held", "Уроков состоялось"),
    measure_percent("filled_in_time_share", "Заполнено вовремя"),
    measure_column("lessons_filled_late", "С опозданием"),
    measure_column("lessons_not_filled", "Не заполнено"),
)


def teacher_rows(scene: Scene) -> pd.DataFrame:
    """Return a row a teacher: how the register is kept and, for whoever may see it, the quality of teaching.

    First stand those whose lessons are least often filled in time.
    """
    reader, teachers = scene.reader, scene.choices.teachers
    rows = activity_by(reader, scene.period, scene.selection, scene.now)
    if may_somewhere(reader.user, Action.READ_QUALITY):
        quality_reader = FigureReader(reader.school, reader.user, Action.READ_QUALITY)
        basis, compared = default_basis([scene.period], scene.today), scene.compared
        by_term = quality_by(quality_reader, basis, compared, scene.selection, ("teacher_id",))
        rows = beside(rows, of_period(by_term, scene.period), "teacher_id")
    named = with_titles(rows, "teacher_id", teachers, NO_TEACHER)
    return named.sort_values(["filled_in_time_share", "title"], na_position="last")


def columns_of(rows: pd.DataFrame) -> list[FigureColumn]:
    """Return the columns that these rows have something to say in."""
    measured = [
        column for column in SHORT_COLUMNS if column.name in QUALITY_BESIDE_WORK and column.name in rows
    ]
    work = [column for column in work_columns(rows) if column.name not in IN_DETAIL]
    return [FigureColumn("title", "Учитель", pinned=True), *measured, *work]


def headline_of(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the counts of all, with the share of what is filled in time."""
    total = rows[["lessons_held", *FILLING]].sum()
    share = 100 * total["lessons_filled_in_time"] / total["lessons_held"] if total["lessons_held"] else None
    return {**total, "filled_in_time_share": share}


def show_teachers(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_scene(reader, FILTERS)
    if scene is None:
        return
    with st.spinner(COMPUTING):
        rows = scene.kept("teachers", lambda: teacher_rows(scene))
    if rows["id"].isna().all():
        st.info(as_typed(missing_text(rows, scene.title)))
        return
    if times_are_known(rows):
        show_headline(headline_of(rows), HEADLINE, EXPLAINED)
        show_bars(
            "Кому нужно внимание? Доли уроков, сверху — кто реже заполняет журнал вовремя",
            rows,
            lambda drawn: shares(list(drawn["title"]), parts_of(drawn, FILLING)),
            "activity",
            BARS,
        )
    else:
        st.info(TIMES_UNKNOWN)
        explain(EXPLAINED[-4:])
    st.caption("Нажмите на строку, чтобы открыть учителя.")
    show_prepared(
        scene.kept("table of teachers", lambda: prepared(rows, columns_of(rows))),
        "teachers",
        rows_shown=30,
        on_choose=opener("analytics/teacher.py", "teacher", list(rows["id"])),
        export=f"Учителя, {scene.title}",
    )
    show_scope(reader)


def missing_text(rows: pd.DataFrame, title: str) -> str:
    """Return why there is nothing to show: no lessons at all, or lessons without teachers."""
    if rows.empty:
        return f"За период «{title}» состоявшихся уроков нет. Выберите другой период."
    return (
        f"За период «{title}» в данных не указано, кто ведёт уроки (так бывает после загрузки из другой системы). "
        "Страница заполнится, когда администратор внесёт учителей и нагрузку."
    )


show_teachers(FigureReader(school(), guard(Action.READ_TEACHER_ACTIVITY), Action.READ_TEACHER_ACTIVITY))
