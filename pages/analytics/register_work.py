"""«Работа с журналом»: who fills what in time, homework, and who works with the register at all (п. 4.2, 4.3, 7.1)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_work import stacks_by_group
from pages.analytics.parts.comparison import parts_of, show_bars, show_groups_table, show_headline
from pages.analytics.parts.register_work import (
    COLUMNS,
    EXPLAINED,
    FILLING,
    TIMES_UNKNOWN,
    WITHOUT_TIMES,
    times_are_known,
)
from pages.analytics.parts.scene import COMPUTING, GROUPS, Scene, choose_group, choose_scene, with_group_names
from pages.analytics.parts.unfilled import show_unfilled_lessons
from pages.analytics.parts.users_work import show_users
from pages.ui.charts import ACCENT, ACCENT_SOFT, QUIET, WARNING, shares
from pages.ui.drawing import Drawing
from pages.ui.filters import choose_segment, show_scope
from pages.ui.tables import beside_explanation
from pages.ui.typed_text import Markdown
from pipelines.figures.columns import measure_column, measure_percent
from pipelines.figures.work import filling_by, homework_by, homework_hours_by, homework_load_by
from pipelines.measures.tables import records
from pipelines.measures.teacher_activity import added_up
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from server.session import guard, school

VIEWS = {
    "filling": "Заполнение",
    "unfilled": "Незаполненные уроки",
    "homework": "Домашние задания",
    "users": "Пользователи",
}
HOMEWORK = {
    "lessons_without_homework": ("не решено, что задано", WARNING),
    "lessons_homework_none": ("не задано намеренно", QUIET),
    "lessons_with_homework": ("задано", ACCENT_SOFT),
}
OF_COVERAGE = frozenset({"coverage_on_pace", "mark_coverage"})
HOMEWORK_EXPLAINED = (
    "lessons_filled",
    "lessons_with_homework",
    "lessons_homework_none",
    "lessons_without_homework",
    "homework_set_share",
    "individual_tasks",
    "homework_files",
    "homework_timed",
    "homework_late",
    "homework_late_share",
    "school_days",
    "assignments_a_day",
    "most_assignments_a_day",
)


HOMEWORK_COLUMNS = (
    measure_column("lessons_filled", "Заполнено"),
    measure_percent("homework_set_share", "Задано, %"),
    measure_column("lessons_with_homework", "Задано"),
    measure_column("lessons_homework_none", "Не задано"),
    measure_column("lessons_without_homework", "Не решено"),
    measure_column("individual_tasks", "Индивид."),
    measure_column("homework_files", "Файлов"),
)
HOUR_COLUMNS = (
    measure_column("homework_late", "Записано поздно"),
    measure_percent("homework_late_share", "Записано поздно, %"),
    measure_column("homework_timed", "Время известно"),
)
LOAD_COLUMNS = (
    measure_column("assignments_a_day", "Заданий в день", 1),
    measure_column("most_assignments_a_day", "Больше всего"),
)
# A day is all the subjects of a class: only these have a load.
LOADED = frozenset({"class", "grade", "school"})


HEADLINE = (
    measure_column("lessons_held", "Уроков состоялось"),
    measure_percent("filled_in_time_share", "Заполнено вовремя"),
    measure_column("lessons_filled_late", "С опозданием"),
    measure_column("lessons_not_filled", "Не заполнено"),
    measure_column("late_marks", "Поздних отметок"),
    measure_percent("late_marks_share", "Доля поздних"),
)
BARS = 30


def show_filling(scene: Scene) -> None:
    """Show who fills the register in time."""
    by_teacher = filling_by(scene.reader, scene.period, scene.selection, scene.now, ("teacher_id",))
    total = added_up(by_teacher)
    if not total["lessons_held"].sum() and not total["marks_given"].sum():
        st.info(f"За период «{scene.title}» состоявшихся уроков нет. Выберите другой период.")
        return
    is_timed = times_are_known(total)
    if is_timed:
        show_headline(records(total)[0], HEADLINE, EXPLAINED[:-2])
    else:
        st.info(TIMES_UNKNOWN)
    group = choose_group(scene, "teacher")
    rows = with_group_names(
        scene,
        filling_by(scene.reader, scene.period, scene.selection, scene.now, (GROUPS[group].column,)),
        group,
    )
    if is_timed:
        # The chart and the table in one order: whom to talk to first stands first.
        rows = rows.sort_values("filled_in_time_share", na_position="last", kind="stable")
        title = Markdown(
            f"Где журнал заполняют не вовремя — {GROUPS[group].words}? Доли уроков, сверху — реже вовремя"
        )
        show_bars(
            title, rows, lambda drawn: shares(list(drawn["title"]), parts_of(drawn, FILLING)), "filling", BARS
        )
    offered = [column for column in COLUMNS if column.name not in OF_COVERAGE]
    columns = [column for column in offered if is_timed or column.name in WITHOUT_TIMES]
    show_groups_table(rows, group, columns, "by", "Заполнение журнала")


def show_homework(scene: Scene) -> None:
    """Show where homework is set, and how much of it comes together."""
    group = choose_group(scene)
    by = (GROUPS[group].column,)
    rows = with_group_names(
        scene, homework_by(scene.reader, scene.period, scene.selection, scene.today, by), group
    )
    if rows.empty:
        st.info(f"За период «{scene.title}» заполненных уроков нет.")
        return
    hours = homework_hours_by(scene.reader, scene.period, scene.selection, scene.today, by)
    rows = rows.merge(hours, on=by[0], how="left")
    columns = [*HOMEWORK_COLUMNS, *HOUR_COLUMNS]
    beside_explanation(HOMEWORK_EXPLAINED).markdown(f"**Домашние задания {GROUPS[group].words}**")
    rows = rows.sort_values("lessons_without_homework", ascending=False, kind="stable")
    show_bars(
        "Где не решают, что задано? Доли заполненных уроков",
        rows,
        lambda drawn: shares(list(drawn["title"]), parts_of(drawn, HOMEWORK)),
        "homework",
        BARS,
    )
    if group in LOADED:
        load = homework_load_by(scene.reader, scene.period, scene.selection, scene.today, by)
        rows = rows.merge(load, on=by[0], how="left")
        columns += LOAD_COLUMNS
        show_bars("По скольким предметам задают на дом в один день?", rows, load_bars, "load", BARS)
    show_groups_table(rows, group, columns, "homework", "Домашние задания")


def load_bars(rows: pd.DataFrame) -> Drawing:
    """Draw in how many subjects homework comes for one day."""
    bars = {"заданий в день": (ACCENT, list(rows["assignments_a_day"].fillna(0)))}
    return stacks_by_group(list(rows["title"]), bars, decimals=1)


SHOWN = {
    "filling": show_filling,
    "unfilled": show_unfilled_lessons,
    "homework": show_homework,
    "users": show_users,
}


def show_register_work(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_scene(reader)
    if scene is None:
        return
    view = choose_segment("work_view", "Что показать", VIEWS, default="filling")
    with st.spinner(COMPUTING):
        SHOWN[view](scene)
    show_scope(reader)


show_register_work(FigureReader(school(), guard(Action.READ_REGISTER_WORK), Action.READ_REGISTER_WORK))
