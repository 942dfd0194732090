"""«Предметы»: subjects of a period side by side, and one subject by class, teacher and period (п. 4.2, 7.2)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.quality import (
    MEASURE_COLUMNS,
    SHORT_COLUMNS,
    choose_quality,
    group_rows,
    show_by_term,
    show_measures_of,
    show_other_kinds,
    show_spread,
)
from pages.analytics.parts.scene import NO_TEACHER, Scene
from pages.ui.filters import choose_segment, remember, show_scope
from pages.ui.links import opener
from pages.ui.tables import show_table
from pipelines.figures.columns import FigureColumn, measure_percent
from pipelines.figures.figures import coverage_by
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from server.session import guard, school

FILTERS = ("school", "grade", "subject")
PARTS = {"classes": "Классы", "teachers": "Учителя", "terms": "По периодам"}


def show_all(scene: Scene) -> None:
    """Show every subject; a chosen row opens it."""
    rows = group_rows(scene, "subject_id", scene.choices.subjects)
    rows = rows.merge(subject_facts(scene), on="subject_id", how="left")
    show_spread(rows, "По каким предметам больше «4» и «5»? Доли отметок, сверху — лучшее качество", "spread")
    st.caption("Нажмите на строку, чтобы открыть предмет.")
    columns = [
        FigureColumn("title", "Предмет", pinned=True),
        FigureColumn("classes", "Классов", 0),
        *(column for column in MEASURE_COLUMNS if column.name != "pass_rate_change"),
        measure_percent("coverage_on_pace", "Накопл. сегодня"),
    ]
    keys = list(rows["id"])
    show_table(
        rows,
        columns,
        "subjects",
        rows_shown=30,
        on_choose=lambda number: remember(subject=str(keys[number])),
        export=f"Предметы, {scene.title}",
    )


def subject_facts(scene: Scene) -> pd.DataFrame:
    """Return by subject how many classes it has, and whether pupils have the marks of п. 5.2."""
    taught = scene.choices.taught
    subjects = list(scene.choices.subjects)
    facts = pd.DataFrame(
        {
            "subject_id": pd.Series(subjects, dtype="int64"),
            "classes": [len({row.class_id for row in taught if row.subject_id == key}) for key in subjects],
        }
    )
    coverage = coverage_by(scene.reader, scene.period, scene.selection, scene.today, ("subject_id",))
    return facts.merge(coverage[["subject_id", "coverage_on_pace"]], on="subject_id", how="left")


def show_classes(scene: Scene) -> None:
    """Show the subject by class; a chosen row opens the pupils behind it."""
    rows = group_rows(scene, "class_id", scene.names("class"))
    show_spread(rows, "В каких классах предмет даётся лучше? Доли отметок", "subject_classes")
    st.caption("Нажмите на строку, чтобы увидеть учеников.")
    show_table(
        rows,
        [FigureColumn("title", "Класс", pinned=True), *MEASURE_COLUMNS],
        "subject_classes_table",
        rows_shown=40,
        on_choose=opener("analytics/quality.py", "class", list(rows["id"]), teacher=None, view="pupils"),
        export=f"{scene.name('subject')} по классам, {scene.title}",
    )


def show_teachers(scene: Scene) -> None:
    """Show the subject by teacher; a chosen row opens the teacher for whoever may read of teachers."""
    rows = group_rows(scene, "teacher_id", scene.choices.teachers, NO_TEACHER)
    opens = may_somewhere(scene.reader.user, Action.READ_TEACHER_ACTIVITY)
    show_spread(rows, "Как распределены отметки у каждого учителя? Классы у них разные", "subject_teachers")
    show_table(
        rows,
        [FigureColumn("title", "Учитель", pinned=True), *SHORT_COLUMNS],
        "subject_teachers_table",
        on_choose=opener("analytics/teacher.py", "teacher", list(rows["id"])) if opens else None,
        export=f"{scene.name('subject')} по учителям, {scene.title}",
    )


def show_subjects(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_quality(reader, FILTERS)
    if scene is None:
        return
    if not show_measures_of(scene):
        show_other_kinds(scene)
        return
    part = (
        choose_segment("part", "Что показать", PARTS, default="classes") if "subject" in scene.picked else ""
    )
    if part == "terms":
        show_by_term(scene, scene.name("subject"), "terms")
    else:
        {"": show_all, "classes": show_classes, "teachers": show_teachers}[part](scene)
    show_other_kinds(scene)
    show_scope(reader)


show_subjects(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
