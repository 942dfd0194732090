"""A chart as plotly's own JSON describes it: graph objects check every value, which costs ten times the drawing."""

from collections.abc import Mapping
from typing import Any, Self

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


def _merged(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    inner = {
        name: _merged(before[name], value)
        for name, value in values.items()
        if isinstance(value, Mapping) and isinstance(before.get(name), Mapping)
    }
    return {**before, **values, **inner}
