"""«Предметы»: subjects of a period side by side, and one subject by class, teacher and period (п. 4.2, 7.2)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.quality import (
    NO_TEACHER,
    QualityScene,
    choose_scene,
    group_rows,
    measure_columns,
    measures_of,
    no_marks_text,
    short_columns,
    show_by_term,
    show_measures,
    show_other_kinds,
    show_spread,
)
from pages.ui.filters import choose_segment, remember, show_scope
from pages.ui.links import follow_choice, open_next
from pages.ui.tables import show_table
from pipelines.figures.columns import FigureColumn, formula_of, percent_column
from pipelines.figures.figures import coverage_by
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from server.session import guard, school

FILTERS = ("school", "grade", "subject")
PARTS = {"classes": "Классы", "teachers": "Учителя", "terms": "По периодам"}


def show_all(scene: QualityScene) -> None:
    """Show every subject; a chosen row opens it."""
    rows = group_rows(scene.of, "subject_id", scene.choices.subjects)
    rows = rows.merge(subject_facts(scene), on="subject_id", how="left")
    show_spread(rows, "По каким предметам больше «4» и «5»? Доли отметок, сверху — лучшее качество", "spread")
    st.caption("Щёлкните слева от строки, чтобы открыть предмет.")
    columns = [
        FigureColumn("title", "Предмет", pinned=True),
        FigureColumn("classes", "Классов", 0),
        *(column for column in measure_columns() if column.name != "pass_rate_change"),
        percent_column("coverage_on_pace", "Накопл.", help=formula_of("coverage_on_pace")),
    ]
    keys = list(rows["id"])
    show_table(
        rows,
        columns,
        "subjects",
        rows_shown=30,
        on_choose=lambda number: remember(subject=str(keys[number])),
        export=f"Предметы, {scene.of.title}",
    )


def subject_facts(scene: QualityScene) -> pd.DataFrame:
    """Return by subject how many classes it has, and whether pupils have the marks of п. 5.2."""
    taught = scene.choices.taught
    subjects = list(scene.choices.subjects)
    facts = pd.DataFrame(
        {
            "subject_id": pd.Series(subjects, dtype="int64"),
            "classes": [len({row.class_id for row in taught if row.subject_id == key}) for key in subjects],
        }
    )
    today = school().clock().date()
    coverage = coverage_by(scene.reader, scene.period, scene.selection, today, ("subject_id",))
    return facts.merge(coverage[["subject_id", "coverage_on_pace"]], on="subject_id", how="left")


def show_classes(scene: QualityScene) -> None:
    """Show the subject by class; a chosen row opens the pupils behind it."""
    rows = group_rows(scene.of, "class_id", scene.class_names)
    show_spread(rows, "В каких классах предмет даётся лучше? Доли отметок", "subject_classes")
    st.caption("Щёлкните слева от строки, чтобы увидеть учеников.")
    keys = list(rows["id"])
    show_table(
        rows,
        [FigureColumn("title", "Класс", pinned=True), *measure_columns()],
        "subject_classes_table",
        rows_shown=40,
        on_choose=lambda number: open_next(
            "analytics/quality.py", {"class": keys[number], "teacher": None, "view": "pupils"}
        ),
        export=f"{subject_name(scene)} по классам, {scene.of.title}",
    )


def show_teachers(scene: QualityScene) -> None:
    """Show the subject by teacher; a chosen row opens the teacher for whoever may read of teachers."""
    rows = group_rows(scene.of, "teacher_id", scene.choices.teachers, NO_TEACHER)
    opens = may_somewhere(scene.reader.user, Action.READ_TEACHER_ACTIVITY)
    keys = list(rows["id"])
    show_spread(rows, "Как распределены отметки у каждого учителя? Классы у них разные", "subject_teachers")
    show_table(
        rows,
        [FigureColumn("title", "Учитель", pinned=True), *short_columns()],
        "subject_teachers_table",
        on_choose=(lambda number: open_next("analytics/teacher.py", {"teacher": keys[number]}))
        if opens
        else None,
        export=f"{subject_name(scene)} по учителям, {scene.of.title}",
    )


def show_terms(scene: QualityScene) -> None:
    """Show the subject from period to period."""
    show_by_term(scene.of, subject_name(scene), "terms")


def subject_name(scene: QualityScene) -> str:
    """Return the name of the chosen subject."""
    return scene.choices.subjects[scene.picked["subject"]]


def show_subjects(reader: FigureReader) -> None:
    """Show the whole page."""
    st.title("Предметы")
    scene = choose_scene(reader, FILTERS)
    if scene is None:
        return
    row = measures_of(scene.of)
    if row is None:
        st.info(no_marks_text(scene.of))
        show_other_kinds(scene.of)
        return
    show_measures(row)
    if "subject" in scene.picked:
        part = choose_segment("part", "Что показать", PARTS, default="classes")
        {"classes": show_classes, "teachers": show_teachers, "terms": show_terms}[part](scene)
    else:
        show_all(scene)
    show_other_kinds(scene.of)
    show_scope(reader)


follow_choice()
show_subjects(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
