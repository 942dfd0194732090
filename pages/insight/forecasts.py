"""«Прогнозы»: what marks the term will end with, how sure that is, and why (п. 2.7)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from models.forecast import STANDS_ON_RU, class_forecast, reason_ru
from pages.shared.charts import certainty_map, chosen_cell, intervals, show_chart, spread_of_chances
from pages.shared.export import export_table
from pages.shared.figures import (
    Reader,
    choices_of,
    forecast_terms,
    forecasts,
    pupil_names,
    quality_of_forecast_rows,
    show_reach,
)
from pages.shared.filters import choose, choose_rows, filters_offered, remember
from pages.shared.session import guard, school
from pages.shared.tables import Column, percent_column, records, show_table
from pages.shared.words import NARROW_SPACE, counted, number_text, percent_text
from school.access.actions import Action
from school.calendar import school_year_title, term_title
from school.lookups.analytics import Choices
from school.lookups.forecasts import ClassTerm

ALL_PUPILS = "Все ученики"
PUPILS_ON_MAP = 60
BARS = 40
FILTERS = ("school", "grade", "class", "subject")
CHANCES = {2: "p2", 3: "p3", 4: "p4", 5: "p5"}


def chance_text(mark: Any, chance: float) -> str:
    """Write a forecast so that nobody takes it for a mark: «4 · 78 %»."""
    return f"{int(mark)} · {round(100 * chance)}{NARROW_SPACE}%"


def likelihood(row: dict[str, Any]) -> str:
    """Return the most likely mark of a forecast with its chance."""
    mark = int(row["most_likely"])
    return chance_text(mark, row[CHANCES[mark]])


def interval_text(row: Any, name: str) -> str:
    """Write the interval of an expected rate: «79–84 %»."""
    return f"{number_text(row[f'{name}_low'])}–{percent_text(row[f'{name}_high'], 0)}"


def terms_text(terms: Sequence[ClassTerm]) -> str:
    """Return «2-я четверть и 1-е полугодие 2026/27»."""
    titles = Counter(term_title(row.kind, row.number) for row in terms)
    return (
        f"{' и '.join(title for title, _ in titles.most_common())} {school_year_title(terms[0].school_year)}"
    )


def show_explanation(terms: Sequence[ClassTerm], rows: pd.DataFrame) -> None:
    """Say what a forecast is, of what it is made and on how much it stands."""
    with st.popover("Как считается", icon=":material/info:"):
        st.markdown(
            "**Прогноз** — вероятности отметок «2», «3», «4», «5» за текущий учебный период. Он опирается на "
            "отметки этого периода, прошлые периоды, другие предметы ученика и уровень класса. Чем меньше отметок, "
            "тем меньше уверенность. Прогноз — не отметка: в журнал он не попадает, и семьи его не видят.\n\n"
            "**Ожидаемая успеваемость** класса — средняя вероятность отметки не ниже «3»; **ожидаемое качество** — "
            "не ниже «4». Интервал 90 %: в девяти случаях из десяти показатель окажется в нём.\n\n"
            f"Сейчас: {counted(len(rows), 'пара', 'пары', 'пар')} «ученик × предмет»."
        )
        resting = rows["stands_on"].value_counts()
        for key, words in STANDS_ON_RU.items():
            if count := int(resting.get(key, 0)):
                st.markdown(f"- {number_text(count)} — {words}")


def class_rows(rows: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """Return what is expected of each class, beside what its marks say today, in the order of a school's lists."""
    expected = class_forecast(rows, ("class_id",))
    today = quality_of_forecast_rows(rows)[["class_id", "pass_rate", "quality_rate"]]
    order = {row.class_id: (index, row.name) for index, row in enumerate(choices.classes)}
    table = expected.merge(today, on="class_id", how="left")
    table["pupils"] = table["class_id"].map(rows.groupby("class_id")["pupil_id"].nunique())
    table["marks"] = table["class_id"].map(rows.groupby("class_id")["n_marks"].sum())
    table["order"] = [order[class_id][0] for class_id in table["class_id"]]
    table["title"] = [order[class_id][1] for class_id in table["class_id"]]
    for name in ("pass", "quality"):
        table[f"{name}_interval"] = [interval_text(row, name) for row in records(table)]
    return table.sort_values("order")


