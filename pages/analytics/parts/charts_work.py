"""Charts of counts: stacked bars by group and by week."""

from collections.abc import Sequence
from typing import Any

from pages.ui.charts import Bars, Parts, blank, rows_of_bars
from pages.ui.drawing import Drawing
from school.numbers import number_text

WEEKS_HEIGHT = 280
# Up to so many the axis of whole counts has a tick at each: plotly would add ticks of a fifth of a lesson.
FEW_COUNTS = 6


def stacks_by_group(groups: Sequence[str], parts: Parts, unit: str = "", decimals: int = 0) -> Drawing:
    """Draw a horizontal bar a group (first on top): ``parts``: name → colour, values in the order of groups."""
    bars = (
        Bars(
            name,
            values,
            {"color": colour},
            [[group, number_text(value, decimals)] for group, value in zip(groups, values, strict=True)],
            f"%{{customdata[0]}}\n{name}: %{{customdata[1]}}{unit}",
        )
        for name, (colour, values) in parts.items()
    )
    axis: dict[str, Any] = {"rangemode": "tozero", "ticksuffix": unit}
    if not decimals and longest_stack(parts) <= FEW_COUNTS:
        axis["dtick"] = 1
    return rows_of_bars(groups, bars, axis, barmode="stack", bargap=0.25, showlegend=len(parts) > 1)


def longest_stack(parts: Parts) -> float:
    """Return the length of the longest bar, in the unit of the chart; 0 without bars."""
    return max(
        (sum(values) for values in zip(*(values for _, values in parts.values()), strict=True)), default=0
    )


def stacks_by_week(weeks: Sequence[str], parts: Parts, unit: str = "", decimals: int = 0) -> Drawing:
    """Draw a column a week: ``parts``: name → colour, values in the order of weeks."""
    figure = blank(WEEKS_HEIGHT, barmode="stack", bargap=0.2)
    for name, (colour, values) in parts.items():
        texts = [[week, number_text(value, decimals)] for week, value in zip(weeks, values, strict=True)]
        figure.add(
            "bar",
            x=list(weeks),
            y=list(values),
            name=name,
            marker={"color": colour},
            customdata=texts,
            hovertemplate=f"неделя с %{{customdata[0]}}\n{name}: %{{customdata[1]}}{unit}<extra></extra>",
        )
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(rangemode="tozero", ticksuffix=unit)
    return figure.set_layout(legend={"traceorder": "normal"}, showlegend=len(parts) > 1)
