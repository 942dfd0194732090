"""Quality of teaching in the school's own figures: how marks are spread, in groups that the caller names.

The same measure has three bases: rows of current marks («текущие отметки»), rows of term marks
(«итоговые»), and ``standing_so_far`` («итоги на сегодня»), the term mark that each pupil's current marks
give today.
"""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from pipelines.tables import Frame, columns_among, per, percent, read, totals
from school.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.rules.marks import MEAN_TOLERANCE

# Simonov's degree of attainment: what each mark contributes, in percent.
ATTAINMENT_OF_MARK = {5: 100, 4: 64, 3: 36, 2: 16}
RATES = ("mean_mark", "weighted_mean", "pass_rate", "quality_rate", "attainment_index")
PUPIL_IN_SUBJECT = ("class_id", "subject_id", "term_id", "pupil_id")
DIMENSIONS = ("school_id", "school_year", "term_kind", "term_number", "grade_level")


def quality(marks: Any, by: Sequence[str] = ()) -> Any:
    """Return per group of ``by``: n, n5, n4, n3, n2 and the rates of the glossary.

    ``marks`` has ``value`` (2..5) and the columns of ``by``; with ``weight`` there is a weighted_mean too,
    where an empty weight counts as 1. Rates are percent 0..100, means are marks 2..5; both are null where n
    is 0.
    """
    population = read(marks)
    given = _without_empty_marks(population)
    counted = _count_marks(given, by)
    return _rates(counted).to_native()


def _without_empty_marks(population: Frame) -> Frame:
    return population.filter(nw.col("value").is_between(LOWEST_MARK, HIGHEST_MARK))


def _count_marks(given: Frame, by: Sequence[str]) -> Frame:
    value = nw.col("value")
    counts = {"n": nw.lit(1)} | {f"n{mark}": value == mark for mark in ATTAINMENT_OF_MARK}
    if not columns_among(given, ["weight"]):
        return totals(given, by, counts)
    weight = nw.col("weight").fill_null(1)
    return totals(given, by, counts, {"weights": weight, "weighted_marks": value * weight})


def _rates(counted: Frame) -> Frame:
    n, n5, n4, n3 = nw.col("n"), nw.col("n5"), nw.col("n4"), nw.col("n3")
    measured = counted.with_columns(
        pass_rate=percent(n5 + n4 + n3, n),
        quality_rate=percent(n5 + n4, n),
        attainment_index=per(_sum_over_marks(ATTAINMENT_OF_MARK), n),
        mean_mark=per(_sum_over_marks({mark: mark for mark in ATTAINMENT_OF_MARK}), n),
    )
    if not columns_among(counted, ["weights"]):
        return measured
    weighted_mean = per(nw.col("weighted_marks"), nw.col("weights"))
    return measured.with_columns(weighted_mean=weighted_mean).drop("weights", "weighted_marks")


def _sum_over_marks(worth: dict[int, int]) -> nw.Expr:
    return nw.sum_horizontal(*(nw.col(f"n{mark}") * points for mark, points in worth.items()))


def standing_so_far(marks: Any) -> Any:
    """Return the term mark that the current marks give today: one row a pupil × class × subject × term.

    Columns: those four ids, the dimensions that ``marks`` has, marks_so_far (how many), weighted_mean and
    ``value``, the mean rounded by the school's rule. Marks of weight 0 alone give no standing: there is no
    row. With ``teacher_id`` in ``marks`` the row goes to the teacher who gave most of the marks (of equals,
    the greater id), so that a substitute does not take the pupil over.
    """
    given = _without_empty_marks(read(marks))
    rows = [*PUPIL_IN_SUBJECT, *columns_among(given, DIMENSIONS)]
    weight = nw.col("weight").fill_null(1) if columns_among(given, ["weight"]) else nw.lit(1.0)
    sums = {"weights": weight, "weighted_marks": nw.col("value") * weight}
    by_teacher = totals(
        given, [*rows, *columns_among(given, ["teacher_id"])], {"marks_so_far": nw.lit(1)}, sums
    )
    weighed = _over_teachers(by_teacher, rows).filter(nw.col("weights") > 0)
    standing = weighed.with_columns(weighted_mean=nw.col("weighted_marks") / nw.col("weights"))
    return standing.with_columns(value=_rounded_half_up()).drop("weights", "weighted_marks").to_native()


def _over_teachers(by_teacher: Frame, rows: Sequence[str]) -> Frame:
    if not columns_among(by_teacher, ["teacher_id"]):
        return by_teacher
    most = nw.col("marks_so_far").max().over(*PUPIL_IN_SUBJECT)
    main_teacher = nw.when(nw.col("marks_so_far") == most).then(nw.col("teacher_id"))
    added = nw.col("marks_so_far", "weights", "weighted_marks").sum()
    merged = by_teacher.with_columns(teacher_id=main_teacher).group_by(*rows)
    return merged.agg(nw.col("teacher_id").max(), added).with_columns(nw.col("marks_so_far").cast(nw.Int64))


def _rounded_half_up() -> nw.Expr:
    # The rule school.rules.marks.round_half_up over a column; a test holds the two together.
    nearest = (nw.col("weighted_mean") + 0.5 + MEAN_TOLERANCE).floor()
    return nearest.clip(LOWEST_MARK, HIGHEST_MARK).cast(nw.Int64)


def change_against_previous_term(measured: Any, by: Sequence[str] = ()) -> Any:
    """Add to each row of a measure its difference to the group's previous term.

    ``measured`` is a result of ``quality`` grouped by ``by`` and by school_year, term_kind, term_number.
    Added: previous_n and, for each rate, ``<rate>_change`` in the rate's own unit. The first term of a year
    is compared with the last term that the table has of the year before. A term without a previous one has
    nulls.
    """
    terms = read(measured).with_columns(
        last_number=nw.col("term_number").max().over("school_year", "term_kind")
    )
    compared = ["school_year", "term_number", "last_number", "n", *columns_among(terms, RATES)]
    before = {
        f"before_{name}": nw.col(name)
        .shift(1)
        .over(*by, "term_kind", order_by=["school_year", "term_number"])
        for name in compared
    }
    return _differences(terms.with_columns(**before), columns_among(terms, RATES), compared).to_native()


def _differences(terms: Frame, rates: Sequence[str], compared: Sequence[str]) -> Frame:
    follows = _row_before_is_previous_term()
    changes = {
        f"{rate}_change": nw.when(follows).then(nw.col(rate) - nw.col(f"before_{rate}")) for rate in rates
    }
    previous_n = nw.when(follows).then(nw.col("before_n"))
    helpers = ["last_number", *(f"before_{name}" for name in compared)]
    return terms.with_columns(previous_n=previous_n, **changes).drop(helpers)


def _row_before_is_previous_term() -> nw.Expr:
    # A group may have skipped a term: the row before it is then no previous term.
    year, number = nw.col("school_year"), nw.col("term_number")
    within_year = (nw.col("before_school_year") == year) & (nw.col("before_term_number") == number - 1)
    was_last = nw.col("before_term_number") == nw.col("before_last_number")
    return within_year | ((nw.col("before_school_year") == year - 1) & (number == 1) & was_last)