def show_school(rows: pd.DataFrame, choices: Choices) -> None:
    """Show what is expected of each class; a chosen row opens the class."""
    table = class_rows(rows, choices)
    has_marks = table["marks"] > 0
    drawn = (table[has_marks] if has_marks.any() else table).sort_values("expected_quality_rate").head(BARS)
    title = "Где ждать низкого качества? Точка — прогноз, черта — интервал 90 %"
    show_chart(
        title,
        intervals(
            list(drawn["title"]),
            list(drawn["expected_quality_rate"]),
            list(drawn["quality_low"]),
            list(drawn["quality_high"]),
            list(drawn["quality_rate"]),
        ),
        "classes",
    )
    st.caption("Щёлкните слева от строки, чтобы открыть класс.")
    if unmarked := list(table.loc[~has_marks, "title"]):
        absent = " На рисунке их нет." if has_marks.any() else ""
        st.caption(
            f"В этом периоде ещё нет отметок: {', '.join(unmarked)}. Прогноз стоит на прошлом и на других классах.{absent}"
        )
    columns = [
        Column("title", "Класс", pinned=True),
        Column("pupils", "Учеников", 0),
        Column("marks", "Отметок", 0),
        percent_column("expected_pass_rate", "Ожид. успев."),
        Column("pass_interval", "Успев. от – до"),
        percent_column("pass_rate", "Успев. сегодня"),
        percent_column("expected_quality_rate", "Ожид. качество"),
        Column("quality_interval", "Качество от – до"),
        percent_column("quality_rate", "Качество сегодня"),
        Column("expected_mean_mark", "Ожид. ср. балл", 2),
    ]
    ids = [int(class_id) for class_id in table["class_id"]]
    shown = show_table(
        table, columns, "forecast_classes", on_choose=lambda row: remember(**{"class": str(ids[row])})
    )
    export_table(shown, "Прогноз по классам", key="export_classes")


def show_class(rows: pd.DataFrame, choices: Choices, names: dict[int, str]) -> None:
    """Show the pupils of a class × subjects: the most likely mark, and how sure it is as a shade."""
    expected = class_forecast(rows, ("class_id",)).iloc[0]
    st.markdown(
        f"Ожидаемая успеваемость **{percent_text(expected['expected_pass_rate'])}** "
        f"({interval_text(expected, 'pass')}), ожидаемое качество **{percent_text(expected['expected_quality_rate'])}** "
        f"({interval_text(expected, 'quality')})."
    )
    listed = [pupil for pupil in names if pupil in set(rows["pupil_id"])]
    first = _first_pupil(len(listed))
    listed = listed[first : first + PUPILS_ON_MAP]
    rows = rows[rows["pupil_id"].isin(listed)]
    subjects = [key for key in choices.subjects if key in set(rows["subject_id"])]
    cells = map_cells(rows, listed, subjects, names, choices)
    title = "Чем закончится период? Вероятная отметка и уверенность в ней"
    figure = certainty_map([names[key] for key in listed], [choices.subjects[key] for key in subjects], cells)
    chosen = chosen_cell(title, figure, f"certainty_{first}")
    st.caption(
        "Чем темнее клетка, тем увереннее прогноз. Щёлкните клетку, чтобы увидеть ученика и объяснение."
    )
    with st.expander("Таблица прогноза"):
        shown = show_table(_forecast_table(rows, choices, names), forecast_columns(), "forecast_rows")
        export_table(shown, "Прогноз класса", key="export_class")
    if chosen:
        remember(pupil=str(chosen))
        st.rerun()


