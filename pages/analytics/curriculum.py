"""«Прохождение программ»: lesson plans against the lessons held, and who is behind (п. 4.2, 6.3)."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_work import stacks_by_group
from pages.analytics.parts.comparison import (
    parts_of,
    show_bars,
    show_class_map,
    show_groups_table,
    show_headline,
)
from pages.analytics.parts.scene import GROUPS, Scene, choose_group, choose_scene, with_group_names
from pages.ui.charts import LATE, WARNING, show_chart
from pages.ui.drawing import Drawing
from pages.ui.filters import choose_segment, remember, show_scope
from pages.ui.links import open_next
from pages.ui.tables import show_table
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent
from pipelines.figures.work import curriculum_by
from pipelines.measures.curriculum import added_up
from pipelines.measures.tables import ids, records
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.numbers import counted, number_text
from server.session import guard, school

VIEWS = {"behind": "Отставание", "groups": "Сравнение", "map": "Класс × предмет", "none": "Без планирования"}
REGISTER = (
    "class_id",
    "subject_id",
    "subgroup_id",
    "subgroup_name",
    "teacher_id",
    "grade_level",
    "school_id",
)
LOST = {"hours_cancelled": ("отменено", WARNING), "hours_off_plan": ("не по плану", LATE)}
EXPLAINED = (
    "registers_with_plan",
    "registers_behind",
    "plan_hours",
    "hours_held",
    "curriculum_coverage",
    "hours_due",
    "hours_behind",
    "hours_cancelled",
    "hours_off_plan",
    "on_schedule_share",
    "lessons_without_written_topic",
)
HEADLINE = (
    measure_percent("curriculum_coverage", "Пройдено программы"),
    measure_percent("on_schedule_share", "Выполнение плана"),
    measure_column("hours_behind", "Отставание, часов"),
    measure_column("registers_behind", "Журналов отстаёт"),
    measure_column("registers_without_plan", "Без планирования"),
)
BARS = 30
# Behind by this share of what is due a cell of the map has the end's shade.
SHADES = (85.0, 100.0)


FIGURES = (
    measure_column("plan_hours", "План, ч", width=66),
    measure_column("hours_due", "Должно, ч", width=82),
    measure_column("hours_held", "Дано, ч", width=64),
    measure_column("hours_behind", "Отстаёт, ч", width=84),
    measure_column("hours_cancelled", "Отменено", width=78),
    measure_column("hours_off_plan", "Вне плана", width=78),
    measure_column("lessons_without_written_topic", "Тема не запис.", width=100),
    measure_percent("on_schedule_share", "Выполнение", width=90),
    measure_percent("curriculum_coverage", "Пройдено", width=78),
)


def register_rows(scene: Scene) -> pd.DataFrame:
    """Return a row a register with the names that people read, those furthest behind first."""
    rows = curriculum_by(scene.reader, scene.period, scene.selection, scene.today, REGISTER)
    classes, subjects, teachers = (scene.names(name) for name in ("class", "subject", "teacher"))
    named_rows = rows.assign(
        class_name=[classes.get(key, "—") for key in ids(rows["class_id"])],
        subject_name=[
            " · ".join(filter(None, (subjects.get(subject, "—"), subgroup)))
            for subject, subgroup in zip(ids(rows["subject_id"]), rows["subgroup_name"], strict=True)
        ],
        teacher_name=[teachers.get(key, GROUPS["teacher"].nobody) for key in ids(rows["teacher_id"])],
        link=[plan_address(row) for row in records(rows)],
    )
    by = ["hours_behind", "class_name", "subject_name"]
    return named_rows.sort_values(by, ascending=[False, True, True], ignore_index=True)


def plan_address(row: dict[str, Any]) -> str:
    """Return the address of a register's lesson plan: identifiers only."""
    group = "" if pd.isna(row["subgroup_id"]) else f"&group={int(row['subgroup_id'])}"
    return f"lesson_plan?class={int(row['class_id'])}&subject={int(row['subject_id'])}{group}"


def open_plan(row: dict[str, Any]) -> None:
    """Open the lesson plan of a register at the coming rerun."""
    group = None if pd.isna(row["subgroup_id"]) else int(row["subgroup_id"])
    codes = {"class": int(row["class_id"]), "subject": int(row["subject_id"]), "group": group}
    open_next("lesson_plans/lesson_plan.py", codes)


