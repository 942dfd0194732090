"""«Качество обучения»: pass rate, quality rate, attainment index and mean mark, and the pupils behind each (п. 4.2, 7.2)."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.analytics.parts.comparison import (
    Compared,
    group_columns,
    show_class_map,
    show_drawn_bars,
    show_table_of_groups,
)
from pages.analytics.parts.quality import (
    BARS,
    MEASURE_COLUMNS,
    MEASURES,
    choose_quality,
    figure_text,
    group_rows,
    show_by_term,
    show_measures_of,
    show_other_kinds,
    spread,
)
from pages.analytics.parts.scene import FILTERS, GROUPS, NO_TEACHER, Scene, choose_group, in_order
from pages.ui.export import export_table
from pages.ui.filters import choose_segment, remember, show_scope
from pages.ui.links import opener, page_link
from pages.ui.tables import RecordColumn, prepared, record_table, show_records, show_table
from pages.ui.typed_text import as_typed
from pipelines.figures.columns import FigureColumn, formula_of
from pipelines.figures.figures import of_period, pupils_behind, quality_by, registers_of
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import PupilInSubject
from school.calendar import term_title
from school.numbers import counted, number_text
from server.session import guard, school

VIEWS = {"groups": "Сравнение", "map": "Класс × предмет", "terms": "По периодам", "pupils": "Ученики"}
# The shades run over what these measures take in ordinary schools; what lies outside has the end's shade.
SHADES = {
    "quality_rate": (20.0, 100.0),
    "pass_rate": (70.0, 100.0),
    "attainment_index": (30.0, 90.0),
    "mean_mark": (2.8, 5.0),
}
COMPARED = ("class", "grade", "subject", "teacher")
PUPIL_ROWS = 3000


def show_groups(scene: Scene) -> None:
    """Show how groups compare: a bar of marks each, and the table behind it."""
    group = choose_group(scene, offered=COMPARED, fewest=1)
    made = scene.kept(("groups", group), lambda: compared(scene, group))
    if made is None:
        st.info("По этому признаку сравнить нечего.")
        return
    title = "Где больше «4» и «5»? Доли отметок, сверху — лучшее качество"
    show_drawn_bars(title, made.bars, "spread", BARS, len(made.keys))
    st.caption("Нажмите на строку, чтобы посмотреть, из чего складывается показатель.")
    show_table_of_groups(
        made.table,
        group,
        "by",
        "Качество обучения",
        on_choose=lambda row: drill(scene, group, made.keys[row]),
    )


def compared(scene: Scene, group: str) -> Compared | None:
    """Return how groups compare; None where there are none."""
    nobody = NO_TEACHER if group == "teacher" else "без параллели"
    rows = group_rows(scene, GROUPS[group].column, scene.names(group), nobody)
    if rows.empty:
        return None
    columns = group_columns(group, MEASURE_COLUMNS)
    return Compared(list(rows["id"]), spread(rows), prepared(rows, columns))


def drill(scene: Scene, group: str, chosen: int | None) -> None:
    """Narrow to a member of a group and show what lies behind it: its classes, then subjects, then pupils."""
    if chosen is None:
        return
    picked = {*scene.picked, group}
    remember(**{group: str(chosen)})
    if "class" in picked and "subject" in picked:
        remember(view="pupils")
    else:
        remember(by="subject" if "class" in picked else "class")


def show_map(scene: Scene) -> None:
    """Show each class × subject as a shade; a click opens the pupils behind a cell."""
    measure = choose_segment("measure", "Показатель", MEASURES, default="quality_rate")
    rows = of_period(
        quality_by(scene.reader, scene.basis, [scene.period], scene.selection, ("class_id", "subject_id")),
        scene.period,
    )

    def cell(row: dict[str, Any]) -> tuple[float, str, str]:
        text = number_text(row[measure], 1 if measure == "mean_mark" else 0)
        marks = counted(int(row["n"]), "отметка", "отметки", "отметок")
        return row[measure], text, f"{MEASURES[measure]}: {figure_text(measure, row[measure])}\n{marks}"

    title = f"{MEASURES[measure]}: в каком классе и по какому предмету ниже?"
    chosen = show_class_map(title, scene, rows, cell, SHADES[measure], f"map_{measure}")
    st.caption("Щёлкните клетку, чтобы увидеть учеников. Чем рыжее клетка, тем показатель ниже.")
    table = in_order(rows, "class_id", scene.names("class"))
    table = table.assign(subject_name=table["subject_id"].map(scene.choices.subjects))
    table = table.sort_values(["order", "subject_name"])
    with st.expander("Таблица: класс × предмет"):
        columns = [
            FigureColumn("title", "Класс", pinned=True),
            FigureColumn("subject_name", "Предмет", pinned=True),
        ]
        columns += [column for column in MEASURE_COLUMNS if not column.signed]
        keys = list(zip(table["class_id"], table["subject_id"], strict=True))
        show_table(
            table,
            columns,
            "map_table",
            on_choose=lambda number: open_pupils(*keys[number]),
            export="Качество, класс × предмет",
        )
    if chosen:
        open_pupils(*chosen)
        st.rerun()


def open_pupils(class_id: int, subject_id: int) -> None:
    """Show the pupils of a class in a subject at the coming rerun."""
    remember(**{"class": str(class_id), "subject": str(subject_id), "view": "pupils"})


def show_terms(scene: Scene) -> None:
    """Show how the measures went from term to term."""
    show_by_term(scene, "Качество обучения", "terms")
    if "class" in scene.picked:
        st.caption("Классы каждый год заново составляются, поэтому у класса показан только его учебный год.")


def show_pupils(scene: Scene) -> None:
    """Show the pupils behind a figure."""
    if not {"class", "subject"} & scene.picked.keys():
        st.info("Выберите вверху класс или предмет — здесь появятся ученики с их отметками.")
        return
    pupils = pupils_behind(scene.reader, scene.period, scene.selection)
    if not pupils:
        st.info("Отметок в этом периоде нет.")
        return
    class_names = scene.names("class")
    words = [
        *([scene.choices.subjects[scene.picked["subject"]]] if "subject" in scene.picked else []),
        *([class_names[scene.picked["class"]]] if "class" in scene.picked else []),
        term_title(scene.period.kind, scene.period.number),
    ]
    st.markdown(
        f"**{as_typed(' · '.join(words))}**: {counted(len({row.pupil_name for row in pupils}), 'ученик', 'ученика', 'учеников')}"
    )
    show_register_links(scene)
    show_pupil_rows(scene, pupils)
    table = record_table(pupils, pupil_columns(scene))
    export_table(
        table, f"Ученики, {', '.join(words)}", key="export_pupils", pupil_ids={row.pupil_id for row in pupils}
    )


def show_pupil_rows(scene: Scene, pupils: Sequence[PupilInSubject]) -> None:
    """Show the table of pupils; a chosen row opens the pupil's page for whoever may read it."""
    opens = may_somewhere(scene.reader.user, Action.READ_PUPIL_HISTORY)
    pupil_ids = [row.pupil_id for row in pupils]
    show_records(
        pupils[:PUPIL_ROWS],
        pupil_columns(scene),
        "pupils",
        rows_shown=30,
        on_choose=opener("analytics/pupil.py", "pupil", pupil_ids) if opens else None,
    )
    if len(pupils) > PUPIL_ROWS:
        st.caption(
            f"Показаны первые {PUPIL_ROWS} строк из {number_text(len(pupils))}. Выберите класс, чтобы увидеть всех."
        )


