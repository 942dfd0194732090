"""«Посещаемость»: lessons missed by class, reason and week, whom to call, and when lessons are missed (п. 4.3, 6.3)."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_work import stacks_by_group, stacks_by_week
from pages.analytics.parts.comparison import show_bars, show_groups_table, show_headline
from pages.analytics.parts.scene import GROUPS, Scene, choose_group, choose_scene, with_group_names
from pages.ui.charts import ACCENT_SOFT, QUIET, WARNING, chosen_cell, heat_map, show_chart
from pages.ui.filters import choose_segment, show_scope
from pages.ui.tables import show_table
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent, percent_column
from pipelines.figures.work import (
    OF_PUPILS,
    attendance_of,
    attendance_of_pupils,
    names_of_pupils,
    pupils_missing,
    runs_of,
)
from pipelines.measures.tables import ids, records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.attendance.rules.absences import CHRONIC_PERCENT
from school.attendance.rules.running_absences import RUN_DAYS
from school.calendar import WEEKDAYS
from school.numbers import counted, number_text, percent_text
from server.session import guard, school

VIEWS = {"groups": "Сравнение", "weeks": "По неделям", "times": "Дни и уроки", "pupils": "Кому позвонить"}
# Letter in the register, words, colour.
REASONS = {
    "missed_unknown": ("Н", "не выяснено", WARNING),
    "missed_illness": ("Б", "болезнь", ACCENT_SOFT),
    "missed_valid": ("У", "уважительная", QUIET),
}
EXPLAINED = (
    "pupil_lessons",
    "missed_lessons",
    "missed_share",
    "missed_unknown",
    "missed_illness",
    "missed_valid",
    "late_arrivals",
    "late_share",
    "pupils_with_lessons",
    "chronic_pupils",
    "chronic_share",
)
# Lessons attended, percent: a cell of the map at the end of the scale or beyond has the end's shade.
SHADES = (80.0, 100.0)


FIGURES = (
    measure_column("pupils_with_lessons", "Учеников"),
    measure_column("pupil_lessons", "Уроков уч-ся"),
    measure_percent("missed_share", "Пропущено"),
    measure_column("missed_unknown", "Н"),
    measure_column("missed_illness", "Б"),
    measure_column("missed_valid", "У"),
    measure_column("late_arrivals", "О"),
    measure_percent("late_share", "Опозданий"),
    measure_column("chronic_pupils", "Много проп."),
    measure_percent("chronic_share", "Их доля"),
)


HEADLINE = (
    measure_percent("missed_share", "Пропущено уроков"),
    *(
        percent_column(f"{name}_share", f"{words.capitalize()} ({letter})")
        for name, (letter, words, _) in REASONS.items()
    ),
    measure_column("late_arrivals", "Опозданий"),
    measure_column("chronic_pupils", "Пропускают много"),
)
BARS = 30


def headline_of(scene: Scene) -> dict[str, Any]:
    """Return the figures over all chosen lessons, with the share of each reason."""
    total = records(attendance_of_pupils(scene.reader, scene.period, scene.selection, scene.today, ()))[0]
    lessons = total["pupil_lessons"]
    return total | {f"{name}_share": 100 * total[name] / lessons if lessons else None for name in REASONS}


def reasons_of(rows: pd.DataFrame) -> dict[str, tuple[str, list[float]]]:
    """Return what was missed for each reason, as percent of the lessons of each row."""
    lessons = rows["pupil_lessons"].astype(float)
    return {
        words: (colour, list(100 * rows[name] / lessons.where(lessons > 0)))
        for name, (_, words, colour) in REASONS.items()
    }


def group_rows(scene: Scene, group: str) -> pd.DataFrame:
    """Return a row a member of a group; what is of the pupils' classes follows from the pupils."""
    by = (GROUPS[group].column,)
    figure = attendance_of_pupils if by[0] in OF_PUPILS else attendance_of
    rows = figure(scene.reader, scene.period, scene.selection, scene.today, by)
    return with_group_names(scene, rows, group)


def show_groups(scene: Scene) -> None:
    """Show how classes, grade levels, subjects or teachers compare."""
    group = choose_group(scene)
    rows = group_rows(scene, group)
    title = f"Где пропускают больше и почему — {GROUPS[group].words}? Доля уроков, сверху — больше"
    show_bars(
        title,
        rows.sort_values("missed_share", ascending=False, na_position="last"),
        lambda drawn: stacks_by_group(list(drawn["title"]), reasons_of(drawn), " %", 1),
        "groups",
        BARS,
    )
    show_groups_table(rows, group, FIGURES, "by", "Посещаемость")


def show_weeks(scene: Scene) -> None:
    """Show how absence went from week to week."""
    rows = attendance_of(scene.reader, scene.period, scene.selection, scene.today, ("week_starts_on",))
    rows = rows.sort_values("week_starts_on", ignore_index=True)
    weeks = [f"{pd.Timestamp(week):%d.%m}" for week in rows["week_starts_on"]]
    title = "Растут ли пропуски от недели к неделе и почему? Доля уроков"
    show_chart(title, stacks_by_week(weeks, reasons_of(rows), " %", 1), "weeks")
    titles = [f"{pd.Timestamp(week):%d.%m.%Y}" for week in rows["week_starts_on"]]
    columns = [FigureColumn("title", "Неделя с", pinned=True), *FIGURES[:-2]]
    show_table(
        rows.assign(title=titles), columns, "weeks_table", export=f"Посещаемость по неделям, {scene.title}"
    )


