"""«Учитель»: one teacher's classes, dynamics, comparison with others like them, and register (п. 4.2, 5.2, 5.5, 6.3)."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.analytics.parts.comparison import show_headline
from pages.analytics.parts.fair import sees_comparisons, show_fair_teacher
from pages.analytics.parts.quality import (
    SHORT_COLUMNS,
    choose_quality,
    measures_of,
    no_marks_text,
    show_by_term,
    show_measures,
    show_other_kinds,
)
from pages.analytics.parts.register_work import EXPLAINED, TIMES_UNKNOWN, times_are_known, work_columns
from pages.analytics.parts.scene import Scene
from pages.analytics.parts.unfilled import show_unfilled
from pages.ui.filters import choose_segment
from pages.ui.links import open_next
from pages.ui.tables import show_table
from pages.ui.typed_text import as_typed
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent
from pipelines.figures.figures import of_period, quality_by
from pipelines.figures.work import activity_by
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from server.session import guard, school

FILTERS = ("school", "grade", "subject", "teacher")
REGISTER = ("class_id", "subject_id")
PARTS = {
    "registers": "Классы",
    "terms": "По периодам",
    "fair": "С учётом учеников",
    "work": "Ведение журнала",
}
HEADLINE = (
    measure_column("lessons_held", "Уроков"),
    measure_percent("filled_in_time_share", "Заполнено вовремя"),
    measure_column("lessons_not_filled", "Не заполнено"),
    measure_column("marks_per_lesson", "Отметок за урок", 1),
    measure_percent("coverage_on_pace", "Накопл. сегодня"),
)
REGISTER_COLUMNS = (
    FigureColumn("class_name", "Класс", pinned=True),
    FigureColumn("subject_name", "Предмет", pinned=True),
)
# The rest of how registers are kept stands in the part of its own.
WORK_BESIDE_QUALITY = ("lessons_held", "filled_in_time_share", "lessons_not_filled", "coverage_on_pace")


def quality_scene(scene: Scene) -> Scene | None:
    """Return the scene as the reader of quality has it; None where the reader may not see quality."""
    user = scene.reader.user
    if not may_somewhere(user, Action.READ_QUALITY):
        return None
    reader = FigureReader(scene.reader.school, user, Action.READ_QUALITY)
    return replace(scene, reader=reader)


def show_registers(scene: Scene, measured: Scene | None) -> None:
    """Show each class × subject of the teacher; a chosen row opens the pupils behind it."""
    rows = activity_by(scene.reader, scene.period, scene.selection, scene.now, REGISTER)
    if measured is not None:
        quality_rows = quality_by(
            measured.reader, measured.basis, measured.compared, measured.selection, REGISTER
        )
        rows = rows.merge(of_period(quality_rows, scene.period), on=list(REGISTER), how="outer")
    rows = with_names(scene, rows)
    if rows.empty:
        st.info(as_typed(no_marks_text(scene)))
        return
    columns = [*REGISTER_COLUMNS, *(column for column in SHORT_COLUMNS if column.name in rows)]
    keys = list(zip(rows["class_id"], rows["subject_id"], strict=True))

    def open_pupils(number: int) -> None:
        class_id, subject_id = keys[number]
        codes = {"class": int(class_id), "subject": int(subject_id), "view": "pupils"}
        open_next("analytics/quality.py", codes)

    show_table(
        rows,
        [*columns, *(column for column in work_columns(rows) if column.name in WORK_BESIDE_QUALITY)],
        "registers",
        rows_shown=30,
        on_choose=open_pupils if measured is not None else None,
        export=f"{scene.name('teacher')}, классы, {scene.title}",
    )


def with_names(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of class × subject with their names, in the order of the school's lists."""
    order = {key: index for index, key in enumerate(scene.names("class"))}
    known = rows[rows["class_id"].isin(order)]
    return known.assign(
        order=known["class_id"].map(order),
        class_name=known["class_id"].map(scene.names("class")),
        subject_name=known["subject_id"].map(scene.choices.subjects),
    ).sort_values(["subject_name", "order"])


def show_terms(scene: Scene, measured: Scene | None) -> None:
    """Show the quality of the teacher's classes from period to period."""
    if measured is not None:
        show_by_term(measured, scene.name("teacher"), "terms", any_kind=True)


def show_fair(scene: Scene, _measured: Scene | None) -> None:
    """Show the marks beside what these pupils would be expected to get, and what is unusual."""
    show_fair_teacher(scene.reader, scene.period, scene.picked["teacher"], scene.name("teacher"))


def show_register_work(scene: Scene, _measured: Scene | None) -> None:
    """Show how the registers are kept, by class and subject, and the lessons in which nothing is entered."""
    rows = with_names(scene, activity_by(scene.reader, scene.period, scene.selection, scene.now, REGISTER))
    keys = list(zip(rows["class_id"], rows["subject_id"], strict=True))

    def open_register(number: int) -> None:
        class_id, subject_id = keys[number]
        open_next("register/grid.py", {"class": int(class_id), "subject": int(subject_id)})

    if len(rows):
        show_table(
            rows,
            [*REGISTER_COLUMNS, *work_columns(rows)],
            "work",
            rows_shown=30,
            on_choose=open_register if may_somewhere(scene.reader.user, Action.READ_REGISTER) else None,
            export=f"{scene.name('teacher')}, журналы, {scene.title}",
        )
    show_unfilled(scene.reader, scene.picked["teacher"], scene.period, scene.now)


def show_teacher(reader: FigureReader) -> None:
    """Show the whole page."""
    title = st.empty()
    title.title("Учитель")
    scene = choose_quality(reader, FILTERS, settled={"teacher"})
    if scene is None:
        return
    if "teacher" not in scene.picked:
        st.info("Выберите учителя вверху или в списке «Учителя».")
        return
    title.title(as_typed(scene.name("teacher")))
    measured = quality_scene(scene)
    row = measures_of(measured) if measured else None
    if row is not None:
        show_measures(row)
    work = activity_by(scene.reader, scene.period, scene.selection, scene.now)
    if len(work) and times_are_known(work):
        show_headline(records(work)[0], HEADLINE, EXPLAINED)
    elif len(work):
        st.info(TIMES_UNKNOWN)
    is_offered = {"terms": measured is not None, "fair": sees_comparisons(reader)}
    parts = {key: words for key, words in PARTS.items() if is_offered.get(key, True)}
    part = choose_segment("part", "Что показать", parts, default="registers")
    {"registers": show_registers, "terms": show_terms, "fair": show_fair, "work": show_register_work}[part](
        scene, measured
    )
    show_other_kinds(scene)


show_teacher(FigureReader(school(), guard(Action.READ_TEACHER_ACTIVITY), Action.READ_TEACHER_ACTIVITY))
