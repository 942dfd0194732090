"""Charts of fair comparison: a caterpillar and a funnel, never a league table (Goldstein and Spiegelhalter 1996)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages.ui.charts import ACCENT, BAR_HEIGHT, INK, QUIET, TEMPLATE, error_bars, name_rows, short_label
from pipelines.fair.comparison import INTERVAL
from pipelines.fair.unusual import Usual
from pipelines.figures.finding_words import MARK_AXIS, ValueAxis
from pipelines.measures.tables import records
from school.numbers import change_text, counted, number_text

# 99.8 % of a normal distribution (Spiegelhalter 2005, «Funnel plots for comparing institutional performance»).
OUTER_LIMIT = 3.09
CATERPILLARS, LONG_LABEL = 40, 44
BAND, ZERO_LINE = "rgba(154, 165, 177, 0.18)", {"color": QUIET, "width": 1}
FUNNEL_POINTS, FUNNEL_HEIGHT = 60, 420
# The axis and its title under a chart of rows.
AXIS_HEIGHT = 100


def caterpillar(rows: pd.DataFrame) -> go.Figure:
    """Draw each group's shrunk difference with its 95 % interval, the lowest first; groups without one are left out.

    ``rows``: title and the columns of ``pipelines.fair.comparison``. Of many groups the CATERPILLARS furthest from what
    is expected are drawn. What differs beyond its interval is blue, what does not grey; few pupils make a hollow point.
    """
    drawn = most_different(rows).sort_values("shrunk_difference")
    drawn = drawn.assign(hover=[hover(row) for row in records(drawn)])
    figure = _rows_figure(drawn)
    figure.add_vline(x=0, line=ZERO_LINE)
    is_beyond = (drawn["shrunk_low"] > 0) | (drawn["shrunk_high"] < 0)
    for part, colour in ((is_beyond, ACCENT), (~is_beyond, QUIET)):
        _add_intervals(figure, drawn[part.to_numpy()], np.flatnonzero(part).tolist(), colour)
    return _with_axis(figure, drawn, MARK_AXIS, "разница с ожидаемым, балл")


def _with_axis(figure: go.Figure, drawn: pd.DataFrame, axis: ValueAxis, title: str) -> go.Figure:
    """Give the values an axis as wide as their kind asks for, so that little does not look like much."""
    ends = [
        min(drawn["shrunk_low"].min(), axis.ends[0]) - axis.margin,
        max(drawn["shrunk_high"].max(), axis.ends[1]) + axis.margin,
    ]
    return figure.update_xaxes(title=title, range=ends, **axis.ticks)


def _rows_figure(drawn: pd.DataFrame) -> go.Figure:
    """Return an empty figure with a named row for each group."""
    height = AXIS_HEIGHT + BAR_HEIGHT * len(drawn)
    figure = go.Figure(layout={"template": TEMPLATE, "height": height, "showlegend": False})
    names = [f"{name[:LONG_LABEL].rstrip()}…" if len(name) > LONG_LABEL else name for name in drawn["title"]]
    return name_rows(figure, names)


def most_different(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the groups that a caterpillar draws."""
    known = rows[rows["shrunk_difference"].notna()]
    return known.loc[known["shrunk_difference"].abs().sort_values(ascending=False).index[:CATERPILLARS]]


