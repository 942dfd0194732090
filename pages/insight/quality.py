"""«Качество обучения»: pass rate, quality rate, attainment index and mean mark, and the pupils behind each (п. 4.2, 7.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared.charts import chosen_cell, heat_map, lines_by_term, mark_spread, show_chart
from pages.shared.export import export_table
from pages.shared.figures import (
    BASES,
    Reader,
    choices_of,
    periods_of,
    previous_period,
    pupils_behind,
    quality_by,
    registers_of,
    show_reach,
)
from pages.shared.filters import (
    choose,
    choose_period,
    choose_rows,
    choose_segment,
    filters_offered,
    remember,
    selection_of,
)
from pages.shared.session import guard, school
from pages.shared.tables import Column, explain, formula_of, ids, percent_column, records, show_table
from pages.shared.words import change_text, counted, number_text, percent_text, period_text
from school.access.actions import Action
from school.calendar import term_title
from school.lookups.analytics import Choices, PeriodRow, Selection

VIEWS = {
    "groups": "Сравнение",
    "map": "Класс × предмет",
    "terms": "По периодам",
    "pupils": "Ученики",
}
GROUPS = {
    "class": ("классам", "class_id", "Класс"),
    "grade": ("параллелям", "grade_level", "Параллель"),
    "subject": ("предметам", "subject_id", "Предмет"),
    "teacher": ("учителям", "teacher_id", "Учитель"),
}
MEASURES = {
    "pass_rate": "Успеваемость",
    "quality_rate": "Качество знаний",
    "attainment_index": "СОУ",
    "mean_mark": "Средний балл",
}
# The shades run over what these measures take in ordinary schools; what lies outside has the end's shade.
SHADES = {
    "quality_rate": (20.0, 100.0),
    "pass_rate": (70.0, 100.0),
    "attainment_index": (30.0, 90.0),
    "mean_mark": (2.8, 5.0),
}
FILTERS = ("school", "grade", "class", "subject", "teacher")
NO_TEACHER = "учитель не указан"
PUPIL_ROWS = 3000
BARS = 40


@dataclass(frozen=True)
class Scene:
    """What the page is about: who reads, the period, the basis and the chosen rows."""

    reader: Reader
    periods: list[PeriodRow]
    period: PeriodRow
    basis: str
    choices: Choices
    picked: dict[str, int]

    @property
    def selection(self) -> Selection:
        """The chosen rows."""
        return selection_of(self.picked)

    @property
    def compared(self) -> list[PeriodRow]:
        """The period with the one before it."""
        before = previous_period(self.periods, self.period)
        return [before, self.period] if before else [self.period]


def figure_text(name: str, value: Any) -> str:
    """Write a measure as the page writes it everywhere."""
    return number_text(value, 2) if name == "mean_mark" else percent_text(value)


def choose_scene(reader: Reader) -> Scene | None:
    """Show the filters; None where there is nothing to choose from."""
    periods = periods_of(reader)
    period_place, basis_place, *places = st.columns([1.25, 1.1, 1, 1, 1.1, 1.1])
    period = choose_period(periods, school().clock().date(), period_place)
    if period is None:
        return None
    default = "term" if period.has_term_marks else "today"
    basis = choose("basis", "Что считать", BASES, default=default, place=basis_place)
    choices = choices_of(reader, period.term_ids)
    names = filters_offered(choices, FILTERS)
    # A region of several schools has more filters than fit beside the period.
    picked = choose_rows(choices, names, places if len(names) <= len(places) else st.columns(len(names)))
    return Scene(reader, periods, period, basis, choices, picked)


def of_period(rows: pd.DataFrame, period: PeriodRow) -> pd.DataFrame:
    """Return the rows of the period itself."""
    here = (rows["school_year"] == period.school_year) & (rows["term_number"] == period.number)
    return rows[here & (rows["term_kind"] == period.kind)]


def show_headline(scene: Scene) -> bool:
    """Show the measures over all chosen rows with their changes; return whether there is anything to show."""
    rows = of_period(quality_by(scene.reader, scene.basis, scene.compared, scene.selection), scene.period)
    if rows.empty:
        return False
    row = rows.iloc[0]
    places = st.columns([1, 1, 1, 1, 1, 1.3])
    for place, (name, title) in zip(places, MEASURES.items(), strict=False):
        unit, decimals = ("", 2) if name == "mean_mark" else ("п. п.", 1)
        change = change_text(row[f"{name}_change"], decimals, unit)
        # Streamlit takes a change for a fall by an ordinary hyphen only.
        place.metric(title, figure_text(name, row[name]), change and change.replace("−", "-"))
    places[4].metric("Отметок", number_text(row["n"]))
    with places[5]:
        explain((*MEASURES, "quality_rate_change"), dict(row))
    return True


def group_names(scene: Scene, group: str) -> dict[int, str]:
    """Return the titles of a group's members by id."""
    if group == "class":
        return {row.class_id: row.name for row in scene.choices.classes}
    if group == "grade":
        grades = {row.grade_level for row in scene.choices.classes if row.grade_level is not None}
        return {grade: f"{grade}-е классы" for grade in sorted(grades)}
    return scene.choices.subjects if group == "subject" else scene.choices.teachers


