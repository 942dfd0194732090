"""«Класс»: one class of a period — its subjects, pupils and how it came to this (п. 4.2, 7.2)."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.analytics.parts.fair import sees_comparisons, show_fair_class
from pages.analytics.parts.quality import (
    SHORT_COLUMNS,
    choose_quality,
    group_rows,
    measures_of,
    no_marks_text,
    show_by_term,
    show_measures,
    show_other_kinds,
    show_spread,
)
from pages.analytics.parts.scene import Scene, in_order
from pages.analytics.parts.standings import show_standings, standing_title
from pages.ui.filters import choose_segment, parallel_class, remember, show_scope, teachers_of
from pages.ui.links import opener, page_link
from pages.ui.tables import beside_explanation, show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.catalogue.measures import STANDING_TITLES
from pipelines.figures.columns import FigureColumn, formula_of, measure_column, measure_percent
from pipelines.figures.figures import (
    class_list,
    coverage_by,
    of_period,
    pupil_attendance_of,
    pupil_standings_of,
    quality_by,
    standings_by,
)
from pipelines.figures.work import attendance_of
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.numbers import counted, number_text, percent_text
from server.session import guard, school

EXPLAINED = (*STANDING_TITLES, "missed_share", "chronic_pupils", "coverage_on_pace")
FILTERS = ("school", "grade", "class")
PARTS = {"subjects": "Предметы", "pupils": "Ученики", "terms": "По периодам", "fair": "С учётом учеников"}


def show_subjects(scene: Scene) -> None:
    """Show the class by subject, with who teaches it; a chosen row opens the pupils behind it."""
    rows = group_rows(scene, "subject_id", scene.choices.subjects)
    if rows.empty:
        st.info(as_typed(no_marks_text(scene)))
        return
    show_spread(rows, "По каким предметам классу труднее? Доли отметок, снизу — слабее", "subjects")
    coverage = coverage_by(scene.reader, scene.period, scene.selection, scene.today, ("subject_id",))
    wanted = ["subject_id", "coverage_on_pace", "pairs_without_marks"]
    table = rows.merge(coverage[wanted], on="subject_id", how="left")
    table["teacher"] = [
        teachers_of(scene.choices, scene.picked["class"], int(key)) for key in table["subject_id"]
    ]
    st.caption("Нажмите на строку, чтобы увидеть учеников с их отметками по предмету.")
    columns = [
        FigureColumn("title", "Предмет", pinned=True),
        FigureColumn("teacher", "Учитель"),
        *SHORT_COLUMNS,
        measure_percent("coverage_on_pace", "Накопл. сегодня"),
        measure_column("pairs_without_marks", "Без отметок"),
    ]
    show_table(
        table,
        columns,
        "class_subjects",
        rows_shown=30,
        on_choose=opener(
            "analytics/quality.py",
            "subject",
            list(table["id"]),
            **{"class": scene.picked["class"], "teacher": None, "view": "pupils"},
        ),
        export=f"{scene.name('class')}, предметы, {scene.title}",
    )


def show_pupils(scene: Scene) -> None:
    """Show the pupils of the class: means, standing and lessons missed; a chosen row opens the pupil."""
    rows = pupil_rows(scene)
    if rows.empty:
        st.info("Учеников в этом классе за этот период нет.")
        return
    opens = may_somewhere(scene.reader.user, Action.READ_PUPIL_HISTORY)
    if opens:
        st.caption("Нажмите на строку, чтобы открыть ученика за все годы.")
    columns = [
        FigureColumn("title", "Ученик", pinned=True),
        FigureColumn("standing_title", "Группа", help=formula_of("standing")),
        measure_column("n", "Отметок"),
        *(FigureColumn(f"n{mark}", f"«{mark}»", 0, width=56) for mark in (5, 4, 3, 2)),
        measure_column("mean_mark", "Ср. балл", 2),
        measure_column("mean_mark_change", "Δ балл", 2, signed=True),
        measure_column("missed_lessons", "Пропусков"),
        measure_column("missed_unknown", "Из них «Н»"),
        measure_percent("missed_share", "Пропущено"),
    ]
    show_table(
        rows,
        columns,
        "class_pupils",
        rows_shown=40,
        on_choose=opener("analytics/pupil.py", "pupil", list(rows["id"])) if opens else None,
        export=f"{scene.name('class')}, ученики, {scene.title}",
    )


def pupil_rows(scene: Scene) -> pd.DataFrame:
    """Return a row a pupil of the class, by name; those without marks too."""
    reader, period, selection = scene.reader, scene.period, scene.selection
    names = class_list(reader, scene.picked["class"], period)
    listed = pd.DataFrame({"pupil_id": list(names)}, dtype="int64")
    measured = of_period(quality_by(reader, scene.basis, scene.compared, selection, ("pupil_id",)), period)
    standing = pupil_standings_of(reader, scene.basis, period, selection)[["pupil_id", "standing"]]
    missed = pupil_attendance_of(reader, period, selection, scene.today)
    wanted = ["pupil_id", "missed_lessons", "missed_unknown", "missed_share"]
    rows = listed.merge(measured, on="pupil_id", how="left").merge(standing, on="pupil_id", how="left")
    rows = in_order(rows.merge(missed[wanted], on="pupil_id", how="left"), "pupil_id", names)
    return rows.assign(standing_title=[standing_title(name) for name in rows["standing"]])


def sees_all_subjects(reader: FigureReader, class_id: int) -> bool:
    """Whether the reader sees every subject of a class: how a pupil stands is over all of them."""
    scope = reader.tables.scope
    return scope.is_whole_school or class_id in scope.class_ids


def show_terms(scene: Scene) -> None:
    """Show the class from period to period, and its pupils through all the years."""
    show_by_term(scene, scene.name("class"), "terms")
    names = class_list(scene.reader, scene.picked["class"], scene.period)
    earlier = [row for row in scene.periods if row.school_year < scene.period.school_year]
    if not earlier or not names or not scene.reader.tables.scope.is_whole_school:
        return
    st.markdown("**Те же ученики во все годы**, в каких бы классах они ни учились")
    pupils = replace(scene, basis="term", selection={"pupil_id": tuple(names)})
    show_by_term(pupils, f"{scene.name('class')}, те же ученики", "same_pupils", any_kind=True)


def show_fair(scene: Scene) -> None:
    """Show the marks of the class beside what its pupils would be expected to get."""
    show_fair_class(scene.reader, scene.period, scene.picked["class"], scene.name("class"))


def show_headline(scene: Scene) -> None:
    """Show the class in figures: quality, how the pupils stand, lessons missed, marks enough or not."""
    row = measures_of(scene)
    if row is not None:
        show_measures(row)
        by = ("class_id",)
        for standing in records(standings_by(scene.reader, scene.basis, scene.period, scene.selection, by)):
            show_standings(standing)
    beside_explanation(EXPLAINED).markdown(as_typed(facts_text(scene)))


def facts_text(scene: Scene) -> str:
    """Say in a line what else is known of the class: pupils, lessons missed, marks enough or not."""
    by = ("class_id",)
    names = class_list(scene.reader, scene.picked["class"], scene.period)
    facts = [counted(len(names), "ученик", "ученика", "учеников")]
    for row in records(attendance_of(scene.reader, scene.period, scene.selection, scene.today, by)):
        facts.append(
            f"пропущено {percent_text(row['missed_share'])} уроков, много пропускают: {number_text(row['chronic_pupils'])}"
        )
    for row in records(coverage_by(scene.reader, scene.period, scene.selection, scene.today, by)):
        if pd.isna(row["coverage_on_pace"]):
            continue
        facts.append(
            f"отметок (п. 5.2) на сегодня хватает у {percent_text(row['coverage_on_pace'])} пар «ученик × предмет»"
        )
    return f"{'; '.join(facts)}."


def show_links(scene: Scene) -> None:
    """Link to what else is known of the class."""
    class_id = scene.picked["class"]
    with st.container(horizontal=True):
        other = parallel_class(scene.choices.classes, class_id)
        beside = f" с {as_typed(scene.names('class')[other])}" if other is not None else ""
        compared = {"class": class_id, "other_class": other}
        page_link("analytics/side_by_side.py", Markdown(f"Сравнить{beside}"), compared, ":material/compare:")
        if may_somewhere(scene.reader.user, Action.READ_FORECASTS):
            codes = {"class": class_id}
            page_link("forecasts/forecasts.py", "Прогноз класса", codes, ":material/trending_up:")
            page_link("forecasts/at_risk.py", "Кому помочь", codes, ":material/volunteer_activism:")
        if may_somewhere(scene.reader.user, Action.READ_CLASS_CONTROL):
            page_link("control/control.py", "Что не заполнено", {"class": class_id}, ":material/fact_check:")


def show_class(reader: FigureReader) -> None:
    """Show the whole page."""
    title = st.empty()
    title.title("Класс")
    scene = choose_quality(reader, FILTERS, settled={"class"})
    if scene is None:
        return
    if "class" not in scene.picked:
        choose_first(scene)
        return
    title.title(f"Класс {as_typed(scene.name('class'))}")
    show_headline(scene)
    show_links(scene)
    is_compared = sees_comparisons(reader) and sees_all_subjects(reader, scene.picked["class"])
    parts = {key: words for key, words in PARTS.items() if key != "fair" or is_compared}
    part = choose_segment("part", "Что показать", parts, default="subjects")
    {"subjects": show_subjects, "pupils": show_pupils, "terms": show_terms, "fair": show_fair}[part](scene)
    show_other_kinds(scene)
    show_scope(reader)


def choose_first(scene: Scene) -> None:
    """Offer the classes where none is chosen."""
    st.info("Выберите класс.")
    with st.container(horizontal=True):
        for key, name in scene.names("class").items():
            st.button(as_typed(name), key=f"class_{key}", on_click=remember, kwargs={"class": str(key)})


show_class(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
