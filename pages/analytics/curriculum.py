"""«Прохождение программ»: lesson plans against the lessons held, and who is behind (п. 4.2, 6.3)."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_work import stacks_by_group
from pages.analytics.parts.work_scene import (
    BARS,
    GROUPS,
    WorkScene,
    choose_group,
    choose_work,
    with_group_names,
)
from pages.ui.charts import LATE, WARNING, chosen_cell, heat_map, show_chart
from pages.ui.filters import choose_segment, remember, show_scope
from pages.ui.tables import explain, show_table
from pipelines.figures.columns import FigureColumn, formula_of, percent_column
from pipelines.figures.work import curriculum_by
from pipelines.measures.curriculum import added_up
from pipelines.measures.tables import ids, records
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.numbers import counted, number_text, percent_text
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
# Behind by this share of what is due a cell of the map has the end's shade.
SHADES = (85.0, 100.0)


def counted_column(name: str, title: str) -> FigureColumn:
    """Return a column of counts with its formula."""
    return FigureColumn(name, title, 0, help=formula_of(name))


FIGURES = (
    counted_column("plan_hours", "По плану, ч"),
    counted_column("hours_due", "Должно, ч"),
    counted_column("hours_held", "Дано, ч"),
    counted_column("hours_behind", "Отстаёт, ч"),
    counted_column("hours_cancelled", "Отменено"),
    counted_column("hours_off_plan", "Не по плану"),
    counted_column("lessons_without_written_topic", "Без темы"),
    percent_column("on_schedule_share", "Выполнение", help=formula_of("on_schedule_share")),
    percent_column("curriculum_coverage", "Пройдено", help=formula_of("curriculum_coverage")),
)


def register_rows(scene: WorkScene) -> pd.DataFrame:
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


def show_headline(rows: pd.DataFrame) -> None:
    """Show the figures over all chosen registers."""
    total = records(added_up(rows))[0]
    places = st.columns([1, 1, 1, 1, 1, 1.3])
    places[0].metric("Пройдено программы", percent_text(total["curriculum_coverage"]))
    places[1].metric("Выполнение плана", percent_text(total["on_schedule_share"]))
    places[2].metric("Отставание, часов", number_text(total["hours_behind"]))
    places[3].metric("Журналов отстаёт", number_text(total["registers_behind"]))
    places[4].metric("Без планирования", number_text(total["registers_without_plan"]))
    with places[5]:
        explain(EXPLAINED, total)


def show_behind(scene: WorkScene, planned: pd.DataFrame) -> None:
    """Show which registers are behind and what took their lessons."""
    behind = planned[planned["hours_behind"] > 0]
    if behind.empty:
        st.success("Никто не отстаёт: все уроки, которые должны были пройти, прошли по плану.")
    else:
        drawn = behind.head(BARS)
        titles = [f"{row['class_name']} · {row['subject_name']}" for row in records(drawn)]
        parts = {words: (colour, list(drawn[name])) for name, (words, colour) in LOST.items()}
        title = "Кто отстаёт от программы и почему? Потерянные уроки, сверху — больше"
        show_chart(title, stacks_by_group(titles, parts), "behind")
        if len(behind) > BARS:
            st.caption(f"На рисунке первые {BARS} из {len(behind)}; в таблице — все.")
    columns = [
        FigureColumn("class_name", "Класс", pinned=True, width=50),
        FigureColumn("subject_name", "Предмет", pinned=True, width=160),
        FigureColumn("teacher_name", "Учитель", width=118),
        *FIGURES,
        FigureColumn("link", "План", width=68),
    ]
    show_table(
        planned,
        columns,
        "registers",
        links={"План": "Открыть"},
        export=f"Прохождение программ, {scene.title}",
    )


def show_groups(scene: WorkScene, planned: pd.DataFrame) -> None:
    """Show how classes, grade levels, subjects or teachers compare."""
    group = choose_group(scene, ("class", "grade", "subject", "teacher", "school"))
    rows = with_group_names(scene, added_up(planned, (GROUPS[group].column,)), group)
    drawn = rows.sort_values("hours_behind", ascending=False).head(BARS)
    parts = {words: (colour, list(drawn[name])) for name, (words, colour) in LOST.items()}
    title = f"Где теряются уроки — {GROUPS[group].words}? Сверху — больше отстают"
    show_chart(title, stacks_by_group(list(drawn["title"]), parts), "groups")
    columns = [
        FigureColumn("title", GROUPS[group].title, pinned=True),
        counted_column("registers_with_plan", "Журналов"),
        counted_column("registers_behind", "Отстаёт"),
        *FIGURES,
    ]
    show_table(rows, columns, f"by_{group}", export=f"Прохождение программ {GROUPS[group].words}")


def show_map(scene: WorkScene, planned: pd.DataFrame) -> None:
    """Show each class × subject as a shade of what is done of what is due; a click narrows to it."""
    rows = added_up(planned, ("class_id", "subject_id"))
    names, subject_names = scene.names("class"), scene.names("subject")
    class_ids = [key for key in names if key in set(rows["class_id"])]
    subject_ids = [key for key in subject_names if key in set(rows["subject_id"])]
    cells = {}
    for row in records(rows):
        class_id, subject_id = int(row["class_id"]), int(row["subject_id"])
        if class_id not in class_ids or subject_id not in subject_ids:
            continue
        behind = int(row["hours_behind"])
        hover = (
            f"{names[class_id]}, {subject_names[subject_id]}<br>дано {row['hours_held']} из {row['hours_due']} ч"
            f"<br>отставание {behind} ч"
        )
        text = number_text(-behind) if behind else ""
        place = (class_ids.index(class_id), subject_ids.index(subject_id))
        share = 100.0 if pd.isna(row["on_schedule_share"]) else row["on_schedule_share"]
        cells[place] = (share, text, hover, [class_id, subject_id])
    figure = heat_map(
        [names[key] for key in class_ids], [subject_names[key] for key in subject_ids], cells, SHADES
    )
    chosen = chosen_cell(
        "В каком классе и по какому предмету отстают? Число — часы отставания", figure, "map"
    )
    st.caption("Чем рыжее клетка, тем больше отставание. Щёлкните клетку, чтобы выбрать класс и предмет.")
    if chosen:
        remember(**{"class": str(chosen[0]), "subject": str(chosen[1]), "curriculum_view": "behind"})
        st.rerun()


def show_without_plan(scene: WorkScene, rows: pd.DataFrame) -> None:
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
    st.title("Прохождение программ")
    scene = choose_work(reader)
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
    show_headline(rows)
    view = choose_segment("curriculum_view", "Что показать", VIEWS, default="behind")
    if view == "behind":
        show_behind(scene, planned)
    elif view == "groups":
        show_groups(scene, planned)
    elif view == "map":
        show_map(scene, planned)
    else:
        show_without_plan(scene, rows)
    show_scope(reader)


show_curriculum(FigureReader(school(), guard(Action.READ_LESSON_PLANS), Action.READ_LESSON_PLANS))