def named_rows(scene: Scene, group: str) -> pd.DataFrame:
    """Return the measures of the period a row for each member of a group, in the order of a school's lists."""
    _, column, _ = GROUPS[group]
    rows = of_period(
        quality_by(scene.reader, scene.basis, scene.compared, scene.selection, (column,)), scene.period
    )
    names = group_names(scene, group)
    order = {key: index for index, key in enumerate(names)}
    keys = ids(rows[column])
    nobody = NO_TEACHER if group == "teacher" else "без параллели"
    titles = [names.get(key, nobody) for key in keys]
    places = [order.get(key, len(order)) for key in keys]
    return rows.assign(id=pd.Series(keys, rows.index, dtype=object), title=titles, order=places).sort_values(
        "order"
    )


def measure_columns() -> list[Column]:
    """Return the columns of every table of measures."""
    columns = [Column("n", "Отметок", 0)]
    columns += [Column(f"n{mark}", f"«{mark}»", 0, width=56) for mark in (5, 4, 3, 2)]
    for name, title in (("pass_rate", "Успев."), ("quality_rate", "Качество"), ("attainment_index", "СОУ")):
        columns.append(percent_column(name, title, help=formula_of(name)))
        if name != "attainment_index":
            help_text = formula_of(f"{name}_change")
            columns.append(Column(f"{name}_change", f"Δ {title.lower()}", 1, signed=True, help=help_text))
    columns.append(Column("mean_mark", "Ср. балл", 2, help=formula_of("mean_mark")))
    return columns


def show_groups(scene: Scene) -> None:
    """Show how groups compare: a bar of marks each, and the table behind it."""
    titles = {
        name: f"по {words}" for name, (words, _, _) in GROUPS.items() if len(group_names(scene, name)) > 0
    }
    group = choose_segment("by", "По чему сравнить", titles, default="class")
    rows = named_rows(scene, group)
    if rows.empty:
        st.info("По этому признаку сравнить нечего.")
        return
    drawn = rows.sort_values("quality_rate", ascending=False).head(BARS)
    counts = {mark: [int(n) for n in drawn[f"n{mark}"]] for mark in (5, 4, 3, 2)}
    title = "Где больше «4» и «5»? Доли отметок, сверху — лучшее качество"
    show_chart(title, mark_spread(list(drawn["title"]), counts), "spread")
    if len(rows) > BARS:
        st.caption(f"На рисунке первые {BARS} из {len(rows)}; в таблице — все.")
    st.caption("Щёлкните слева от строки, чтобы посмотреть, из чего складывается показатель.")
    columns = [Column("title", GROUPS[group][2], pinned=True), *measure_columns()]
    keys = list(rows["id"])
    table = show_table(rows, columns, f"by_{group}", on_choose=lambda row: drill(scene, group, keys[row]))
    export_table(table, f"Качество обучения по {GROUPS[group][0]}", key="export_groups")


