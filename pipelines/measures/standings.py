"""Pupils by their term marks: all fives, one four, fours and fives, one three, with threes, failing."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from pipelines.measures.tables import Frame, percent, read, totals
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK

STANDINGS = ("all_fives", "one_four", "fours_and_fives", "one_three", "with_threes", "failing")
OF_QUALITY = STANDINGS[:3]
# What stands between a pupil and the next standing.
LONE_MARKS = {"one_four": 4, "one_three": 3}
PUPIL_IN_TERM = ("class_id", "term_id", "pupil_id")
NEVER_A_GROUP = frozenset({"subject_id", "teacher_id"})


def pupil_standings(term_marks: Any, by: Sequence[str] = ()) -> Any:
    """Return one row a pupil × class × term: ``by``, term_marks_given, n5..n2 and ``standing``.

    ``term_marks`` has value (2..5), the three ids and the columns of ``by``, which must belong to the
    pupil, the class or the term. A standing is one of STANDINGS. Raises ValueError for a ``by`` of subjects
    or teachers: a standing looks at all the subjects of a pupil.
    """
    return _pupils(term_marks, by).to_native()


def standings(term_marks: Any, by: Sequence[str] = ("class_id", "term_id")) -> Any:
    """Return per group of ``by``: pupils_with_marks, how many of them are in each standing, and two shares.

    The standings are disjoint and add up to ``pupils_with_marks`` (a pupil counts once in each term).
    pupil_pass_rate is the percent who are not failing, pupil_quality_rate that of the first three
    standings.
    """
    pupils = nw.col("pupils_with_marks")
    counts = {"pupils_with_marks": nw.lit(1)} | {name: nw.col("standing") == name for name in STANDINGS}
    rates = {
        "pupil_pass_rate": percent(pupils - nw.col("failing"), pupils),
        "pupil_quality_rate": percent(nw.sum_horizontal(*OF_QUALITY), pupils),
    }
    return totals(_pupils(term_marks, by), by, counts, rates=rates).to_native()


def lone_marks(term_marks: Any, by: Sequence[str] = ()) -> Any:
    """Return whose one mark keeps a pupil out of the next standing: pupils with one «4» and with one «3».

    One row a pupil × class × term: ``by``, subject_id, teacher_id, value (the mark) and ``standing``. ``term_marks``
    as in ``pupil_standings``, with subject_id and teacher_id.
    """
    keys = list(dict.fromkeys((*by, *PUPIL_IN_TERM)))
    pupils = _pupils(term_marks, by).filter(nw.col("standing").is_in(list(LONE_MARKS)))
    given = read(term_marks).select(*PUPIL_IN_TERM, "subject_id", "teacher_id", "value")
    joined = pupils.select(*keys, "standing").join(given, on=list(PUPIL_IN_TERM))
    is_the_one = nw.lit(False)
    for standing, mark in LONE_MARKS.items():
        is_the_one = is_the_one | ((nw.col("standing") == standing) & (nw.col("value") == mark))
    return joined.filter(is_the_one).to_native()


def _pupils(term_marks: Any, by: Sequence[str]) -> Frame:
    if unfit := NEVER_A_GROUP.intersection(by):
        raise ValueError(f"A pupil's standing is over all subjects; it cannot be grouped by {sorted(unfit)}.")
    keys = list(dict.fromkeys((*by, *PUPIL_IN_TERM)))
    value = nw.col("value")
    given = read(term_marks).filter(value.is_between(LOWEST_MARK, HIGHEST_MARK))
    counts = {"term_marks_given": nw.lit(1)} | {f"n{mark}": value == mark for mark in (5, 4, 3, 2)}
    return totals(given, keys, counts, rates={"standing": _standing()})


def _standing() -> nw.Expr:
    """Return the first standing that fits, from the lowest mark up."""
    n4, n3, n2 = nw.col("n4"), nw.col("n3"), nw.col("n2")
    conditions = {
        "failing": n2 > 0,
        "with_threes": n3 > 1,
        "one_three": n3 == 1,
        "fours_and_fives": n4 > 1,
        "one_four": n4 == 1,
    }
    standing: nw.Expr = nw.lit("all_fives")
    for name, condition in reversed(conditions.items()):
        standing = nw.when(condition).then(nw.lit(name)).otherwise(standing)
    return standing
