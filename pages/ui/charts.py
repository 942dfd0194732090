"""Charts in one quiet manner: the same colour for the same mark everywhere, Russian numbers, one button that saves a PNG."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import plotly.graph_objects as go
import streamlit as st
from plotly.basedatatypes import BaseFigure
from plotly.subplots import make_subplots

from pages.ui.drawing import Drawing, as_plotly
from pages.ui.export import file_name_of
from pages.ui.typed_text import Markdown
from school.numbers import NARROW_SPACE, is_known, number_text

Figure = TypeVar("Figure", bound=BaseFigure)
# Distinguishable with any of the common colour deficiencies, and by lightness alone (in print).
MARK_COLOURS: dict[int, str] = {5: "#1f5a99", 4: "#7fb0dc", 3: "#f0c05a", 2: "#c2491d"}
INK, GRID, QUIET, ACCENT, WARNING = "#2b3440", "#e3e7ec", "#9aa5b1", "#1f5a99", "#c2491d"
LATE, ACCENT_SOFT = "#f0c05a", "#a9c4de"
# From little to much of what is good; the middle is paper.
SCALE: list[list[Any]] = [[0.0, "#c2491d"], [0.3, "#f3d9a4"], [0.55, "#f7f7f5"], [1.0, "#4d8cc4"]]
FORECAST = "#6b5b95"
CERTAINTY_SCALE: list[list[Any]] = [[0.0, "#faf9fc"], [1.0, "#b9aed6"]]
FONT = '"Source Sans", "Source Sans Pro", sans-serif'
BAR_HEIGHT, PAIR_HEIGHT, FRAME_HEIGHT, CELL_HEIGHT = 22, 30, 74, 24
LONGEST_LABEL = 36
# An axis of shares of a whole.
WHOLE = {"range": [0, 100], "ticksuffix": " %"}
# Pixels: what a map takes besides its cells, and how much higher each letter makes a slanted name.
MAP_FRAME, SLANTED_LETTER = 24, 4
PICTURE_SCALE = 2
SAVE_PICTURE = "Сохранить рисунок (PNG)"

TEMPLATE = {
    "layout": {
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": f",{NARROW_SPACE}",
        "margin": {"l": 8, "r": 24, "t": 8, "b": 8},
        "colorway": [ACCENT, WARNING, "#5b8c5a", "#8a6fae", LATE, QUIET],
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "title": {"text": ""}},
        "hoverlabel": {"bgcolor": "white", "font": {"color": INK, "family": FONT}, "align": "left"},
        "xaxis": {"gridcolor": GRID, "zeroline": False, "automargin": True, "fixedrange": True},
        "yaxis": {"gridcolor": GRID, "zeroline": False, "automargin": True, "fixedrange": True},
        "dragmode": False,
    }
}
# The words of plotly's own toolbar and messages that a reader can meet.
RUSSIAN = {
    "dictionary": {
        "Download plot as a PNG": SAVE_PICTURE,
        "Preparing image - this may take a few seconds": "Готовим рисунок…",
        "Image download succeeded": "Рисунок сохранён",
        "Sorry, there was a problem downloading your image!": "Не удалось сохранить рисунок. Попробуйте ещё раз",
    },
    "format": {"decimal": ",", "thousands": NARROW_SPACE},
}
CONFIG = {
    "displayModeBar": "hover",
    "modeBarButtons": [["toImage"]],
    "displaylogo": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "locale": "ru",
    "locales": {"ru": RUSSIAN},
}


def _config(title: str) -> dict[str, Any]:
    """Return plotly's settings of a chart, with the name of the picture that its button saves."""
    picture = {"format": "png", "scale": PICTURE_SCALE, "filename": file_name_of(title)}
    return {**CONFIG, "toImageButtonOptions": picture}


def show_chart(title: Markdown, figure: BaseFigure, key: str) -> None:
    """Show a chart under its title, which is also what it is to who cannot see it."""
    st.markdown(f"**{title}**")
    st.plotly_chart(as_plotly(figure), theme=None, config=_config(title), key=key, alt=title)


def chosen_cell(title: Markdown, figure: BaseFigure, key: str) -> Any | None:
    """Show a chart whose points may be clicked; return the ``customdata`` of the one chosen, or None."""
    st.markdown(f"**{title}**")
    state = st.plotly_chart(
        as_plotly(figure),
        theme=None,
        config=_config(title),
        key=key,
        alt=title,
        on_select="rerun",
        selection_mode="points",
    )
    points = state["selection"]["points"] if state else []
    return points[0].get("customdata") if points else None


