"""Current marks added up per pupil and subject: enough for most measures, with a fifth of the rows."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from pipelines.measures.tables import Frame, columns, columns_among, read, totals

PUPIL_IN_SUBJECT = ("class_id", "subject_id", "term_id", "pupil_id")
DIMENSIONS = ("school_id", "school_year", "term_kind", "term_number", "grade_level")
# The keys of a row, as far as the table of marks has them.
KEYS = (*PUPIL_IN_SUBJECT, *DIMENSIONS, "subgroup_id", "teacher_id")
REGISTER_KEYS = ("pupil_id", "class_id", "subject_id", "teacher_id", "grade_level")
MARKS = (5, 4, 3, 2)
SUMMED = "marks_given"
NUMBERS = (SUMMED, "control_marks", "marks_counted", *(f"n{mark}" for mark in MARKS))
REALS = (
    "weights",
    "squared_weights",
    "weighted_marks",
    "counted_values",
    "counted_squares",
    "control_values",
    "current_values",
)


def mark_sums(marks: Any) -> Any:
    """Return a row for each group of those KEYS that ``marks`` has: a pupil in a subject with a teacher in a term.

    ``marks``: value 2..5 (empty or 0: no mark), of KEYS what is known, and weight (empty: 1) and
    is_written_control likewise. A table of sums is returned as it is, so that a measure of sums takes marks
    as well. Columns: marks_given, of them n5, n4, n3, n2 and control_marks; marks_counted (of weight above
    0); weights, squared_weights and weighted_marks (Σ w, Σ w², Σ w × mark); counted_values and
    counted_squares (Σ mark, Σ mark² of the marks counted); control_values and current_values (Σ mark of
    written control works and of the others).
    """
    given = read(marks)
    if columns_among(given, [SUMMED]):
        return marks
    keys = columns_among(given, KEYS)
    numbers, reals = _summands()
    return totals(_complete(given.filter(nw.col("value") > 0), keys), keys, numbers, reals).to_native()


def marks_as_sums(marks: Frame, keys: Sequence[str], names: Sequence[str]) -> Frame:
    """Return the keys and the named columns of ``mark_sums`` with a row for each mark, to stand beside rows of sums.

    Whole numbers are of 32 bits, as in a file of sums.
    """
    numbers, reals = _summands()
    kinds = dict.fromkeys(numbers, nw.Int32) | dict.fromkeys(reals, nw.Float64)
    summands = {name: each.cast(kinds[name]) for name, each in (numbers | reals).items() if name in names}
    return _complete(marks.filter(nw.col("value") > 0), keys).select(*keys, **summands)


def _summands() -> tuple[dict[str, nw.Expr], dict[str, nw.Expr]]:
    """Return what a mark adds to the NUMBERS and the REALS."""
    value, weight = nw.col("value"), nw.col("weight")
    is_control, counts = nw.col("is_written_control"), weight > 0
    flags = (nw.lit(1), is_control, counts, *(value == mark for mark in MARKS))
    counted = nw.when(counts).then(value).otherwise(0)
    control = nw.when(is_control).then(value).otherwise(0)
    products = (weight, weight * weight, weight * value, counted, counted * counted, control, value - control)
    return dict(zip(NUMBERS, flags, strict=True)), dict(zip(REALS, products, strict=True))


def register_sums(marks: Any) -> Any:
    """Return ``mark_sums`` added up over terms and subgroups: a row for each pupil × class × subject × teacher.

    ``marks`` or their ``mark_sums``; the grade level stays where there is one.
    """
    sums = read(mark_sums(marks))
    keys = columns_among(sums, REGISTER_KEYS)
    numbers, reals = (columns(names) for names in (NUMBERS, REALS))
    return totals(sums, keys, numbers, reals).to_native()


def _complete(marks: Frame, keys: Sequence[str]) -> Frame:
    """Fill in missing columns: weight 1 for every mark, no written control works."""
    present = columns_among(marks, ["weight", "is_written_control"])
    return marks.select(
        *keys,
        "value",
        weight=nw.col("weight").fill_null(1.0) if "weight" in present else nw.lit(1.0),
        is_written_control=nw.col("is_written_control").fill_null(False)
        if "is_written_control" in present
        else nw.lit(False),
    )