def show_behind(scene: Scene, planned: pd.DataFrame) -> None:
    """Show which registers are behind and what took their lessons."""
    behind = planned[planned["hours_behind"] > 0]
    if behind.empty:
        st.success("Никто не отстаёт: все уроки, которые должны были пройти, прошли по плану.")
    else:
        title = "Кто отстаёт от программы и почему? Потерянные уроки, сверху — больше"
        titles = behind["class_name"] + " · " + behind["subject_name"]
        show_bars(title, behind.assign(title=titles), lost_lessons, "behind", BARS)
    columns = [
        FigureColumn("class_name", "Класс", pinned=True, width=50),
        FigureColumn("subject_name", "Предмет", pinned=True, width=118),
        FigureColumn("teacher_name", "Учитель", width=106),
        *FIGURES,
    ]
    keys = records(planned[["class_id", "subject_id", "subgroup_id"]])
    show_table(
        planned,
        columns,
        "registers",
        on_choose=lambda number: open_plan(keys[number]),
        export=f"Прохождение программ, {scene.title}",
    )


def lost_lessons(rows: pd.DataFrame) -> Drawing:
    """Draw what took the lessons of each row."""
    return stacks_by_group(list(rows["title"]), parts_of(rows, LOST))


def show_groups(scene: Scene, planned: pd.DataFrame) -> None:
    """Show how classes, grade levels, subjects or teachers compare."""
    group = choose_group(scene)
    rows = with_group_names(scene, added_up(planned, (GROUPS[group].column,)), group)
    drawn = rows.sort_values("hours_behind", ascending=False).head(BARS)
    title = f"Где теряются уроки — {GROUPS[group].words}? Сверху — больше отстают"
    show_chart(title, lost_lessons(drawn), "groups")
    columns = [
        measure_column("registers_with_plan", "Журналов"),
        measure_column("registers_behind", "Из них отстаёт"),
        *FIGURES,
    ]
    show_groups_table(rows, group, columns, "by", "Прохождение программ")


def show_map(scene: Scene, planned: pd.DataFrame) -> None:
    """Show each class × subject as a shade of what is done of what is due; a click narrows to it."""

    def cell(row: dict[str, Any]) -> tuple[float, str, str]:
        behind = int(row["hours_behind"])
        share = 100.0 if pd.isna(row["on_schedule_share"]) else row["on_schedule_share"]
        words = f"дано {row['hours_held']} из {row['hours_due']} ч\nотставание {behind} ч"
        return share, number_text(-behind) if behind else "", words

    title = "В каком классе и по какому предмету отстают? Число — часы отставания"
    rows = added_up(planned, ("class_id", "subject_id"))
    chosen = show_class_map(title, scene, rows, cell, SHADES, "map")
    st.caption("Чем рыжее клетка, тем больше отставание. Щёлкните клетку, чтобы выбрать класс и предмет.")
    if chosen:
        remember(**{"class": str(chosen[0]), "subject": str(chosen[1]), "curriculum_view": "behind"})
        st.rerun()


def show_without_plan(scene: Scene, rows: pd.DataFrame) -> None:
    """Show the registers that have no plan yet."""
    without = rows[rows["registers_without_plan"] > 0].sort_values(["teacher_name", "class_name"])
    if without.empty:
        st.success("Планирование есть во всех журналах.")
        return
    words = counted(len(without), "журнал", "журнала", "журналов")
    st.markdown(f"**Кто ещё не внёс планирование?** {words}: по ним прохождение программы не видно.")
    columns = [
        FigureColumn("teacher_name", "Учитель", pinned=True),
        FigureColumn("class_name", "Класс"),
        FigureColumn("subject_name", "Предмет"),
        FigureColumn("link", "План"),
    ]
    show_table(
        without, columns, "without_plan", links={"План": "Открыть"}, export=f"Без планирования, {scene.title}"
    )


def show_curriculum(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_scene(reader)
    if scene is None:
        return
    rows = register_rows(scene)
    if rows.empty:
        st.info(f"За период «{scene.title}» нет ни нагрузки, ни уроков. Выберите другой период.")
        return
    planned = rows[rows["registers_with_plan"] > 0].reset_index(drop=True)
    if planned.empty:
        st.info(
            "Планирования (КТП) в этих журналах нет, поэтому прохождение программы не видно. "
            "Его вносит учитель на странице «Планирование (КТП)»."
        )
        show_without_plan(scene, rows)
        return
    show_headline(records(added_up(rows))[0], HEADLINE, EXPLAINED)
    view = choose_segment("curriculum_view", "Что показать", VIEWS, default="behind")
    if view == "none":
        show_without_plan(scene, rows)
    else:
        {"behind": show_behind, "groups": show_groups, "map": show_map}[view](scene, planned)
    show_scope(reader)


show_curriculum(FigureReader(school(), guard(Action.READ_LESSON_PLANS), Action.READ_LESSON_PLANS))
