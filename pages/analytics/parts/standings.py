"""How many pupils finish a period with fives, fours, threes or a two: one set of colours and columns (п. 7.2)."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.charts import MARK_COLOURS, shares, show_chart
from pages.ui.typed_text import Markdown
from pipelines.catalogue.measures import STANDING_TITLES
from pipelines.figures.columns import FigureColumn, measure_column
from school.numbers import number_text

# A standing has the colour of the mark that makes it; the two «one mark away» lie between.
STANDING_COLOURS = {
    "all_fives": MARK_COLOURS[5],
    "one_four": "#4c83bb",
    "fours_and_fives": MARK_COLOURS[4],
    "one_three": "#f8e2b0",
    "with_threes": MARK_COLOURS[3],
    "failing": MARK_COLOURS[2],
}
SHORT_TITLES = {
    "all_fives": "Отличн.",
    "one_four": "1 «4»",
    "fours_and_fives": "Хорош.",
    "one_three": "1 «3»",
    "with_threes": "С «3»",
    "failing": "Неусп.",
}
BARS = 40


def standing_columns() -> list[FigureColumn]:
    """Return a column for each standing."""
    return [measure_column(name, title, width=64) for name, title in SHORT_TITLES.items()]


def standing_title(name: object) -> str:
    """Return a standing in words; an empty text where there is none."""
    return STANDING_TITLES[name] if isinstance(name, str) else ""


def show_standing_shares(rows: pd.DataFrame, title: Markdown, key: str) -> None:
    """Show what each group (``title``) is made of, in the order of the rows; rows without pupils are left out."""
    drawn = rows[rows["pupils_with_marks"] > 0].head(BARS)
    parts = {
        STANDING_TITLES[name].lower(): (colour, [int(count) for count in drawn[name]])
        for name, colour in STANDING_COLOURS.items()
    }
    show_chart(title, shares(list(drawn["title"]), parts), key)


def show_standings(row: Mapping[str, Any]) -> None:
    """Show how many pupils are in each standing."""
    with st.container(horizontal=True):
        for name in STANDING_TITLES:
            st.metric(STANDING_TITLES[name], number_text(row[name]))
