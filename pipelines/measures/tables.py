"""The steps that every measure shares, on any engine."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Frame = nw.LazyFrame[Any]
Expressions = Mapping[str, nw.Expr]
# Gives a column by its name: an expression of any engine, or the numbers of an answer that is in memory.
Column = Callable[[str], Any]
NOTHING: Expressions = {}


def read(table: Any) -> Frame:
    """Return the table as a lazy narwhals frame; the engine stays the caller's."""
    frame: Frame = nw.from_native(table).lazy()
    return frame


def collected(table: Any) -> pd.DataFrame:
    """Return a table of any engine as pandas."""
    found: pd.DataFrame = read(table).collect(backend="pandas").to_native()
    return found


def columns_among(frame: Frame, names: Sequence[str]) -> list[str]:
    """Return those of the names that the frame has, in the order of the names."""
    present = set(frame.collect_schema().names())
    return [name for name in names if name in present]


def joined(codes: Sequence[NDArray[Any]]) -> NDArray[np.intp]:
    """Return a number for each combination of codes from −1 up, in the order of the combinations."""
    found = np.zeros(len(codes[0]), dtype=np.intp)
    for each in codes:
        found = found * (int(each.max(initial=0)) + 2) + each + 1
    return found


def first_met(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where each code is first met; codes count from 0, those below are of nothing."""
    first = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first


def moment(day: str) -> nw.Expr:
    """Return a date column as its midnight; engines disagree on comparing dates with moments."""
    return nw.col(day).cast(nw.Datetime("us"))


def day_number(day: str) -> nw.Expr:
    """Return a date column as whole days, like ``date.toordinal``; durations are not portable to Spark."""
    years = nw.col(day).dt.year() - 1
    # floor instead of integer division: engines expand the latter into SQL that takes longer to parse than to compute.
    leap_days = (years / 4).floor() - (years / 100).floor() + (years / 400).floor()
    return years * 365 + leap_days.cast(nw.Int64) + nw.col(day).dt.ordinal_day()


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins, to compare with ``moment``."""
    return datetime.combine(day, time())


def held_and_filled(lessons: Frame, today: date) -> Frame:
    """Return the lessons held by ``today`` that somebody filled: is_held, held_on, recorded_at."""
    is_past = moment("held_on") <= midnight(today)
    return lessons.filter(nw.col("is_held"), is_past, ~nw.col("recorded_at").is_null())


def columns(names: Sequence[str]) -> dict[str, nw.Expr]:
    """Return each name with the column of that name: counts and sums to be added up again by ``totals``."""
    return {name: nw.col(name) for name in names}


def totals(
    rows: Frame,
    by: Sequence[str],
    counts: Expressions,
    sums: Expressions = NOTHING,
    rates: Expressions = NOTHING,
) -> Frame:
    """Add up per group: ``counts`` (whole numbers or conditions), ``sums`` (real numbers), then the
    ``rates``.

    ``rates`` are expressions over the added counts and sums. Rows without an id form a group of their own.
    Without ``by`` the answer is one row, also for an empty table.
    """
    whole = {name: expression.cast(nw.Int64) for name, expression in counts.items()}
    real = {name: expression.cast(nw.Float64) for name, expression in sums.items()}
    measured = rows.select(*by, **whole, **real)
    added = [nw.col(*whole, *real).sum()]
    grouped = measured.group_by(*by).agg(*added) if by else measured.select(*added)
    # Engines widen a sum of whole numbers each in its own way (HUGEINT, float).
    return grouped.select(*by, nw.col(*whole).cast(nw.Int64), *real, **rates)


def stacked(frames: Sequence[Frame], by: Sequence[str], counts: Sequence[str]) -> Frame:
    """Concatenate frames of counts, to be added up with ``totals``: a count that a frame lacks is 0 there.

    Stacked rather than joined: a join would lose the rows without an id, a teacher for one.
    """
    return nw.concat([_with_zeros(frame, by, counts) for frame in frames])


def _with_zeros(frame: Frame, by: Sequence[str], counts: Sequence[str]) -> Frame:
    present = columns_among(frame, counts)
    zeros = [nw.lit(0, nw.Int64).alias(name) for name in counts if name not in present]
    return frame.select(*by, *present, *zeros).select(*by, *counts)


def per(numerator: Any, denominator: Any) -> Any:
    """Return numerator / denominator of two columns; null where the denominator is not positive."""
    return _ratio(numerator * 1.0, denominator)


def percent(part: Any, whole: Any) -> Any:
    """Return part of whole as 0..100; null where there is no whole."""
    return _ratio(part * 100.0, whole)


def _ratio(numerator: Any, denominator: Any) -> Any:
    if isinstance(denominator, np.ndarray):
        nothing = np.full(len(denominator), np.nan)
        return np.divide(numerator, denominator, out=nothing, where=denominator > 0)
    return nw.when(denominator > 0).then(numerator / denominator)


def whole_numbers(column: Any) -> Any:
    """Return a column as whole numbers of 64 bits."""
    return column.astype(np.int64) if isinstance(column, np.ndarray) else column.cast(nw.Int64)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as a list of rows by column name."""
    names = list(rows.columns)
    # Half the time of ``itertuples``, which asks for each column by its place.
    return [
        dict(zip(names, values, strict=True))
        for values in zip(*(rows[name].tolist() for name in names), strict=True)
    ]


def ids(column: pd.Series) -> list[Any]:
    """Return a column of ids as whole numbers; None where a row has no id."""
    return [None if pd.isna(key) else int(key) for key in column]
