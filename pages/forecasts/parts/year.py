"""What year marks are expected of each class, and of each pupil of a class."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from models.forecasters.class_level import class_forecast
from models.product.year_forecast import year_reason_ru
from pages.forecasts.parts.class_map import map_cells
from pages.forecasts.parts.last_term import interval_text
from pages.ui.charts import certainty_map, chosen_cell, intervals, show_chart
from pages.ui.filters import first_on_page, remember
from pages.ui.tables import show_table
from pages.ui.typed_text import as_typed
from pipelines.figures.columns import FigureColumn, percent_column
from pipelines.figures.figures import quality_of_forecast_rows
from pipelines.measures.tables import records
from school.analytics.lookups.tables import Choices
from school.numbers import percent_text

BARS = 40
PUPILS_ON_MAP = 60
NOTHING = "Прогноза за год нет: годовые отметки уже выставлены или их в этих классах не бывает."
EXPECTED = "Средняя вероятность годовой отметки не ниже «3» (успеваемость) или «4» (качество)."
SO_FAR = "Если бы год закончился сегодня: по среднему отметок за периоды, с половины вверх (п. 5.4)."


def year_table(rows: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """Return a row a class: what is expected of its year marks, beside what the term marks so far would give.

    ``rows``: ``models.product.year_forecast.YEAR_COLUMNS``.
    """
    so_far = quality_of_forecast_rows(rows[rows["n_marks"] > 0])
    table = class_forecast(rows, ("class_id",)).merge(
        so_far[["class_id", "pass_rate", "quality_rate"]], on="class_id", how="left"
    )
    order = {row.class_id: (place, row.name) for place, row in enumerate(choices.classes)}
    of_class = rows.groupby("class_id")
    return table.assign(
        place=[order[key][0] for key in table["class_id"]],
        title=[order[key][1] for key in table["class_id"]],
        pupils=table["class_id"].map(of_class["pupil_id"].nunique()),
        marks=table["class_id"].map(of_class["n_marks"].sum()),
        **{
            f"{name}_interval": [interval_text(row, name) for row in records(table)]
            for name in ("pass", "quality")
        },
    ).sort_values("place")


def show_school_year(rows: pd.DataFrame, choices: Choices) -> None:
    """Show what year marks are expected of each class; a chosen row opens the class."""
    if rows.empty:
        st.info(NOTHING)
        return
    table = year_table(rows, choices)
    drawn = table.sort_values("expected_quality_rate").head(BARS)
    show_chart(
        "Где ждать низкого качества за год? Точка — прогноз, черта — интервал 90 %",
        intervals(
            list(drawn["title"]),
            list(drawn["expected_quality_rate"]),
            list(drawn["quality_low"]),
            list(drawn["quality_high"]),
            list(drawn["quality_rate"]),
        ),
        "year_classes",
    )
    columns = [
        FigureColumn("title", "Класс", pinned=True, width=56),
        FigureColumn("pupils", "Учеников", 0, width=76),
        FigureColumn("marks", "Учтено", 0, width=66, help="Отметок за периоды этого года."),
        percent_column("expected_pass_rate", "Прогноз успев.", width=104, help=EXPECTED),
        FigureColumn("pass_interval", "Успев. от – до", width=98),
        percent_column("pass_rate", "Успев. сейчас", width=98, help=SO_FAR),
        percent_column("expected_quality_rate", "Прогноз кач.", width=94, help=EXPECTED),
        FigureColumn("quality_interval", "Кач. от – до", width=88),
        percent_column("quality_rate", "Кач. сейчас", width=88, help=SO_FAR),
        FigureColumn(
            "expected_mean_mark", "Прогноз балла", 2, width=96, help="Ожидаемый средний балл годовых отметок."
        ),
    ]
    ids = [int(class_id) for class_id in table["class_id"]]
    show_table(
        table,
        columns,
        "year_classes_table",
        on_choose=lambda row: remember(**{"class": str(ids[row])}),
        export="Прогноз года по классам",
    )


def show_class_year(rows: pd.DataFrame, names: Mapping[int, str], choices: Choices) -> None:
    """Show the pupils of a class × subjects: the likely year mark and how sure it is; a chosen cell opens the pupil."""
    rows = rows[rows["pupil_id"].isin(names)]
    if rows.empty:
        st.info(NOTHING)
        return
    expected = class_forecast(rows, ("class_id",)).iloc[0]
    st.markdown(
        f"За год ожидаемая успеваемость **{percent_text(expected['expected_pass_rate'])}** "
        f"({as_typed(interval_text(expected, 'pass'))}), ожидаемое качество **{percent_text(expected['expected_quality_rate'])}** "
        f"({as_typed(interval_text(expected, 'quality'))})."
    )
    listed = [pupil for pupil in names if pupil in set(rows["pupil_id"])]
    first = first_on_page(len(listed), PUPILS_ON_MAP)
    listed = listed[first : first + PUPILS_ON_MAP]
    subjects = [key for key in choices.subjects if key in set(rows["subject_id"])]
    cells = map_cells(rows, listed, subjects, names, choices, year_reason_ru)
    figure = certainty_map([names[key] for key in listed], [choices.subjects[key] for key in subjects], cells)
    chosen = chosen_cell(
        "Чем закончится год? Вероятная годовая отметка и уверенность в ней", figure, f"year_{first}"
    )
    st.caption("Чем темнее клетка, тем увереннее прогноз. Щёлкните клетку, чтобы увидеть ученика.")
    if chosen:
        remember(pupil=str(chosen))
        st.rerun()
