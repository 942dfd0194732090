"""Columns of a table: what a row is called, how its numbers are written, which measure it is."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.catalogue.measures import CATALOGUE
from school.numbers import DASH, NARROW_SPACE, number_text

PERCENT = f"{NARROW_SPACE}%"


@dataclass(frozen=True)
class FigureColumn:
    """A column of a table: its key in the rows, its title and how its numbers are written (None: as text).

    ``width``: the least, in pixels; a text takes as much as it needs.
    """

    name: str
    title: str
    decimals: int | None = None
    unit: str = ""
    signed: bool = False
    help: str = ""
    width: int | None = None
    pinned: bool = False

    def text(self, value: Any) -> str:
        """Return a value as the table writes it."""
        if self.decimals is None:
            return DASH if pd.isna(value) else str(value)
        text = number_text(value, self.decimals)
        sign = "+" if self.signed and text != DASH and round(value, self.decimals) > 0 else ""
        return text if text == DASH else f"{sign}{text}{self.unit}"


def percent_column(name: str, title: str, **more: Any) -> FigureColumn:
    """Return a column of percentages with one decimal."""
    return FigureColumn(name, title, decimals=1, unit=PERCENT, **more)


def measure_column(name: str, title: str, decimals: int = 0, **more: Any) -> FigureColumn:
    """Return a column of a measure, with its formula as the help."""
    return FigureColumn(name, title, decimals, help=formula_of(name), **more)


def measure_percent(name: str, title: str, **more: Any) -> FigureColumn:
    """Return a column of a measure in percent, with its formula as the help."""
    return percent_column(name, title, help=formula_of(name), **more)


def formula_of(name: str) -> str:
    """Return how a measure of the catalogue is computed, for a column's help."""
    measure = CATALOGUE.get(name)
    return f"{measure.formula} ({measure.clause})" if measure else ""
