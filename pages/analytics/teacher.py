"""«Учитель»: one teacher's classes, dynamics, comparison with others like them, and register (п. 4.2, 5.2, 5.5, 6.3)."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.fair import sees_comparisons, show_fair_teacher
from pages.analytics.parts.quality import (
    QualityScene,
    choose_scene,
    measures_of,
    no_marks_text,
    short_columns,
    show_by_term,
    show_measures,
    show_other_kinds,
)
from pages.analytics.parts.register_work import (
    EXPLAINED,
    TIMES_UNKNOWN,
    show_unfilled,
    times_are_known,
    work_columns,
)
from pages.ui.filters import choose_segment
from pages.ui.links import follow_choice, open_next
from pages.ui.tables import explain, show_table
from pipelines.figures.columns import FigureColumn
from pipelines.figures.figures import of_period, quality_by
from pipelines.figures.work import activity_by
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.numbers import number_text, percent_text
from server.session import guard, school

FILTERS = ("school", "grade", "subject", "teacher")
REGISTER = ("class_id", "subject_id")
PARTS = {
    "registers": "Классы",
    "terms": "По периодам",
    "fair": "С учётом учеников",
    "work": "Ведение журнала",
}
# The rest of how registers are kept stands in the part of its own.
WORK_BESIDE_QUALITY = ("lessons_held", "filled_in_time_share", "lessons_not_filled", "coverage_on_pace")


def quality_scene(scene: QualityScene) -> QualityScene | None:
    """Return the scene as the reader of quality has it; None where the reader may not see quality."""
    user = scene.reader.user
    if not may_somewhere(user, Action.READ_QUALITY):
        return None
    reader = FigureReader(scene.reader.school, user, Action.READ_QUALITY)
    return replace(scene, of=replace(scene.of, reader=reader))


def show_work(row: dict[str, Any]) -> None:
    """Show how the register is kept, in figures."""
    places = st.columns([1, 1, 1, 1, 1, 1.3])
    places[0].metric("Уроков", number_text(row["lessons_held"]))
    places[1].metric("Заполнено вовремя", percent_text(row["filled_in_time_share"]))
    places[2].metric("Не заполнено", number_text(row["lessons_not_filled"]))
    places[3].metric("Отметок за урок", number_text(row["marks_per_lesson"], 1))
    places[4].metric("Накопляемость", percent_text(row["coverage_on_pace"]))
    with places[5]:
        explain(EXPLAINED, row)


def show_registers(scene: QualityScene, measured: QualityScene | None) -> None:
    """Show each class × subject of the teacher; a chosen row opens the pupils behind it."""
    rows = activity_by(scene.reader, scene.period, scene.selection, school().clock(), REGISTER)
    if measured is not None:
        of = measured.of
        quality_rows = of_period(
            quality_by(of.reader, of.basis, of.compared, of.selection, REGISTER), of.period
        )
        rows = rows.merge(quality_rows, on=list(REGISTER), how="outer")
    rows = with_names(scene, rows)
    if rows.empty:
        st.info(no_marks_text(scene.of))
        return
    columns = [
        FigureColumn("class_name", "Класс", pinned=True),
        FigureColumn("subject_name", "Предмет", pinned=True),
    ]
    columns += [column for column in short_columns() if column.name in rows]
    keys = list(zip(rows["class_id"], rows["subject_id"], strict=True))
    show_table(
        rows,
        [*columns, *(column for column in work_columns(rows) if column.name in WORK_BESIDE_QUALITY)],
        "registers",
        rows_shown=30,
        on_choose=(lambda number: open_pupils(*keys[number])) if measured is not None else None,
        export=f"{teacher_name(scene)}, классы, {scene.of.title}",
    )


def with_names(scene: QualityScene, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of class × subject with their names, in the order of the school's lists."""
    order = {key: index for index, key in enumerate(scene.class_names)}
    known = rows[rows["class_id"].isin(order)]
    return known.assign(
        order=known["class_id"].map(order),
        class_name=known["class_id"].map(scene.class_names),
        subject_name=known["subject_id"].map(scene.choices.subjects),
    ).sort_values(["subject_name", "order"])


def open_pupils(class_id: int, subject_id: int) -> None:
    """Open the pupils of a class in a subject."""
    codes = {"class": int(class_id), "subject": int(subject_id), "view": "pupils"}
    open_next("analytics/quality.py", codes)


def show_terms(scene: QualityScene, measured: QualityScene | None) -> None:
    """Show the quality of the teacher's classes from period to period."""
    if measured is not None:
        show_by_term(measured.of, teacher_name(scene), "terms", any_kind=True)


def show_fair(scene: QualityScene, _measured: QualityScene | None) -> None:
    """Show the marks beside what these pupils would be expected to get, and what is unusual."""
    show_fair_teacher(scene.reader, scene.period, scene.picked["teacher"], teacher_name(scene))


def show_register_work(scene: QualityScene, _measured: QualityScene | None) -> None:
    """Show how the registers are kept, by class and subject, and the lessons in which nothing is entered."""
    rows = with_names(
        scene, activity_by(scene.reader, scene.period, scene.selection, school().clock(), REGISTER)
    )
    if len(rows):
        columns = [
            FigureColumn("class_name", "Класс", pinned=True),
            FigureColumn("subject_name", "Предмет", pinned=True),
        ]
        show_table(
            rows,
            [*columns, *work_columns(rows)],
            "work",
            rows_shown=30,
            export=f"{teacher_name(scene)}, журналы, {scene.of.title}",
        )
    show_unfilled(scene.reader, scene.picked["teacher"], scene.period, school().clock())


def teacher_name(scene: QualityScene) -> str:
    """Return the name of the chosen teacher."""
    return scene.choices.teachers[scene.picked["teacher"]]


def show_teacher(reader: FigureReader) -> None:
    """Show the whole page."""
    title = st.empty()
    title.title("Учитель")
    scene = choose_scene(reader, FILTERS, settled={"teacher"})
    if scene is None:
        return
    if "teacher" not in scene.picked:
        st.info("Выберите учителя вверху или в списке «Учителя».")
        return
    title.title(teacher_name(scene))
    measured = quality_scene(scene)
    row = measures_of(measured.of) if measured else None
    if row is not None:
        show_measures(row)
    work = activity_by(scene.reader, scene.period, scene.selection, school().clock())
    if len(work) and times_are_known(work):
        show_work({str(name): value for name, value in work.iloc[0].items()})
    elif len(work):
        st.info(TIMES_UNKNOWN)
    is_offered = {"terms": measured is not None, "fair": sees_comparisons(reader)}
    parts = {key: words for key, words in PARTS.items() if is_offered.get(key, True)}
    part = choose_segment("part", "Что показать", parts, default="registers")
    {"registers": show_registers, "terms": show_terms, "fair": show_fair, "work": show_register_work}[part](
        scene, measured
    )
    show_other_kinds(scene.of)


follow_choice()
show_teacher(FigureReader(school(), guard(Action.READ_TEACHER_ACTIVITY), Action.READ_TEACHER_ACTIVITY))