def drill(scene: Scene, group: str, chosen: int | None) -> None:
    """Narrow to a member of a group and show what lies behind it: its classes, then subjects, then pupils."""
    if chosen is None:
        return
    picked = scene.picked | {group: chosen}
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
    classes = [row for row in scene.choices.classes if row.class_id in set(rows["class_id"])]
    subjects = [key for key in scene.choices.subjects if key in set(rows["subject_id"])]
    title = f"{MEASURES[measure]}: в каком классе и по какому предмету ниже?"
    cells = map_cells(scene, rows, measure, [row.class_id for row in classes], subjects)
    names = [scene.choices.subjects[key] for key in subjects]
    figure = heat_map([row.name for row in classes], names, cells, SHADES[measure])
    chosen = chosen_cell(title, figure, f"map_{measure}")
    st.caption("Щёлкните клетку, чтобы увидеть учеников. Чем рыжее клетка, тем показатель ниже.")
    order = {row.class_id: (index, row.name) for index, row in enumerate(classes)}
    table = rows.assign(
        order=[order[key][0] for key in rows["class_id"]],
        class_name=[order[key][1] for key in rows["class_id"]],
        subject_name=rows["subject_id"].map(scene.choices.subjects),
    ).sort_values(["order", "subject_name"])
    with st.expander("Таблица: класс × предмет"):
        columns = [Column("class_name", "Класс", pinned=True), Column("subject_name", "Предмет", pinned=True)]
        columns += [column for column in measure_columns() if not column.signed]
        export_table(show_table(table, columns, "map_table"), "Качество, класс × предмет", key="export_map")
    if chosen:
        remember(**{"class": str(chosen[0]), "subject": str(chosen[1]), "view": "pupils"})
        st.rerun()


def map_cells(
    scene: Scene, rows: pd.DataFrame, measure: str, class_ids: Sequence[int], subject_ids: Sequence[int]
) -> dict[tuple[int, int], tuple[float, str, str, Any]]:
    """Return the cells of the map: value, its text, the words of the hover, and the ids a click gives."""
    class_names = group_names(scene, "class")
    cells = {}
    for row in records(rows):
        class_id, subject_id = int(row["class_id"]), int(row["subject_id"])
        value = row[measure]
        text = number_text(value, 1 if measure == "mean_mark" else 0)
        hover = (
            f"{class_names[class_id]}, {scene.choices.subjects[subject_id]}<br>{MEASURES[measure]}: "
            f"{figure_text(measure, value)}<br>{counted(int(row['n']), 'отметка', 'отметки', 'отметок')}"
        )
        place = (class_ids.index(class_id), subject_ids.index(subject_id))
        cells[place] = (value, text, hover, [class_id, subject_id])
    return cells


def show_terms(scene: Scene) -> None:
    """Show how the measures went from term to term."""
    same_kind = [row for row in scene.periods if row.kind == scene.period.kind]
    rows = quality_by(scene.reader, scene.basis, same_kind, scene.selection)
    rows = rows.sort_values(["school_year", "term_number"])
    if rows.empty:
        st.info("По этим отметкам периодов с данными нет.")
        return
    terms = [
        period_text(int(year), kind, int(number))
        for year, kind, number in zip(
            rows["school_year"], rows["term_kind"], rows["term_number"], strict=True
        )
    ]
    lines = {MEASURES[name]: _gaps(rows[name]) for name in ("pass_rate", "quality_rate", "attainment_index")}
    title = "Растёт ли качество от периода к периоду?"
    labels = [text.replace(", ", "<br>") for text in terms]
    show_chart(title, lines_by_term(labels, lines, 1, " %"), "terms")
    columns = [Column("period", "Учебный период", pinned=True), *measure_columns()]
    table = show_table(rows.assign(period=terms), columns, "terms_table")
    export_table(table, "Качество обучения по периодам", key="export_terms")
    if "class" in scene.picked:
        st.caption("Классы каждый год заново составляются, поэтому у класса показан только его учебный год.")


def _gaps(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]


