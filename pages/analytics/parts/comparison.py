"""How every dashboard compares groups: figures at the head, bars of the first groups, a table of all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.scene import GROUPS, Scene
from pages.ui.charts import chosen_cell, heat_map, show_chart
from pages.ui.drawing import Drawing
from pages.ui.tables import PreparedTable, explain, prepared, show_prepared
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.columns import FigureColumn
from pipelines.measures.tables import records

Parts = Mapping[str, tuple[str, str]]
"""Column of counts → its words and colour, in the order of the bars' parts."""


@dataclass(frozen=True)
class Compared:
    """Groups side by side: their ids in the order of the table, the bars of their marks, the table."""

    keys: list[int]
    bars: Drawing
    table: PreparedTable


def show_headline(
    total: Mapping[str, Any], columns: Sequence[FigureColumn], explained: Sequence[str]
) -> None:
    """Show figures over all chosen rows, and how figures are computed."""
    with st.container(horizontal=True):
        for column in columns:
            st.metric(as_typed(column.title), as_typed(column.text(total[column.name])))
        explain(explained, total)


def parts_of(rows: pd.DataFrame, parts: Parts) -> dict[str, tuple[str, list[float]]]:
    """Return the parts of each row's bar: words → colour, counts in the order of the rows."""
    return {words: (colour, list(rows[name])) for name, (words, colour) in parts.items()}


def show_bars(
    title: Markdown, rows: pd.DataFrame, draw: Callable[[pd.DataFrame], Drawing], key: str, most: int
) -> None:
    """Show a chart of the first ``most`` rows; where there are more, say so."""
    show_drawn_bars(title, draw(rows.head(most)), key, most, len(rows))


def show_drawn_bars(title: Markdown, drawing: Drawing, key: str, most: int, rows: int) -> None:
    """Show a chart of the first ``most`` of so many rows; where there are more, say so."""
    show_chart(title, drawing, key)
    if rows > most:
        st.caption(f"На рисунке первые {most} из {rows}; в таблице — все.")


def show_groups_table(
    rows: pd.DataFrame, group: str, columns: Sequence[FigureColumn], key: str, export: str, **options: Any
) -> None:
    """Show the table of groups; ``options`` as for ``show_table``."""
    show_table_of_groups(prepared(rows, group_columns(group, columns)), group, key, export, **options)


def group_columns(group: str, columns: Sequence[FigureColumn]) -> list[FigureColumn]:
    """Return the columns of a table of groups: the group's title first."""
    return [FigureColumn("title", GROUPS[group].title, pinned=True), *columns]


def show_table_of_groups(made: PreparedTable, group: str, key: str, export: str, **options: Any) -> None:
    """Show a table of groups made before; ``options`` as for ``show_table``."""
    show_prepared(made, f"{key}_{group}", export=f"{export} {GROUPS[group].words}", **options)


def show_class_map(
    title: Markdown,
    scene: Scene,
    rows: pd.DataFrame,
    cell: Callable[[dict[str, Any]], tuple[float, str, str]],
    shades: tuple[float, float],
    key: str,
) -> list[int] | None:
    """Show each class × subject as a shade; return the ids of class and subject of the cell clicked, or None.

    ``cell`` gives a row's value, its text, and the words of the hover below the names.
    """
    names, subjects = scene.names("class"), scene.names("subject")
    class_ids = [class_id for class_id in names if class_id in rows["class_id"].to_numpy()]
    subject_ids = [subject_id for subject_id in subjects if subject_id in rows["subject_id"].to_numpy()]
    cells = {}
    for row in records(rows):
        class_id, subject_id = int(row["class_id"]), int(row["subject_id"])
        if class_id in class_ids and subject_id in subject_ids:
            value, text, words = cell(row)
            hover = f"{names[class_id]}, {subjects[subject_id]}\n{words}"
            place = (class_ids.index(class_id), subject_ids.index(subject_id))
            cells[place] = (value, text, hover, [class_id, subject_id])
    titles = [names[key] for key in class_ids], [subjects[key] for key in subject_ids]
    chosen: list[int] | None = chosen_cell(title, heat_map(*titles, cells, shades), key)
    return chosen
