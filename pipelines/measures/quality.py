"""Quality of teaching in the school's own figures: how marks are spread, in groups that the caller names.

The same measure has three bases: rows of current marks («текущие отметки»), rows of term marks
(«итоговые»), and ``standing_so_far`` («итоги на сегодня»), the term mark that each pupil's current marks
give today.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.measures.answers import added_answers, groups_of
from pipelines.measures.mark_sums import DIMENSIONS, PUPIL_IN_SUBJECT, SUMMED, mark_sums
from pipelines.measures.tables import (
    Column,
    Frame,
    columns,
    columns_among,
    per,
    percent,
    read,
    totals,
    whole_numbers,
)
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.register.rules.marks import MEAN_TOLERANCE

# Simonov's degree of attainment: what each mark contributes, in percent.
ATTAINMENT_OF_MARK = {5: 100, 4: 64, 3: 36, 2: 16}
MARK_COUNTS = tuple(f"n{mark}" for mark in ATTAINMENT_OF_MARK)
WEIGHTS_ADDED_UP = columns(("weights", "weighted_marks"))
RATES = ("mean_mark", "weighted_mean", "pass_rate", "quality_rate", "attainment_index")


def quality(marks: Any, by: Sequence[str] = ()) -> Any:
    """Return per group of ``by``: n, n5, n4, n3, n2 and the rates of the glossary.

    ``marks`` has ``value`` (2..5) and the columns of ``by``, or is their ``mark_sums``; with ``weight`` there
    is a weighted_mean too, where an empty weight counts as 1. Rates are percent 0..100, means are marks 2..5;
    both are null where n is 0.
    """
    given, counts, weights = _counted(read(marks))
    return totals(given, by, counts, weights, _all_rates(bool(weights))).drop(*weights).to_native()


def quality_counts(marks: Any, by: Sequence[str]) -> Any:
    """Return what the rates of ``quality`` follow from: n5, n4, n3, n2, with weights also weights and weighted_marks."""
    given, counts, weights = _counted(read(marks))
    return totals(given, by, counts, weights).to_native()


def quality_of_counts(counted: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return ``quality`` per group of ``by`` from an answer of ``quality_counts`` that has these columns."""
    weights = [name for name in WEIGHTS_ADDED_UP if name in counted]
    rates = partial(_all_rates, bool(weights))
    measured = added_answers(counted, by, MARK_COUNTS, weights, rates)
    return measured.drop(columns=weights) if weights else measured


def _counted(population: Frame) -> tuple[Frame, dict[str, nw.Expr], dict[str, nw.Expr]]:
    """Return the rows that count, how many of each mark there are in one, and its weights where it has any."""
    if columns_among(population, [SUMMED]):
        return population, columns(MARK_COUNTS), WEIGHTS_ADDED_UP
    counts = {f"n{mark}": nw.col("value") == mark for mark in ATTAINMENT_OF_MARK}
    weights = _weights() if columns_among(population, ["weight"]) else {}
    return _without_empty_cells(population), counts, weights


def _all_rates(has_weights: bool, column: Column = nw.col) -> dict[str, Any]:
    weighted = _weighted_mean(column) if has_weights else {}
    return {"n": whole_numbers(_all_marks(column)), **_rates(column), **weighted}


def _without_empty_cells(population: Frame) -> Frame:
    return population.filter(nw.col("value").is_between(LOWEST_MARK, HIGHEST_MARK))


def _all_marks(column: Column) -> Any:
    # From the counts rather than counted: on millions of marks that saves a tenth of the time.
    n5, n4, n3, n2 = (column(f"n{mark}") for mark in ATTAINMENT_OF_MARK)
    return n5 + n4 + n3 + n2


def _rates(column: Column) -> dict[str, Any]:
    n, n5, n4, n3, n2 = _all_marks(column), *(column(f"n{mark}") for mark in ATTAINMENT_OF_MARK)
    worth = ATTAINMENT_OF_MARK
    return {
        "pass_rate": percent(n5 + n4 + n3, n),
        "quality_rate": percent(n5 + n4, n),
        "attainment_index": per(worth[5] * n5 + worth[4] * n4 + worth[3] * n3 + worth[2] * n2, n),
        "mean_mark": per(5 * n5 + 4 * n4 + 3 * n3 + 2 * n2, n),
    }


def _weights() -> dict[str, nw.Expr]:
    weight = nw.col("weight").fill_null(1)
    return {"weights": weight, "weighted_marks": nw.col("value") * weight}


def _weighted_mean(column: Column = nw.col) -> dict[str, Any]:
    return {"weighted_mean": per(column("weighted_marks"), column("weights"))}