def show_pupils(scene: Scene) -> None:
    """Show the pupils behind a figure."""
    if not {"class", "subject"} & scene.picked.keys():
        st.info("Выберите вверху класс или предмет — здесь появятся ученики с их отметками.")
        return
    pupils = pupils_behind(scene.reader, scene.period, scene.selection)
    if not pupils:
        st.info("Отметок в этом периоде нет.")
        return
    class_names = group_names(scene, "class")
    rows = pd.DataFrame(
        {
            "pupil": [row.pupil_name for row in pupils],
            "class": [class_names.get(row.class_id, "—") for row in pupils],
            "subject": [scene.choices.subjects.get(row.subject_id, "—") for row in pupils],
            "marks": [" ".join(map(str, row.marks)) for row in pupils],
            "count": [len(row.marks) for row in pupils],
            "mean": [row.mean for row in pupils],
            "so_far": [row.mark_so_far for row in pupils],
            "term_mark": [row.term_mark for row in pupils],
            "missed": [row.missed_lessons for row in pupils],
        }
    )
    words = [
        *([scene.choices.subjects[scene.picked["subject"]]] if "subject" in scene.picked else []),
        *([class_names[scene.picked["class"]]] if "class" in scene.picked else []),
        term_title(scene.period.kind, scene.period.number),
    ]
    st.markdown(
        f"**{' · '.join(words)}**: {counted(len(set(rows['pupil'])), 'ученик', 'ученика', 'учеников')}"
    )
    show_register_links(scene)
    table = show_table(rows.head(PUPIL_ROWS), pupil_columns(scene.picked), "pupils", rows_shown=30)
    if len(rows) > PUPIL_ROWS:
        st.caption(
            f"Показаны первые {PUPIL_ROWS} строк из {number_text(len(rows))}. Выберите класс, чтобы увидеть всех."
        )
    export_table(table, f"Ученики, {', '.join(words)}", key="export_pupils")


def pupil_columns(picked: Mapping[str, int]) -> list[Column]:
    """Return the columns of the pupils' table; what is the same in all rows is left out."""
    columns = [Column("pupil", "Ученик", pinned=True)]
    if "class" not in picked:
        columns.append(Column("class", "Класс"))
    if "subject" not in picked:
        columns.append(Column("subject", "Предмет"))
    return [
        *columns,
        Column("marks", "Отметки", width="large"),
        Column("count", "Отметок", 0),
        Column("mean", "Ср. взв. балл", 2, help=formula_of("weighted_mean")),
        Column("so_far", "На сегодня", 0, help=formula_of("value")),
        Column("term_mark", "За период", 0, help="отметка за учебный период (п. 5.4)"),
        Column("missed", "Пропусков", 0, help="пропущено уроков по любой причине; опоздание — не пропуск"),
    ]


def show_register_links(scene: Scene) -> None:
    """Link to the register of the chosen class and subject where the user may read it."""
    if not {"class", "subject"} <= scene.picked.keys():
        return
    links = registers_of(
        scene.reader, scene.period.school_year, scene.picked["class"], scene.picked["subject"]
    )
    for key, name in links:
        address = {"class": key.class_id, "subject": key.subject_id, "year": scene.period.school_year}
        if key.subgroup_id is not None:
            address["group"] = key.subgroup_id
        st.page_link(
            "pages/register/grid.py",
            label=f"Открыть журнал{f' ({name})' if name else ''}",
            icon=":material/grid_on:",
            query_params={name: str(value) for name, value in address.items()},
        )


def show_other_kinds(scene: Scene) -> None:
    """Say where the classes are that report by terms of another kind."""
    others = [
        row
        for row in scene.periods
        if row.kind != scene.period.kind
        and row.school_year == scene.period.school_year
        and row.starts_on <= scene.period.ends_on
        and row.ends_on >= scene.period.starts_on
    ]
    if others:
        titles = ", ".join(f"«{term_title(row.kind, row.number)}»" for row in others)
        st.caption(f"Классы с другими учебными периодами — в периоде {titles}.")


def show_quality(reader: Reader) -> None:
    """Show the whole page."""
    st.title("Качество обучения")
    scene = choose_scene(reader)
    if scene is None:
        st.info("Отметок пока нет: качество появится, когда учителя начнут заполнять журнал.")
        return
    if not show_headline(scene):
        st.info(
            f"За период «{period_text(scene.period.school_year, scene.period.kind, scene.period.number)}» "
            f"по основе «{BASES[scene.basis]}» отметок нет. Выберите другой период или другую основу."
        )
        show_other_kinds(scene)
        return
    view = choose_segment("view", "Что показать", VIEWS, default="groups")
    {"groups": show_groups, "map": show_map, "terms": show_terms, "pupils": show_pupils}[view](scene)
    show_other_kinds(scene)
    show_reach(reader)


show_quality(Reader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