def _first_pupil(count: int) -> int:
    if count <= PUPILS_ON_MAP:
        return 0
    pages = -(-count // PUPILS_ON_MAP)
    number = st.number_input(f"Страница списка (всего {pages}, учеников {count})", 1, pages, width=320)
    return (int(number) - 1) * PUPILS_ON_MAP


def map_cells(
    rows: pd.DataFrame,
    pupils: Sequence[int],
    subjects: Sequence[int],
    names: dict[int, str],
    choices: Choices,
) -> dict[tuple[int, int], tuple[float, str, str, Any]]:
    """Return the cells of the class map: certainty in percent, its text, the words of the hover, the pupil's id."""
    places = {pupil: index for index, pupil in enumerate(pupils)}
    columns = {subject: index for index, subject in enumerate(subjects)}
    cells = {}
    for row in records(rows):
        pupil, subject = int(row["pupil_id"]), int(row["subject_id"])
        if pupil in places:
            chance = 100 * row[CHANCES[int(row["most_likely"])]]
            hover = f"{names[pupil]}, {choices.subjects[subject]}<br>{reason_ru(row)}"
            cells[places[pupil], columns[subject]] = (chance, likelihood(row), hover, pupil)
    return cells


def _forecast_table(rows: pd.DataFrame, choices: Choices, names: dict[int, str]) -> pd.DataFrame:
    forecasts_of_pupils = records(rows)
    table = rows.assign(
        pupil=rows["pupil_id"].map(names),
        subject=rows["subject_id"].map(choices.subjects),
        forecast=[likelihood(row) for row in forecasts_of_pupils],
        reason=[reason_ru(row) for row in forecasts_of_pupils],
        **{name: 100 * rows[name] for name in CHANCES.values()},
    )
    return table.sort_values(["pupil", "subject"])


def forecast_columns() -> list[Column]:
    """Return the columns of a table of forecasts."""
    return [
        Column("pupil", "Ученик", pinned=True),
        Column("subject", "Предмет", pinned=True),
        Column("forecast", "Прогноз"),
        Column("mean_so_far", "Ср. балл сейчас", 2),
        Column("rounded_mean", "Округлённо", 0),
        *(percent_column(name, f"«{mark}», %") for mark, name in CHANCES.items()),
        Column("reason", "Почему", width="large"),
    ]


def show_pupil(rows: pd.DataFrame, choices: Choices, name: str) -> None:
    """Show the forecasts of one pupil with their reasons."""
    st.subheader(name)
    rows = rows.assign(subject=rows["subject_id"].map(choices.subjects))
    order = {key: index for index, key in enumerate(choices.subjects)}
    rows = rows.sort_values("subject_id", key=lambda ids: ids.map(order))
    forecasts_of_pupils = records(rows)
    chances = {mark: [100 * row[column] for row in forecasts_of_pupils] for mark, column in CHANCES.items()}
    title = "Какая отметка вероятна? Прогноз, не отметки"
    show_chart(title, spread_of_chances([row["subject"] for row in forecasts_of_pupils], chances), "chances")
    lines = ["| Предмет | Прогноз | Ср. балл сейчас | Почему |", "|---|---|---|---|"]
    for row in forecasts_of_pupils:
        mean = number_text(row["mean_so_far"], 2)
        lines.append(f"| {_cell(row['subject'])} | *{likelihood(row)}* | {mean} | {_cell(reason_ru(row))} |")
    st.markdown("\n".join(lines))


def _cell(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\|*_`[]<>$~#:" else sign for sign in text)


def choose_pupil(names: dict[int, str], place: Any) -> int | None:
    """Show the pupils of the class; None: all of them."""
    titles = {"": ALL_PUPILS} | {str(key): name for key, name in names.items()}
    code = choose("pupil", "Ученик", titles, default="", place=place)
    return int(code) if code else None


def show_forecasts(reader: Reader) -> None:
    """Show the whole page."""
    st.title("Прогнозы")
    today = school().clock().date()
    terms = forecast_terms(reader, today)
    if not terms:
        st.info("Учебный период ещё не начался: прогнозы появятся вместе с первыми отметками.")
        return
    with st.spinner("Считаем прогноз…"):
        rows = forecasts(reader, terms, today)
    choices = choices_of(reader, tuple(sorted({row.term_id for row in terms})))
    head, info = st.columns([5, 1], vertical_alignment="center")
    head.markdown(f"На конец периода: **{terms_text(terms)}**. {_when(terms, today)}")
    with info:
        show_explanation(terms, rows)
    if rows.empty:
        st.info("Прогнозировать пока нечего: в этом периоде нет ни учеников, ни предметов по нагрузке.")
        return
    offered = filters_offered(choices, FILTERS)
    *places, pupil_place = st.columns(len(offered) + 1)
    picked = choose_rows(choices, offered, places, settled={"class"})
    rows = narrowed(rows, picked, choices)
    if rows.empty:
        st.info("По выбранным классам и предметам прогноза нет.")
        return
    show_reach(reader)
    if "class" not in picked:
        show_school(rows, choices)
        return
    names = pupil_names(reader, terms, picked["class"])
    pupil = choose_pupil(
        {key: name for key, name in names.items() if key in set(rows["pupil_id"])}, pupil_place
    )
    if pupil is None:
        show_class(rows, choices, names)
    else:
        show_pupil(rows[rows["pupil_id"] == pupil], choices, names[pupil])


def _when(terms: Sequence[ClassTerm], today: Any) -> str:
    last_day = max(row.ends_on for row in terms)
    if last_day < today:
        return "Период закончился: показано, каким был прогноз в его последний день."
    days = (last_day - today).days
    return f"До конца — {counted(days, 'день', 'дня', 'дней')}." if days else "Сегодня последний день."


def narrowed(rows: pd.DataFrame, picked: dict[str, int], choices: Choices) -> pd.DataFrame:
    """Return the rows of the chosen classes and subjects."""
    classes = [
        row.class_id
        for row in choices.classes
        if picked.get("school", row.school_id) == row.school_id
        and picked.get("grade", row.grade_level) == row.grade_level
        and picked.get("class", row.class_id) == row.class_id
    ]
    rows = rows[rows["class_id"].isin(classes)]
    return rows[rows["subject_id"] == picked["subject"]] if "subject" in picked else rows


show_forecasts(Reader(school(), guard(Action.READ_FORECASTS), Action.READ_FORECASTS))
