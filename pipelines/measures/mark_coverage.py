"""Whether pupils have enough marks for a fair term mark (п. 5.2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from pipelines.measures.answers import added_answers
from pipelines.measures.mark_sums import PUPIL_IN_SUBJECT, SUMMED
from pipelines.measures.rosters import PERIOD, in_force, with_pupils
from pipelines.measures.tables import (
    Column,
    Frame,
    columns_among,
    day_number,
    midnight,
    moment,
    percent,
    read,
    totals,
)
from school.register.rules.marks import GRADE_WITHOUT_MARKS
from school.register.rules.minimum_marks import HIGHEST_MINIMUM, MINIMUM_BY_HOURS

LOAD = ("class_id", "subgroup_id", "subject_id", "teacher_id", "hours_a_week")
COUNTS = ("pairs", "pairs_covered", "pairs_on_pace", "pairs_without_marks")


def mark_coverage(
    marks: Any,
    by: Sequence[str] = ("teacher_id",),
    *,
    teaching_load: Any,
    enrolments: Any,
    class_terms: Any,
    subgroup_members: Any,
    today: date,
) -> Any:
    """Return per group of ``by`` how many pupil × subject pairs have the marks that п. 5.2 asks for.

    ``class_terms`` says which terms a class reports by: class_id, term_id, starts_on, ends_on (the last
    day) and any dimension named in ``by``; ``subgroup_members``: subgroup_id, pupil_id (may be empty). A
    pair is counted on today or, once the term is over, on its last day: the pupil must be in the class
    (and subgroup) on that day.

    Answer: pairs, pairs_covered and mark_coverage (against the whole term's minimum), pairs_on_pace and
    coverage_on_pace (against the minimum times the elapsed share of the term's days), pairs_without_marks;
    shares are percent of pairs. A mark counts whoever gave it, a substitute too.
    """
    pairs = pairs_to_mark(
        marks,
        by,
        teaching_load=teaching_load,
        enrolments=enrolments,
        class_terms=class_terms,
        subgroup_members=subgroup_members,
        today=today,
    )
    counts = {"pairs": nw.lit(1), **_flags(nw.col)}
    return totals(read(pairs), by, counts, rates=_rates()).to_native()


def pairs_to_mark(
    marks: Any,
    by: Sequence[str] = ("teacher_id",),
    *,
    teaching_load: Any,
    enrolments: Any,
    class_terms: Any,
    subgroup_members: Any,
    today: date,
) -> Any:
    """Return the pairs that ``mark_coverage`` counts, a row each.

    Columns: ``by`` and the ids of a pupil in a subject and term; marks_given, minimum (marks in the whole term),
    days_elapsed and days_in_term.
    """
    taught = _subjects_taught(read(teaching_load), _terms_begun(read(class_terms), today))
    pairs = with_pupils(taught, read(enrolments), read(subgroup_members), nw.col("counted_at"))
    # A subject taught by two teachers to one pupil is one pair unless teachers are what is asked for.
    keys = list(dict.fromkeys((*by, *PUPIL_IN_SUBJECT)))
    once = pairs.group_by(*keys).agg(nw.col("days_elapsed", "days_in_term").max())
    # The minimum follows from all the hours that the pupil has in the subject, in class and in subgroup.
    hours = totals(pairs, PUPIL_IN_SUBJECT, {}, {"hours_a_week": nw.col("hours_a_week")})
    graded = once.join(hours, on=list(PUPIL_IN_SUBJECT)).join(
        _marks_of_pairs(read(marks)), on=list(PUPIL_IN_SUBJECT), how="left"
    )
    counted = nw.col("marks_given").fill_null(0).cast(nw.Int64)
    return graded.with_columns(counted, minimum=minimum_marks_expression()).drop("hours_a_week").to_native()


def _subjects_taught(load: Frame, terms: Frame) -> Frame:
    """Return class or subgroup × subject × teacher × term, of the load in force on the day of counting."""
    taught = load.select(*LOAD, *columns_among(load, PERIOD))
    return in_force(taught.join(terms, on="class_id"), nw.col("counted_at"), ends_on_last_day=True)


def _terms_begun(class_terms: Frame, today: date) -> Frame:
    begun = _graded(class_terms).filter(moment("starts_on") <= midnight(today))
    counted_on = nw.min_horizontal(day_number("ends_on"), nw.lit(today.toordinal()))
    day_before = day_number("starts_on") - 1
    return begun.with_columns(
        counted_at=nw.min_horizontal(moment("ends_on"), nw.lit(midnight(today))),
        days_elapsed=counted_on - day_before,
        days_in_term=day_number("ends_on") - day_before,
    ).drop(*PERIOD)


def _graded(class_terms: Frame) -> Frame:
    """Return the terms of classes with marks, by grade_level if there is one; an unknown level counts as having marks."""
    if not columns_among(class_terms, ["grade_level"]):
        return class_terms
    level = nw.col("grade_level")
    return class_terms.filter(level.is_null() | (level != GRADE_WITHOUT_MARKS))


def _marks_of_pairs(marks: Frame) -> Frame:
    if columns_among(marks, [SUMMED]):
        return totals(marks, PUPIL_IN_SUBJECT, {"marks_given": nw.col(SUMMED)})
    given = marks.filter(~nw.col("value").is_null())
    return totals(given, PUPIL_IN_SUBJECT, {"marks_given": nw.lit(1)})


def _flags(column: Column) -> dict[str, Any]:
    """Return which of the COUNTS but the first a pair is in."""
    given, minimum = column("marks_given"), column("minimum")
    # Multiplied out: a share of days is not exact in binary, and a mark is missing or it is not.
    is_on_pace = given * column("days_in_term") >= minimum * column("days_elapsed")
    return dict(zip(COUNTS[1:], (given >= minimum, is_on_pace, given == 0), strict=True))


def minimum_marks_expression(hours_a_week: str = "hours_a_week") -> nw.Expr:
    """Return the least number of marks at a column of weekly hours (п. 5.2), from the rule's own table."""
    minimum: nw.Expr = nw.lit(HIGHEST_MINIMUM)
    for hours, marks in reversed(MINIMUM_BY_HOURS):
        minimum = nw.when(nw.col(hours_a_week) <= hours).then(nw.lit(marks)).otherwise(minimum)
    return minimum


def coverage_of_pairs(pairs: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return ``mark_coverage`` per group of ``by`` from an answer of ``pairs_to_mark`` by the same."""
    flags = _flags(lambda name: pairs[name].to_numpy())
    columns = {name: pairs[name] for name in by} | {"pairs": np.ones(len(pairs), np.int64), **flags}
    return added_answers(pd.DataFrame(columns, pairs.index, copy=False), by, COUNTS, rates=_rates)


def _rates(column: Column = nw.col) -> dict[str, Any]:
    return {
        "mark_coverage": percent(column("pairs_covered"), column("pairs")),
        "coverage_on_pace": percent(column("pairs_on_pace"), column("pairs")),
    }
