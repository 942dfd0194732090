"""«Классы»: the classes of a period side by side; a chosen row opens the class (п. 4.2, 7.2)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.quality import (
    QualityScene,
    choose_scene,
    group_rows,
    in_order,
    measure_columns,
    measures_of,
    no_marks_text,
    short_columns,
    show_measures,
    show_other_kinds,
    show_spread,
)
from pages.analytics.parts.standings import show_standing_shares, standing_columns
from pages.ui.filters import show_scope
from pages.ui.links import follow_choice, open_next
from pages.ui.tables import explain, show_table
from pipelines.catalogue.measures import STANDING_TITLES
from pipelines.figures.columns import FigureColumn, formula_of, percent_column
from pipelines.figures.figures import standings_by
from pipelines.figures.work import attendance_of
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from server.session import guard, school

FILTERS = ("school", "grade")
EXPLAINED = (*STANDING_TITLES, "missed_share", "chronic_pupils")


def class_rows(scene: QualityScene) -> pd.DataFrame:
    """Return a row a class: its measures, how its pupils stand and what they missed; classes without marks too."""
    reader, period, selection = scene.reader, scene.period, scene.selection
    measured = group_rows(scene.of, "class_id", scene.class_names).drop(columns=["order", "title", "id"])
    standing = standings_by(reader, scene.of.basis, period, selection, ("class_id",))
    missed = attendance_of(reader, period, selection, school().clock().date(), ("class_id",))
    wanted = ["class_id", "pupils_with_lessons", "missed_share", "chronic_pupils"]
    rows = (
        missed[wanted].merge(measured, on="class_id", how="outer").merge(standing, on="class_id", how="left")
    )
    return in_order(rows, "class_id", scene.class_names)


def are_wholly_seen(rows: pd.DataFrame) -> bool:
    """Whether it is known how the pupils of every class with marks stand: a teacher sees own subjects only."""
    return bool(rows.loc[rows["n"].notna(), "pupils_with_marks"].notna().all())


def show_picture(rows: pd.DataFrame) -> None:
    """Show how the pupils of each class stand or, where that is not known, how their marks are spread."""
    marked = rows[rows["n"].notna()]
    if marked.empty:
        return
    if are_wholly_seen(rows):
        best_first = marked.sort_values("pupil_quality_rate", ascending=False)
        show_standing_shares(best_first, "В каких классах учатся на «4» и «5»? Доли учеников", "standings")
    else:
        show_spread(
            marked, "В каких классах больше «4» и «5»? Доли отметок, сверху — лучшее качество", "spread"
        )


def columns_of(rows: pd.DataFrame) -> list[FigureColumn]:
    """Return the columns of the table of classes that these rows have something to say in."""
    if not are_wholly_seen(rows):
        return [FigureColumn("title", "Класс", pinned=True), *measure_columns()]
    return [
        FigureColumn("title", "Класс", pinned=True),
        FigureColumn("pupils_with_marks", "Учеников", 0, help=formula_of("pupils_with_marks")),
        *(column for column in short_columns() if column.name != "n"),
        *standing_columns(),
        percent_column("missed_share", "Пропущено", help=formula_of("missed_share")),
        FigureColumn("chronic_pupils", "Много проп.", 0, help=formula_of("chronic_pupils")),
    ]


def show_classes(reader: FigureReader) -> None:
    """Show the whole page."""
    st.title("Классы")
    scene = choose_scene(reader, FILTERS)
    if scene is None:
        return
    row = measures_of(scene.of)
    if row is None:
        st.info(no_marks_text(scene.of))
    else:
        show_measures(row)
    rows = class_rows(scene)
    if rows.empty:
        show_other_kinds(scene.of)
        return
    show_picture(rows)
    hint, info = st.columns([5, 1], vertical_alignment="center")
    hint.caption("Щёлкните слева от строки, чтобы открыть класс.")
    with info:
        explain(EXPLAINED)
    keys = list(rows["id"])
    show_table(
        rows,
        columns_of(rows),
        "classes",
        rows_shown=40,
        on_choose=lambda number: open_next("analytics/school_class.py", {"class": keys[number]}),
        export=f"Классы, {scene.of.title}",
    )
    show_other_kinds(scene.of)
    show_scope(reader)


follow_choice()
show_classes(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
