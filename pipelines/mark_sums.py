"""Current marks added up for each pupil in a subject: what most measures of them need, of a fifth as many rows."""

from typing import Any

import narwhals as nw

from pipelines.tables import Frame, columns_among, read, totals

PUPIL_IN_SUBJECT = ("class_id", "subject_id", "term_id", "pupil_id")
DIMENSIONS = ("school_id", "school_year", "term_kind", "term_number", "grade_level")
# What a row is of, where the table of marks tells it.
KEYS = (*PUPIL_IN_SUBJECT, *DIMENSIONS, "subgroup_id", "teacher_id")
MARKS = (5, 4, 3, 2)
TOLD_BY = "marks_given"


def mark_sums(marks: Any) -> Any:
    """Return a row for each group of those KEYS that ``marks`` has: a pupil in a subject with a teacher in a term.

    ``marks``: value 2..5 (empty or 0: no mark), of KEYS what is known, and weight (empty: 1) and is_written_control likewise. A table of sums is
    returned as it is, so that a measure of sums takes marks as well. Columns: marks_given, of them n5, n4, n3, n2 and
    control_marks; marks_counted (of weight above 0); weights, squared_weights and weighted_marks (Σ w, Σ w², Σ w × mark); counted_values
    and counted_squares (Σ mark, Σ mark² of the marks counted); control_values and current_values (Σ mark of written control
    works and of the others).
    """
    given = read(marks)
    if columns_among(given, [TOLD_BY]):
        return marks
    value, weight = nw.col("value"), nw.col("weight")
    rows = _complete(given.filter(value > 0))
    is_control, counts = nw.col("is_written_control"), weight > 0
    numbers = {TOLD_BY: nw.lit(1), "control_marks": is_control, "marks_counted": counts}
    numbers |= {f"n{mark}": value == mark for mark in MARKS}
    sums = {
        "weights": weight,
        "squared_weights": weight * weight,
        "weighted_marks": weight * value,
        "counted_values": nw.when(counts).then(value).otherwise(0),
        "counted_squares": nw.when(counts).then(value * value).otherwise(0),
        "control_values": nw.when(is_control).then(value).otherwise(0),
        "current_values": nw.when(~is_control).then(value).otherwise(0),
    }
    return totals(rows, columns_among(given, KEYS), numbers, sums).to_native()


def _complete(marks: Frame) -> Frame:
    """Fill in what a table of marks does not tell: every mark counts once, none is of a written control work."""
    told = columns_among(marks, ["weight", "is_written_control"])
    return marks.with_columns(
        weight=nw.col("weight").fill_null(1.0) if "weight" in told else nw.lit(1.0),
        is_written_control=nw.col("is_written_control").fill_null(False)
        if "is_written_control" in told
        else nw.lit(False),
    )