def show_times(scene: Scene) -> None:
    """Show on which days and lessons pupils are missing."""
    rows = attendance_of(scene.reader, scene.period, scene.selection, scene.today, ("weekday", "number"))
    rows = rows.sort_values(["weekday", "number"], ignore_index=True)
    days, numbers = sorted(set(rows["weekday"])), sorted(set(rows["number"]))
    cells = {}
    for row in records(rows):
        day, number = int(row["weekday"]), int(row["number"])
        present = 100 - row["missed_share"]
        hover = (
            f"{WEEKDAYS[day - 1]}, {number}-й урок\nпропущено {percent_text(row['missed_share'])} "
            f"({number_text(row['missed_lessons'])} из {number_text(row['pupil_lessons'])})"
            f"\nопозданий {number_text(row['late_arrivals'])}"
        )
        text = number_text(row["missed_share"], 1)
        cells[numbers.index(number), days.index(day)] = (present, text, hover, [day, number])
    figure = heat_map(
        [f"{number}-й урок" for number in numbers], [WEEKDAYS[day - 1] for day in days], cells, SHADES
    )
    chosen_cell(
        "В какие дни и на каких уроках чаще не бывает учеников? Процент пропущенных уроков", figure, "times"
    )
    titles = [WEEKDAYS[day - 1] for day in ids(rows["weekday"])]
    columns = [FigureColumn("title", "День", pinned=True), FigureColumn("number", "Урок", 0), *FIGURES[:-2]]
    with st.expander("Таблица: день × урок"):
        show_table(
            rows.assign(title=titles),
            columns,
            "times_table",
            export=f"Посещаемость по дням и урокам, {scene.title}",
        )


def pupil_rows(scene: Scene, missing: pd.DataFrame) -> pd.DataFrame:
    """Return who is missing day after day or misses many lessons, with names; the longest absent first."""
    runs = runs_of(scene.reader, scene.period, scene.selection, scene.today)
    rows = missing.merge(runs, on=["class_id", "pupil_id"], how="left")
    in_a_row = rows["days_missed_in_a_row"].fillna(0)
    rows = rows[(in_a_row >= RUN_DAYS) | rows["is_chronic"]]
    class_ids = tuple(sorted(set(ids(rows["class_id"]))))
    names, classes = names_of_pupils(scene.reader, class_ids, scene.period), scene.names("class")
    named_rows = rows.assign(
        pupil=[names.get(key, "—") for key in ids(rows["pupil_id"])],
        class_name=[classes.get(key, "—") for key in ids(rows["class_id"])],
        since=["" if pd.isna(day) else f"{pd.Timestamp(day):%d.%m.%Y}" for day in rows["missing_since"]],
        link=[f"absences?class={key}" for key in ids(rows["class_id"])],
    )
    by = ["days_missed_in_a_row", "missed_share"]
    return named_rows.sort_values(by, ascending=False, na_position="last", ignore_index=True)


def show_pupils(scene: Scene, pupils: pd.DataFrame, last_day: date) -> None:
    """Show whom to call."""
    rows = pupil_rows(scene, pupils)
    if rows.empty:
        st.success("Звонить некому: никто не пропускает много и не отсутствует несколько дней подряд.")
        return
    in_a_row = int((rows["days_missed_in_a_row"].fillna(0) >= RUN_DAYS).sum())
    st.markdown(
        f"**Кому позвонить?** Нет {RUN_DAYS} учебных дня подряд и дольше (к {last_day:%d.%m.%Y}): "
        f"**{counted(in_a_row, 'ученик', 'ученика', 'учеников')}**; пропускают {CHRONIC_PERCENT} % уроков и больше: "
        f"**{counted(int(rows['is_chronic'].sum()), 'ученик', 'ученика', 'учеников')}**."
    )
    opens = may_somewhere(scene.reader.user, Action.READ_ABSENCES)
    columns = [
        FigureColumn("pupil", "Ученик", pinned=True),
        FigureColumn("class_name", "Класс"),
        measure_column("days_missed_in_a_row", "Дней подряд"),
        FigureColumn("since", "Нет с"),
        measure_column("lessons_unexplained", "Без причины"),
        measure_percent("missed_share", "Пропущено"),
        *(measure_column(name, letter) for name, (letter, _, _) in REASONS.items()),
        measure_column("late_arrivals", "О"),
        *([FigureColumn("link", "Пропуски")] if opens else []),
    ]
    show_table(
        rows,
        columns,
        "pupils",
        rows_shown=24,
        links={"Пропуски": "Открыть"},
        export=f"Кому позвонить, {scene.title}",
    )


def show_attendance(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_scene(reader)
    if scene is None:
        return
    pupils = pupils_missing(reader, scene.period, scene.selection, scene.today)
    if pupils.empty:
        st.info(
            f"За период «{scene.title}» заполненных уроков нет, поэтому посещаемость неизвестна. "
            "Она появится, когда учителя заполнят журнал; у загруженных уроков время заполнения может быть неизвестно."
        )
        return
    show_headline(headline_of(scene), HEADLINE, EXPLAINED)
    view = choose_segment("attendance_view", "Что показать", VIEWS, default="groups")
    if view == "groups":
        show_groups(scene)
    elif view == "weeks":
        show_weeks(scene)
    elif view == "times":
        show_times(scene)
    else:
        show_pupils(scene, pupils, min(scene.today, scene.period.ends_on))
    show_scope(reader)


show_attendance(FigureReader(school(), guard(Action.READ_ATTENDANCE), Action.READ_ATTENDANCE))
