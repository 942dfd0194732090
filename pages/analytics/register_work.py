"""«Работа с журналом»: who fills what in time, homework, and who works with the register at all (п. 4.2, 4.3, 7.1)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_work import stacks_by_group
from pages.analytics.parts.register_work import (
    COLUMNS,
    TIMES_UNKNOWN,
    WITHOUT_TIMES,
    last_day_due,
    show_lessons,
    times_are_known,
)
from pages.analytics.parts.users_work import show_users
from pages.analytics.parts.work_scene import (
    BARS,
    GROUPS,
    WorkScene,
    choose_group,
    choose_work,
    with_group_names,
)
from pages.ui.charts import ACCENT, ACCENT_SOFT, LATE, QUIET, WARNING, shares, show_chart
from pages.ui.filters import choose_segment, show_scope
from pages.ui.tables import explain, show_table
from pipelines.figures.columns import FigureColumn, formula_of, percent_column
from pipelines.figures.work import filling_by, homework_by, homework_load_by, unfilled_in
from pipelines.measures.teacher_activity import added_up
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.numbers import number_text, percent_text
from server.session import guard, school

VIEWS = {
    "filling": "Заполнение",
    "unfilled": "Незаполненные уроки",
    "homework": "Домашние задания",
    "users": "Пользователи",
}
FILLING = {
    "lessons_not_filled": ("не заполнено", WARNING),
    "lessons_filled_late": ("с опозданием", LATE),
    "lessons_filled_in_time": ("вовремя", ACCENT_SOFT),
}
HOMEWORK = {
    "lessons_without_homework": ("не решено, что задано", WARNING),
    "lessons_homework_none": ("не задано намеренно", QUIET),
    "lessons_with_homework": ("задано", ACCENT_SOFT),
}
OF_COVERAGE = frozenset({"coverage_on_pace", "mark_coverage"})
FILLING_EXPLAINED = (
    "lessons_held",
    "filled_in_time_share",
    "lessons_filled_late",
    "lessons_not_filled",
    "without_topic_share",
    "without_homework_share",
    "marks_per_lesson",
    "late_marks_share",
)
HOMEWORK_EXPLAINED = (
    "lessons_filled",
    "lessons_with_homework",
    "lessons_homework_none",
    "lessons_without_homework",
    "homework_set_share",
    "individual_tasks",
    "homework_files",
    "school_days",
    "assignments_a_day",
    "most_assignments_a_day",
)


def counted_column(name: str, title: str) -> FigureColumn:
    """Return a column of counts with its formula."""
    return FigureColumn(name, title, 0, help=formula_of(name))


HOMEWORK_COLUMNS = (
    counted_column("lessons_filled", "Уроков"),
    percent_column("homework_set_share", "Задано, %", help=formula_of("homework_set_share")),
    counted_column("lessons_with_homework", "Задано"),
    counted_column("lessons_homework_none", "Не задано"),
    counted_column("lessons_without_homework", "Не решено"),
    counted_column("individual_tasks", "Индивид."),
    counted_column("homework_files", "Файлов"),
)
LOAD_COLUMNS = (
    FigureColumn("assignments_a_day", "Заданий в день", 1, help=formula_of("assignments_a_day")),
    counted_column("most_assignments_a_day", "Больше всего"),
)
# A day is all the subjects of a class: only these have a load.
LOADED = frozenset({"class", "grade", "school"})


def show_headline(row: pd.Series) -> None:
    """Show how the chosen lessons are filled."""
    places = st.columns([1, 1, 1, 1, 1, 1.3])
    places[0].metric("Уроков состоялось", number_text(row["lessons_held"]))
    places[1].metric("Заполнено вовремя", percent_text(row["filled_in_time_share"]))
    places[2].metric("С опозданием", number_text(row["lessons_filled_late"]))
    places[3].metric("Не заполнено", number_text(row["lessons_not_filled"]))
    places[4].metric("Поздних отметок", percent_text(row["late_marks_share"]))
    with places[5]:
        explain(FILLING_EXPLAINED, dict(row))


def show_filling(scene: WorkScene) -> None:
    """Show who fills the register in time."""
    by_teacher = filling_by(scene.reader, scene.period, scene.selection, scene.now, ("teacher_id",))
    total = added_up(by_teacher)
    if not total["lessons_held"].sum() and not total["marks_given"].sum():
        st.info(f"За период «{scene.title}» состоявшихся уроков нет. Выберите другой период.")
        return
    is_timed = times_are_known(total)
    if is_timed:
        show_headline(total.iloc[0])
    else:
        st.info(TIMES_UNKNOWN)
    group = choose_group(scene, tuple(GROUPS), default="teacher")
    rows = with_group_names(
        scene,
        filling_by(scene.reader, scene.period, scene.selection, scene.now, (GROUPS[group].column,)),
        group,
    )
    if is_timed:
        drawn = rows.sort_values("filled_in_time_share", na_position="last").head(BARS)
        parts = {words: (colour, list(drawn[name])) for name, (words, colour) in FILLING.items()}
        title = f"Где журнал заполняют не вовремя — {GROUPS[group].words}? Доли уроков, сверху — реже вовремя"
        show_chart(title, shares(list(drawn["title"]), parts), "filling")
    offered = [column for column in COLUMNS if column.name not in OF_COVERAGE]
    columns = [column for column in offered if is_timed or column.name in WITHOUT_TIMES]
    show_table(
        rows,
        [FigureColumn("title", GROUPS[group].title, pinned=True), *columns],
        f"by_{group}",
        export=f"Заполнение журнала {GROUPS[group].words}",
    )


def show_unfilled_lessons(scene: WorkScene) -> None:
    """Show the lessons in which nothing is entered though it is due."""
    lessons = unfilled_in(scene.reader, scene.period, scene.selection, last_day_due(scene.now))
    show_lessons(scene.reader, lessons, scene.choices.teachers)


def show_homework(scene: WorkScene) -> None:
    """Show where homework is set, and how much of it comes together."""
    group = choose_group(scene, tuple(GROUPS))
    by = (GROUPS[group].column,)
    rows = with_group_names(
        scene, homework_by(scene.reader, scene.period, scene.selection, scene.today, by), group
    )
    if rows.empty:
        st.info(f"За период «{scene.title}» заполненных уроков нет.")
        return
    columns = [FigureColumn("title", GROUPS[group].title, pinned=True), *HOMEWORK_COLUMNS]
    left, info = st.columns([5, 1], vertical_alignment="center")
    left.markdown(f"**Домашние задания {GROUPS[group].words}**")
    with info:
        explain(HOMEWORK_EXPLAINED)
    drawn = rows.sort_values("lessons_without_homework", ascending=False).head(BARS)
    parts = {words: (colour, list(drawn[name])) for name, (words, colour) in HOMEWORK.items()}
    show_chart(
        "Где не решают, что задано? Доли заполненных уроков", shares(list(drawn["title"]), parts), "homework"
    )
    if group in LOADED:
        load = homework_load_by(scene.reader, scene.period, scene.selection, scene.today, by)
        rows = rows.merge(load, on=by[0], how="left")
        columns += LOAD_COLUMNS
        bars = {"заданий в день": (ACCENT, list(rows["assignments_a_day"].fillna(0).head(BARS)))}
        show_chart(
            "По скольким предметам задают на дом в один день?",
            stacks_by_group(list(rows["title"].head(BARS)), bars, decimals=1),
            "load",
        )
    show_table(rows, columns, f"homework_{group}", export=f"Домашние задания {GROUPS[group].words}")


SHOWN = {
    "filling": show_filling,
    "unfilled": show_unfilled_lessons,
    "homework": show_homework,
    "users": show_users,
}


def show_register_work(reader: FigureReader) -> None:
    """Show the whole page."""
    st.title("Работа с журналом")
    scene = choose_work(reader)
    if scene is None:
        return
    SHOWN[choose_segment("work_view", "Что показать", VIEWS, default="filling")](scene)
    show_scope(reader)


show_register_work(FigureReader(school(), guard(Action.READ_REGISTER_WORK), Action.READ_REGISTER_WORK))