def _add_intervals(figure: go.Figure, rows: pd.DataFrame, places: list[int], colour: str) -> None:
    symbols = ["circle-open" if is_small else "circle" for is_small in rows["is_small"]]
    middle = rows["shrunk_difference"]
    figure.add_scatter(
        x=middle,
        y=places,
        mode="markers",
        marker={"size": 8, "color": colour, "symbol": symbols},
        error_x=error_bars(rows["shrunk_high"] - middle, middle - rows["shrunk_low"], colour),
        hovertext=rows["hover"],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def hover(row: dict[str, Any]) -> str:
    """Return what a point of a comparison says."""
    pupils = counted(int(row["pupils_compared"]), "ученик", "ученика", "учеников")
    few = " — мало, оценка сдвинута к середине" if row["is_small"] else ""
    bounds = f"от {change_text(row['shrunk_low'], 2, '')} до {change_text(row['shrunk_high'], 2, '')}"
    return (
        f"{row['title']}\nв среднем {number_text(row['actual_mean'], 2)}, "
        f"ожидалось {number_text(row['expected_mean'], 2)}\n"
        f"разница {change_text(row['shrunk_difference'], 2, '')} ({bounds})\n{pupils}{few}"
    )


def funnel(rows: pd.DataFrame, spread: float | None) -> go.Figure:
    """Draw each group's raw difference against how much is known of it, inside the limits of chance and usual spread.

    ``rows`` as for ``caterpillar``; ``spread``: standard deviation between the school's groups. The horizontal axis is
    the number of pupils, corrected for how many marks they have: limits follow from it alone. Limits of 95 and 99.8 %
    take in the usual spread, as Spiegelhalter (2005) advises where chance alone does not explain the differences.
    """
    known = rows[rows["difference"].notna()]
    size, unit = effective_pupils(known)
    figure = go.Figure(layout={"template": TEMPLATE, "height": FUNNEL_HEIGHT, "showlegend": False})
    grid = np.linspace(max(1.0, size.min() * 0.6), size.max() * 1.1, FUNNEL_POINTS)
    limit = np.sqrt(unit**2 / grid + (spread or 0.0) ** 2)
    for width in (OUTER_LIMIT, INTERVAL):
        figure.add_scatter(
            x=np.concatenate([grid, grid[::-1]]),
            y=np.concatenate([width * limit, -width * limit[::-1]]),
            fill="toself",
            fillcolor=BAND,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
    figure.add_hline(y=0, line=ZERO_LINE)
    is_beyond = known["difference"].abs() > INTERVAL * np.hypot(known["difference_error"], spread or 0.0)
    figure.add_scatter(
        x=size,
        y=known["difference"],
        mode="markers+text",
        marker={"size": 9, "color": [ACCENT if beyond else QUIET for beyond in is_beyond]},
        text=[
            short_label(name) if beyond else ""
            for name, beyond in zip(known["title"], is_beyond, strict=True)
        ],
        textposition="top center",
        textfont={"size": 11, "color": INK},
        hovertext=[hover(row) for row in records(known)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_xaxes(title="учеников (с поправкой на число отметок)", rangemode="tozero")
    return figure.update_yaxes(title="разница с ожидаемым, балл", tickformat="+.2~f")


def effective_pupils(rows: pd.DataFrame) -> tuple[np.ndarray, float]:
    """Return how many usual pupils each group's precision is worth, and the error of a difference with one of them."""
    error = rows["difference_error"].to_numpy(np.float64)
    if not len(error):
        return np.array([]), 1.0
    unit = float(np.median(error * np.sqrt(rows["pupils_compared"].to_numpy(np.float64))))
    return (unit / error) ** 2, unit


def distances(
    rows: pd.DataFrame, usual: Usual | None, title: str, axis: ValueAxis, value_text: Callable[[Any], str]
) -> go.Figure:
    """Draw the value of each row of a control with its 95 % interval over the band of what is usual in the school.

    ``rows``: title, disagreement, disagreement_error, cases, is_unusual, is_few. The furthest CATERPILLARS from the usual are drawn.
    """
    centre = usual.centre if usual else 0.0
    furthest = (rows["disagreement"] - centre).abs().sort_values(ascending=False).index[:CATERPILLARS]
    drawn = rows.loc[furthest].sort_values("disagreement")
    margin = INTERVAL * drawn["disagreement_error"]
    shown = drawn.assign(
        shrunk_difference=drawn["disagreement"],
        shrunk_low=drawn["disagreement"] - margin,
        shrunk_high=drawn["disagreement"] + margin,
        is_small=drawn["is_few"],
        hover=[
            f"{row['title']}\n{value_text(row['disagreement'])}\nслучаев: {number_text(row['cases'])}"
            for row in records(drawn)
        ],
    )
    figure = _rows_figure(shown)
    if usual:
        half_width = INTERVAL * usual.spread
        figure.add_vrect(x0=centre - half_width, x1=centre + half_width, fillcolor=BAND, line_width=0)
        figure.add_vline(x=centre, line=ZERO_LINE)
    for part, colour in ((drawn["is_unusual"], ACCENT), (~drawn["is_unusual"], QUIET)):
        _add_intervals(figure, shown[part.to_numpy(bool)], np.flatnonzero(part).tolist(), colour)
    return _with_axis(figure, shown, axis, title)