def short_label(name: str) -> str:
    """Return a name that fits an axis."""
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip()}…"


def blank(height: int, **layout: Any) -> Drawing:
    """Return a chart of this height in pixels with nothing drawn yet."""
    return Drawing(template=TEMPLATE, height=height, **layout)


Parts = Mapping[str, tuple[str, Sequence[float]]]
"""Words → colour, values in the order of groups."""


@dataclass(frozen=True)
class Bars:
    """Bars of one name, one in each row: their lengths, their look, what the hover reads of each (``customdata``)."""

    name: str
    values: Sequence[float | None]
    marker: Mapping[str, Any]
    texts: Sequence[Any]
    hover: str


def rows_of_bars(
    groups: Sequence[str], bars: Iterable[Bars], axis: Mapping[str, Any], row: int = 0, **layout: Any
) -> Drawing:
    """Draw horizontal bars, the first group on top: ``axis`` of the lengths, ``row`` the height of one in pixels."""
    figure = blank(FRAME_HEIGHT + (row or BAR_HEIGHT) * len(groups), **layout)
    for each in bars:
        figure.add(
            "bar",
            x=list(each.values),
            y=list(range(len(groups))),
            orientation="h",
            name=each.name,
            marker=each.marker,
            customdata=list(each.texts),
            hovertemplate=f"{each.hover}<extra></extra>",
        )
    figure.update_xaxes(**axis)
    figure.set_layout(legend={"traceorder": "normal"})
    return name_rows(figure, [short_label(name) for name in groups])


def mark_spread(groups: Sequence[str], counts: Mapping[int, Sequence[int]]) -> Drawing:
    """Draw how marks are spread in each group, in the marks' colours; ``counts``: mark → how many in each group."""
    return shares(groups, {f"«{mark}»": (colour, counts[mark]) for mark, colour in MARK_COLOURS.items()})


def shares(groups: Sequence[str], parts: Parts) -> Drawing:
    """Draw what each group (first on top) is made of: ``parts``: name → colour, counts in the order of groups."""
    totals = [sum(counts) for counts in zip(*(counts for _, counts in parts.values()), strict=True)]
    bars = (
        Bars(
            name,
            [100 * n / total if total else 0 for n, total in zip(counts, totals, strict=True)],
            {"color": colour},
            [
                [group, number_text(n), number_text(total)]
                for group, n, total in zip(groups, counts, totals, strict=True)
            ],
            f"%{{customdata[0]}}\n{name}: %{{x:.1f}} % (%{{customdata[1]}} из %{{customdata[2]}})",
        )
        for name, (colour, counts) in parts.items()
    )
    return rows_of_bars(groups, bars, WHOLE, barmode="stack", bargap=0.25)


def name_rows(figure: Figure, labels: Sequence[str]) -> Figure:
    """Name the rows of a figure, the first on top; equal names stay apart."""
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
        ticks="",
    )
    return figure


def error_bars(upper: Any, lower: Any, colour: str) -> dict[str, Any]:
    """Return horizontal error bars that reach so far up and down."""
    return {
        "type": "data",
        "symmetric": False,
        "array": upper,
        "arrayminus": lower,
        "color": colour,
        "thickness": 2,
        "width": 0,
    }


def lines_by_term(
    terms: Sequence[str],
    lines: Mapping[str, Sequence[float | None]],
    decimals: int,
    unit: str,
    span: tuple[float, float] | None = None,
) -> Drawing:
    """Draw how measures go from term to term; a missing value leaves a gap.

    ``span`` is the whole scale, where a small change would otherwise look like a large one.
    """
    figure = blank(320)
    for name, values in lines.items():
        figure.add(
            "scatter",
            x=list(terms),
            y=list(values),
            name=name,
            mode="lines+markers",
            line={"width": 2},
            marker={"size": 8},
            customdata=[name] * len(terms),
            hovertemplate=f"%{{x}}\n%{{customdata}}: %{{y:.{decimals}f}}{unit}<extra></extra>",
        )
    figure.update_xaxes(type="category", showgrid=False)
    whole_scale = {"range": span} if span else {}
    return figure.update_yaxes(ticksuffix=unit, rangemode="normal", **whole_scale)