def standing_so_far(marks: Any) -> Any:
    """Return the term mark that the current marks give today: one row a pupil × class × subject × term.

    ``marks`` or their ``mark_sums``. Columns: those four ids, the dimensions that ``marks`` has, marks_so_far
    (how many), weighted_mean and ``value``, the mean rounded by the school's rule. Marks of weight 0 alone
    give no standing: there is no row. With ``teacher_id`` in ``marks`` the row goes to the teacher who gave
    most of the marks (of equals, the greater id), so that a substitute does not take the pupil over.
    """
    rows_given = read(marks)
    if columns_among(rows_given, ["value"]):
        rows_given = _without_empty_cells(rows_given)
    sums = read(mark_sums(rows_given.to_native()))
    rows = [*PUPIL_IN_SUBJECT, *columns_among(sums, DIMENSIONS)]
    teacher = columns_among(sums, ["teacher_id"])
    counts = {"marks_so_far": nw.col(SUMMED)}
    by_teacher = totals(sums, [*rows, *teacher], counts, WEIGHTS_ADDED_UP)
    weighed = (_over_teachers(by_teacher, rows) if teacher else by_teacher).filter(nw.col("weights") > 0)
    standing = weighed.with_columns(**_weighted_mean())
    return standing.with_columns(value=_rounded_half_up()).drop("weights", "weighted_marks").to_native()


def weighted_means(sums: Frame, by: Sequence[str]) -> Frame:
    """Return ``mark_sums`` as a weighted_mean per group of ``by``; marks of weight 0 alone give none."""
    weighed = totals(sums, by, {}, WEIGHTS_ADDED_UP).filter(nw.col("weights") > 0)
    return weighed.select(*by, **_weighted_mean())


def _over_teachers(by_teacher: Frame, rows: Sequence[str]) -> Frame:
    most = nw.col("marks_so_far").max().over(*PUPIL_IN_SUBJECT)
    main_teacher = nw.when(nw.col("marks_so_far") == most).then(nw.col("teacher_id"))
    added = nw.col("marks_so_far", "weights", "weighted_marks").sum()
    merged = by_teacher.with_columns(teacher_id=main_teacher).group_by(*rows)
    return merged.agg(nw.col("teacher_id").max(), added).with_columns(nw.col("marks_so_far").cast(nw.Int64))


def _rounded_half_up() -> nw.Expr:
    # The rule school.register.rules.marks.round_half_up over a column; a test holds the two together.
    nearest = (nw.col("weighted_mean") + 0.5 + MEAN_TOLERANCE).floor()
    return nearest.clip(LOWEST_MARK, HIGHEST_MARK).cast(nw.Int64)


def change_against_previous_term(measured: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Add to each row of a measure its difference to the group's previous term.

    ``measured`` is a result of ``quality`` grouped by ``by`` and by school_year, term_kind, term_number.
    Added: previous_n and, for each rate, ``<rate>_change`` in the rate's own unit. The first term of a year
    is compared with the last term that the table has of the year before. A term without a previous one has
    nulls.
    """
    year, number = (measured[name].to_numpy(np.int64) for name in ("school_year", "term_number"))
    group, _ = groups_of(measured, [*by, "term_kind"])
    order = np.lexsort((number, year, group))
    before = np.full(len(order), -1)
    is_same_group = group[order[1:]] == group[order[:-1]]
    before[order[1:]] = np.where(is_same_group, order[:-1], -1)
    # A group may have skipped a term: the row before it is then no previous term.
    last = _last_numbers(measured, number)
    within_year = (year[before] == year) & (number[before] == number - 1)
    over_summer = (year[before] == year - 1) & (number == 1) & (number[before] == last[before])
    follows = (before >= 0) & (within_year | over_summer)
    values = {name: measured[name].to_numpy(np.float64) for name in ("n", *RATES) if name in measured}
    changes = {
        f"{name}_change": np.where(follows, values[name] - values[name][before], np.nan)
        for name in values
        if name != "n"
    }
    previous_n = pd.arrays.IntegerArray(values["n"][before].astype(np.int64), ~follows)
    beside = pd.DataFrame({"previous_n": previous_n, **changes}, measured.index, copy=False)
    # One by one the columns would take twice as long as all the rest.
    return pd.concat([measured, beside], axis=1)


def _last_numbers(measured: pd.DataFrame, number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row the greatest number of a term of its year and kind."""
    term, first = groups_of(measured, ["school_year", "term_kind"])
    last = np.zeros(len(first), np.int64)
    np.maximum.at(last, term, number)
    return last[term]
