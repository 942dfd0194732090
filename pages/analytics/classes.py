"""«Классы»: the classes of a period side by side; a chosen row opens the class (п. 4.2, 7.2)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.quality import (
    MEASURE_COLUMNS,
    SHORT_COLUMNS,
    choose_quality,
    group_rows,
    show_measures_of,
    show_other_kinds,
    show_spread,
)
from pages.analytics.parts.scene import COMPUTING, Scene, in_order
from pages.analytics.parts.standings import show_standing_shares, standing_columns
from pages.ui.filters import show_scope
from pages.ui.links import opener
from pages.ui.tables import beside_explanation, show_table
from pipelines.catalogue.measures import STANDING_TITLES
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent
from pipelines.figures.figures import standings_by
from pipelines.figures.work import attendance_of
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from server.session import guard, school

FILTERS = ("school", "grade")
EXPLAINED = (*STANDING_TITLES, "missed_share", "chronic_pupils")


def class_rows(scene: Scene) -> pd.DataFrame:
    """Return a row a class: its measures, how its pupils stand and what they missed; classes without marks too."""
    reader, period, selection = scene.reader, scene.period, scene.selection
    measured = group_rows(scene, "class_id", scene.names("class")).drop(columns=["order", "title", "id"])
    standing = standings_by(reader, scene.basis, period, selection, ("class_id",))
    missed = attendance_of(reader, period, selection, scene.today, ("class_id",))
    wanted = ["class_id", "pupil_lessons", "pupils_with_lessons", "missed_share", "chronic_pupils"]
    rows = (
        missed[wanted].merge(measured, on="class_id", how="outer").merge(standing, on="class_id", how="left")
    )
    return in_order(rows, "class_id", scene.names("class"))


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
        return [FigureColumn("title", "Класс", pinned=True), *MEASURE_COLUMNS]
    return [
        FigureColumn("title", "Класс", pinned=True),
        measure_column("pupils_with_marks", "Учеников"),
        *(column for column in SHORT_COLUMNS if column.name != "n"),
        *standing_columns(),
        measure_percent("missed_share", "Пропущено"),
        measure_column("chronic_pupils", "Много проп."),
    ]


def show_classes(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_quality(reader, FILTERS)
    if scene is None:
        return
    with st.spinner(COMPUTING):
        show_measures_of(scene)
        rows = class_rows(scene)
    if rows.empty:
        show_other_kinds(scene)
        return
    show_picture(rows)
    counts = rows.sum(numeric_only=True)
    beside_explanation(EXPLAINED, {str(name): value for name, value in counts.items()}).caption(
        "Нажмите на строку, чтобы открыть класс."
    )
    show_table(
        rows,
        columns_of(rows),
        "classes",
        rows_shown=40,
        on_choose=opener("analytics/school_class.py", "class", list(rows["id"])),
        export=f"Классы, {scene.title}",
    )
    show_other_kinds(scene)
    show_scope(reader)


show_classes(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
