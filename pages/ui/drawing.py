"""A chart as plotly's own JSON describes it: graph objects check every value, which costs ten times the drawing."""

from collections.abc import Mapping
from html import escape
from typing import Any, Self

import numpy as np
from plotly.basedatatypes import BaseFigure


class Drawing(BaseFigure):  # type: ignore[misc]
    """Traces and a layout, taken as they are: for charts whose every value the program makes itself.

    Streamlit asks a figure for nothing but ``to_dict``.
    """

    def __init__(self, **layout: Any) -> None:
        """Begin without traces."""
        self._traces: list[dict[str, Any]] = []
        self._plan: dict[str, Any] = layout

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as plotly's JSON has it."""
        return {"data": self._traces, "layout": self._plan}

    def add(self, kind: str, **trace: Any) -> Self:
        """Add a trace of this type: «bar», «scatter», «heatmap»."""
        self._traces.append({"type": kind, **trace})
        return self

    def set_traces(self, kind: str, **values: Any) -> Self:
        """Set values in all traces of a type; what they hold inside stays where nothing is said of it."""
        self._traces = [_merged(each, values) if each["type"] == kind else each for each in self._traces]
        return self

    def set_layout(self, **values: Any) -> Self:
        """Set values in the layout; what they hold inside stays where nothing is said of it."""
        self._plan = _merged(self._plan, values)
        return self

    def update_xaxes(self, **values: Any) -> Self:
        """Set values of the horizontal axis, as of graph objects."""
        return self.set_layout(xaxis=values)

    def update_yaxes(self, **values: Any) -> Self:
        """Set values of the vertical axis, as of graph objects."""
        return self.set_layout(yaxis=values)


# Where plotly looks for its own kind of HTML in what is shown.
_TEXTS_OF_A_TRACE = ("name", "text", "hovertext", "customdata", "x", "y")
_AXIS_PREFIXES = ("xaxis", "yaxis")


def as_plotly(figure: BaseFigure) -> Drawing:
    """Return a figure of plain texts as plotly draws it: what was typed stays as it is, «\\n» begins a line.

    A ``hovertemplate`` holds words of the program only: what is stored comes to it by ``customdata``.
    """
    plan: dict[str, Any] = figure.to_dict()
    traces = [_with_texts(trace, _TEXTS_OF_A_TRACE) for trace in plan["data"]]
    for trace in traces:
        if "hovertemplate" in trace:
            trace["hovertemplate"] = trace["hovertemplate"].replace("\n", "<br>")
    layout: dict[str, Any] = {
        name: _with_texts(value, ("ticktext",)) if name.startswith(_AXIS_PREFIXES) else value
        for name, value in plan["layout"].items()
    }
    if "annotations" in layout:
        layout["annotations"] = [_with_texts(each, ("text",)) for each in layout["annotations"]]
    drawing = Drawing(**layout)
    drawing._traces = traces
    return drawing


def _with_texts(part: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {**part, **{name: _escaped(part[name]) for name in names if name in part}}


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value, quote=False).replace("\n", "<br>")
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype == object):
        return [_escaped(each) for each in value]
    return value


def _merged(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    inner = {
        name: _merged(before[name], value)
        for name, value in values.items()
        if isinstance(value, Mapping) and isinstance(before.get(name), Mapping)
    }
    return {**before, **values, **inner}