def pupil_columns(scene: Scene) -> list[RecordColumn[PupilInSubject]]:
    """Return the columns of the pupils' table; what is the same in all rows is left out."""
    class_names, subjects = scene.names("class"), scene.choices.subjects
    so_far = formula_of("value")
    given = "отметка за учебный период или за год (п. 5.4)"
    missed = "пропущено уроков по любой причине; опоздание — не пропуск"
    columns: list[tuple[bool, RecordColumn[PupilInSubject]]] = [
        (True, RecordColumn("Ученик", lambda row: row.pupil_name, pinned=True)),
        ("class" not in scene.picked, RecordColumn("Класс", lambda row: class_names.get(row.class_id, "—"))),
        (
            "subject" not in scene.picked,
            RecordColumn("Предмет", lambda row: subjects.get(row.subject_id, "—")),
        ),
        (True, RecordColumn("Отметки", lambda row: " ".join(map(str, row.marks)))),
        (True, RecordColumn("Текущих отметок", lambda row: len(row.marks), 0)),
        (True, RecordColumn("Ср. взв. балл", lambda row: row.mean, 2, help=formula_of("weighted_mean"))),
        # A year's mark stands on term marks, not on the mean of all marks.
        (
            not scene.period.is_whole_year,
            RecordColumn("На сегодня", lambda row: row.mark_so_far, 0, help=so_far),
        ),
        (True, RecordColumn("За период", lambda row: row.term_mark, 0, help=given)),
        (True, RecordColumn("Пропусков", lambda row: row.missed_lessons, 0, help=missed)),
    ]
    return [column for is_shown, column in columns if is_shown]


def show_register_links(scene: Scene) -> None:
    """Link to the register of the chosen class and subject where the user may read it."""
    if not {"class", "subject"} <= scene.picked.keys():
        return
    links = registers_of(
        scene.reader, scene.period.school_year, scene.picked["class"], scene.picked["subject"]
    )
    for key, name in links:
        codes = {
            "class": key.class_id,
            "subject": key.subject_id,
            "year": scene.period.school_year,
            "group": key.subgroup_id,
        }
        label = f"Открыть журнал{f' ({as_typed(name)})' if name else ''}"
        page_link("register/grid.py", label, codes, ":material/grid_on:")


def show_quality(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_quality(reader, FILTERS)
    if scene is None:
        return
    if not show_measures_of(scene):
        show_other_kinds(scene)
        return
    view = choose_segment("view", "Что показать", VIEWS, default="groups")
    {"groups": show_groups, "map": show_map, "terms": show_terms, "pupils": show_pupils}[view](scene)
    show_other_kinds(scene)
    show_scope(reader)


show_quality(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