Cells = Mapping[tuple[int, int], tuple[float, str, str, Any]]


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Cells,
    shades: tuple[float, float],
    colours: list[list[Any]] = SCALE,
) -> Drawing:
    """Draw a value for each row × column as a shade with its number.

    ``cells``: (row, column) → value, text in the cell, text of the hover, ``customdata`` of a click; ``shades``: the
    values of the two ends of the scale of ``colours``.
    """
    names = [short_label(name) for name in columns]
    # Plotly gives slanted names at most half of the height, which is too little over a row or two.
    above = MAP_FRAME + SLANTED_LETTER * max((len(name) for name in names), default=0)
    figure = blank(above + CELL_HEIGHT * len(rows))
    values = [[cells.get((y, x), (None,))[0] for x in range(len(columns))] for y in range(len(rows))]
    figure.add(
        "heatmap",
        z=values,
        zmin=shades[0],
        zmax=shades[1],
        colorscale=colours,
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )
    # Streamlit reports clicks on points only: an invisible point lies on every cell and carries its number.
    figure.add(
        "scatter",
        x=[x for _, x in cells],
        y=[y for y, _ in cells],
        text=[text for _, text, _, _ in cells.values()],
        hovertext=[hover for _, _, hover, _ in cells.values()],
        customdata=[data for *_, data in cells.values()],
        mode="markers+text",
        marker={"size": 22, "opacity": 0, "symbol": "square"},
        unselected={"marker": {"opacity": 0}, "textfont": {"color": INK}},
        selected={"marker": {"opacity": 0}},
        textfont={"size": 11, "color": INK},
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(columns))),
        ticktext=names,
        tickangle=-40,
        ticklabeloverflow="allow",
        ticks="",
        side="top",
        showgrid=False,
        range=[-0.5, len(columns) - 0.5],
    )
    figure.set_layout(
        margin={"r": 84, "t": above - MAP_FRAME // 2}, hovermode="closest", clickmode="event+select"
    )
    return name_rows(figure, [short_label(name) for name in rows])


def certainty_map(rows: Sequence[str], columns: Sequence[str], cells: Cells) -> Drawing:
    """Draw forecasts: the text of each, its certainty (percent) as a shade of a colour that no mark has."""
    figure = heat_map(rows, columns, cells, (25.0, 100.0), CERTAINTY_SCALE)
    return figure.set_traces("scatter", textfont={"style": "italic"})


def intervals(
    groups: Sequence[str],
    expected: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    today: Sequence[float],
) -> Drawing:
    """Draw an expected percentage with its interval for each group, and what it is today as a hollow mark."""
    figure = blank(FRAME_HEIGHT + BAR_HEIGHT * len(groups))
    places = list(range(len(groups)))
    figure.add(
        "scatter",
        x=list(expected),
        y=places,
        name="прогноз",
        mode="markers",
        marker={"size": 9, "color": FORECAST},
        error_x=error_bars(
            [top - middle for top, middle in zip(high, expected, strict=True)],
            [middle - bottom for bottom, middle in zip(low, expected, strict=True)],
            FORECAST,
        ),
        customdata=[
            [group, number_text(bottom), number_text(top)]
            for group, bottom, top in zip(groups, low, high, strict=True)
        ],
        hovertemplate="%{customdata[0]}\nпрогноз %{x:.1f} %, от %{customdata[1]} до %{customdata[2]} %<extra></extra>",
    )
    figure.add(
        "scatter",
        x=list(today),
        y=places,
        name="на сегодня",
        mode="markers",
        marker={"size": 8, "symbol": "line-ns-open", "color": INK, "line": {"width": 2}},
        customdata=list(groups),
        hovertemplate="%{customdata}\nна сегодня %{x:.1f} %<extra></extra>",
    )
    lowest = min([*low, *(value for value in today if is_known(value))], default=0)
    figure.update_xaxes(range=[max(0, 10 * (lowest // 10)), 101], ticksuffix=" %")
    return name_rows(figure, [short_label(name) for name in groups])


def shifts(
    groups: Sequence[str],
    values: Sequence[float],
    reaches: Sequence[float],
    is_certain: Sequence[bool],
    hovers: Sequence[str],
) -> Drawing:
    """Draw changes (percentage points) about zero; ``reaches``: how far chance alone goes, the line by which a certain one has a colour."""
    figure = blank(FRAME_HEIGHT + BAR_HEIGHT * len(groups))
    colours = [
        (WARNING if value < 0 else ACCENT) if certain else QUIET
        for value, certain in zip(values, is_certain, strict=True)
    ]
    figure.add(
        "bar",
        x=list(values),
        y=list(range(len(groups))),
        orientation="h",
        marker={"color": colours, "opacity": 0.85},
        error_x={"type": "data", "array": list(reaches), "color": INK, "thickness": 1, "width": 0},
        customdata=list(hovers),
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(ticksuffix=" п. п.", zeroline=True, zerolinecolor=QUIET)
    return name_rows(figure, [short_label(name) for name in groups])


def pairs_of_bars(groups: Sequence[str], sides: Mapping[str, Sequence[float | None]], unit: str) -> Drawing:
    """Draw a value of each of two sides for each group, the first group on top."""
    bars = (
        Bars(
            name,
            values,
            {"color": colour},
            [[group, name] for group in groups],
            f"%{{customdata[0]}}\n%{{customdata[1]}}: %{{x:.1f}}{unit}",
        )
        for (name, values), colour in zip(sides.items(), (ACCENT, ACCENT_SOFT), strict=True)
    )
    axis = {"ticksuffix": unit, "rangemode": "tozero"}
    return rows_of_bars(groups, bars, axis, PAIR_HEIGHT, barmode="group", bargap=0.3)


def spread_of_chances(groups: Sequence[str], chances: Mapping[int, Sequence[float]]) -> Drawing:
    """Draw the chances (percent) of each mark, paler than marks: the same colours, but plainly no marks."""
    bars = (
        Bars(
            f"«{mark}»",
            chances[mark],
            {"color": colour, "opacity": 0.6},
            groups,
            f"%{{customdata}}\n«{mark}» — %{{x:.0f}} %",
        )
        for mark, colour in MARK_COLOURS.items()
    )
    return rows_of_bars(groups, bars, WHOLE, BAR_HEIGHT + 4, barmode="stack", bargap=0.3)


WEEKS_A_ROW, WEEKS_HEIGHT = 4, 150


def chances_by_week(
    subjects: Sequence[str], weeks: Sequence[str], chances: Mapping[int, Sequence[Sequence[float | None]]]
) -> go.Figure:
    """Draw for each subject how the chances of the marks went from week to week.

    ``chances``: mark → for each subject the percentages by week; None where nothing was known.
    """
    rows = -(-len(subjects) // WEEKS_A_ROW)
    figure = make_subplots(
        rows,
        WEEKS_A_ROW,
        subplot_titles=[short_label(name) for name in subjects],
        shared_yaxes=True,
        vertical_spacing=min(0.16, 0.4 / rows),
        horizontal_spacing=0.02,
    )
    height = FRAME_HEIGHT + WEEKS_HEIGHT * rows
    figure.update_layout(
        template=go.layout.Template(TEMPLATE), height=height, barmode="stack", bargap=0.15, margin={"t": 48}
    )
    for mark, colour in MARK_COLOURS.items():
        for number, (subject, values) in enumerate(zip(subjects, chances[mark], strict=True)):
            figure.add_bar(
                x=list(weeks),
                y=list(values),
                name=f"«{mark}»",
                legendgroup=str(mark),
                showlegend=number == 0,
                marker={"color": colour, "opacity": 0.6},
                customdata=[subject] * len(weeks),
                hovertemplate=f"%{{customdata}}, %{{x}}\n«{mark}» — %{{y:.0f}} %<extra></extra>",
                row=number // WEEKS_A_ROW + 1,
                col=number % WEEKS_A_ROW + 1,
            )
    figure.update_xaxes(type="category", showgrid=False, tickfont={"size": 10})
    figure.update_yaxes(range=[0, 100], ticksuffix=" %", tickfont={"size": 10}, dtick=50)
    figure.update_annotations(font={"size": 12})
    top = 1 + 34 / (height - 56)
    figure.update_layout(legend={"traceorder": "normal", "y": top})
    return figure


def said_and_came(
    bands: Sequence[str], said: Sequence[float], came: Sequence[float], counts: Sequence[int]
) -> Drawing:
    """Draw for each band of certainty what was said on average and what share came true (percent)."""
    figure = blank(260, barmode="group", bargap=0.35)
    texts = [[number_text(count)] for count in counts]
    for name, values, colour in (("говорили", said, FORECAST), ("сбылось", came, ACCENT_SOFT)):
        figure.add(
            "bar",
            x=list(bands),
            y=list(values),
            name=name,
            marker={"color": colour},
            width=0.3,
            customdata=texts,
            hovertemplate=f"%{{x}}\n{name}: %{{y:.1f}} % (прогнозов: %{{customdata[0]}})<extra></extra>",
        )
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(range=[0, 100], ticksuffix=" %")
    return figure
