"""How the quality of the very same pupils changed between two periods, and whether that is more than chance (п. 4.2)."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from pipelines.measures.mark_sums import MARKS, SUMMED
from pipelines.measures.tables import Frame, columns_among, percent, read, totals
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK

# Below that many pupils one pupil's bad week is a fall of the whole class.
FEWEST_PUPILS = 5
# Among forty classes without any real change one in eight schools sees a false alarm at three standard errors.
ERRORS_BEYOND_CHANCE = 3.0
LOWEST_OF_QUALITY = 4


def change_of_same_pupils(now: Any, before: Any, by: Sequence[str] = ("class_id",)) -> Any:
    """Return per group of ``by`` how the quality rate of its pupils changed since the period before.

    ``now``: pupil_id, value (2..5) and the columns of ``by``; ``before``: pupil_id, value; or ``mark_sums`` of either. A pupil's quality rate is
    the percent of «4» and «5» among the pupil's marks of a period; only pupils with marks in both are compared, each
    with themselves. Columns: pupils_in_both_terms, pupils_fallen, quality_before, quality_now (means over pupils),
    quality_shift (percentage points), shift_error (its standard error over pupils, null for one pupil),
    chance_reach (how far chance alone may move it: ERRORS_BEYOND_CHANCE standard errors, null below FEWEST_PUPILS pupils)
    and is_beyond_chance: a shift above its chance_reach.
    """
    present = _rate(read(now), [*by, "pupil_id"], "rate_now")
    earlier = _rate(read(before), ["pupil_id"], "rate_before")
    pairs = present.join(earlier, on="pupil_id").with_columns(
        shift=nw.col("rate_now") - nw.col("rate_before")
    )
    return _shifts(pairs, by).to_native()


def _rate(marks: Frame, keys: Sequence[str], name: str) -> Frame:
    if columns_among(marks, [SUMMED]):
        of_quality = nw.sum_horizontal(*(f"n{mark}" for mark in MARKS if mark >= LOWEST_OF_QUALITY))
        given, counts = marks, {"n": nw.col(SUMMED), "of_quality": of_quality}
    else:
        value = nw.col("value")
        given = marks.filter(value.is_between(LOWEST_MARK, HIGHEST_MARK))
        counts = {"n": nw.lit(1), "of_quality": value >= LOWEST_OF_QUALITY}
    rated = totals(given, keys, counts, rates={name: percent(nw.col("of_quality"), nw.col("n"))})
    return rated.select(*keys, name)


def _shifts(pairs: Frame, by: Sequence[str]) -> Frame:
    shift, pupils = nw.col("shift"), nw.col("pupils_in_both_terms")
    counts = {"pupils_in_both_terms": nw.lit(1), "pupils_fallen": shift < 0}
    sums = {"now": nw.col("rate_now"), "before": nw.col("rate_before"), "squares": shift * shift}
    several = pupils > 1
    mean = (nw.col("now") - nw.col("before")) / pupils
    # A sum of squares about the mean may come out a hair below zero.
    spread = nw.max_horizontal(nw.col("squares") - pupils * mean * mean, nw.lit(0.0))
    rates = {
        "quality_before": nw.col("before") / pupils,
        "quality_now": nw.col("now") / pupils,
        "quality_shift": mean,
        "shift_error": nw.when(several).then((spread / (pupils * (pupils - 1))) ** 0.5),
    }
    grouped = totals(pairs, by, counts, sums, rates).filter(pupils > 0).drop("now", "before", "squares")
    reach = nw.when(pupils >= FEWEST_PUPILS).then(ERRORS_BEYOND_CHANCE * nw.col("shift_error"))
    judged = grouped.with_columns(chance_reach=reach)
    is_large = nw.col("quality_shift").abs() > nw.col("chance_reach")
    return judged.with_columns(is_beyond_chance=is_large.fill_null(False))
